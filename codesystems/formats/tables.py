"""Rows of a table by the publisher's column names, whatever file it is in (csv, tsv, xls, xlsx).

Reading is strict: a missing column stops the load and the message lists those found; a column that nobody
asked for and nobody ignores is reported, and so is a row with more cells than the header.

Cells with line breaks, delimiters or quotation marks are quoted as RFC 4180 says; some publishers write a
quotation mark inside a cell as `\\"` instead of `""`, and are understood too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from codesystems.files import SourceFile
from codesystems.formats.text import decode
from codesystems.model import Where
from codesystems.report import ReleaseError, Report

MAX_CELL = 1_000_000
HEADER_SEARCH = 30
"""How many rows from the top a header row is looked for."""

SHOWN = 100
"""How much of a line is quoted in a note."""

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """What is asked of a table. A name may list spellings: `("TEXT", "TXT")`; the first is the name used in
    rows. Names are compared without case, white space at the ends, runs of white space, trailing colons."""

    required: tuple[str | tuple[str, ...], ...]
    optional: tuple[str | tuple[str, ...], ...] = ()
    ignore: tuple[str, ...] = ()
    """Known columns that carry nothing for us."""
    unlabelled: tuple[str, ...] = ()
    """Our names of the columns behind the last header cell, where the publisher left some without a name."""

    def spellings(self) -> Iterator[tuple[str, str, bool]]:
        """(folded spelling, our name, required) of every column asked for."""
        for group, required in ((self.required, True), (self.optional, False)):
            for names in group:
                all_names = (names,) if isinstance(names, str) else names
                for name in all_names:
                    yield fold(name), all_names[0], required


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `row["Kod"]` is the cell's text without white space (also no-break) at both ends, "" where
    the cell is empty, the row is short or an optional column is absent."""

    where: Where
    cells: Mapping[str, str] = field(repr=False)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header row has been found."""

    header: tuple[str, ...]
    """Our names of the columns in the file's order; "" for columns that are not read."""
    rows: tuple[Row, ...]
    """Rows that have at least one cell with text."""

    def has(self, column: str) -> bool:
        return column in self.header


def fold(name: str) -> str:
    return " ".join(name.replace("\u00a0", " ").replace("\ufeff", "").split()).rstrip(":").strip().casefold()


def values_in(cell: str, separator: str = "") -> list[str]:
    """The values in a cell, each once: one a line, or parted by `separator` where there is one."""
    parts = (part for line in cell.splitlines() for part in (line.split(separator) if separator else (line,)))
    return list(dict.fromkeys(stripped for part in parts if (stripped := part.strip())))


def read_table(file: SourceFile, columns: Columns, report: Report, *, sheet: str | None = None) -> Table:
    """The table in `file` (of a workbook: in the sheet named, else the first sheet that has the columns).

    Raises `ReleaseError` where no row holds all required columns, naming those missing and those found.
    """
    best: tuple[list[str], list[str]] | None = None
    for name, grid in grids(file, report):
        if sheet is not None and fold(name) != fold(sheet):
            continue
        at = find_header(grid, columns)
        if at is not None:
            return _table(file, name, grid, at, columns, report)
        missing, found = closest_header(grid, columns)
        if best is None or (len(missing), -len(found)) < (len(best[0]), -len(best[1])):
            best = missing, found
    if best is None:
        raise ReleaseError(f"no sheet {sheet!r}" if sheet else "no table in the file", Where(file.path))
    message = f"missing column(s) {', '.join(best[0])}; found {', '.join(best[1]) or 'none'}"
    raise ReleaseError(message, Where(file.path, sheet=sheet or ""))


def read_tables(file: SourceFile, columns: Columns, report: Report) -> list[tuple[str, Table]]:
    """(sheet name, table) of every sheet that has the columns, for workbooks that spread over sheets.

    Raises `ReleaseError` as `read_table` does where no sheet has them.
    """
    found: list[tuple[str, Table]] = []
    for name, grid in grids(file, report):
        at = find_header(grid, columns)
        if at is not None:
            found.append((name, _table(file, name, grid, at, columns, report)))
    return found or [("", read_table(file, columns, report))]


def grids(file: SourceFile, report: Report) -> Iterator[tuple[str, list[Cells]]]:
    """(sheet name, rows of cell texts) of every sheet; one unnamed sheet for csv and tsv."""
    if file.suffix in (".xls", ".xlsx", ".xlsm"):
        from codesystems.formats.sheets import sheets  # large; a server imports this module and opens no workbook

        yield from sheets(file)
    else:
        yield "", _delimited(file, report)


def find_header(grid: Sequence[Cells], columns: Columns) -> int | None:
    """The number of the first row that holds every required column, counted from 0."""
    wanted = _required(columns)
    for number, cells in enumerate(grid[:HEADER_SEARCH]):
        present = {fold(cell) for cell in cells}
        if all(any(spelling in present for spelling in spellings) for spellings in wanted.values()):
            return number
    return None


def closest_header(grid: Sequence[Cells], columns: Columns) -> tuple[list[str], list[str]]:
    """(required columns missing, columns found) of the row that looks most like a header."""
    wanted = _required(columns)
    best: tuple[list[str], list[str]] = (list(wanted), [])
    for cells in grid[:HEADER_SEARCH]:
        present = {fold(cell) for cell in cells}
        missing = [name for name, spellings in wanted.items() if not any(s in present for s in spellings)]
        if len(missing) < len(best[0]) or not best[1]:
            best = (missing, [cell.strip()[:60] for cell in cells if cell.strip()][:40])
    return best


def _required(columns: Columns) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for spelling, name, required in columns.spellings():
        if required:
            wanted.setdefault(name, []).append(spelling)
    return wanted


def _table(file: SourceFile, sheet: str, grid: Sequence[Cells], at: int, columns: Columns, report: Report) -> Table:
    names = {spelling: name for spelling, name, _ in columns.spellings()}
    ignored = {fold(name) for name in columns.ignore}
    header: list[str] = []
    for place, cell in enumerate(grid[at]):
        name = names.get(fold(cell), "")
        where = Where(file.path, at + 1, sheet)
        if name and name in header:
            _warn_repeated(grid[at + 1 :], header.index(name), place, cell, where, report)
            name = ""  # a repeated header name: the first column of that name counts
        elif not name and fold(cell) and fold(cell) not in ignored:
            report.warn("unknown-column", f"column {cell.strip()!r} is not read", where)
        header.append(name)
    header.extend(columns.unlabelled)
    for number, cells in enumerate(grid[:at], start=1):
        if text := " ".join(" ".join(cells).split()):
            report.note(f"{Where(file.path, number, sheet)}: above the header, not read: {text[:SHOWN]}")
    rows = tuple(_rows(file.path, sheet, grid, at, header, report))
    return Table(tuple(header), rows)


def _warn_repeated(rows: Sequence[Cells], first: int, second: int, name: str, where: Where, report: Report) -> None:
    """Report a second column of the same name where it says something that the first does not."""
    for cells in rows:
        if len(cells) > second and cells[second].strip() not in ("", cells[first].strip()):
            report.warn("repeated-column", f"the second column {name.strip()!r} is not read", where)
            return


def _rows(
    path: str, sheet: str, grid: Sequence[Cells], at: int, header: Sequence[str], report: Report
) -> Iterator[Row]:
    width = len(header)
    for number, cells in enumerate(grid[at + 1 :], start=at + 2):
        if not any(cells):
            continue
        where = Where(path, number, sheet)
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            report.warn("ragged-row", f"{len(cells)} cells under {width} columns", where)
        values = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        if any(values.values()):
            yield Row(where, values)


def _delimited(file: SourceFile, report: Report) -> list[Cells]:
    text = decode(file.bytes(), file.path, report)
    if not text.strip():
        raise ReleaseError("the file is empty", Where(file.path))
    delimiter = "\t" if file.suffix == ".tsv" else delimiter_of(text)
    try:
        return _parsed(text, delimiter, file.path)
    except ReleaseError:
        if '\\"' not in text:
            raise
    grid = _parsed(text, delimiter, file.path, escape="\\")
    report.note(f"{file.path}: quotation marks inside cells are written with a backslash")
    return grid


def _parsed(text: str, delimiter: str, path: str, escape: str | None = None) -> list[Cells]:
    """The cells; a row stands at the number of the line it begins on."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, escapechar=escape, strict=True)
    grid: list[Cells] = []
    start = 0
    try:
        for row in reader:
            grid.extend(() for _ in range(start - len(grid)))  # the lines within the cells of the row before
            grid.append(row)
            start = reader.line_num
    except csv.Error as error:
        raise ReleaseError(f"not a readable table ({error})", Where(path, start + 1)) from error
    return grid


def delimiter_of(text: str) -> str:
    """Tab, semicolon, comma or bar: the one that most of the first lines hold, then the one that the most
    lines hold equally often, then the most frequent."""
    start = [line for line in text.splitlines()[:HEADER_SEARCH] if line.strip()]

    def evidence(delimiter: str) -> tuple[int, int, int]:
        counts = [line.count(delimiter) for line in start if delimiter in line]
        return len(counts), max(map(counts.count, counts), default=0), sum(counts)

    return max("\t;,|", key=evidence)
