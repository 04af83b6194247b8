"""Change lists that came with the Swedish code lists for NordDRG: `ICD_10_swe_changes2013.csv` and the like.

`IN/OUT;CODE;…;TEXT;USEDATE;RELDATE`, of ICD-10-SE or of KVÅ (`NCSP`), which the codes tell. An OUT row is a code's
state until RELDATE, its last day; an IN row its state from USEDATE on. IN alone introduces a code, OUT alone
withdraws it from the day after. Both, one upon the other, retitle it; where the title stays, something else of the
code changed that the list does not say. `Deleted 2012/12/31 - ` before the title of an IN row marks a code that is
withdrawn but still listed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from codesystems import icd10se, kva
from codesystems.building import statements
from codesystems.files import Package, SourceFile
from codesystems.formats.peek import first_values
from codesystems.formats.tables import Columns, Row, read_table
from codesystems.kva_formats.identity import is_code as is_kva_code
from codesystems.loader import Candidate, Loader
from codesystems.model import ChangeType, Hints, StatedChange, StatedContent
from codesystems.report import Report

KIND, CODE, TEXT, FIRST_DAY, LAST_DAY = "IN/OUT", "CODE", "TEXT", "USEDATE", "RELDATE"
QUALIFIERS = ("NCSP", "D_CODE", "CODE_W", "D_CODE_W", "AST")
"""Columns that are empty in the lists known; what they would say of a code is not read."""
COLUMNS = Columns(required=(KIND, CODE, TEXT, FIRST_DAY, LAST_DAY), optional=QUALIFIERS)
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_DELETED = re.compile(r"deleted\b", re.I)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row that could be read. `day` is the first day of what it says: of an OUT row the day after the last."""

    row: Row
    code: str
    out: bool
    day: date | None

    @property
    def text(self) -> str:
        return self.row[TEXT]

    @property
    def deleted(self) -> bool:
        return _DELETED.match(self.text) is not None


class ChangeListLoader(Loader):
    name = "changelists"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for file in package.files:
            home = _home(first_values(file, COLUMNS, CODE) or ())
            if home is None:
                continue
            day = _usual_day(file)
            name = None if day is None else str(day.year) if (day.month, day.day) == (1, 1) else day.isoformat()
            yield Candidate(
                loader=self,
                system=home.systems[0],
                files=(file,),
                form="change list",
                version=f"changes-{name}" if name else None,
                effective=day,
                states_only=True,
            )

    def read(self, candidate: Candidate, report: Report) -> StatedContent:
        home = icd10se.LOADER if candidate.system in icd10se.LOADER.systems else kva.LOADER
        by_code: dict[str, list[_Entry]] = {}
        for row in read_table(candidate.files[0], COLUMNS, report).rows:
            entry = _entry(row, home, report)
            if entry is not None:
                by_code.setdefault(entry.code, []).append(entry)
        changes = (change for entries in by_code.values() for change in _changes(entries, report))
        return statements(candidate, changes, report)


def _home(codes: Sequence[str]) -> Loader | None:
    """Whose codes these are; None where they are nobody's that has such lists."""
    surgical = sum(is_kva_code(kva.LOADER.canonical(code)) for code in codes)
    diagnoses = sum(_is_diagnosis(icd10se.LOADER.canonical(code)) for code in codes)
    if not surgical and not diagnoses:
        return None
    return kva.LOADER if surgical > diagnoses else icd10se.LOADER


def _is_diagnosis(code: str) -> bool:
    return icd10se.LOADER.part(code) != "other"


def _usual_day(file: SourceFile) -> date | None:
    """The day most of the first changes begin."""
    begun = map(_day, first_values(file, COLUMNS, FIRST_DAY) or ())
    ended = map(_day_after, first_values(file, COLUMNS, LAST_DAY) or ())
    days = Counter(day for day in (*begun, *ended) if day)
    return min(days, key=lambda day: (-days[day], day), default=None)


def _entry(row: Row, home: Loader, report: Report) -> _Entry | None:
    """A row's meaning; None where it has none, which is reported."""
    kind, code = row[KIND].upper(), home.canonical(row[CODE])
    if not code:
        report.warn("row-without-code", "no code in this row", row.where)
        return None
    if kind not in ("IN", "OUT"):
        report.warn("unknown-event", f"{code}: {KIND} is {row[KIND]!r}, neither IN nor OUT", row.where)
        return None
    if not (is_kva_code(code) if home is kva.LOADER else _is_diagnosis(code)):
        report.warn("unknown-shape", f"{code!r} does not look like a code", row.where)
    for column in QUALIFIERS:
        if row[column]:
            report.warn("unread-cell", f"{code}: {column} is {row[column]!r}, which is not read", row.where)
    column = LAST_DAY if kind == "OUT" else FIRST_DAY
    day = _day_after(row[column]) if kind == "OUT" else _day(row[column])
    if day is None:
        report.warn("bad-date", f"{code}: {column} is {row[column]!r}, not a day", row.where)
    return _Entry(row, code, kind == "OUT", day)


def _changes(entries: Sequence[_Entry], report: Report) -> Iterator[StatedChange]:
    """What the rows of one code say: the end of one state and the beginning of the next are one change."""
    ends = [entry for entry in entries if entry.out]
    for begin in _once_a_day([entry for entry in entries if not entry.out], report):
        state = partial(_stated, begin)
        before = next((end for end in ends if end.day == begin.day), None)
        if before is not None:
            ends.remove(before)
        if begin.deleted:
            yield state("withdrawn")
        elif before is None:
            yield state("introduced")
        else:
            yield state("retitled" if before.text != begin.text else "changed")
    for end in ends:
        yield _stated(end, "withdrawn")


def _once_a_day(begins: Iterable[_Entry], report: Report) -> Iterator[_Entry]:
    """Of several IN rows for one day the first."""
    first: dict[date | None, _Entry] = {}
    for begin in begins:
        before = first.setdefault(begin.day, begin)
        if before is not begin:
            message = f"{begin.code} begins already in line {before.row.where.line}; {begin.text!r} is not read"
            report.warn("duplicate-row", message, begin.row.where)
    yield from first.values()


def _stated(entry: _Entry, kind: ChangeType) -> StatedChange:
    return StatedChange(entry.code, kind, entry.day, entry.row.where.file, entry.row.where.line or 0)


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


def _day_after(text: str) -> date | None:
    day = _day(text)
    return day + timedelta(days=1) if day and day < date.max else None


LOADER = ChangeListLoader()
