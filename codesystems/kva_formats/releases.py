"""Which releases of KVÅ a package holds: files told apart by content, dated, and KKÅ and KMÅ put together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from codesystems.files import Package, SourceFile
from codesystems.formats.peek import TABLES, WORKBOOKS, first_values, peek
from codesystems.formats.tables import Cells, Columns, find_header, fold
from codesystems.kva_formats.identity import SIDES, Side, clean, is_code, is_known_shape
from codesystems.kva_formats.levels import level_sets
from codesystems.kva_formats.lists import CODE, PARENT, TABLE, codes_in, sides_of
from codesystems.report import ReleaseError
from codesystems.versions import first_version, iso_day

RANKS = {"tsv": 40, "text": 30, ".xlsx": 20, ".xlsm": 20, ".csv": 12, ".txt": 12, ".tsv": 12, ".xls": 10}
"""By form, of code lists by kind of file: an xls may cut long titles."""

_HEADED = Columns(required=(*TABLE.required, PARENT))
_NAME = re.compile(
    r"kva-(?:medicinska|kirurgiska)-atgarder.*|kva-inkl-beskrivningstexter.*|csp(?:19|20)\d\d.*", re.IGNORECASE
)
"""Names of the publisher's that are KVÅ's whatever the content looks like."""
_CORRECTION = re.compile("ändrad|rättad|felaktig|korrekt")
_LIKELY = 0.9
"""The share of a table's first codes that must look like KVÅ's; the rest are for the reader to report."""
_STATED = re.compile(r"\bKVÅ (20\d\d)\b.*?\bgiltig från (\d{4}-\d\d-\d\d)")
_DATED_SHEET = re.compile(r"(?<!\d)(?:20)?(\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True)
class Dating:
    version: str | None
    effective: date | None = None
    certain: bool = False
    """True where the content says it; names may be wrong."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A release, or the half of one that is KKÅ or KMÅ."""

    form: str
    """`text`, `tsv`, `workbook` or `list`."""
    sides: tuple[Side, ...]
    files: tuple[SourceFile, ...]
    dating: Dating
    missing: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    """Of code lists: all codes, to tell two releases of one name apart."""
    notes: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        rank = RANKS.get(self.form) or RANKS[self.files[0].suffix]
        return rank - 100 if self.missing else rank


def releases(package: Package) -> list[Piece]:
    """The releases in a package. Raises `ReleaseError` for a file that is KVÅ's by name but cannot be read."""
    texts = list(_texts(package))
    taken = {file for piece in texts for file in piece.files}
    halves: dict[tuple[str, Dating], list[Piece]] = {}
    for piece in (*texts, *_tables(package, taken)):
        halves.setdefault((piece.form, piece.dating), []).append(piece)
    return _told_apart([piece for group in halves.values() for piece in _joined(group)])


def _texts(package: Package) -> Iterator[Piece]:
    for one in level_sets(package.files):
        files = tuple(file for _, file in sorted(one.files.items()))
        dating = Dating(first_version(package.names_above(files[0])))
        yield Piece("text", (one.side,), files, dating, one.missing())


def _tables(package: Package, taken: Collection[SourceFile]) -> Iterator[Piece]:
    for file in package.files:
        if file in taken or file.suffix not in WORKBOOKS + TABLES:
            continue
        if _NAME.fullmatch(file.name) or _holds_kva(file):
            codes = codes_in(file)
            form = "tsv" if first_values(file, _HEADED, CODE) is not None else "list"
            form = "workbook" if form == "list" and file.suffix in WORKBOOKS else form
            yield Piece(form, sides_of(codes), (file,), _dating(file, package), codes=codes)


def _holds_kva(file: SourceFile) -> bool:
    try:
        return any(_is_list(rows) for _, rows in peek(file))
    except ReleaseError:
        return False


def _is_list(rows: Sequence[Cells]) -> bool:
    """By the columns and the form of the first codes, one of which at least must have five positions. A list of
    corrections has the columns too, and is no list of all codes."""
    at = find_header(rows, TABLE)
    if at is None:
        return False
    header = [fold(cell) for cell in rows[at]]
    place = header.index(fold(CODE))
    codes = [code for row in rows[at + 1 :] if (code := clean("".join(row[place : place + 1])))]
    alike = sum(map(is_known_shape, codes))
    corrections = any(_CORRECTION.match(cell) for cell in header)
    return not corrections and alike >= _LIKELY * len(codes) and any(map(is_code, codes))


def _dating(file: SourceFile, package: Package) -> Dating:
    """What the content says (`KVÅ 2026 (giltig från 2026-01-01)`, a sheet `KVÅ_080101`), else what the names of
    the file, its sheets and folders say."""
    sheets = peek(file) if file.suffix in WORKBOOKS else ()
    for _, rows in sheets:
        for cell in (cell for row in rows[:5] for cell in row):
            if stated := _STATED.search(cell):
                return Dating(stated[1], iso_day(stated[2]), certain=True)
    for name, _ in sheets:
        if (dated := _DATED_SHEET.search(name)) and (day := iso_day("20" + "-".join(dated.groups()))):
            version = str(day.year) if (day.month, day.day) == (1, 1) else day.isoformat()
            return Dating(version, day, certain=True)
    own, *above = package.names_above(file)
    return Dating(first_version((own, *(name for name, _ in sheets), *above)))


def _joined(group: list[Piece]) -> Iterator[Piece]:
    """Whole releases: those that are, and halves of one form and version put together, in order of path."""
    halves: dict[Side, list[Piece]] = {side: [] for side in SIDES}
    for piece in group:
        if len(piece.sides) == 1:
            halves[piece.sides[0]].append(piece)
        else:
            yield piece
    for pair in zip_longest(*halves.values()):
        found = [half for half in pair if half is not None]
        absent = tuple(side for side, half in zip(SIDES, pair, strict=True) if half is None)
        yield replace(
            found[0],
            sides=tuple(half.sides[0] for half in found),
            files=tuple(file for half in found for file in half.files),
            missing=(*absent, *(name for half in found for name in half.missing)),
            codes=frozenset().union(*(half.codes for half in found)),
        )


def _told_apart(found: list[Piece]) -> list[Piece]:
    """Code lists of one version must hold the same codes. Where they do not, those whose version is only a name
    lose it, and a person is asked."""
    return [_doubted(piece, found) if piece.form in ("workbook", "list") else piece for piece in found]


def _doubted(piece: Piece, found: Iterable[Piece]) -> Piece:
    if piece.dating.certain or piece.dating.version is None:
        return piece
    for other in found:
        same_version = other.dating.version == piece.dating.version and other.form in ("workbook", "list")
        if same_version and other.codes != piece.codes:
            called = f"not certainly version {piece.dating.version}, as its name says"
            note = f"{called}: {other.files[0].path} is called that too and holds other codes"
            return replace(piece, dating=Dating(None), notes=(note,))
    return piece
