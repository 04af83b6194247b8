"""Which files of a package are ICD-10-SE, which of them make one release, and what it lacks.

Names vary (`KSH97_KOD.ANS`, `ksh97_kod.ans`, `icd10se-digit3-2022.txt`), so a name says which file of a set
it may be and its first rows whether it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from codesystems.files import Package, SourceFile
from codesystems.formats.peek import first_values, peek
from codesystems.formats.tables import Columns, fold
from codesystems.icd10se_formats import events, tsv
from codesystems.icd10se_formats.codes import canonical, part
from codesystems.icd10se_formats.listing import CODE_WIDTH, FIXED_WIDTH
from codesystems.icd10se_formats.parts import WHOLE
from codesystems.versions import first_version

Form = Literal["ANS", "text", "tsv", "csv"]

_ANS = re.compile(r"(?:.*[\W_])?(KAP|AVS|KAT|KOD|KXX)(?:[\W_].*)?", re.IGNORECASE)
_TEXT = re.compile(r"(?:.*[\W_])?(diagnoskapitel|chapter|block|digit[ _-]?[345])(?:[\W_].*)?", re.IGNORECASE)
_PUBLISHERS_OWN = re.compile(r"ksh97_(kap|avs|kat|kod|kxx)\.ans|digit[345]\.txt", re.IGNORECASE)
"""Names under which no other classification is published: such a file is ours even where it is broken."""
_PRIMARY_CARE = re.compile(r"ksh97[ _-]?p", re.IGNORECASE)
_ENOUGH = 0.8
"""The share of first rows that must begin with a code of this classification."""
MAIN_TSV = "icd-10-se.tsv"


@dataclass(frozen=True, slots=True)
class Found:
    """Files that make one release."""

    form: Form
    version: str | None
    files: tuple[SourceFile, ...]
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def releases(package: Package) -> Iterator[Found]:
    """Every release among the files, each file in one of them at most."""
    sets: dict[tuple[Form, str | None], list[SourceFile]] = {}
    tables: dict[str, list[SourceFile]] = {}
    for file in package.files:
        version = first_version(package.names_above(file))
        form = _form(file)
        if form in ("ANS", "text"):
            sets.setdefault((form, version), []).append(file)
        elif form == "tsv":
            tables.setdefault(file.folder, []).append(file)
        elif form == "csv":
            yield Found("csv", version, (file,))
    for (form, version), files in sets.items():
        yield from _distinct([_set(form, version, group) for group in _groups(files)])
    for files in tables.values():
        yield from _tables(package, files)


def role_of(file: SourceFile) -> str | None:
    """Which file of a set this is by its name: `KOD`, `digit4`, …; None for all others."""
    if file.suffix not in (".ans", ".txt", "") or _PRIMARY_CARE.search(file.name):
        return None
    if match := _ANS.fullmatch(file.stem):
        return match[1].upper()
    if file.suffix == ".txt" and (match := _TEXT.fullmatch(file.stem)):
        return re.sub(r"[ _-]", "", match[1]).lower()
    return None


def _form(file: SourceFile) -> Form | None:
    role = role_of(file)
    if role and (_PUBLISHERS_OWN.fullmatch(file.name) or _begins_with_codes(role, file)):
        return "ANS" if role.isupper() else "text"
    if file.suffix not in (".tsv", ".txt", ".csv"):
        return None
    names = {fold(cell) for _, rows in peek(file) for cells in rows for cell in cells}
    if sum(fold(column) in names for column in tsv.DISTINCTIVE) > 1:
        return "tsv"
    codes = first_values(file, events.COLUMNS, events.CODE)
    return "csv" if codes and _enough(codes) else None


def _begins_with_codes(role: str, file: SourceFile) -> bool:
    text = file.head().decode("cp1252", errors="replace").removeprefix("ï»¿")
    rows = [row for row in text.splitlines()[:-1] or [text] if row.strip()]
    return bool(rows) and _enough([row[:CODE_WIDTH] if role in FIXED_WIDTH else row.split("\t")[0] for row in rows])


def _enough(codes: Sequence[str]) -> bool:
    return sum(part(canonical(code)) != "other" for code in codes) >= _ENOUGH * len(codes)


def _groups(files: Sequence[SourceFile]) -> Iterable[Sequence[SourceFile]]:
    """Files of one version: together where each has a role of its own, else folder by folder."""
    roles = [role_of(file) for file in files]
    if len(set(roles)) == len(roles):
        return [files]
    folders: dict[str, list[SourceFile]] = {}
    for file in files:
        folders.setdefault(file.folder, []).append(file)
    return folders.values()


def _distinct(found: Sequence[Found]) -> Iterable[Found]:
    """The same files in two folders, or beside their archive, are one release."""
    if len(found) == 1:
        return found
    kept: dict[frozenset[str], Found] = {}
    for one in found:
        content = frozenset(file.sha256() for file in one.files)
        first = kept.setdefault(content, one)
        if first is not one:
            note = f"{one.files[0].folder or 'the folder'} holds the same files and is not read"
            kept[content] = replace(first, notes=(*first.notes, note))
    return kept.values()


def _set(form: Form, version: str | None, files: Sequence[SourceFile]) -> Found:
    """One set: of files in the same role the first is read, of two lists of chapters the publisher's."""
    by_role: dict[str, SourceFile] = {}
    notes = []
    for file in files:
        first = by_role.setdefault(role_of(file) or "", file)
        if first is not file:
            notes.append(f"{file.path} is not read: {first.path} is the same part of the release")
    if "chapter" in by_role and (other := by_role.pop("diagnoskapitel", None)):
        notes.append(f"{other.path} is not read: chapters are read from {by_role['chapter'].path}")
    missing = tuple(role for role in WHOLE[form] if role not in by_role)
    return Found(form, version, tuple(by_role.values()), missing, tuple(notes))


def _tables(package: Package, files: Sequence[SourceFile]) -> Iterator[Found]:
    """Each main table of a folder with the table of codes for use at short notice that belongs to it."""
    versions = {file: first_version(package.names_above(file)) for file in files}
    beside = [file for file in files if _short_notice(file)]
    mains = [file for file in files if file not in beside]
    taken: set[SourceFile] = set()
    for main in mains:
        with_it = [file for file in beside if len(mains) == 1 or versions[file] == versions[main]]
        taken.update(with_it)
        notes = () if with_it else ("no file of codes for use at short notice (U) lies beside it",)
        yield Found("tsv", versions[main], (main, *with_it), notes=notes)
    for file in beside:
        if file not in taken:
            yield Found("tsv", versions[file], (file,), missing=(MAIN_TSV,))


def _short_notice(file: SourceFile) -> bool:
    codes = first_values(file, Columns(required=(tsv.CODE, tsv.TITLE)), tsv.CODE) or ()
    return bool(codes) and all(canonical(code).startswith("U") for code in codes)
