"""What is loaded as resources: CodeSystem (without its concepts), ValueSet, ConceptMap.

A CodeSystem says `content: not-present`: its concepts are asked for with $lookup, $expand and the REST export, not
read as one document. A ConceptMap has its elements as long as they are few enough to be one document; a larger one is
tagged as SUBSETTED and is asked with $translate.

Source: FHIR R5, codesystem.html, valueset.html, conceptmap.html.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from termservice.answers import When
from termservice.fhir import heads, storedmaps
from termservice.fhir.calls import Call
from termservice.fhir.heads import KINDS, Head
from termservice.fhir.issues import failed
from termservice.fhir.model import Json, Meta
from termservice.fhir.parameters import Parameters
from termservice.fhir.shaping import SUBSETTED, shape

__all__ = ["KINDS", "addressed", "read", "resource_of"]
MOST_ELEMENTS = 20_000
"""Of a ConceptMap that is read with its elements."""
_PAGE = 1000
_URI = "urn:ietf:rfc:3986"
_SUBJECTS = {
    ("CodeSystem", "lookup"): ("system", "version"),
    ("CodeSystem", "subsumes"): ("system", "version"),
    ("CodeSystem", "validate-code"): ("url", "version"),
    ("CodeSystem", "batch-validate-code"): ("url", "version"),
    ("ValueSet", "expand"): ("url", "valueSetVersion"),
    ("ValueSet", "validate-code"): ("url", "valueSetVersion"),
    ("ValueSet", "batch-validate-code"): ("url", "valueSetVersion"),
    ("ConceptMap", "translate"): ("url", "conceptMapVersion"),
}
"""The parameters that name what an operation on an instance is about, and its version."""


def read(call: Call) -> Json:
    """The resource of the call's id, or those of its elements that are wanted. Raises `Failure` (404)."""
    wanted = shape(call.parameters)
    return wanted.of(resource_of(call, _head(call), whole=wanted.summary != "true"))


def addressed(call: Call, operation: str) -> Call:
    """A call on an instance as one that names it: without a version where the version in force is meant, so that a date
    may be asked about."""
    if not call.id:
        return call
    head = _head(call)
    url, version = _SUBJECTS[call.kind, operation]
    named = [(url, head.url)]
    if not head.current or (head.short and call.id != head.id):
        named.append((version, head.version))
    return replace(call, id="", parameters=Parameters([*named, *call.parameters]))


def _head(call: Call) -> Head:
    found = heads.with_id(call, call.kind, call.id)
    if found is None:
        text = f"There is no {call.kind} '{call.id}'; those there are can be searched at {call.base}/{call.kind}"
        raise failed(text, code="not-found", status=404)
    return found


def resource_of(call: Call, head: Head, *, whole: bool = True) -> Json:
    """All that is served of a resource; where not `whole`, without elements of maps and members of value sets. Not to
    be changed."""
    if head.resource is not None:
        return head.resource
    found: dict[str, Any] = {"resourceType": head.kind, "id": head.id}
    if head.language:
        found["language"] = head.language
    identifiers = [{"system": _URI, "value": _urn(each)} for each in head.aliases if _urn(each)]
    found["url"] = head.url
    if identifiers:
        found["identifier"] = identifiers
    found |= {"version": head.version, "name": head.name, "title": head.title, "status": "active"}
    found |= {"experimental": False, "date": head.date, "publisher": head.publisher}
    if head.copyright:
        found["copyright"] = head.copyright
    if head.kind == "CodeSystem":
        return found | _codesystem(call, head)
    if head.implicit:
        return found | _implicit(head)
    if not whole:
        found["meta"] = {"tag": [SUBSETTED]}
    if head.kind == "ValueSet":
        return found | (_valueset(call, head) if whole else {})
    return found | _conceptmap(call, head, whole)


def _urn(alias: str) -> str:
    """An alias as a URI: an OID is one with `urn:oid:` before it; empty for what is none."""
    if alias.replace(".", "").isdigit():
        return f"urn:oid:{alias}"
    return alias if ":" in alias else ""


def _codesystem(call: Call, head: Head) -> dict[str, Any]:
    provider = call.library.provider(head.url, head.version)
    meta = provider.meta if provider is not None else Meta(head.url)
    found: dict[str, Any] = {
        "caseSensitive": meta.case_sensitive,
        "valueSet": head.url + heads.IMPLICIT,
        "versionNeeded": False,
        "content": "not-present",
        "count": head.count,
    }
    if meta.hierarchy_meaning:
        found["hierarchyMeaning"] = meta.hierarchy_meaning
    if meta.filters:
        found["filter"] = [
            {"code": each.code, "operator": list(each.operators), "value": each.value or "A value"}
            for each in meta.filters
        ]
    if meta.properties:
        found["property"] = [
            _stated({"code": each.code, "uri": each.uri, "description": each.description, "type": each.type})
            for each in meta.properties
        ]
    return found


def _implicit(head: Head) -> dict[str, Any]:
    system = head.url.removesuffix(heads.IMPLICIT)
    return {"immutable": True, "compose": {"include": [{"system": system, "version": head.version}]}}


def _valueset(call: Call, head: Head) -> dict[str, Any]:
    defined = call.service.valuesets.definition(head.short, head.version)
    if defined.compose:
        return {"compose": json.loads(defined.compose)}
    return {
        "compose": {
            "include": [
                _stated({"system": each.system, "version": each.version})
                | {"concept": [_stated({"code": code, "display": display}) for code, display in each.concepts]}
                for each in defined.includes
            ]
        }
    }


def _conceptmap(call: Call, head: Head, whole: bool) -> dict[str, Any]:
    urls = call.service.maps.urls()
    source, target = (urls.get(short, short) for short in (head.source, head.target))
    found: dict[str, Any] = {
        "sourceScopeUri": source + heads.IMPLICIT,
        "targetScopeUri": target + heads.IMPLICIT,
    }
    if head.count > MOST_ELEMENTS:
        text = f"{head.count} elements, which are not part of this document; they are asked for with $translate."
        return {**found, "meta": {"tag": [SUBSETTED]}, "description": text}
    if whole and (elements := _elements(call, head)):
        found["property"] = storedmaps.definitions()
        found["group"] = [{"source": source, "target": target, "element": elements}]
    return found


def _elements(call: Call, head: Head) -> list[Json]:
    """By source code, in the order of the map."""
    found: dict[str, dict[str, Any]] = {}
    offset: int | None = 0
    while offset is not None:
        page = call.service.maps.elements(head.short, When(head.version), offset=offset, limit=_PAGE)
        for row in page.items:
            element = found.setdefault(row.source, _stated({"code": row.source, "display": row.source_display or ""}))
            if row.target:
                element.setdefault("target", []).append(storedmaps.element_target(row))
        offset = int(page.next) if page.next else None
    for element in found.values():
        if "target" not in element:
            element["noMap"] = True
    return list(found.values())


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    """Only what is not empty."""
    return {name: value for name, value in values.items() if value}
