"""Which maps lead from a code system to another at a moment, and what they say of one code: single steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from codesystems.loader import meeting_key
from codesystems.maps import MapElement
from termservice import concepts, maprules, timeline
from termservice.mapanswers import Hop
from termservice.maprules import Context, Need
from termservice.registry import Registry
from termservice.relationships import turned
from termservice.store import Connection
from termservice.store import maps as store_maps
from termservice.store.maps import Held, Map
from termservice.timeline import Version

IsA = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Moment:
    """What decides which version of a map counts."""

    day: date
    source: str | None = None
    """The version of the source system that was named; maps that state it are preferred."""
    target: str | None = None
    """The version of the target system that was named."""


@dataclass(frozen=True, slots=True)
class Way:
    """A version of a map, read in one direction."""

    map: Map
    version: Version
    reversed: bool

    @property
    def source(self) -> str:
        """Short id of the system it leads from."""
        return self.map.target if self.reversed else self.map.source

    @property
    def target(self) -> str:
        return self.map.source if self.reversed else self.map.target


@dataclass(frozen=True, slots=True)
class Step:
    """What a way says of a code: one target (empty where it is unmapped), with the state of its rule."""

    way: Way
    element: MapElement
    outcome: str
    needs: tuple[Need, ...]

    @property
    def source(self) -> str:
        return self.element.target if self.way.reversed else self.element.source

    @property
    def target(self) -> str:
        return self.element.source if self.way.reversed else self.element.target

    @property
    def relationship(self) -> str:
        said = self.element.relationship
        return turned(said) if self.way.reversed else said

    @property
    def target_display(self) -> str:
        return self.element.source_display if self.way.reversed else self.element.target_display

    def hop(self) -> Hop:
        return Hop(
            map=self.way.map.short,
            map_version=self.way.version.version,
            reversed=self.way.reversed,
            system=self.way.source,
            code=self.source,
            target_system=self.way.target,
            target_code=self.target,
            relationship=self.relationship,
        )


def ways(registry: Registry, system: str, moment: Moment) -> Sequence[Way]:
    """Every way that leads from a system, straight ones first, by short id of the map."""
    found: Sequence[Way] = registry.ways.get((system, moment), lambda: tuple(_ways(registry, system, moment)))
    return found


def _ways(registry: Registry, system: str, moment: Moment) -> Iterator[Way]:
    for turned_round in (False, True):
        for found in registry.maps.values():
            if (found.target if turned_round else found.source) == system:
                version = chosen(found, moment, reversed=turned_round)
                if version is not None:
                    yield Way(found, version, turned_round)


def chosen(found: Map, moment: Moment, *, reversed: bool = False) -> Version | None:
    """The version of a map that counts: made for the versions named, else in force on the day; None where none was.

    A name that no version of the map was made for decides nothing: publishers make maps for few versions.
    """
    named = (moment.target, moment.source) if reversed else (moment.source, moment.target)
    fitting = [version for version in found.line.versions if _made_for(version, *named)]
    if fitting:
        return max(fitting, key=lambda version: (_made_for(version, *named), version.pos))
    return timeline.in_force(found.line.versions, moment.day)


def _made_for(version: Version, source: str | None, target: str | None) -> int:
    """How many of the named versions it was made for; 0 where it was made for another one of them."""
    stated = ((version.source_version, source), (version.target_version, target))
    if any(said and name and said != name for said, name in stated):
        return 0
    return sum(bool(name) and said == name for said, name in stated)


class Rows:
    """The rows of maps that codes stand on, each code read once."""

    def __init__(self, connection: Connection, registry: Registry) -> None:
        self._connection = connection
        self._registry = registry
        self._read: dict[str, list[Held]] = {}
        self._keys: dict[tuple[str, str], str] = {}

    def of(self, way: Way, code: str) -> list[MapElement]:
        """The rows of a map, read in one direction, that begin at a code in any spelling, in the publisher's order.

        Where the map does not speak of the code, of what else its concept is named by: some maps name it by URI.
        """
        found = self._at(way, code)
        if found:
            return found
        others = concepts.identities(self._connection, self._registry.joined[way.source], code)
        return next((rows for name in others if (rows := self._at(way, name))), [])

    def _at(self, way: Way, code: str) -> list[MapElement]:
        key = self._keys.get((way.source, code))
        if key is None:
            key = self._keys[way.source, code] = meeting_key(way.source, code)
        if key and key not in self._read:
            self._read[key] = store_maps.touching(self._connection, key)
        pos, number = way.version.pos, way.map.line.id
        found = [
            held.element
            for held in self._read.get(key, ())
            if held.map == number and held.backward == way.reversed and held.vf <= pos < held.vt
        ]
        exact = [each for each in found if (each.target if way.reversed else each.source) == code]
        return exact or found  # `A00-` and `A00` meet under one key and are two codes


def steps(rows: Rows, way: Way, code: str, context: Context, is_a: IsA) -> list[Step]:
    """What a way says of a code, in the publisher's order, without targets that rules rule out."""
    found = rows.of(way, code)
    if way.reversed:  # rules are about the source: they say nothing of the way back
        return [Step(way, each, "applies", ()) for each in found]
    return _judged(way, found, context, is_a)


def _judged(way: Way, found: Sequence[MapElement], context: Context, is_a: IsA) -> list[Step]:
    if not any(each.rule for each in found):
        return [Step(way, each, "applies", ()) for each in found]
    rules = [(each.group, each.priority, each.rule) for each in found]
    judged = maprules.choose(rules, context, is_a)
    return [
        Step(way, each, outcome.status, tuple(outcome.needs))
        for each, outcome in zip(found, judged, strict=True)
        if outcome.status != "not-chosen"
    ]
