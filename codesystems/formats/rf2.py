"""Release Format 2 of SNOMED CT: what a file's name says, its rows by column, identifiers and their check digits.

Sources: SNOMED CT Release File Specification ("Release File Naming Convention", "Release types", "SCTID
representation", "Check digit"). Files are UTF-8 without quoting: a tab ends a cell and a line break a row. Every row
is one state of a component or refset member, from its effectiveTime until the next state of the same id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

from codesystems.files import SourceFile
from codesystems.formats.tables import Columns, fold
from codesystems.model import Where
from codesystems.report import ReleaseError, Report

ReleaseType = Literal["Full", "Snapshot", "Delta"]
"""All states there ever were; of each id the newest; the states since the release before."""
RELEASE_TYPES: tuple[ReleaseType, ...] = ("Full", "Snapshot", "Delta")

COMMON = ("id", "effectiveTime", "active", "moduleId")
"""The columns that every file of components or refset members begins with."""
_HEADER_BYTES = 4096
_NAME = re.compile(
    r"(?<![a-z0-9])(?P<status>[xz]?)(?:sct|der|rel)[12]_(?P<content>[a-z]*)_(?P<summary>[^_]*?)(?P<release>full|snapshot|delta)"
    r"(?:-(?P<language>[a-z]{2}(?:-[a-z0-9]+)*))?_(?P<owner>[a-z]{0,2}[0-9]{7}|[a-z]{3})"
    r"_(?P<date>[0-9]{8})(?:T[0-9]{6}Z)?\.txt",
    re.I,
)
_DAY = re.compile(r"(?:19|20)[0-9]{6}")
_SCTID = re.compile(r"[1-9][0-9]{5,17}")


@dataclass(frozen=True, slots=True)
class FileName:
    """What `der2_iisssccRefset_ExtendedMapSnapshot_INT_20140731.txt` says."""

    content: str
    """`Concept`, `Description`, or of a refset the types of its own columns: `iisssccRefset`."""
    summary: str
    """`ExtendedMap`; mostly empty for components."""
    release: ReleaseType
    language: str
    """Of descriptions and language refsets: `sv`, `en`; else empty."""
    owner: str
    """`INT`, or country and namespace: `SE1000052`."""
    released: date
    unpublished: bool = False
    """The name begins with x: a release that is not, or not yet, in force."""


class Row(NamedTuple):
    """One state. A tuple, since there are millions of them."""

    file: str
    line: int
    id: str
    """SCTID or UUID; empty in files that are input to a release."""
    time: str
    """effectiveTime, YYYYMMDD; empty in files that are input to a release."""
    active: bool
    module: str
    cells: tuple[str, ...]
    """The columns asked for, required ones first, in the order asked; "" for an optional column that is absent."""

    @property
    def where(self) -> Where:
        return Where(self.file, self.line)


def parse_name(name: str) -> FileName | None:
    """What a file's name says; None where it is no name of RF2. Text before the name proper does not count
    (`expected-der2_…`)."""
    found = _NAME.search(name)
    if found is None or found.end() != len(name):
        return None
    try:
        released = day(found["date"])
    except ValueError:
        return None
    release = next(each for each in RELEASE_TYPES if each.casefold() == found["release"].casefold())
    unpublished = found["status"].casefold() == "x"
    language = found["language"] or ""
    return FileName(found["content"], found["summary"], release, language, found["owner"], released, unpublished)


@cache
def day(time: str) -> date:
    """The date that YYYYMMDD names. Raises `ValueError` for anything else."""
    if not _DAY.fullmatch(time):
        raise ValueError(f"{time!r} is no date YYYYMMDD")
    return date(int(time[:4]), int(time[4:6]), int(time[6:]))


def header(file: SourceFile) -> tuple[str, ...]:
    """The names of the columns, folded as `Columns` compares them; none where the first line is no text."""
    line, _, _ = file.head(_HEADER_BYTES).partition(b"\n")
    try:
        return tuple(map(fold, line.decode("utf-8-sig").split("\t")))
    except UnicodeDecodeError:
        return ()


def map_column(file: SourceFile) -> str | None:
    """`mapTarget` or `mapSource` where the file is a map refset, else None: by its header, else by its name (reading it
    then says which column is missing)."""
    if file.suffix != ".txt":
        return None
    names = header(file)
    if fold("refsetId") in names and fold("referencedComponentId") in names:
        for column in ("mapTarget", "mapSource"):
            if fold(column) in names:
                return column
    name = parse_name(file.name)
    if name and name.summary.casefold().endswith("map") and name.content.casefold().endswith("refset"):
        return "mapTarget"
    return None


def read(file: SourceFile, columns: Columns, report: Report) -> Iterator[Row]:
    """Every row of a file of components or refset members; `columns` are those besides the `COMMON` ones.

    Columns are found by name, whatever their order and case (`refSetId`). Raises `ReleaseError` for a missing
    column, text that is not UTF-8, an effectiveTime or active that is none; other flaws go to `report`.
    """
    lines = _lines(file)
    _, first = next(lines, (1, ""))
    names = folded(first)
    found = places(file, names, columns, report)
    own = found[len(COMMON) :]
    id_, time, active, module = found[: len(COMMON)]
    width = len(names)
    for number, line in lines:
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != width:
            if not any(cells):
                continue
            cells = of_width(cells, width, Where(file.path, number), report)
        cells.append("")  # what absent columns point at
        if cells[active] not in ("0", "1"):
            raise ReleaseError(f"active is {cells[active]!r}, neither 0 nor 1", Where(file.path, number))
        if cells[time]:
            try:
                day(cells[time])
            except ValueError as error:
                raise ReleaseError(f"effectiveTime {error}", Where(file.path, number)) from None
        mine = tuple([cells[at] for at in own])
        yield Row(file.path, number, cells[id_], cells[time], cells[active] == "1", cells[module], mine)


def newest(rows: Iterable[Row], report: Report, until: str = "") -> dict[str, Row]:
    """The state of each id at the end of the day `until` (YYYYMMDD), by default the newest, active or not.

    Rows without id stand for themselves. Two states of an id from the same day are reported, and the latter
    counts."""
    states: dict[str, Row] = {}
    for row in rows:
        if until and row.time > until:
            continue
        key = row.id or str(row.where)
        before = states.get(key)
        if before is not None and before.time == row.time:
            _warn_same_day(before, row, report)
        if before is None or before.time <= row.time:
            states[key] = row
    return states


def is_sctid(text: str) -> bool:
    """Whether `text` is an SCTID: 6–18 digits, the last of them the right check digit."""
    return bool(_SCTID.fullmatch(text)) and verhoeff(text)


def is_concept_id(text: str) -> bool:
    """Whether an SCTID names a concept, by its partition identifier (the two digits before the check digit)."""
    return text[-3:-1] in ("00", "10")


def verhoeff(digits: str) -> bool:
    """Whether the last of decimal `digits` is the check digit of the others by Verhoeff's method."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = DIHEDRAL[check][PERMUTED[place % 8][int(digit)]]
    return check == 0


def folded(first: str) -> list[str]:
    """The names of the columns in a file's first line, as `Columns` compares them."""
    names = [fold(cell) for cell in first.split("\t")]
    while names and not names[-1]:
        names.pop()  # some files end every line with a tab
    return names


def _lines(file: SourceFile) -> Iterator[tuple[int, str]]:
    """(line number, line without its end). Streams: full releases hold files of gigabytes."""
    with file.local.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            if b"\x00" in raw:
                raise ReleaseError("a NUL byte: the file is binary or was written by halves", Where(file.path, number))
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise ReleaseError(f"not valid UTF-8 ({error.reason})", Where(file.path, number)) from error
            yield number, line.rstrip("\r\n")


def places(file: SourceFile, names: list[str], columns: Columns, report: Report) -> list[int]:
    """Where the common columns and those asked for are; an absent optional column is at the end of the row."""
    asked = Columns((*COMMON, *columns.required), columns.optional, columns.ignore)
    at: dict[str, int] = {}
    for spelling, name, _ in asked.spellings():
        if spelling in names:
            at.setdefault(name, names.index(spelling))
    order = {name: required for _, name, required in asked.spellings()}
    missing = [name for name, required in order.items() if required and name not in at]
    if missing:
        found = ", ".join(name[:60] for name in names[:40] if name) or "none"
        raise ReleaseError(f"missing column(s) {', '.join(missing)}; found {found}", Where(file.path, 1))
    known = {*at.values(), *(names.index(fold(name)) for name in columns.ignore if fold(name) in names)}
    for number, name in enumerate(names):
        if number not in known:
            report.warn("unknown-column", f"column {name!r} is not read", Where(file.path, 1))
    return [at.get(name, -1) for name in order]


def of_width(cells: list[str], width: int, where: Where, report: Report) -> list[str]:
    """A row of another width than the header, brought to it; reported where a cell is lost or missing."""
    if len(cells) < width or any(cells[width:]):
        report.warn("ragged-row", f"{len(cells)} cells under {width} columns", where)
    return (cells + [""] * width)[:width]


def _warn_same_day(before: Row, row: Row, report: Report) -> None:
    if before[2:] == row[2:]:
        report.warn("duplicate-row", f"{row.id} of {row.time} is at {before.where}", row.where)
    else:
        report.warn("contradicting-rows", f"{row.id} of {row.time} says otherwise at {before.where}", row.where)


def _product(a: int, b: int) -> int:
    """The multiplication of the dihedral group of order 10, that Verhoeff's method is built on."""
    turn = a + b if a < 5 else a - b
    return turn % 5 + (5 if (a < 5) != (b < 5) else 0)


DIHEDRAL = [[_product(a, b) for b in range(10)] for a in range(10)]
PERMUTED = [list(range(10))]
for _ in range(7):
    PERMUTED.append([(1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit] for digit in PERMUTED[-1]])
