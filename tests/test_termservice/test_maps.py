"""Maps in the store: versions, any order of loading, roll-back, deltas, verification, what they reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from termservice import lifecycle, verify
from termservice.answers import When
from termservice.errors import NothingInForce, UnknownMap, UnknownVersion

APPLE = ("A", "x", "equivalent")
PEAR = ("P", "y", "related-to")
NONE = {"source": "N", "relationship": "unmapped", "comment": "utan motsvarighet"}


def elements(toy: Any, version: str | None = None, name: str = "toy-to-odd") -> list[tuple[str, str]]:
    found = toy.service().maps.elements(name, When(version), limit=1000)
    assert found.total == len(found.items)
    return [(each.source, each.target) for each in found.items]


def test_a_map_is_loaded_and_read_without_the_systems_it_joins(toy: Any) -> None:
    (outcome,) = toy.load(toy.map("2020", [APPLE, PEAR, NONE]))
    assert (outcome.status, outcome.elements, outcome.concepts) == ("loaded", 3, 0)
    assert elements(toy) == [("A", "x"), ("N", ""), ("P", "y")]
    info = toy.service().maps.map("urn:conceptmap:toy-to-odd")
    assert (info.source, info.target, info.version, info.versions) == ("toy", "odd", "2020", 1)
    assert toy.service().codesystems().items == []


def test_loading_again_changes_nothing(toy: Any) -> None:
    file = toy.map("2020", [APPLE])
    toy.load(file)
    before = toy.dump()
    (outcome,) = toy.load(file)
    assert outcome.status == "unchanged"
    assert toy.dump() == before


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_any_order_of_loading_gives_the_same_store(toy: Any, order: tuple[int, ...]) -> None:
    files = [
        toy.map("2019", [APPLE]),
        toy.map("2020", [APPLE, PEAR]),
        toy.map("2021", [("A", "z", "equivalent"), PEAR]),
        toy.release("2020", {"A": "Apple", "P": "Pear"}),
    ]
    for number in order:
        toy.load(files[number])
    assert [elements(toy, version) for version in ("2019", "2020", "2021")] == [
        [("A", "x")],
        [("A", "x"), ("P", "y")],
        [("A", "z"), ("P", "y")],
    ]
    rows = toy.query("SELECT source, target, vf, vt FROM element ORDER BY 1, 2")
    assert [(row[0], row[1]) for row in rows] == [("A", "x"), ("A", "z"), ("P", "y")]
    assert verify.verify(toy.home) == []


def test_only_what_changed_adds_rows(toy: Any) -> None:
    many = [(f"A{number}", f"x{number}", "equivalent") for number in range(50)]
    toy.load(toy.map("2020", many))
    (outcome,) = toy.load(toy.map("2021", [*many[:-1], ("A49", "x50", "equivalent")]))
    assert (outcome.rows_added, outcome.facts_changed) == (1, 2)


def test_rolled_back_and_activated_again(toy: Any) -> None:
    toy.load(toy.map("2020", [APPLE]), toy.map("2021", [PEAR]))
    lifecycle.rollback(toy.home, "toy-to-odd", None)
    assert elements(toy) == [("A", "x")]
    lifecycle.activate(toy.home, "toy-to-odd", "2021")
    assert elements(toy) == [("P", "y")]
    lifecycle.remove(toy.home, "toy-to-odd", "2020")
    assert verify.verify(toy.home) == []
    with pytest.raises(UnknownVersion):
        elements(toy, "2020")


def test_a_corrected_release_replaces_the_one_of_its_version(toy: Any) -> None:
    toy.load(toy.map("2020", [APPLE]))
    (outcome,) = toy.load(toy.map("2020", [PEAR]))
    assert outcome.status == "corrected"
    assert elements(toy) == [("P", "y")]


def test_a_rebuilt_store_is_the_same(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    toy.load(toy.map("2020", [APPLE, NONE]), toy.map("2021", [PEAR]))
    before = toy.query("SELECT source, target, relationship, comment, vf, vt FROM element ORDER BY 1")
    lifecycle.rebuild(toy.home)
    assert toy.query("SELECT source, target, relationship, comment, vf, vt FROM element ORDER BY 1") == before


def test_a_broken_map_leaves_the_store_as_it_was(toy: Any) -> None:
    toy.load(toy.map("2020", [APPLE]))
    before = toy.dump()
    (outcome,) = toy.load(toy.map("2021", [APPLE], broken="line 7 is nonsense"))
    assert (outcome.status, outcome.message.endswith("line 7 is nonsense")) == ("refused", True)
    assert toy.dump() == before


def test_a_map_cannot_take_the_name_of_a_code_system(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    (outcome,) = toy.load(toy.map("2021", [APPLE], id="toy", source="odd", target="far"))
    assert (outcome.status, "another kind" in outcome.message) == ("refused", True)
    toy.load(toy.map("2020", [APPLE], id="far"))
    (outcome,) = toy.load(toy.release("2020", {"A": "Apple"}, system="far"))
    assert outcome.status == "refused"


def row(id: str, source: str, target: str) -> dict[str, str]:
    return {"id": id, "source": source, "target": target}


def test_a_delta_is_put_onto_the_version_before(toy: Any) -> None:
    toy.load(toy.map("2020", [row("1", "A", "x"), row("2", "B", "y"), row("3", "C", "z")]))
    (outcome,) = toy.load(toy.map("2021", [row("2", "B", "w"), row("4", "D", "v")], delta=True, removed=["3"]))
    assert "delta-alone" not in [each["kind"] for each in outcome.warnings]
    assert elements(toy) == [("A", "x"), ("B", "w"), ("D", "v")]
    assert elements(toy, "2020") == [("A", "x"), ("B", "y"), ("C", "z")]
    assert verify.verify(toy.home) == []


def test_a_delta_alone_is_taken_as_the_whole_and_says_so(toy: Any) -> None:
    (outcome,) = toy.load(toy.map("2021", [row("2", "B", "w")], delta=True))
    assert [each["kind"] for each in outcome.warnings] == ["delta-alone"]
    assert elements(toy) == [("B", "w")]


def test_verify_names_an_element_that_was_tampered_with(toy: Any) -> None:
    toy.load(toy.map("2020", [APPLE, PEAR]))
    toy.execute("UPDATE element SET target='q' WHERE source='A'")
    (line,) = verify.verify(toy.home)
    assert "toy-to-odd 2020: 2 facts differ" in line


def test_what_is_not_there_is_named(toy: Any) -> None:
    toy.load(toy.map("2020", [APPLE]))
    maps = toy.service().maps
    with pytest.raises(UnknownMap, match="toy-to-odd"):
        maps.map("toy-to-od")
    with pytest.raises(NothingInForce):
        maps.elements("toy-to-odd", When(date="1999-01-01"))


def test_a_map_of_the_future_takes_over_by_itself(toy: Any) -> None:
    toy.load(toy.map("2020", [APPLE]), toy.map("2023", [PEAR]))
    assert elements(toy) == [("A", "x")]
    assert toy.service(date(2023, 1, 1)).maps.elements("toy-to-odd").items[0].source == "P"


def test_coverage_counts_codes_on_both_sides(toy: Any) -> None:
    toy.load(toy.map("2020", [APPLE, PEAR, ("A", "q", "related-to"), NONE]))
    alone = toy.service().maps.map("toy-to-odd").coverage
    assert (alone.elements, alone.source_codes, alone.mapped, alone.unmapped, alone.target_codes) == (4, 3, 2, 1, 3)
    assert alone.source_concepts is alone.targets_current is None
    toy.put("2020", {"A": "Apple", "P": {"title": "Pear", "active": False}, "N": "None"})
    toy.put("2019", {"x": "X", "y": "Y"}, system="odd")
    toy.put("2020", {"x": "X"}, system="odd")
    reach = toy.service().maps.map("toy-to-odd").coverage
    assert (reach.source_concepts, reach.source_concepts_mapped) == (2, 1)
    assert (reach.targets_current, reach.targets_gone) == (1, 2)
    assert reach.relationships == {"equivalent": 1, "related-to": 2, "unmapped": 1}


def test_maps_can_be_listed_without_being_measured(toy: Any) -> None:
    toy.load(toy.map("2020", [APPLE, PEAR]))
    maps = toy.service().maps
    (plain,), (measured,) = maps.maps(measured=False).items, maps.maps().items
    assert plain.coverage is None and measured.coverage is not None
    assert replace(plain, coverage=measured.coverage) == measured


def test_a_page_of_a_map_says_what_comes_next(toy: Any) -> None:
    toy.load(toy.map("2020", [(f"A{n}", "x", "equivalent") for n in range(5)]))
    found = toy.service().maps.elements("toy-to-odd", offset=2, limit=2)
    assert ([each.source for each in found.items], found.total, found.next) == (["A2", "A3"], 5, "4")
    assert toy.service().maps.elements("toy-to-odd", offset=4, limit=2).next is None


ROW = st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz"), st.sampled_from(["equivalent", "related-to"]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(2015, 2021), st.sets(ROW, min_size=1)), min_size=1, max_size=4))
def test_every_version_holds_exactly_what_was_delivered_last(
    toy: Any, releases: list[tuple[int, set[tuple[str, str, str]]]]
) -> None:
    home = toy.home
    toy.home = toy.folder / f"home-{len(list(toy.folder.glob('home-*')))}"
    for year, rows in releases:
        toy.load(toy.map(str(year), sorted(rows)))
    service = toy.service()
    for year, rows in dict(releases).items():
        found = service.maps.elements("toy-to-odd", When(str(year)), limit=1000).items
        assert {(each.source, each.target, each.relationship) for each in found} == rows
    toy.home = home
