"""FHIR ValueSets in JSON, of R4 or R5 (STU3's have R4's shape): a file for itself, or in a Bundle.

Source: HL7 FHIR R4 and R5, resource ValueSet. A `compose` that only lists concepts gives members, with codes in the
canonical form of their system's home; any other one is kept as it is, as a rule that says which codes are meant. Of a
resource without compose the expansion is read, as the list of codes that its publisher made of a rule of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from codesystems.files import Package
from codesystems.formats.fhir_identity import METADATA, dated, oids, own_name
from codesystems.formats.fhir_json import Node, resources
from codesystems.loader import Candidate, Loader
from codesystems.model import CodeSystem, Hints
from codesystems.naming import system_named, valueset_id_of
from codesystems.report import ReleaseError, Report
from codesystems.valuesetbuilding import NAME, ValueSetBuilder, naming
from codesystems.valuesets import Member, ValueSet, ValueSetContent, valueset_url
from codesystems.versions import first_version

KIND = "ValueSet"
_MEMBERS = METADATA | {"immutable", "compose", "expansion", "scope"}
_INCLUDE = frozenset({"system", "version", "concept"})
_CONCEPT = frozenset({"code", "display"})
_CONTAINS = frozenset({"system", "version", "code", "display", "abstract", "inactive", "contains"})
_CARRIES_NOTHING = frozenset({"id", "extension", "fhir_comments"})


class FhirValueSetLoader(Loader):
    name = "fhir_valuesets"
    shares = "fhir"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        found = {file: resources(file, KIND) for file in package.files}
        named = hints.columns.get(NAME)
        if named and sum(map(len, found.values())) > 1:
            raise ReleaseError("several value sets: --valueset names only one", package.label)
        for file, nodes in found.items():
            _refuse_same_names(nodes)
            for node in nodes:
                version, effective = dated(node)
                yield Candidate(
                    loader=self,
                    system=_valueset(node, named),
                    files=(file,),
                    form="FHIR ValueSet",
                    version=hints.version or version or first_version(package.names_above(file)),
                    effective=hints.effective or effective,
                    columns=naming(hints),
                )

    def read(self, candidate: Candidate, report: Report) -> ValueSetContent:
        resource = _again(candidate)
        resource.only(_MEMBERS, report)
        if (status := resource.text("status")) not in ("", "active"):
            report.note(f"{resource.where}: the value set's status is {status}")
        compose = next(resource.nodes("compose"), None)
        if compose is None:
            return _expanded(resource, candidate, report)
        if not _is_list(compose):
            version, effective = candidate.dated()
            report.note(f"{resource.where}: kept as a rule, which says what the members are when they are asked for")
            return ValueSetContent(candidate.valueset, version, effective, (), compose=_text(compose.data))
        builder = ValueSetBuilder(candidate, report)
        pinned = {}
        for include in compose.nodes("include"):
            system = system_named(include.text("system"))
            if version := include.text("version"):
                pinned[system.id] = version
            for concept in include.nodes("concept"):
                concept.only(_CONCEPT, report)
                builder.add(system, Member("", concept.text("code"), concept.text("display")), concept.where)
        return builder.content(systems=pinned)


def _again(candidate: Candidate) -> Node:
    """The resource as identified. A file of several tells them apart by version too."""
    nodes = resources(candidate.files[0], KIND)
    named = candidate.columns.get(NAME)
    same = [node for node in nodes if len(nodes) == 1 or _valueset(node, named) == candidate.valueset]
    found = next((node for node in same if len(same) == 1 or dated(node)[0] == candidate.version), None)
    if found is None:
        raise ReleaseError(f"{candidate.valueset.id} is no longer there", candidate.files[0].path)
    return found


def _valueset(resource: Node, name: str | None) -> ValueSet:
    own = valueset_id_of(name or own_name(resource), resource.where)
    return ValueSet(
        id=own,
        url=resource.text("url") or valueset_url(own),
        title=resource.text("title") or resource.text("name") or own,
        publisher=resource.text("publisher"),
        language=resource.text("language") or "sv",
        aliases=oids(resource),
        copyright=resource.text("copyright"),
    )


def _refuse_same_names(nodes: Sequence[Node]) -> None:
    """Of several in a file, each has a name or a version of its own."""
    names = Counter((valueset_id_of(own_name(node), node.where), dated(node)[0]) for node in nodes if len(nodes) > 1)
    for (own, version), count in names.items():
        if count > 1:
            which = f"{own} {version}" if version else own
            raise ReleaseError(f"{count} value sets in the file are called {which}", nodes[0].file)


def _is_list(compose: Node) -> bool:
    """Whether a compose only lists concepts, of each code system in one version."""
    includes = list(compose.nodes("include"))
    versions: dict[str, tuple[str, str]] = {}
    for include in includes:
        if _says(include) - _INCLUDE or not include.text("system") or not any(include.nodes("concept")):
            return False
        stated = (include.text("system"), include.text("version"))
        if versions.setdefault(system_named(include.text("system")).id, stated) != stated:
            return False
    return bool(includes) and not _says(compose) - {"include"}


def _says(node: Node) -> set[str]:
    """The members of an element that mean something."""
    return {key for key in node.data if key not in _CARRIES_NOTHING and not key.startswith("_")}


def _text(compose: Mapping[str, object]) -> str:
    return json.dumps(compose, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _expanded(resource: Node, candidate: Candidate, report: Report) -> ValueSetContent:
    expansion = next(resource.nodes("expansion"), None)
    if expansion is None:
        raise ReleaseError("the value set has neither compose nor expansion", resource.where)
    report.note(f"{resource.where}: the codes are those of the expansion in the file")
    builder = ValueSetBuilder(candidate, report)
    for node in _contained(expansion):
        node.only(_CONTAINS, report)
        if not node.flag("abstract") and node.text("code"):
            builder.add(_system(node), Member("", node.text("code"), node.text("display")), node.where)
    return builder.content()


def _contained(node: Node) -> Iterator[Node]:
    for each in node.nodes("contains"):
        yield each
        yield from _contained(each)


def _system(node: Node) -> CodeSystem:
    if not node.text("system"):
        node.refuse("system", "is not there: which code system is it?")
    return system_named(node.text("system"))


LOADER = FhirValueSetLoader()
