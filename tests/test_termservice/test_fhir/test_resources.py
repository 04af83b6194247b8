"""Read, search, capabilities: all that is loaded or built in appears, as the specification has it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_termservice.test_fhir.asking import ODD, TOY, Fhir, valid, value

TYPES = ("CodeSystem", "ValueSet", "ConceptMap")


def ids(bundle: dict[str, Any]) -> list[str]:
    return [each["resource"]["id"] for each in bundle.get("entry", ())]


def test_every_version_of_everything_is_found(fhir: Fhir) -> None:
    built_in = ["administrative-gender", "publication-status"]
    assert ids(fhir.get("CodeSystem")) == [*built_in, "odd", "toy", "toy--2020"]
    assert {"odd", "toy", "toy--2020", "languages", "all-languages", *built_in} == set(ids(fhir.get("ValueSet")))
    assert ids(fhir.get("ConceptMap")) == ["toy-to-odd"]


@pytest.mark.parametrize("kind", TYPES)
def test_all_that_is_found_can_be_read(fhir: Fhir, kind: str) -> None:
    bundle = fhir.get(kind, _summary="false")
    for each in bundle["entry"]:
        address = each["fullUrl"].removeprefix(f"http://localhost/fhir/{fhir.release}/")
        assert fhir.get(address) == each["resource"]
        assert "meta" not in each["resource"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"url": TOY}, ["toy", "toy--2020"]),
        ({"url": f"{TOY}|2020"}, ["toy--2020"]),
        ({"url": "urn:oid:1.2.3.4"}, ["toy", "toy--2020"]),
        ({"url": f"{TOY},{ODD}", "version": "2020"}, ["odd", "toy--2020"]),
        ({"url": "urn:nothing"}, []),
        ({"name": "to"}, ["toy", "toy--2020"]),
        ({"name:exact": "to"}, []),
        ({"name:exact": "TOY"}, ["toy", "toy--2020"]),
        ({"title": "odd"}, ["odd"]),
        ({"title:contains": "CODES"}, ["odd", "toy", "toy--2020"]),
        ({"_id": "odd,toy"}, ["odd", "toy"]),
        ({"status": "retired"}, []),
        ({"status": "active", "_count": "2", "url": TOY}, ["toy", "toy--2020"]),
        ({"publisher": "let be", "url": ODD}, ["odd"]),
    ],
)
def test_search(fhir: Fhir, query: dict[str, str], found: list[str]) -> None:
    assert ids(fhir.get("CodeSystem", **query)) == found
    form = fhir.send("POST", "CodeSystem/_search", data=query).get_json()
    assert ids(form) == found


def test_pages_lead_to_each_other(fhir: Fhir) -> None:
    seen: list[str] = []
    address: str | None = "CodeSystem?_count=2"
    while address:
        bundle = fhir.get(address.removeprefix(f"http://localhost/fhir/{fhir.release}/"))
        assert bundle["total"] == 5
        seen += ids(bundle)
        links = {each["relation"]: each["url"] for each in bundle["link"]}
        address = links.get("next")
    assert seen == ids(fhir.get("CodeSystem"))
    assert "_offset=4" in links["last"] and "_offset=2" in links["previous"]


@pytest.mark.parametrize(("query", "entries"), [({"_summary": "count"}, False), ({"_count": "0"}, False), ({}, True)])
def test_only_the_number(fhir: Fhir, query: dict[str, str], entries: bool) -> None:
    bundle = fhir.get("CodeSystem", **query)
    assert (bundle["total"], "entry" in bundle) == (5, entries)


def test_parts_say_that_they_are_parts(fhir: Fhir) -> None:
    (entry,) = fhir.get("CodeSystem", _id="toy", _elements="version,title")["entry"]
    assert entry["resource"].keys() == {"resourceType", "id", "url", "status", "content", "version", "title", "meta"}
    assert entry["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED"
    (entry,) = fhir.get("ConceptMap")["entry"]
    assert (entry["resource"]["meta"]["tag"][0]["code"], "group" in entry["resource"]) == ("SUBSETTED", False)


def test_a_code_system_without_its_concepts(fhir: Fhir) -> None:
    found = fhir.get("CodeSystem/toy")
    assert (found["url"], found["version"], found["content"], found["count"]) == (TOY, "2021", "not-present", 3)
    assert found["valueSet"] == f"{TOY}?fhir_vs"
    assert {"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3.4"} in found["identifier"]
    assert {"colour", "note", "parent", "inactive"} <= {each["code"] for each in found["property"]}
    assert fhir.get("CodeSystem/toy--2021") == found
    operators = {each["code"]: each["operator"] for each in found["filter"]}
    assert ("child-of" in operators["concept"]) is (fhir.release == "r5")


def test_a_map_with_its_elements(fhir: Fhir) -> None:
    (group,) = fhir.get("ConceptMap/toy-to-odd")["group"]
    said = {each["code"]: each for each in group["element"]}
    assert (group["source"], group["target"], list(said)) == (TOY, ODD, ["A.1", "A.2", "B"])
    if fhir.release == "r5":
        assert said["A.2"]["target"] == [{"code": "y", "relationship": "source-is-narrower-than-target"}]
        assert said["B"]["noMap"] is True
    else:
        assert said["A.2"]["target"] == [{"code": "y", "equivalence": "wider"}]
        assert said["B"]["target"] == [{"equivalence": "unmatched"}]


def test_a_map_of_too_many_elements_says_how_to_ask_it(fhir: Fhir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termservice.fhir.resources.MOST_ELEMENTS", 2)
    found = fhir.get("ConceptMap/toy-to-odd")
    assert "group" not in found and "$translate" in found["description"]
    assert found["meta"]["tag"][0]["code"] == "SUBSETTED"


def test_a_loaded_value_set(own: Fhir, toy: Any) -> None:
    toy.put("2020", {"A": "Apple", "B": "Bread"})
    toy.load(toy.valueset("2020", ["A"], id="chosen"))
    (found,) = (each["resource"] for each in own.get("ValueSet", _id="chosen", _summary="false")["entry"])
    (include,) = found["compose"]["include"]
    assert (found["url"], include["system"]) == ("urn:valueset:chosen", TOY)
    assert [each["code"] for each in include["concept"]] == ["A"]
    expanded = own.get("ValueSet/chosen/$expand")
    assert [each["code"] for each in expanded["expansion"]["contains"]] == ["A"]


def test_what_the_server_can_do(fhir: Fhir) -> None:
    found = fhir.get("metadata")
    assert found["instantiates"] == ["http://hl7.org/fhir/CapabilityStatement/terminology-server"]
    assert found["fhirVersion"] == {"r5": "5.0.0", "r4": "4.0.1"}[fhir.release]
    (rest,) = found["rest"]
    for each in rest["resource"]:
        for operation in each["operation"]:
            answer = fhir.send("GET", f"{each['type']}/${operation['name']}").get_json()
            assert "There is no operation" not in str(answer), operation
    assert "cache-control" not in {each["name"] for each in rest["operation"]}


def test_which_code_systems_it_knows(fhir: Fhir) -> None:
    found = fhir.get("metadata", mode="terminology")
    (toy,) = (each for each in found["codeSystem"] if each["uri"] == TOY)
    assert [(each["code"], each["isDefault"]) for each in toy["version"]] == [("2021", True), ("2020", False)]
    assert "colour" in toy["version"][0]["property"]
    assert ("content" in toy) is (fhir.release == "r5")


def test_the_versions_served(fhir: Fhir) -> None:
    assert value(fhir.get("$versions"), "default") == {"r5": "5.0", "r4": "4.0"}[fhir.release]


@pytest.mark.parametrize(
    ("code", "display"),
    [("sv", "Swedish"), ("sv-FI", "Swedish (Finland)"), ("zh-Hant-HK", "Chinese (Traditional, Hong Kong SAR China)")],
)
def test_tags_of_languages(empty: Fhir, code: str, display: str) -> None:
    found = empty.get("CodeSystem/$lookup", system="urn:ietf:bcp:47", code=code)
    assert value(found, "display") == display
    said = empty.get(
        "ValueSet/$validate-code", url="http://hl7.org/fhir/ValueSet/all-languages", code=code, inferSystem="true"
    )
    assert value(said, "result") is True, said


@pytest.mark.parametrize("code", ["xx-yy", "sv_SE", "swedish", "sv-" + "x" * 200])
def test_what_is_no_tag_of_a_language(empty: Fhir, code: str) -> None:
    empty.get("CodeSystem/$lookup", 404, system="urn:ietf:bcp:47", code=code)


def test_genders_and_statuses_are_built_in_in_the_version_of_fhir(empty: Fhir) -> None:
    version = {"r5": "5.0.0", "r4": "4.0.1"}[empty.release]
    found = empty.get("ValueSet/$expand", url="http://hl7.org/fhir/ValueSet/administrative-gender")
    assert [each["code"] for each in found["expansion"]["contains"]] == ["male", "female", "other", "unknown"]
    statuses = empty.get("CodeSystem/publication-status")
    assert (statuses["version"], statuses["content"]) == (version, "complete")
    assert valid(statuses, empty.release)
