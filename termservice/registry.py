"""What one revision of the store holds: systems by any of their names, and the version a request means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from termservice.answers import When
from termservice.errors import InvalidParameter, NothingInForce, UnknownSystem, UnknownVersion
from termservice.history import Line
from termservice.store import Connection, catalog, changes, read
from termservice.store.catalog import System, name_key
from termservice.timeline import PER_DAY, Version, in_force, position


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
    _covered: dict[tuple[int, int], set[tuple[str, str]]] = field(default_factory=dict)
    _counts: dict[tuple[int, int], int] = field(default_factory=dict)
    _first: dict[tuple[int, str], int] = field(default_factory=dict)
    _lines: dict[int, Line] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection, revision: int) -> Registry:
        systems = {system.short: system for system in catalog.systems(connection) if system.versions}
        names = {name_key(name): system for system in systems.values() for name in system.names}
        return cls(revision, systems, names)

    def system(self, name: str) -> System:
        """The code system of any name. Raises `UnknownSystem` with the nearest short ids."""
        found = self.systems.get(name) or self.names.get(name_key(name))
        if found is None:
            nearest = get_close_matches(name.casefold()[:100], self.systems, n=3, cutoff=0.5)
            raise UnknownSystem(name[:200], nearest or sorted(self.systems)[:10])
        return found

    def select(self, name: str, when: When, today: date) -> Selected:
        """The version meant. Raises `UnknownSystem`, `UnknownVersion`, `NothingInForce`, `InvalidParameter`."""
        return self.select_in(self.system(name), when, today)

    def select_in(self, system: System, when: When, today: date) -> Selected:
        if when.version is not None:
            if when.date is not None:
                raise InvalidParameter({"date": "give version or date, not both"})
            for version in system.versions:
                if version.version == when.version:
                    return Selected(system, version, version.pos, None)
            raise UnknownVersion(system.short, when.version[:200], [version.version for version in system.versions])
        day = today if when.date is None else parse_day(when.date)
        found = in_force(system.versions, day)
        if found is None:
            names = [version.version for version in system.versions]
            raise NothingInForce(system.short, day.isoformat(), system.versions[0].effective, names)
        return Selected(system, found, found.pos, day.isoformat())

    def covered(self, connection: Connection, system: System, pos: int) -> set[tuple[str, str]]:
        key = (system.id, pos)
        if key not in self._covered:
            self._covered[key] = read.kinds_covered(connection, system.id, pos)
        return self._covered[key]

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
