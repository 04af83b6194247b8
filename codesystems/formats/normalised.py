"""The normalised CSV, one plain table for any list: `code,label,label_en,parent_code,valid_from,valid_to`.

Other parties than the publisher write Swedish classifications in this layout. It carries codes, titles,
parents and dates, and no notes; a column that is empty in the whole file is not stated, rather than stated to
be empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from codesystems.files import SourceFile
from codesystems.formats.peek import first_values
from codesystems.formats.tables import Columns, Row, read_table
from codesystems.model import Designation, Where, designation_kind
from codesystems.report import Report

COLUMNS = Columns(required=("code", "label", "parent_code"), optional=("label_en", "valid_from", "valid_to"))
_LAYOUT = Columns(required=("code", "label", "label_en", "parent_code", "valid_from", "valid_to"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. Codes are as the file writes them, stripped."""

    where: Where
    code: str
    parent: str
    designations: tuple[Designation, ...]
    valid_from: date | None
    valid_to: date | None


def codes_in(file: SourceFile) -> tuple[str, ...]:
    """The first codes of a file in this layout; empty for any other file."""
    return first_values(file, _LAYOUT, "code") or ()


def read_normalised(file: SourceFile, report: Report) -> list[Entry]:
    """Every row of `file`; a date that is none is reported. Raises `ReleaseError` for any other table."""
    return [_entry(row, report) for row in read_table(file, COLUMNS, report).rows]


def kinds_stated(entries: Iterable[Entry], language: str) -> set[str]:
    """What the file speaks of: codes, titles, parents; English titles and dates where it has any."""
    kinds = {"state", designation_kind("display", language), "parent"}
    for entry in entries:
        kinds.update(designation_kind("display", name.language or language) for name in entry.designations)
        if entry.valid_from or entry.valid_to:
            kinds.add("validity")
    return kinds


def _entry(row: Row, report: Report) -> Entry:
    names = [Designation(row["label"])] if row["label"] else []
    if row["label_en"]:
        names.append(Designation(row["label_en"], language="en"))
    if not row["label"]:
        report.warn("no-title", f"{row['code'] or 'a row'} has no title", row.where)
    first, last = (_day(row, column, report) for column in ("valid_from", "valid_to"))
    return Entry(row.where, row["code"], row["parent_code"], tuple(names), first, last)


def _day(row: Row, column: str, report: Report) -> date | None:
    text = row[column]
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        report.warn("bad-date", f"{column} is {text!r}, not a date", row.where)
        return None
