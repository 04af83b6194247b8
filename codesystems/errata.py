"""Errata of a year's Swedish code files: `andringar-i-kodtextfilerna-for-2021.xlsx`.

A sheet for each classification (`ICD-10-SE-filer`, `KVÅ-filer`, `ICF-filer`) with what was found wrong in the files
of that year and put right: date, code, text, corrected text, for KVÅ also the description before and after, and a
comment. The corrections are in the files published since, which state the facts; the workbook is only the
publisher's word on them. What a row says:

- `retitled` where a corrected text differs from the text before it (of a text that goes on below, the first line);
- `withdrawn` or `introduced` where the comment says so: `Kod utgår.`, `Koden återinsätts …`;
- `changed` otherwise: a description, a code put in its right place. A row may be about an interval of codes.

Its day is that from which the comment says it is valid (`Gäller fr.o.m. 2021-02-01`), else that of the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from codesystems import icd10se, icf, kva
from codesystems.building import statements
from codesystems.files import Package, SourceFile
from codesystems.formats.peek import WORKBOOKS, Sheet, peek
from codesystems.formats.tables import Columns, Row, find_header, fold, read_table
from codesystems.loader import Candidate, Loader
from codesystems.model import ChangeType, Hints, StatedChange, StatedContent
from codesystems.report import ReleaseError, Report
from codesystems.versions import first_version, iso_day

DAY, CODE, COMMENT = "Datum", "Kod", "Kommentar"
OLD = ("Kodtext", "(Ev. felaktig) kodtext", "(Ev. felaktig) Text")
NEW = ("Ändrad kodtext", "(Ev. justerad korrekt) kodtext", "Rättad text")
OLD_NOTE, NEW_NOTE = "Felaktig beskrivningstext", "Korrekt beskrivningstext"
COLUMNS = Columns(
    required=(DAY, CODE, NEW, COMMENT),
    optional=(OLD,),
    ignore=(OLD_NOTE, NEW_NOTE, "Leafnode"),
)
HOMES = {"icd-10-se-filer": icd10se.LOADER, "kvå-filer": kva.LOADER, "icf-filer": icf.LOADER}
"""Sheet → whose codes it is about."""
_TITLE = re.compile(r"kodtextfilerna för ((?:19|20)\d\d)", re.I)
_VALID_FROM = re.compile(r"gäller fr\.? ?o\.? ?m\.? (\d{4}-\d\d-\d\d)", re.I)
_EVENTS: tuple[tuple[re.Pattern[str], ChangeType], ...] = (
    (re.compile(r"(kod|kategori)(en)? utgår\b(?! som)", re.I), "withdrawn"),
    (re.compile(r"(kod|kategori)(en)? återinsätts\b", re.I), "introduced"),
)


class ErrataLoader(Loader):
    name = "errata"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for file in package.files:
            found = [sheet for sheet in _sheets(file) if _has_rows(sheet)]
            unknown = tuple(f"{file.path}[{name}]: not read" for name, _ in found if fold(name) not in HOMES)
            version = _version(file) if found else None
            for name, _ in found:
                if home := HOMES.get(fold(name)):
                    yield Candidate(
                        loader=self,
                        system=home.systems[0],
                        files=(file,),
                        form="errata",
                        version=version,
                        notes=unknown,
                        states_only=True,
                    )

    def read(self, candidate: Candidate, report: Report) -> StatedContent:
        (file,) = candidate.files
        sheet, home = next((name, home) for name, home in HOMES.items() if candidate.system in home.systems)
        rows = read_table(file, COLUMNS, report, sheet=sheet).rows
        return statements(candidate, [_stated(row, home, report) for row in rows if _says(row, report)], report)


def _sheets(file: SourceFile) -> Iterable[Sheet]:
    """A workbook's first rows; nothing where it is none or cannot be opened, which its own loader will say."""
    if file.suffix not in WORKBOOKS:
        return ()
    try:
        return peek(file)
    except ReleaseError:
        return ()


def _has_rows(sheet: Sheet) -> bool:
    _, rows = sheet
    at = find_header(rows, COLUMNS)
    return at is not None and any(cell.strip() for cells in rows[at + 1 :] for cell in cells)


def _version(file: SourceFile) -> str | None:
    """`errata-2021`, by the workbook's title, else its name."""
    titles = (_TITLE.search(cell) for _, rows in _sheets(file) for cells in rows for cell in cells)
    year = next((title[1] for title in titles if title), None) or first_version((file.stem,))
    return f"errata-{year}" if year else None


def _says(row: Row, report: Report) -> bool:
    if not row[CODE]:
        report.warn("row-without-code", "no code in this row", row.where)
    return bool(row[CODE])


def _stated(row: Row, home: Loader, report: Report) -> StatedChange:
    return StatedChange(home.canonical(row[CODE]), _type(row), _date(row, report), row.where.file, row.where.line or 0)


def _type(row: Row) -> ChangeType:
    new = _first_line(row[NEW[0]])
    if new and new != _first_line(row[OLD[0]]):
        return "retitled"
    return next((kind for pattern, kind in _EVENTS if pattern.match(row[COMMENT])), "changed")


def _first_line(text: str) -> str:
    return text.partition("\n")[0].strip()


def _date(row: Row, report: Report) -> date | None:
    valid = _VALID_FROM.search(row[COMMENT])
    for text in (valid[1] if valid else "", row[DAY][:10]):
        if day := iso_day(text):
            return day
    report.warn("bad-date", f"{row[CODE]}: {DAY} is {row[DAY]!r}, not a day", row.where)
    return None


LOADER = ErrataLoader()
