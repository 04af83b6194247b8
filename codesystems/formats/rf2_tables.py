"""Tables of Release Format 2 over several files: columns of numbers and texts, and of each id the state that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from codesystems.files import SourceFile
from codesystems.formats import rf2, rf2_columns
from codesystems.formats.rf2_cells import AFTER, Texts
from codesystems.formats.rf2_columns import Bools, Chunk, Ints
from codesystems.formats.tables import Columns
from codesystems.model import Where
from codesystems.report import Report

ALL = 99999999
"""The end of time, as an effectiveTime."""
_UNSET = 0


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and the day after which its rows do not count (YYYYMMDD)."""

    file: SourceFile
    until: int = ALL
    release: int = 0
    """Which of the releases that are put together it is of: the number of the one at hand is the highest."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of file besides those that all have."""

    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Columns of few distinct texts."""
    ignore: tuple[str, ...] = ()
    members: bool = False
    """Rows are members of refsets: their ids are UUIDs."""
    kind: str = ""
    """Of components, what one is called where its id is wrong."""


_MEMBER = ("refsetId", "referencedComponentId")
_EDGE = ("relationshipGroup", "typeId", "characteristicTypeId")
CONCEPT = Layout(("definitionStatusId",), kind="concept")
RELATIONSHIP = Layout(("sourceId", "destinationId", *_EDGE), ignore=("modifierId",), kind="relationship")
CONCRETE = Layout(("sourceId", *_EDGE), ("value",), ignore=("modifierId",), kind="relationship")
DESCRIPTION = Layout(
    ("conceptId", "typeId", "caseSignificanceId"), ("term",), words=("languageCode",), kind="description"
)
LANGUAGE = Layout((*_MEMBER, "acceptabilityId"), members=True)
OWL = Layout(_MEMBER, ("owlExpression",), members=True)


def refset(columns: Sequence[str]) -> Layout:
    """Any refset whose own columns are these."""
    return Layout(_MEMBER, tuple(columns), members=True)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as columns. `ids` has one column of SCTIDs, or two of numbers that stand for a member's UUID."""

    sources: tuple[Source, ...]
    ids: Ints
    time: Ints
    active: Bools
    module: Ints
    numbers: dict[str, Ints]
    texts: dict[str, Texts]
    words: dict[str, tuple[str, ...]]
    """What the numbers of columns of few texts stand for."""
    source: Ints
    line: Ints

    def __len__(self) -> int:
        return len(self.time)

    @property
    def id(self) -> Ints:
        """SCTIDs of components."""
        return self.ids[:, 0]

    def file(self, row: int) -> str:
        return self.sources[int(self.source[row])].file.path

    def where(self, row: int) -> Where:
        return Where(self.file(row), int(self.line[row]))

    def take(self, rows: Ints | slice) -> Table:
        """The rows of these numbers, or where a mask is true."""
        return Table(
            self.sources,
            self.ids[rows],
            self.time[rows],
            self.active[rows],
            self.module[rows],
            {name: column[rows] for name, column in self.numbers.items()},
            {name: column.take(rows) for name, column in self.texts.items()},
            self.words,
            self.source[rows],
            self.line[rows],
        )


def read(sources: Sequence[Source], layout: Layout, report: Report) -> Table:
    """The newest state of each id within what counts of each source, in order of sources and lines.

    Two states of an id from the same day are reported, but for one that a release repeats of the release it builds
    on; the latter counts. Wrong check digits of components are reported. Raises `ReleaseError` as `rf2_columns` does.
    """
    gathered = _Gathered(layout)
    for number, source in enumerate(sources):
        columns = Columns((*layout.numbers, *layout.texts, *layout.words), ignore=layout.ignore)
        for chunk in rf2_columns.read(source.file, columns, report):
            gathered.add(chunk, number, source.until)
    table = gathered.table(tuple(sources))
    newest = _newest(table, report)
    if len(newest) < len(table):
        table = table.take(newest)
    if layout.kind:
        for row in np.flatnonzero(~rf2_columns.check_digits(table.id)).tolist():
            message = f"{table.id[row]} is no SCTID: its check digit is wrong"
            report.warn("check-digit", f"{layout.kind} {message}", table.where(row))
    return table


@dataclass(slots=True)
class _Gathered:
    """Columns in parts, while files are read."""

    layout: Layout
    parts: dict[str, list[Ints]] = field(default_factory=dict)
    texts: dict[str, _GatheredTexts] = field(default_factory=dict)
    words: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, chunk: Chunk, source: int, until: int) -> None:
        time = rf2_columns.times(chunk)
        kept = None if until == ALL else np.flatnonzero(time <= until)
        if kept is not None and len(kept) < len(time):
            if not len(kept):
                return
            chunk, time = _only(chunk, kept), time[kept]
        columns: dict[str, Ints] = {"time": time, "active": rf2_columns.flags(chunk)}
        columns["ids"] = self._ids(chunk)
        columns["module"] = rf2_columns.numbers(chunk, 3, "moduleId")
        layout = self.layout
        for number, name in enumerate((*layout.numbers, *layout.texts, *layout.words), start=len(rf2.COMMON)):
            if name in layout.numbers:
                columns[name] = rf2_columns.numbers(chunk, number, name)
            elif name in layout.texts:
                self.texts.setdefault(name, _GatheredTexts()).add(chunk.columns[number])
            else:
                columns[name] = self._numbered(name, chunk.columns[number])
        columns["line"] = chunk.lines
        columns["source"] = np.full(len(chunk.lines), source, dtype=np.int16)
        for name, column in columns.items():
            self.parts.setdefault(name, []).append(column)

    def _ids(self, chunk: Chunk) -> Ints:
        if self.layout.members:
            return rf2_columns.member_ids(chunk)
        return rf2_columns.numbers(chunk, 0, "id").reshape(-1, 1)

    def _numbered(self, name: str, cells: Texts) -> Ints:
        words = self.words.setdefault(name, {})
        texts = list(cells.encoded())
        known = {text: words.setdefault(text.decode().strip(), len(words)) for text in set(texts)}
        return np.fromiter(map(known.__getitem__, texts), np.int16, len(texts))

    def table(self, sources: tuple[Source, ...]) -> Table:
        width = 2 if self.layout.members else 1
        ids = self._joined("ids", np.uint64 if self.layout.members else np.int64).reshape(-1, width)
        return Table(
            sources,
            ids,
            self._joined("time", np.int32),
            self._joined("active", np.bool_),
            self._joined("module", np.int64),
            {name: self._joined(name, np.int64) for name in (*self.layout.numbers, *self.layout.words)},
            {name: self.texts.pop(name, _GatheredTexts()).texts() for name in self.layout.texts},
            {name: tuple(self.words.get(name, ())) for name in self.layout.words},
            self._joined("source", np.int16),
            self._joined("line", np.int32),
        )

    def _joined(self, name: str, dtype: type) -> Ints:
        parts = self.parts.pop(name, [])
        return np.concatenate(parts) if parts else np.zeros(0, dtype)


class _GatheredTexts:
    """Texts one after another, with where each ends."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._starts: list[Ints] = []
        self._ends: list[Ints] = []

    def add(self, cells: Texts) -> None:
        length = cells.ends - cells.starts
        ends = np.cumsum(length) + len(self._data)
        self._starts.append(ends - length)
        self._ends.append(ends)
        self._data += b"".join(cells.encoded())

    def texts(self) -> Texts:
        none = np.zeros(0, np.int64)
        data = bytes(self._data + bytes(AFTER))
        self._data = bytearray()
        return Texts(data, np.concatenate([none, *self._starts]), np.concatenate([none, *self._ends]))


def _only(chunk: Chunk, kept: Ints) -> Chunk:
    return Chunk(chunk.file, chunk.lines[kept], tuple(column.take(kept) for column in chunk.columns))


def _newest(table: Table, report: Report) -> Ints:
    """The rows that count, in order. A row that is of no time yet is newer than all."""
    by_first = np.sort(table.ids[:, 0])
    if not (by_first[1:] == by_first[:-1]).any():
        return np.arange(len(table))
    time = np.where(table.time == _UNSET, ALL, table.time)
    keys = [table.ids[:, column] for column in range(table.ids.shape[1])]
    order = np.lexsort((time, *keys))
    same = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
    for key in keys:
        same &= key[order[1:]] == key[order[:-1]]
    if not same.any():
        return np.arange(len(order))
    _warn_same_day(table, order, np.flatnonzero(same & (time[order[1:]] == time[order[:-1]])), report)
    last = np.ones(len(order), dtype=np.bool_)
    last[:-1] = ~same
    return np.sort(order[last])


def _warn_same_day(table: Table, order: Ints, places: Ints, report: Report) -> None:
    for place in places.tolist():
        before, row = int(order[place]), int(order[place + 1])
        agree = _content(table, before) == _content(table, row)
        releases = {table.sources[int(table.source[each])].release for each in (before, row)}
        if agree and len(releases) > 1:
            continue
        kind, what = ("duplicate-row", "is") if agree else ("contradicting-rows", "says otherwise")
        name = table.id[row] if table.ids.shape[1] == 1 else "a member"
        report.warn(kind, f"{name} of {table.time[row] or 'no date'} {what} at {table.where(before)}", table.where(row))


def _content(table: Table, row: int) -> tuple[object, ...]:
    numbers = (int(column[row]) for column in table.numbers.values())
    texts = (column[row] for column in table.texts.values())
    return bool(table.active[row]), int(table.module[row]), *numbers, *texts
