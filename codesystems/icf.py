"""ICF-SE, the Swedish classification of functioning, disability and health (WHO's ICF with national codes).

The forms: `icf.tsv` (2026), the publisher's workbooks (to 2019, `icf_formats.workbook`), the normalised CSV.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from codesystems.building import Builder
from codesystems.files import Package, SourceFile
from codesystems.formats.normalised import codes_in, kinds_stated, read_normalised
from codesystems.formats.peek import TABLES, WORKBOOKS, first_values, peek
from codesystems.formats.records import records
from codesystems.formats.tables import Columns, find_header, read_table
from codesystems.icf_formats.codes import (
    PARTS,
    SYSTEM,
    canonical,
    is_code,
    make,
    names_of,
    parent_of,
    part_of,
    shape_of,
)
from codesystems.icf_formats.workbook import CATEGORY_SHEET, CODE, CORE_SETS, NOTES, read_workbook
from codesystems.loader import Candidate, Loader, Shape
from codesystems.model import CodeSystemContent, Hints, PropertyDef, designation_kind, property_kind
from codesystems.report import ReleaseError, Report
from codesystems.versions import first_version, iso_day

OTHER, PARENT, FACTOR = "Alternativ titel", "Överordnad kod", "Bedömningsfaktor"
TABLE = Columns(required=("Kod", "Titel"), optional=(PARENT, (OTHER, "Alternativ term"), *NOTES, FACTOR))
PROPERTIES = (
    *(PropertyDef(column, column, note=True) for column in (*NOTES, FACTOR)),
    PropertyDef(CORE_SETS, CORE_SETS),
)
RANKS = {"table": 3, "workbook": 2, "csv": 1}

_NAME = re.compile(r"icf(?:[-_ ]?\d[-._\d]*)?", re.IGNORECASE)
_EDITION = re.compile(r"\bICF\D{0,12}?((?:19|20)\d\d(?:\.\d)?)(?!\d)", re.IGNORECASE)
_NUMBERED = re.compile(r"(?<!\d)((?:19|20)\d\d\.\d)(?!\d)")
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")


class IcfLoader(Loader):
    name = "icf"
    systems = (SYSTEM,)
    expect_min_concepts = 1_400

    def identify(self, package: Package, hints: Hints) -> Iterator[Candidate]:
        for file in package.files:
            form = _form(file)
            if form is not None:
                version, day = _edition(file) if form == "workbook" else (None, None)
                names = package.names_above(file)
                version = version or _numbered(names) or first_version(names)
                yield Candidate(self, SYSTEM, (file,), form, version, effective=day, rank=RANKS[form])

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        builder = Builder(candidate, report)
        readers = {"table": _read_table, "workbook": read_workbook, "csv": _read_normalised}
        readers[candidate.form](candidate, builder, report)
        return builder.content(PROPERTIES)

    def canonical(self, code: str) -> str:
        return canonical(code)

    def part(self, code: str) -> str:
        return part_of(code)

    def shape(self, code: str) -> Shape:
        return shape_of(code)


def _form(file: SourceFile) -> str | None:
    """Which form of ICF `file` is, by its columns and codes, or by its name where the columns are damaged."""
    if file.suffix not in WORKBOOKS + TABLES:
        return None
    if codes := codes_in(file):
        return "csv" if _are_icf(codes) else None
    if file.suffix in WORKBOOKS and _are_icf(first_values(file, CATEGORY_SHEET, CODE) or ()):
        return "workbook"
    if _are_icf(first_values(file, TABLE, "Kod") or ()):
        return "table"
    if not _NAME.fullmatch(file.stem):
        return None
    return "workbook" if file.suffix in WORKBOOKS else "table"


def _are_icf(codes: Iterable[str]) -> bool:
    """The workbooks' makeshift codes of blocks (`b1a`) count as codes here."""
    found = [canonical(code) for code in codes]
    return bool(found) and all(is_code(code) or is_code(code[:-1]) for code in found)


def _edition(file: SourceFile) -> tuple[str | None, date | None]:
    """The version in the name of the sheet of categories (`ICF 2019 + Core Sets`), and the day at the top of
    the instructions where they begin with one."""
    try:
        sheets = peek(file)
    except ReleaseError:
        return None, None
    names = (name for name, rows in sheets if find_header(rows, CATEGORY_SHEET) is not None)
    version = next((found[1] for name in names if (found := _EDITION.search(name))), None)
    cells = (cell.strip() for _, rows in sheets[:1] for row in rows[:3] for cell in row)
    days = (cell for cell in cells if _DAY.fullmatch(cell) and version and cell.startswith(version[:4]))
    return version, next(map(iso_day, days), None)


def _numbered(names: Iterable[str]) -> str | None:
    """A year with a number behind it (`icf-2018.2.xls`), the second release of that year."""
    return next((found[1] for name in names if (found := _NUMBERED.search(name))), None)


def _read_table(candidate: Candidate, builder: Builder, report: Report) -> None:
    table = read_table(candidate.files[0], TABLE, report)
    stated = table.has(PARENT)
    if not stated:
        report.note("no column for parents: they follow from the codes")
    found = list(records(table.rows, "Kod", "Titel"))
    codes = {canonical(record.code) for record in found}
    blocks = sorted(code for code in codes if "-" in code)
    for record in found:
        code = canonical(record.code)
        if code and not is_code(code):
            report.warn("unusual-code", f"{record.code!r} is not formed like a code of ICF", record.where)
        if code and not record["Titel"]:
            report.warn("no-title", f"{code} has no title", record.where)
        parent = canonical(record[PARENT]) if stated else parent_of(code, codes, blocks)
        names = names_of(record["Titel"], record.values(OTHER))
        builder.add(make(code, names, parent, record.properties((*NOTES, FACTOR))), record.where)
    kinds = {"state", designation_kind("display", SYSTEM.language), "parent"}
    kinds |= {property_kind(column) for column in (*NOTES, FACTOR) if table.has(column)}
    kinds |= {designation_kind("synonym", SYSTEM.language)} if table.has(OTHER) else set()
    builder.cover(PARTS, kinds)


def _read_normalised(candidate: Candidate, builder: Builder, report: Report) -> None:
    entries = read_normalised(candidate.files[0], report)
    for entry in entries:
        code = canonical(entry.code)
        builder.add(make(code, entry.designations, canonical(entry.parent)), entry.where)
        if code:
            builder.update(code, valid_from=entry.valid_from, valid_to=entry.valid_to)
    builder.cover(PARTS, kinds_stated(entries, SYSTEM.language))


LOADER = IcfLoader()
