"""The workbooks of ICF (to 2019): one sheet of categories with the ICF Core Sets as columns.

Columns are those of the workbook's own instructions (sheet Anvisningar). Blocks have no code of their own, or
a makeshift one (`b1a`, `b139A`): their code is the range of the categories in them, as `icf.tsv` writes it.
What stands behind the documented columns is a core set where all its cells are marks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from codesystems.building import Builder
from codesystems.files import SourceFile
from codesystems.formats.changes import ChangeColumns
from codesystems.formats.peek import peek
from codesystems.formats.records import plain
from codesystems.formats.tables import Columns, Row, Table, find_header, fold, read_table
from codesystems.icf_formats.codes import SYSTEM, canonical, is_code, make, names_of, parent_of
from codesystems.loader import Candidate
from codesystems.model import ChangeType, Property, designation_kind, property_kind
from codesystems.report import Report

CORE_SETS = "ICF Core Sets"
NOTES = ("Beskrivning", "Innefattar", "Utesluter", "Anmärkning")

CODE, TITLE, OTHER = "ICF-koder", "Benämning/kodtext", "Alternativ term"
CATEGORY_SHEET = Columns(required=((CODE, "ICF-kod"), TITLE))

_PLACE = ("Komponent", "Kapitel", "Block")
_SECOND = "Andra nivå"
_CHANGES: dict[str, ChangeType] = {
    "Ny kod": "introduced",
    "Ändrad text": "changed",
    "Ändrad Alternativ term": "changed",
    "Borttagen kod": "withdrawn",
}
_KNOWN = Columns(
    required=CATEGORY_SHEET.required,
    optional=((OTHER, "Alternativ titel"), *NOTES, *_PLACE, _SECOND, *_CHANGES),
    ignore=("Tredje nivå", "Fjärde nivå", "Kodnivå", "Sortering", "Leafnode"),  # follow from the code
)
_MARKS = {"": False, "0": False, "1": True, "2": True}
_RANGE = re.compile(r"([bsde]\d{3})\s*[-–]\s*([bsde]\d{3})")


def read_workbook(candidate: Candidate, builder: Builder, report: Report) -> None:
    """Add every category, chapter and block to `builder`. Raises `ReleaseError` for missing columns."""
    file = candidate.files[0]
    others = _further_columns(file)
    table = read_table(file, Columns(_KNOWN.required, (*_KNOWN.optional, *others), _KNOWN.ignore), report)
    sets = _core_sets(table, others, report)
    blocks = _blocks(table, report)
    codes = {number: blocks.get(number) or canonical(row[CODE]) for number, row in enumerate(table.rows)}
    present = set(codes.values())
    changes = ChangeColumns(_CHANGES, candidate.effective or date.max, report)
    for number, row in enumerate(table.rows):
        code = codes[number]
        if code and not is_code(code):
            report.warn("unusual-code", f"{row[CODE]!r} is not formed like a code of ICF", row.where)
        if code and not row[TITLE]:
            report.warn("no-title", f"{code} has no title", row.where)
        parent = parent_of(code, present, blocks.values())
        names = names_of(row[TITLE], filter(None, (row[OTHER],)))
        builder.add(make(code, names, parent, tuple(_properties(row, sets))), row.where)
        if row["Borttagen kod"] and code:
            builder.update(code, active=False)
        for change in changes.read(row, code) if code else ():
            builder.stated(change)
    _cover(table, builder, bool(sets), bool(blocks))


def _further_columns(file: SourceFile) -> tuple[str, ...]:
    """The header's names that are not documented columns, in order, each once."""
    known = {spelling for spelling, _, _ in _KNOWN.spellings()} | {fold(name) for name in _KNOWN.ignore}
    for _, rows in peek(file):
        at = find_header(rows, CATEGORY_SHEET)
        if at is not None:
            names = (" ".join(cell.split()) for cell in rows[at])
            return tuple({fold(name): name for name in names if name and fold(name) not in known}.values())
    return ()


def _core_sets(table: Table, columns: tuple[str, ...], report: Report) -> dict[str, str]:
    """Column → name of the core set; columns that hold anything but marks are reported instead."""
    found: dict[str, str] = {}
    for column in columns:
        values = {row[column] for row in table.rows}
        if values <= _MARKS.keys():
            found[column] = column.rstrip("*").strip()  # the asterisk is a footnote
        else:
            report.warn("unknown-column", f"column {column!r} is not read", table.rows[0].where)
    return found


def _blocks(table: Table, report: Report) -> dict[int, str]:
    """Row number → code of the rows that are blocks: in a block, but above its second level."""
    members: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    heads: dict[int, tuple[str, ...]] = {}
    for number, row in enumerate(table.rows):
        place = tuple(row[column] for column in _PLACE)
        code = canonical(row[CODE])
        if place[2] not in ("", "0") and row[_SECOND] == "0":
            heads[number] = place
        elif len(code) == 4 and is_code(code):
            members[place].append(code)
    found: dict[int, str] = {}
    for number, place in heads.items():
        row, inside = table.rows[number], members[place]
        if inside:
            found[number] = f"{min(inside)}-{max(inside)}"
            _compare(row, found[number], report)
        else:
            report.warn("block-without-categories", f"no code for the block {row[TITLE]!r}", row.where)
    return found


def _compare(row: Row, code: str, report: Report) -> None:
    """Tell where the block's own cells say something else than its categories."""
    stated = _RANGE.search(row[TITLE])
    if row[CODE] and canonical(row[CODE]) != code:
        report.warn("makeshift-code", f"{row[CODE]!r} is the block {code}", row.where)
    if stated and f"{stated[1]}-{stated[2]}" != code:
        report.warn("block-range", f"{row[TITLE]!r}: its categories are {code}", row.where)


def _properties(row: Row, sets: dict[str, str]) -> Iterator[Property]:
    for column in NOTES:
        if text := plain(row[column]):
            yield Property(column, text)
    for name in dict.fromkeys(name for column, name in sets.items() if _MARKS.get(row[column])):
        yield Property(CORE_SETS, name)


def _cover(table: Table, builder: Builder, sets: bool, blocks: bool) -> None:
    kinds = {"state", designation_kind("display", SYSTEM.language), "parent"}
    kinds |= {property_kind(column) for column in NOTES if table.has(column)}
    kinds |= {designation_kind("synonym", SYSTEM.language)} if table.has(OTHER) else set()
    kinds |= {property_kind(CORE_SETS)} if sets else set()
    builder.cover(("category", "block") if blocks else ("category",), kinds)
