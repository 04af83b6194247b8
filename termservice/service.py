"""The one door: everything REST, FHIR, pages and the command line can ask of the terminology."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from index.cache import Cache
from termservice import concepts, diff, exporting, outlines, past, searching, timeline, validation, versionlist
from termservice.answers import (
    NOW,
    Change,
    ChangesAnswer,
    CodeSystemInfo,
    ConceptAnswer,
    ConceptSummary,
    HistoryAnswer,
    Listing,
    Page,
    SearchAnswer,
    SubsumesAnswer,
    T,
    ValidateAnswer,
    VersionInfo,
    When,
)
from termservice.checklist import Checker
from termservice.contents import Contents
from termservice.errors import InvalidParameter
from termservice.mapservice import MapService
from termservice.registry import Registry, Selected
from termservice.snapshots import Snapshots
from termservice.snomed.artefacts import Editions
from termservice.store import Connection, read
from termservice.store.catalog import System
from termservice.store.database import FILE_NAME, Database
from termservice.store.database import revision as read_revision
from termservice.tree import Tree
from termservice.trees import Trees
from termservice.valuesetservice import ValueSetService

DIFFERENCES = 3
"""Comparisons of versions a process keeps, so that turning pages does not compare again."""


class TerminologyService:
    """Opened on a home folder; safe for use by several threads; one per process.

    Every method raises `termservice.errors.NotFound` subclasses for systems, versions, dates and codes that do
    not exist. `system` is any of a code system's names, `code` any spelling of a code. `lang` is a list of BCP 47
    tags, most wanted first.
    """

    def __init__(self, home: Path, *, today: Callable[[], date] = timeline.today) -> None:
        """`today` is the clock, in Swedish days."""
        self.home, self._today = home, today
        self._database = Database(home / FILE_NAME)
        self._indexes = searching.Indexes(home)
        self.search_stages = self._indexes.stages
        self._read = Snapshots(home, self._database).read
        self._editions = Editions(home)
        self._trees = Trees(self._editions)
        self.maps = MapService(self._read, today, self._trees)
        """Everything about maps between code systems."""
        self.contents = Contents(self._read, today, self._trees, self._indexes, self._editions)
        """Code systems by numbers, for value sets, validation and look-ups."""
        self.outlines = outlines.Outlines(self._read, today, self._trees, self._indexes)
        """What code systems are divided into."""
        self.valuesets = ValueSetService(self._read, today)
        """Everything about value sets."""
        self._differences: Cache[list[Change]] = Cache(DIFFERENCES)

    def close(self) -> None:
        self._indexes.close()
        self._database.close()

    def snapshot(self) -> AbstractContextManager[object]:
        """Every answer inside is of one revision: for batches and pages that ask several things."""
        return self._read()

    def revision(self) -> int:
        return read_revision(self._database.connection())

    def moment(self) -> tuple[int, date]:
        """What every answer depends on besides the question: the revision, and the day in Sweden."""
        return self.revision(), self._today()

    def codesystems(self) -> Listing[CodeSystemInfo]:
        """Every code system with an activated version, by short id."""
        with self._read() as (connection, registry):
            items = [self._info(connection, registry, system) for system in registry.systems.values()]
            return Listing(registry.revision, len(items), items)

    def codesystem(self, system: str) -> CodeSystemInfo:
        with self._read() as (connection, registry):
            return self._info(connection, registry, registry.system(system))

    def versions(self, system: str) -> Listing[VersionInfo]:
        """The activated versions, newest first."""
        with self._read() as (connection, registry):
            found = registry.system(system)
            return versionlist.listing(
                registry, found, self._today(), lambda version: registry.count(connection, found, version.pos)
            )

    def concept(self, system: str, code: str, when: When = NOW, lang: Sequence[str] = ()) -> ConceptAnswer:
        """All about one code; without a version also of a code that is no longer there."""
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            row = concepts.resolve(connection, selected, code)
            return concepts.answer(connection, registry, selected, row, lang)

    def known(
        self, system: str, spellings: Sequence[str], when: When = NOW, lang: Sequence[str] = ()
    ) -> dict[str, ConceptSummary]:
        """What those of these spellings mean that are codes of the version; together, for texts that name many."""
        with self._read() as (connection, registry):
            return concepts.known(connection, registry.select(system, when, self._today()), spellings, lang)

    def concepts(
        self, system: str, when: When = NOW, *, after: str | None = None, limit: int = 100, lang: Sequence[str] = ()
    ) -> Page[ConceptSummary]:
        """The codes of a version in code order, from behind the code `after`."""
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            cids = read.code_page(connection, selected.system.id, selected.at, after, limit + 1)
            found = read.summaries(connection, cids[:limit], selected.at)
            items = [concepts.summary(each, selected, lang) for each in found]
            total = registry.count(connection, selected.system, selected.at)
            following = items[-1].code if len(cids) > limit and items else None
            return self._page(registry, selected, total, items, following)

    def roots(
        self, system: str, when: When = NOW, *, offset: int = 0, limit: int = 100, lang: Sequence[str] = ()
    ) -> Page[ConceptSummary]:
        """The concepts without a parent, in display order."""
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            cids = self._trees.of(connection, registry, selected).roots()
            return self._numbered(connection, registry, selected, cids, offset, limit, lang)

    def children(
        self, system: str, code: str, when: When = NOW, *, offset: int = 0, limit: int = 100, lang: Sequence[str] = ()
    ) -> Page[ConceptSummary]:
        """Direct children, in display order."""
        return self._related(lambda tree, cid: tree.children(cid), system, code, when, offset, limit, lang)

    def ancestors(
        self, system: str, code: str, when: When = NOW, *, offset: int = 0, limit: int = 100, lang: Sequence[str] = ()
    ) -> Page[ConceptSummary]:
        """All concepts above, nearest first, each once."""
        return self._related(lambda tree, cid: tree.ancestors(cid), system, code, when, offset, limit, lang)

    def descendants(
        self, system: str, code: str, when: When = NOW, *, offset: int = 0, limit: int = 100, lang: Sequence[str] = ()
    ) -> Page[ConceptSummary]:
        """All concepts below, in display order, each once."""
        return self._related(lambda tree, cid: tree.descendants(cid), system, code, when, offset, limit, lang)

    def subsumes(self, system: str, code_a: str, code_b: str, when: When = NOW) -> SubsumesAnswer:
        """How two codes of a version stand to each other."""
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            a, b = (concepts.resolve(connection, selected, code) for code in (code_a, code_b))
            for row in (a, b):
                concepts.existing(connection, selected, row)
            tree = self._trees.of(connection, registry, selected)
            if a.cid == b.cid:
                outcome = "equivalent"
            elif tree.is_ancestor(a.cid, b.cid):
                outcome = "subsumes"
            else:
                outcome = "subsumed-by" if tree.is_ancestor(b.cid, a.cid) else "not-subsumed"
            short, version = selected.system.short, selected.version.version
            return SubsumesAnswer(short, version, registry.revision, outcome, a.code, b.code)

    def ecl(
        self, system: str, expression: str, when: When = NOW, *, after: str | None = None, limit: int = 100,
        lang: Sequence[str] = (),
    ) -> Page[ConceptSummary]:  # fmt: skip
        """The concepts that an expression of SNOMED CT's constraint language selects, in order of SCTID, from behind
        the code `after`. Raises `EclError` where it cannot be understood or would cost too much."""
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            total, cids, more = self._editions.page(connection, selected, expression, after, limit)
            items = [concepts.summary(each, selected, lang) for each in read.summaries(connection, cids, selected.at)]
            return self._page(registry, selected, total, items, items[-1].code if more else None)

    def members(
        self, system: str, expression: str, when: When = NOW, *, offset: int = 0, limit: int = 100
    ) -> Page[dict[str, int | str | None]]:
        """The members of reference sets that `^ [fields] refset` selects, each as its fields. Raises `EclError`."""
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            found = self._editions.members(connection, selected, expression, offset, limit)
            items = [dict(zip(found.fields, row, strict=True)) for row in found.rows]
            return self._page(registry, selected, found.total, items, _following(offset, limit, found.total))

    def search(
        self,
        query: str,
        *,
        systems: Sequence[str] = (),
        when: When = NOW,
        lang: Sequence[str] = (),
        language: str | None = None,
        active: bool | None = None,
        levels: Sequence[str] = (),
        under: str | None = None,
        ecl: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> SearchAnswer:
        """Concepts that fit what was typed, best first, over the code systems named or all of them.

        `lang` chooses displays, `language` keeps to texts of one language, `levels` to concepts of these levels (of
        SNOMED CT the semantic tag), `under` to a code and what is below it, `ecl` to what a SNOMED CT expression
        selects (one code system only). With a date, systems that had nothing in force then are left out unless they
        were named.
        """
        start = time.perf_counter()
        with self._read() as (connection, registry):
            selections = registry.selections(systems, when, self._today())
            only = None
            for name, value in (("under", under), ("ecl", ecl)):
                if value is not None and len(selections) != 1:
                    raise InvalidParameter({name: "name exactly one code system with it"})
            if under is not None:
                only = self._trees.subtree(connection, registry, selections[0], under)
            if ecl is not None:
                only = self._editions.mask(connection, selections[0], ecl, only)
            asked = searching.Query(query, lang, language, active, limit, offset, levels)
            found = searching.search(connection, self._indexes, selections, asked, only)
            following = offset + limit
            return SearchAnswer(
                revision=registry.revision,
                versions={selected.system.short: selected.version.version for selected in selections},
                total=found.total,
                items=found.items,
                next=str(following) if following < found.total and len(found.items) == limit else None,
                suggestion=found.guess.suggestion,
                left_out=found.guess.left_out,
                partial=found.guess.partial,
                took_ms=round((time.perf_counter() - start) * 1000, 2),
            )

    def validate(self, system: str, code: str, when: When = NOW, display: str | None = None) -> ValidateAnswer:
        """Whether a code is valid (known, in the version, active and, where `display` is given, called that), and how
        it stands today."""
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            now = timeline.in_force(selected.system.versions, self._today())
            today = registry.select(selected.system.short, NOW, self._today()) if now else None
            return validation.validated(connection, registry, selected, today, code, display)

    def history(self, system: str, code: str, lang: Sequence[str] = ()) -> HistoryAnswer:
        """What became of a code: when it existed, what happened to it, what follows it."""
        with self._read() as (connection, registry):
            selected = registry.select(system, NOW, self._today())
            return past.answer(connection, registry, self._indexes, selected, code, lang)

    def changes(
        self,
        system: str,
        start: When = NOW,
        end: When = NOW,
        *,
        since_revision: int | None = None,
        types: Sequence[str] = (),
        under: str | None = None,
        source: str = "computed",
        offset: int = 0,
        limit: int | None = 100,
        lang: Sequence[str] = (),
    ) -> ChangesAnswer:
        """What differs between two versions (each named, or in force on a date), in code order.

        `source` is computed, publisher or all. `limit` None gives everything. `since_revision` goes before `start` and
        `end`: what came with versions loaded after that revision.
        """
        with self._read() as (connection, registry):
            first, last = (registry.select(system, when, self._today()) for when in (start, end))
            if since_revision is not None:
                ends = past.since(first, since_revision)
                first, last = (replace(first, version=version, at=version.pos) for version in ends)
            key = (registry.revision, first.system.id, first.at, last.at, source, tuple(lang))
            found = self._differences.get(
                key,
                lambda: past.compared(connection, registry, first.system, first.version, last.version, source, lang),
            )
            if under is not None:
                inside = self._trees.codes_below(connection, registry, (first, last), under)
                found = [change for change in found if change.code in inside]
            kept = [change for change in found if not types or change.type in types]
            stop = len(kept) if limit is None else offset + limit
            return ChangesAnswer(
                system=first.system.short,
                after_version=first.version.version,
                version=last.version.version,
                revision=registry.revision,
                counts=diff.counts(found),
                total=len(kept),
                items=kept[offset:stop],
                next=str(stop) if stop < len(kept) else None,
            )

    def checker(self, system: str, start: When | None = None, end: When = NOW) -> Checker:
        """Judges lists of any length, from memory and of this revision: valid at `start`, and still at `end`."""
        with self._read() as (connection, registry):
            return Checker.load(connection, registry, system, start, end, self._today())

    def export(self, system: str, when: When = NOW) -> Iterator[dict[str, Any]]:
        """Every concept of the version in code order, complete, one dict each; of one revision throughout."""
        with self._read() as (_, registry):
            registry.select(system, when, self._today())
        return self._export(system, when)

    def health(self) -> dict[str, Any]:
        """What is loaded and whether it can be served. Raises `StoreError` where it cannot."""
        with self._read() as (connection, registry):
            for system in registry.systems.values():
                self._indexes.of(connection, system.id)
            current = {s.short: timeline.in_force(s.versions, self._today()) for s in registry.systems.values()}
            names = {short: version.version if version else None for short, version in current.items()}
            return {"status": "ok", "revision": registry.revision, "systems": names}

    def _info(self, connection: Connection, registry: Registry, system: System) -> CodeSystemInfo:
        current = timeline.in_force(system.versions, self._today())
        return CodeSystemInfo(
            id=system.short,
            url=system.url,
            title=system.title,
            publisher=system.publisher,
            language=system.lang,
            aliases=[name for name in system.names if name not in (system.short, system.url)],
            version=current.version if current else None,
            effective_date=current.effective if current else None,
            concepts=registry.count(connection, system, current.pos) if current else 0,
            versions=len(system.versions),
            revision=registry.revision,
            copyright=system.copyright,
        )

    def _related(
        self, relation: Callable[[Tree, int], Sequence[int]], system: str, code: str, when: When,
        offset: int, limit: int, lang: Sequence[str],
    ) -> Page[ConceptSummary]:  # fmt: skip
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            row = concepts.resolve(connection, selected, code)
            concepts.existing(connection, selected, row)
            cids = relation(self._trees.of(connection, registry, selected), row.cid)
            return self._numbered(connection, registry, selected, cids, offset, limit, lang)

    def _numbered(
        self, connection: Connection, registry: Registry, selected: Selected, cids: Sequence[int],
        offset: int, limit: int, lang: Sequence[str],
    ) -> Page[ConceptSummary]:  # fmt: skip
        tree = self._trees.of(connection, registry, selected)
        part = cids[offset : offset + limit]
        found = read.summaries(connection, part, selected.at)
        items = [concepts.summary(each, selected, lang, tree.children_count(each.cid)) for each in found]
        return self._page(registry, selected, len(cids), items, _following(offset, limit, len(cids)))

    def _page(
        self, registry: Registry, selected: Selected, total: int, items: list[T], following: str | None
    ) -> Page[T]:
        return Page(selected.system.short, selected.version.version, registry.revision, total, items, following)

    def _export(self, system: str, when: When) -> Iterator[dict[str, Any]]:
        with self._read() as (connection, registry):  # a snapshot of its own: it begins when the first is drawn
            selected = registry.select(system, when, self._today())
            yield from exporting.every(connection, registry, selected)


def _following(offset: int, limit: int, total: int) -> str | None:
    """Where the next page begins."""
    return str(offset + limit) if offset + limit < total else None
