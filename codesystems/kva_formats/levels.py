"""The text release (2021): KKÅ and KMÅ in a folder each, one file per level, `level1.txt` to `level4.txt`.

UTF-8, header `Kod:⇥⇥Kodtext:[⇥Beskrivning:]`, fields by tabs, nothing quoted. The second field is always
empty; rows of a file whose header stops at `Kodtext:` may hold a description all the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from codesystems.building import Builder
from codesystems.files import SourceFile
from codesystems.formats.records import plain
from codesystems.formats.tables import fold
from codesystems.formats.text import lines
from codesystems.kva_formats.concepts import Source, concept_of, cover, settle_parents
from codesystems.kva_formats.identity import (
    KKA,
    KMA,
    LEVELS,
    Side,
    clean,
    identity,
    is_code,
    is_group,
    is_known_shape,
    level_of,
    parts,
    side_of,
)
from codesystems.model import Property, Where
from codesystems.report import ReleaseError, Report

NUMBERS = ("1", "2", "3", "4")
NOTE = "Beskrivning"
_NAME = re.compile(r"(.*?)level([1-4])\.txt", re.IGNORECASE)
_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?\s*Kod:?\s*\t[^\n]*Kodtext", re.IGNORECASE)
_SIDE_IN_NAME = {
    KKA: re.compile(r"(?<![^\W\d_])kk[aå](?![^\W\d_])|kirurgisk", re.IGNORECASE),
    KMA: re.compile(r"(?<![^\W\d_])km[aå](?![^\W\d_])|medicinsk", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class LevelSet:
    """The files of one sub-classification."""

    side: Side
    files: dict[str, SourceFile]
    """By level, `1` to `4`."""

    def missing(self) -> tuple[str, ...]:
        return tuple(f"{self.side} level{number}" for number in NUMBERS if number not in self.files)


def level_sets(files: Iterable[SourceFile]) -> list[LevelSet]:
    """The sets of level files among `files`, in the order they come."""
    groups: dict[tuple[str, str], dict[str, SourceFile]] = {}
    for file in files:
        if match := _NAME.fullmatch(file.name):
            groups.setdefault((file.folder, match[1].casefold()), {})[match[2]] = file
    ours = (group for group in groups.values() if any(_HEADER.match(f.head(200)) for f in group.values()))
    found = ((_side(group), group) for group in ours)
    return [LevelSet(side, group) for side, group in found if side is not None]


def _side(files: dict[str, SourceFile]) -> Side | None:
    """By the shape of the codes, which no renaming changes; headings alone say nothing, names then do."""
    for number in ("4", "3"):
        if number in files:
            rows = files[number].head().decode("utf-8", errors="ignore").splitlines()[1:-1]
            codes = [clean(row.split("\t")[0]) for row in rows]
            known = [code for code in codes if (is_code(code) if number == "4" else is_group(code))]
            likely = known and len(known) >= len(codes) / 2
            return Counter(map(side_of, known)).most_common(1)[0][0] if likely else None
    any_file = next(iter(files.values()))
    for name in (*reversed(any_file.path.split("/")), any_file.local.parent.name):
        for side, pattern in _SIDE_IN_NAME.items():
            if pattern.search(name):
                return side
    return None


def read_levels(sets: Iterable[LevelSet], builder: Builder, report: Report) -> set[str]:
    """Read every set into `builder`; returns the parts the release has no rows for."""
    sources: dict[str, Source] = {}
    absent = {*parts(KKA), *parts(KMA)}
    for one in sets:
        for number, level in zip(NUMBERS, LEVELS, strict=True):
            if number in one.files:
                described = _read(one.files[number], one.side, level, builder, sources, report)
                cover(builder, parts(one.side, level), level, (NOTE,) if described else ())
                absent -= set(parts(one.side, level))
    settle_parents(builder, sources, absent, report)
    return absent


def _read(
    file: SourceFile, side: Side, level: str, builder: Builder, sources: dict[str, Source], report: Report
) -> bool:
    """Read one file; returns whether it has descriptions."""
    rows = lines(file, report)
    described = _header_has_notes(rows, file)
    for number, row in enumerate(rows[1:], start=2):
        fields = [field.strip() for field in row.split("\t")]
        if not any(fields):
            continue
        where = Where(file.path, number)
        bare, second, title, note, *more = [*fields, "", "", "", ""][: max(len(fields), 4)]
        if second or any(more):
            report.warn("ragged-row", f"fields that are not read: {[second, *more]}", where)
        if note and not described:
            report.warn("no-header", f"a description under no header is read as {NOTE}", where)
            described = True
        if not title:
            report.warn("no-title", f"{bare or 'a row'} has no title", where)
        code = identity(clean(bare), side) if bare else ""
        if bare and (not is_known_shape(clean(bare)) or (side_of(code), level_of(code)) != (side, level)):
            report.warn("unusual-code", f"{bare!r} has not the form of a {side} {level}", where)
        notes = (Property(NOTE, plain(note)),) if note else ()
        builder.add(concept_of(code, title, notes), where)
        sources.setdefault(code, Source(where))
    return described


def _header_has_notes(rows: list[str], file: SourceFile) -> bool:
    header = [fold(cell) for cell in rows[0].split("\t")] if rows else []
    if header[:1] != ["kod"] or header[2:3] != ["kodtext"]:
        found = ", ".join(cell for cell in header if cell) or "none"
        raise ReleaseError(f"missing column(s) Kod, Kodtext; found {found}", Where(file.path, 1))
    return fold(NOTE) in header[3:4]
