"""The filters of value sets over a code system in memory."""

from __future__ import annotations

import pytest

from termservice.fhir.issues import Failure
from termservice.fhir.memory import MemoryProvider
from termservice.fhir.model import Filter
from tests.test_termservice.test_fhir.tiny import code_system, concept

ANIMALS = MemoryProvider(
    code_system(
        concept(
            "animal",
            concept("dog", concept("beagle", properties={"size": "small"}), properties={"legs": "code:four"}),
            concept("bird", concept("tern"), properties={"legs": "code:two", "status": "code:retired"}),
            properties={"notSelectable": True},
        ),
        concept("stone", definition="No animal", designation=[{"value": "pebble"}]),
        property=[{"code": "legs", "type": "code"}, {"code": "colour", "type": "string"}],
    )
)


@pytest.mark.parametrize(
    ("property", "op", "value", "expected"),
    [
        ("concept", "is-a", "dog", "dog beagle"),
        ("code", "is-a", "dog", "dog beagle"),
        ("concept", "descendent-of", "animal", "dog beagle bird tern"),
        ("concept", "is-not-a", "animal", "stone"),
        ("concept", "generalizes", "beagle", "animal dog beagle"),
        ("concept", "child-of", "animal", "dog bird"),
        ("concept", "descendent-leaf", "animal", "beagle tern"),
        ("concept", "is-a", "fish", ""),
        ("concept", "is-not-a", "fish", "animal dog beagle bird tern stone"),
        ("concept", "=", "dog", "dog"),
        ("concept", "in", "dog, tern,fish", "dog tern"),
        ("concept", "not-in", "dog,tern", "animal beagle bird stone"),
        ("parent", "=", "animal", "dog bird"),
        ("child", "=", "beagle", "dog"),
        ("legs", "=", "four", "dog"),
        ("legs", "in", "four,two", "dog bird"),
        ("legs", "not-in", "four", "animal beagle bird tern stone"),
        ("legs", "exists", "true", "dog bird"),
        ("legs", "exists", "false", "animal beagle tern stone"),
        ("legs", "regex", "f.*", "dog"),
        ("legs", "regex", "f", ""),
        ("size", "=", "small", "beagle"),
        ("colour", "=", "red", ""),
        ("code", "regex", "[a-d].*", "animal dog beagle bird"),
        ("display", "regex", "Tern|Stone", "tern stone"),
        ("definition", "exists", "true", "stone"),
        ("designation", "=", "pebble", "stone"),
        ("notSelectable", "=", "true", "animal"),
        ("notSelectable", "=", "TRUE", ""),
        ("inactive", "=", "true", "bird"),
        ("status", "=", "retired", "bird"),
    ],
)
def test_filter(property: str, op: str, value: str, expected: str) -> None:
    numbers = ANIMALS.select(Filter(property, op, value))
    assert [each.code for each in ANIMALS.entries(list(numbers))] == expected.split()


@pytest.mark.parametrize(
    ("property", "op", "value"),
    [
        ("wings", "=", "two"),
        ("legs", "is-a", "four"),
        ("legs", "exists", "perhaps"),
        ("code", "regex", "(unclosed"),
        ("legs", "resembles", "four"),
    ],
)
def test_filters_that_mean_nothing(property: str, op: str, value: str) -> None:
    with pytest.raises(Failure):
        ANIMALS.select(Filter(property, op, value))


def test_expressions_that_would_blow_up_do_not() -> None:
    long = MemoryProvider(code_system(concept("a" * 60 + "b"), concept("a" * 60)))
    assert list(long.select(Filter("code", "regex", "(a+)+"))) == [1]


def test_hierarchy_by_properties_and_circles() -> None:
    round = MemoryProvider(
        code_system(
            concept("a", properties={"above": "code:c"}),
            concept("b", properties={"above": "code:a"}),
            concept("c", properties={"above": "code:b"}),
            property=[{"code": "above", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}],
        )
    )
    assert list(round.select(Filter("concept", "is-a", "a"))) == [0, 1, 2]
    assert list(round.select(Filter("concept", "descendent-of", "a"))) == [1, 2]


def test_codes_in_any_case_where_the_code_system_does_not_tell_them_apart() -> None:
    loose = MemoryProvider(code_system(concept("Dog", concept("Beagle")), caseSensitive=False))
    assert list(loose.select(Filter("concept", "is-a", "DOG"))) == [0, 1]
    assert list(loose.select(Filter("concept", "in", "beagle"))) == [1]
