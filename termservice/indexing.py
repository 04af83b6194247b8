"""From the store's facts to search index files, one folder per code system and revision."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from index.build import build_index
from index.engine import Entry, Span, State, Text
from termservice.store import Connection, catalog, read
from termservice.timeline import END, position

KIND = "search"
FOLDER = "index"
EDITIONS = "editions"
"""Where the arrays of SNOMED CT's editions are, one folder per version and revision."""


def build(connection: Connection, home: Path, system: catalog.System, revision: int) -> Path:
    """Build the search index of everything the code system ever held; the folder it is in.

    Enters it as the artefact of `revision`. The folder is complete and synced when this returns.
    """
    name = f"{FOLDER}/{system.short}-{revision}"
    folder = home / name
    if folder.exists():  # left by a load that did not finish
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        build_index(folder, entries(connection, system))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    catalog.set_artefact(connection, system.id, KIND, revision, name)
    return folder


def entries(connection: Connection, system: catalog.System) -> Iterator[Entry]:
    """Every concept of the code system with all its texts and times."""
    notes = [p.code for p in system.properties.values() if p.note]
    names = _Follower(read.all_designations(connection, system.id))
    prose = _Follower(read.all_properties(connection, system.id, notes))
    stated = _stated(connection, system.id)
    for concept, key, states in read.spans(connection, system.id):
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


def _stated(connection: Connection, system_id: int) -> dict[int, list[tuple[int, int, int, int]]]:
    """(first position, end position, vf, vt) of the validity publishers state, by concept."""
    found: dict[int, list[tuple[int, int, int, int]]] = {}
    for cid, start, end, vf, vt in read.all_validity(connection, system_id):
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
