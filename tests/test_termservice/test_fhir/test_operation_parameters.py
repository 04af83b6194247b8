"""Parameters of operations one by one: what is honoured, repeated in expansions, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_termservice.test_fhir.asking import TOY, Fhir, issue, value, values
from tests.test_termservice.test_fhir.tiny import SYSTEM, code_system, codes, concept, include, said, value_set
from tests.test_termservice.test_fhir.validations import Told

Json = dict[str, Any]
NAMES = [
    {"language": "sv", "value": "Hund", "use": {"system": "urn:uses", "code": "short"}},
    {"language": "de", "value": "Haushund"},
]
LEGS = {"code": "legs", "uri": "urn:legs", "type": "string"}
DOG = concept("dog", concept("pup"), designation=NAMES, properties={"legs": "four"})
ANIMALS = code_system(DOG, concept("cat"), language="en", property=[LEGS])
ALL = value_set(include(), url="urn:all")
DOGS, CATS = (
    value_set(include(SYSTEM, code), url="urn:pets", version=version) for code, version in (("dog", "1"), ("cat", "2"))
)
IMPORTING = value_set({"valueSet": ["urn:pets"]}, url="urn:importing")


def sent(*resources: Json, **asked: Any) -> list[Json]:
    """Resources and parameters as they are posted."""
    parts: list[Json] = [{"name": "tx-resource", "resource": each} for each in resources]
    for name, given in asked.items():
        kind = {bool: "Boolean", dict: "Coding"}.get(type(given), "String")
        parts.append({"name": name.replace("_", "-"), f"value{kind}": given})
    return parts


def expand(fhir: Fhir, *resources: Json, **asked: Any) -> Json:
    return fhir.post("ValueSet/$expand", sent(ANIMALS, *resources, **asked))


@pytest.mark.parametrize("url", ["urn:pets", "urn:importing"])
@pytest.mark.parametrize(("version", "found"), [("1", ["dog"]), ("2", ["cat"])])
def test_the_version_of_a_value_set_by_default(empty: Fhir, url: str, version: str, found: list[str]) -> None:
    rule = f"urn:pets|{version}"
    answer = expand(empty, DOGS, CATS, IMPORTING, url=url, default_valueset_version=rule)
    assert (codes(answer), said(answer, "default-valueset-version")) == (found, [rule])


def test_a_default_that_decides_nothing_is_not_repeated(empty: Fhir) -> None:
    pinned = value_set({"valueSet": ["urn:pets|2"]}, url="urn:pinned")
    answer = expand(empty, DOGS, CATS, pinned, url="urn:pinned", default_valueset_version="urn:pets|1")
    assert (codes(answer), said(answer, "default-valueset-version")) == (["cat"], [])


@pytest.mark.parametrize("rule", ["system-version", "check-system-version", "force-system-version"])
def test_the_rule_that_decided_on_a_version_is_repeated(empty: Fhir, rule: str) -> None:
    older = {**code_system(concept("wolf")), "version": "0.9"}
    answer = expand(empty, older, ALL, url="urn:all", **{rule.replace("-", "_"): f"{SYSTEM}|0.9"})
    assert (codes(answer), said(answer, rule)) == (["wolf"], [f"{SYSTEM}|0.9"])


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, []),
        ({"includeDesignations": True}, ["Hund", "Haushund"]),
        ({"designation": "urn:ietf:bcp:47|de"}, ["Haushund"]),
        ({"designation": "de"}, ["Haushund"]),
        ({"designation": "urn:uses|short"}, ["Hund"]),
        ({"designation": "short"}, ["Hund"]),
        ({"designation": "urn:uses|short", "includeDesignations": False}, []),
    ],
)
def test_designations_are_chosen_by_use_or_language(empty: Fhir, asked: Json, names: list[str]) -> None:
    answer = expand(empty, DOGS, url="urn:pets", **asked)
    (found,) = answer["expansion"]["contains"]
    assert [each["value"] for each in found.get("designation", [])] == names
    assert said(answer, "designation") == [each for name, each in asked.items() if name == "designation"]


@pytest.mark.parametrize("name", ["urn:legs", "legs", "*"])
def test_properties_are_asked_for_by_code_by_uri_or_all(empty: Fhir, name: str) -> None:
    answer = expand(empty, DOGS, url="urn:pets", property=name)
    defined = answer["expansion"].get("property", [])
    found = [each["uri"] for each in defined]
    if empty.release == "r4":
        listed = answer["expansion"]["extension"]
        found = [part["valueUri"] for each in listed for part in each["extension"] if part["url"] == "uri"]
    assert "urn:legs" in found
    assert (len(found) > 1) is (name == "*")


@pytest.mark.parametrize("name", ["urn:legs", "legs", "*"])
def test_lookup_knows_properties_by_uri_too(empty: Fhir, name: str) -> None:
    found = empty.post("CodeSystem/$lookup", sent(ANIMALS, system=SYSTEM, code="dog", property=name))
    told = {each["code"]: each["value"] for each in values(found, "property")}
    assert told["legs"] == "four"
    assert ("child" in told) is (name == "*")


def test_what_was_left_out_is_told(empty: Fhir) -> None:
    answer = expand(empty, ALL, url="urn:all", exclude_system=SYSTEM, excludePostCoordinated=True)
    assert codes(answer) == []
    assert (said(answer, "exclude-system"), said(answer, "excludePostCoordinated")) == ([SYSTEM], [True])


@pytest.mark.parametrize(
    ("day", "said_day", "found"),
    [
        ("2020-06-01", "2020-06-01", ["A", "A.1", "A.2", "B"]),
        ("2020-06-01T12:00:00+02:00", "2020-06-01", ["A", "A.1", "A.2", "B"]),
        ("2021", "2021-01-01", ["A", "A.1", "A.2"]),
        ("2021-02", "2021-02-01", ["A", "A.1", "A.2"]),
    ],
)
def test_an_expansion_as_of_a_day(fhir: Fhir, day: str, said_day: str, found: list[str]) -> None:
    answer = fhir.get("ValueSet/$expand", url=f"{TOY}?fhir_vs", date=day)
    assert (codes(answer), said(answer, "date")) == (found, [said_day])


@pytest.mark.parametrize("day", ["2020-13-01", "2020-06-01Tnoon", "20200601", "soon"])
@pytest.mark.parametrize("path", ["ValueSet/$expand", "ValueSet/$validate-code", "CodeSystem/$validate-code"])
def test_what_is_no_date_is_refused(fhir: Fhir, path: str, day: str) -> None:
    url = TOY if path.startswith("Code") else f"{TOY}?fhir_vs"
    assert "date" in issue(fhir.get(path, 422, url=url, system=TOY, code="A.1", date=day))[1]


@pytest.mark.parametrize(("asked", "result"), [({"date": "2020-06-01"}, True), ({}, False)])
def test_validation_as_of_a_day(fhir: Fhir, asked: dict[str, str], result: bool) -> None:
    within = fhir.get("ValueSet/$validate-code", url=f"{TOY}?fhir_vs", system=TOY, code="B", **asked)
    known = fhir.get("CodeSystem/toy/$validate-code", code="B", **asked)
    assert (value(within, "result"), value(known, "result")) == (result, result)


@pytest.mark.parametrize("direction", ["incoming", "outgoing"])
@pytest.mark.parametrize("operation", ["$expand", "$validate-code"])
def test_a_context_is_refused_by_name(empty: Fhir, operation: str, direction: str) -> None:
    context = {"context": "http://example.org/StructureDefinition/pet#Pet.kind", "contextDirection": direction}
    outcome = empty.post(f"ValueSet/{operation}", sent(**context, system=SYSTEM, code="dog"), 400)
    assert issue(outcome)[0] == "not-supported"
    answer = empty.post(
        f"ValueSet/{operation}", sent(ANIMALS, ALL, **context, url="urn:all", system=SYSTEM, code="dog")
    )
    assert answer["resourceType"] in ("ValueSet", "Parameters")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (f"{SYSTEM}?fhir_vs", ["dog", "pup", "cat"]),
        (f"{SYSTEM}?fhir_vs=isa/dog", ["dog", "pup"]),
        ("http://hl7.org/fhir/publication-status?fhir_vs=isa/draft", ["draft"]),
    ],
)
def test_code_systems_of_the_request_and_built_in_imply_value_sets(empty: Fhir, url: str, found: list[str]) -> None:
    answer = expand(empty, url=url)
    assert (answer["url"], codes(answer)) == (url, found)
    asked = sent(ANIMALS, url=url, system=url.partition("?")[0], code=found[-1])
    assert Told(empty.post("ValueSet/$validate-code", asked))["result"] is True
    importing = value_set({"valueSet": [url]}, url="urn:importing")
    assert codes(expand(empty, importing, url="urn:importing")) == found


def test_a_code_system_of_the_request_implies_before_a_loaded_one(fhir: Fhir) -> None:
    own = code_system(concept("A.1"), concept("Z"), url=TOY, version="3000")

    def found(url: str, **asked: str) -> list[str]:
        return codes(fhir.post("ValueSet/$expand", sent(own, url=url, **asked)))

    assert found(f"{TOY}?fhir_vs") == ["A.1", "Z"]
    assert found(f"{TOY}?fhir_vs", valueSetVersion="2020") == ["A", "A.1", "A.2", "B"]
    assert found(f"{TOY}?fhir_vs=isa/Z") == ["Z"]
    assert found(f"{TOY}?fhir_vs=isa/A", valueSetVersion="2020") == ["A", "A.1", "A.2"]
    fhir.post("ValueSet/$expand", sent(own, url=f"{TOY}?fhir_vs=isa/A"), 404)


@pytest.mark.parametrize("url", ["urn:nobody?fhir_vs", f"{SYSTEM}?fhir_vs=isa/cow", f"{SYSTEM}?fhir_vs=refset/1"])
def test_what_no_code_system_implies_is_not_known(empty: Fhir, url: str) -> None:
    code, text = issue(empty.post("ValueSet/$expand", sent(ANIMALS, url=url), 404))
    assert (code, text) == ("not-found", f"A definition for the value Set '{url}' could not be found")


@pytest.mark.parametrize(
    ("a", "b", "outcome"),
    [
        ("1.0.0", "", "subsumes"),
        ("", "1.0.0", "subsumes"),
        ("", "", "not-subsumed"),
        ("2.0.0", "2.0.0", "not-subsumed"),
    ],
)
def test_subsumption_in_the_version_that_either_coding_states(empty: Fhir, a: str, b: str, outcome: str) -> None:
    flat = code_system(concept("dog"), concept("pup"), version="2.0.0")
    codings = {
        f"coding{name}": {"system": SYSTEM, "code": code, **({"version": version} if version else {})}
        for name, code, version in (("A", "dog", a), ("B", "pup", b))
    }
    found = empty.post("CodeSystem/$subsumes", sent(ANIMALS, flat, **codings))
    assert value(found, "outcome") == outcome


@pytest.mark.parametrize(
    ("b", "status", "text"),
    [
        ({"version": "2.0.0"}, 400, "1.0.0 and 2.0.0"),
        ({"version": "3.0.0"}, 404, "3.0.0"),
        ({"system": "urn:other"}, 400, "different code systems"),
        ({"code": "cow"}, 404, "Unknown code 'cow'"),
        ({"code": ""}, 400, "codingB"),
    ],
)
def test_codes_that_cannot_be_compared(empty: Fhir, b: Json, status: int, text: str) -> None:
    other = code_system(concept("pup"), version="2.0.0")
    one = {"system": SYSTEM, "code": "dog", "version": "1.0.0"}
    asked = sent(ANIMALS, other, codingA=one, codingB={**one, "code": "pup", **b})
    assert text in issue(empty.post("CodeSystem/$subsumes", asked, status))[1]


@pytest.mark.parametrize(
    ("shared", "own", "result"),
    [
        ({"url": "urn:pets|1"}, {"url": "urn:pets|2"}, False),
        ({"url": "urn:pets", "valueSetVersion": "2"}, {}, False),
        ({"url": "urn:pets", "valueSetVersion": "2"}, {"url": "urn:all"}, True),
        ({"url": "urn:all", "coding": {"system": SYSTEM, "code": "cow"}}, {}, True),
        ({"url": "urn:all", "display": "Cow"}, {}, True),
        ({"url": "urn:all", "abstract": False}, {"abstract": True}, True),
    ],
)
def test_a_validation_inherits_what_it_does_not_say(empty: Fhir, shared: Json, own: Json, result: bool) -> None:
    asked = {"resourceType": "Parameters", "parameter": sent(system=SYSTEM, code="dog", **own)}
    parts = [*sent(ANIMALS, ALL, DOGS, CATS, **shared), {"name": "validation", "resource": asked}]
    (answer,) = empty.post("ValueSet/$batch-validate-code", parts)["parameter"]
    assert Told(answer["resource"])["result"] is result


def test_a_value_set_sent_for_all_gives_way_to_one_that_is_named(empty: Fhir) -> None:
    asked = {"resourceType": "Parameters", "parameter": sent(system=SYSTEM, code="dog", url="urn:all")}
    parts = [*sent(ANIMALS, ALL), {"name": "valueSet", "resource": CATS}, {"name": "validation", "resource": asked}]
    (answer,) = empty.post("ValueSet/$batch-validate-code", parts)["parameter"]
    assert Told(answer["resource"])["result"] is True


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [({"_elements": "title"}, "title", "publisher"), ({"_summary": "true"}, "url", "group"), ({}, "group", "nothing")],
)
def test_parts_of_what_is_read(fhir: Fhir, query: dict[str, str], there: str, gone: str) -> None:
    found = fhir.get("ConceptMap/toy-to-odd", **query)
    assert (there in found, gone in found, "meta" in found) == (True, False, bool(query))
    assert "_summary" in issue(fhir.get("ConceptMap/toy-to-odd", 400, _summary="some"))[1]
