"""The rows of a customer's list, one at a time: delimited text of any size, or a workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    """Where things stand: the header's row, counted from 1, and the places and names of the columns."""

    row: int
    code: int
    date: int | None
    names: tuple[str, ...]
    others: Mapping[str, int] = field(default_factory=dict)
    """The places of columns that were asked for besides the code's, by the names they were asked for by."""


class CustomerList:
    """A list whose columns have been found. Raises `ReleaseError` where they are not, naming those found.

    The encoding is told from the beginning of the file, as that of releases is; what it cannot decode further on
    stands in its cell as `\\xNN`.
    """

    def __init__(
        self, path: Path, code_column: str | None = None, date_column: str | None = None, others: Sequence[str] = ()
    ) -> None:
        """`others` are further columns that the list must have."""
        self.path = path
        self._file = SourceFile(path.name, path)
        self._codes = CODE_COLUMNS if code_column is None else (code_column,)
        self._date = date_column
        self._others = others
        self._sheet = ""
        self.encoding: str | None = None
        """None of a workbook."""
        self.delimiter = ","
        """What stands between cells; of a workbook, what would if it were text."""
        if self._file.suffix in _WORKBOOKS:
            self._grid, self._header = self._find_sheet()
        else:
            self._grid = []
            self.encoding = _encoding(self._file)
            with self._open() as stream:
                start = list(islice(stream, HEADER_SEARCH))
            self.delimiter = "\t" if self._file.suffix == ".tsv" else delimiter_of("".join(start))
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

    @property
    def names(self) -> tuple[str, ...]:
        """The header's cells as they stand."""
        return self._header.names

    def place(self, column: str | None = None) -> int:
        """Where a column asked for as one of `others` stands, from 0; without a name that of the codes."""
        return self._header.code if column is None else self._header.others[column]

    @property
    def date_place(self) -> int | None:
        return self._header.date

    def before(self) -> Iterator[Cells]:
        """The rows above the header."""
        return (cells for _, cells in islice(self._table(), self._header.row - 1))

    def cells(self) -> Iterator[tuple[int, Cells]]:
        """(line, cells) of every row below the header that has any cell; of a workbook, anything in one.

        May be asked for again. Raises `ReleaseError` as `rows` does.
        """
        text = self.encoding is not None
        for line, cells in islice(self._table(), self._header.row, None):
            if cells and (text or any(cells)) and cells != [_END_OF_FILE]:
                yield line, cells

    def rows(self) -> Iterator[Row]:
        """(line, code, date) of every row that has anything in it. May be asked for again.

        Raises `ReleaseError` where the text is no table from some line on.
        """
        code_place, date_place = self._header.code, self._header.date
        for line, cells in islice(self._table(), self._header.row, None):
            if not any(cells) or cells == [_END_OF_FILE]:
                continue
            width = len(cells)
            code = cells[code_place].strip() if code_place < width else ""
            if date_place is None:
                yield line, code, None
            else:
                yield line, code, cells[date_place].strip() if date_place < width else ""

    def _table(self) -> Iterator[tuple[int, Cells]]:
        return self._delimited() if self.encoding else enumerate(self._grid, start=1)

    @contextmanager
    def _open(self) -> Iterator[TextIO]:
        with self.path.open(encoding=self.encoding, errors="backslashreplace", newline="") as stream:
            yield stream

    def _delimited(self) -> Iterator[tuple[int, Cells]]:
        """Rows with the line that each begins on."""
        csv.field_size_limit(MAX_CELL)
        with self._open() as stream:
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
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
        wanted = [name for name in (self._date, *self._others) if name is not None]
        for row, cells in enumerate(rows, start=1):
            names = [fold(cell) for cell in cells]
            code = next((names.index(name) for name in map(fold, self._codes) if name in names), None)
            if code is None or any(fold(name) not in names for name in wanted):
                continue
            places = {name: names.index(fold(name)) for name in wanted}
            return _Header(row, code, None if self._date is None else places[self._date], tuple(cells), places)
        return None

    def _no_columns(self, rows: Sequence[Cells]) -> ReleaseError:
        beside = [name for name in (self._date, *self._others) if name is not None]
        _, found = closest_header(rows, Columns((self._codes, *beside)))
        codes = "column with codes (code, kod, …)" if self._codes is CODE_COLUMNS else f"column {self._codes[0]!r}"
        others = " beside a column " + " and ".join(map(repr, beside)) if beside else ""
        return ReleaseError(f"no {codes}{others}; found {', '.join(found) or 'none'}", Where(self.path.name))


def _encoding(file: SourceFile) -> str:
    head = file.head(DETECTED_IN)
    whole = head[: head.rfind(b"\n") + 1] if len(head) == DETECTED_IN else head
    return encoding_of(whole or head, file.path)
