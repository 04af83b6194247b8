"""What supplements say more of the concepts of a code system."""

from __future__ import annotations

from typing import Any

import pytest

from termservice.fhir.issues import Failure
from tests.test_termservice.test_fhir.tiny import (
    SYSTEM,
    code_system,
    codes,
    concept,
    expansion,
    filtered,
    include,
    said,
    value_set,
)

LABEL = "http://hl7.org/fhir/StructureDefinition/codesystem-label"
NEEDED = "http://hl7.org/fhir/StructureDefinition/valueset-supplement"
ANIMALS = code_system(concept("dog"), concept("cat"), property=[{"code": "legs", "type": "string"}])


def supplement(version: str = "1", of: str = SYSTEM, **more: Any) -> dict[str, Any]:
    dog = concept(
        "dog",
        display="hund",
        designation=[{"language": "fi", "value": "koira"}],
        properties={"noise": "woof"},
        extension=[{"url": LABEL, "valueString": "1."}],
    )
    unknown = concept("unicorn")
    defined = [{"code": "noise", "uri": "http://example.org/noise", "type": "string"}]
    return code_system(
        dog,
        unknown,
        url="http://example.org/more",
        version=version,
        content="supplement",
        supplements=of,
        language="sv",
        property=defined,
        **more,
    )


def needing(canonical: str, *includes: dict[str, Any]) -> dict[str, Any]:
    return value_set(*(includes or (include(),)), extension=[{"url": NEEDED, "valueCanonical": canonical}])


def test_it_counts_where_the_value_set_needs_it_or_the_request_wants_it() -> None:
    library = (ANIMALS, supplement())
    assert said(expansion(value_set(include()), *library), "used-supplement") == []
    for found in (
        expansion(needing("http://example.org/more"), *library),
        expansion(value_set(include()), *library, useSupplement="http://example.org/more|1"),
    ):
        assert said(found, "used-supplement") == ["http://example.org/more|1"]
        assert found["expansion"]["contains"][0]["property"] == [{"code": "label", "valueString": "1."}]
        assert codes(found) == ["dog", "cat"]


def test_names_are_designations_in_their_languages() -> None:
    found = expansion(needing("http://example.org/more"), ANIMALS, supplement(), includeDesignations=True)
    assert [(each["language"], each["value"]) for each in found["expansion"]["contains"][0]["designation"]] == [
        ("sv", "hund"),
        ("fi", "koira"),
    ]
    swedish = expansion(needing("http://example.org/more"), ANIMALS, supplement(), displayLanguage="sv")
    assert swedish["expansion"]["contains"][0]["display"] == "hund"


def test_properties_can_be_filtered_by_and_text_finds_its_names() -> None:
    library = (ANIMALS, supplement())
    more = "http://example.org/more"
    assert codes(expansion(needing(more, filtered("noise", "=", "woof")), *library)) == ["dog"]
    assert codes(expansion(needing(more, filtered("noise", "exists", "false")), *library)) == ["cat"]
    assert codes(expansion(needing(more, filtered("concept", "=", "cat")), *library)) == ["cat"]
    assert codes(expansion(needing(more), *library, filter="koira")) == ["dog"]
    assert codes(expansion(needing(more, include(SYSTEM, "cat")), *library, filter="koira")) == []
    asked = expansion(needing(more), *library, property="noise")
    assert {"code": "noise", "valueString": "woof"} in asked["expansion"]["contains"][0]["property"]
    assert {"code": "noise", "uri": "http://example.org/noise"} in asked["expansion"]["property"]


def test_a_property_of_the_code_system_can_have_more_values() -> None:
    noisy = code_system(
        concept("dog", properties={"noise": "wuff"}),
        concept("cat", properties={"noise": "woof"}),
        property=[{"code": "noise", "type": "string"}],
    )
    more = "http://example.org/more"
    for op, value, expected in (
        ("=", "woof", ["dog", "cat"]),
        ("=", "wuff", ["dog"]),
        ("not-in", "wuff,meow", ["cat"]),
        ("regex", "w.{3}", ["dog", "cat"]),
        ("exists", "false", []),
    ):
        assert codes(expansion(needing(more, filtered("noise", op, value)), noisy, supplement())) == expected, op


def test_of_another_code_system_or_version_it_says_nothing() -> None:
    for of in ("http://example.org/trees", SYSTEM + "|2.0.0"):
        found = expansion(needing("http://example.org/more"), ANIMALS, supplement(of=of))
        assert said(found, "used-supplement") == []
        assert "property" not in found["expansion"]["contains"][0]


def test_the_newest_counts_where_no_version_is_named() -> None:
    found = expansion(needing("http://example.org/more"), ANIMALS, supplement("1"), supplement("2"))
    assert said(found, "used-supplement") == ["http://example.org/more|2"]


def test_one_that_is_missing_is_told() -> None:
    with pytest.raises(Failure, match=r"Required supplement not found: http://example.org/no"):
        expansion(needing("http://example.org/no"), ANIMALS)
    with pytest.raises(Failure, match=r"Required supplement not found: http://example.org/more\|7"):
        expansion(value_set(include()), ANIMALS, supplement(), useSupplement="http://example.org/more|7")


def test_those_that_an_imported_value_set_needs_count_too() -> None:
    imported = {**needing("http://example.org/more"), "url": "http://example.org/vs"}
    found = expansion(value_set({"valueSet": ["http://example.org/vs"]}), ANIMALS, supplement(), imported)
    assert said(found, "used-supplement") == ["http://example.org/more|1"]
