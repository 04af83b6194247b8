"""$batch-validate-code of CodeSystem and ValueSet."""

from __future__ import annotations

from typing import Any

import pytest

from termservice.fhir import batching
from termservice.fhir.model import Json
from tests.test_termservice.test_fhir.asking import Fhir, issue
from tests.test_termservice.test_fhir.tiny import SYSTEM, code_system, concept, include, value_set
from tests.test_termservice.test_fhir.validations import Told

VALUE_SET = value_set(include(SYSTEM, "dog"), url="http://example.org/dogs")
SETUP = [
    {"name": "tx-resource", "resource": code_system(concept("dog"), concept("cat"))},
    {"name": "tx-resource", "resource": VALUE_SET},
    {"name": "url", "valueUri": VALUE_SET["url"]},
]


def validation(*parameters: Json) -> Json:
    return {"name": "validation", "resource": {"resourceType": "Parameters", "parameter": list(parameters)}}


def coding(code: str, display: str = "") -> Json:
    found = {"system": SYSTEM, "code": code, **({"display": display} if display else {})}
    return {"name": "coding", "valueCoding": found}


def ask(fhir: Fhir, *parameters: Json, kind: str = "ValueSet", setup: list[Any] = SETUP) -> list[dict[str, Any]]:
    answer = fhir.post(f"{kind}/$batch-validate-code", [*setup, *parameters])
    assert {each["name"] for each in answer["parameter"]} == {"validation"}
    return [each["resource"] for each in answer["parameter"]]


def test_each_is_answered_in_order(empty: Fhir) -> None:
    answers = ask(empty, validation(coding("dog")), validation(coding("cat")))
    assert [Told(each)["result"] for each in answers] == [True, False]


def test_of_a_code_system(empty: Fhir) -> None:
    answers = ask(empty, validation(coding("cat")), validation(coding("cow")), kind="CodeSystem", setup=SETUP[:1])
    assert [Told(each)["result"] for each in answers] == [True, False]


def test_what_one_says_itself_goes_before_what_is_said_for_all(empty: Fhir) -> None:
    lenient, strict = ({"name": "lenient-display-validation", "valueBoolean": value} for value in (True, False))
    wrong = coding("dog", "Cat")
    answers = ask(empty, strict, validation(wrong), validation(wrong, lenient))
    assert [Told(each)["result"] for each in answers] == [False, True]


def test_one_that_brings_resources_of_its_own(empty: Fhir) -> None:
    more = {"name": "tx-resource", "resource": code_system(concept("oak"), url="http://example.org/plants")}
    oak = {"name": "coding", "valueCoding": {"system": "http://example.org/plants", "code": "oak"}}
    asked = (validation(oak, more), validation(oak))
    answers = ask(empty, *asked, kind="CodeSystem", setup=SETUP[:1])
    assert [Told(each)["result"] for each in answers] == [True, False]


def test_one_that_fails_leaves_the_others_alone(empty: Fhir) -> None:
    failing, told = ask(empty, validation({"name": "codingX", "valueString": "dog"}), validation(coding("dog")))
    assert issue(failing)[1].startswith("Unable to find code to validate")
    assert Told(told)["result"] is True
    (failing,) = ask(empty, {"name": "validation", "valueString": "dog"})
    assert failing["resourceType"] == "OperationOutcome"


def test_none_and_too_many(empty: Fhir, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "missing" in issue(empty.post("ValueSet/$batch-validate-code", SETUP, 400))[1]
    monkeypatch.setattr(batching, "MAX_VALIDATIONS", 1)
    many = [*SETUP, validation(coding("dog")), validation(coding("dog"))]
    assert "at most 1" in issue(empty.post("ValueSet/$batch-validate-code", many, 400))[1]
