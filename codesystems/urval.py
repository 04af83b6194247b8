"""Urval: subsets of ICF, KVÅ and KSI that the authority publishes as workbooks, one value set each.

The first sheet is instructions: name, version, what it replaces and from when, how many codes of each code system it
selects. Each code system has a sheet called "Urval …"; of its rows those count that have a code and, where there is a
column `Urval`, a 1 in it. Headings have no code, no 1, or are a component of ICF, which is never selected. Other sheets
list what was added and removed, or codes to be used besides; they are named in the report and hold no members.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from codesystems.files import Package, SourceFile
from codesystems.formats.peek import WORKBOOKS, peek
from codesystems.formats.tables import Columns, fold, read_table
from codesystems.icf_formats.codes import SYSTEM as ICF
from codesystems.icf_formats.codes import level_of
from codesystems.ksi_formats.codes import SYSTEM as KSI
from codesystems.kva import SYSTEM as KVA
from codesystems.loader import Candidate, Loader
from codesystems.model import CodeSystem, Hints, Where
from codesystems.naming import slug, valueset_id_of
from codesystems.report import ReleaseError, Report
from codesystems.valuesetbuilding import NAME, ValueSetBuilder, naming
from codesystems.valuesets import Member, ValueSet, ValueSetContent, valueset_url

SYSTEMS: Mapping[str, CodeSystem] = {"ICF": ICF, "KVÅ": KVA, "KSI": KSI}
"""By what the workbooks call them."""
SELECTED, YES = "Urval", frozenset({"1", "x", "ja", "true"})
TITLES = ("Titel/Kodtext", "Kodtext", "Titel", "ICF-titel", "ICF-kategori", "KSI-titel", "KVÅ-titel")
PUBLISHERS = ("E-hälsomyndigheten", "Socialstyrelsen")
READ_ROWS = 40
"""Rows of instructions that are read."""

_NAME = re.compile(
    r"Urval\s+ur\s+(?P<systems>.+?)\s+för\s+(?P<purpose>.+?)\s+(?P<year>20\d\d)"
    r"(?:\s+version\s+(?P<number>\d+(?:\.\d+)*))?\s*(?:\((?P<day>20\d\d-\d\d-\d\d)\))?\s*",
    re.IGNORECASE,
)
_FROM = re.compile(r"fr\.?\s?o\.?\s?m\.?\s+(\d{1,2})/(\d{1,2})\s+(20\d\d)")
_COUNT = re.compile(r"totalt\s+(\d{1,9})\s+(ICF|KVÅ|KSI)-", re.IGNORECASE)
_BASIS = re.compile(r"utifrån\s+(ICF|KVÅ|KSI)\s+(?:version\s+)?(20\d\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Instructions:
    """What the first sheet says."""

    texts: Sequence[str]
    systems: tuple[CodeSystem, ...]
    purpose: str
    year: int
    number: str
    day: date | None

    @property
    def title(self) -> str:
        return f"Urval ur {' och '.join(_called(system) for system in self.systems)} för {self.purpose}"

    @property
    def version(self) -> str:
        """`2026-1.0` for "2026 version 1.0"."""
        return "-".join(filter(None, (str(self.year), self.number)))

    @property
    def effective(self) -> date:
        """The day that it is said to hold from; else that of publication, but not before its year."""
        if found := next(filter(None, map(_FROM.search, self.texts)), None):
            return _day(f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}")
        return max(filter(None, (self.day, date(self.year, 1, 1))))

    def found(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        for text in self.texts:
            yield from pattern.finditer(text)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet of members."""

    name: str
    system: CodeSystem
    code: str
    """The columns."""
    comments: tuple[str, ...]
    others: tuple[str, ...]
    """Columns that say what the code system itself says: they are not read."""


class UrvalLoader(Loader):
    name = "urval"

    def identify(self, package: Package, hints: Hints) -> Iterator[Candidate]:
        for file in package.files:
            said = _instructions(file)
            if said is not None:
                yield Candidate(
                    loader=self,
                    system=_valueset(said, hints),
                    files=(file,),
                    form="workbook",
                    version=hints.version or said.version,
                    effective=hints.effective or said.effective,
                    columns=naming(hints),
                )

    def read(self, candidate: Candidate, report: Report) -> ValueSetContent:
        (file,) = candidate.files
        said = _instructions(file)
        if said is None:
            raise ReleaseError("the instructions no longer say which urval this is", Where(file.path))
        builder = ValueSetBuilder(candidate, report)
        for sheet in _sheets(file, report):
            for member, where in _members(file, sheet, report):
                builder.add(sheet.system, member, where)
        for found in said.found(_COUNT):
            system, count = SYSTEMS[found[2].upper()], int(found[1])
            if builder.count(system.id) != count:
                told = f"{builder.count(system.id)} codes of {found[2]} are selected, the instructions say {count}"
                report.warn("count", told, Where(file.path))
        for found in said.found(_BASIS):
            report.note(f"made from {found[1]} {found[2]}")
        return builder.content()


def _instructions(file: SourceFile) -> _Instructions | None:
    """What a workbook's first sheet says of an urval; None where it is none."""
    if file.suffix not in WORKBOOKS:
        return None
    try:
        found = peek(file)
    except ReleaseError:
        return None
    rows = found[0][1][:READ_ROWS] if found else ()
    texts = [text for cells in rows for cell in cells if (text := cell.strip())]
    name = _NAME.fullmatch(" ".join(texts[0].split())) if texts else None
    if name is None:
        return None
    systems = tuple(system for word, system in SYSTEMS.items() if re.search(rf"\b{word}\b", name["systems"]))
    day = _day(name["day"]) if name["day"] else None
    return _Instructions(texts, systems, name["purpose"], int(name["year"]), name["number"] or "", day)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ReleaseError(f"the instructions name {text}, which is no day") from None


def _valueset(said: _Instructions, hints: Hints) -> ValueSet:
    own = valueset_id_of(
        hints.columns.get(NAME) or "-".join(("urval", *(system.id for system in said.systems), slug(said.purpose)))
    )
    publisher = next((each for each in PUBLISHERS if any(each in text for text in said.texts)), PUBLISHERS[0])
    return ValueSet(own, valueset_url(own), said.title, publisher)


def _called(system: CodeSystem) -> str:
    return next(word for word, each in SYSTEMS.items() if each is system)


def _sheets(file: SourceFile, report: Report) -> list[_Sheet]:
    """The sheets of members; what the others are is noted."""
    found = []
    for name, rows in peek(file)[1:]:
        header = next((row for row in rows if any(map(_code_system, row))), ())
        code = next(filter(_code_system, header), "")
        if not code or not fold(name).startswith(fold(SELECTED)):
            report.note(f"{file.path}[{name}]: not read, it holds no members")
            continue
        read = {fold(column) for column in (code, SELECTED, *TITLES)}
        comments = tuple(dict.fromkeys(cell.strip() for cell in header if fold(cell).startswith("kommentar")))
        others = tuple(cell for cell in header if fold(cell) not in read and cell.strip() not in comments)
        system = _code_system(code)
        assert system is not None
        found.append(_Sheet(name, system, code.strip(), comments, others))
    if not found:
        raise ReleaseError(f'no sheet is called "{SELECTED} …" and has a column of codes', Where(file.path))
    return found


def _code_system(cell: str) -> CodeSystem | None:
    """The code system whose codes stand below a cell of the header (`KVÅ-kod`)."""
    word, _, kind = fold(cell).partition("-")
    return SYSTEMS.get(word.upper()) if kind == "kod" else None


def _members(file: SourceFile, sheet: _Sheet, report: Report) -> Iterator[tuple[Member, Where]]:
    columns = Columns(required=(sheet.code,), optional=(SELECTED, TITLES, *sheet.comments), ignore=sheet.others)
    table = read_table(file, columns, report, sheet=sheet.name)
    for row in table.rows:
        code = row[sheet.code]
        heading = not code or (sheet.system is ICF and level_of(code) == "component")
        if fold(row[SELECTED]) in YES if table.has(SELECTED) else not heading:
            comment = " | ".join(" ".join(row[column].split()) for column in sheet.comments if row[column])
            yield Member("", code, " ".join(row[TITLES[0]].split()), comment), row.where


LOADER = UrvalLoader()
