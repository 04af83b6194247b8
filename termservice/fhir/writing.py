"""Values as FHIR's JSON (R5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from termservice.fhir.issues import ISSUE_TYPES, Issue
from termservice.fhir.model import Coding, Json, Value

MESSAGE_ID = "http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id"


def outcome(issues: Iterable[Issue]) -> Json:
    """An OperationOutcome."""
    return {"resourceType": "OperationOutcome", "issue": [issue(each) for each in issues]}


def issue(said: Issue) -> Json:
    found: dict[str, Any] = {}
    if said.message_id:
        found["extension"] = [{"url": MESSAGE_ID, "valueString": said.message_id}]
    found |= {"severity": said.severity, "code": said.code}
    found["details"] = {"coding": [{"system": ISSUE_TYPES, "code": said.kind}]} if said.kind else {}
    found["details"]["text"] = said.text
    if said.diagnostics:
        found["diagnostics"] = said.diagnostics
    if said.expression:
        found["expression"] = [said.expression]
    return found


def parameters(values: Iterable[Json]) -> Json:
    """A Parameters resource of the parameters given."""
    return {"resourceType": "Parameters", "parameter": list(values)}


def coding(value: Coding) -> Json:
    names = ("system", "version", "code", "display")
    return {name: getattr(value, name) for name in names if getattr(value, name)}


def part(name: str, value: Value, type: str = "string") -> Json:
    """A parameter, or a part of one, of a primitive type (`code`, `uri`, …) or a Coding."""
    if isinstance(value, Coding):
        return {"name": name, "valueCoding": coding(value)}
    return {"name": name, _VALUES.get(type) or f"value{type[:1].upper()}{type[1:]}": value}


_VALUES = {type: f"value{type[:1].upper()}{type[1:]}" for type in ("string", "code", "boolean", "uri", "canonical")}
