"""KSH97-P, the Swedish primary care version of ICD-10.

Three fixed-width files: `KSH97P_KOD.ANS` lists the codes; `KSH97P_SFAM.ANS` has the general practitioners'
(SFAM's) own title of each code, `KSH97P_SFAMALT.ANS` their alternative terms, several to a code. `A00-` is a
whole category of ICD-10, `A045` a subcategory; a `P` behind either is particular to primary care.

SFAM's titles have the use `short` and the alternative terms `synonym`, since each file is published by itself: a
new file of alternative terms says nothing of the titles. Terms that equal the title are kept for the same
reason: they would come and go with the files that happen to be at hand.

The list of codes is also read as a map to ICD-10-SE, derived from the codes' shapes; see `formats.ksh97p_icd10se`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codesystems.building import Builder
from codesystems.files import Package, SourceFile
from codesystems.formats.fixedwidth import fixed_width
from codesystems.formats.ksh97p_icd10se import derived
from codesystems.formats.primarycare import PrimaryCareLoader
from codesystems.icd10se import ICD10SE
from codesystems.loader import Candidate
from codesystems.mapbuilding import MapBuilder
from codesystems.maps import ConceptMap, MapContent, map_url
from codesystems.model import (
    CodeSystem,
    CodeSystemContent,
    Concept,
    Designation,
    DesignationUse,
    Hints,
    Where,
    designation_kind,
)
from codesystems.report import Report
from codesystems.versions import first_version

SYSTEM = CodeSystem(
    id="ksh97-p",
    url="urn:oid:1.2.752.116.1.3.1",
    title="Klassifikation av sjukdomar och hälsoproblem 1997, primärvård",
    publisher="Socialstyrelsen",
    aliases=("1.2.752.116.1.3.1", "1.2.752.116.1.3.1.4.1", "1.2.752.116.1.3.1.1.2"),
    abridges=ICD10SE.id,
)
TO_ICD10SE = ConceptMap(
    id="ksh97-p-to-icd-10-se",
    url=map_url("ksh97-p-to-icd-10-se"),
    title="KSH97-P till ICD-10-SE, härledd ur kodernas form",
    publisher="termservice",
    source=SYSTEM,
    target=ICD10SE,
)
"""The service's own: Socialstyrelsen states the codes, not the map."""
WIDTH = 7
PART = "all"
CODES, TERMS = "KOD", ("SFAM", "SFAMALT")
USES: dict[str, DesignationUse] = {"KOD": "display", "SFAM": "short", "SFAMALT": "synonym"}

_FILE = re.compile(r"KSH97P_(KOD|SFAM|SFAMALT)(?:[-_. ].*)?\.(?:ANS|TXT)", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]\d\d[-\d][A-Z]?")


class Ksh97pLoader(PrimaryCareLoader):
    name = "ksh97p"
    systems = (SYSTEM,)
    expect_min_concepts = 900

    def identify(self, package: Package, hints: Hints) -> Iterator[Candidate]:
        groups: dict[tuple[str, str | None], list[SourceFile]] = {}
        for file in package.files:
            if _FILE.fullmatch(file.name):
                version = first_version(package.names_above(file))
                groups.setdefault((file.folder, version), []).append(file)
        for (_, version), files in groups.items():
            codes = tuple(file for file in files if _kind(file) == CODES)
            yield Candidate(self, SYSTEM, tuple(files), "ANS", version, missing=() if codes else (CODES,))
            if codes:
                yield Candidate(self, TO_ICD10SE, codes, "derived from ANS", version)

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent | MapContent:
        if candidate.system == TO_ICD10SE:
            return _read_map(candidate, report)
        whole = not candidate.missing
        builder = Builder(candidate, report, states=whole)
        terms = _terms(candidate, report)
        for file in candidate.files:
            if _kind(file) == CODES:
                _read_codes(file, terms, builder, report)
        for code, names in terms.items():
            where = next(iter(names.values()))
            if not whole:
                builder.add(_concept(code, tuple(names)), where)
            elif code not in builder:
                report.warn("term-without-code", f"{code} has terms and is not among the codes", where)
        kinds = {designation_kind(USES[_kind(file)], SYSTEM.language) for file in candidate.files}
        builder.cover((PART,), kinds | ({"state"} if whole else set()))
        return builder.content()


def _kind(file: SourceFile) -> str:
    match = _FILE.fullmatch(file.name)
    return match[1].upper() if match else ""


def _terms(candidate: Candidate, report: Report) -> dict[str, dict[Designation, Where]]:
    """The names that the files of terms give each code, in the files' order, with their places."""
    found: dict[str, dict[Designation, Where]] = {}
    for kind in TERMS:
        for file in (file for file in candidate.files if _kind(file) == kind):
            for where, code, text in _lines(file, report):
                names, name = found.setdefault(code, {}), Designation(text, USES[kind])
                if name in names:
                    report.warn("duplicate-row", f"{code} {text!r} is already at {names[name]}", where)
                names.setdefault(name, where)
    return found


def _read_codes(file: SourceFile, terms: dict[str, dict[Designation, Where]], builder: Builder, report: Report) -> None:
    for where, code, text in _lines(file, report):
        builder.add(_concept(code, (Designation(text), *terms.get(code, ()))), where)


def _read_map(candidate: Candidate, report: Report) -> MapContent:
    builder = MapBuilder(candidate, report)
    rows = [row for file in candidate.files for row in _lines(file, report)]
    codes = {code for _, code, _ in rows}
    for where, code, text in rows:
        builder.add(derived(code, text, codes), where)
    return builder.content(source_version=candidate.version or "")


def _lines(file: SourceFile, report: Report) -> Iterator[tuple[Where, str, str]]:
    """The lines that have both a code and a text; others are reported."""
    for where, code, text in fixed_width(file, WIDTH, report):
        if not code:
            report.warn("row-without-code", f"no code before {text!r}", where)
        elif not text:
            report.warn("no-title", f"{code} has no text", where)
        else:
            if not _CODE.fullmatch(code):
                report.warn("unusual-code", f"{code!r} is not formed like a code of KSH97-P", where)
            yield where, LOADER.canonical(code), text


def _concept(code: str, names: tuple[Designation, ...]) -> Concept:
    shape = LOADER.shape(code)
    return Concept(code, PART, names, level=shape.level, sort_key=shape.sort_key)


LOADER = Ksh97pLoader()
