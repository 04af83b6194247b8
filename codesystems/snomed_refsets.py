"""SNOMED CT's simple reference sets without the edition they belong to: a value set for each refset.

Source: SNOMED CT Release File Specification, "Simple reference set"; FHIR, "Using SNOMED CT" (implicit value sets,
`fhir_vs=refset/…`). Refset files that come with a file of concepts are part of that edition's release, and are read
with it; those of a region, in a package of their own, are read here. Which states of a refset files hold, `rf2_refsets`
says. Members that are no concepts are left out and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from codesystems import rf2_refsets, snomed
from codesystems.files import Package, SourceFile
from codesystems.formats import rf2, rf2_package
from codesystems.formats.tables import Columns, fold
from codesystems.loader import Candidate, Loader
from codesystems.model import Hints
from codesystems.naming import valueset_id_of
from codesystems.report import ReleaseError, Report
from codesystems.valuesetbuilding import NAME, ValueSetBuilder, naming
from codesystems.valuesets import Member, ValueSet, ValueSetContent

_IMPLICIT = f"{snomed.SYSTEM.url}?fhir_vs=refset/"
_KIND = re.compile(r"(?:Simple)?(?:Refset)?$", re.IGNORECASE)
"""What the name of a file says besides what the refset is called."""
_HEADER = {fold(name) for name in (*rf2.COMMON, "refsetId", "referencedComponentId")}


class SnomedRefsetLoader(Loader):
    name = "snomed_refsets"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        edition = {file for release in rf2_package.releases(package.files) for file in release.files}
        files = [file for file in package.files if file not in edition and _is_simple(file)]
        found = rf2_refsets.gathered(files)
        named = hints.columns.get(NAME)
        if named and len({refset for refset, _ in found}) > 1:
            raise ReleaseError("several reference sets: --valueset names only one", package.label)
        for refset, release in found:
            valueset = _valueset(refset, named, _called(release.files))
            for state in rf2_refsets.states(release, valueset.id, hints):
                yield Candidate(
                    loader=self,
                    system=valueset,
                    files=tuple(release.files),
                    form=release.type,
                    version=state.version,
                    effective=state.day,
                    rank=state.rank,
                    notes=state.notes,
                    columns=naming(hints),
                )

    def read(self, candidate: Candidate, report: Report) -> ValueSetContent:
        refset = candidate.valueset.url.removeprefix(_IMPLICIT)
        columns = Columns(("refsetId", "referencedComponentId"))
        rows = [row for file in candidate.files for row in rf2.read(file, columns, report) if row.cells[0] == refset]
        members = rf2_refsets.members(candidate, rows, report)
        delta = candidate.form == "Delta"
        builder = ValueSetBuilder(candidate, report)
        for row in members:
            code = row.cells[1]
            if not (rf2.is_sctid(code) and rf2.is_concept_id(code)):
                report.warn("no-concept", f"{code} names no concept", row.where)
            elif row.active:
                builder.add(snomed.SYSTEM, Member("", code, id=row.id), row.where)
        ended = [row.id for row in members if not row.active]
        return builder.content(delta=delta, removed=ended if delta else ())


def _is_simple(file: SourceFile) -> bool:
    """Whether a file is one of members without columns of their own, by its header."""
    return file.suffix == ".txt" and {name for name in rf2.header(file) if name} == _HEADER


def _valueset(refset: str, name: str | None, called: str) -> ValueSet:
    if not rf2.is_sctid(refset):
        raise ReleaseError(f"refsetId {refset!r} is no SCTID")
    return ValueSet(
        id=valueset_id_of(name or f"snomed-ct-refset-{refset}"),
        url=_IMPLICIT + refset,
        title=name or f"SNOMED CT {refset}" + (f": {called}" if called else ""),
        publisher="",
        language=snomed.SYSTEM.language,
        copyright=snomed.SYSTEM.copyright,
    )


def _called(files: Iterable[SourceFile]) -> str:
    """What its files call a refset (`UrvalDeltagandetyperSocialtjanst`); empty where they are of no refset by name."""
    names = filter(None, (rf2.parse_name(file.name) for file in files))
    return next((_KIND.sub("", name.summary) for name in names), "")


LOADER = SnomedRefsetLoader()
