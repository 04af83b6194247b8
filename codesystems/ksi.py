"""KSI, the Swedish classification of interventions and activities in social services.

Three levels: a chapter is an interval of letters or one pair of them (`SA-SC`, `SD`), a target has three
positions (`SA1`), an activity adds an action and a qualifier (`SA1.AA.ZZ`); only activities are recorded. The
forms: `ksi.tsv` (2026), the publisher's workbook (to 2025, `ksi_formats.workbook`) and the normalised CSV.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from codesystems.building import Builder
from codesystems.files import Package, SourceFile
from codesystems.formats.normalised import codes_in, kinds_stated, read_normalised
from codesystems.formats.peek import TABLES, WORKBOOKS, first_values, peek
from codesystems.formats.records import records
from codesystems.formats.tables import Columns, read_table
from codesystems.ksi_formats.codes import (
    LEVELS,
    SYSTEM,
    canonical,
    chapter_of,
    is_code,
    level_of,
    make,
    shape_of,
    target_of,
)
from codesystems.ksi_formats.workbook import ACTIVITY_SHEET, PROPERTIES, read_workbook
from codesystems.loader import Candidate, Loader, Shape
from codesystems.model import CodeSystemContent, Designation, Hints, designation_kind, property_kind
from codesystems.report import ReleaseError, Report
from codesystems.versions import first_version

NOTES = ("Beskrivning", "Innefattar", "Utesluter", "Relaterad ICF-kod")
TABLE = Columns(required=("Kod", "Titel"), optional=("Överordnad kod", *NOTES))
RANKS = {"table": 3, "workbook": 2, "csv": 1}

_NAME = re.compile(r"ksi(?:[-_ ]?\d[-._\d]*)?", re.IGNORECASE)
_EDITION = re.compile(r"\bKSI (20\d\d)\b")


class KsiLoader(Loader):
    name = "ksi"
    systems = (SYSTEM,)
    expect_min_concepts = 1_500

    def identify(self, package: Package, hints: Hints) -> Iterator[Candidate]:
        for file in package.files:
            form = _form(file)
            if form is not None:
                stated = _edition(file) if form == "workbook" else None
                version = stated or first_version(package.names_above(file))
                yield Candidate(self, SYSTEM, (file,), form, version, rank=RANKS[form])

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        builder = Builder(candidate, report)
        readers = {"table": _read_table, "workbook": read_workbook, "csv": _read_normalised}
        readers[candidate.form](candidate, builder, report)
        return builder.content(PROPERTIES)

    def canonical(self, code: str) -> str:
        return canonical(code)

    def part(self, code: str) -> str:
        return level_of(code)

    def shape(self, code: str) -> Shape:
        return shape_of(code)


def _form(file: SourceFile) -> str | None:
    """Which form of KSI `file` is, by its columns and codes, or by its name where the columns are damaged."""
    named = _NAME.fullmatch(file.stem) is not None
    if file.suffix not in WORKBOOKS + TABLES:
        return None
    if codes := codes_in(file):
        return "csv" if _are_ksi(codes) else None
    if first_values(file, ACTIVITY_SHEET, "Aktivitet_kod"):
        return "workbook"
    if _are_ksi(first_values(file, TABLE, "Kod") or ()):
        return "table"
    if not named:
        return None
    return "workbook" if file.suffix in WORKBOOKS else "table"


def _are_ksi(codes: Iterable[str]) -> bool:
    """Pairs of letters could be another classification's headings: an interval or activity must be there."""
    found = [canonical(code) for code in codes]
    return all(map(is_code, found)) and any("." in code or "-" in code for code in found)


def _edition(file: SourceFile) -> str | None:
    """The year that the workbook's instructions begin with."""
    try:
        texts = (cell for _, rows in peek(file)[:1] for row in rows[:3] for cell in row)
        return next((found[1] for text in texts if (found := _EDITION.search(text))), None)
    except ReleaseError:
        return None


def _read_table(candidate: Candidate, builder: Builder, report: Report) -> None:
    table = read_table(candidate.files[0], TABLE, report)
    stated = table.has("Överordnad kod")
    if not stated:
        report.note("no column for parents: they follow from the codes")
    found = list(records(table.rows, "Kod", "Titel"))
    chapters = [code for code in (canonical(record.code) for record in found) if level_of(code) == "chapter"]
    for record in found:
        code = canonical(record.code)
        parent = canonical(record["Överordnad kod"]) if stated else _parent_of(code, chapters)
        names = (Designation(record["Titel"]),) if record["Titel"] else ()
        if code and not is_code(code):
            report.warn("unusual-code", f"{record.code!r} is not formed like a code of KSI", record.where)
        if code and not names:
            report.warn("no-title", f"{code} has no title", record.where)
        builder.add(make(code, names, parent, record.properties(NOTES)), record.where)
    kinds = {"state", designation_kind("display", SYSTEM.language), "parent"}
    builder.cover(LEVELS, kinds | {property_kind(column) for column in NOTES if table.has(column)})


def _parent_of(code: str, chapters: Iterable[str]) -> str:
    return target_of(code) if level_of(code) == "activity" else chapter_of(code, chapters)


def _read_normalised(candidate: Candidate, builder: Builder, report: Report) -> None:
    entries = read_normalised(candidate.files[0], report)
    for entry in entries:
        concept = make(
            canonical(entry.code),
            entry.designations,
            canonical(entry.parent),
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
        )
        builder.add(concept, entry.where)
    builder.cover(LEVELS, kinds_stated(entries, SYSTEM.language))


LOADER = KsiLoader()
