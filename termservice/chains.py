"""From a code to another system: straight where a map leads there, else over systems in between.

Straight answers come before chains, short chains before long ones; only the shortest that lead anywhere are given, all
of them. A map that states that a code has no target is an answer: no chain goes round it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from termservice.crossmaps import IsA, Moment, Rows, Step, Way, steps, ways
from termservice.maprules import Context, Need
from termservice.registry import Registry
from termservice.relationships import UNMAPPED, composed, rank
from termservice.store import Connection

MAX_HOPS = 3
MAX_PATHS = 300
"""Paths that are followed further at a time: behind a code with more, what follows is no use to anybody."""


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the code asked about, and what they say together."""

    steps: tuple[Step, ...]
    relationship: str

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def outcome(self) -> str:
        return "depends" if any(step.outcome == "depends" for step in self.steps) else "applies"

    @property
    def needs(self) -> tuple[Need, ...]:
        return tuple(dict.fromkeys(need for step in self.steps for need in step.needs))

    def systems(self) -> set[str]:
        return {self.steps[0].way.source, *(step.way.target for step in self.steps)}


@dataclass(frozen=True, slots=True)
class Routes:
    """What was found. Of the paths those that end in `unmapped` say so; `refused` are chains that mean nothing."""

    paths: tuple[Path, ...] = ()
    unmapped: tuple[Path, ...] = ()
    refused: tuple[Path, ...] = ()
    cut: bool = False
    """True where more paths than `MAX_PATHS` had to be left."""


@dataclass(slots=True)
class Search:
    """How to look: at which moment, with what known of the patient, through which maps."""

    connection: Connection
    registry: Registry
    moment: Moment
    context: Context
    is_a: IsA
    only: str | None = None
    """Short id of the one map that may be used."""
    rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.rows = Rows(self.connection, self.registry)

    def ways(self, system: str) -> list[Way]:
        found = ways(self.registry, system, self.moment)
        return [way for way in found if self.only in (None, way.map.short)]

    def steps(self, way: Way, code: str) -> list[Step]:
        return steps(self.rows, way, code, self.context, self.is_a)


def straight(search: Search, system: str, code: str, target: str | None = None) -> Routes:
    """What maps between the two systems (or any system) say of the code."""
    found = [
        Path((step,), step.relationship)
        for step in _onward(search, system, code, set())
        if target in (None, step.way.target)
    ]
    return Routes(tuple(p for p in found if _leads(p)), tuple(p for p in found if not _leads(p)))


def chained(search: Search, system: str, code: str, target: str) -> Routes:
    """The shortest chains over other systems that lead to `target`; to be asked where no map speaks of the code."""
    paths = [path for path in _first(search, system, code) if path.last.way.target != target]
    unmapped: list[Path] = []
    refused: list[Path] = []
    cut = False
    for _ in range(MAX_HOPS - 1):
        cut = cut or len(paths) > MAX_PATHS
        followed = [each for path in paths[:MAX_PATHS] for each in _followed(search, path)]
        arrived = [path for path in followed if path.last.way.target == target]
        unmapped += [path for path in arrived if not _leads(path)]
        refused += [path for path in arrived if not path.relationship]
        found = [path for path in arrived if _leads(path) and path.relationship]
        if found:
            return Routes(tuple(_distinct(found)), tuple(unmapped), tuple(refused), cut)
        paths = [path for path in followed if _leads(path) and path.relationship]
    return Routes((), tuple(unmapped), tuple(refused), cut)


def _first(search: Search, system: str, code: str) -> list[Path]:
    start = [Path((step,), step.relationship) for step in _onward(search, system, code, {system})]
    return [path for path in start if _leads(path)]


def _followed(search: Search, path: Path) -> Iterator[Path]:
    """The path one step further. One whose relationship is empty means nothing as a whole."""
    for step in _onward(search, path.last.way.target, path.last.target, path.systems()):
        together = composed(path.relationship, step.relationship) if step.target else UNMAPPED
        yield Path((*path.steps, step), together or "")


def _onward(search: Search, system: str, code: str, been: set[str]) -> Iterator[Step]:
    """Steps to systems not been to. A map is read backwards only where none that leads forward speaks of the code."""
    forward: set[str] = set()
    for way in search.ways(system):
        if way.target in been or (way.reversed and way.target in forward):
            continue
        for step in search.steps(way, code):
            if not way.reversed:
                forward.add(way.target)
            yield step


def _leads(path: Path) -> bool:
    return bool(path.last.target)


def _distinct(paths: Iterable[Path]) -> list[Path]:
    """Chains through the same codes once, over the first of several maps that say the same; best relationship first."""
    found: dict[object, Path] = {}
    for path in paths:
        said = tuple((step.way.target, step.target, step.relationship, step.outcome) for step in path.steps)
        found.setdefault(said, path)
    return sorted(found.values(), key=lambda path: (rank(path.relationship), path.outcome != "applies"))
