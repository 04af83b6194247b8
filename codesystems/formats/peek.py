"""The first rows of a table or workbook, cheaply: what `identify` needs to tell whose file it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import islice

from codesystems.files import SourceFile
from codesystems.formats.tables import HEADER_SEARCH, Cells, Columns, delimiter_of, find_header, fold
from codesystems.report import ReleaseError

ROWS = HEADER_SEARCH + 20
HEAD = 1 << 16
WORKBOOKS = (".xls", ".xlsx", ".xlsm")
TABLES = (".csv", ".tsv", ".txt")

Sheet = tuple[str, Sequence[Cells]]


def peek(file: SourceFile) -> Sequence[Sheet]:
    """(sheet name, first rows) of a workbook, or one unnamed sheet of a csv, tsv or txt; else nothing.

    Raises `ReleaseError` for a workbook that cannot be opened. Text is decoded loosely: peeking decides only
    whose file it is, reading decides whether it is sound.
    """
    if file.suffix not in WORKBOOKS + TABLES:
        return ()
    status = file.local.stat()
    return _peek(file, status.st_mtime_ns, status.st_size)


def first_rows(file: SourceFile) -> Iterator[Cells]:
    """The first rows of every sheet; none of a workbook that cannot be opened."""
    with suppress(ReleaseError):
        for _, rows in peek(file):
            yield from rows


def first_values(file: SourceFile, columns: Columns, column: str) -> tuple[str, ...] | None:
    """The first values of `column`, one of those required, in the sheet that has them; None where no sheet has.

    Cells are stripped, empty ones left out. A workbook that cannot be opened has no columns.
    """
    spellings = {spelling for spelling, name, _ in columns.spellings() if name == column}
    try:
        found = peek(file)
    except ReleaseError:
        return None
    for _, rows in found:
        at = find_header(rows, columns)
        if at is not None:
            place = next(n for n, cell in enumerate(rows[at]) if fold(cell) in spellings)  # required, so there
            values = (row[place].strip() for row in rows[at + 1 :] if len(row) > place)
            return tuple(value for value in values if value)
    return None


@lru_cache(maxsize=64)
def _peek(file: SourceFile, mtime: int, size: int) -> Sequence[Sheet]:
    if file.suffix in TABLES:
        return (("", _text_rows(file)),)
    from codesystems.formats import sheets  # large; a server imports this module and opens no workbook

    return sheets.first_rows(file, ROWS)


def _text_rows(file: SourceFile) -> list[Cells]:
    data = file.head(HEAD)
    try:
        utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = data.decode("utf-16", errors="ignore") if utf16 else data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut = len(data) == HEAD and error.start > HEAD - 4
        text = data[: error.start].decode("utf-8-sig") if cut else data.decode("cp1252", errors="replace")
    if len(data) == HEAD:
        text = text[: text.rfind("\n") + 1]
    delimiter = "\t" if file.suffix == ".tsv" else delimiter_of(text)
    rows: list[Cells] = []
    with suppress(csv.Error):  # the rows before a fault are enough to know whose file it is
        rows.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), ROWS))
    return rows
