"""$translate, over maps of the request and of the store, in the names of R5 and R4."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_termservice.test_fhir.asking import ODD, TOY, Fhir, value, values
from tests.test_termservice.test_fhir.tinymaps import ask, conceptmap, element, said


def test_a_map_of_the_request(empty: Fhir) -> None:
    sent = conceptmap(empty.release, element("a", "b"), element("c", "d", "source-is-narrower-than-target"))
    found = ask(empty, sent, sourceCode="c", system="urn:from")
    assert value(found, "result") is True
    assert said(empty, found) == [({"r5": "source-is-narrower-than-target", "r4": "wider"}[empty.release], "d")]
    (match,) = values(found, "match")
    assert match["originMap"] == "urn:map|1"


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"code": "a", "system": "urn:from"}, ["b"]),
        ({"sourceCode": "a", "sourceSystem": "urn:from", "targetSystem": "urn:to"}, ["b"]),
        ({"code": "a", "system": "urn:from", "targetsystem": "urn:other"}, []),
        ({"code": "b", "system": "urn:to", "reverse": True}, ["a"]),
        ({"code": "a", "system": "urn:from", "url": "urn:map"}, ["b"]),
        ({"code": "a", "system": "urn:from", "url": "urn:map", "conceptMapVersion": "1"}, ["b"]),
    ],
)
def test_names_of_both_versions(empty: Fhir, sent: dict[str, Any], found: list[str]) -> None:
    answer = ask(empty, conceptmap(empty.release, element("a", "b")), **sent)
    assert [code for _, code in said(empty, answer)] == found
    assert value(answer, "result") is bool(found)


def test_backwards_names_the_source(empty: Fhir) -> None:
    found = ask(empty, conceptmap(empty.release, element("a", "b")), targetCode="b", targetSystem="urn:to")
    (match,) = values(found, "match")
    assert (match["concept"]["code"], match["source"]["code"]) == ("b", "a")


def test_every_coding_of_a_concept(empty: Fhir) -> None:
    codings = [{"system": "urn:from", "code": "a"}, {"system": "urn:elsewhere", "code": "a"}]
    name = {"r5": "sourceCodeableConcept", "r4": "codeableConcept"}[empty.release]
    sent = [
        {"name": "tx-resource", "resource": conceptmap(empty.release, element("a", "b"))},
        {"name": name, "valueCodeableConcept": {"coding": codings}},
    ]
    assert [code for _, code in said(empty, empty.post("ConceptMap/$translate", sent))] == ["b"]


def test_not_related_is_no_translation(empty: Fhir) -> None:
    found = ask(empty, conceptmap(empty.release, element("a", "b", "not-related-to")), code="a", system="urn:from")
    assert (value(found, "result"), len(values(found, "match"))) == (False, 1)


def test_no_map_is_no_match(empty: Fhir) -> None:
    sent = conceptmap(empty.release, {"code": "a", "noMap": True}, unmapped={"mode": "fixed", "code": "z"})
    found = ask(empty, sent, code="a", system="urn:from")
    assert (value(found, "result"), values(found, "match")) == (False, [])
    assert "urn:from#a" in value(found, "message")


@pytest.mark.parametrize(
    ("unmapped", "code"),
    [
        ({"mode": "fixed", "code": "z"}, "z"),
        ({"mode": {"r5": "use-source-code", "r4": "provided"}}, "q"),
        ({"mode": "other-map", "otherMap": "urn:map2", "url": "urn:map2"}, "w"),
    ],
)
def test_what_the_map_says_of_all_others(empty: Fhir, unmapped: dict[str, Any], code: str) -> None:
    if isinstance(unmapped["mode"], dict):
        unmapped = {**unmapped, "mode": unmapped["mode"][empty.release]}
    first = conceptmap(empty.release, element("a", "b"), unmapped=unmapped)
    other = {**conceptmap(empty.release, element("q", "w")), "url": "urn:map2"}
    found = ask(empty, first, other, code="q", system="urn:from", url="urn:map")
    assert [each for _, each in said(empty, found)] == [code]


def test_maps_that_lead_in_a_circle_come_to_an_end(empty: Fhir) -> None:
    sent = conceptmap(empty.release, unmapped={"mode": "other-map", "otherMap": "urn:map", "url": "urn:map"})
    assert value(ask(empty, sent, code="q", system="urn:from"), "result") is False


def test_what_a_target_depends_on(empty: Fhir) -> None:
    attribute, kind = {"r5": ("attribute", "valueString"), "r4": ("property", "value")}[empty.release]
    sent = conceptmap(empty.release, element("a", "b", dependsOn=[{attribute: "urn:sex", kind: "female"}]))

    def asked(sex: str) -> dict[str, Any]:
        parts = [{"name": "attribute", "valueUri": "urn:sex"}, {"name": "value", "valueString": sex}]
        return empty.post(
            "ConceptMap/$translate",
            [
                {"name": "tx-resource", "resource": sent},
                {"name": "sourceCoding", "valueCoding": {"system": "urn:from", "code": "a"}},
                {"name": "dependency", "part": parts},
            ],
        )

    (match,) = values(asked("female"), "match")
    assert match["dependsOn"] == {"attribute": "urn:sex", "value": "female"}
    assert values(asked("male"), "match") == []


def test_the_maps_of_the_store(fhir: Fhir) -> None:
    found = fhir.get("ConceptMap/$translate", sourceCode="A.2", system=TOY, targetSystem=ODD)
    assert said(fhir, found) == [({"r5": "source-is-narrower-than-target", "r4": "wider"}[fhir.release], "y")]
    (match,) = values(found, "match")
    assert match["concept"] == {"system": ODD, "version": "2020", "code": "y", "display": "Why"}
    assert match["originMap"] == "urn:conceptmap:toy-to-odd|2020"


def test_the_maps_of_the_store_backwards(fhir: Fhir) -> None:
    found = fhir.get("ConceptMap/$translate", targetCode="y", targetSystem=ODD, sourceSystem=TOY)
    (match,) = values(found, "match")
    assert (match["concept"]["code"], match["source"]["code"]) == ("y", "A.2")
    assert said(fhir, found)[0][0] == {"r5": "source-is-narrower-than-target", "r4": "wider"}[fhir.release]


@pytest.mark.parametrize("scope", ["targetScope", "target"])
def test_a_value_set_says_where_to(fhir: Fhir, scope: str) -> None:
    found = fhir.get("ConceptMap/$translate", code="A.1", system=TOY, **{scope: f"{ODD}?fhir_vs"})
    assert [code for _, code in said(fhir, found)] == ["x"]


def test_what_the_publisher_says_has_no_target(fhir: Fhir) -> None:
    found = fhir.get("ConceptMap/$translate", sourceCode="B", system=TOY, url="urn:conceptmap:toy-to-odd")
    assert value(found, "result") is False
    assert "not there" in value(found, "message")


def test_rules_and_advice_are_told(own: Fhir, toy: Any) -> None:
    toy.put("2020", {"A.1": "Apple"})
    rule = "IFA 248152002 | Female (finding) |"
    row = {"source": "A.1", "target": "x", "rule": rule, "advice": "ALWAYS X", "comment": "seldom"}
    toy.load(toy.map("2020", [row], id="ruled"))
    found = own.get("ConceptMap/$translate", sourceCode="A.1", system=TOY, url="urn:conceptmap:ruled")
    (match,) = (each for each in found["parameter"] if each["name"] == "match")
    told = {each["uri"].rpartition(":")[2]: each["value"] for each in values(match, "property")}
    assert told == {"rule": rule, "advice": "ALWAYS X", "group": 1, "priority": 1, "comment": "seldom"}
    assert values(match, "dependsOn")[0]["attribute"] == "urn:termservice:map-dependency:sex"


def test_a_version_of_a_map(own: Fhir, toy: Any) -> None:
    toy.put("2020", {"A.1": "Apple"})
    toy.load(toy.map("2020", [("A.1", "x", "equivalent")]), toy.map("2021", [("A.1", "y", "equivalent")]))
    asked = {"sourceCode": "A.1", "system": TOY, "url": "urn:conceptmap:toy-to-odd"}
    assert [code for _, code in said(own, own.get("ConceptMap/$translate", **asked))] == ["y"]
    for more in ({"conceptMapVersion": "2020"}, {"url": "urn:conceptmap:toy-to-odd|2020"}):
        assert [code for _, code in said(own, own.get("ConceptMap/$translate", **{**asked, **more}))] == ["x"]
    outcome = own.get("ConceptMap/$translate", 404, **asked, conceptMapVersion="1999")
    assert "it has 2021, 2020" in outcome["issue"][0]["details"]["text"]


def test_an_element_may_be_about_all_codes_of_a_value_set(empty: Fhir) -> None:
    if empty.release == "r4":
        pytest.skip("only R5 has elements about value sets")
    pets = {
        "resourceType": "ValueSet", "url": "urn:pets", "status": "active",
        "compose": {"include": [{"system": "urn:from", "concept": [{"code": "dog"}, {"code": "cat"}]}]},
    }  # fmt: skip
    animals = {
        "resourceType": "CodeSystem", "url": "urn:from", "status": "active", "content": "complete",
        "concept": [{"code": "dog"}, {"code": "cat"}, {"code": "cow"}],
    }  # fmt: skip
    listed = {"valueSet": "urn:pets", "target": [{"code": "pet", "relationship": "source-is-narrower-than-target"}]}
    sent = conceptmap("r5", listed, element("cow", "cattle"))

    def found(**asked: str) -> list[tuple[str, str]]:
        return said(empty, ask(empty, sent, pets, animals, **asked))

    assert found(sourceCode="cat", system="urn:from") == [("source-is-narrower-than-target", "pet")]
    assert found(sourceCode="cow", system="urn:from") == [("equivalent", "cattle")]
    assert found(targetCode="pet", system="urn:to") == []
