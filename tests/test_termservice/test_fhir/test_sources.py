"""What the store is to FHIR: code systems by any name, in the version that counts; value sets loaded and implied."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from termservice.errors import InvalidParameter
from termservice.fhir.implied import Implied, implied
from termservice.fhir.library import Source
from termservice.fhir.model import Filter
from termservice.fhir.server import Request, answer
from termservice.fhir.sources import source
from termservice.service import TerminologyService
from tests.test_termservice.conftest import Toy

TOY = "http://example.org/toy"
SCT = "http://snomed.info/sct"


@pytest.fixture
def known(toy: Toy) -> Source:
    toy.put("2020", {"A": "Fruit", "A.1": {"title": "Apple", "parents": ["A"]}})
    toy.put("2021", {"A": "Fruit"}, effective="2021-01-01")
    toy.put("2030", {"Z": "Later"}, effective="2030-01-01")
    return source(toy.service(today=date(2021, 6, 1)))


@pytest.mark.parametrize("name", [TOY, "http://example.org/old/toy", "urn:oid:1.2.3.4", "toy"])
def test_a_code_system_is_known_by_all_its_names(known: Source, name: str) -> None:
    provider = known.provider(name, "")
    assert provider is not None
    assert (provider.meta.url, provider.meta.version) == (TOY, "2021")
    assert list(known.versions(name)) == ["2020", "2021", "2030"]
    assert known.canonical(name) == TOY


def test_what_is_not_there_is_none(known: Source) -> None:
    assert known.provider("http://example.org/none", "") is None
    assert known.provider(TOY, "1999") is None
    assert list(known.versions("http://example.org/none")) == []
    assert known.valueset("http://example.org/none", "") is None
    assert list(known.valueset_versions("http://example.org/none")) == []


def test_the_date_says_which_version_counts(toy: Toy, known: Source) -> None:
    service = toy.service(today=date(2021, 6, 1))
    for day, version in (("2020-05-05", "2020"), ("2029-12-31", "2021"), ("2030-01-01", "2030")):
        provider = source(service, day).provider(TOY, "")
        assert provider is not None
        assert provider.meta.version == version
    assert source(service, "1999-01-01").provider(TOY, "") is None
    with pytest.raises(InvalidParameter):
        source(service, "yesterday").provider(TOY, "")


def test_nothing_is_known_where_nothing_was_loaded(tmp_path: Path) -> None:
    empty = source(TerminologyService(tmp_path))
    assert empty.provider(TOY, "") is None
    assert (list(empty.versions(TOY)), empty.valueset(TOY + "?fhir_vs", ""), empty.canonical(TOY)) == ([], None, TOY)


@pytest.mark.parametrize(
    ("url", "meaning"),
    [
        (SCT + "?fhir_vs", Implied(SCT + "?fhir_vs", SCT, "all")),
        (SCT + "?fhir_vs=refset", Implied(SCT + "?fhir_vs=refset", SCT, "refsets")),
        (SCT + "?fhir_vs=isa/73211009", Implied(SCT + "?fhir_vs=isa/73211009", SCT, "isa", "73211009")),
        (SCT + "?fhir_vs=ecl/%3C%2073211009", Implied(SCT + "?fhir_vs=ecl/%3C%2073211009", SCT, "ecl", "< 73211009")),
        (SCT + "?fhir_vs=ecl/< 73211009", Implied(SCT + "?fhir_vs=ecl/< 73211009", SCT, "ecl", "< 73211009")),
        (SCT + "?fhir_vs%3Disa%2F1", Implied(SCT + "?fhir_vs%3Disa%2F1", SCT, "isa", "1")),
        (SCT + "?fhir_vs=isa/", None),
        (SCT + "?fhir_vs=other/1", None),
        ("?fhir_vs", None),
        (SCT, None),
    ],
)
def test_urls_that_imply_a_value_set(url: str, meaning: Implied | None) -> None:
    assert implied(url) == meaning


def test_a_classification_implies_all_of_it_and_subtrees(known: Source) -> None:
    whole = known.valueset("urn:oid:1.2.3.4?fhir_vs", "")
    assert whole is not None
    assert [(each.system, each.version, each.filters) for each in whole.includes] == [(TOY, "", ())]
    part = known.valueset(TOY + "?fhir_vs=isa/A", "2020")
    assert part is not None
    assert part.canonical == TOY + "?fhir_vs=isa/A|2020"
    (include,) = part.includes
    assert (include.version, include.filters) == ("2020", (Filter("concept", "is-a", "A"),))


def test_what_a_code_system_does_not_hold_implies_nothing(known: Source) -> None:
    for url in ("?fhir_vs=isa/A.1", "?fhir_vs=isa/none", "?fhir_vs=refset/A", "?fhir_vs=ecl/A"):
        assert known.valueset(TOY + url, "") is None
    assert known.valueset(TOY + "?fhir_vs=isa/A.1", "2020") is not None
    assert known.valueset(TOY + "?fhir_vs", "1999") is None


def test_loaded_value_sets_are_read_with_their_members_and_pinned_versions(toy: Toy, known: Source) -> None:
    toy.load(toy.valueset("2020", ["A", "A.1"], id="chosen", systems={"toy": "2020"}))
    toy.load(toy.valueset("2021", ["A"], id="chosen"))
    found = source(toy.service(today=date(2021, 6, 1)))
    (entry,) = toy.service().valuesets.listing().items
    newest, older = found.valueset(entry.url, ""), found.valueset(entry.url, "2020")
    assert newest is not None
    assert older is not None
    assert list(found.valueset_versions(entry.url)) == ["2020", "2021"]
    assert (newest.version, [ref.code for each in newest.includes for ref in each.concepts]) == ("2021", ["A"])
    (include,) = older.includes
    assert (include.system, include.version) == (TOY, "2020")
    assert [ref.code for ref in include.concepts] == ["A", "A.1"]
    assert source(toy.service(), "2020-06-01").valueset(entry.url, "") == older


@pytest.mark.parametrize("included", [TOY, "urn:oid:1.2.3.4"])
@pytest.mark.parametrize("asked", [TOY, "urn:oid:1.2.3.4", "http://example.org/old/toy"])
def test_codes_are_validated_by_any_name_of_their_code_system(
    toy: Toy, known: Source, included: str, asked: str
) -> None:
    service = toy.service(today=date(2021, 6, 1))
    compose = {"include": [{"system": included, "filter": [{"property": "concept", "op": "is-a", "value": "A"}]}]}
    parameters = [
        {"name": "valueSet", "resource": {"resourceType": "ValueSet", "status": "active", "compose": compose}},
        {"name": "system", "valueUri": asked},
        {"name": "code", "valueCode": "A.1"},
        {"name": "system-version", "valueCanonical": "urn:oid:1.2.3.4|2020"},
    ]
    body = {"resourceType": "Parameters", "parameter": parameters}
    status, answered = answer(Request(service, "R5", "POST", "ValueSet/$validate-code", body=body))
    told = {each["name"]: next(iter(value for name, value in each.items() if name != "name"))
            for each in answered["parameter"]}  # fmt: skip
    assert (status, told["result"], told["system"], told["version"]) == (200, True, TOY, "2020")
