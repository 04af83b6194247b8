"""What maps of a request say in detail: value sets, dependencies, products, unmapped codes, scopes, versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from termservice.fhir import r4maps
from termservice.service import TerminologyService
from termservice.web.app import create_app
from tests.test_termservice.test_fhir.asking import ODD, TOY, Fhir, issue, value, values
from tests.test_termservice.test_fhir.tiny import code_system, concept, include, value_set
from tests.test_termservice.test_fhir.tinymaps import ask, conceptmap, element, said

Json = dict[str, Any]
FROM = code_system(concept("a"), concept("c"), concept("q"), url="urn:from")
TO = code_system(concept("b"), concept("d"), concept("z"), url="urn:to")
SOME = value_set(include("urn:to", "b", "d"), url="urn:some")
NONE = value_set(include("urn:to", "unheard-of"), url="urn:none")
TARGETS = {"valueSet": "urn:some", "relationship": "related-to"}


@pytest.fixture
def r5(tmp_path: Path) -> Fhir:
    """As `empty`, in R5 alone: for what R4 has no elements for."""
    return Fhir(create_app(TerminologyService(tmp_path), {"TESTING": True}).test_client(), "r5")


def codes(fhir: Fhir, found: Json) -> list[str]:
    return [code for _, code in said(fhir, found)]


def test_a_target_may_be_all_codes_of_a_value_set(r5: Fhir) -> None:
    sent = conceptmap("r5", {"code": "a", "target": [TARGETS]})
    found = ask(r5, sent, TO, SOME, sourceCode="a", system="urn:from")
    assert said(r5, found) == [("related-to", "b"), ("related-to", "d")]
    assert values(found, "match")[0]["concept"] == {"system": "urn:to", "code": "b", "display": "B"}


@pytest.mark.parametrize(("code", "sources"), [("d", ["a"]), ("z", [])])
def test_a_value_set_is_a_target_backwards_too(r5: Fhir, code: str, sources: list[str]) -> None:
    sent = conceptmap("r5", {"code": "a", "target": [TARGETS]})
    found = ask(r5, sent, TO, SOME, targetCode=code, system="urn:to")
    assert [each["source"]["code"] for each in values(found, "match")] == sources


def test_a_value_set_may_be_contained_in_the_map(r5: Fhir) -> None:
    sent = conceptmap("r5", {"code": "a", "target": [{**TARGETS, "valueSet": "#here"}]})
    sent["contained"] = [{**SOME, "id": "here"}]
    assert codes(r5, ask(r5, sent, TO, sourceCode="a", system="urn:from")) == ["b", "d"]


def test_a_value_set_that_is_not_known_is_told(r5: Fhir) -> None:
    sent = {"name": "tx-resource", "resource": conceptmap("r5", {"code": "a", "target": [TARGETS]})}
    asked = {"name": "sourceCoding", "valueCoding": {"system": "urn:from", "code": "a"}}
    assert "urn:some" in issue(r5.post("ConceptMap/$translate", [sent, asked], 404))[1]


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ({"code": "a"}, ["z"]),
        ({"code": "a", "target": [{**TARGETS, "valueSet": "urn:none"}]}, ["z"]),
        ({"code": "a", "noMap": True}, []),
        ({"code": "a", "target": [TARGETS]}, ["b", "d"]),
    ],
)
def test_no_target_is_unmapped(r5: Fhir, listed: Json, found: list[str]) -> None:
    sent = conceptmap("r5", listed, unmapped={"mode": "fixed", "code": "z", "relationship": "related-to"})
    assert codes(r5, ask(r5, sent, TO, SOME, NONE, sourceCode="a", system="urn:from")) == found


def test_unmapped_codes_may_lead_to_a_value_set(r5: Fhir) -> None:
    rule = {"mode": "fixed", "valueSet": "urn:some", "relationship": "source-is-narrower-than-target"}
    found = ask(r5, conceptmap("r5", element("c", "z"), unmapped=rule), TO, SOME, sourceCode="a", system="urn:from")
    assert said(r5, found) == [("source-is-narrower-than-target", "b"), ("source-is-narrower-than-target", "d")]


@pytest.mark.parametrize(("code", "found"), [("a", ["b"]), ("c", ["d"]), ("q", ["z"])])
def test_groups_between_the_same_systems_are_one(empty: Fhir, code: str, found: list[str]) -> None:
    sent = conceptmap(empty.release, element("a", "b"), unmapped={"mode": "fixed", "code": "z"})
    sent["group"] += conceptmap(empty.release, element("c", "d"))["group"]
    assert codes(empty, ask(empty, sent, code=code, system="urn:from")) == found


def test_what_is_unmapped_says_how_it_relates(r5: Fhir) -> None:
    rule = {"mode": "use-source-code", "relationship": "related-to"}
    found = ask(r5, conceptmap("r5", unmapped=rule), sourceCode="q", system="urn:from")
    (match,) = values(found, "match")
    assert (match["relationship"], match["concept"]) == ("related-to", {"system": "urn:to", "code": "q"})
    assert match["originMap"] == "urn:map|1"


def test_another_map_by_version(empty: Fhir) -> None:
    first = conceptmap(empty.release, unmapped={"mode": "other-map", "otherMap": "urn:2|1.x", "url": "urn:2|1.x"})
    others = [
        {**conceptmap(empty.release, element("q", code)), "url": "urn:2", "version": version}
        for version, code in (("1.0", "old"), ("1.1", "new"), ("2.0", "next"))
    ]
    found = ask(empty, first, *others, code="q", system="urn:from", url="urn:map")
    assert codes(empty, found) == ["new"]
    assert values(found, "match")[0]["originMap"] == "urn:2|1.1"


def test_another_map_backwards(empty: Fhir) -> None:
    rule = {"mode": "other-map", "otherMap": "urn:2", "url": "urn:2"}
    first = conceptmap(empty.release, element("a", "d"), unmapped=rule)
    other = {**conceptmap(empty.release, element("a", "b"), element("q", "b")), "url": "urn:2"}
    found = ask(empty, first, other, targetCode="b", system="urn:to", url="urn:map")
    assert [each["source"]["code"] for each in values(found, "match")] == ["q"]


def test_another_map_may_be_the_stores(fhir: Fhir) -> None:
    other = "urn:conceptmap:toy-to-odd"
    sent = conceptmap(
        fhir.release, element("A.1", "z"), unmapped={"mode": "other-map", "otherMap": other, "url": other}
    )
    sent["group"][0] |= {"source": TOY, "target": ODD}

    def found(code: str) -> list[str]:
        return codes(fhir, ask(fhir, sent, code=code, system=TOY, url="urn:map"))

    assert (found("A.1"), found("A.2"), found("A")) == (["z"], ["y"], [])


def test_many_maps_that_lead_to_each_other_are_asked_once(empty: Fhir) -> None:
    def leading(place: int) -> Json:
        listed = [
            {"source": "urn:from", "target": f"urn:to:{other}", "unmapped": rule}
            for other in range(12)
            if (rule := {"mode": "other-map", "otherMap": f"urn:m{other}", "url": f"urn:m{other}"})
        ]
        return {**conceptmap(empty.release), "url": f"urn:m{place}", "group": listed}

    last = {**conceptmap(empty.release, element("q", "w")), "url": "urn:m12"}
    rule = {"mode": "other-map", "otherMap": "urn:m12", "url": "urn:m12"}
    maps = [leading(place) for place in range(12)]
    maps[0]["group"].append({"source": "urn:from", "target": "urn:to", "unmapped": rule})
    assert codes(empty, ask(empty, *maps, last, code="q", system="urn:from", url="urn:m1")) == ["w"]


def dependent(fhir: Fhir, depends: Json, given: Json | None) -> list[Json]:
    """The matches of a target that depends on something, where something (or nothing) is known."""
    sent = conceptmap(fhir.release, element("a", "b", dependsOn=[depends]))
    if fhir.release == "r5":
        sent["additionalAttribute"] = [{"code": "sex", "uri": "urn:sex", "type": "Coding"}]
    asked = [
        *({"name": "tx-resource", "resource": each} for each in (sent, SOME, TO)),
        {"name": "sourceCoding", "valueCoding": {"system": "urn:from", "code": "a"}},
    ]
    if given is not None:
        asked.append({"name": "dependency", "part": [{"name": "attribute", "valueUri": "urn:sex"}, given]})
    return values(fhir.post("ConceptMap/$translate", asked), "match")


CODED = {"system": "urn:s", "code": "f"}


@pytest.mark.parametrize(
    ("stated", "given", "fits"),
    [
        ({"valueCoding": CODED}, {"valueCoding": {**CODED, "display": "Female"}}, True),
        ({"valueCoding": CODED}, {"valueCoding": {"system": "urn:t", "code": "f"}}, False),
        ({"valueCoding": CODED}, {"valueCodeableConcept": {"coding": [{"system": "urn:s", "code": "m"}, CODED]}}, True),
        ({"valueCoding": CODED}, {"valueCodeableConcept": {"coding": [{"system": "urn:s", "code": "m"}]}}, False),
        ({"valueCoding": CODED}, {"valueCode": "f"}, True),
        ({"valueCode": "f"}, {"valueCoding": CODED}, True),
        ({"valueString": "f"}, {"valueCodeableConcept": {"text": "f"}}, True),
        ({"valueBoolean": True}, {"valueString": "true"}, True),
        ({"valueBoolean": True}, {"valueBoolean": False}, False),
        ({"valueQuantity": {"value": 5, "unit": "mg"}}, {"valueQuantity": {"value": 5, "unit": "mg"}}, True),
        ({"valueQuantity": {"value": 5, "unit": "mg"}}, {"valueQuantity": {"value": 5, "unit": "g"}}, False),
        ({"valueSet": "urn:some"}, {"valueCoding": {"system": "urn:to", "code": "b"}}, True),
        ({"valueSet": "urn:some"}, {"valueCoding": {"system": "urn:to", "code": "z"}}, False),
        ({"valueSet": "urn:some"}, {"valueCode": "d"}, True),
    ],
)
def test_what_a_target_depends_on_is_compared(r5: Fhir, stated: Json, given: Json, fits: bool) -> None:
    found = dependent(r5, {"attribute": "sex", **stated}, {"name": "value", **given})
    assert len(found) == fits


def test_what_is_not_known_is_told(r5: Fhir) -> None:
    (match,) = dependent(r5, {"attribute": "sex", "valueCoding": CODED}, None)
    assert match["dependsOn"] == {"attribute": "urn:sex", "value": CODED}
    (match,) = dependent(r5, {"attribute": "sex", "valueSet": "urn:some"}, None)
    assert match["dependsOn"] == {"attribute": "urn:sex", "valueSet": "urn:some"}


@pytest.mark.parametrize(("code", "found"), [("f", 1), ("m", 0)])
def test_a_dependency_in_the_words_of_r4(empty: Fhir, code: str, found: int) -> None:
    depends = {
        "r4": {"property": "urn:sex", "system": "urn:s", "value": "f"},
        "r5": {"attribute": "urn:sex", "valueCoding": CODED},
    }
    sent = conceptmap(empty.release, element("a", "b", dependsOn=[depends[empty.release]]))
    concept = {"coding": [{"system": "urn:s", "code": code}]}
    parts = [{"name": "element", "valueUri": "urn:sex"}, {"name": "concept", "valueCodeableConcept": concept}]
    asked = [
        {"name": "tx-resource", "resource": sent},
        {"name": "coding", "valueCoding": {"system": "urn:from", "code": "a"}},
        {"name": "dependency", "part": parts},
    ]
    assert len(values(empty.post("ConceptMap/$translate", asked), "match")) == found


def test_products_are_told(empty: Fhir) -> None:
    product = {
        "r4": {"property": "urn:side", "system": "urn:sides", "value": "left", "display": "Left"},
        "r5": {"attribute": "side", "valueCoding": {"system": "urn:sides", "code": "left", "display": "Left"}},
    }
    sent = conceptmap(empty.release, element("a", "b", product=[product[empty.release]]))
    if empty.release == "r5":
        sent["additionalAttribute"] = [{"code": "side", "uri": "urn:side", "type": "Coding"}]
    (match,) = values(ask(empty, sent, code="a", system="urn:from"), "match")
    names = {"r4": ("element", "concept"), "r5": ("attribute", "value")}[empty.release]
    said = ("urn:side", {"system": "urn:sides", "code": "left", "display": "Left"})
    assert match["product"] == dict(zip(names, said, strict=True))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"valueCode": "left"}, {"code": "left"}),
        ({"valueString": "left side"}, {"code": "left side"}),
        ({"valueCoding": CODED}, CODED),
    ],
)
def test_products_are_codings_in_r4(value: Json, told: Json) -> None:
    parts = [{"name": "attribute", "valueUri": "urn:side"}, {"name": "value", **value}]
    match = {"name": "match", "part": [{"name": "product", "part": parts}]}
    r4maps.match_down(match)
    concept = {"name": "concept", "valueCoding": told}
    assert match["part"] == [{"name": "product", "part": [{"name": "element", "valueUri": "urn:side"}, concept]}]


def test_attributes_go_by_their_uris_in_r4() -> None:
    depends = {"attribute": "sex", "valueCoding": CODED}
    sent = conceptmap("r5", element("a", "b", dependsOn=[depends], product=[{**depends, "attribute": "urn:own"}]))
    r4maps.down(sent | {"additionalAttribute": [{"code": "sex", "uri": "urn:sex", "type": "Coding"}]})
    (target,) = sent["group"][0]["element"][0]["target"]
    assert target["dependsOn"] == [{"property": "urn:sex", "system": "urn:s", "value": "f"}]
    assert target["product"] == [{"property": "urn:own", "system": "urn:s", "value": "f"}]


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ({}, ["b", "z"]),
        ({"targetScope": "urn:some"}, ["b"]),
        ({"target": "urn:some"}, ["b"]),
        ({"targetScope": "urn:to?fhir_vs"}, ["b", "z"]),
        ({"targetScope": "urn:elsewhere?fhir_vs"}, []),
        ({"sourceScope": "urn:as"}, ["b", "z"]),
        ({"sourceScope": "urn:cs"}, []),
        ({"source": "urn:cs"}, []),
    ],
)
def test_value_sets_limit_what_is_translated(empty: Fhir, scope: dict[str, str], found: list[str]) -> None:
    both = {"code": "a", "target": [*element("a", "b")["target"], *element("a", "z")["target"]]}
    sources = [value_set(include("urn:from", code), url=f"urn:{code}s") for code in ("a", "c")]
    answer = ask(empty, conceptmap(empty.release, both), FROM, TO, SOME, *sources, code="a", system="urn:from", **scope)
    assert codes(empty, answer) == found
    assert found or next(iter(scope.values())) in value(answer, "message")


@pytest.mark.parametrize(("scope", "found"), [("target", ["z"]), ("targetScope", ["b", "z"])])
def test_value_sets_choose_among_maps(empty: Fhir, scope: str, found: list[str]) -> None:
    """As R4 has it; R5 only limits the codes."""
    maps = [conceptmap(empty.release, element("a", "b")), conceptmap(empty.release, element("a", "z"))]
    name = {"r5": "targetScopeUri", "r4": "targetUri"}[empty.release]
    for place, each in enumerate(maps):
        each |= {"url": f"urn:map{place}", name: ("urn:other", "urn:all")[place]}
    everything = value_set(include("urn:to"), url="urn:all")
    assert codes(empty, ask(empty, *maps, TO, everything, code="a", system="urn:from", **{scope: "urn:all"})) == found


@pytest.mark.parametrize(("scope", "found"), [("target", ["z"]), ("targetScope", [])])
def test_a_map_that_is_chosen_by_its_value_set_counts_whole(empty: Fhir, scope: str, found: list[str]) -> None:
    sent = conceptmap(empty.release, unmapped={"mode": "fixed", "code": "z"})
    sent[{"r5": "targetScopeUri", "r4": "targetUri"}[empty.release]] = "urn:some"
    assert codes(empty, ask(empty, sent, TO, SOME, code="a", system="urn:from", **{scope: "urn:some"})) == found


def test_reverse_turns_the_scopes_too(empty: Fhir) -> None:
    sent = conceptmap(empty.release, element("a", "b"), element("c", "b"))
    asked = {"code": "b", "system": "urn:to", "reverse": True, "source": "urn:some", "target": "urn:as"}
    sources = value_set(include("urn:from", "a"), url="urn:as")
    assert codes(empty, ask(empty, sent, FROM, TO, SOME, sources, **asked)) == ["a"]


def test_a_scope_nobody_knows_is_told(empty: Fhir) -> None:
    sent = conceptmap(empty.release, element("a", "b"))
    parts = [
        {"name": "tx-resource", "resource": sent},
        {"name": "sourceCoding", "valueCoding": {"system": "urn:from", "code": "a"}},
        {"name": "targetScope", "valueUri": "urn:lost"},
    ]
    assert "urn:lost" in issue(empty.post("ConceptMap/$translate", parts, 404))[1]
    sent[{"r5": "targetScopeUri", "r4": "targetUri"}[empty.release]] = "urn:lost"
    assert codes(empty, empty.post("ConceptMap/$translate", parts)) == ["b"]


def test_a_scope_may_be_named_by_its_id(fhir: Fhir) -> None:
    asked = {"sourceCode": "A.1", "system": TOY}
    for scope, found in (
        ("ValueSet/odd", ["x"]),
        ("http://localhost/fhir/r5/ValueSet/odd", ["x"]),
        (f"{TOY}?fhir_vs", []),
    ):
        scope = scope.replace("r5", fhir.release)
        assert codes(fhir, fhir.get("ConceptMap/$translate", **asked, targetScope=scope)) == found


def test_the_newest_of_a_map_counts(empty: Fhir) -> None:
    maps = [
        {**conceptmap(empty.release, element("a", code)), "version": version}
        for version, code in (("1.9", "old"), ("1.10", "new"))
    ]
    asked = {"code": "a", "system": "urn:from"}
    assert codes(empty, ask(empty, *maps, **asked)) == ["new"]
    assert codes(empty, ask(empty, *maps, **asked, url="urn:map", conceptMapVersion="1.9")) == ["old"]
    assert codes(empty, ask(empty, *maps, **asked, conceptMapVersion="1.9")) == ["old"]


def test_a_map_sent_is_the_one_used(fhir: Fhir) -> None:
    sent = conceptmap(fhir.release, element("q", "w"))
    sent["group"][0] |= {"source": TOY, "target": ODD}
    asked = [
        {"name": "conceptMap", "resource": sent},
        {"name": "sourceCode", "valueCode": "A.1"},
        {"name": "system", "valueUri": TOY},
    ]
    assert values(fhir.post("ConceptMap/$translate", asked), "match") == []
    asked[0]["resource"] = SOME
    assert issue(fhir.post("ConceptMap/$translate", asked, 400))[0] == "structure"


def test_a_map_of_the_request_that_says_nothing_is_known_all_the_same(fhir: Fhir) -> None:
    found = ask(fhir, conceptmap(fhir.release, element("a", "b")), code="x", system="urn:from", url="urn:map")
    assert value(found, "result") is False


def test_a_map_nobody_knows_is_told(fhir: Fhir, r5: Fhir) -> None:
    for each in (fhir, r5):
        outcome = each.get("ConceptMap/$translate", 404, sourceCode="a", system="urn:from", url="urn:lost")
        assert issue(outcome) == ("not-found", "The ConceptMap 'urn:lost' is not known")


def test_a_system_may_name_its_version(empty: Fhir) -> None:
    sent = conceptmap(empty.release, element("a", "b"))
    sent["group"][0] |= {"r5": {"source": "urn:from|2"}, "r4": {"sourceVersion": "2"}}[empty.release]
    assert codes(empty, ask(empty, sent, sourceCode="a", system="urn:from|2")) == ["b"]
    assert codes(empty, ask(empty, sent, sourceCode="a", system="urn:from", version="1")) == []


def test_codings_without_a_system_are_passed_over(empty: Fhir) -> None:
    codings = [{"code": "x"}, {"system": "urn:from", "code": "a"}]
    parts = [
        {"name": "tx-resource", "resource": conceptmap(empty.release, element("a", "b"))},
        {"name": "codeableConcept", "valueCodeableConcept": {"coding": codings}},
    ]
    assert codes(empty, empty.post("ConceptMap/$translate", parts)) == ["b"]
    del codings[1]
    assert issue(empty.post("ConceptMap/$translate", parts, 400))[0] == "required"
