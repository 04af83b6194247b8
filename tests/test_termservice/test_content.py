"""Versions of classifications by numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from pyroaring import BitMap

from termservice.answers import When
from termservice.content import Content
from termservice.errors import NothingInForce, UnknownVersion
from tests.test_termservice.conftest import Toy

CODES = {
    "A": {"title": "Fruit", "abstract": True, "level": "chapter", "sort_key": "2"},
    "A.1": {
        "title": "Apple", "parents": ["A"], "level": "category", "synonyms": ["Pomme"], "sort_key": "2.2",
        "properties": [("colour", "red"), ("note", "Keeps"), ("note", "Falls"), ("size", "3"), ("ripe", "true")],
    },
    "A.2": {"title": "Pear", "parents": ["A"], "level": "category", "sort_key": "2.1", "valid_to": "2021-12-31"},
    "B": {"title": "Nuts", "active": False, "sort_key": "1", "properties": [("colour", "brown")]},
}  # fmt: skip


@pytest.fixture
def content(toy: Toy) -> Content:
    toy.put("2020", CODES)
    return of(toy)


def of(toy: Toy, when: When | None = None, today: date = date(2021, 6, 1)) -> Content:
    found = toy.service(today=today).contents.of("toy", when or When())
    assert isinstance(found, Content)
    return found


def codes(content: Content, numbers: Iterable[int]) -> list[str]:
    return [each.code for each in content.described(list(numbers))]


def sets(content: Content, numbers: BitMap) -> set[str]:
    return set(codes(content, numbers))


def test_codes_are_exact_but_for_case_where_it_does_not_count(toy: Toy, content: Content) -> None:
    number = content.number("A.1")
    assert number is not None
    assert content.number("a.1") == number
    assert content.number("A1") is None
    assert content.number("A.9") is None
    toy.put("2020", {"x": "Ex"}, system="odd")
    odd = toy.service().contents.of("odd")
    assert isinstance(odd, Content)
    assert (odd.number("x") is not None, odd.number("X")) == (True, None)


def test_a_code_is_of_the_versions_that_hold_it(toy: Toy, content: Content) -> None:
    toy.put("2021", {**CODES, "C": "Bread"}, effective="2021-01-01")
    assert of(toy, When("2020")).number("C") is None
    assert of(toy, When("2021")).number("C") is not None


def test_sets_of_a_version(content: Content) -> None:
    assert sets(content, content.everything()) == {"A", "A.1", "A.2", "B"}
    assert sets(content, content.abstract()) == {"A"}
    assert sets(content, content.inactive()) == {"B"}
    assert {level: sets(content, found) for level, found in content.levels().items()} == {
        "chapter": {"A"},
        "category": {"A.1", "A.2"},
    }


def test_stated_validity_counts_on_a_day_and_not_for_a_version(toy: Toy, content: Content) -> None:
    later = of(toy, When(date="2022-03-01"), today=date(2022, 6, 1))
    assert sets(later, later.inactive()) == {"A.2", "B"}
    assert [each.active for each in later.described([later.number("A.2") or 0])] == [False]
    named = of(toy, When("2020"), today=date(2022, 6, 1))
    assert sets(named, named.inactive()) == {"B"}


def test_values_of_properties(content: Content) -> None:
    assert sets(content, content.valued("colour")) == {"A.1", "B"}
    assert sets(content, content.valued("colour", "red")) == {"A.1"}
    assert not content.valued("colour", "blue")
    assert sets(content, content.valued("note")) == {"A.1"}
    assert sets(content, content.fitting("note", lambda text: text == "Falls")) == {"A.1"}
    assert sets(content, content.fitting("colour", lambda text: "r" in text)) == {"A.1", "B"}


def test_hierarchy_and_order(content: Content) -> None:
    number = content.number("A")
    assert number is not None
    assert sets(content, content.subtree(number)) == {"A", "A.1", "A.2"}
    assert codes(content, content.ordered(content.everything())) == ["B", "A", "A.2", "A.1"]
    assert codes(content, content.ordered(content.subtree(number))) == ["A", "A.2", "A.1"]
    apple = content.number("A.1") or 0
    assert codes(content, content.tree().parents(apple)) == ["A"]


def test_all_that_is_said_of_a_concept(content: Content) -> None:
    (apple,) = content.described([content.number("A.1") or 0])
    assert list(apple.names) == [("display", "sv", "Apple"), ("synonym", "sv", "Pomme")]
    assert [(each.definition.code, each.value) for each in apple.properties] == [
        ("note", "Keeps"),
        ("note", "Falls"),
        ("colour", "red"),
        ("size", 3),
        ("ripe", True),
    ]
    assert (apple.valid_from, apple.valid_to) == (None, None)


def test_the_first_and_last_day_where_they_are_known(toy: Toy, content: Content) -> None:
    toy.put("2021", {"A": "Fruit", "C": "Bread"}, effective="2021-01-01")
    (bread,) = of(toy).described([of(toy).number("C") or 0])
    assert bread.valid_from == "2021-01-01"
    old = of(toy, When("2020"))
    (pear, apple) = old.described([old.number("A.2") or 0, old.number("A.1") or 0])
    assert (pear.valid_to, apple.valid_to) == ("2020-12-31", "2020-12-31")


def test_search_keeps_to_a_set_and_finds_inactive_ones_last(content: Content) -> None:
    assert codes(content, content.search("pear")) == ["A.2"]
    assert codes(content, content.search("nuts")) == ["B"]
    number = content.number("A.1") or 0
    assert content.search("pear", within=BitMap([number])) == []
    assert codes(content, content.search("pome", within=content.everything())) == ["A.1"]


def test_the_same_content_is_the_same_object_until_something_is_loaded(toy: Toy, content: Content) -> None:
    service = toy.service()
    first = service.contents.of("toy", When("2020"))
    assert service.contents.of("http://example.org/old/toy", When("2020")) is first
    toy.put("2021", CODES, effective="2021-01-01")
    assert service.contents.of("toy", When("2020")) is not first


def test_versions_and_names(toy: Toy, content: Content) -> None:
    toy.put("2021", CODES, effective="2021-01-01")
    contents = toy.service().contents
    assert contents.versions("urn:oid:1.2.3.4") == ["2020", "2021"]
    assert contents.versions("http://example.org/nothing") == []
    assert contents.canonical("urn:oid:1.2.3.4") == "http://example.org/toy"
    assert contents.canonical("http://example.org/nothing") == "http://example.org/nothing"
    with pytest.raises(UnknownVersion):
        contents.of("toy", When("1999"))
    with pytest.raises(NothingInForce):
        contents.of("toy", When(date="1999-01-01"))
