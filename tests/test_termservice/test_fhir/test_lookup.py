"""$lookup and $subsumes, over the store and over what comes with the request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_termservice.test_fhir.asking import TOY, Fhir, value, values

OWN = {
    "resourceType": "CodeSystem", "url": "urn:own", "name": "Own", "status": "active", "content": "complete",
    "language": "sv", "caseSensitive": False, "property": [{"code": "colour", "type": "code"}],
    "concept": [
        {"code": "red", "display": "röd"},
        {"code": "apple", "display": "äpple", "definition": "En frukt",
         "designation": [{"language": "en", "value": "apple"}, {"value": "fruit", "use": {"code": "kind"}}],
         "property": [{"code": "colour", "valueCode": "red"}]},
    ],
}  # fmt: skip


def asked(**more: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = [{"name": "tx-resource", "resource": OWN}]
    return sent + [{"name": name, "valueString": text} for name, text in more.items()]


def properties(found: dict[str, Any]) -> dict[str, list[Any]]:
    named: dict[str, list[Any]] = {}
    for each in values(found, "property"):
        named.setdefault(each["code"], []).append(each["value"])
    return named


def test_all_that_is_known_of_a_code(fhir: Fhir) -> None:
    found = fhir.get("CodeSystem/$lookup", system=TOY, code="A.1")
    assert (value(found, "name"), value(found, "version"), value(found, "display")) == ("TOY", "2021", "Apple")
    assert (value(found, "system"), value(found, "code"), value(found, "abstract")) == (TOY, "A.1", False)
    named = properties(found)
    assert named["colour"] == ["red"]
    assert named["note"] == ["An apple a day"]
    assert (named["parent"], named["inactive"]) == (["A"], [False])
    (parent,) = (each for each in values(found, "property") if each["code"] == "parent")
    assert parent["description"] == "Fruit"


def test_headings_and_children(fhir: Fhir) -> None:
    found = fhir.get("CodeSystem/$lookup", system=TOY, code="A")
    assert value(found, "abstract") is True
    assert properties(found)["child"] == ["A.1", "A.2"]


def test_designations_have_their_language_and_use(fhir: Fhir) -> None:
    found = fhir.get("CodeSystem/$lookup", system=TOY, code="A.2")
    assert [(each["language"], each["value"]) for each in values(found, "designation")] == [
        ("sv", "Pear"),
        ("sv", "Päron"),
    ]


@pytest.mark.parametrize(
    ("wanted", "there"),
    [("colour", {"colour"}), ("parent", {"parent"}), ("*", {"colour", "note", "parent", "inactive"}), ("none", set())],
)
def test_only_the_properties_asked_for(fhir: Fhir, wanted: str, there: set[str]) -> None:
    named = properties(fhir.get("CodeSystem/$lookup", system=TOY, code="A.1", property=wanted))
    assert there <= named.keys() if wanted == "*" else there == named.keys()


def test_designations_are_left_out_unless_asked_for_with_properties(fhir: Fhir) -> None:
    assert values(fhir.get("CodeSystem/$lookup", system=TOY, code="A.2", property="colour"), "designation") == []
    found = fhir.post("CodeSystem/$lookup", asked(system="urn:own", code="apple", property="lang.en"))
    assert [each["value"] for each in values(found, "designation")] == ["apple"]


def test_a_date_says_which_version_is_meant(fhir: Fhir) -> None:
    found = fhir.get("CodeSystem/$lookup", system=TOY, code="A.1", date="2020-06-01")
    assert value(found, "version") == "2020"


def test_a_withdrawn_code_is_told_as_it_last_was(fhir: Fhir) -> None:
    found = fhir.get("CodeSystem/$lookup", system=TOY, code="B")
    assert (value(found, "display"), value(found, "version")) == ("Bread", "2020")
    assert properties(found)["inactive"] == [True]
    fhir.get("CodeSystem/$lookup", 404, system=TOY, code="B", version="2021")


def test_of_the_request(empty: Fhir) -> None:
    found = empty.post("CodeSystem/$lookup", asked(system="urn:own", code="APPLE", displayLanguage="en"))
    assert (value(found, "code"), value(found, "display"), value(found, "definition")) == ("apple", "apple", "En frukt")
    (colour,) = (each for each in values(found, "property") if each["code"] == "colour")
    assert colour["description"] == "röd"
    assert "version" not in {each["name"] for each in found["parameter"]}


def test_a_coding_names_all(fhir: Fhir) -> None:
    coding = {"system": TOY, "version": "2020", "code": "B"}
    found = fhir.post("CodeSystem/$lookup", [{"name": "coding", "valueCoding": coding}])
    assert value(found, "display") == "Bread"


@pytest.mark.parametrize(
    ("a", "b", "outcome"),
    [
        ("A", "A.1", "subsumes"),
        ("A.1", "A", "subsumed-by"),
        ("A.1", "A.1", "equivalent"),
        ("A.1", "A.2", "not-subsumed"),
    ],
)
def test_subsumes(fhir: Fhir, a: str, b: str, outcome: str) -> None:
    assert value(fhir.get("CodeSystem/$subsumes", system=TOY, codeA=a, codeB=b), "outcome") == outcome
    sent = [
        {"name": name, "valueCoding": {"system": TOY, "code": code}} for name, code in (("codingA", a), ("codingB", b))
    ]
    assert value(fhir.post("CodeSystem/$subsumes", sent), "outcome") == outcome


def test_codes_of_two_systems_cannot_be_compared(fhir: Fhir) -> None:
    ends = (("codingA", TOY, "A"), ("codingB", "http://example.org/odd", "x"))
    sent = [{"name": name, "valueCoding": {"system": system, "code": code}} for name, system, code in ends]
    fhir.post("CodeSystem/$subsumes", sent, 400)
