"""SNOMED CT's maps in Release Format 2: simple, complex and extended map reference sets, one map for each refset.

Source: SNOMED CT Release File Specification, "Map reference sets"; SNOMED CT to ICD-10 Map Specification (map
category, rule, advice); FHIR, "Using SNOMED CT" (implicit concept maps, `fhir_cm`). A file of any name is read whose
header says that it is a map; release type and date are in its name. Which states of the map it holds, `rf2_refsets`
says.

The target of `mapTarget` is in the canonical form of its system; a spelling of the file's own is in the comment.
Simple maps *to* SNOMED CT have `mapSource` instead, and are maps from the other system.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from codesystems import icd10, rf2_refsets, snomed
from codesystems.files import Package
from codesystems.formats import rf2
from codesystems.formats.rf2 import Row
from codesystems.formats.tables import Columns
from codesystems.loader import Candidate, Loader, home_of
from codesystems.mapbuilding import MapBuilder
from codesystems.maps import ConceptMap, MapContent, MapElement, Relationship
from codesystems.model import CodeSystem, Hints
from codesystems.report import ReleaseError, Report

TO_TARGET, TO_SNOMED = "mapTarget", "mapSource"
_IMPLICIT_MAP = f"{snomed.SYSTEM.url}?fhir_cm="
_NUMBER = re.compile(r"[0-9]{1,9}")
_OPTIONAL = ("mapGroup", "mapPriority", "mapRule", "mapAdvice", "correlationId", "mapCategoryId")


def _other(system_id: str, url: str, title: str, publisher: str, *aliases: str) -> CodeSystem:
    return CodeSystem(system_id, url, title, publisher, language="en", aliases=aliases)


TARGETS: dict[str, CodeSystem] = {
    "447562003": icd10.SYSTEM,
    "446608001": _other(
        "icd-o",
        "http://terminology.hl7.org/CodeSystem/icd-o-3",
        "International Classification of Diseases for Oncology",
        "World Health Organization",
        "http://hl7.org/fhir/sid/icd-o",
        "2.16.840.1.113883.6.43.1",
    ),
    "447563008": _other(
        "icd-9-cm",
        "http://hl7.org/fhir/sid/icd-9-cm",
        "International Classification of Diseases, 9th Revision, Clinical Modification",
        "National Center for Health Statistics",
    ),
    "450993002": _other(
        "icpc-2",
        "http://hl7.org/fhir/sid/icpc-2",
        "International Classification of Primary Care, second edition",
        "WONCA",
    ),
    "900000000000497000": _other("ctv3", "http://read.info/ctv3", "Clinical Terms Version 3 (Read Codes)", "NHS"),
    "6011000124106": _other(
        "icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10-cm",
        "International Classification of Diseases, 10th Revision, Clinical Modification",
        "National Center for Health Statistics",
    ),
}
"""Map refset → what it maps to. A refset that is not here maps to a code system made of its id."""

RELATIONSHIPS: dict[str, Relationship] = {
    "447557004": "equivalent",
    "447558009": "source-is-narrower-than-target",
    "447559001": "source-is-broader-than-target",
    "447560006": "related-to",
    "447561005": "related-to",
    "447556008": "unmapped",
    "1193548004": "equivalent",
    "1193549007": "source-is-narrower-than-target",
    "1193547009": "source-is-broader-than-target",
    "1193550007": "related-to",
    "1193552004": "related-to",
    "1193551006": "unmapped",
}
"""Map correlation values; the latter half are those of refsets with correlation that came in 2021."""
CORRELATION_TERMS = {
    "447556008": "SNOMED CT source code not mappable to target coding scheme",
    "447560006": "Partial overlap between SNOMED CT source code and target code",
    "1193550007": "Partial overlap between map source and map target",
    "1193551006": "Map source not mappable to map target",
}
"""Those that say more than the relationship does."""
CATEGORY_TERMS = {
    "447635003": "Mapping guidance from WHO is ambiguous",
    "447636002": "Map source concept is outside of the scope of target classification",
    "447637006": "Map source concept is properly classified",
    "447638001": "Map source concept cannot be classified with available data",
    "447639009": "Map of source concept is context dependent",
    "447640006": "Source SNOMED concept is ambiguous",
    "447641005": "Source SNOMED concept is incompletely modeled",
    "447642003": "Source concept has been retired from map scope",
}


class SnomedMapLoader(Loader):
    name = "snomed_maps"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for direction in (TO_TARGET, TO_SNOMED):
            files = [file for file in package.files if rf2.map_column(file) == direction]
            for refset, release in rf2_refsets.gathered(files):
                system = _map(refset, direction)
                for state in rf2_refsets.states(release, system.id, hints):
                    yield Candidate(
                        loader=self,
                        system=system,
                        files=tuple(release.files),
                        form=release.type,
                        version=state.version,
                        effective=state.day,
                        rank=state.rank,
                        notes=state.notes,
                    )

    def read(self, candidate: Candidate, report: Report) -> MapContent:
        members = _members(candidate, report)
        delta = candidate.form == "Delta"
        active = [member for member in members if member.active]
        reader = _ElementReader(candidate.conceptmap, report)
        elements = [(reader.element(member), member.where) for member in active]
        elements.sort(key=lambda pair: _order(pair[0]))
        builder = MapBuilder(candidate, report)
        for element, where in elements:
            builder.add(element, where)
        ended = [member.id for member in members if not member.active]
        return builder.content(source_version=_source_version(candidate), delta=delta, removed=ended if delta else ())


class _ElementReader:
    """Makes elements of the members of one map."""

    def __init__(self, system: ConceptMap, report: Report) -> None:
        self._reverse = system.source.id != snomed.SYSTEM.id
        other = home_of((system.source if self._reverse else system.target).id)
        self._canonical = other.canonical if other else str
        self._report = report
        self._checked: set[str] = set()
        self._said: dict[tuple[str, ...], str] = {}

    def element(self, member: Row) -> MapElement:
        _, concept, other, *rest = member.cells
        group, priority, rule, advice, correlation, category = rest
        for sctid in filter(None, (member.cells[0], concept, correlation, category, member.module)):
            self._check(sctid, member)
        if concept and not rf2.is_concept_id(concept):
            self._report.warn("no-concept", f"{concept} names no concept", member.where)
        self._check_repeated(member, (concept, other, group, priority, rule))
        code = self._canonical(other)
        relationship = self._relationship(correlation, concept if self._reverse else code, member)
        comment = _comment(category, correlation, f"written {other}" if code != other else "")
        if relationship == "unmapped":
            comment = comment or advice or "no target in the file"
        return MapElement(
            source=code if self._reverse else concept,
            target=concept if self._reverse else code,
            relationship=relationship,
            group=_number(group, "mapGroup", member),
            priority=_number(priority, "mapPriority", member),
            rule=rule,
            advice=advice,
            comment=comment,
            id=member.id,
        )

    def _relationship(self, correlation: str, target: str, member: Row) -> Relationship:
        if not target:
            return "unmapped"
        if correlation and correlation not in RELATIONSHIPS:
            self._report.warn("unknown-correlation", f"correlationId {correlation} is not known", member.where)
        found = RELATIONSHIPS.get(correlation, "related-to")
        if found == "unmapped":
            self._report.warn("target-of-unmapped", f"{target} is the target of what cannot be mapped", member.where)
            return "not-related-to"
        return found

    def _check(self, sctid: str, member: Row) -> None:
        if sctid in self._checked:
            return
        self._checked.add(sctid)
        if not rf2.is_sctid(sctid):
            self._report.warn("check-digit", f"{sctid} is no SCTID: its check digit is wrong", member.where)

    def _check_repeated(self, member: Row, said: tuple[str, ...]) -> None:
        before = self._said.setdefault(said, member.id)
        if before != member.id:
            self._report.warn("repeated-member", f"{member.id} says the same as {before}", member.where)


def _map(refset: str, direction: str) -> ConceptMap:
    if not refset.isascii() or not refset.isdecimal():
        raise ReleaseError(f"refsetId {refset!r} is no SCTID")
    made = f"snomed-ct-map-{refset}"
    other = TARGETS.get(refset) or _other(f"{made}-codes", f"urn:codesystem:{made}-codes", f"Codes of map {refset}", "")
    reverse = direction == TO_SNOMED
    source, target = (other, snomed.SYSTEM) if reverse else (snomed.SYSTEM, other)
    return ConceptMap(
        id=f"{source.id}-to-{target.id}" if refset in TARGETS else made,
        url=_IMPLICIT_MAP + refset,
        title=f"{source.title} → {target.title}",
        publisher=snomed.SYSTEM.publisher,
        source=source,
        target=target,
        language="en",
        copyright=snomed.SYSTEM.copyright,
    )


def _members(candidate: Candidate, report: Report) -> list[Row]:
    """The state of each member of the map on the day that the candidate is about."""
    system = candidate.conceptmap
    refset = system.url.removeprefix(_IMPLICIT_MAP)
    direction = TO_TARGET if system.source.id == snomed.SYSTEM.id else TO_SNOMED
    columns = Columns(("refsetId", "referencedComponentId", direction), _OPTIONAL)
    rows = [row for file in candidate.files for row in rf2.read(file, columns, report) if row.cells[0] == refset]
    return rf2_refsets.members(candidate, rows, report)


def _number(cell: str, column: str, member: Row) -> int:
    """Group or priority; 1 in simple maps, which have none."""
    if not cell:
        return 1
    if not _NUMBER.fullmatch(cell):
        raise ReleaseError(f"{column} is {cell[:40]!r}, no number", member.where)
    return int(cell)


def _comment(category: str, correlation: str, spelling: str) -> str:
    said = [f"{category} | {CATEGORY_TERMS[category]} |" if category in CATEGORY_TERMS else category]
    if correlation in CORRELATION_TERMS:
        said.append(f"{correlation} | {CORRELATION_TERMS[correlation]} |")
    return "; ".join(filter(None, [*said, spelling]))


def _order(element: MapElement) -> tuple[str, int, int, str, str]:
    """The same whichever release type they come from."""
    return element.source, element.group, element.priority, element.target, element.id


def _source_version(candidate: Candidate) -> str:
    """A map is part of the release of SNOMED CT that it comes with."""
    if candidate.conceptmap.source.id != snomed.SYSTEM.id or candidate.effective is None:
        return ""
    return f"{candidate.effective:%Y%m%d}"


LOADER = SnomedMapLoader()
