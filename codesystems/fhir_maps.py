"""FHIR ConceptMaps in JSON, of R4 or R5 (STU3's have R4's shape): a file for itself, or in a Bundle.

Source: HL7 FHIR R4 and R5, resource ConceptMap. Codes are in the canonical form of their system's home. Of a resource
whose groups join several pairs of code systems each pair is a map of its own. What is to be done with codes that are
not in the map (`group.unmapped`) is noted, not done.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from codesystems.fhir_map_elements import elements
from codesystems.files import Package
from codesystems.formats.fhir_identity import METADATA, dated, oids, own_name, split_canonical
from codesystems.formats.fhir_json import Node, resources
from codesystems.loader import Candidate, Loader
from codesystems.mapbuilding import MapBuilder
from codesystems.maps import ConceptMap, MapContent, map_url
from codesystems.model import CodeSystem, Hints
from codesystems.naming import known_system, map_id_of, system_named
from codesystems.report import ReleaseError, Report
from codesystems.versions import first_version

KIND = "ConceptMap"
_IMPLICIT = "?fhir_vs"
"""What makes a value set of all of a code system."""

_SCOPES = {
    end: tuple(f"{end}{kind}" for kind in ("ScopeUri", "ScopeCanonical", "Uri", "Canonical"))
    for end in ("source", "target")
}
_METADATA = METADATA.union(
    ("property", "additionalAttribute", "group", "sourceReference", "targetReference"), *_SCOPES.values()
)
_GROUP = frozenset({"source", "sourceVersion", "target", "targetVersion", "element", "unmapped"})


@dataclass(frozen=True, slots=True)
class _Found:
    """A map in a resource: the groups that join the same two code systems."""

    map: ConceptMap
    resource: Node
    groups: Sequence[Node]


class FhirMapLoader(Loader):
    name = "fhir_maps"
    shares = "fhir"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        found = {file: resources(file, KIND) for file in package.files}
        if hints.system and sum(map(len, found.values())) > 1:
            raise ReleaseError("several maps: --system names only one", package.label)
        for file, nodes in found.items():
            maps = [each for node in nodes for each in _maps(node, hints.system)]
            _refuse_same_names(maps)
            for each in maps:
                version, effective = dated(each.resource)
                yield Candidate(
                    loader=self,
                    system=each.map,
                    files=(file,),
                    form="FHIR ConceptMap",
                    version=hints.version or version or first_version(package.names_above(file)),
                    effective=hints.effective or effective,
                )

    def read(self, candidate: Candidate, report: Report) -> MapContent:
        found = _again(candidate)
        builder = MapBuilder(candidate, report)
        found.resource.only(_METADATA, report)
        if (status := found.resource.text("status")) not in ("", "active"):
            report.note(f"{found.resource.where}: the map's status is {status}")
        for group in found.groups:
            group.only(_GROUP, report)
            for node in group.nodes("unmapped"):
                report.note(f"{node.where}: not read, codes that are not in the map stay without target")
            for element, where in elements(group, found.map, report):
                builder.add(element, where)
        return builder.content(
            source_version=_version(found, "source", report),
            target_version=_version(found, "target", report),
        )


def _again(candidate: Candidate) -> _Found:
    """The map as identified. Where the operator gave its id there is one resource, which joins its systems once."""
    cm = candidate.conceptmap
    nodes = resources(candidate.files[0], KIND)
    same = [each for node in nodes for each in _maps(node, None if len(nodes) > 1 else cm.id)]
    same = [each for each in same if (each.map.source, each.map.target) == (cm.source, cm.target)]
    found = next((each for each in same if len(same) == 1 or each.map.id == cm.id), None)
    if found is None:
        raise ReleaseError(f"{cm.id} is no longer there", candidate.files[0].path)
    return replace(found, map=cm)


def _maps(resource: Node, name: str | None) -> list[_Found]:
    """The maps in a resource, called `name` or as it calls itself."""
    pairs: defaultdict[tuple[CodeSystem, CodeSystem], list[Node]] = defaultdict(list)
    for group in resource.nodes("group"):
        pairs[_system(group, resource, "source"), _system(group, resource, "target")].append(group)
    if not pairs:
        raise ReleaseError("the map has no group", resource.where)
    return [
        _Found(_map(resource, name, source, target, alone=len(pairs) == 1), resource, groups)
        for (source, target), groups in pairs.items()
    ]


def _map(resource: Node, name: str | None, source: CodeSystem, target: CodeSystem, *, alone: bool) -> ConceptMap:
    """The identity of a map; one of several in a resource has its systems' names besides."""
    pair = "" if alone else f"{source.id}-to-{target.id}"
    base = map_id_of(name or own_name(resource) or f"{source.id}-to-{target.id}", resource.where)
    map_id = f"{base}-{pair}" if pair else base
    url = resource.text("url") or map_url(base)
    title = resource.text("title") or resource.text("name") or base
    return ConceptMap(
        id=map_id,
        url=f"{url}#{pair}" if pair else url,
        title=f"{title}: {source.title} → {target.title}" if pair else title,
        publisher=resource.text("publisher"),
        source=source,
        target=target,
        language=resource.text("language") or "sv",
        aliases=oids(resource) if alone else (),
        copyright=resource.text("copyright"),
    )


def _refuse_same_names(maps: Sequence[_Found]) -> None:
    for map_id, count in Counter(each.map.id for each in maps).items():
        if count > 1:
            where = next(each.resource.where for each in reversed(maps) if each.map.id == map_id)
            raise ReleaseError(f"{count} maps in the file are called {map_id}", where)


def _system(group: Node, resource: Node, end: str) -> CodeSystem:
    """The code system that a group maps from or to; where it names none, the one whose codes are the map's scope."""
    name, _ = split_canonical(group.text(end))
    if not name:
        for key in _SCOPES[end]:
            scope, _ = split_canonical(resource.text(key))
            if _IMPLICIT in scope or known_system(scope):
                name = scope.partition(_IMPLICIT)[0]
                break
    if not name:
        group.refuse(end, "is not there: which code system is it?")
    return system_named(name)


def _version(found: _Found, end: str, report: Report) -> str:
    """The version of the code system mapped from or to; empty where groups are of several."""
    stated = {group.text(f"{end}Version") or split_canonical(group.text(end))[1] for group in found.groups} - {""}
    if len(stated) > 1:
        report.warn("several-versions", f"{end} versions {', '.join(sorted(stated))}", found.resource.where)
    return stated.pop() if len(stated) == 1 else ""


LOADER = FhirMapLoader()
