"""What maps between two code systems say of one code after the other: the same as a translation, without what only
single answers show. Forward statements go before maps read backwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from termservice import chains
from termservice.chains import MAX_HOPS, Path, Routes, Search
from termservice.checklist import remember
from termservice.crossmaps import Moment, Step, Way
from termservice.errors import InvalidParameter
from termservice.maprules import Context, Need
from termservice.registry import Registry
from termservice.relationships import NOT_RELATED


@dataclass(frozen=True, slots=True)
class Found:
    """One target that a map or a chain of maps has for a code."""

    code: str
    display: str
    relationship: str
    steps: tuple[str, ...]
    """The maps, for people: `icd-10-to-icd-11 2024-01 (equivalent)`."""
    group: tuple[str, str, int]
    """The last map, what it was asked of, and the group: targets of different groups are meant together."""
    holds: bool
    """False where a rule waits for what is not known."""


@dataclass(frozen=True, slots=True)
class Said:
    """All that maps say of a code."""

    found: tuple[Found, ...] = ()
    unmapped: tuple[str, ...] = ()
    """Why there is no target, by each map that says so."""
    undecided: bool = False
    """True where a rule leaves open whether there is any target."""
    needs: tuple[Need, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        return bool(self.found or self.unmapped)


class Crossing:
    """The maps from one code system to another, of one snapshot."""

    def __init__(self, search: Search, source: str, target: str) -> None:
        """`search` says how maps are looked for today; see `ask` for other days.

        Raises `InvalidParameter` where no map leads there, or not the one that alone may be used.
        """
        self.now = search.moment
        self._search = search
        self._source = source
        self._target = target
        self._ways: dict[tuple[Moment, bool], list[Way]] = {}
        registry = search.registry
        if search.only is not None:
            only = registry.maps[search.only]
            if {only.source, only.target} != {source, target}:
                raise InvalidParameter({"map": f"{only.short} leads from {only.source} to {only.target}"})
        elif target not in _reached(registry, source, MAX_HOPS):
            raise InvalidParameter({"to": f"no map leads from {source} to {target}, nor over other code systems"})

    @property
    def days(self) -> set[str]:
        """Every day on which a version of a map comes into force."""
        return {version.effective for found in self._search.registry.maps.values() for version in found.line.versions}

    def ask(self, code: str, moment: Moment, context: Context) -> Said:
        """What the maps of that moment say; nothing where none speaks of the code."""
        search = replace(self._search, moment=moment, context=context)
        found = self._straight(search, code, turned=False) or self._straight(search, code, turned=True)
        routes = _routes(found) if found else chains.chained(search, self._source, code, self._target)
        told = (*routes.paths, *routes.unmapped)
        return Said(
            tuple(_found(path) for path in routes.paths if path.relationship != NOT_RELATED),
            tuple(dict.fromkeys(_reason(path) for path in routes.unmapped)),
            any(path.outcome == "depends" for path in routes.unmapped),
            tuple(dict.fromkeys(need for path in (*told, *routes.refused) for need in path.needs)),
            tuple(_notes(routes)),
        )

    def _straight(self, search: Search, code: str, *, turned: bool) -> list[Path]:
        """What the maps between the two code systems say, read in one direction."""
        key = (search.moment, turned)
        ways = self._ways.get(key)
        if ways is None:
            leading = (way for way in search.ways(self._source) if way.target == self._target)
            ways = [way for way in leading if way.reversed == turned]
            remember(self._ways, key, ways)
        return [Path((step,), step.relationship) for way in ways for step in search.steps(way, code)]


def _routes(found: Sequence[Path]) -> Routes:
    return Routes(tuple(p for p in found if p.last.target), tuple(p for p in found if not p.last.target))


def _reached(registry: Registry, source: str, hops: int) -> set[str]:
    """The code systems that maps lead to, in either direction."""
    reached = {source}
    for _ in range(hops):
        joined = [(found.source, found.target) for found in registry.maps.values()]
        reached |= {other for ends in joined if reached & set(ends) for other in ends}
    return reached


def _found(path: Path) -> Found:
    last = path.last
    return Found(
        code=last.target,
        display=last.target_display,
        relationship=path.relationship,
        steps=tuple(_words(step) for step in path.steps),
        group=(last.way.map.short, last.source, last.element.group),
        holds=path.outcome == "applies",
    )


def _words(step: Step) -> str:
    backwards = ", read backwards" if step.way.reversed else ""
    return f"{step.way.map.short} {step.way.version.version}{backwards} ({step.relationship})"


def _reason(path: Path) -> str:
    element = path.last.element
    said = element.comment or element.advice
    return " > ".join(_words(step) for step in path.steps) + (f": {said}" if said else "")


def _notes(routes: Routes) -> Iterator[str]:
    for path in routes.paths:
        if path.relationship == NOT_RELATED:
            yield f"{path.last.way.map.short} states that {path.last.target} is not related"
    if routes.refused and not routes.paths:
        names = " and ".join(step.way.map.short for step in routes.refused[0].steps)
        yield f"the chain over {names} says nothing of how it is related to {routes.refused[0].last.target}"
    if routes.cut:
        yield "there were more chains than are followed"
