"""ICD-10 of WHO, English: lists of codes and titles (fixed width, code in columns 1–8).

The first line names the edition (`ICD-10 Version:2019`), then follow chapters in Roman numerals, blocks and
categories of three and four characters. Editions in ClaML are read by `claml`, in the same codes and levels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from codesystems.building import Builder
from codesystems.files import Package, SourceFile
from codesystems.formats.fixedwidth import fixed_width
from codesystems.formats.icd10_codes import BLOCK, CHAPTER, Hierarchy, canonical, level, sort_key
from codesystems.loader import Candidate, Loader, Shape
from codesystems.model import (
    CodeSystem,
    CodeSystemContent,
    Concept,
    Designation,
    Hints,
    Parent,
    Where,
    designation_kind,
)
from codesystems.report import ReleaseError, Report

SYSTEM = CodeSystem(
    id="icd-10",
    url="http://hl7.org/fhir/sid/icd-10",
    title="International Statistical Classification of Diseases and Related Health Problems, 10th Revision",
    publisher="World Health Organization",
    language="en",
    aliases=("2.16.840.1.113883.6.3",),
)
WIDTH = 8
HEADINGS, CODES, SUBDIVISIONS = "headings", "codes", "subdivisions"

_EDITION = re.compile(rb"(?:\xef\xbb\xbf)?ICD-10 Version:\s*((?:19|20)\d\d)\b")
_FIFTH_IN_TABULAR_LIST = re.compile(r"B18\.[01]\d")
"""The five-character codes in the lists of titles; all others are optional and only in ClaML."""


class Icd10Loader(Loader):
    name = "icd10"
    systems = (SYSTEM,)
    expect_min_concepts = 12_000
    title_joint = " : "

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for file in package.files:
            if edition := _EDITION.match(file.head(100)):
                yield Candidate(self, SYSTEM, (file,), "titles", hints.version or edition[1].decode())

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        builder = Builder(candidate, report)
        for concept, where in _rows(candidate.files[0], report):
            builder.add(concept, where)
        hierarchy = Hierarchy.of(concept.code for concept in builder)
        for concept in list(builder):
            if parent := hierarchy.parent(concept.code):
                builder.update(concept.code, parents=(Parent(parent),))
        kinds = ("state", "parent", designation_kind("display", SYSTEM.language))
        builder.cover((HEADINGS, CODES), kinds)
        return builder.content()

    def canonical(self, code: str) -> str:
        return canonical(code)

    def part(self, code: str) -> str:
        if level(code) in (CHAPTER, BLOCK):
            return HEADINGS
        return SUBDIVISIONS if len(code) > 5 and not _FIFTH_IN_TABULAR_LIST.fullmatch(code) else CODES

    def shape(self, code: str) -> Shape | None:
        name = level(code)
        return Shape(name, sort_key(code), name in (CHAPTER, BLOCK)) if name else None


def _rows(file: SourceFile, report: Report) -> Iterable[tuple[Concept, Where]]:
    for where, written, title in fixed_width(file, WIDTH, report):
        if where.line == 1:
            continue
        code = canonical(written)
        shape = LOADER.shape(code)
        if shape is None:
            raise ReleaseError(f"{written!r} in columns 1-{WIDTH} is no code of ICD-10", where)
        if not title:
            report.warn("no-title", f"{code} has no title", where)
        names = (Designation(title),) if title else ()
        yield (
            Concept(
                code,
                LOADER.part(code),
                names,
                abstract=bool(shape.abstract),
                level=shape.level,
                sort_key=shape.sort_key,
            ),
            where,
        )


LOADER = Icd10Loader()
