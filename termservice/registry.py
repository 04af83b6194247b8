"""What one revision of the store holds: systems by any of their names, and the version a request means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from codesystems.model import property_kind
from index.cache import Cache
from termservice import editions
from termservice.answers import When
from termservice.errors import (
    InvalidParameter,
    NothingInForce,
    UnknownMap,
    UnknownSystem,
    UnknownValueSet,
    UnknownVersion,
)
from termservice.history import Line
from termservice.store import Connection, catalog, changes, read
from termservice.store import maps as store_maps
from termservice.store import valuesets as store_valuesets
from termservice.store.catalog import System, name_key
from termservice.store.maps import Map
from termservice.timeline import PER_DAY, Version, in_force, position

WAYS = 200
"""Moments for which a revision remembers which maps count."""

NAMES = 50_000
"""Names of what attributes relate concepts to that a revision remembers; some 10 MB."""

STANDINGS = 20_000
"""Targets of maps of which a revision remembers how they stand; some 10 MB."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The content a request is about."""

    system: System
    version: Version
    at: int
    """The position facts are read at."""
    day: str | None
    """The day asked about (ISO), None where a version was named: stated validity then does not count."""

    @property
    def named(self) -> bool:
        return self.day is None


@dataclass(slots=True)
class Registry:
    """Immutable for its revision, but for what it remembers of it."""

    revision: int
    systems: dict[str, System]
    names: dict[str, System]
    maps: dict[str, Map] = field(default_factory=dict)
    """Maps with an activated version, by short id."""
    joined: dict[str, System] = field(default_factory=dict)
    """Every code system that is loaded or that a map joins, by short id."""
    valuesets: dict[str, System] = field(default_factory=dict)
    """Value sets with an activated version, by short id."""
    known: dict[str, System] = field(default_factory=dict)
    """Every code system that the store has heard of, by short id: members of value sets may be of any."""
    ways: Cache[Any] = field(default_factory=lambda: Cache(WAYS))
    """Which maps lead from a system at a moment, as `crossmaps` finds them."""
    standings: Cache[Any] = field(default_factory=lambda: Cache(STANDINGS))
    """How targets of maps stand, as `standing` finds them."""
    names_shown: Cache[str] = field(default_factory=lambda: Cache(NAMES))
    """What concepts at the ends of attributes are called, as `attributes` finds them."""
    _map_names: dict[str, Map] = field(default_factory=dict)
    _joined_names: dict[str, System] = field(default_factory=dict)
    _valueset_names: dict[str, System] = field(default_factory=dict)
    _covered: dict[tuple[int, int], set[tuple[str, str]]] = field(default_factory=dict)
    _not_stated: dict[tuple[int, str, int], list[str]] = field(default_factory=dict)
    _counts: dict[tuple[int, int], int] = field(default_factory=dict)
    _first: dict[tuple[int, str], int] = field(default_factory=dict)
    _lines: dict[int, Line] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection, revision: int) -> Registry:
        known = {system.short: system for system in editions.presented(catalog.systems(connection))}
        systems = {short: system for short, system in known.items() if system.versions}
        maps = {found.short: found for found in store_maps.maps(connection) if found.line.versions}
        ends = {short for found in maps.values() for short in (found.source, found.target)}
        joined = {short: system for short, system in known.items() if system.versions or short in ends}
        valuesets = {found.short: found for found in store_valuesets.valuesets(connection) if found.versions}
        return cls(
            revision,
            systems,
            _by_name(systems.values()),
            maps,
            joined,
            valuesets,
            known,
            _map_names={name_key(name): found for found in maps.values() for name in found.line.names},
            _joined_names=_by_name(joined.values()),
            _valueset_names=_by_name(valuesets.values()),
        )

    def find(self, name: str) -> System | None:
        """The code system of any name; None where there is none."""
        return self.systems.get(name) or self.names.get(name_key(name))

    def system(self, name: str) -> System:
        """The code system of any name. Raises `UnknownSystem` with the nearest short ids."""
        found = self.find(name)
        if found is None:
            raise self._unknown(name, self.systems)
        return found

    @staticmethod
    def _unknown(name: str, known: Iterable[str]) -> UnknownSystem:
        shorts = sorted(known)
        nearest = get_close_matches(name.casefold()[:100], shorts, n=3, cutoff=0.5)
        return UnknownSystem(name[:200], nearest or shorts[:10])

    def joined_system(self, name: str) -> System:
        """The code system of any name, also one that is not loaded but that a map joins; it then has no versions.

        Raises `UnknownSystem` with the nearest short ids.
        """
        found = self._joined_names.get(name_key(name))
        if found is None:
            raise self._unknown(name, self.joined)
        return found

    def map(self, name: str) -> Map:
        """The map of any name. Raises `UnknownMap` with the nearest short ids."""
        found = self._map_names.get(name_key(name))
        if found is None:
            nearest = get_close_matches(name.casefold()[:100], self.maps, n=3, cutoff=0.5)
            raise UnknownMap(name[:200], nearest or sorted(self.maps)[:10])
        return found

    def valueset(self, name: str) -> System:
        """The value set of any name. Raises `UnknownValueSet` with the nearest short ids."""
        found = self._valueset_names.get(name_key(name))
        if found is None:
            nearest = get_close_matches(name.casefold()[:100], self.valuesets, n=3, cutoff=0.5)
            raise UnknownValueSet(name[:200], nearest or sorted(self.valuesets)[:10])
        return found

    def select(self, name: str, when: When, today: date) -> Selected:
        """The version meant. Raises `UnknownSystem`, `UnknownVersion`, `NothingInForce`, `InvalidParameter`."""
        system = self.system(name)
        if when.version is not None and editions.is_edition(system):
            system = self._edition_of(system, when.version)
        return self.select_in(system, when, today)

    def select_in(self, system: System, when: When, today: date) -> Selected:
        if when.version is not None:
            if when.date is not None:
                raise InvalidParameter({"date": "give version or date, not both"})
            for version in system.versions:
                if when.version in (version.version, version.short):
                    return Selected(system, version, version.pos, None)
            raise UnknownVersion(system.short, when.version[:200], [version.version for version in system.versions])
        day = today if when.date is None else parse_day(when.date)
        found = in_force(system.versions, day)
        if found is None:
            names = [version.version for version in system.versions]
            raise NothingInForce(system.short, day.isoformat(), system.versions[0].effective, names)
        return Selected(system, found, found.pos, day.isoformat())

    def selections(self, names: Sequence[str], when: When, today: date) -> list[Selected]:
        """The versions meant of several code systems; without names of all that had something in force. Raises as
        `select`."""
        if names:
            chosen = {self.system(name).short: name for name in names}
            return [self.select(name, when, today) for name in chosen.values()]
        if when.version is not None:
            raise InvalidParameter({"version": "name the code system with it"})
        found = []
        for system in self.systems.values():
            try:
                found.append(self.select_in(system, when, today))
            except NothingInForce:
                continue
        return found

    def _edition_of(self, system: System, version: str) -> System:
        """The edition of SNOMED CT that a version URI is of; the one named where no edition has such a version."""
        found = (each for each in self.systems.values() if editions.is_edition(each))
        return next((each for each in found if any(v.version == version for v in each.versions)), system)

    def covered(self, connection: Connection, system: System, pos: int) -> set[tuple[str, str]]:
        key = (system.id, pos)
        if key not in self._covered:
            self._covered[key] = read.kinds_covered(connection, system.id, pos)
        return self._covered[key]

    def not_stated(self, connection: Connection, system: System, part: str, pos: int) -> list[str]:
        """The properties that no release up to a position speaks of for codes of this part."""
        key = (system.id, part, pos)
        if key not in self._not_stated:
            covered = self.covered(connection, system, pos)
            self._not_stated[key] = [code for code in system.properties if (part, property_kind(code)) not in covered]
        return self._not_stated[key]

    def first_stated(self, connection: Connection, system: System, part: str) -> int:
        """The first position whose release says which codes of this part exist."""
        key = (system.id, part)
        if key not in self._first:
            self._first[key] = read.first_covered(connection, system.id, part, "state")
        return self._first[key]

    def line(self, connection: Connection, system: System) -> Line:
        """The code system's line of time, with what each version speaks of."""
        if system.id not in self._lines:
            self._lines[system.id] = Line(system, changes.covered(connection, system.id))
        return self._lines[system.id]

    def count(self, connection: Connection, system: System, pos: int) -> int:
        key = (system.id, pos)
        if key not in self._counts:
            self._counts[key] = read.count(connection, system.id, pos)
        return self._counts[key]


def _by_name(systems: Iterable[System]) -> dict[str, System]:
    return {name_key(name): system for system in systems for name in system.names}


def parse_day(text: str) -> date:
    """A day in ISO 8601 (`2021-03-01`). Raises `InvalidParameter`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidParameter({"date": f"{text[:40]!r} is not a day written YYYY-MM-DD"}) from None


def search_position(selected: Selected) -> int:
    """Where on the line the search index is asked: the version's own position, or the end of the day asked about,
    so that validity publishers state by date counts too."""
    if selected.day is None:
        return selected.at
    return position(date.fromisoformat(selected.day), PER_DAY - 1)
