"""WHO's simple tabulation of ICD-11 MMS: a table of all entities in the order of the hierarchy.

Source: WHO's `readme.txt` beside the file. Foundation URI, Linearization URI, Code, BlockId, Title (with `- ` for each
level), ClassKind (chapter, block, category), DepthInKind, IsResidual, ChapterNo, BrowserLink, isLeaf, Primary
tabulation, Grouping1–5, and a last column whose name is the version (`Version:2024 Jan 21 - 22:30 UTC`) and that has no
cells. Later releases add CodingNote and Parent (a URI of the parent), translations TitleEN: `Title` is then in the
language that the file's name ends in, and empty where not yet translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

from codesystems.files import SourceFile
from codesystems.formats.icd11_codes import canonical
from codesystems.formats.peek import TABLES, WORKBOOKS, peek
from codesystems.formats.tables import Cells, Columns, Row, Table, find_header, fold, read_table
from codesystems.model import Where
from codesystems.report import ReleaseError, Report
from codesystems.versions import effective_date

FOUNDATION, LINEARIZATION = "Foundation URI", "Linearization URI"
TITLE, TITLE_EN, PARENT, NOTE = "Title", "TitleEN", "Parent", "CodingNote"
RESIDUAL, PRIMARY = "IsResidual", "Primary tabulation"
GROUPINGS = tuple(f"Grouping{number}" for number in range(1, 10))
COLUMNS = Columns(
    required=(
        (LINEARIZATION, "Linearization (release) URI"),
        "Code",
        "BlockId",
        TITLE,
        "ClassKind",
        "DepthInKind",
        "ChapterNo",
    ),
    optional=(FOUNDATION, TITLE_EN, PARENT, NOTE, RESIDUAL, PRIMARY, *GROUPINGS),
    ignore=("BrowserLink", "iCatLink", "isLeaf", "PrimaryLocation", "noOfNonResidualChildren"),
)
KINDS = ("chapter", "block", "category")

_VERSION = "version"
_DAY = re.compile(r"((?:19|20)\d\d)[ -]([a-z]{3})[a-z]*[ -](\d\d?)\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RELEASE = re.compile(r"/icd/release/11/([^/]+)/mms/")
_DRAFT = "beta"
_NAME = re.compile(r"SimpleTabulation-ICD-?11-MMS\b.*", re.IGNORECASE)
_LANGUAGE = re.compile(r"-MMS-([a-z]{2,3})(?![a-z])", re.IGNORECASE)
_DASHES = re.compile(r"(?:-(?:\s+|$))*")
_BLANK = " \u00a0\u200b"
"""Zero-width spaces stand before some titles."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file says of itself."""

    release: str | None = None
    """`2024-01`: from the linearization URIs, else the month of the day in the header."""
    day: date | None = None
    header: tuple[str, ...] = ()
    """Empty where it is a simple tabulation only by its name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, what identifies it worked out; `parent` once all rows are known."""

    where: Where
    row: Row = field(repr=False)
    code: str
    kind: str
    depth: int
    """How many dashes stand before the title."""
    title: str
    title_en: str
    parent: str = ""


def stated(file: SourceFile) -> Stated | None:
    """What `file` says of itself; None for other files and for drafts: WHO's development linearization has the
    same columns under URIs with `/beta/`, and codes that were never released."""
    with suppress(ReleaseError):
        for _, rows in peek(file):
            at = find_header(rows, COLUMNS)
            if at is not None:
                return _stated(rows[at], rows[at + 1 :])
    return Stated() if file.suffix in WORKBOOKS + TABLES and _NAME.fullmatch(file.stem) else None


def language_of(file: SourceFile, own: str, translated: bool) -> str:
    """The language of `Title`: as the file's name ends, else `own` for a translation, else English."""
    found = _LANGUAGE.search(file.stem)
    return found[1].lower() if found else own if translated else "en"


def read_entries(file: SourceFile, report: Report) -> tuple[Table, list[Entry]]:
    """The table and its rows with their parents, which `Parent` states, else the dashes before the titles.

    Raises `ReleaseError` as `read_table` does.
    """
    known = stated(file) or Stated()
    versions = tuple(cell for cell in known.header if fold(cell).startswith(_VERSION))
    table = read_table(file, replace(COLUMNS, ignore=(*COLUMNS.ignore, *versions)), report)
    if file.suffix not in WORKBOOKS:  # a sheet's rows end with their last text
        _check_widths(table, report)
    entries = [_entry(row, report) for row in table.rows]
    return table, list(_placed(entries, report))


def _stated(header: Cells, rows: Sequence[Cells]) -> Stated | None:
    found = [match[1] for row in rows for cell in row if (match := _RELEASE.search(cell))]
    if _DRAFT in found:
        return None
    release = next((name for name in found if effective_date(name)), None)
    cell = next((fold(cell) for cell in header if fold(cell).startswith(_VERSION)), "")
    day = _day(cell)
    month = f"{day.year}-{day.month:02}" if day else None
    return Stated(release or month, day, tuple(header))


def _day(text: str) -> date | None:
    """`version:2024 jan 21 - 22:30 utc` is 2024-01-21."""
    found = _DAY.search(text)
    if not found or found[2] not in _MONTHS:
        return None
    with suppress(ValueError):
        return date(int(found[1]), _MONTHS.index(found[2]) + 1, int(found[3]))
    return None


def _check_widths(table: Table, report: Report) -> None:
    """A row may end before the version's column, which has no cells, but not before any other."""
    last = next(name for name in reversed(table.header) if name)
    for row in table.rows:
        if last not in row.cells:
            report.warn("ragged-row", f"the row ends before the column {last!r}", row.where)


def _entry(row: Row, report: Report) -> Entry:
    kind = row["ClassKind"].lower()
    if kind not in KINDS:
        report.warn("unknown-class-kind", f"{row['ClassKind']!r} is none of {', '.join(KINDS)}", row.where)
    depth, title = _title(row[TITLE])
    depth_en, title_en = _title(row[TITLE_EN])
    return Entry(row.where, row, _code(row, kind, report), kind, depth if row[TITLE] else depth_en, title, title_en)


def _code(row: Row, kind: str, report: Report) -> str:
    """What identifies a row in every release: code, chapter number, identifier of a block, URI."""
    code = row["Code"] or (row["ChapterNo"] if kind == "chapter" else row["BlockId"])
    if not code and kind == "category":
        report.warn("category-without-code", f"{row[LINEARIZATION]} goes by its URI", row.where)
    return canonical(code or row[LINEARIZATION])


def _title(cell: str) -> tuple[int, str]:
    """(number of dashes, title without them)."""
    dashes = _DASHES.match(cell)
    prefix = dashes[0] if dashes else ""
    return prefix.count("-"), cell[len(prefix) :].strip(_BLANK)


def _placed(entries: Sequence[Entry], report: Report) -> Iterator[Entry]:
    """The rows with their parents. Where `Parent` names no row, the dashes count and it is reported."""
    names = _names(entries)
    above: list[str] = []
    for entry in entries:
        if entry.depth > len(above):
            report.warn("depth-jump", f"{entry.depth} dashes where {len(above)} at most can follow", entry.where)
        del above[entry.depth :]
        dashed = above[-1] if above else ""
        above.append(entry.code)
        yield entry if entry.kind == "chapter" else replace(entry, parent=_parent(entry, dashed, names, report))


def _parent(entry: Entry, dashed: str, names: dict[str, str], report: Report) -> str:
    cell = canonical(entry.row[PARENT])
    said = names.get(cell, "")
    if said == entry.code:
        said = ""
    if cell and not said:
        report.warn("unknown-parent", f"{entry.code} has the parent {cell}, which has no row", entry.where)
    elif said and dashed and said != dashed:
        report.warn("parent-differs", f"{entry.code} is below {said}, by its dashes below {dashed}", entry.where)
    if not (said or dashed):
        report.warn("no-parent", f"{entry.code} is no chapter and below none", entry.where)
    return said or dashed


def _names(entries: Sequence[Entry]) -> dict[str, str]:
    """Code, URIs and block identifiers → code. A code goes before a URI that happens to be the same."""
    names: dict[str, str] = {}
    for column in (FOUNDATION, LINEARIZATION, "BlockId"):
        names.update((canonical(entry.row[column]), entry.code) for entry in entries if entry.row[column])
    names.update((entry.code, entry.code) for entry in entries)
    return names
