"""`icd-10-se.tsv` (2023 to today): 16 columns, a row per code and further rows for further values.

Source: the publisher's file description. Codes are dotted, cells may hold HTML; a continuation row repeats
`Kod` and holds one more value of one column. There is a valid-from and no valid-to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from codesystems.building import Builder
from codesystems.files import SourceFile
from codesystems.formats.records import Record, plain, records
from codesystems.formats.tables import Columns, read_table
from codesystems.icd10se_formats.codes import Part, canonical, part
from codesystems.icd10se_formats.concepts import (
    CODE_LEVEL,
    DISPLAY_KIND,
    LINK,
    MARK,
    NOT_MAIN,
    NOTES,
    RANGE_KIND,
    concept,
)
from codesystems.icd10se_formats.hierarchy import place
from codesystems.icd10se_formats.parts import ALL
from codesystems.model import Designation, Property, designation_kind, property_kind
from codesystems.report import Report

CODE, VALID_FROM, PARENT, TITLE, LATIN = "Kod", "Giltig från", "Överordnad kod", "Titel", "Latin"
COLUMNS = Columns(
    required=(CODE, VALID_FROM, PARENT, TITLE, LATIN, *NOTES, MARK, LINK, NOT_MAIN, CODE_LEVEL),
)
DISTINCTIVE = (LATIN, MARK, LINK, NOT_MAIN, CODE_LEVEL)
"""Columns that the publisher's tables of other classifications do not have."""
_KINDS = (
    "state",
    "validity",
    DISPLAY_KIND,
    designation_kind("synonym", "la"),
    *(property_kind(code) for code in (*NOTES, MARK, LINK, NOT_MAIN, CODE_LEVEL)),
)
_BETWEEN_LINKS = re.compile(r"[\n;]|,\s*(?=[A-Z]\d\d)")
_LINK = re.compile(r"([A-Z]\d\d(?:\.[0-9A-Z]+)?)[†*]?(?=\s*$|\s+[^\s-])")


def read_tsv(files: Sequence[SourceFile], builder: Builder, report: Report) -> frozenset[Part]:
    """Take the codes of the main file and of those beside it (codes for use at short notice).

    A code that the main file has already is not taken from another. Returns the parts covered: all of them.
    Raises `ReleaseError` for a missing column.
    """
    stated: dict[str, str] = {}
    for file in files:
        before = {known.code for known in builder}
        rows = read_table(file, COLUMNS, report).rows
        # Rows with a title first: what continues a code may also stand before it.
        for record in records(sorted(rows, key=lambda row: not row[TITLE]), CODE, TITLE):
            code = canonical(record.code)
            if code in before:
                report.warn("duplicate-row", f"{code} is in another file of the release too", record.where)
                continue
            _take(code, record, stated, builder, report)
    builder.cover(ALL, [*_KINDS, RANGE_KIND])
    place(builder, ALL, stated, report)
    return ALL


def _take(code: str, record: Record, stated: dict[str, str], builder: Builder, report: Report) -> None:
    title = " ".join(plain(record[TITLE]).split("\n"))
    if code and not title:
        report.warn("no-title", f"{code} has no title", record.where)
    if part(code) == "other" and code:
        report.warn("unknown-shape", f"{code!r} does not look like a code", record.where)
    if parents := [canonical(parent) for parent in record.values(PARENT)]:
        stated[code] = parents[0]
        if len(parents) > 1:
            report.warn("two-parents", f"{code} is under {' and '.join(parents)}", record.where)
    builder.add(
        concept(
            code,
            title,
            names=[Designation(name, "synonym", "la") for name in record.values(LATIN)],
            properties=_properties(record, report),
            valid_from=_day(record, report),
        ),
        record.where,
    )
    for row in record.more:
        if not any(row[column] for column in COLUMNS.required[1:] if isinstance(column, str)):
            report.warn("empty-row", f"{code} is repeated without a value", row.where)


def _properties(record: Record, report: Report) -> Iterator[Property]:
    """Notes as they are; marks and links as the codes and signs they state."""
    yield from record.properties(NOTES)
    for value in record.values(MARK):
        marks = dict.fromkeys(re.findall("[†*]", value))
        if not marks:
            report.warn("unknown-mark", f"{record.code}: {value!r} names neither † nor *", record.where)
        yield from (Property(MARK, mark) for mark in marks)
    links = (link for value in record.values(LINK) for link in _links(value))
    yield from (Property(LINK, link) for link in dict.fromkeys(links))
    yield from record.properties((NOT_MAIN, CODE_LEVEL))


def _links(value: str) -> Iterator[str]:
    """The codes that a cell lists, their titles left out; what is no code (a range) stays as it is."""
    for piece in filter(None, map(str.strip, _BETWEEN_LINKS.split(value))):
        match = _LINK.match(piece)
        yield canonical(match[1]) if match else piece


def _day(record: Record, report: Report) -> date | None:
    days = record.values(VALID_FROM)
    if len(days) > 1:
        report.warn("two-dates", f"{record.code} is valid from {' and '.join(days)}", record.where)
    try:
        return date.fromisoformat(days[0][:10]) if days else None
    except ValueError:
        report.warn("bad-date", f"{record.code}: {VALID_FROM} is {days[0]!r}, not a date", record.where)
        return None
