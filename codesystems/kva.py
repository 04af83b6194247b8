"""KVÅ, the Swedish classification of health interventions: KKÅ (surgical) and KMÅ (medical) together.

The publisher's forms: tsv files, one for KKÅ and one for KMÅ (today), a workbook of all codes (2026), a text
release with a file per level (2021), code lists as xls, csv or txt (2005-2013). See `kva_formats`.
"""

from __future__ import annotations

from collections.abc import Iterator

from codesystems.building import Builder
from codesystems.files import Package
from codesystems.kva_formats.concepts import PROPERTIES
from codesystems.kva_formats.identity import canonical, level_of, part_of, sort_key
from codesystems.kva_formats.levels import level_sets, read_levels
from codesystems.kva_formats.lists import read_lists
from codesystems.kva_formats.releases import releases
from codesystems.loader import Candidate, Loader, Shape
from codesystems.model import CodeSystem, CodeSystemContent, Hints
from codesystems.report import Report

SYSTEM = CodeSystem(
    id="kva",
    url="http://electronichealth.se/id/kva",
    title="Klassifikation av vårdåtgärder (KVÅ)",
    publisher="E-hälsomyndigheten",
    aliases=(
        "1.2.752.116.1.3.2.1.4",
        "1.2.752.116.1.3.2.3.6",  # KKÅ
        "1.2.752.116.1.3.2.3.5",  # KMÅ
        "1.2.752.116.1.3.2.3.4",
        "1.2.752.116.1.3.2.3.7",
    ),
)


class KvaLoader(Loader):
    name = "kva"
    systems = (SYSTEM,)
    expect_min_concepts = 8_000

    def identify(self, package: Package, hints: Hints) -> Iterator[Candidate]:
        for piece in releases(package):
            yield Candidate(
                loader=self,
                system=SYSTEM,
                files=piece.files,
                form=piece.form,
                version=piece.dating.version,
                effective=piece.dating.effective,
                rank=piece.rank,
                missing=piece.missing,
                notes=piece.notes,
            )

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        builder = Builder(candidate, report)
        if candidate.form == "text":
            absent = read_levels(level_sets(candidate.files), builder, report)
        else:
            absent = read_lists(candidate, builder, report)
        return builder.content(PROPERTIES, absent=absent)

    def canonical(self, code: str) -> str:
        return canonical(code)

    def part(self, code: str) -> str:
        return part_of(code)

    def shape(self, code: str) -> Shape:
        level = level_of(code)
        return Shape(level, sort_key(code), abstract=level != "code")


LOADER = KvaLoader()
