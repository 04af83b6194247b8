"""The matches of a $translate as parameters (R5)."""

from __future__ import annotations

from collections.abc import Iterable

from termservice.fhir import storedmaps
from termservice.fhir.conceptmaps import Match
from termservice.fhir.model import Json
from termservice.fhir.reading import text
from termservice.fhir.writing import part


def written(found: Match, *, backwards: bool, turned: bool) -> Json:
    """A match. Backwards its `concept` stays the target, as the HL7 terminology ecosystem has it, and the `source` says
    what was found; R4's `reverse` (`turned`) gives what was found as the `concept`."""
    parts = [
        part("relationship", found.relationship, "code"),
        part("concept", found.source if turned else found.target),
    ]
    for uri, element in found.properties:
        parts.append({"name": "property", "part": [part("uri", uri, "uri"), _value(element)]})
    parts += _attributed("product", found.product)
    parts += _attributed("dependsOn", found.depends_on)
    if found.comment:
        comment = part("uri", storedmaps.COMMENT, "uri"), part("value", found.comment)
        parts.append({"name": "property", "part": list(comment)})
    if found.map:
        parts.append(part("originMap", found.map, "canonical"))
    if backwards and not turned:
        parts.append(part("source", found.source))
    return {"name": "match", "part": parts}


def _attributed(name: str, listed: Iterable[Json]) -> list[Json]:
    return [
        {"name": name, "part": [part("attribute", text(each, "attribute"), "uri"), _value(each)]} for each in listed
    ]


def _value(element: Json) -> Json:
    """What has no value but a value set names that."""
    for name, value in element.items():
        if name.startswith("value") and name != "valueSet":
            return {"name": "value", name: value}
    return part("valueSet", text(element, "valueSet"), "canonical")
