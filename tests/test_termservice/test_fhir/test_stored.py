"""Classifications of the store as providers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from termservice import bases, discovery
from termservice.fhir.issues import Failure
from termservice.fhir.library import Library
from termservice.fhir.membership import Composition
from termservice.fhir.model import Coding, ConceptRef, Designation, Filter, Include, PropertyValue, ValueSet
from termservice.fhir.options import options
from termservice.fhir.parameters import Parameters
from termservice.fhir.resolving import Resolver
from termservice.fhir.sources import Nothing, source
from termservice.fhir.stored import StoredProvider
from tests.test_termservice.conftest import Toy, ToyLoader

CODES = {
    "A": {"title": "Fruit", "abstract": True, "level": "chapter"},
    "A.1": {
        "title": "Apple", "parents": ["A"], "level": "category", "synonyms": ["Pomme"], "titles": {"en": "The apple"},
        "properties": [("colour", "red"), ("note", "Keeps"), ("note", "Falls"), ("size", "3"), ("ripe", "true")],
        "valid_from": "2019-03-01",
    },
    "A.2": {"title": "Pear", "parents": ["A"], "level": "category", "properties": [("colour", "green")]},
    "B": {"title": "Nuts", "active": False, "properties": [("size", "many")]},
}  # fmt: skip


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoredProvider]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (discovery, bases):
            patch.setattr(module, "loaders", lambda: (ToyLoader(),))
        toy = Toy(tmp_path_factory.mktemp("stored"))
        toy.put("2020", CODES)
        found = source(toy.service()).provider("http://example.org/toy", "")
        assert isinstance(found, StoredProvider)
        yield found
        toy.close()


def selected(provider: StoredProvider, property: str, op: str, value: str) -> str:
    numbers = provider.ordered(provider.select(Filter(property, op, value)))
    return " ".join(each.code for each in provider.entries(numbers))


@pytest.mark.parametrize(
    ("property", "op", "value", "codes"),
    [
        ("concept", "is-a", "A", "A A.1 A.2"),
        ("concept", "is-a", "a", "A A.1 A.2"),
        ("concept", "is-a", "nothing", ""),
        ("concept", "descendent-of", "A", "A.1 A.2"),
        ("concept", "child-of", "A", "A.1 A.2"),
        ("concept", "is-not-a", "A", "B"),
        ("concept", "is-not-a", "nothing", "A A.1 A.2 B"),
        ("concept", "generalizes", "A.1", "A A.1"),
        ("concept", "descendent-leaf", "A", "A.1 A.2"),
        ("concept", "=", "A.1", "A.1"),
        ("code", "in", "A.1, B, nothing", "A.1 B"),
        ("concept", "not-in", "A,B", "A.1 A.2"),
        ("concept", "regex", "A\\..", "A.1 A.2"),
        ("concept", "regex", "A", "A"),
        ("parent", "=", "A", "A.1 A.2"),
        ("child", "=", "A.1", "A"),
        ("level", "=", "category", "A.1 A.2"),
        ("level", "in", "chapter,category", "A A.1 A.2"),
        ("level", "not-in", "category", "A B"),
        ("level", "exists", "false", "B"),
        ("level", "regex", "c.*r", "A"),
        ("inactive", "=", "true", "B"),
        ("inactive", "=", "false", "A A.1 A.2"),
        ("notSelectable", "=", "true", "A"),
        ("colour", "=", "red", "A.1"),
        ("colour", "in", "red,green", "A.1 A.2"),
        ("colour", "not-in", "red", "A A.2 B"),
        ("colour", "exists", "true", "A.1 A.2"),
        ("colour", "exists", "false", "A B"),
        ("colour", "regex", "gr.*", "A.2"),
        ("size", "=", "3", "A.1"),
        ("ripe", "=", "true", "A.1"),
        ("note", "=", "Falls", "A.1"),
        ("note", "regex", "K.*", "A.1"),
        ("note", "exists", "true", "A.1"),
        ("display", "regex", ".*ear", "A.2"),
        ("designation", "=", "Pomme", "A.1"),
        ("validFrom", "=", "2019-03-01", "A.1"),
    ],
)
def test_filters(provider: StoredProvider, property: str, op: str, value: str, codes: str) -> None:
    assert selected(provider, property, op, value) == codes


@pytest.mark.parametrize(
    ("property", "op", "value"),
    [("taste", "=", "sweet"), ("colour", "is-a", "red"), ("colour", "exists", "perhaps"), ("colour", "regex", "(")],
)
def test_what_is_no_filter_of_the_code_system_says_so(
    provider: StoredProvider, property: str, op: str, value: str
) -> None:
    with pytest.raises(Failure) as raised:
        provider.select(Filter(property, op, value))
    assert value in raised.value.issues[0].text


def test_an_entry_says_all_there_is(provider: StoredProvider) -> None:
    (apple,) = provider.entries([provider.number("A.1") or 0])
    assert (apple.code, apple.display, apple.active, apple.abstract) == ("A.1", "Apple", True, False)
    english, pomme = apple.designations
    assert (english.value, english.language) == ("The apple", "en")
    assert pomme == Designation(
        "Pomme", "sv", Coding("http://snomed.info/sct", "900000000000013009", display="Synonym")
    )
    values = {(each.code, each.value, each.type) for each in apple.properties}
    assert values == {
        ("level", "category", "string"),
        ("inactive", False, "boolean"),
        ("notSelectable", False, "boolean"),
        ("validFrom", "2019-03-01", "dateTime"),
        ("note", "Keeps", "string"),
        ("note", "Falls", "string"),
        ("colour", "red", "string"),
        ("size", 3, "integer"),
        ("ripe", True, "boolean"),
    }


def test_a_value_of_another_type_than_its_property_is_text(provider: StoredProvider) -> None:
    (nuts,) = provider.entries([provider.number("B") or 0])
    assert PropertyValue("size", "many", "string") in nuts.properties
    assert (nuts.active, nuts.status) == (False, "inactive")


def test_the_head_defines_every_property_it_has(provider: StoredProvider) -> None:
    meta = provider.meta
    assert (meta.url, meta.version, meta.language, meta.case_sensitive) == (
        "http://example.org/toy",
        "2020",
        "sv",
        False,
    )
    defined = {each.code for each in meta.properties}
    stated = {each.code for entry in provider.entries(list(provider.everything())) for each in entry.properties}
    assert stated <= defined
    assert {"parent", "child", "inactive", "notSelectable"} <= defined


def test_entries_come_in_the_order_asked_however_often(provider: StoredProvider) -> None:
    one, other = provider.number("A.1") or 0, provider.number("B") or 0
    for numbers in ([one, other], [other, one], [other, one, other]):
        codes = {one: "A.1", other: "B"}
        assert [each.code for each in provider.entries(numbers)] == [codes[number] for number in numbers]


def test_text_is_found_through_the_search(provider: StoredProvider) -> None:
    apple, pear = (provider.number(code) or 0 for code in ("A.1", "A.2"))
    assert list(provider.text("pomme")) == [apple]
    assert list(provider.text("pomme", "en")) == []
    assert list(provider.text("pear", within=provider.select(Filter("concept", "=", "A.1")))) == []
    assert list(provider.text("pear", within=provider.everything())) == [pear]


@pytest.mark.parametrize("code", CODES)
def test_entries_in_brief_leave_out_definitions_and_properties_only(provider: StoredProvider, code: str) -> None:
    number = provider.number(code)
    assert number is not None
    (whole,), (brief,) = provider.entries([number]), provider.brief([number])
    assert brief == replace(whole, definition="", properties=brief.properties)


class _Only(Nothing):
    """A source of one code system."""

    def __init__(self, provider: StoredProvider) -> None:
        self._provider = provider

    def provider(self, url: str, version: str) -> StoredProvider | None:
        return self._provider if url == self._provider.meta.url else None


def test_what_a_value_set_leaves_out_stays_active_in_the_code_system(provider: StoredProvider) -> None:
    url = provider.meta.url
    excluded = Include(url, concepts=(ConceptRef("A.1"),))
    fresh = ValueSet("http://example.org/fresh", includes=(Include(url),), excludes=(excluded,), inactive=False)
    resolver = Resolver(Library(_Only(provider)), options(Parameters([])).versions)
    members = Composition(fresh, resolver).members()[provider]
    assert [each.code for each in provider.entries(list(members))] == ["A", "A.2"]
    assert [each.code for each in provider.entries(list(provider.inactive()))] == ["B"]
