"""Tiny maps of the request, and translations with them."""

from __future__ import annotations

from typing import Any

from tests.test_termservice.test_fhir.asking import Fhir, values


def conceptmap(release: str, *elements: dict[str, Any], **group: Any) -> dict[str, Any]:
    """A map from urn:from to urn:to, in that FHIR version; relationships are written as in R5."""
    words = {"equivalent": "equivalent", "source-is-narrower-than-target": "wider", "not-related-to": "disjoint"}
    for element in elements if release == "r4" else ():
        for target in element.get("target", ()):
            target["equivalence"] = words[target.pop("relationship")]
        if element.pop("noMap", False):
            element["target"] = [{"equivalence": "unmatched"}]
    listed = [{"source": "urn:from", "target": "urn:to", "element": list(elements), **group}]
    return {"resourceType": "ConceptMap", "url": "urn:map", "version": "1", "status": "active", "group": listed}


def element(code: str, target: str, relationship: str = "equivalent", **more: Any) -> dict[str, Any]:
    return {"code": code, "target": [{"code": target, "relationship": relationship, **more}]}


def ask(fhir: Fhir, *maps: dict[str, Any], **sent: Any) -> dict[str, Any]:
    listed: list[dict[str, Any]] = [{"name": "tx-resource", "resource": each} for each in maps]
    listed += [
        {"name": name, "valueBoolean" if isinstance(each, bool) else "valueUri": each} for name, each in sent.items()
    ]
    return fhir.post("ConceptMap/$translate", listed)


def said(fhir: Fhir, found: dict[str, Any]) -> list[tuple[str, str]]:
    """(relationship or equivalence, code) of every match."""
    word = {"r5": "relationship", "r4": "equivalence"}[fhir.release]
    return [(each[word], each["concept"]["code"]) for each in values(found, "match")]
