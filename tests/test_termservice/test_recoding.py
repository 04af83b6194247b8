"""Recoding: history within a system, maps between systems, and how certain what comes of it is."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from termservice.answers import When
from termservice.errors import InvalidParameter, NothingInForce, UnknownMap, UnknownSystem, UnknownVersion
from termservice.listfile import CustomerList
from termservice.recoded import CERTAINTIES, LOST, Recoded
from termservice.recodelist import COLUMNS, People, added, recode_list, written
from termservice.recoding import Request
from termservice.translating import Question

TODAY = date(2022, 6, 15)
EQ, NARROW, BROAD, REL, NOT = (
    "equivalent", "source-is-narrower-than-target", "source-is-broader-than-target", "related-to", "not-related-to",
)  # fmt: skip
FIRST = {
    "A": "Apple",
    "A1": "Green apple",
    "B": "Banana",
    "C": "Cherry",
    "D": "Damson",
    "F": "Fig",
    "G": "Grape",
    "H": {"title": "Hazel", "abstract": False},
    "L1": "Loop one",
    "L2": "Loop two",
    "M": "Medlar",
    "N": "Nut",
    "KK:X": {"title": "Here", "part": "kk"},
    "KM:X": {"title": "There", "part": "km"},
}
GONE = ("C", "D", "F", "G", "L1", "L2", "M")
SECOND = {code: spec for code, spec in FIRST.items() if code not in GONE} | {
    "A1": "Apple (green)", "C1": "Sour cherry", "C2": "Sweet cherry", "H": {"title": "Hazel", "abstract": True},
    "W": "Plums of all kinds",
}  # fmt: skip
THIRD = {code: spec for code, spec in SECOND.items() if code != "C2"} | {"F": "Fig", "C3": "Sweet wild cherry"}
STATED = [
    # code, type, day, other, automatic
    ("B", "split", "2021-01-01", "B", 0),
    ("B", "split", "2021-01-01", "W", 0),
    ("C", "split", "2021-01-01", "C1", 1),
    ("C", "split", "2021-01-01", "C2", 0),
    ("C2", "replaced-by", "2022-01-01", "C3", 1),
    ("D", "merged", "2021-01-01", "W", 1),
    ("L1", "replaced-by", None, "L2", None),
    ("L2", "replaced-by", None, "L1", None),
    ("M", "replaced-by", "2021-01-01", "W", 0),
    ("N", "unchanged", "2021-01-01", "N", 1),
]


def state(toy: Any, *stated: tuple[str, str, str | None, str, int | None]) -> None:
    for number, (code, kind, day, other, automatic) in enumerate(stated):
        toy.execute(
            "INSERT INTO stated (release_id, system_id, code, type, date, other_code, automatic, path, row) "
            "SELECT 1, id, ?, ?, ?, ?, ?, 'changes.txt', ? FROM system WHERE short='toy'",
            code, kind, day, other, automatic, number,
        )  # fmt: skip


@pytest.fixture
def fruit(toy: Any) -> Any:
    for version, codes in (("2020", FIRST), ("2021", SECOND), ("2022", THIRD)):
        toy.put(version, codes)
    state(toy, *STATED)
    return toy


def codes(found: Recoded) -> list[str]:
    return [target.code for target in found.targets]


# -- one system, another version -----------------------------------------------------------------------------------


#   code, day, certainty, targets, path of the last, valid then, in the notes
HISTORY = [
    ("A", "2020-03-01", "exact", ["A"], "unchanged", True, ""),
    ("a", "2020", "exact", ["A"], "unchanged", True, ""),
    ("a1", "2020-03-01", "exact", ["A1"], "unchanged", True, "retitled: Green apple → Apple (green)"),
    ("A1", "2021-03-01", "exact", ["A1"], "unchanged", True, ""),
    ("N", "2020-03-01", "exact", ["N"], "unchanged", True, ""),
    ("B", "2020-03-01", "ambiguous", ["B", "W"], "split W (toy 2020, not automatic)", True, ""),
    ("B", "2021-03-01", "exact", ["B"], "unchanged", True, ""),
    ("C", "2020-03-01", "ambiguous", ["C1", "C3"],
     "split C2 (toy 2020, not automatic) > replaced-by C3 (toy 2020, automatic)", True, ""),
    ("C", "2021-06-01", "ambiguous", ["C1", "C3"],
     "split C2 (toy 2020, not automatic) > replaced-by C3 (toy 2020, automatic)", False, "no longer valid in 2021"),
    ("C2", "2021-06-01", "exact", ["C3"], "replaced-by C3 (toy 2020, automatic)", True, ""),
    ("C3", "2021-06-01", "exact", ["C3"], "unchanged", False, "not yet valid in 2021"),
    ("D", "2020-03-01", "broader", ["W"], "merged W (toy 2020, automatic)", True, ""),
    ("M", "2020-03-01", "approximate", ["W"], "replaced-by W (toy 2020, not automatic)", True, ""),
    ("F", "2020-03-01", "approximate", ["F"], "unchanged", True, "not valid for a time in between"),
    ("F", "2022-03-01", "exact", ["F"], "unchanged", True, ""),
    ("G", "2020-03-01", "not-valid", ["G"], "unchanged", True, "G is no longer valid in 2022"),
    ("H", "2020-03-01", "not-valid", ["H"], "unchanged", True, "H is a heading in 2022"),
    ("H", "2021-03-01", "exact", ["H"], "unchanged", True, ""),
    ("L1", "2020-03-01", "not-valid", ["L2"], "replaced-by L2 (toy 2020)", True, "L2 is no longer valid"),
    ("A", "1999-01-01", "exact", ["A"], "unchanged", False, "no release was in force then"),
    ("X", "2020-03-01", "ambiguous-code", [], "", True, "KK:X or KM:X"),
    ("Z9", "2020-03-01", "unknown-code", [], "", True, "has never had a code 'Z9'"),
    ("A", "2020-02-30", "unknown-date", [], "", True, "not a day"),
    ("A", "", "unknown-date", [], "", True, "no date"),
    ("", "2020-03-01", "no-code", [], "", True, ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "day", "certainty", "targets", "path", "then", "note"), HISTORY)
def test_a_code_in_the_version_of_today(
    fruit: Any, code: str, day: str, certainty: str, targets: list[str], path: str, then: bool, note: str
) -> None:
    with fruit.service().maps.recoder(Request("toy", "toy")) as recoder:
        found = recoder.recode(code, day)
        assert recoder.recode(code, day) is found
    assert (found.certainty, codes(found), found.valid_then) == (certainty, targets, then)
    assert (found.targets[-1].path if found.targets else "") == path
    assert note in "; ".join(found.notes)
    assert bool(note) == bool(found.notes)
    assert found.needs_person == (certainty != "exact" or not then)


def test_in_a_version_that_is_named(fruit: Any) -> None:
    with fruit.service().maps.recoder(Request("toy", "toy", When(version="2020"), "2021")) as recoder:
        found = {code: recoder.recode(code) for code in ("A1", "C", "F", "D")}
        assert recoder.version == "2021"
    assert {code: (each.certainty, codes(each)) for code, each in found.items()} == {
        "A1": ("exact", ["A1"]), "C": ("ambiguous", ["C1", "C2"]), "F": ("not-valid", ["F"]), "D": ("broader", ["W"]),
    }  # fmt: skip
    assert found["A1"].retitled
    assert [target.relationship for target in found["C"].targets] == [BROAD, BROAD]
    assert found["C"].targets[1].display == "Sweet cherry"


def test_rows_of_one_day_and_of_today(fruit: Any) -> None:
    with fruit.service().maps.recoder(Request("toy", "toy", When(date="2020-05-01"))) as recoder:
        assert codes(recoder.recode("B")) == ["B", "W"]
    with fruit.service().maps.recoder(Request("toy", "toy")) as recoder:
        assert codes(recoder.recode("B")) == ["B"]
        assert codes(recoder.recode("C")) == ["C1", "C3"]


def test_merged_then_split_claims_nothing(toy: Any) -> None:
    toy.put("2020", {"A": "Apple", "B": "Banana"})
    toy.put("2021", {"C": "Cherry"})
    toy.put("2022", {"D": "Damson"})
    state(toy, ("A", "merged", "2021-01-01", "C", 1), ("C", "split", "2022-01-01", "D", 1))
    with toy.service().maps.recoder(Request("toy", "toy")) as recoder:
        found = recoder.recode("A", "2020")
    assert [(each.code, each.relationship) for each in found.targets] == [("D", REL)]
    assert found.certainty == "approximate"


def test_what_follows_without_end_is_cut_and_said(toy: Any) -> None:
    many = {f"B{number}": f"Banana {number}" for number in range(80)}
    toy.put("2020", {"A": "Apple"})
    toy.put("2021", many)
    state(toy, *(("A", "split", "2021-01-01", code, 0) for code in many))
    with toy.service().maps.recoder(Request("toy", "toy")) as recoder:
        found = recoder.recode("A", "2020")
    assert found.certainty == "ambiguous"
    assert len(found.targets) == 80  # what one statement names is never reduced


# -- another system ------------------------------------------------------------------------------------------------


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


# -- lists ---------------------------------------------------------------------------------------------------------


def test_names_of_added_columns() -> None:
    assert added(["kod", "text"]) == list(COLUMNS)
    assert added(["kod", " Note "]) == [f"{name}_2" for name in COLUMNS]
    assert added([*COLUMNS, "path_2"])[0] == "target_code_3"


def test_a_title_of_several_lines_above_the_header(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('"The\nhospital",\nkod,n\nA,1\n', "utf-8")
    found = CustomerList(path)
    assert list(found.before()) == [["The\nhospital", ""]]
    assert list(found.cells()) == [(4, ["A", "1"])]
    assert list(found.rows()) == [(4, "A", None)]


def test_added_cells_run_no_formula(toy: Any) -> None:
    toy.put("2020", {"=A": "=Apple()"})
    with toy.service().maps.recoder(Request("toy", "toy")) as recoder:
        cells = written(recoder.recode("=A"))
    assert cells == ["'=A", "'=Apple()", EQ, "exact", "unchanged", ""]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\x1a\ufeff"), max_size=6)
CODE = st.sampled_from(["A", "a1", "B", "C", "C2", "D", "F", "G", "H", "N", "W", "X", "Z9", "", "=1", " A "])
DAY = st.one_of(st.dates(date(2019, 6, 1), date(2022, 12, 31)).map(str), st.sampled_from(["2020", "", "x", "20210301"]))


@settings(deadline=None, max_examples=40)
@given(rows=st.lists(st.tuples(CELL, CODE, DAY, st.lists(CELL, max_size=2)), max_size=12), same=st.booleans())
def test_every_row_and_every_cell_is_kept(
    hypothesis_fruit: Any, rows: list[tuple[str, str, str, list[str]]], same: bool
) -> None:
    service, folder = hypothesis_fruit
    path = folder / "list.csv"
    given_rows = [["id", "kod", "datum"], *([first, code, day, *more] for first, code, day, more in rows)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(given_rows)
    out = io.StringIO(newline="")
    with service.maps.recoder(Request("toy", "toy" if same else "odd")) as recoder:
        summary = recode_list(recoder, CustomerList(path, "kod", "datum"), out, People(), ",")
        again = [recoder.recode(code.strip(), day) for _, code, day, _ in rows]
    head, *got = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert head == ["id", "kod", "datum", *COLUMNS]
    assert [[*row[:3], *row[9:]] for row in got] == given_rows[1:]
    assert [row[3:9] for row in got] == [written(found) for found in again]
    assert summary.rows == len(rows) == sum(summary.certainties.values())
    assert summary.needs_person == sum(found.needs_person for found in again)


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


@pytest.fixture(scope="module")
def hypothesis_fruit(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from tests.test_termservice.conftest import Toy, ToyLoader, ToyMapLoader

    with pytest.MonkeyPatch.context() as patch:
        for module in ("discovery", "bases"):
            patch.setattr(f"termservice.{module}.loaders", lambda: (ToyLoader(), ToyMapLoader()))
        toy = Toy(tmp_path_factory.mktemp("toy"))
        for version, listed in (("2020", FIRST), ("2021", SECOND), ("2022", THIRD)):
            toy.put(version, listed)
        state(toy, *STATED)
        toy.put("2020", {"x": "Ex", "y": "Why", "z": "Zed", "old": "Old"}, system="odd")
        toy.put("2021", {"x": "Ex", "y": "Why", "z": "Zed", "new": "New"}, system="odd",
                stated=[("old", "replaced-by", "new")])  # fmt: skip
        both = [("A", "x", EQ), ("B", "x", NARROW), ("B", "y", REL), ("D", "old", EQ), ("C3", "y", BROAD),
                {"source": "H", "relationship": "unmapped"}, ("N", "z", NOT)]  # fmt: skip
        toy.load(toy.map("2020-06", both), toy.map("2021-09", [*both, ("A", "z", EQ), ("G", "z", REL)]))
        toy.load(toy.map("2021-03", [("z", "F", EQ), ("x", "A1", NARROW), ("y", "A", EQ)], source="odd", target="toy"))
        service = toy.service(TODAY)
        yield service, toy.folder
        toy.close()
