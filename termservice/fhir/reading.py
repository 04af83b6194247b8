"""Resources (R5 JSON) read into values. Raises `issues.Failure` for what is not of the shape FHIR gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from termservice.fhir.issues import failed
from termservice.fhir.model import (
    ConceptRef,
    Designation,
    Entry,
    Filter,
    FilterDef,
    Include,
    Json,
    Meta,
    PropertyDef,
    PropertyValue,
    ValueSet,
)
from termservice.fhir.parameters import coding

STANDARDS_STATUS = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"
SUPPLEMENT = "http://hl7.org/fhir/StructureDefinition/valueset-supplement"
EXPANSION_PARAMETERS = (
    "http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter",
    "http://hl7.org/fhir/tools/StructureDefinition/valueset-expansion-parameter",
)


def meta(resource: Json) -> Meta:
    """The head of a CodeSystem."""
    return Meta(
        **_head(resource),
        content=text(resource, "content") or "complete",
        case_sensitive=resource.get("caseSensitive") is not False,
        hierarchy_meaning=text(resource, "hierarchyMeaning"),
        supplements=text(resource, "supplements"),
        properties=tuple(
            PropertyDef(
                text(each, "code"), text(each, "uri"), text(each, "type") or "string", text(each, "description")
            )
            for each in objects(resource, "property")
        ),
        filters=tuple(
            FilterDef(text(each, "code"), tuple(texts(each, "operator")), text(each, "value"))
            for each in objects(resource, "filter")
        ),
    )


def concepts(resource: Json) -> Iterator[tuple[Json, str]]:
    """Every concept of a CodeSystem with the code of the one it is nested in (empty at the top), outer before inner."""
    waiting = [(each, "") for each in reversed(objects(resource, "concept"))]
    while waiting:
        concept, parent = waiting.pop()
        yield concept, parent
        waiting += [(each, text(concept, "code")) for each in reversed(objects(concept, "concept"))]


def entry(
    concept: Json,
    properties: tuple[PropertyValue, ...],
    *,
    active: bool = True,
    abstract: bool = False,
    status: str = "",
) -> Entry:
    """A CodeSystem.concept; what its properties (as `property_values` reads them) mean for its activity, abstractness
    and status is for the caller to say."""
    return Entry(
        code=text(concept, "code"),
        display=text(concept, "display"),
        definition=text(concept, "definition"),
        designations=designations(concept),
        properties=properties,
        active=active,
        abstract=abstract,
        status=status,
        extensions=tuple(objects(concept, "extension")),
    )


def designations(concept: Json) -> tuple[Designation, ...]:
    return tuple(
        Designation(
            text(each, "value"),
            text(each, "language"),
            coding(each["use"]) if "use" in each else None,
            tuple(objects(each, "extension")),
        )
        for each in objects(concept, "designation")
    )


def property_values(concept: Json) -> Iterator[PropertyValue]:
    for each in objects(concept, "property"):
        for key, value in each.items():
            if key.startswith("value"):
                kind = key[5:]
                kind = kind[:1].lower() + kind[1:] if kind != "Coding" else kind
                yield PropertyValue(text(each, "code"), coding(value) if isinstance(value, dict) else value, kind)


def valueset(resource: Json) -> ValueSet:
    """A ValueSet with its compose."""
    compose = resource.get("compose")
    if compose is not None and not isinstance(compose, dict):
        raise failed("ValueSet.compose must be an object", code="structure", status=400)
    includes = _includes(compose or {}, "include")
    if compose is None and "expansion" in resource:
        includes = _listed(resource["expansion"])
    compose = compose or {}
    return ValueSet(
        **_head(resource),
        includes=includes,
        excludes=_includes(compose, "exclude"),
        inactive=compose.get("inactive") is not False,
        supplements=tuple(str(value) for value in extensions(resource, SUPPLEMENT)),
        expansion_parameters=tuple(_expansion_parameters(resource, compose)),
        resource=resource,
    )


def _head(resource: Json) -> dict[str, Any]:
    """What `model.Head` holds, by its names."""
    return {
        **{name: text(resource, name) for name in ("url", "version", "name", "title", "status", "language")},
        "experimental": resource.get("experimental") is True,
        "standards_status": str(extension(resource, STANDARDS_STATUS) or ""),
    }


def _includes(compose: Mapping[str, Any], name: str) -> tuple[Include, ...]:
    return tuple(
        Include(
            system=text(each, "system"),
            version=text(each, "version"),
            concepts=tuple(
                ConceptRef(
                    text(item, "code"), text(item, "display"), designations(item), tuple(objects(item, "extension"))
                )
                for item in objects(each, "concept")
            ),
            filters=tuple(
                Filter(text(item, "property"), text(item, "op"), text(item, "value"))
                for item in objects(each, "filter")
            ),
            valuesets=tuple(texts(each, "valueSet")),
            expression=f"ValueSet.compose.{name}[{number}]",
        )
        for number, each in enumerate(objects(compose, name))
    )


def _listed(expansion: Json) -> tuple[Include, ...]:
    """The rule of a value set that is known by its expansion only: the codes listed there."""
    found: dict[tuple[str, str], list[ConceptRef]] = {}
    waiting = list(reversed(objects(expansion, "contains"))) if isinstance(expansion, dict) else []
    while waiting:
        each = waiting.pop()
        waiting += reversed(objects(each, "contains"))
        if code := text(each, "code"):
            refs = found.setdefault((text(each, "system"), text(each, "version")), [])
            refs.append(ConceptRef(code, text(each, "display"), designations(each), tuple(objects(each, "extension"))))
    return tuple(
        Include(system, version, tuple(refs), expression="ValueSet.expansion")
        for (system, version), refs in found.items()
    )


def _expansion_parameters(resource: Json, compose: Json) -> Iterator[tuple[str, str | bool]]:
    for owner in (resource, compose):
        for each in objects(owner, "extension"):
            if each.get("url") in EXPANSION_PARAMETERS:
                name, value = extension(each, "name"), extension(each, "value")
                if isinstance(name, str) and isinstance(value, str | bool):
                    yield name, value


def extensions(owner: Json, url: str) -> list[Any]:
    """The values of every extension of that URL."""
    return [
        value
        for each in objects(owner, "extension")
        if each.get("url") == url
        for key, value in each.items()
        if key.startswith("value")
    ]


def extension(owner: Json, url: str) -> Any:
    """The value of the first extension of that URL; None without."""
    return next(iter(extensions(owner, url)), None)


def text(owner: Json, name: str) -> str:
    """A text element; empty where it is missing."""
    value = owner.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise failed(f"The element '{name}' must be text", code="structure", status=400)
    return value


def texts(owner: Json, name: str) -> list[str]:
    """A list of texts; empty where it is missing."""
    value = owner.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise failed(f"The element '{name}' must be a list of texts", code="structure", status=400)
    return value


def objects(owner: Json, name: str) -> list[Json]:
    """A list of objects; empty where it is missing."""
    value = owner.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise failed(f"The element '{name}' must be a list of objects", code="structure", status=400)
    return value
