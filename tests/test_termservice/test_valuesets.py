"""Value sets in the store: versions, any order of loading, roll-back, deltas, verification, members as they stand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from termservice import lifecycle, verify
from termservice.answers import When
from termservice.errors import InvalidParameter, NothingInForce, UnknownValueSet, UnknownVersion
from termservice.valuesetanswers import Include, LoadedValueSet

RULE = '{"include":[{"filter":[{"op":"is-a","property":"concept","value":"A"}],"system":"http://example.org/toy"}]}'


def members(toy: Any, when: str | None = None, name: str = "chosen") -> list[str]:
    found = toy.service().valuesets.members(name, When(when), limit=None)
    assert found.total == len(found.items)
    return [each.code for each in found.items]


def stands(toy: Any, when: When | None = None, **more: Any) -> dict[str, tuple[str, str | None, bool | None]]:
    found = toy.service().valuesets.members("chosen", when or When(), **more).items
    return {each.code: (each.status, each.display, each.active) for each in found}


# --- in the store


def test_a_value_set_is_loaded_and_read_without_the_systems_of_its_members(toy: Any) -> None:
    (outcome,) = toy.load(toy.valueset("2020", ["B", {"system": "far", "code": "A", "display": "Långt bort"}]))
    assert (outcome.status, outcome.members, outcome.elements, outcome.concepts) == ("loaded", 2, 0, 0)
    assert stands(toy) == {"A": ("not-loaded", "Långt bort", None), "B": ("not-loaded", None, None)}
    info = toy.service().valuesets.info("urn:valueset:chosen")
    assert (info.id, info.version, info.members, info.versions, info.compose) == ("chosen", "2020", 2, 1, None)
    assert [(each.system, each.url, each.version, each.members) for each in info.systems] == [
        ("far", "http://example.org/far", None, 1),
        ("toy", "http://example.org/toy", None, 1),
    ]
    assert toy.service().codesystems().items == []
    assert toy.service().maps.maps().items == []


def test_loading_again_changes_nothing(toy: Any) -> None:
    file = toy.valueset("2020", ["A"])
    toy.load(file)
    before = toy.dump()
    (outcome,) = toy.load(file)
    assert outcome.status == "unchanged"
    assert toy.dump() == before


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_any_order_of_loading_gives_the_same_store(toy: Any, order: tuple[int, ...]) -> None:
    files = [
        toy.valueset("2019", ["A"]),
        toy.valueset("2020", ["A", "B"], systems={"toy": "2020"}),
        toy.valueset("2021", ["B", "C"], systems={"toy": "2020"}),
        toy.release("2020", {"A": "Apple", "B": "Banana"}),
    ]
    for number in order:
        toy.load(files[number])
    assert [members(toy, version) for version in ("2019", "2020", "2021")] == [["A"], ["A", "B"], ["B", "C"]]
    rows = toy.query("SELECT code, vf / 1000000, min(vt / 1000000, 9999) FROM member ORDER BY 1")
    assert rows == [("A", 2019, 2021), ("B", 2020, 9999), ("C", 2021, 9999)]
    assert toy.query("SELECT name, vf / 1000000 FROM definition") == [("versions", 2020)]
    assert verify.verify(toy.home) == []


def test_only_what_changed_adds_rows(toy: Any) -> None:
    many = [f"A{number}" for number in range(50)]
    toy.load(toy.valueset("2020", many))
    (outcome,) = toy.load(toy.valueset("2021", [*many[:-1], "A50"]))
    assert (outcome.rows_added, outcome.facts_changed) == (1, 2)


def test_held_activated_rolled_back_and_removed(toy: Any) -> None:
    toy.load(toy.valueset("2020", ["A"]))
    (outcome,) = toy.load(toy.valueset("2021", ["B"]), hold=True)
    assert (outcome.status, members(toy)) == ("held", ["A"])
    lifecycle.activate(toy.home, "chosen", "2021")
    assert members(toy) == ["B"]
    lifecycle.rollback(toy.home, "urn:valueset:chosen", None)
    assert members(toy) == ["A"]
    lifecycle.activate(toy.home, "chosen", "2021")
    lifecycle.remove(toy.home, "chosen", "2020")
    assert verify.verify(toy.home) == []
    with pytest.raises(UnknownVersion):
        members(toy, "2020")
    lifecycle.remove(toy.home, "chosen", "2021")
    assert toy.service().valuesets.listing().items == []
    assert toy.query("SELECT count(*) FROM member") == [(0,)]


def test_a_corrected_release_replaces_the_one_of_its_version(toy: Any) -> None:
    toy.load(toy.valueset("2020", ["A"]))
    (outcome,) = toy.load(toy.valueset("2020", ["B"]))
    assert (outcome.status, members(toy)) == ("corrected", ["B"])


def test_a_rebuilt_store_is_the_same(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    toy.load(toy.valueset("2020", ["A", "far X"]), toy.valueset("2021", [], compose=RULE))
    queries = ("SELECT code, vf, vt FROM member ORDER BY 1", "SELECT name, value, vf, vt FROM definition ORDER BY 1")
    before = [toy.query(query) for query in queries]
    lifecycle.rebuild(toy.home)
    assert [toy.query(query) for query in queries] == before
    assert verify.verify(toy.home) == []


def test_a_broken_value_set_leaves_the_store_as_it_was(toy: Any) -> None:
    toy.load(toy.valueset("2020", ["A"]))
    before = toy.dump()
    (outcome,) = toy.load(toy.valueset("2021", ["A"], broken="line 7 is nonsense"))
    assert (outcome.status, outcome.message.endswith("line 7 is nonsense")) == ("refused", True)
    assert toy.dump() == before


def test_code_systems_maps_and_value_sets_have_names_of_their_own(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    toy.load(toy.map("2020", [("A", "x", "equivalent")]))
    for taken in ("toy", "toy-to-odd"):
        (outcome,) = toy.load(toy.valueset("2020", ["A"], id=taken))
        assert (outcome.status, "another kind" in outcome.message) == ("refused", True)
    toy.load(toy.valueset("2020", ["A"], id="far"))
    for file in (toy.release("2020", {"A": "Apple"}, system="far"), toy.map("2021", [("A", "x")], id="far")):
        assert toy.load(file)[0].status == "refused"
    (outcome,) = toy.load(toy.valueset("2020", ["new A"], id="new"))
    assert (outcome.status, "another kind" in outcome.message) == ("refused", True)
    (outcome,) = toy.load(toy.valueset("2020", ["toy-to-odd A"], id="other"))
    assert (outcome.status, "another kind" in outcome.message) == ("refused", True)


def member(id: str, code: str) -> dict[str, str]:
    return {"id": id, "system": "toy", "code": code}


def test_a_delta_is_put_onto_the_version_before(toy: Any) -> None:
    toy.load(toy.valueset("2020", [member("1", "A"), member("2", "B"), member("3", "C")]))
    (outcome,) = toy.load(toy.valueset("2021", [member("2", "E"), member("4", "D")], delta=True, removed=["3"]))
    assert "delta-alone" not in [each["kind"] for each in outcome.warnings]
    assert members(toy) == ["A", "D", "E"]
    assert members(toy, "2020") == ["A", "B", "C"]
    assert verify.verify(toy.home) == []


def test_a_delta_that_only_ends_members_keeps_the_others(toy: Any) -> None:
    toy.load(toy.valueset("2020", [member("1", "A"), member("2", "B")]))
    toy.load(toy.valueset("2021", [], delta=True, removed=["2"]))
    assert members(toy) == ["A"]
    assert verify.verify(toy.home) == []


def test_a_delta_alone_is_taken_as_the_whole_and_says_so(toy: Any) -> None:
    (outcome,) = toy.load(toy.valueset("2021", [member("2", "B")], delta=True))
    assert [each["kind"] for each in outcome.warnings] == ["delta-alone"]
    assert members(toy) == ["B"]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE member SET display='q' WHERE code='A'",
        "DELETE FROM member WHERE code='A'",
        'UPDATE definition SET value=\'{"toy": "1999"}\'',
    ],
)
def test_verify_names_what_was_tampered_with(toy: Any, tampering: str) -> None:
    toy.load(toy.valueset("2020", ["A", "B"], systems={"toy": "2020"}))
    assert verify.verify(toy.home) == []
    toy.execute(tampering)
    (line,) = verify.verify(toy.home)
    assert line.startswith("chosen 2020: ") and "facts differ" in line


# --- members as they stand


def test_members_stand_as_their_concepts_do_on_the_day(toy: Any) -> None:
    toy.put("2020", {"A": "Apple", "B": "Banana", "C": {"title": "Cherry", "active": False}})
    toy.put(
        "2021",
        {
            "A": "Apples",
            "C": {"title": "Cherry", "active": False},
            "N": "New",
            "H": {"title": "Head", "abstract": True},
        },
    )
    toy.load(toy.valueset("2020", ["A", "B", "C", "N", "X", "H"]))
    assert stands(toy) == {
        "A": ("current", "Apples", True),
        "B": ("withdrawn", "Banana", False),
        "C": ("withdrawn", "Cherry", False),
        "H": ("current", "Head", True),
        "N": ("current", "New", True),
        "X": ("unknown-code", None, None),
    }
    then = stands(toy, When(date="2020-07-01"))
    assert (then["A"], then["B"][0], then["N"]) == (
        ("current", "Apple", True), "current", ("not-yet-introduced", "New", False),
    )  # fmt: skip
    found = toy.service().valuesets.members("chosen", When(date="2020-07-01"))
    assert (found.version, found.date, found.systems) == ("2020", "2020-07-01", {"toy": "2020"})


def test_a_withdrawn_member_says_what_follows_it(toy: Any) -> None:
    toy.put("2020", {"A": "Apple", "B": "Banana"})
    toy.put("2021", {"B": "Banana"}, stated=[("A", "replaced-by", "B")])
    toy.load(toy.valueset("2020", ["A"]))
    (found,) = toy.service().valuesets.members("chosen").items
    assert (found.status, found.needs_person) == ("withdrawn", True)
    assert [(each.type, each.code, each.active) for each in found.successors] == [("replaced-by", "B", True)]


def test_of_a_named_version_members_are_judged_today_or_when_it_comes_into_force(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    toy.put("2021", {"B": "Banana"})
    toy.put("2023", {"C": "Cherry"})
    toy.load(toy.valueset("2020", ["A"]), toy.valueset("2023", ["C"]))
    service = toy.service().valuesets
    old, coming = service.members("chosen", When("2020")), service.members("chosen", When("2023"))
    assert (old.date, old.systems, old.items[0].status) == ("2022-06-15", {"toy": "2021"}, "withdrawn")
    assert (coming.date, coming.systems, coming.items[0].status) == ("2023-01-01", {"toy": "2023"}, "current")


def test_members_of_a_pinned_version_stand_as_in_that_one(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    toy.put("2021", {"B": "Banana"})
    toy.load(toy.valueset("2022", ["A"], systems={"toy": "2020"}))
    found = toy.service().valuesets.members("chosen")
    assert (found.systems, found.items[0].status) == ({"toy": "2020"}, "current")
    assert toy.service().valuesets.info("chosen").systems[0].version == "2020"
    toy.load(toy.valueset("2022", ["A"], systems={"toy": "1999"}))
    found = toy.service().valuesets.members("chosen")
    assert (found.systems, found.items[0].status) == ({"toy": "2021"}, "withdrawn")


def test_before_its_first_release_a_code_system_judges_nothing(toy: Any) -> None:
    toy.put("2021", {"A": "Apple"})
    toy.load(toy.valueset("2020", ["A"]))
    found = toy.service().valuesets.members("chosen", When(date="2020-02-02"))
    assert (found.systems, found.items[0].status, found.items[0].active) == ({"toy": None}, "not-loaded", None)


def test_displays_are_in_the_language_wanted(toy: Any) -> None:
    toy.put("2020", {"A": {"title": "Äpple", "titles": {"en": "Apple"}}})
    toy.load(toy.valueset("2020", [{"system": "toy", "code": "A", "display": "Filens", "comment": "Rött"}]))
    service = toy.service().valuesets
    (swedish,), (english,) = (service.members("chosen", lang=(tag,)).items for tag in ("sv", "en"))
    assert (swedish.display, english.display, swedish.comment) == ("Äpple", "Apple", "Rött")


def test_a_page_says_what_comes_next(toy: Any) -> None:
    toy.load(toy.valueset("2020", [*(f"A{n}" for n in range(4)), "far B"]))
    service = toy.service().valuesets
    found = service.members("chosen", offset=1, limit=2)
    assert ([each.code for each in found.items], found.total, found.next) == (["A0", "A1"], 5, "3")
    assert service.members("chosen", offset=3, limit=2).next is None
    assert service.members("chosen", offset=9).items == []


# --- what changed, and what is not there


def test_what_joined_and_what_left(toy: Any) -> None:
    toy.load(
        toy.valueset("2020", ["A", "B", {"system": "far", "code": "A", "comment": "gammal"}]),
        toy.valueset("2021", ["A", {"system": "toy", "code": "B", "display": "Annat namn"}, "C"], systems={"toy": "1"}),
    )
    service = toy.service().valuesets
    found = service.changes("chosen", When("2020"), When("2021"))
    assert [(each.type, each.system, each.code, each.comment) for each in found.items] == [
        ("removed", "far", "A", "gammal"),
        ("added", "toy", "C", ""),
    ]
    assert (found.after_version, found.version, found.added, found.removed) == ("2020", "2021", 1, 1)
    assert (found.total, found.definition_changed) == (2, True)
    back = service.changes("chosen", When(date="2021-03-01"), When(date="2020-03-01"))
    assert {(each.type, each.code) for each in back.items} == {("added", "A"), ("removed", "C")}
    assert service.changes("chosen", When("2021")).total == 0
    page = service.changes("chosen", When("2020"), offset=0, limit=1)
    assert (len(page.items), page.next, service.changes("chosen", When("2020"), offset=1, limit=1).next) == (
        1,
        "1",
        None,
    )


def test_a_time_by_any_name(toy: Any) -> None:
    toy.load(toy.valueset("2020", ["A"]))
    service = toy.service().valuesets
    assert service.when_named("chosen", "2020") == When("2020")
    assert service.when_named("chosen", "2020-02-03") == When(date="2020-02-03")
    for text in ("2019", "2020-02-31", "i går"):
        with pytest.raises(UnknownVersion, match="it has 2020"):
            service.when_named("chosen", text)


def test_what_is_not_there_is_named(toy: Any) -> None:
    toy.load(toy.valueset("2020", ["A"]))
    service = toy.service().valuesets
    with pytest.raises(UnknownValueSet, match="nearest: chosen"):
        service.info("chosn")
    for method in (service.versions, service.members, service.changes, service.definition):
        with pytest.raises(UnknownValueSet):
            method("toy")
    with pytest.raises(NothingInForce):
        service.members("chosen", When(date="1999-01-01"))
    with pytest.raises(UnknownVersion):
        service.definition("chosen", "1999")
    with pytest.raises(InvalidParameter):
        service.definition("chosen", "2020", "2020-01-01")


def test_a_value_set_of_the_future_takes_over_by_itself(toy: Any) -> None:
    toy.load(toy.valueset("2023", ["B"]))
    info = toy.service().valuesets.info("chosen")
    assert (info.version, info.effective_date, info.members, info.systems) == (None, None, 0, [])
    toy.load(toy.valueset("2020", ["A"]))
    assert members(toy) == ["A"]
    assert toy.service(date(2023, 1, 1)).valuesets.members("chosen").items[0].code == "B"
    assert [(each.version, each.current) for each in toy.service().valuesets.versions("chosen").items] == [
        ("2023", False),
        ("2020", True),
    ]


# --- for an engine that expands


def test_a_definition_lists_members_by_code_system(toy: Any) -> None:
    written = {"system": "toy", "code": "A", "display": "Filens"}
    toy.load(toy.valueset("2020", [written, "B", "far C"], systems={"toy": "2019"}), toy.valueset("2021", ["B"]))
    service = toy.service().valuesets
    found = service.definition("urn:valueset:chosen", "2020")
    assert found.includes == [
        Include("http://example.org/far", "", [("C", "")]),
        Include("http://example.org/toy", "2019", [("A", "Filens"), ("B", "")]),
    ]
    assert (found.id, found.url, found.version, found.effective) == (
        "chosen", "urn:valueset:chosen", "2020", "2020-01-01",
    )  # fmt: skip
    assert found.compose == ""
    assert service.definition("chosen", date="2020-12-31") == replace(found)
    assert service.definition("chosen").version == "2021"
    assert service.definitions() == [
        LoadedValueSet("chosen", "urn:valueset:chosen", version, f"{version}-01-01") for version in ("2020", "2021")
    ]


def test_a_rule_is_kept_as_it_is(toy: Any) -> None:
    toy.load(toy.valueset("2020", [], compose=RULE), toy.valueset("2021", ["A"]))
    service = toy.service().valuesets
    found = service.definition("chosen", "2020")
    assert (found.compose, found.includes) == (RULE, [])
    assert service.definition("chosen", "2021").compose == ""
    assert service.members("chosen", When("2020")).items == []
    assert toy.service(date(2020, 5, 5)).valuesets.info("chosen").compose == json.loads(RULE)
    assert service.changes("chosen", When("2020")).definition_changed


MEMBERS = st.sets(st.tuples(st.sampled_from(["toy", "far"]), st.sampled_from("ABC")), min_size=1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(2015, 2021), MEMBERS), min_size=1, max_size=4))
def test_every_version_holds_exactly_what_was_delivered_last(
    toy: Any, releases: list[tuple[int, set[tuple[str, str]]]]
) -> None:
    home = toy.home
    toy.home = toy.folder / f"home-{len(list(toy.folder.glob('home-*')))}"
    for year, held in releases:
        toy.load(toy.valueset(str(year), [" ".join(each) for each in sorted(held)]))
    service, last = toy.service().valuesets, dict(releases)
    for year, held in last.items():
        found = service.members("chosen", When(str(year)), limit=None).items
        assert {(each.system, each.code) for each in found} == held
    for year, after in zip(sorted(last), sorted(last)[1:], strict=False):
        found = service.changes("chosen", When(str(year)), When(str(after)), limit=None).items
        sides = {
            kind: {(each.system, each.code) for each in found if each.type == kind} for kind in ("added", "removed")
        }
        assert sides == {"added": last[after] - last[year], "removed": last[year] - last[after]}
    toy.home = home
