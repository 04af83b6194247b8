"""The rows of a customer's list, one at a time: delimited text of any size, or a workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from codesystems.files import SourceFile
from codesystems.formats.tables import (
    HEADER_SEARCH,
    MAX_CELL,
    Cells,
    Columns,
    closest_header,
    delimiter_of,
    fold,
    grids,
)
from codesystems.formats.text import encoding_of
from codesystems.model import Where
from codesystems.report import ReleaseError, Report
from termservice.checklist import Row

CODE_COLUMNS = (
    "code", "kod", "diagnos", "diagnoskod", "diagnosis", "huvuddiagnos", "hdia", "dia", "icd10", "icd-10", "icd-10-se",
    "icd", "åtgärd", "åtgärdskod", "op", "kva", "kvå", "ksi", "icf", "atc", "atc-kod", "atckod", "drg", "conceptid",
)  # fmt: skip
"""What the column with the codes is called where nobody says, the first that a list has."""
DETECTED_IN = 1 << 20
"""How many bytes the encoding is told from."""
_WORKBOOKS = (".xls", ".xlsx", ".xlsm")
_END_OF_FILE = "\x1a"


@dataclass(frozen=True, slots=True)
class _Header:
    """Where things stand: the header's line, and the places and names of the columns."""

    line: int
    code: int
    date: int | None
    names: tuple[str, ...]


class CustomerList:
    """A list whose columns have been found. Raises `ReleaseError` where they are not, naming those found.

    The encoding is told from the beginning of the file, as that of releases is; what it cannot decode further on
    stands in its cell as `\\xNN`.
    """

    def __init__(self, path: Path, code_column: str | None = None, date_column: str | None = None) -> None:
        self.path = path
        self._file = SourceFile(path.name, path)
        self._codes = CODE_COLUMNS if code_column is None else (code_column,)
        self._date = date_column
        self._sheet = ""
        self.encoding: str | None = None
        """None of a workbook."""
        if self._file.suffix in _WORKBOOKS:
            self._grid, self._header = self._find_sheet()
        else:
            self._grid = []
            self.encoding = _encoding(self._file)
            with self._open() as stream:
                start = list(islice(stream, HEADER_SEARCH))
            self._delimiter = "\t" if self._file.suffix == ".tsv" else delimiter_of("".join(start))
            rows = [cells for _, cells in islice(self._delimited(), HEADER_SEARCH)]
            if not any(map(any, rows)):
                raise ReleaseError("the file is empty", Where(path.name))
            header = self._find_header(rows)
            if header is None:
                raise self._no_columns(rows)
            self._header = header

    @property
    def code_column(self) -> str:
        return self._header.names[self._header.code].strip()

    @property
    def date_column(self) -> str | None:
        return None if self._header.date is None else self._header.names[self._header.date].strip()

    def rows(self) -> Iterator[Row]:
        """(line, code, date) of every row that has anything in it. May be asked for again.

        Raises `ReleaseError` where the text is no table from some line on.
        """
        at, code_place, date_place = self._header.line, self._header.code, self._header.date
        table = self._delimited() if self.encoding else enumerate(self._grid, start=1)
        for line, cells in table:
            if line <= at or not any(cells) or cells == [_END_OF_FILE]:
                continue
            width = len(cells)
            code = cells[code_place].strip() if code_place < width else ""
            if date_place is None:
                yield line, code, None
            else:
                yield line, code, cells[date_place].strip() if date_place < width else ""

    @contextmanager
    def _open(self) -> Iterator[TextIO]:
        with self.path.open(encoding=self.encoding, errors="backslashreplace", newline="") as stream:
            yield stream

    def _delimited(self) -> Iterator[tuple[int, Cells]]:
        """Rows with the line that each begins on."""
        csv.field_size_limit(MAX_CELL)
        with self._open() as stream:
            reader = csv.reader(stream, delimiter=self._delimiter, strict=True)
            before = 0
            try:
                for cells in reader:
                    yield before + 1, cells
                    before = reader.line_num
            except csv.Error as error:
                raise ReleaseError(f"not a readable table ({error})", Where(self.path.name, before + 1)) from error

    def _find_sheet(self) -> tuple[Sequence[Cells], _Header]:
        tops: list[Cells] = []
        for _, grid in grids(self._file, Report()):
            header = self._find_header(grid[:HEADER_SEARCH])
            if header is not None:
                return grid, header
            tops += grid[:HEADER_SEARCH]
        raise self._no_columns(tops)

    def _find_header(self, rows: Sequence[Cells]) -> _Header | None:
        for line, cells in enumerate(rows, start=1):
            names = [fold(cell) for cell in cells]
            code = next((names.index(name) for name in map(fold, self._codes) if name in names), None)
            if code is None or (self._date is not None and fold(self._date) not in names):
                continue
            return _Header(line, code, None if self._date is None else names.index(fold(self._date)), tuple(cells))
        return None

    def _no_columns(self, rows: Sequence[Cells]) -> ReleaseError:
        wanted = (self._codes, self._date) if self._date is not None else (self._codes,)
        _, found = closest_header(rows, Columns(wanted))
        codes = "column with codes (code, kod, …)" if self._codes is CODE_COLUMNS else f"column {self._codes[0]!r}"
        dates = "" if self._date is None else f" beside a column {self._date!r}"
        return ReleaseError(f"no {codes}{dates}; found {', '.join(found) or 'none'}", Where(self.path.name))


def _encoding(file: SourceFile) -> str:
    head = file.head(DETECTED_IN)
    whole = head[: head.rfind(b"\n") + 1] if len(head) == DETECTED_IN else head
    return encoding_of(whole or head, file.path)
