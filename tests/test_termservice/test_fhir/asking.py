"""Asking FHIR over HTTP in tests; every answer is held to the specification's models."""

from __future__ import annotations

import importlib
import json
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

RELEASES = ("r5", "r4")
TOY = "http://example.org/toy"
ODD = "http://example.org/odd"


def valid(resource: dict[str, Any], release: str) -> dict[str, Any]:
    """The resource, if it fits the model of that FHIR version. R4's are those of R4B, which left these types alone."""
    package = "fhir.resources" if release == "r5" else "fhir.resources.R4B"
    name = resource["resourceType"]
    model = getattr(importlib.import_module(f"{package}.{name.lower()}"), name)
    model.model_validate(resource)
    for each in resource.get("entry", ()):
        valid(each["resource"], release)
    for each in resource.get("parameter", ()):
        if "resource" in each:
            valid(each["resource"], release)
    return resource


class Fhir:
    """Asks one FHIR version and checks the shape of whatever is answered."""

    def __init__(self, client: FlaskClient, release: str) -> None:
        self.client = client
        self.release = release

    def send(self, method: str, path: str, **more: Any) -> TestResponse:
        response = self.client.open(f"/fhir/{self.release}/{path}".rstrip("/"), method=method, **more)
        if response.data:
            version = {"r5": "5.0", "r4": "4.0"}[self.release]
            assert response.content_type == f"application/fhir+json; fhirVersion={version}; charset=utf-8"
            valid(response.get_json(), self.release)
        return response

    def get(self, path: str, status: int = 200, /, **query: str) -> dict[str, Any]:
        response = self.send("GET", path + (f"?{urlencode(query)}" if query else ""))
        assert response.status_code == status, response.text
        return response.get_json()  # type: ignore[no-any-return]

    def post(self, path: str, body: Any, status: int = 200) -> dict[str, Any]:
        sent = body if isinstance(body, dict) else {"resourceType": "Parameters", "parameter": body}
        response = self.send("POST", path, data=json.dumps(sent), content_type="application/fhir+json")
        assert response.status_code == status, response.text
        return response.get_json()  # type: ignore[no-any-return]


def issue(outcome: dict[str, Any]) -> tuple[str, str]:
    """Code and text of the only issue."""
    assert outcome["resourceType"] == "OperationOutcome"
    (found,) = outcome["issue"]
    assert found["severity"] == "error"
    return found["code"], found["details"]["text"]


def value(parameters: dict[str, Any], name: str) -> Any:
    """The value of the only parameter of a name."""
    (found,) = values(parameters, name)
    return found


def values(parameters: dict[str, Any], name: str) -> list[Any]:
    """The values of all parameters (or parts) of a name; of one with parts a dict of their values."""
    listed = parameters.get("parameter") or parameters.get("part") or []
    return [_value(each) for each in listed if each["name"] == name]


def _value(each: dict[str, Any]) -> Any:
    if "part" in each:
        return {part["name"]: _value(part) for part in each["part"]}
    return next(found for key, found in each.items() if key.startswith("value"))
