"""Validations without a server: what was sent, and what an answer says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from termservice.fhir.model import Json
from termservice.fhir.parameters import Parameters
from termservice.fhir.validating import codesystem_validate_code, valueset_validate_code
from tests.test_termservice.test_fhir.tiny import SYSTEM, TinyCall

FORMS = ("code", "coding", "codeableConcept")


def form(name: str, code: str, system: str = SYSTEM, version: str = "", display: str = "") -> list[tuple[str, Any]]:
    """A coding as it may be sent: bare, as a Coding, or the only one of a CodeableConcept."""
    parts = {"system": system, "version": version, "code": code, "display": display}
    coding = {key: value for key, value in parts.items() if value}
    if name == "coding":
        return [("coding", coding)]
    if name == "codeableConcept":
        return [("codeableConcept", {"coding": [coding]})]
    return [("systemVersion" if key == "version" else key, value) for key, value in coding.items()]


def concept_of(*codings: Json) -> tuple[str, Any]:
    return "codeableConcept", {"coding": list(codings), "text": "as it was written"}


class Told:
    """What a validation answered."""

    def __init__(self, answer: Json) -> None:
        assert answer["resourceType"] == "Parameters"
        self.answer = answer
        named: dict[str, list[Any]] = {}
        for each in answer["parameter"]:
            value = next((found for key, found in each.items() if key != "name"), None)
            named.setdefault(each["name"], []).append(value)
        self.issues: list[Json] = named.pop("issues", [{"issue": []}])[0]["issue"]
        self.values = named

    def __getitem__(self, name: str) -> Any:
        """The value of a parameter; None without."""
        return self.values.get(name, [None])[0]

    @property
    def ids(self) -> list[str]:
        """The message ids of the issues."""
        return sorted(each["extension"][0]["valueString"] for each in self.issues if "extension" in each)

    @property
    def texts(self) -> list[str]:
        return [each["details"]["text"] for each in self.issues]

    def issue(self, id: str) -> tuple[str, str, str, str]:
        """Severity, code, kind and expression of the only issue of a message id."""
        (found,) = (each for each in self.issues if each.get("extension", [{}])[0].get("valueString") == id)
        kind = found["details"]["coding"][0]["code"]
        return found["severity"], found["code"], kind, (found.get("expression") or [""])[0]


def member(valueset: Json, sent: Iterable[tuple[str, Any]], *resources: Json, **more: Any) -> Told:
    """ValueSet/$validate-code. `resources`: what it may refer to; `more`: further parameters."""
    named = {name.replace("_", "-"): value for name, value in more.items()}
    language = named.pop("accept-language", "")
    values = [("valueSet", valueset), *sent, *named.items(), *(("tx-resource", each) for each in resources)]
    return validated(values, language)


def validated(sent: Iterable[tuple[str, Any]], accept_language: str = "") -> Told:
    """What ValueSet/$validate-code answers to these parameters."""
    return Told(valueset_validate_code(TinyCall(Parameters(sent), accept_language)))  # type: ignore[arg-type]


def known(sent: Iterable[tuple[str, Any]], *resources: Json, **more: Any) -> Told:
    """CodeSystem/$validate-code."""
    values = [*sent, *more.items(), *(("tx-resource", each) for each in resources)]
    return Told(codesystem_validate_code(TinyCall(Parameters(values))))  # type: ignore[arg-type]
