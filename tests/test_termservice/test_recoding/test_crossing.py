"""Recoding to another system: maps and history together, and how certain what comes of them is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from termservice.answers import When
from termservice.errors import InvalidParameter, NothingInForce, UnknownMap, UnknownSystem, UnknownVersion
from termservice.recoded import CERTAINTIES, LOST
from termservice.recoding import Request
from termservice.translating import Question
from tests.test_termservice.test_recoding.fruit import BROAD, EQ, FIRST, NARROW, NOT, REL, codes


@pytest.fixture
def mapped(fruit: Any) -> Any:
    fruit.put("2020", {"x": "Ex", "y": "Why", "z": "Zed", "old": "Old", "gone": "Gone"}, system="odd")
    fruit.put("2021", {"x": "Ex", "y": "Why", "z": "Zed", "new": "New"}, system="odd",
              stated=[("old", "replaced-by", "new")])  # fmt: skip
    fruit.load(fruit.map("2020", [
        ("A", "x", EQ),
        ("A1", "x", NARROW),
        ("B", "x", EQ), ("B", "y", EQ),
        ("C1", "x", EQ), ("C3", "y", EQ),
        ("D", "old", EQ),
        ("F", "gone", EQ),
        {"source": "H", "relationship": "unmapped", "comment": "saknas"},
        ("N", "z", BROAD),
        {"source": "W", "target": "x", "group": 1}, {"source": "W", "target": "y", "group": 2},
        ("KK:X", "x", NOT),
    ]))  # fmt: skip
    return fruit


#   code, day, certainty, targets, relationships, path of the last, in the notes
CROSSED = [
    ("A", "2021-03-01", "exact", ["x"], [EQ], "toy-to-odd 2020 (equivalent)", ""),
    ("A1", "2021-03-01", "broader", ["x"], [NARROW], f"toy-to-odd 2020 ({NARROW})", ""),
    ("N", "2021-03-01", "approximate", ["z"], [BROAD], f"toy-to-odd 2020 ({BROAD})", ""),
    ("B", "2020-03-01", "ambiguous", ["x", "y"], [EQ, EQ], "toy-to-odd 2020 (equivalent)", ""),
    ("W", "2021-03-01", "combined", ["x", "y"], [REL, REL], "toy-to-odd 2020 (related-to)", ""),
    ("H", "2020-03-01", "unmapped", [], [], "", "toy-to-odd 2020 (unmapped): saknas"),
    ("C", "2020-03-01", "ambiguous", ["x", "y"], [BROAD, BROAD],
     "split C2 (toy 2020, not automatic) > replaced-by C3 (toy 2020, automatic) > toy-to-odd 2020 (equivalent)", ""),
    ("C2", "2021-03-01", "exact", ["y"], [EQ],
     "replaced-by C3 (toy 2020, automatic) > toy-to-odd 2020 (equivalent)", ""),
    ("D", "2020-03-01", "exact", ["new"], [EQ], "toy-to-odd 2020 (equivalent) > replaced-by new (odd 2021)", ""),
    ("F", "2020-03-01", "not-valid", ["gone"], [EQ], "toy-to-odd 2020 (equivalent)", "gone is no longer valid in 2021"),
    ("G", "2020-03-01", "not-found", [], [], "", "no map has a target for G"),
    ("KK:X", "2020-03-01", "not-found", [], [], "", "toy-to-odd states that x is not related"),
    ("M", "2020-03-01", "combined", ["x", "y"], [REL, REL],
     "replaced-by W (toy 2020, not automatic) > toy-to-odd 2020 (related-to)", ""),
    ("Z9", "2020-03-01", "unknown-code", [], [], "", "never had a code 'Z9'"),
    ("X", "2020-03-01", "ambiguous-code", [], [], "", "KK:X or KM:X"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "day", "certainty", "targets", "relationships", "path", "note"), CROSSED)
def test_a_code_in_another_system(
    mapped: Any, code: str, day: str, certainty: str, targets: list[str], relationships: list[str], path: str, note: str
) -> None:
    with mapped.service().maps.recoder(Request("toy", "odd")) as recoder:
        found = recoder.recode(code, day)
    assert (found.certainty, codes(found)) == (certainty, targets)
    assert [target.relationship for target in found.targets] == relationships
    assert (found.targets[-1].path if found.targets else "") == path
    assert note in "; ".join(found.notes)


def test_a_successor_that_no_map_speaks_of_leaves_it_open(mapped: Any) -> None:
    mapped.load(mapped.map("2021-06", [("C1", "x", EQ)]))
    with mapped.service().maps.recoder(Request("toy", "odd")) as recoder:
        found = recoder.recode("C", "2021-07-01")
    assert (found.certainty, codes(found)) == ("ambiguous", ["x"])
    assert "no map has a target for C3" in found.notes


def test_forward_statements_go_before_maps_read_backwards(mapped: Any) -> None:
    mapped.load(mapped.map("2020", [("z", "A", EQ), ("z", "H", EQ), ("z", "G", NARROW)], source="odd", target="toy"))
    with mapped.service().maps.recoder(Request("toy", "odd")) as recoder:
        found = {code: recoder.recode(code) for code in ("A", "H", "G")}
    assert codes(found["A"]) == ["x"]
    assert (found["H"].certainty, codes(found["H"])) == ("unmapped", [])
    (back,) = found["G"].targets
    assert (back.code, back.relationship, back.path) == ("z", BROAD, f"odd-to-toy 2020, read backwards ({BROAD})")


def test_the_same_target_by_two_maps_is_named_once_by_its_better_one(mapped: Any) -> None:
    mapped.load(mapped.map("2020", [("A", "x", REL), ("N", "z", EQ)], id="other"))
    with mapped.service().maps.recoder(Request("toy", "odd")) as recoder:
        assert recoder.recode("A").certainty == "exact"
        assert recoder.recode("N").targets[0].path == "other 2020 (equivalent)"
    with mapped.service().maps.recoder(Request("toy", "odd", map="urn:conceptmap:other")) as recoder:
        assert recoder.recode("A").certainty == "approximate"
        assert recoder.recode("B").certainty == "not-found"


def test_over_a_system_in_between(mapped: Any) -> None:
    mapped.load(mapped.map("2021-01", [("x", "f", REL), ("y", "f", EQ)], source="odd", target="far"))
    with mapped.service().maps.recoder(Request("toy", "far")) as recoder:
        found = recoder.recode("A")
        assert (recoder.version, found.certainty) == (None, "approximate")
        assert found.targets[0].path == "toy-to-odd 2020 (equivalent) > odd-to-far 2021-01 (related-to)"


def test_systems_that_are_not_loaded(toy: Any) -> None:
    toy.load(toy.map("2020", [{"source": "A", "target": "x", "relationship": EQ, "target_display": "Ex"}]))
    with toy.service().maps.recoder(Request("toy", "odd")) as recoder:
        found = recoder.recode(" a", "2021-01-01")
        assert (found.certainty, found.targets[0].display, found.valid_then) == ("exact", "Ex", True)
        assert recoder.recode("Z").certainty == "not-found"
        assert recoder.recode("A", "nonsense").certainty == "unknown-date"
        assert codes(recoder.recode("A", "1999")) == ["x"]  # no map was in force then: that of today


def test_the_map_of_the_day_and_the_version_of_today(mapped: Any) -> None:
    mapped.load(mapped.map("2021-06", [("A", "y", EQ), ("G", "z", EQ)]))
    with mapped.service().maps.recoder(Request("toy", "odd")) as recoder:
        assert codes(recoder.recode("A", "2021-03-01")) == ["x"]
        assert codes(recoder.recode("A", "2021-07-01")) == ["y"]
        assert codes(recoder.recode("G", "2020-03-01")) == ["z"]
        assert codes(recoder.recode("A", "2021")) == ["y"]
        assert codes(recoder.recode("D", "2020-07-01")) == ["new"]
    with mapped.service().maps.recoder(Request("toy", "odd", target_version="2020")) as recoder:
        assert codes(recoder.recode("D", "2020-07-01")) == ["old"]


RULES = [
    {"source": "A", "target": "child", "priority": 1, "rule": "IFA 445518008 | Age at onset | < 18 years"},
    {"source": "A", "target": "adult", "priority": 2, "rule": "OTHERWISE TRUE"},
    {"source": "B", "target": "her", "priority": 1, "rule": "IFA 248152002 | Female (finding) |"},
    {"source": "B", "target": "him", "priority": 2, "rule": "IFA 248153007 | Male (finding) |"},
    {"source": "C", "target": "both", "priority": 1, "rule": "IFA 73211009 | Diabetes mellitus |"},
    {"source": "C", "priority": 2, "rule": "OTHERWISE TRUE", "relationship": "unmapped", "comment": "none"},
]


@pytest.mark.parametrize(
    ("code", "age", "sex", "certainty", "targets", "note"),
    [
        ("A", "", "", "depends", ["child", "adult"], "depends on age < 18 years"),
        ("A", "3", "", "approximate", ["child"], ""),
        ("A", "3 months", "", "approximate", ["child"], ""),
        ("A", "44", "2", "approximate", ["adult"], ""),
        ("A", "old", "2", "depends", ["child", "adult"], "'old' is no age"),
        ("B", "", "K", "approximate", ["her"], ""),
        ("B", "", "1", "approximate", ["him"], ""),
        ("B", "", "9", "depends", ["her", "him"], "depends on sex"),
        ("B", "44", "?", "depends", ["her", "him"], "'?' is no sex"),
        ("C", "44", "K", "depends", ["both"], "73211009 Diabetes mellitus; stated as without a target"),
    ],
)
def test_rules(toy: Any, code: str, age: str, sex: str, certainty: str, targets: list[str], note: str) -> None:
    toy.load(toy.map("2020", RULES))
    with toy.service().maps.recoder(Request("toy", "odd")) as recoder:
        found = recoder.recode(code, None, age, sex)
        assert recoder.recode(code, None, age, sex) is found
    assert (found.certainty, codes(found)) == (certainty, targets)
    assert note in "; ".join(found.notes)
    assert bool(note) == bool(found.notes)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (Request("nowhere", "odd"), UnknownSystem),
        (Request("toy", "nowhere"), UnknownSystem),
        (Request("toy", "odd", map="nowhere"), UnknownMap),
        (Request("toy", "odd", When(version="1999")), UnknownVersion),
        (Request("toy", "odd", target_version="1999"), UnknownVersion),
        (Request("toy", "toy", target_version="1999"), UnknownVersion),
        (Request("toy", "toy", When(date="1999-01-01")), NothingInForce),
        (Request("toy", "toy", When(date="spring")), InvalidParameter),
        (Request("toy", "toy", map="toy-to-odd"), InvalidParameter),
        (Request("toy", "odd", map="odd-to-far"), InvalidParameter),
        (Request("toy", "alone"), InvalidParameter),
    ],
)
def test_what_does_not_exist_is_refused_at_once(mapped: Any, request_: Request, error: type[Exception]) -> None:
    mapped.load(mapped.map("2020", [("x", "f", EQ)], source="odd", target="far"))
    mapped.load(mapped.map("2020", [("p", "q", EQ)], source="alone", target="aside"))
    with pytest.raises(error), mapped.service().maps.recoder(request_):
        pass


def test_what_is_remembered_has_a_limit(mapped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termservice.checklist.MOST_REMEMBERED", 3)
    with mapped.service().maps.recoder(Request("toy", "odd")) as recoder:
        days = [(date(2020, 1, 1) + timedelta(days=30 * number)).isoformat() for number in range(20)]
        found = [codes(recoder.recode(code, day)) for day in days for code in ("A", "B", "G", "Z")]
        assert found == [["x"], ["x", "y"], [], []] * 20
        assert max(len(recoder._known), len(recoder._times)) <= 3


def test_every_certainty_is_described_and_some_are_losses() -> None:
    from typing import get_args

    from termservice.recoded import Certainty

    assert set(CERTAINTIES) == set(get_args(Certainty))
    assert set(CERTAINTIES) - LOST == {"exact", "broader", "approximate", "combined", "ambiguous", "depends"}


@settings(deadline=None, max_examples=60)
@given(code=st.sampled_from([*FIRST, "W", "C1", "C2", "C3"]), day=st.dates(date(2020, 1, 1), date(2022, 6, 15)))
def test_never_fewer_targets_than_a_translation_has(hypothesis_fruit: Any, code: str, day: date) -> None:
    service, _ = hypothesis_fruit
    answer = service.maps.translate(Question("toy", code, When(date=str(day)), "odd"))
    matches = [match for match in answer.matches if match.relationship != NOT]
    forward = [match.code for match in matches if not match.reversed]
    none_forward = any(not hop.reversed for each in answer.unmapped for hop in each.via) or answer.unmapped
    expected = forward or ([] if none_forward else [match.code for match in matches])
    with service.maps.recoder(Request("toy", "odd")) as recoder:
        found = recoder.recode(code, str(day))
    replaced = {"old": "new"}
    assert {replaced.get(each, each) for each in expected} <= set(codes(found))
    assert bool(expected) <= (found.certainty not in ("unmapped", "not-found", "unknown-code"))
