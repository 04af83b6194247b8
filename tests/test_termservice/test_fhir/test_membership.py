"""What belongs to a value set: held against a definition by plain sets of codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from termservice.fhir.issues import Failure
from termservice.fhir.membership import Composition
from termservice.fhir.resolving import UnknownSystem
from tests.test_termservice.test_fhir.tiny import (
    SYSTEM,
    code_system,
    codes,
    composition,
    concept,
    expansion,
    filtered,
    include,
    value_set,
)

OTHER = "http://example.org/trees"
NAMES = "abcdefgh"
IMPORTED = "http://example.org/imported"


@st.composite
def systems(draw: st.DrawFn, url: str) -> tuple[dict[str, Any], dict[str, str | None]]:
    """A code system, and the parent of each of its codes (None at the top)."""
    count = draw(st.integers(1, len(NAMES)))
    above: dict[str, str | None] = {}
    for name in NAMES[:count]:
        above[name] = draw(st.sampled_from([None, *above]))
    inactive = draw(st.sets(st.sampled_from(list(above))))

    def nested(parent: str | None) -> list[dict[str, Any]]:
        return [
            concept(name, *nested(name), properties={"inactive": True} if name in inactive else {})
            for name, own in above.items()
            if own == parent
        ]

    return code_system(*nested(None), url=url), above


def clauses(*, importing: bool) -> st.SearchStrategy[dict[str, Any]]:
    url = st.sampled_from([SYSTEM, OTHER])
    code = st.sampled_from(NAMES)
    everything = st.builds(include, url)
    listed = st.builds(lambda url, codes: include(url, *codes), url, st.lists(code, min_size=1, max_size=4))
    operators = st.sampled_from(["is-a", "descendent-of", "child-of", "is-not-a", "generalizes", "descendent-leaf"])
    walked = st.builds(lambda url, op, code: {**filtered("concept", op, code), "system": url}, url, operators, code)
    own = st.one_of(everything, listed, walked)
    if not importing:
        return own
    both = own.map(lambda each: {**each, "valueSet": [IMPORTED]})
    return st.one_of(own, both, st.just({"valueSet": [IMPORTED]}))


@st.composite
def valuesets(draw: st.DrawFn, *, importing: bool, **more: Any) -> dict[str, Any]:
    includes = draw(st.lists(clauses(importing=importing), min_size=1, max_size=3))
    excludes = draw(st.lists(clauses(importing=importing), max_size=2))
    return value_set(*includes, exclude=excludes, inactive=draw(st.booleans()), **more)


class Oracle:
    """The same by sets of (system, code)."""

    def __init__(self, systems: Mapping[str, tuple[dict[str, Any], dict[str, str | None]]]) -> None:
        self.above = {url: above for url, (_, above) in systems.items()}
        self.inactive = {
            (url, each["code"])
            for url, (resource, _) in systems.items()
            for each in _flat(resource["concept"])
            if "property" in each
        }

    def members(self, resource: Mapping[str, Any], imported: set[tuple[str, str]]) -> set[tuple[str, str]]:
        compose = resource["compose"]
        found = set().union(*(self.clause(each, imported) for each in compose["include"]))
        found -= set().union(*(self.clause(each, imported) for each in compose.get("exclude", [])))
        return found if compose["inactive"] else found - self.inactive

    def clause(self, each: Mapping[str, Any], imported: set[tuple[str, str]]) -> set[tuple[str, str]]:
        if "system" not in each:
            return imported
        url = each["system"]
        found = set(self.above[url])
        if "concept" in each:
            found &= {one["code"] for one in each["concept"]}
        for filter in each.get("filter", []):
            found = {code for code in found if self.passes(url, filter["op"], filter["value"], code)}
        pairs = {(url, code) for code in found}
        return pairs & imported if "valueSet" in each else pairs

    def passes(self, url: str, op: str, value: str, code: str) -> bool:
        below = value in self.ancestors(url, code)
        match op:
            case "is-a":
                return below or code == value
            case "descendent-of":
                return below
            case "child-of":
                return self.above[url][code] == value
            case "is-not-a":
                return not below and code != value
            case "generalizes":
                return value in self.above[url] and (code == value or code in self.ancestors(url, value))
            case _:
                return below and code not in self.above[url].values()

    def ancestors(self, url: str, code: str) -> set[str]:
        parent = self.above[url].get(code)
        return {parent, *self.ancestors(url, parent)} if parent is not None else set()


def _flat(concepts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for each in concepts for one in (each, *_flat(each.get("concept", [])))]


@given(systems(SYSTEM), systems(OTHER), valuesets(importing=False, url=IMPORTED), valuesets(importing=True), st.data())
def test_members_are_those_of_the_definition(
    animals: tuple[dict[str, Any], dict[str, str | None]],
    trees: tuple[dict[str, Any], dict[str, str | None]],
    imported: dict[str, Any],
    whole: dict[str, Any],
    data: st.DataObject,
) -> None:
    oracle = Oracle({SYSTEM: animals, OTHER: trees})
    expected = oracle.members(whole, oracle.members(imported, set()))
    resources = (animals[0], trees[0], imported)
    made = composition(whole, *resources)
    listed = {
        (provider.meta.url, entry.code)
        for provider, numbers in made.members().items()
        for entry in provider.entries(list(numbers))
    }
    assert listed == expected
    assert {(url, code) for url in (SYSTEM, OTHER) for code in NAMES if _found(made, url, code)} == expected
    answer = expansion(whole, *resources, excludeNested=True)
    shown = [(each["system"], each["code"]) for each in answer["expansion"].get("contains", [])]
    assert len(shown) == len(set(shown)) == answer["expansion"]["total"]
    assert set(shown) == expected
    assert sorted(codes(expansion(whole, *resources))) == sorted(code for _, code in expected)
    size = data.draw(st.integers(1, 9))
    pages = [
        expansion(whole, *resources, offset=start, count=size, excludeNested=True)
        for start in range(0, len(shown) + 1, size)
    ]
    joined = [(each["system"], each["code"]) for page in pages for each in page["expansion"].get("contains", [])]
    assert joined == shown


def _found(made: Composition, url: str, code: str) -> bool:
    member = made.find(url, code)
    if member is None:
        return False
    assert (member.provider.meta.url, member.entry.code) == (url, code)
    return True


ANIMALS = code_system(concept("dog", concept("beagle")), concept("cat"))


def test_a_code_is_found_with_what_the_value_set_says_of_it() -> None:
    own = include(SYSTEM, "dog", "cat")
    own["concept"][1]["display"] = "Mog"
    found = composition(value_set(own), ANIMALS).find(SYSTEM, "cat")
    assert found is not None and found.ref is not None
    assert (found.ref.display, found.entry.display, found.include.expression) == (
        "Mog",
        "Cat",
        "ValueSet.compose.include[0]",
    )


def test_only_code_systems_that_are_asked_about_need_be_known() -> None:
    made = composition(value_set(include("http://example.org/unknown"), include()), ANIMALS)
    assert made.find(SYSTEM, "dog") is not None
    with pytest.raises(UnknownSystem) as failure:
        made.find("http://example.org/unknown", "x")
    assert failure.value.url == "http://example.org/unknown"
    with pytest.raises(UnknownSystem):
        made.members()


def test_the_same_code_of_another_system_is_another_code() -> None:
    made = composition(value_set(include(SYSTEM, "dog")), ANIMALS, code_system(concept("dog"), url=OTHER))
    assert made.find(OTHER, "dog") is None


def test_filters_that_mean_nothing_are_told_where_they_stand() -> None:
    made = composition(value_set(include(), filtered("concept", "is-a", "")), ANIMALS)
    with pytest.raises(Failure) as failure:
        made.members()
    assert failure.value.issues[0].expression == "ValueSet.compose.include[1].filter[0]"
