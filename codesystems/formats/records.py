"""Code tables in which one code may take several rows.

The publishers' tables of today repeat a code on further rows that hold only one more value of one column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from codesystems.formats.html import text_of_html
from codesystems.formats.tables import Row
from codesystems.model import Property, Where


@dataclass(frozen=True, slots=True)
class Record:
    """A code's first row and the rows that continue it."""

    code: str
    row: Row
    more: list[Row] = field(default_factory=list)

    @property
    def where(self) -> Where:
        return self.row.where

    def __getitem__(self, column: str) -> str:
        return self.row[column]

    def values(self, column: str) -> tuple[str, ...]:
        """The distinct values of `column` over all rows, as plain text."""
        texts = (plain(cell) for row in (self.row, *self.more) if (cell := row[column]))
        return tuple(dict.fromkeys(text for text in texts if text))

    def properties(self, columns: Iterable[str]) -> tuple[Property, ...]:
        """The values of `columns` as properties named after them."""
        return tuple(Property(column, value) for column in columns for value in self.values(column))


def records(rows: Iterable[Row], code: str, title: str) -> Iterator[Record]:
    """Rows in the file's order, those that continue an earlier row (same `code`, no `title`) joined to it."""
    found: list[Record] = []
    first: dict[str, Record] = {}
    for row in rows:
        before = first.get(row[code])
        if before is not None and not row[title]:
            before.more.append(row)
            continue
        found.append(Record(row[code], row))
        first.setdefault(row[code], found[-1])
    first.pop("", None)
    return iter(found)


def plain(cell: str) -> str:
    """A cell's text without mark-up, its line ends as `\\n`."""
    return text_of_html(cell.replace("\r\n", "\n").replace("\r", "\n"))
