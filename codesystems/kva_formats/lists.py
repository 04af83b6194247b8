"""KVÅ in tables with a header: today's tsv files, and code lists as workbook, csv or text.

- tsv (today): `Kod, Överordnad kod, Titel`, notes and related codes; headings and codes; one file for KKÅ
  and one for KMÅ. A row that repeats `Kod` without `Titel` carries one more value of one column.
- workbook (2026; its sheet `Läs mig` is the description): codes of both with `Klassifikation`, notes and
  related ICF codes; no headings, no parents.
- lists of 2005 to 2013, `KOD, TXT|TEXT, BSK|BESKRIVNING, HÄNDELSE`: codes of both. HÄNDELSE is 0 unchanged,
  1 new, 2 changed text (title or description), 3 removed, or the English words for these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from codesystems.building import Builder
from codesystems.files import SourceFile
from codesystems.formats.records import Record, records
from codesystems.formats.tables import Columns, Row, Table, read_tables
from codesystems.kva_formats.concepts import (
    COLUMNS,
    NOTES,
    RELATED,
    Source,
    concept_of,
    cover,
    related_codes,
    settle_parents,
)
from codesystems.kva_formats.identity import (
    KKA,
    KMA,
    LEVELS,
    LISTED_GROUPS,
    LISTED_PART,
    SHARED,
    SIDES,
    Side,
    clean,
    identity,
    is_code,
    is_known_shape,
    parts,
    side_of,
)
from codesystems.loader import Candidate
from codesystems.model import ChangeType, Property, StatedChange
from codesystems.report import ReleaseError, Report

CODE, TITLE, PARENT, EVENT = "Kod", "Titel", "Överordnad kod", "HÄNDELSE"
CLASS, CLASS_NUMBER = "Klassifikation", "KLASSDEL"
TABLE = Columns(
    required=(CODE, (TITLE, "TXT", "TEXT", "Kodtext")),
    optional=(
        PARENT,
        (EVENT, "HANDELSE", "Händelse_TXT"),
        ("Beskrivning", "BSK"),
        *(column for column in COLUMNS if column != "Beskrivning"),
        CLASS,
        CLASS_NUMBER,
    ),
    ignore=(
        # a division into chapters that the codes do not follow, and remarks for the makers of NordDRG
        "KAP",
        "AVS",
        "Kommentar MF",
        "FÖRSLAG TILL GRUPPERINGSEGENSKAPER (MF)",
        "NPKs förslag till grupperingsegenskaper",
        "Ny text i definitionstabellerna",
    ),
)
CUT = 255
"""The longest text that a cell took in the programs which made the old xls files."""

_EVENTS: dict[str, ChangeType | None] = {
    **dict.fromkeys(("", "0", "no change")),
    **dict.fromkeys(("1", "insert"), "introduced"),
    **dict.fromkeys(("2", "update"), "changed"),
    **dict.fromkeys(("3", "delete"), "withdrawn"),
}


def codes_in(file: SourceFile) -> frozenset[str]:
    """All codes in the tables of a file, as they stand there but clean. Raises `ReleaseError`."""
    tables = read_tables(file, TABLE, Report())
    return frozenset(clean(row[CODE]) for _, table in tables for row in table.rows)


def sides_of(codes: Iterable[str]) -> tuple[Side, ...]:
    """The sub-classifications that the five-position codes among clean `codes` are of."""
    found = {side_of(code) for code in codes if is_code(code)}
    return tuple(side for side in SIDES if side in found)


def read_lists(candidate: Candidate, builder: Builder, report: Report) -> set[str]:
    """Read the tables of a candidate's files into `builder`; returns the parts they have no rows for."""
    reader = _Reader(candidate, builder, report)
    for file in candidate.files:
        for table in reader.tables(file):
            reader.read(file, table)
    settle_parents(builder, reader.sources, reader.absent, report)
    return reader.absent


@dataclass(slots=True)
class _Reader:
    candidate: Candidate
    builder: Builder
    report: Report
    absent: set[str] = field(default_factory=lambda: {*parts(KKA), *parts(KMA)})
    sources: dict[str, Source] = field(default_factory=dict)
    events: set[tuple[str, ChangeType]] = field(default_factory=set)

    def tables(self, file: SourceFile) -> Iterator[Table]:
        """The tables to read, the largest first. A smaller one may be the list of changes, whose removed codes
        are nowhere else, or a part of what the largest holds (a sheet for KKÅ and one for KMÅ)."""
        found = sorted(read_tables(file, TABLE, self.report), key=lambda named: -len(named[1].rows))
        held: set[tuple[str, str]] = set()
        for sheet, table in found:
            rows = {(clean(row[CODE]), row[TITLE]) for row in table.rows}
            if held and table.has(EVENT) and all(_EVENTS.get(row[EVENT].casefold(), "?") for row in table.rows):
                self.report.note(f"{file.path}[{sheet}]: a list of changes; only what it states is read")
                for row in table.rows:
                    self.event(clean(row[CODE]), row)
            elif rows <= held:
                self.report.note(f"{file.path}[{sheet}]: left aside, all its codes are in another sheet")
            else:
                held |= rows
                yield table

    def read(self, file: SourceFile, table: Table) -> None:
        headed = table.has(PARENT)
        sides = sides_of(clean(row[CODE]) for row in table.rows)
        limited = file.suffix == ".xls" and max((len(row[TITLE]) for row in table.rows), default=0) == CUT
        for record in records(table.rows, CODE, TITLE):
            self._concept(record, sides, headed)
            if limited and len(record[TITLE]) >= CUT - 1:
                self.report.warn("cut-title", f"{record.code}: cut at {CUT} characters", record.where)
        columns = [column for column in COLUMNS if table.has(column)]
        for side in sides:
            for level in LEVELS if headed else LEVELS[-1:]:
                cover(self.builder, parts(side, level), level, columns)
                self.absent -= set(parts(side, level))
        if not headed and any(code in self.builder for code in LISTED_GROUPS):
            cover(self.builder, (LISTED_PART,), "group", columns)
        if not headed:
            self.report.note(f"{file.path}: a list of codes; headings are left as other releases state them")

    def _concept(self, record: Record, sides: tuple[Side, ...], headed: bool) -> None:
        bare, where = clean(record.code), record.where
        if not bare:
            self.report.warn("row-without-code", f"no code for {record[TITLE]!r}", where)
            return
        if not is_known_shape(bare):
            self.report.warn("unusual-code", f"{bare!r} has not the form of a KVÅ code", where)
        elif not (headed or is_code(bare) or bare in LISTED_GROUPS):
            self.report.warn("heading-in-code-list", f"{bare} is left aside: a list of codes", where)
            return
        if not record[TITLE]:
            self.report.warn("no-title", f"{bare} has no title", where)
        elif "\\" in record[TITLE]:
            self.report.warn("backslash", f"the title of {bare} looks mangled: {record[TITLE]!r}", where)
        side = self._side(bare, record.row, sides)
        code = identity(bare, side)
        parent = clean(record[PARENT])
        self.sources.setdefault(code, Source(where, identity(parent, side) if parent else ""))
        for row in record.more:
            if clean(row[PARENT]) not in ("", parent):
                self.report.warn("second-parent", f"{bare} is also under {row[PARENT]}: not read", row.where)
        active = self.event(code, record.row) != "withdrawn"
        self.builder.add(concept_of(code, record[TITLE], self._properties(record), active=active), where)

    def _properties(self, record: Record) -> Iterator[Property]:
        yield from record.properties(NOTES)
        for column in RELATED:
            for row in (record.row, *record.more):
                yield from related_codes(column, row[column], row.where, self.report)

    def _side(self, bare: str, row: Row, sides: tuple[Side, ...]) -> Side:
        """Whose a code is: by its form; a heading's by what the row says or whose codes the file holds."""
        stated = next((side for side in SIDES if side in row[CLASS]), None)
        stated = stated or {"0": KMA, "1": KKA}.get(row[CLASS_NUMBER])
        if len(bare) > 2:
            if stated not in (None, side_of(bare)):
                message = f"{bare} is called {stated}, but has the form of a {side_of(bare)} code"
                self.report.warn("other-class", message, row.where)
            return side_of(bare)
        if stated or len(sides) == 1:
            return stated or sides[0]
        if bare in SHARED:
            raise ReleaseError(f"{bare} is a heading of KKÅ and of KMÅ, and the table does not say of which", row.where)
        return side_of(bare)

    def event(self, code: str, row: Row) -> ChangeType | None:
        """What the event column says of a code; stated once, though a list of changes repeats it."""
        word = row[EVENT].casefold()
        if word not in _EVENTS:
            self.report.warn("unknown-event", f"{EVENT} is {row[EVENT]!r}", row.where)
        change = _EVENTS.get(word)
        if change and (code, change) not in self.events:
            self.events.add((code, change))
            where, date = row.where, self.candidate.effective
            self.builder.stated(StatedChange(code, change, date, where.file, where.line or 0))
        return change
