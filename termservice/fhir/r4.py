"""What differs between R4 and R5: resources come in as R4 and are turned `up`, answers go out turned `down`.

Only what terminology has is turned. R5 elements without a place in R4 go as the cross-version extensions that FHIR
names for them (http://hl7.org/fhir/5.0/StructureDefinition/extension-…), or are left out where they only describe.
Turning twice does what turning once does. Both change what they are given: answers are made for one request.

Source: FHIR R5, "Version differences" of CodeSystem, ValueSet, ConceptMap, TerminologyCapabilities and their
operations; versions.html, "Extensions for converting between versions"; R4's conceptmap-equivalence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from termservice.fhir import r4maps
from termservice.fhir.model import Json
from termservice.fhir.r4maps import Node, nodes

_X = "http://hl7.org/fhir/5.0/StructureDefinition/extension-"
_ALGORITHM = _X + "CanonicalResource.versionAlgorithm"
_ALGORITHMS = frozenset(
    _X + kind + ".versionAlgorithm" for kind in ("CanonicalResource", "CodeSystem", "ValueSet", "ConceptMap")
)
_FILTER_OP = _X + "ValueSet.compose.include.filter.op"
_EXPANSION_PROPERTY = _X + "ValueSet.expansion.property"
_CONTAINS_PROPERTY = _X + "ValueSet.expansion.contains.property"
_ADDITIONAL_USE = _X + "ValueSet.compose.include.concept.designation.additionalUse"
_R5_OPERATORS = frozenset({"child-of", "descendent-leaf"})
_R5_ONLY = (
    "copyrightLabel", "approvalDate", "lastReviewDate", "effectivePeriod", "topic", "author", "editor", "reviewer",
    "endorser", "relatedArtifact", "scope",
)  # fmt: skip
"""Elements of the head that R4 does not have."""


def up(resource: Json) -> Json:
    """An R4 resource as R5. What is not of FHIR's shape is let be, for those who read it to refuse."""
    for each in _inside(resource):
        turn = _UP.get(str(each.get("resourceType")))
        if turn is not None:
            turn(each)
    return resource


def down(resource: Json) -> Json:
    """An R5 resource of ours as R4."""
    for each in _inside(resource):
        turn = _DOWN.get(str(each.get("resourceType")))
        if turn is not None:
            turn(each)
    return resource


def _inside(resource: Json) -> Iterator[Node]:
    """The resource, and those in it: of Parameters, of a Bundle, contained."""
    waiting: list[Any] = [resource]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, dict):
            continue
        if "resourceType" in found:
            yield found
        for name in ("parameter", "part", "entry", "contained"):
            waiting += nodes(found, name)
        if "resource" in found:
            waiting.append(found["resource"])


def _head_up(resource: Node) -> None:
    for each in _taken(resource, lambda url: url in _ALGORITHMS):
        for name, value in each.items():
            if name in ("valueString", "valueCoding"):
                resource["versionAlgorithm" + name[5:]] = value


def _head_down(resource: Node) -> None:
    for name in _R5_ONLY:
        resource.pop(name, None)
    for kind in ("String", "Coding"):
        if (value := resource.pop("versionAlgorithm" + kind, None)) is not None:
            _extend(resource, {"url": _ALGORITHM, "value" + kind: value})


def _codesystem_down(resource: Node) -> None:
    _head_down(resource)
    kept = []
    for each in nodes(resource, "filter"):
        each["operator"] = [operator for operator in each.get("operator", ()) if operator not in _R5_OPERATORS]
        if each["operator"]:
            kept.append(each)
    _put(resource, "filter", kept)


def _valueset_up(resource: Node) -> None:
    _head_up(resource)
    for clause in _clauses(resource):
        for each in nodes(clause, "filter"):
            primitive = each.get("_op")
            for found in _taken(primitive, lambda url: url == _FILTER_OP) if isinstance(primitive, dict) else ():
                each["op"] = found.get("valueCode")
            if primitive == {}:
                del each["_op"]
        for concept in nodes(clause, "concept"):
            for designation in nodes(concept, "designation"):
                for found in _taken(designation, lambda url: url == _ADDITIONAL_USE):
                    designation.setdefault("additionalUse", []).append(found.get("valueCoding"))
    expansion = resource.get("expansion")
    if isinstance(expansion, dict):
        for found in _taken(expansion, lambda url: url == _EXPANSION_PROPERTY):
            _append(expansion, "property", {name: _value(value) for name, value in _parts(found).items()})
        for each in _contained(expansion):
            for found in _taken(each, lambda url: url == _CONTAINS_PROPERTY):
                _append(each, "property", _property_up(_parts(found)))


def _property_up(parts: dict[str, Node]) -> Node:
    stated = parts.get("value") or parts.get("value[x]") or {}
    value = {name: each for name, each in stated.items() if name.startswith("value")}
    return {"code": _value(parts.get("code", {})), **value}


def _valueset_down(resource: Node) -> None:
    _head_down(resource)
    compose = resource.get("compose")
    if isinstance(compose, dict):
        compose.pop("property", None)
    for clause in _clauses(resource):
        clause.pop("copyright", None)
        for each in nodes(clause, "filter"):
            if each.get("op") in _R5_OPERATORS:
                each["_op"] = {"extension": [{"url": _FILTER_OP, "valueCode": each.pop("op")}]}
        for concept in nodes(clause, "concept"):
            for designation in nodes(concept, "designation"):
                for use in designation.pop("additionalUse", ()):
                    _extend(designation, {"url": _ADDITIONAL_USE, "valueCoding": use})
    expansion = resource.get("expansion")
    if isinstance(expansion, dict):
        _expansion_down(expansion)


def _expansion_down(expansion: Node) -> None:
    expansion.pop("next", None)
    for each in expansion.pop("property", ()):
        parts = [{"url": name, f"value{kind}": each[name]} for name, kind in _DEFINED if name in each]
        _extend(expansion, {"url": _EXPANSION_PROPERTY, "extension": parts})
    for each in _contained(expansion):
        for found in each.pop("property", ()):
            value = {name: value for name, value in found.items() if name.startswith("value")}
            parts = [{"url": "code", "valueCode": found.get("code")}, {"url": "value", **value}]
            _extend(each, {"url": _CONTAINS_PROPERTY, "extension": parts})


_DEFINED = (("code", "Code"), ("uri", "Uri"))


def _parameters_down(resource: Node) -> None:
    """R4 has no integer64, and other names in the matches of $translate."""
    waiting = nodes(resource, "parameter")
    while waiting:
        each = waiting.pop()
        if "valueInteger64" in each:
            each["valueInteger"] = int(each.pop("valueInteger64"))
        if each.get("name") == "match":
            r4maps.match_down(each)
        waiting += nodes(each, "part")


def _capabilities_down(resource: Node) -> None:
    resource.pop("acceptLanguage", None)
    _head_down(resource)


def _terminology_down(resource: Node) -> None:
    _head_down(resource)
    resource.pop("supplements", None)
    for each in nodes(resource, "codeSystem"):
        each.pop("content", None)
        for version in nodes(each, "version"):
            for found in nodes(version, "filter"):
                found["op"] = [operator for operator in found.get("op", ()) if operator not in _R5_OPERATORS]
            _put(version, "filter", [found for found in nodes(version, "filter") if found["op"]])


def _map_up(resource: Node) -> None:
    _head_up(resource)
    r4maps.up(resource)


def _map_down(resource: Node) -> None:
    _head_down(resource)
    r4maps.down(resource)


_UP: dict[str, Callable[[Node], None]] = {
    "CodeSystem": _head_up,
    "ValueSet": _valueset_up,
    "ConceptMap": _map_up,
}
_DOWN: dict[str, Callable[[Node], None]] = {
    "CodeSystem": _codesystem_down,
    "ValueSet": _valueset_down,
    "ConceptMap": _map_down,
    "Parameters": _parameters_down,
    "CapabilityStatement": _capabilities_down,
    "TerminologyCapabilities": _terminology_down,
}


def _clauses(valueset: Node) -> Iterator[Node]:
    """The includes and excludes."""
    compose = valueset.get("compose")
    if isinstance(compose, dict):
        yield from nodes(compose, "include")
        yield from nodes(compose, "exclude")


def _contained(expansion: Node) -> Iterator[Node]:
    """Every entry of an expansion, nested ones too."""
    waiting = nodes(expansion, "contains")
    while waiting:
        found = waiting.pop()
        yield found
        waiting += nodes(found, "contains")


def _taken(owner: Node, wanted: Callable[[str], bool]) -> list[Node]:
    """The extensions with such URLs, which the owner then no longer has."""
    listed = nodes(owner, "extension")
    if not listed:
        return []
    found = [each for each in listed if wanted(str(each.get("url")))]
    if found:
        _put(owner, "extension", [each for each in listed if not any(each is other for other in found)])
    return found


def _parts(extension: Node) -> dict[str, Node]:
    return {str(each.get("url")): each for each in nodes(extension, "extension")}


def _value(extension: Node) -> Any:
    return next((value for name, value in extension.items() if name.startswith("value")), None)


def _extend(owner: Node, extension: Node) -> None:
    """Adds to a list of its own: extensions of answers may be those of what was loaded."""
    owner["extension"] = [*owner.get("extension", ()), extension]


def _append(owner: Node, name: str, value: Node) -> None:
    owner[name] = [*nodes(owner, name), value]


def _put(owner: Node, name: str, values: list[Node]) -> None:
    if values:
        owner[name] = values
    else:
        owner.pop(name, None)
