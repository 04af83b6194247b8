"""FHIR over real releases: value sets by block, level and property, look-ups on a day, names of code systems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from termservice.fhir.server import Request, answer
from termservice.service import TerminologyService

pytestmark = pytest.mark.live
ICD, OID = "http://hl7.org/fhir/sid/icd-10-se", "urn:oid:1.2.752.116.1.1.1"


class Asking:
    def __init__(self, service: TerminologyService) -> None:
        self._service = service

    def __call__(self, path: str, body: Any = None, /, **query: str) -> dict[str, Any]:
        asked = [(name.replace("_", "-"), value) for name, value in query.items()]
        method = "GET" if body is None else "POST"
        status, resource = answer(Request(self._service, "R5", method, path, asked, body, base="http://localhost"))
        assert status == 200, resource
        return dict(resource)

    def codes(self, body: Any = None, /, **query: str) -> list[str]:
        return [each["code"] for each in self.expansion(body, **query)["contains"]]

    def expansion(self, body: Any = None, /, **query: str) -> dict[str, Any]:
        found: dict[str, Any] = self("ValueSet/$expand", body, **query)["expansion"]
        return found

    def told(self, path: str, **query: str) -> dict[str, Any]:
        """The first of the parameters of each name."""
        found: dict[str, Any] = {}
        for each in self(path, **query)["parameter"]:
            value = next((value for name, value in each.items() if name.startswith("value")), None)
            found.setdefault(each["name"], value)
        return found


@pytest.fixture(scope="module")
def ask(live_home: Path) -> Iterator[Asking]:
    service = TerminologyService(live_home)
    yield Asking(service)
    service.close()


def including(system: str, *filters: tuple[str, str, str], version: str = "") -> dict[str, Any]:
    include: dict[str, Any] = {"system": system, **({"version": version} if version else {})}
    include["filter"] = [{"property": name, "op": op, "value": value} for name, op, value in filters]
    valueset = {"resourceType": "ValueSet", "status": "active", "compose": {"include": [include]}}
    parameters = [
        {"name": "valueSet", "resource": valueset},
        {"name": "excludeNested", "valueBoolean": True},
        {"name": "count", "valueInteger": 1000},
    ]
    return {"resourceType": "Parameters", "parameter": parameters}


def test_a_block_by_its_implicit_value_set(ask: Asking) -> None:
    block = ask.codes(url=f"{ICD}?fhir_vs=isa/I20-I25", excludeNested="true")
    assert block[:3] == ["I20-I25", "I20", "I20.0"]
    assert ask.codes(url=f"{OID}?fhir_vs=isa/I20-I25", excludeNested="true") == block


def test_all_of_a_classification_page_by_page(ask: Asking) -> None:
    first = ask.expansion(url=f"{ICD}?fhir_vs", count="2")
    assert first["total"] > 30_000
    assert [each["code"] for each in first["contains"]] == ["01", "A00-A09"]
    assert all(each["abstract"] for each in first["contains"])
    last = ask.expansion(url=f"{ICD}?fhir_vs", count="2", offset=str(first["total"] - 1))
    assert len(last["contains"]) == 1


def test_filters_on_level_and_hierarchy_together(ask: Asking) -> None:
    chapters = ask.codes(including(ICD, ("level", "=", "chapter")))
    assert chapters == [f"{number:02}" for number in range(1, 23)]
    blocks = ask.codes(including(ICD, ("level", "=", "block"), ("concept", "is-a", "09")))
    assert blocks[0] == "I00-I02"
    assert "I20-I25" in blocks


def test_text_is_found_by_the_search(ask: Asking) -> None:
    assert ask.codes(url=f"{ICD}?fhir_vs", filter="akut hjärtinfarkt", count="1") == ["I21"]
    assert ask.codes(url=f"{ICD}?fhir_vs=isa/I30-I52", filter="akut hjärtinfarkt", count="1") != ["I21"]


def test_the_version_of_a_day(ask: Asking) -> None:
    for day, version in (("2015-06-01", "2015"), ("2020-12-01", "2020-11"), ("2026-01-01", "2021")):
        assert ask.told("CodeSystem/$lookup", system=ICD, code="I21.9", date=day)["version"] == version
    named = ask.told("CodeSystem/$validate-code", url=ICD, code="I21.9", version="2016")
    assert (named["result"], named["version"]) == (True, "2016")


def test_codes_are_those_of_the_publisher(ask: Asking) -> None:
    assert ask.told("CodeSystem/$validate-code", url=OID, code="I21.9")["result"] is True
    lower = ask.told("CodeSystem/$validate-code", url=ICD, code="i21.9")
    assert (lower["result"], lower["normalized-code"]) == (True, "I21.9")
    assert ask.told("CodeSystem/$validate-code", url=ICD, code="I219")["result"] is False


def test_a_code_in_a_value_set_by_any_name_of_its_code_system(ask: Asking) -> None:
    for system in (ICD, OID):
        inside = ask.told("ValueSet/$validate-code", url=f"{ICD}?fhir_vs=isa/I20-I25", system=system, code="I21.9")
        outside = ask.told("ValueSet/$validate-code", url=f"{ICD}?fhir_vs=isa/I20-I25", system=system, code="J45.0")
        assert (inside["result"], outside["result"]) == (True, False)


@pytest.mark.parametrize("system", ["kva", "icf", "ksi", "ksh97-p"])
def test_every_code_of_a_page_is_looked_up_and_valid(ask: Asking, system: str) -> None:
    page = ask.expansion(url=f"{system}?fhir_vs", offset="200", count="5")
    assert len(page["contains"]) == 5
    for each in page["contains"]:
        found = ask.told("CodeSystem/$lookup", system=each["system"], code=each["code"])
        assert (found["code"], found["display"]) == (each["code"], each["display"])
        asked = {"system": system, "code": each["code"], "display": each["display"]}
        assert ask.told("ValueSet/$validate-code", url=f"{system}?fhir_vs", **asked)["result"] is True


def test_notes_and_relations_are_properties(ask: Asking) -> None:
    told = ask("CodeSystem/$lookup", system="kva", code="AA001")["parameter"]
    properties = {each["part"][0]["valueCode"] for each in told if each["name"] == "property"}
    assert {"level", "inactive", "parent"} <= properties
