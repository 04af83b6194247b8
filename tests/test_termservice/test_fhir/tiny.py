"""Code systems and value sets of a handful of codes, and expansions of them without a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from termservice.fhir.expanding import expand
from termservice.fhir.library import Library
from termservice.fhir.membership import Composition
from termservice.fhir.model import Json
from termservice.fhir.options import VersionRules, options
from termservice.fhir.parameters import Parameters
from termservice.fhir.reading import valueset
from termservice.fhir.resolving import Resolver
from termservice.fhir.sources import Nothing

SYSTEM = "http://example.org/animals"
NO_RULES = VersionRules({}, {}, {}, {})


class TinyCall:
    """What an operation needs of a call, with a source that holds nothing."""

    def __init__(self, parameters: Parameters, accept_language: str = "") -> None:
        self.parameters = parameters
        self.accept_language = accept_language
        self.options = options(parameters, accept_language)
        self.library = Library(Nothing(), parameters.all("tx-resource"))


def concept(code: str, *children: Json, display: str | None = None, **more: Any) -> dict[str, Any]:
    """A CodeSystem.concept; `properties` are strings, codes (`code:…`) or booleans by name."""
    properties = more.pop("properties", {})
    found: dict[str, Any] = {"code": code, "display": code.capitalize() if display is None else display, **more}
    if children:
        found["concept"] = list(children)
    if properties:
        found["property"] = [_property(name, value) for name, value in properties.items()]
    return found


def _property(name: str, value: Any) -> Json:
    if isinstance(value, bool):
        return {"code": name, "valueBoolean": value}
    if str(value).startswith("code:"):
        return {"code": name, "valueCode": value[5:]}
    return {"code": name, "valueString": value}


def code_system(*concepts: Json, url: str = SYSTEM, version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    found = {"resourceType": "CodeSystem", "url": url, "version": version, "status": "active", "content": "complete"}
    return {**found, "caseSensitive": True, "concept": list(concepts), **more}


def include(system: str = SYSTEM, /, *codes: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"system": system, **more}
    if codes:
        found["concept"] = [{"code": code} for code in codes]
    return found


def filtered(property: str, op: str, value: str, **more: Any) -> dict[str, Any]:
    return include(filter=[{"property": property, "op": op, "value": value}], **more)


def value_set(*includes: Json, exclude: Iterable[Json] = (), **more: Any) -> dict[str, Any]:
    compose: dict[str, Any] = {"include": list(includes)}
    if exclude:
        compose["exclude"] = list(exclude)
    if "inactive" in more:
        compose["inactive"] = more.pop("inactive")
    return {"resourceType": "ValueSet", "status": "active", "compose": compose, **more}


def expansion(
    resource: Json, *resources: Json, asked: Iterable[tuple[str, Any]] = (), accept_language: str = "", **more: Any
) -> dict[str, Any]:
    """The ValueSet that $expand answers with. `resources`: what it may refer to; `more`: parameters."""
    sent = [("valueSet", resource), *(("tx-resource", each) for each in resources), *asked, *more.items()]
    return expanded(sent, accept_language)


def expanded(sent: Iterable[tuple[str, Any]], accept_language: str = "") -> dict[str, Any]:
    """The answer of $expand to these parameters."""
    return dict(expand(TinyCall(Parameters(sent), accept_language)))  # type: ignore[arg-type]


def codes(answer: Mapping[str, Any]) -> list[str]:
    """The codes of an expansion, those nested too, in order."""
    return [each["code"] for each in flat(answer["expansion"].get("contains", []))]


def flat(contains: Iterable[Json]) -> list[Json]:
    return [one for each in contains for one in (each, *flat(each.get("contains", [])))]


def said(answer: Mapping[str, Any], name: str) -> list[Any]:
    """The values of an expansion's parameters of that name."""
    parameters = answer["expansion"].get("parameter", [])
    return [
        value for each in parameters if each["name"] == name for key, value in each.items() if key.startswith("value")
    ]


def composition(resource: Json, *resources: Json, rules: VersionRules = NO_RULES) -> Composition:
    return Composition(valueset(resource), Resolver(Library(Nothing(), resources), rules))
