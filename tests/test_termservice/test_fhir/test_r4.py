"""R4 and R5: what is turned, where it goes, and that nothing else is touched."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from termservice.fhir import r4
from tests.test_termservice.test_fhir.asking import valid

X = "http://hl7.org/fhir/5.0/StructureDefinition/extension-"

OPERATOR = {"extension": [{"url": X + "ValueSet.compose.include.filter.op", "valueCode": "child-of"}]}
PAIRS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "version algorithm",
        {"resourceType": "CodeSystem", "status": "active", "content": "complete", "versionAlgorithmString": "semver"},
        {
            "resourceType": "CodeSystem",
            "status": "active",
            "content": "complete",
            "extension": [{"url": X + "CanonicalResource.versionAlgorithm", "valueString": "semver"}],
        },
    ),
    (
        "operators of filters",
        {
            "resourceType": "ValueSet",
            "status": "active",
            "compose": {
                "include": [{"system": "urn:s", "filter": [{"property": "p", "op": "child-of", "value": "v"}]}]
            },
        },
        {
            "resourceType": "ValueSet",
            "status": "active",
            "compose": {"include": [{"system": "urn:s", "filter": [{"property": "p", "_op": OPERATOR, "value": "v"}]}]},
        },
    ),
    (
        "properties of expansions",
        {
            "resourceType": "ValueSet",
            "status": "active",
            "expansion": {
                "timestamp": "2026-01-01T00:00:00Z",
                "property": [{"code": "weight", "uri": "urn:weight"}],
                "contains": [
                    {"code": "a", "contains": [{"code": "b", "property": [{"code": "weight", "valueDecimal": 1.5}]}]}
                ],
            },
        },
        {
            "resourceType": "ValueSet",
            "status": "active",
            "expansion": {
                "timestamp": "2026-01-01T00:00:00Z",
                "extension": [
                    {
                        "url": X + "ValueSet.expansion.property",
                        "extension": [
                            {"url": "code", "valueCode": "weight"},
                            {"url": "uri", "valueUri": "urn:weight"},
                        ],
                    }
                ],
                "contains": [
                    {
                        "code": "a",
                        "contains": [
                            {
                                "code": "b",
                                "extension": [
                                    {
                                        "url": X + "ValueSet.expansion.contains.property",
                                        "extension": [
                                            {"url": "code", "valueCode": "weight"},
                                            {"url": "value", "valueDecimal": 1.5},
                                        ],
                                    }
                                ],
                            }
                        ],
                    }
                ],
            },
        },
    ),
    (
        "maps",
        {
            "resourceType": "ConceptMap",
            "status": "active",
            "sourceScopeUri": "urn:set",
            "group": [
                {
                    "source": "urn:s|1",
                    "target": "urn:t",
                    "element": [
                        {
                            "code": "a",
                            "target": [
                                {
                                    "code": "b",
                                    "relationship": "source-is-broader-than-target",
                                    "dependsOn": [
                                        {"attribute": "urn:x", "valueString": "y"},
                                        {"attribute": "urn:z", "valueCoding": {"system": "urn:q", "code": "w"}},
                                    ],
                                }
                            ],
                        },
                        {"code": "c", "noMap": True},
                    ],
                    "unmapped": {"mode": "use-source-code"},
                }
            ],
        },
        {
            "resourceType": "ConceptMap",
            "status": "active",
            "sourceUri": "urn:set",
            "group": [
                {
                    "source": "urn:s",
                    "sourceVersion": "1",
                    "target": "urn:t",
                    "element": [
                        {
                            "code": "a",
                            "target": [
                                {
                                    "code": "b",
                                    "equivalence": "narrower",
                                    "dependsOn": [
                                        {"property": "urn:x", "value": "y"},
                                        {"property": "urn:z", "value": "w", "system": "urn:q"},
                                    ],
                                }
                            ],
                        },
                        {"code": "c", "target": [{"equivalence": "unmatched"}]},
                    ],
                    "unmapped": {"mode": "provided"},
                }
            ],
        },
    ),
]


@pytest.mark.parametrize(("five", "four"), [pair[1:] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_up_and_down(five: dict[str, Any], four: dict[str, Any]) -> None:
    assert r4.down(copy.deepcopy(five)) == four
    assert r4.up(copy.deepcopy(four)) == five
    assert r4.down(r4.down(copy.deepcopy(five))) == four
    assert r4.up(r4.up(copy.deepcopy(four))) == five
    assert valid(five, "r5") and valid(four, "r4")


def test_resources_are_turned_wherever_they_are() -> None:
    five, four = PAIRS[1][1:]
    for wrap in (
        lambda each: {
            "resourceType": "Parameters",
            "parameter": [{"name": "p", "part": [{"name": "q", "resource": each}]}],
        },
        lambda each: {"resourceType": "Bundle", "entry": [{"resource": each}]},
        lambda each: {"resourceType": "ValueSet", "contained": [each]},
    ):
        assert r4.down(wrap(copy.deepcopy(five))) == wrap(four)
        assert r4.up(wrap(copy.deepcopy(four))) == wrap(five)


def test_other_extensions_stay() -> None:
    other = {"url": "urn:other", "valueCode": "x"}
    algorithm = {"url": X + "CodeSystem.versionAlgorithm", "valueCoding": {"code": "semver"}}
    found = r4.up({"resourceType": "CodeSystem", "extension": [other, algorithm, other]})
    assert found["extension"] == [other, other]
    assert found["versionAlgorithmCoding"] == {"code": "semver"}


@pytest.mark.parametrize(
    ("equivalence", "relationship"),
    [
        ("relatedto", "related-to"), ("equivalent", "equivalent"), ("equal", "equivalent"),
        ("wider", "source-is-narrower-than-target"), ("subsumes", "source-is-narrower-than-target"),
        ("narrower", "source-is-broader-than-target"), ("specializes", "source-is-broader-than-target"),
        ("inexact", "related-to"), ("disjoint", "not-related-to"),
    ],
)  # fmt: skip
def test_what_r4_calls_relationships(equivalence: str, relationship: str) -> None:
    target = {"code": "b", "equivalence": equivalence}
    found = r4.up({"resourceType": "ConceptMap", "group": [{"element": [{"code": "a", "target": [target]}]}]})
    assert found["group"][0]["element"][0]["target"] == [{"code": "b", "relationship": relationship}]


def test_parameters_of_r5_types() -> None:
    found = r4.down({"resourceType": "Parameters", "parameter": [{"name": "total", "valueInteger64": "7"}]})
    assert found["parameter"] == [{"name": "total", "valueInteger": 7}]
