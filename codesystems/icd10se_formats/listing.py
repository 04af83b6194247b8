"""The `.ANS` sets (to 2019) and the text releases (2020–2022): one file per level, code and title on a line.

ANS: fixed width, no header; code in columns 1–7, text from column 8; in KAP and AVS the code is a range and
the text follows at once. Text: no header, `code⇥mark⇥title`; diagnoskapitel.txt is laid out as KAP.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from codesystems.building import Builder
from codesystems.files import SourceFile
from codesystems.formats.fixedwidth import fixed_width
from codesystems.formats.text import lines
from codesystems.icd10se_formats.codes import Part, canonical, chapter_of, part
from codesystems.icd10se_formats.concepts import DISPLAY_KIND, MARK, MARK_KIND, RANGE_KIND, concept
from codesystems.icd10se_formats.hierarchy import place
from codesystems.icd10se_formats.parts import covered
from codesystems.model import Concept, Property, Where
from codesystems.report import ReleaseError, Report

CODE_WIDTH = 7
CHAPTERS = ("KAP", "chapter", "diagnoskapitel")
FIXED_WIDTH = ("KAP", "AVS", "KAT", "KOD", "KXX", "diagnoskapitel")
MARKS = ("", "†", "*")
LEVELS: dict[Part, str] = {"chapter": "chapters", "block": "blocks", "category": "categories"}
PSEUDO = "Ö00-Ö00"
"""The row that a user of the files adds for `without a valid code`; it is no code."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of any of the files."""

    where: Where
    code: str
    title: str
    mark: str = ""
    codes: str = ""
    """A chapter's range where it stands in the place of the code."""


def read_listing(form: str, files: Mapping[str, SourceFile], builder: Builder, report: Report) -> frozenset[Part]:
    """Take the codes of a set of files (role → file) and give them parents. Returns the parts covered.

    Codes of a part that the set does not cover whole would withdraw the rest of it: they are left aside and
    reported. Raises `ReleaseError` for a file without rows and a row layout that is not the format's.
    """
    read = [line for role, file in files.items() for line in _lines(role, file, report)]
    parts = covered(form, files, {part(line.code) for line in read})
    aside: Counter[str] = Counter()
    for line in read:
        group = part(line.code)
        if group == "other":
            report.warn("unknown-shape", f"{line.code!r} does not look like a code", line.where)
        elif group not in parts:
            message = f"{line.code} is left aside: its group is not whole here"
            report.warn("part-of-a-group", message, line.where)
            aside[group] += 1
            continue
        builder.add(_concept(line, report), line.where)
    for left, count in aside.items():
        report.note(f"{count} codes of the group {left} are left aside: the file with the rest is not here")
    _cover(form, files, parts, builder)
    place(builder, parts, {}, report)
    note_levels(parts, report)
    return parts


def _lines(role: str, file: SourceFile, report: Report) -> Iterator[Line]:
    rows = _fixed(file, report) if role in FIXED_WIDTH else _tabbed(file, report)
    empty = True
    for where, code, mark, title in rows:
        empty = False
        if canonical(code) == PSEUDO:
            report.warn("pseudo-row", f"{code} {title!r} is no code and is left out", where)
        elif role in CHAPTERS and "-" in code:
            yield Line(where, chapter_of(code.upper()) or code, title, codes=code.upper())
        else:
            yield Line(where, canonical(code), title, mark)
    if empty:
        raise ReleaseError("the file is empty", Where(file.path))


def _fixed(file: SourceFile, report: Report) -> Iterator[tuple[Where, str, str, str]]:
    for where, code, title in fixed_width(file, CODE_WIDTH, report):
        yield where, code, "", title


def _tabbed(file: SourceFile, report: Report) -> Iterator[tuple[Where, str, str, str]]:
    rows = [(number, line.split("\t")) for number, line in enumerate(lines(file, report), 1) if line.strip()]
    if rows and max(len(cells) for _, cells in rows) < 3:
        found = max(len(cells) for _, cells in rows)
        raise ReleaseError(f"expected code, mark and title between tabs; found {found} column(s)", file.path)
    for number, cells in rows:
        where = Where(file.path, number)
        if len(cells) != 3 and (len(cells) < 3 or any(cell.strip() for cell in cells[3:])):
            report.warn("ragged-row", f"{len(cells)} cells instead of 3", where)
        code, mark, title = (*(cell.strip() for cell in cells), "", "")[:3]
        yield where, code, mark, title


def _concept(line: Line, report: Report) -> Concept:
    if line.code and not line.title:
        report.warn("no-title", f"{line.code} has no title", line.where)
    if line.mark not in MARKS:
        report.warn("unknown-mark", f"{line.code} has the mark {line.mark!r}, not † or *", line.where)
    marks = [Property(MARK, line.mark)] if line.mark in ("†", "*") else []
    return concept(line.code, line.title, codes=line.codes, properties=marks)


def _cover(form: str, files: Mapping[str, SourceFile], parts: frozenset[Part], builder: Builder) -> None:
    builder.cover(parts, ["state", DISPLAY_KIND, RANGE_KIND])  # only chapters have a range, and all know theirs
    if form == "text":
        marked = parts if "diagnoskapitel" not in files else parts - {"chapter"}
        builder.cover(marked, [MARK_KIND])


def note_levels(parts: Collection[Part], report: Report) -> None:
    """Say which levels the release lacks, and so this version of the hierarchy."""
    for level, plural in LEVELS.items():
        if level not in parts:
            report.note(f"no {plural} in this release: its hierarchy lacks that level")
