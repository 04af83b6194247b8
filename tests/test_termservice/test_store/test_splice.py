"""The store against an independent definition of what holds at a version: for each unit, what the last release that
covers it, at or before the version, states. The definition is plain dictionaries and shares no code with the store.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codesystems.model import (
    CodeSystem,
    CodeSystemContent,
    Concept,
    Designation,
    Parent,
    Property,
    PropertyDef,
)
from termservice.store import catalog, health, schema, write

SYSTEMS = tuple(CodeSystem(name, f"urn:{name}", name, "P") for name in ("one", "two"))
PROPERTIES = (PropertyDef("p", "Plain"), PropertyDef("n", "Note", note=True))
CODES = ("a1", "a2", "b1")
KINDS = ("state", "designation:display:sv", "parent", "parent:1", "property:p", "property:n", "validity")
UNITS = [(part, kind) for part in "ab" for kind in KINDS]
DAYS = [date(2020, 1, 1), date(2020, 1, 2), date(2021, 7, 1)]
NAMES = ["v0", "v1", "v2", "v3"]

Fact = tuple[Any, ...]
STATES = {1: (True, False, "low"), 2: (True, True, "low"), 3: (False, False, "high")}
SOME: dict[int, tuple[str, ...]] = {1: ("x",), 2: ("y",), 3: ("y", "x")}
ABOVE: dict[int, tuple[str, ...]] = {1: ("a1",), 2: ("b1",), 3: ("a1", "elsewhere")}
VALID = {1: ("2019-01-01", None), 2: (None, "2030-12-31"), 3: ("2019-01-01", "2030-12-31")}


@dataclass(frozen=True)
class Made:
    """A release: which units it covers, and a choice of value (0: none) for every kind of every code."""

    day: date
    covers: frozenset[tuple[str, str]]
    choices: tuple[int, ...]

    def chosen(self) -> Iterable[tuple[str, str, int]]:
        """(code, kind, choice) of what it states. A code it does not list, where it lists codes, has no facts."""
        choices = iter(self.choices)
        for code in CODES:
            chosen = {kind: next(choices) for kind in KINDS}
            if chosen["state"] or (code[0], "state") not in self.covers:
                yield from ((code, kind, n) for kind, n in chosen.items() if n and (code[0], kind) in self.covers)


@st.composite
def releases(draw: st.DrawFn) -> Made:
    covers = draw(st.frozensets(st.sampled_from(UNITS), min_size=1))
    if draw(st.booleans()):  # mostly whole parts, as real releases have them
        covers = frozenset((part, kind) for part, _ in covers for kind in KINDS)
    size = len(CODES) * len(KINDS)
    choices = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    return Made(draw(st.sampled_from((DAYS[0], *DAYS))), covers, tuple(choices))  # many share a day


@pytest.fixture(autouse=True, scope="module")
def _chunks_of_two() -> Iterator[None]:
    """Codes are spread over several chunks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "CHUNK", 2)
        yield


KEYS = st.tuples(st.sampled_from(SYSTEMS), st.sampled_from(NAMES))
STEPS = st.lists(st.tuples(KEYS, st.one_of(releases(), releases(), st.none())), min_size=1, max_size=10)


def facts_of(release: Made) -> dict[tuple[str, str], set[Fact]]:
    """What it states by unit; a unit it covers without values states nothing, which is not silence."""
    found: dict[tuple[str, str], set[Fact]] = {unit: set() for unit in release.covers}
    for code, kind, choice in release.chosen():
        facts = found[code[0], kind]
        if kind == "state":
            facts.add((code, kind, *STATES[choice]))
        elif kind == "validity":
            facts.add((code, kind, *VALID[choice]))
        elif kind == "property:n":
            facts.add((code, kind, SOME[choice]))
        else:
            facts.update((code, kind, value) for value in (ABOVE if "parent" in kind else SOME)[choice])
    return found


def defined(releases: Iterable[tuple[str, Made]]) -> dict[str, set[Fact]]:
    """The content of every version of one code system."""
    ordered = sorted(releases, key=lambda each: (each[1].day, each[0]))
    current: dict[tuple[str, str], set[Fact]] = {}
    content = {}
    for name, release in ordered:
        current |= facts_of(release)
        content[name] = set().union(*current.values())
    return content


def content_of(system: CodeSystem, name: str, release: Made) -> CodeSystemContent:
    said: dict[str, dict[str, int]] = {}
    for code, kind, choice in release.chosen():
        said.setdefault(code, {})[kind] = choice
    return CodeSystemContent(
        system, name, release.day, release.covers, [_concept(*each) for each in said.items()], PROPERTIES
    )


def _concept(code: str, said: dict[str, int]) -> Concept:
    active, abstract, level = STATES.get(said.get("state", 0), (True, False, ""))
    start, end = VALID.get(said.get("validity", 0), (None, None))

    def values(kind: str, table: dict[int, tuple[str, ...]] = SOME) -> tuple[str, ...]:
        return table.get(said.get(kind, 0), ())

    return Concept(
        code,
        code[0],
        tuple(map(Designation, values("designation:display:sv"))),
        tuple(Parent(c, rank) for rank, kind in enumerate(("parent", "parent:1")) for c in values(kind, ABOVE)),
        tuple(Property(p, v) for p in "pn" for v in values(f"property:{p}")),
        active=active,
        abstract=abstract,
        level=level,
        valid_from=date.fromisoformat(start) if start else None,
        valid_to=date.fromisoformat(end) if end else None,
    )


QUERIES = {
    "state": "SELECT c.code, 'state', f.active, f.abstract, f.level",
    "designation": "SELECT c.code, 'designation:' || f.use || ':' || f.lang, f.value",
    "edge": "SELECT c.code, CASE f.rank WHEN 0 THEN 'parent' ELSE 'parent:1' END, "
    "(SELECT code FROM concept WHERE id = f.parent)",
    "property": "SELECT c.code, 'property:' || f.prop, f.value",
    "validity": "SELECT c.code, 'validity', f.stated_from, f.stated_to",
}


class Store:
    """An empty store in memory, and everything in it by code, so that two stores can be compared."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.executescript(schema.ddl())
        self.connection.execute(
            "INSERT INTO release VALUES (1, 'd', '', '', '', '', '', '', 0, '', '{}', 'active', '{}')"
        )

    def write(self, key: tuple[CodeSystem, str], release: Made) -> None:
        write.write_version(self.connection, content_of(*key, release), 1, partial=False)

    def remove(self, key: tuple[CodeSystem, str]) -> None:
        active = catalog.active_at(self.connection, key[0].id, key[1])
        assert active is not None
        write.remove_version(self.connection, active[0], active[1])

    def rows(self) -> set[Fact]:
        """(system, code, kind, value…, from, to) of every fact."""
        found: set[Fact] = set()
        for table, select in QUERIES.items():
            for *values, system, start, end in self.connection.execute(
                f"{select}, s.short, f.vf, f.vt FROM {table} f JOIN concept c ON c.id = f.cid "
                "JOIN system s ON s.id = c.system_id"
            ):
                if values[1] == "property:n":
                    values[2] = tuple(json.loads(values[2]))
                found.add((system, *values, start, end))
        return found

    def versions(self) -> dict[tuple[str, str], int]:
        rows = self.connection.execute(
            "SELECT s.short, v.version, v.pos FROM version v JOIN system s ON s.id = v.system_id"
        )
        return {(system, version): pos for system, version, pos in rows}


def content(rows: set[Fact], system: str, pos: int) -> set[Fact]:
    return {tuple(fact) for short, *fact, start, end in rows if short == system and start <= pos < end}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_every_version_holds_what_its_last_covering_releases_state(
    steps: list[tuple[tuple[CodeSystem, str], Made | None]],
) -> None:
    store = Store()
    held: dict[tuple[CodeSystem, str], Made] = {}
    for key, release in steps:
        if held.pop(key, None):  # taken out, or about to be replaced by a corrected one
            store.remove(key)
        if release is not None:
            store.write(key, release)
            held[key] = release
        rows = store.rows()
        positions = store.versions()
        assert positions.keys() == {(system.id, name) for system, name in held}
        for system in SYSTEMS:
            versions = defined((name, each) for (owner, name), each in held.items() if owner is system)
            for name, expected in versions.items():
                assert content(rows, system.id, positions[system.id, name]) == expected
        assert list(health.problems(store.connection)) == []
    in_order = Store()
    for key, each in sorted(held.items(), key=lambda item: (item[1].day, item[0][1])):
        in_order.write(key, each)
    assert store.versions() == in_order.versions()
    assert store.rows() == in_order.rows()


@given(releases())
def test_taking_the_only_version_out_leaves_nothing(release: Made) -> None:
    store = Store()
    key = (SYSTEMS[0], "v0")
    store.write(key, release)
    store.remove(key)
    assert store.rows() == set()
    assert store.connection.execute("SELECT count(*) FROM covers").fetchone() == (0,)


def test_the_definition_knows_silence_from_absence() -> None:
    """The model itself: an uncovered unit keeps what was said, a covered one without values loses it."""
    both = frozenset({("a", "state"), ("a", "designation:display:sv")})
    titled = Made(DAYS[0], both, (1, 1) + (0,) * 19)
    silent = Made(DAYS[1], frozenset({("a", "state")}), (1,) + (0,) * 20)
    absent = Made(DAYS[2], both, (1,) + (0,) * 20)
    content = defined([("v0", titled), ("v1", silent), ("v2", absent)])
    named = ("a1", "designation:display:sv", "x")
    assert [named in content[name] for name in ("v0", "v1", "v2")] == [True, True, False]
