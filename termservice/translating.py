"""Translation: from a code to what maps say it is called elsewhere, with how each target stands there today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from termservice import chains, concepts, standing, timeline
from termservice.answers import When
from termservice.chains import Path, Routes, Search
from termservice.crossmaps import IsA, Moment
from termservice.errors import UnknownVersion
from termservice.mapanswers import Match, TranslateAnswer, Unmapped
from termservice.maprules import Context
from termservice.registry import Registry, Selected, parse_day
from termservice.relationships import NOT_RELATED
from termservice.standing import NOT_LOADED, Standing
from termservice.store import Connection
from termservice.store.catalog import System


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be translated, and how.

    `when` names a version of the code's own system, or the day (ISO) everything is to be seen from. `target` is any
    name of a code system, None for all. `map` keeps to one map.
    """

    system: str
    code: str
    when: When = field(default_factory=When)
    target: str | None = None
    target_version: str | None = None
    map: str | None = None
    context: Context = field(default_factory=Context)
    lang: Sequence[str] = ()


class Translator:
    """Answers questions of one revision; remembers which versions they meant."""

    def __init__(self, connection: Connection, registry: Registry, today: date, is_a: IsA) -> None:
        self._connection = connection
        self._registry = registry
        self._today = today
        self._is_a = is_a

    def answer(self, question: Question) -> TranslateAnswer:
        """Raises `NotFound` subclasses for systems, maps and versions that are not known, and for a code that its
        system has never had and no map speaks of."""
        registry = self._registry
        source = registry.joined_system(question.system)
        target = registry.joined_system(question.target) if question.target else None
        only = registry.map(question.map).short if question.map else None
        selected, moment, own = self.asked(question)
        search = Search(self._connection, registry, moment, question.context, self._is_a, only)
        routes = self._routes(search, source.short, own.code, target.short if target else None)
        if own.status == standing.UNKNOWN and not (routes.paths or routes.unmapped) and selected is not None:
            concepts.resolve(self._connection, selected, question.code)  # raises, with the nearest codes
        ends = _Ends(self._connection, registry, moment, question, routes.paths)
        matches = [ends.match(path) for path in routes.paths]
        return TranslateAnswer(
            system=source.short,
            version=selected.version.version if selected else None,
            revision=registry.revision,
            code=own.code,
            display=own.display,
            active=own.active,
            target=target.short if target else None,
            result=any(match.relationship != NOT_RELATED for match in matches),
            message=_message(own, source, target, routes, matches),
            matches=matches,
            unmapped=[_unmapped(path) for path in routes.unmapped],
            needs=list(dict.fromkeys(need for path in (*routes.paths, *routes.unmapped) for need in path.needs)),
            successors=own.successors,
        )

    def asked(self, question: Question) -> tuple[Selected | None, Moment, Standing]:
        """The version of its own system that a code is asked in (None where that is not loaded), the moment that
        decides about maps, and how the code stands there."""
        source = self._registry.joined_system(question.system)
        target = self._registry.joined_system(question.target) if question.target else None
        moment = self._moment(source, target, question)
        selected = self._selected(source, question.when, moment)
        return selected, moment, self._own(selected, question)

    def _moment(self, source: System, target: System | None, question: Question) -> Moment:
        """A named version of the source system stands for its day, unless nothing is known of it but its name."""
        when = question.when
        day = parse_day(when.date) if when.date is not None else self._today
        if when.version is not None:
            found = next((v for v in source.versions if v.version == when.version), None)
            day = date.fromisoformat(found.effective) if found else self._today
            if found is None and not self._stated(source, when.version):
                raise UnknownVersion(source.short, when.version[:200], [v.version for v in source.versions])
        if question.target_version is not None and target is not None and target.versions:
            self._registry.select_in(target, When(question.target_version), self._today)
        return Moment(day, when.version, question.target_version)

    def _stated(self, source: System, version: str) -> bool:
        """Whether some map was made for a version of a system that is not loaded itself."""
        maps = self._registry.maps.values()
        forward = (v.source_version for m in maps if m.source == source.short for v in m.line.versions)
        backward = (v.target_version for m in maps if m.target == source.short for v in m.line.versions)
        return version in {*forward, *backward}

    def _selected(self, source: System, when: When, moment: Moment) -> Selected | None:
        if when.version is not None and any(v.version == when.version for v in source.versions):
            return self._registry.select_in(source, when, self._today)
        return _in_force(self._registry, source, moment.day)

    def _own(self, selected: Selected | None, question: Question) -> Standing:
        if selected is None:
            return Standing(question.code.strip(), NOT_LOADED)
        return standing.of(self._connection, selected, question.code, question.lang)

    def _routes(self, search: Search, system: str, code: str, target: str | None) -> Routes:
        direct = chains.straight(search, system, code, target)
        if target is not None:
            return direct if direct.paths or direct.unmapped else chains.chained(search, system, code, target)
        there = {path.last.way.target for path in (*direct.paths, *direct.unmapped)}
        found = [direct]
        for other in self._registry.joined:
            if other not in there and other != system:
                found.append(chains.chained(search, system, code, other))
        return Routes(
            tuple(path for routes in found for path in routes.paths),
            tuple(path for routes in found for path in routes.unmapped),
            (),
            any(routes.cut for routes in found),
        )


class _Ends:
    """How targets stand in the versions of their systems that the question means."""

    def __init__(
        self, connection: Connection, registry: Registry, moment: Moment, question: Question, paths: Sequence[Path]
    ) -> None:
        self._registry = registry
        self._moment = moment
        self._question = question
        codes: dict[str, dict[str, None]] = {}
        for path in paths:
            codes.setdefault(path.last.way.target, {})[path.last.target] = None
        self._selected = {short: self._version_of(short) for short in codes}
        self._standings = {
            short: self._standing(connection, selected, codes[short])
            for short, selected in self._selected.items()
            if selected is not None
        }

    def match(self, path: Path) -> Match:
        last, system = path.last, path.last.way.target
        selected = self._selected[system]
        found = self._standings[system][last.target] if selected else Standing(last.target, NOT_LOADED)
        return Match(
            system=system,
            version=selected.version.version if selected else None,
            code=last.target,
            display=found.display or last.target_display or None,
            relationship=path.relationship,
            rule=last.element.rule,
            advice=last.element.advice,
            group=last.element.group,
            priority=last.element.priority,
            map=last.way.map.short,
            map_version=last.way.version.version,
            via=[step.hop() for step in path.steps] if len(path.steps) > 1 else [],
            reversed=last.way.reversed,
            outcome=path.outcome,
            status=found.status,
            active=found.active,
            comment=last.element.comment,
            needs=path.needs,
            parts=found.parts,
            successors=found.successors,
        )

    def _standing(self, connection: Connection, selected: Selected, codes: Iterable[str]) -> dict[str, Standing]:
        """How codes stand; many a code of the one system has the same target in the other."""
        remembered, lang = self._registry.standings, tuple(self._question.lang)
        where = (selected.system.id, selected.at, selected.day, lang)
        found = {code: known for code in codes if (known := remembered.held((*where, code))) is not None}
        missing = [code for code in codes if code not in found]
        if missing:
            for code, known in standing.of_all(connection, selected, missing, lang).items():
                remembered.hold((*where, code), known)
                found[code] = known
        return found

    def _version_of(self, short: str) -> Selected | None:
        system, wanted = self._registry.joined[short], self._question.target_version
        if wanted is not None and any(version.version == wanted for version in system.versions):
            return self._registry.select_in(system, When(wanted), self._moment.day)
        return _in_force(self._registry, system, self._moment.day)


def _in_force(registry: Registry, system: System, day: date) -> Selected | None:
    """What is in force on the day, else the system's first version; None where it is not loaded."""
    if not system.versions:
        return None
    found = timeline.in_force(system.versions, day) or system.versions[0]
    return Selected(system, found, found.pos, day.isoformat())


def _unmapped(path: Path) -> Unmapped:
    element = path.last.element
    return Unmapped(
        target_system=path.last.way.target,
        map=path.last.way.map.short,
        map_version=path.last.way.version.version,
        reason=element.comment or element.advice or "the map states that there is no target",
        rule=element.rule,
        outcome=path.outcome,
        needs=path.needs,
        via=[step.hop() for step in path.steps] if len(path.steps) > 1 else [],
    )


def _message(
    own: Standing, source: System, target: System | None, routes: Routes, matches: Sequence[Match]
) -> str | None:
    """One sentence for people where there is something to be told."""
    said: list[str] = []
    if own.active is False:
        said.append(f"{own.code} is {own.status} in {source.short}")
    if not matches:
        said.append(_why_nothing(own, source, target, routes))
    elif any(match.outcome == "depends" for match in matches):
        said.append("which target holds depends on what `needs` lists")
    gone = [match.code for match in matches if match.active is False]
    if gone:
        said.append(f"not to be used any more: {', '.join(dict.fromkeys(gone))}")
    if routes.cut:
        said.append("there were more chains than are followed")
    return "; ".join(said) or None


def _why_nothing(own: Standing, source: System, target: System | None, routes: Routes) -> str:
    to = target.short if target else "any other system"
    if routes.unmapped:
        first = routes.unmapped[0].last
        reason = first.element.comment or first.element.advice
        return f"{first.way.map.short} states that {own.code} has no target" + (f": {reason}" if reason else "")
    if routes.refused:
        first_path = routes.refused[0]
        names = " and ".join(step.way.map.short for step in first_path.steps)
        return f"the chain over {names} says nothing of how {own.code} and {first_path.last.target} are related"
    return f"no map leads from {own.code} of {source.short} to {to}"
