"""The sheets of a workbook (xls through xlrd, xlsx through openpyxl) as rows of cell texts.

Numbers that are whole are written without decimals, dates as ISO 8601, booleans as true/false, errors as
empty. Trailing empty cells and rows are cut, so a sheet that pretends to have 16 383 columns costs nothing.

Its libraries are large: who reads no workbook, as a server does, does without this module.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import openpyxl
import xlrd
from openpyxl.cell.cell import ERROR_CODES

from codesystems.files import SourceFile
from codesystems.model import Where
from codesystems.report import ReleaseError

Sheet = tuple[str, list[Sequence[str]]]
"""Name and rows."""
MAX_XML = 1 << 30
_ESCAPED = re.compile("_x000[dD]_")
"""How xlsx writes the carriage return of a CRLF inside a cell; the line feed stands there besides."""


def sheets(file: SourceFile) -> Iterator[Sheet]:
    """(name, rows) of each sheet in the workbook's order.

    Raises `ReleaseError` where the file is no workbook, or a workbook that unpacks beyond all reason.
    """
    head = file.head(8)
    if head.startswith(b"PK"):
        yield from _xlsx(file)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        yield from _xls(file)
    else:
        raise ReleaseError("not a workbook: neither xls nor xlsx", Where(file.path))


def first_rows(file: SourceFile, most: int) -> list[Sheet]:
    """(name, first rows) of each sheet, nothing cut. Raises `ReleaseError` as `sheets` does."""
    head = file.head(8)
    try:
        if head.startswith(b"PK"):
            return _xlsx_rows(file, most)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            return _xls_rows(file, most)
    except ReleaseError:
        raise
    except Exception as error:  # what the zip, XML and BIFF layers raise has no common base
        raise ReleaseError(f"not a readable workbook ({error})", Where(file.path)) from error
    raise ReleaseError("not a workbook: neither xls nor xlsx", Where(file.path))


def _check_size(file: SourceFile) -> None:
    """Raises `ReleaseError` for an xlsx that unpacks to more than `MAX_XML` bytes."""
    with zipfile.ZipFile(file.local) as archive:
        if sum(info.file_size for info in archive.infolist()) > MAX_XML:
            raise ReleaseError(f"the workbook unpacks to more than {MAX_XML >> 30} GiB", Where(file.path))


def _xlsx(file: SourceFile) -> Iterator[Sheet]:
    try:
        _check_size(file)
        book = openpyxl.load_workbook(file.local, read_only=True, data_only=True)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                yield sheet.title, _trimmed(sheet.iter_rows(values_only=True))
        finally:
            book.close()
    except ReleaseError:
        raise
    except Exception as error:  # openpyxl raises whatever its XML and zip layers raise
        raise ReleaseError(f"not a readable workbook ({error})", Where(file.path)) from error


def _xls(file: SourceFile) -> Iterator[Sheet]:
    try:
        with open(os.devnull, "w") as quiet, xlrd.open_workbook(str(file.local), logfile=quiet) as book:
            for sheet in book.sheets():
                rows = ([_xls_value(cell, book.datemode) for cell in row] for row in sheet.get_rows())
                yield sheet.name, _trimmed(rows)
    except Exception as error:  # xlrd raises assertion, struct and index errors for damaged files
        raise ReleaseError(f"not a readable workbook ({error})", Where(file.path)) from error


def _xlsx_rows(file: SourceFile, most: int) -> list[Sheet]:
    _check_size(file)
    book = openpyxl.load_workbook(file.local, read_only=True, data_only=True)
    try:
        found: list[Sheet] = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = islice(sheet.iter_rows(values_only=True), most)
            found.append((sheet.title, [[_cell_text(value) for value in row] for row in rows]))
        return found
    finally:
        book.close()


def _xls_rows(file: SourceFile, most: int) -> list[Sheet]:
    with (
        open(os.devnull, "w") as quiet,
        xlrd.open_workbook(str(file.local), logfile=quiet, on_demand=True) as book,
    ):
        return [
            (sheet.name, [_xls_cells(row, book.datemode) for row in islice(sheet.get_rows(), most)])
            for sheet in map(book.sheet_by_index, range(book.nsheets))
        ]


def _xls_cells(row: Sequence[Any], datemode: int) -> list[str]:
    return [_cell_text(_xls_value(cell, datemode)) for cell in row]


def _xls_value(cell: Any, datemode: int) -> object:
    """What an xlrd cell holds, dates as dates."""
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return None if cell.ctype == xlrd.XL_CELL_ERROR else cell.value


def _trimmed(rows: Iterator[Any]) -> list[Sequence[str]]:
    grid: list[Sequence[str]] = []
    blank = 0
    for row in rows:
        last = len(row)
        while last and row[last - 1] in (None, ""):
            last -= 1
        if not last:
            blank += 1
            continue
        grid.extend(() for _ in range(blank))
        blank = 0
        grid.append([_cell_text(value) for value in row[:last]])
    return grid


def _cell_text(value: object) -> str:
    """A cell's value as text; see the module."""
    if value is None or value in ERROR_CODES:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return _ESCAPED.sub("", str(value))
