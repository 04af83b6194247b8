"""What an expansion lists is what validation finds, whatever asks for versions, activity or parts."""

from __future__ import annotations

from typing import Any

import pytest

from termservice.fhir.issues import Failure
from tests.test_termservice.test_fhir.tiny import (
    SYSTEM,
    code_system,
    codes,
    concept,
    expanded,
    expansion,
    filtered,
    include,
    value_set,
)
from tests.test_termservice.test_fhir.validations import FORMS, form, member

AUTHORS = "http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter"
PROPERTIES = [
    {"code": "notSelectable", "uri": "http://hl7.org/fhir/concept-properties#notSelectable", "type": "boolean"},
    {"code": "inactive", "uri": "http://hl7.org/fhir/concept-properties#inactive", "type": "boolean"},
    {"code": "status", "uri": "http://hl7.org/fhir/concept-properties#status", "type": "code"},
]
OLD = (
    concept("animal", concept("dog", concept("puppy")), concept("cat"), properties={"notSelectable": True}),
    concept("dodo", properties={"inactive": True}),
    concept("auk", properties={"status": "code:retired"}),
    concept("quagga", properties={"status": "code:deprecated"}),
)
SYSTEMS = (
    code_system(*OLD, version="1.0.0", property=PROPERTIES),
    code_system(*OLD, concept("yeti"), version="1.2.0", property=PROPERTIES),
)
CODES = ("animal", "dog", "puppy", "cat", "dodo", "auk", "quagga", "yeti", "nothing")
IMPORTED = value_set(filtered("concept", "is-a", "dog"), include(SYSTEM, "dodo", "yeti"), url="urn:imported")
VALUE_SETS = {
    "all": value_set(include()),
    "old": value_set(include(version="1.0.0")),
    "any": value_set(include(version="1.x.x")),
    "first": value_set(include(version="1.0.x")),
    "listed": value_set(include(SYSTEM, "dog", "auk", "yeti")),
    "below": value_set(filtered("concept", "descendent-of", "animal")),
    "beside": value_set(filtered("concept", "is-not-a", "animal")),
    "active": value_set(include(), inactive=False),
    "selectable": value_set(filtered("notSelectable", "=", "true")),
    "standing": value_set(filtered("status", "=", "retired")),
    "without": value_set(include(), exclude=[include(SYSTEM, "cat", "yeti")]),
    "without old": value_set(include(), exclude=[filtered("concept", "is-a", "dog", version="1.0.0")]),
    "without imported": value_set(include(), exclude=[{"valueSet": ["urn:imported"]}]),
    "imported": value_set({"valueSet": ["urn:imported"]}),
    "both": value_set(include(version="1.0.0", valueSet=["urn:imported"])),
    "known": {
        "resourceType": "ValueSet",
        "status": "active",
        "expansion": {
            "contains": [{"system": SYSTEM, "code": "dog", "contains": [{"system": SYSTEM, "code": "dodo"}]}]
        },
    },
}
ASKED: dict[str, dict[str, Any]] = {
    "plain": {},
    "active": {"activeOnly": True},
    "default": {"system-version": SYSTEM + "|1.0.0"},
    "wild": {"system-version": SYSTEM + "|1.0.x"},
    "force": {"force-system-version": SYSTEM + "|1.0.0"},
    "check": {"check-system-version": SYSTEM + "|1.x.x"},
}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", VALUE_SETS)
def test_an_expansion_lists_what_validation_finds(name: str, asked: str) -> None:
    valueset, more = VALUE_SETS[name], ASKED[asked]
    listed = set(codes(expansion(valueset, *SYSTEMS, IMPORTED, asked=more.items())))
    for kind in FORMS:
        found = {
            code for code in CODES if member(valueset, form(kind, code), *SYSTEMS, IMPORTED, **more)["result"] is True
        }
        assert found == listed, kind


def authored(**wanted: str) -> dict[str, Any]:
    """All of the code system, in the version its author asks for."""
    parts = [
        [{"url": "name", "valueCode": name.replace("_", "-")}, {"url": "value", "valueUri": value}]
        for name, value in wanted.items()
    ]
    return value_set(include(), extension=[{"url": AUTHORS, "extension": each} for each in parts])


@pytest.mark.parametrize(
    ("authors", "sent", "yeti"),
    [
        ({}, {}, True),
        ({"system_version": "1.0.0"}, {}, False),
        ({"system_version": "1.0.x"}, {}, False),
        ({"force_system_version": "1.0.0"}, {}, False),
        ({"check_system_version": "1.0.0"}, {}, False),
        ({"system_version": "1.0.0"}, {"system-version": "1.2.0"}, True),
        ({"system_version": "1.2.0"}, {"force-system-version": "1.0.0"}, False),
        ({"force_system_version": "1.0.0"}, {"system-version": "1.2.0"}, False),
    ],
)
def test_versions_that_the_author_asks_for_give_way_to_the_requests(
    authors: dict[str, str], sent: dict[str, str], yeti: bool
) -> None:
    valueset = authored(**{name: f"{SYSTEM}|{version}" for name, version in authors.items()})
    asked = {name: f"{SYSTEM}|{version}" for name, version in sent.items()}
    assert ("yeti" in codes(expansion(valueset, *SYSTEMS, asked=asked.items()))) is yeti
    assert member(valueset, form("coding", "yeti"), *SYSTEMS, **asked)["result"] is yeti


def test_the_value_set_of_a_context_is_not_known() -> None:
    context = ("context", "http://example.org/fhir/StructureDefinition/patient#Patient.gender")
    with pytest.raises(Failure) as told:
        expanded([context])
    assert (told.value.status, told.value.issues[0].code) == (400, "not-supported")
