"""ICD-10-SE, the Swedish ICD-10: chapters, blocks, categories and codes, since 1997.

Four of the publisher's formats, each in a module under `icd10se_formats`: `.ANS` sets (to 2019), text
releases (2020–2022), the tsv of today (2023–) and the csv with an event column (2012–2013).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from codesystems.building import Builder
from codesystems.files import Package
from codesystems.icd10se_formats import codes
from codesystems.icd10se_formats.concepts import PROPERTIES
from codesystems.icd10se_formats.events import read_events
from codesystems.icd10se_formats.found import MAIN_TSV, Found, releases, role_of
from codesystems.icd10se_formats.listing import read_listing
from codesystems.icd10se_formats.parts import ALL, HEADINGS
from codesystems.icd10se_formats.tsv import read_tsv
from codesystems.loader import Candidate, Loader, Shape
from codesystems.model import CodeSystem, CodeSystemContent, Hints
from codesystems.report import ReleaseError, Report

ICD10SE = CodeSystem(
    id="icd-10-se",
    url="http://hl7.org/fhir/sid/icd-10-se",
    title="Internationell statistisk klassifikation av sjukdomar och relaterade hälsoproblem (ICD-10-SE)",
    publisher="E-hälsomyndigheten",
    aliases=(
        "https://terminologitjansten.inera.se/fhir/CodeSystem/icd-10-se",
        "https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/icd-10-se",
        "http://terminology.hl7.se/CodeSystem/icd-10-se",
        "1.2.752.116.1.1.1.1.3",
        "1.2.752.116.1.1.1.1.8",
        "1.2.752.116.1.1.1",
    ),
)
RICHNESS = {"tsv": 30, "text": 20, "ANS": 10, "csv": 5}


class Icd10SeLoader(Loader):
    """Reads any of the formats; what a code is and where it belongs follows from the code (see `codes`)."""

    name = "icd10se"
    systems = (ICD10SE,)
    expect_min_concepts: ClassVar[int] = 30_000
    title_joint: ClassVar[str] = "-"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        return [self._candidate(found) for found in releases(package)]

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        builder = Builder(candidate, report)
        if candidate.form == "tsv":
            if MAIN_TSV in candidate.missing:
                message = "holds only codes for use at short notice: load it together with the main file"
                raise ReleaseError(message, candidate.files[0].path)
            parts = read_tsv(candidate.files, builder, report)
        elif candidate.form == "csv":
            parts = read_events(candidate.files[0], candidate, builder, report)
        else:
            files = {role: file for file in candidate.files if (role := role_of(file))}
            parts = read_listing(candidate.form, files, builder, report)
        return builder.content(PROPERTIES, absent=ALL - parts)

    def canonical(self, code: str) -> str:
        return codes.canonical(code)

    def part(self, code: str) -> str:
        return codes.part(code)

    def shape(self, code: str) -> Shape | None:
        group = codes.part(code)
        if group == "other":
            return None
        return Shape(codes.LEVELS[group], codes.sort_key(code), group in HEADINGS)

    def _candidate(self, found: Found) -> Candidate:
        return Candidate(
            loader=self,
            system=ICD10SE,
            files=found.files,
            form=found.form,
            version=found.version,
            rank=RICHNESS[found.form],
            missing=found.missing,
            notes=found.notes,
        )


LOADER = Icd10SeLoader()
