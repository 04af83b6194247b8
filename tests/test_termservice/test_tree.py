"""Roots, children, ancestors, descendants and subsumption of a version, in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from termservice.answers import Page, When
from termservice.errors import NotInVersion, UnknownCode

CODES: dict[str, Any] = {
    "R": "Root",
    "S": "Second root",
    "A": {"title": "A", "parents": ["R"]},
    "B": {"title": "B", "parents": ["R"]},
    "AB": {"title": "Both", "parents": ["A", "B"]},
    "AC": {"title": "One", "parents": ["A"]},
    "O": {"title": "Orphan", "parents": ["missing"]},
}
NO_BLOCKS = {"R": "Root", "S": "Second root", "AB": {"title": "Both", "parents": [("A", 0), ("R", 1)]}}


@pytest.fixture
def tree(toy: Any) -> Any:
    toy.put("2021", CODES | {"AB": {"title": "Both", "parents": ["A", "B", ("R", 1)]}})
    return toy


def codes(page: Page[Any]) -> list[str]:
    return [item.code for item in page.items]


@pytest.mark.parametrize(
    ("relation", "code", "expected"),
    [
        ("children", "R", ["A", "B"]),
        ("children", "a", ["AB", "AC"]),
        ("children", "AB", []),
        ("ancestors", "AB", ["A", "B", "R"]),
        ("ancestors", "R", []),
        ("ancestors", "O", []),
        ("descendants", "R", ["A", "AB", "AC", "B"]),
        ("descendants", "B", ["AB"]),
        ("descendants", "S", []),
    ],
)
def test_relations(tree: Any, relation: str, code: str, expected: list[str]) -> None:
    page = getattr(tree.service(), relation)("toy", code)
    assert (codes(page), page.total, page.next) == (expected, len(expected), None)
    assert (page.system, page.version, page.revision) == ("toy", "2021", 1)


def test_roots_with_the_number_of_their_children(tree: Any) -> None:
    page = tree.service().roots("toy")
    assert [(item.code, item.children_count) for item in page.items] == [("O", 0), ("R", 2), ("S", 0)]


def test_parents_in_lists_are_those_of_the_look_up(tree: Any) -> None:
    service = tree.service()
    for item in service.concepts("toy").items:
        found = service.concept("toy", item.code)
        assert list(item.parents) == found.parents
        assert service.children("toy", item.code).total == found.children_count


def test_where_a_level_is_missing_the_next_one_up_is_the_parent(toy: Any) -> None:
    whole = {"R": "Root", "A": {"title": "A", "parents": ["R"]}, "AB": {"title": "Both", "parents": ["A", ("R", 1)]}}
    lacking = {code: spec for code, spec in whole.items() if code != "A"}
    toy.put("2020", whole)
    toy.put("2021", lacking)
    service = toy.service()
    old, new = When(version="2020"), When(version="2021")
    assert service.concept("toy", "AB", old).parents == ["A"]
    assert service.concept("toy", "AB", new).parents == ["R"]
    assert codes(service.children("toy", "R", old)) == ["A"]
    assert codes(service.children("toy", "R", new)) == ["AB"]
    assert [service.concept("toy", "R", when).children_count for when in (old, new)] == [1, 1]
    assert codes(service.ancestors("toy", "AB", old)) == ["A", "R"]
    assert codes(service.ancestors("toy", "AB", new)) == ["R"]
    assert [service.subsumes("toy", "A", "AB", old).outcome, service.subsumes("toy", "R", "AB", new).outcome] == [
        "subsumes", "subsumes",
    ]  # fmt: skip


def test_display_order_is_the_loaders(toy: Any) -> None:
    keys = {"c9": "1", "c10": "2", "c1": "3"}
    below = {code: {"title": code, "parents": ["R"], "sort_key": key} for code, key in keys.items()}
    toy.put("2020", {"R": "Root"} | below)
    assert codes(toy.service().children("toy", "R")) == ["c9", "c10", "c1"]
    assert codes(toy.service().concepts("toy")) == ["R", "c1", "c10", "c9"]


@pytest.mark.parametrize(
    ("a", "b", "outcome"),
    [
        ("R", "AB", "subsumes"),
        ("ab", "r", "subsumed-by"),
        ("A", "a", "equivalent"),
        ("A", "B", "not-subsumed"),
        ("S", "AB", "not-subsumed"),
        ("O", "O", "equivalent"),
    ],
)
def test_subsumes(tree: Any, a: str, b: str, outcome: str) -> None:
    found = tree.service().subsumes("toy", a, b)
    assert (found.outcome, found.codeA, found.codeB) == (outcome, a.upper(), b.upper())


def test_what_is_not_in_the_version_has_no_place_in_its_tree(tree: Any) -> None:
    tree.put("2022", NO_BLOCKS)
    service = tree.service()
    with pytest.raises(NotInVersion):
        service.children("toy", "A")
    with pytest.raises(NotInVersion):
        service.subsumes("toy", "R", "A")
    with pytest.raises(UnknownCode):
        service.descendants("toy", "X")
    assert codes(service.children("toy", "A", When(version="2021"))) == ["AB", "AC"]


def test_a_loop_ends(toy: Any) -> None:
    toy.put("2020", {"A": {"title": "A", "parents": ["B"]}, "B": {"title": "B", "parents": ["A"]}})
    service = toy.service()
    assert codes(service.descendants("toy", "A")) == ["B"]
    assert codes(service.roots("toy")) == []


def by_offset(ask: Callable[..., Page[Any]], limit: int) -> list[str]:
    found: list[str] = []
    following: str | None = "0"
    while following is not None:
        page = ask(offset=int(following), limit=limit)
        assert len(page.items) <= limit
        found += codes(page)
        following = page.next
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_pages_hold_everything_once(tree: Any, limit: int) -> None:
    service = tree.service()
    assert by_offset(lambda **at: service.descendants("toy", "R", **at), limit) == ["A", "AB", "AC", "B"]
    assert by_offset(lambda **at: service.roots("toy", **at), limit) == ["O", "R", "S"]
    found: list[str] = []
    after: str | None = None
    while True:
        page = service.concepts("toy", after=after, limit=limit)
        assert page.total == len(CODES)
        found += codes(page)
        if page.next is None:
            break
        assert page.next == found[-1]
        after = page.next
    assert found == sorted(CODES)


def test_a_page_beyond_the_end_is_empty(tree: Any) -> None:
    service = tree.service()
    page = service.descendants("toy", "R", offset=50)
    assert (codes(page), page.total, page.next) == ([], 4, None)
    assert codes(service.concepts("toy", after="zzz")) == []
