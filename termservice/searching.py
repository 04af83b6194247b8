"""Search over one or several code systems: each index answers for its own time, ranks are merged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codesystems.codes import code_key
from codesystems.loader import abridged
from index.engine import Hit, SearchIndex, SearchRequest, SearchResult
from index.hits import merged
from index.opening import IndexFormatError, open_index
from termservice import editions
from termservice.answers import Matched, SearchItem
from termservice.concepts import title, within
from termservice.errors import StoreError
from termservice.registry import Selected, search_position
from termservice.store import Connection, read

KIND = "search"
"""The kind of artefact that a search index is."""
KEPT_OPEN = 2
MAX_QUERY = 400
"""Characters of a query that count; the rest of an over-long one is not read."""


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    lang: Sequence[str]
    language: str | None
    """Only texts of this language (BCP 47; what is behind the language does not matter)."""
    active: bool | None
    limit: int
    offset: int
    levels: Sequence[str] = ()
    """Only concepts of these; none for all."""
    lenient: bool = True
    """Whether to correct or leave out words that nothing fits."""


@dataclass(frozen=True, slots=True)
class Guess:
    """How a query was taken that nothing answers as typed; the fields are those of `answers.SearchAnswer`."""

    suggestion: str | None = None
    left_out: tuple[str, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    total: int
    items: list[SearchItem]
    guess: Guess


class Stages:
    """Where searches spend their time, told to whoever wants to know: `match` (as typed), `correct` (words corrected or
    left out), `display` (what is shown of those found)."""

    def __init__(self) -> None:
        self.observe: Callable[[str, float], None] = lambda stage, seconds: None

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.observe(stage, time.perf_counter() - begun)


class Indexes:
    """The open search indexes of a process, by the folder they are in. Of each code system the two newest stay
    open: a slow request may still read the last one when a new one is opened."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.stages = Stages()
        self._open: dict[str, SearchIndex] = {}
        self._revisions: dict[int, dict[int, str]] = {}
        self._lock = threading.Lock()

    def of(self, connection: Connection, system_id: int) -> SearchIndex:
        """The index of a code system at the connection's revision. Raises `StoreError` where it is missing."""
        artefact = read.artefact(connection, system_id, KIND)
        if artefact is None:
            raise StoreError("there is no search index: run 'termservice reindex'")
        revision, path = artefact
        index = self._open.get(path)
        if index is not None:
            return index
        with self._lock:
            if path not in self._open:
                try:
                    self._open[path] = open_index(self._home / path)
                except (OSError, ValueError, IndexFormatError) as error:
                    raise StoreError(
                        f"search index {path} cannot be opened ({error}): run 'termservice reindex'"
                    ) from error
                self._revisions.setdefault(system_id, {})[revision] = path
                index = self._open[path]
                self._forget(system_id, path)
                return index
            return self._open[path]

    def close(self) -> None:
        with self._lock:
            for index in self._open.values():
                index.close()
            self._open.clear()
            self._revisions.clear()

    def _forget(self, system_id: int, needed: str) -> None:
        paths = self._revisions[system_id]
        for revision in sorted(paths)[:-KEPT_OPEN]:
            if paths[revision] != needed:
                self._open.pop(paths.pop(revision)).close()


def search(
    connection: Connection,
    indexes: Indexes,
    selections: Sequence[Selected],
    query: Query,
    only: npt.NDArray[np.bool_] | None = None,
) -> Found:
    """The best concepts over all `selections`; `only` keeps to these concept numbers.

    Words are corrected or left out only where no code system knows them as typed. What fits alike comes in the order
    of `_precedence`.
    """
    selections = sorted(selections, key=lambda selected: _precedence(selected, query.lang))
    text = query.text[:MAX_QUERY]
    end = query.offset + query.limit

    def ask(lenient: bool) -> list[SearchResult]:
        return [
            indexes.of(connection, selected.system.id).search(
                SearchRequest(
                    query=text,
                    at=search_position(selected),
                    code_key=code_key(text, selected.system.code_rule),
                    limit=end,
                    active=_active(connection, selected, query.active, text),
                    former=not selected.named,
                    language=query.language and query.language.partition("-")[0].lower(),
                    levels=query.levels or None,
                    within=only,
                    lenient=lenient,
                )
            )
            for selected in selections
        ]

    with indexes.stages.timed("match"):
        results = ask(lenient=False)
    if query.lenient and not any(result.total for result in results):
        with indexes.stages.timed("correct"):
            results = ask(lenient=True)
    page = [(hit, selections[place]) for place, hit in merged(results, query.offset, end)]
    with indexes.stages.timed("display"):
        items = _items(connection, page, query.lang)
    return Found(sum(result.total for result in results), items, _guess(results))


def _precedence(selected: Selected, lang: Sequence[str]) -> tuple[int, bool]:
    """Code systems in the languages asked for first, the best liked before all; a whole one before abridgements."""
    own = selected.system.lang.partition("-")[0].lower()
    wanted = [each.partition("-")[0].lower() for each in lang]
    return wanted.index(own) if own in wanted else len(wanted), bool(abridged(selected.system.short))


def _guess(results: Sequence[SearchResult]) -> Guess:
    """How the query was taken, over all code systems: corrected as the best hit's has it; left out is what no hit of
    any holds."""
    found = [result for result in results if len(result.hits)]
    if not any(result.suggestion or result.partial for result in found):
        return Guess()
    best, _ = merged(found, 0, 1)[0]
    held_nowhere = [word for word in found[0].left_out if all(word in result.left_out for result in found)]
    return Guess(found[best].suggestion, tuple(held_nowhere), all(result.partial for result in found))


def _active(connection: Connection, selected: Selected, wanted: bool | None, text: str) -> bool | None:
    """As `SearchRequest.active`. An inactive concept of SNOMED CT is not what words mean, even where no active one fits
    them: it is found by its code, or where inactive ones are wanted."""
    if wanted is not None or not editions.is_edition(selected.system):
        return wanted
    code = text.strip()
    named = code.isdecimal() and read.find_code(connection, selected.system.id, code) is not None
    return None if named else True


def _items(connection: Connection, page: Sequence[tuple[Hit, Selected]], lang: Sequence[str]) -> list[SearchItem]:
    """Hits with what lists show of a concept; a withdrawn one with its last display."""
    by_system: dict[str, tuple[Selected, list[int]]] = {}
    for hit, selected in page:
        by_system.setdefault(selected.system.short, (selected, []))[1].append(hit.number)
    shown = {}
    for selected, numbers in by_system.values():
        for found in read.summaries(connection, numbers, selected.at, parents=False):
            shown[found.cid] = found
        for number in numbers:
            if number not in shown:
                past = [s.vt for s in read.states(connection, number) if s.vt <= selected.at]
                for found in read.summaries(connection, [number], max(past) - 1, parents=False) if past else []:
                    shown[number] = found
    items = []
    for hit, selected in page:
        summary = shown.get(hit.number)
        if summary is None:
            continue
        items.append(
            SearchItem(
                system=selected.system.short,
                version=selected.version.version,
                code=summary.code,
                display=title(summary, selected.system, lang),
                matched=Matched(hit.text, hit.use, hit.language),
                active=hit.active and within(selected.day, summary.stated_from, summary.stated_to),
                abstract=summary.abstract,
                level=summary.level,
                score=hit.score,
            )
        )
    return items
