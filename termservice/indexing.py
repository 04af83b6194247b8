"""From the store's facts to search index files, one folder per code system and revision."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from index.build import build_index, extend_index
from index.engine import Entry, Span, State, Text
from index.opening import IndexFormatError, about_base
from termservice import __version__, checksums
from termservice.searching import KIND
from termservice.store import Connection, catalog, changes, read
from termservice.timeline import END, Version, position

FOLDER = "index"
EDITIONS = "editions"
"""Where the arrays of SNOMED CT's editions are, one folder per version and revision."""
_LARGE = 200_000
"""Texts of the smallest index that is extended; smaller ones are built whole in seconds, and searched fastest so."""
_FEW = 0.12
"""The part of the concepts that may have changed since an index was last built whole."""


def build(connection: Connection, home: Path, system: catalog.System, revision: int, *, whole: bool = False) -> Path:
    """Build the search index of everything the code system ever held; the folder it is in.

    Enters it as the artefact of `revision`. The folder is complete and synced when this returns. A large index of which
    little changed is extended, unless it is to be built as a `whole`.
    """
    name = f"{FOLDER}/{system.short}-{revision}"
    folder = home / name
    if folder.exists():  # left by a load that did not finish
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        extensible = None if whole else _extensible(connection, home, system)
        if extensible is None:
            build_index(folder, entries(connection, system), mark=_mark(system, system.versions))
        else:
            previous, changed = extensible
            extend_index(folder, previous, entries(connection, system, changed))
        checksums.write(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    catalog.set_artefact(connection, system.id, KIND, revision, name)
    return folder


def entries(connection: Connection, system: catalog.System, only: Sequence[int] | None = None) -> Iterator[Entry]:
    """Every concept of the code system with all its texts and times; `only` those of these numbers, where given."""
    names = _Follower(read.all_designations(connection, system.id, only))
    prose = _Follower(read.all_properties(connection, system.id, _notes_of(system), only))
    stated = _stated(connection, system.id, only)
    for concept, key, states in read.spans(connection, system.id, only):
        texts = [*_names(names.of(concept.cid)), *_notes(prose.of(concept.cid), system.lang)]
        yield Entry(
            number=concept.cid,
            code=concept.code,
            key=key,
            level=states[-1].level,
            sort_key=states[-1].sort_key,
            states=tuple(_cut(states, stated.get(concept.cid, ()))),
            texts=tuple(texts),
        )


def sweep(home: Path, keep: Iterable[str], revision: int) -> None:
    """Delete folders that are no artefact, but for the last one of each name: a reader that began before this revision
    may still open it."""
    kept = set(keep)
    older: dict[str, list[tuple[int, Path]]] = {}
    for folder in (*(home / FOLDER).glob("*-*"), *(home / EDITIONS).glob("*-*")):
        name, _, built = folder.name.rpartition("-")
        if f"{folder.parent.name}/{folder.name}" not in kept and built.isdigit() and int(built) < revision:
            older.setdefault(f"{folder.parent.name}/{name}", []).append((int(built), folder))
    for folders in older.values():
        for _, folder in sorted(folders)[:-1]:
            shutil.rmtree(folder, ignore_errors=True)


def _extensible(connection: Connection, home: Path, system: catalog.System) -> tuple[Path, list[int]] | None:
    """The index to extend and the concepts that changed since its base was built; None where it is to be built whole.

    Intervals are the maximal runs over the versions, so what later versions changed is just what begins or ends after
    the last of those that the base was built of. Any other change (an older version put in, one of them corrected or
    taken out) shows in the mark.
    """
    artefact = read.artefact(connection, system.id, KIND)
    if artefact is None:
        return None
    previous = home / artefact[1]
    try:
        base = about_base(previous)
    except IndexFormatError:
        return None
    marks = {_mark(system, system.versions[:end]): end for end in range(1, len(system.versions) + 1)}
    end = marks.get(base.mark)
    if base.texts < _LARGE or end is None:
        return None
    changed = changes.changed_after(connection, system.id, system.versions[end - 1].pos, _notes_of(system))
    # What is damaged must not go on into the next index, with sums of its own.
    fits = len(changed) <= base.concepts * _FEW and checksums.whole(previous)
    return (previous, changed) if fits else None


def _mark(system: catalog.System, versions: Sequence[Version]) -> str:
    """All that decides what is in an index of these versions."""
    known = [[version.pos, version.revision, version.version] for version in versions]
    return json.dumps([__version__, system.lang, _notes_of(system), known])


def _notes_of(system: catalog.System) -> list[str]:
    return sorted(p.code for p in system.properties.values() if p.note)


class _Follower:
    """Rows in order of concept, drawn beside another stream in the same order."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, cid: int) -> list[tuple[Any, ...]]:
        while self._next is not None and self._next[0] < cid:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != cid:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows


def _names(rows: Iterable[tuple[Any, ...]]) -> Iterator[Text]:
    for (use, language, value), group in groupby(rows, key=itemgetter(1, 2, 3)):
        yield Text(value, use, language, tuple((vf, vt) for *_, vf, vt in group))


def _notes(rows: Iterable[tuple[Any, ...]], language: str) -> Iterator[Text]:
    for (_prop, value), group in groupby(rows, key=itemgetter(1, 2)):
        spans: tuple[Span, ...] = tuple((vf, vt) for *_, vf, vt in group)
        for paragraph in json.loads(value):
            yield Text(paragraph, "note", language, spans)


def _stated(
    connection: Connection, system_id: int, only: Sequence[int] | None
) -> dict[int, list[tuple[int, int, int, int]]]:
    """(first position, end position, vf, vt) of the validity publishers state, by concept."""
    found: dict[int, list[tuple[int, int, int, int]]] = {}
    for cid, start, end, vf, vt in read.all_validity(connection, system_id, only):
        first = position(date.fromisoformat(start)) if start else 0
        last = position(date.fromisoformat(end) + timedelta(days=1)) if end and end < date.max.isoformat() else END
        found.setdefault(cid, []).append((first, last, vf, vt))
    return found


def _cut(states: Iterable[read.StateRow], stated: Iterable[tuple[int, int, int, int]]) -> Iterator[State]:
    """States, cut where a stated validity makes an active concept inactive."""
    windows = list(stated)
    for row in states:
        marks = {row.vf, row.vt}
        for first, last, vf, vt in windows:
            marks.update(mark for mark in (first, last, vf, vt) if row.vf < mark < row.vt)
        edges = sorted(marks)
        for start, end in pairwise(edges):
            outside = any(vf <= start < vt and not first <= start < last for first, last, vf, vt in windows)
            yield State(start, end, row.active and not outside, row.abstract)
