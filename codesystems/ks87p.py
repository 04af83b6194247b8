"""KS87-P, the Swedish primary care version of ICD-9 (1987), in the normalised CSV.

Parents in the file are numbers of chapters that have no rows of their own. They are kept as the property
`chapter`, and the codes are roots: `008-` is a whole category of ICD-9, `041A` a subcategory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codesystems.building import Builder
from codesystems.files import Package, SourceFile
from codesystems.formats.normalised import Entry, codes_in, kinds_stated, read_normalised
from codesystems.formats.primarycare import PrimaryCareLoader
from codesystems.loader import Candidate
from codesystems.model import (
    CodeSystem,
    CodeSystemContent,
    Concept,
    Hints,
    Parent,
    Property,
    PropertyDef,
    property_kind,
)
from codesystems.report import Report
from codesystems.versions import first_version

SYSTEM = CodeSystem(
    id="ks87-p",
    url="urn:codesystem:ks87-p",
    title="Klassifikation av sjukdomar 1987, primärvård",
    publisher="Socialstyrelsen",
)
CHAPTER = "chapter"
PART = "all"
YEAR = "1987"

_CODE = re.compile(r"(?:\d{3}|[EV]\d\d)[-A-Z]")
_NAME = re.compile(r"ks[-_ ]?87[-_ ]?p", re.IGNORECASE)


class Ks87pLoader(PrimaryCareLoader):
    name = "ks87p"
    systems = (SYSTEM,)
    expect_min_concepts = 350

    def identify(self, package: Package, hints: Hints) -> Iterator[Candidate]:
        """By name (or as the operator says) and layout: the codes alone could be all of ICD-9."""
        for file in package.files:
            names = package.names_above(file)
            named = hints.system == SYSTEM.id or any(map(_NAME.search, names))
            if named and _are_ks87(file):
                yield Candidate(self, SYSTEM, (file,), "csv", first_version(names) or YEAR)

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        builder = Builder(candidate, report)
        entries = read_normalised(candidate.files[0], report)
        codes = {entry.code for entry in entries}
        chapters: set[str] = set()
        for entry in entries:
            if entry.parent and entry.parent not in codes | chapters:
                chapters.add(entry.parent)
                report.warn("orphan", f"chapter {entry.parent} has no row: kept as a property", entry.where)
            if entry.code and not _CODE.fullmatch(entry.code):
                report.warn("unusual-code", f"{entry.code!r} is not formed like a code of KS87-P", entry.where)
            builder.add(_concept(entry, codes), entry.where)
        builder.cover((PART,), kinds_stated(entries, SYSTEM.language) | {property_kind(CHAPTER)})
        return builder.content((PropertyDef(CHAPTER, "Kapitel"),))


def _are_ks87(file: SourceFile) -> bool:
    codes = codes_in(file)
    return bool(codes) and all(_CODE.fullmatch(code) for code in codes)


def _concept(entry: Entry, codes: set[str]) -> Concept:
    code = LOADER.canonical(entry.code)
    shape = LOADER.shape(code)
    listed = entry.parent in codes
    return Concept(
        code=code,
        part=PART,
        designations=entry.designations,
        parents=(Parent(entry.parent),) if listed else (),
        properties=(Property(CHAPTER, entry.parent),) if entry.parent and not listed else (),
        level=shape.level,
        sort_key=shape.sort_key,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )


LOADER = Ks87pLoader()
