"""The door to everything about maps: `TerminologyService.maps`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from codesystems.maps import MapElement
from index.cache import Cache
from termservice import concepts, editions, timeline, versionlist
from termservice.answers import NOW, Listing, Page, VersionInfo, When
from termservice.coverage import Survey
from termservice.crossmaps import IsA, Rows, ways
from termservice.mapanswers import ConceptMaps, ElementAnswer, MapInfo, TranslateAnswer
from termservice.recoding import Recoder, Request
from termservice.registry import Registry, Selected
from termservice.snapshots import Read
from termservice.standing import UNKNOWN
from termservice.store import Connection, maps
from termservice.store.maps import Map
from termservice.translating import Question, Translator
from termservice.trees import Trees

SNOMED_CT = "snomed-ct"
LISTED = 200
"""Maps whose coverage a process remembers."""


class MapService:
    """Shares the store, the clock and the hierarchies of the service it belongs to.

    Every method raises `termservice.errors.NotFound` subclasses for what does not exist.
    """

    def __init__(self, read: Read, today: Callable[[], date], trees: Trees) -> None:
        self._read = read
        self._today = today
        self._trees = trees
        self._infos: Cache[MapInfo] = Cache(LISTED)

    def maps(self, source: str | None = None, target: str | None = None, *, measured: bool = True) -> Listing[MapInfo]:
        """Every map with an activated version, by short id; of those only the ones from `source` and to `target`. Those
        that are not to be `measured` come without coverage, which takes seconds the first time."""
        with self._read() as (connection, registry):
            ends = [registry.joined_system(name).short if name else None for name in (source, target)]
            survey = Survey(connection, registry, self._today())
            items = [
                self._info(survey, registry, found) if measured else survey.info(found, measured=False)
                for found in registry.maps.values()
                if ends[0] in (None, found.source) and ends[1] in (None, found.target)
            ]
            return Listing(registry.revision, len(items), items)

    def urls(self) -> dict[str, str]:
        """The canonical URL of every map, and of every code system that is loaded or that a map joins, by short id."""
        with self._read() as (_, registry):
            systems = {short: editions.address(system) for short, system in registry.joined.items()}
            return {**systems, **{short: found.line.url for short, found in registry.maps.items()}}

    def map(self, name: str) -> MapInfo:
        """A map by any of its names."""
        with self._read() as (connection, registry):
            return self._info(Survey(connection, registry, self._today()), registry, registry.map(name))

    def versions(self, name: str) -> Listing[VersionInfo]:
        """A map's activated versions, newest first; `concepts` is how many elements each has."""
        with self._read() as (_, registry):
            return versionlist.listing(registry, registry.map(name).line, self._today())

    def elements(self, name: str, when: When = NOW, *, offset: int = 0, limit: int = 100) -> Page[ElementAnswer]:
        """A map's rows in order of source code."""
        with self._read() as (connection, registry):
            found = registry.map(name)
            selected = registry.select_in(found.line, when, self._today())
            total = maps.count(connection, found.line.id, selected.at)
            rows = maps.page(connection, found.line.id, selected.at, offset, limit)
            items = [_row(found, selected.version.version, row) for row in rows]
            following = str(offset + limit) if offset + limit < total else None
            version = selected.version.version
            return Page(found.short, version, registry.revision, total, items, following)

    def of_concept(self, system: str, code: str, when: When = NOW, lang: Sequence[str] = ()) -> ConceptMaps:
        """The rows of every map in force that have the concept on either side, maps from its system first."""
        with self._read() as (connection, registry):
            question = Question(system, code, when, lang=lang)
            selected, moment, own = self._translator(connection, registry).asked(question)
            short = registry.joined_system(system).short
            rows = Rows(connection, registry)
            items: list[ElementAnswer] = []
            for way in ways(registry, short, moment):
                for row in rows.of(way, own.code):
                    items.append(_row(way.map, way.version.version, row, "backward" if way.reversed else "forward"))
            if own.status == UNKNOWN and not items and selected is not None:
                concepts.resolve(connection, selected, code)  # raises, with the nearest codes
            return ConceptMaps(
                system=short,
                version=selected.version.version if selected else None,
                revision=registry.revision,
                code=own.code,
                display=own.display,
                total=len(items),
                items=items,
            )

    def translate(self, question: Question) -> TranslateAnswer:
        """What a code is called in another system, or in all; see `Question`."""
        with self._read() as (connection, registry):
            return self._translator(connection, registry).answer(question)

    @contextmanager
    def recoder(self, request: Request) -> Iterator[Recoder]:
        """Recodes lists of any length, from one revision; see `Recoder.load`."""
        with self._read() as (connection, registry):
            translator, is_a = self._translator(connection, registry), self._subsumption(connection, registry)
            yield Recoder.load(connection, registry, translator, is_a, self._today(), request)

    def _translator(self, connection: Connection, registry: Registry) -> Translator:
        return Translator(connection, registry, self._today(), self._subsumption(connection, registry))

    def _subsumption(self, connection: Connection, registry: Registry) -> IsA:
        """Whether a SNOMED CT concept is another or lies below it, as rules of maps ask; equality where that system is
        not loaded."""

        def is_a(code: str, other: str) -> bool:
            if code == other:
                return True
            system = registry.systems.get(SNOMED_CT)
            current = timeline.in_force(system.versions, self._today()) if system else None
            if system is None or current is None:
                return False
            selected = Selected(system, current, current.pos, None)
            rows = [each for name in (code, other) for each in concepts.matching(connection, selected, name)[:1]]
            tree = self._trees.of(connection, registry, selected)
            return len(rows) == 2 and tree.is_ancestor(rows[1].cid, rows[0].cid)

        return is_a

    def _info(self, survey: Survey, registry: Registry, found: Map) -> MapInfo:
        return self._infos.get((registry.revision, self._today(), found.short), lambda: survey.info(found))


def _row(found: Map, version: str, row: MapElement, direction: str = "forward") -> ElementAnswer:
    return ElementAnswer(
        map=found.short,
        map_version=version,
        source_system=found.source,
        source=row.source,
        source_display=row.source_display or None,
        target_system=found.target,
        target=row.target,
        target_display=row.target_display or None,
        relationship=row.relationship,
        group=row.group,
        priority=row.priority,
        rule=row.rule,
        advice=row.advice,
        comment=row.comment,
        direction=direction,
    )
