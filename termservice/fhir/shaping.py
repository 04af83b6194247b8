"""Which elements of a resource are wanted (_summary, _elements).

Source: FHIR R5, search.html ("Summary", "Elements").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from termservice.fhir.issues import failed
from termservice.fhir.model import Json
from termservice.fhir.parameters import Parameters

SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_NEVER_LEFT_OUT = frozenset({"resourceType", "id", "meta", "status", "content", "url"})
"""Elements that make a resource one of its type."""
_NOT_IN_SUMMARY = frozenset({"concept", "compose", "group", "expansion", "copyright", "purpose"})
_SUMMARIES = ("true", "false", "text", "data", "count")


def shape(sent: Parameters) -> Shape:
    """What was asked for. Raises `Failure` for a summary that is none."""
    summary = sent.text("_summary") or ""
    if summary and summary not in _SUMMARIES:
        raise failed(f"_summary must be one of {', '.join(_SUMMARIES)}, not '{summary}'", status=400)
    return Shape(summary, (sent.text("_elements") or "").split(","))


class Shape:
    """Which elements of a resource are wanted (_summary, _elements)."""

    def __init__(self, summary: str, elements: Sequence[str]) -> None:
        self._elements = frozenset(filter(None, (each.strip().rpartition(".")[2] for each in elements)))
        self.summary = summary

    def of(self, resource: Json) -> Json:
        if self._elements:
            kept = self._elements | _NEVER_LEFT_OUT
            found = {name: value for name, value in resource.items() if name in kept}
        elif self.summary == "text":
            found = {name: value for name, value in resource.items() if name in _NEVER_LEFT_OUT}
        elif self.summary == "true":
            found = {name: value for name, value in resource.items() if name not in _NOT_IN_SUMMARY}
        else:
            found = dict(resource)
        if len(found) == len(resource):
            return found
        return {**found, "meta": _subsetted(resource.get("meta", {}))}


def _subsetted(meta: dict[str, Any]) -> dict[str, Any]:
    """So that nobody takes a part for the whole."""
    others = [each for each in meta.get("tag", ()) if each != SUBSETTED]
    return {**meta, "tag": [*others, SUBSETTED]}
