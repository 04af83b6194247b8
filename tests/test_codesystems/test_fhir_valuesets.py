"""FHIR ValueSets in JSON, of R4 and R5, by themselves or in a Bundle."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codesystems import icd10se, kva
from codesystems.fhir_valuesets import LOADER
from codesystems.files import Package
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report

KVA, ICD = kva.SYSTEM.url, icd10se.ICD10SE.url


def include(*codes: Any, system: str = KVA, **more: Any) -> dict[str, Any]:
    return {"system": system, "concept": [{"code": code} if isinstance(code, str) else code for code in codes], **more}


def resource(*includes: dict[str, Any], compose: Any = None, **more: Any) -> dict[str, Any]:
    given = {"resourceType": "ValueSet", "id": "urval", "version": "2026", "status": "active", **more}
    made = {**({"include": list(includes)} if includes else {}), **(compose or {})}
    return {key: value for key, value in given.items() if value is not None} | ({"compose": made} if made else {})


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


@pytest.fixture
def identify(tmp_path: Path) -> Any:
    def identifying(content: Any, hints: Hints | None = None) -> Any:
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / "paket").mkdir(exist_ok=True)
        (tmp_path / "paket" / "urval.json").write_text(text, "utf-8")
        with Package(tmp_path / "paket") as package:
            return list(LOADER.identify(package, hints or Hints()))

    return identifying


@pytest.fixture
def read(identify: Any) -> Any:
    def reading(content: Any, hints: Hints | None = None) -> Any:
        report = Report()
        found = [replace(each, effective=each.effective or date(2026, 1, 1)) for each in identify(content, hints)]
        contents = [LOADER.read(candidate, report) for candidate in found]
        return contents[0] if len(contents) == 1 else contents, report

    return reading


def members(content: Any) -> list[tuple[str, str]]:
    return [(member.system, member.code) for member in content.members]


@pytest.mark.parametrize(
    "content",
    [
        {"resourceType": "CodeSystem", "url": "http://x"},
        {"resourceType": "StructureDefinition", "type": "ValueSet"},
        bundle({"resourceType": "ConceptMap"}),
        "{",
        "",
    ],
)
def test_other_files_are_not_claimed(identify: Any, content: Any) -> None:
    assert identify(content) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"resourceType": "ValueSet", ', r"urval\.json: not valid JSON"),
        (resource(), "neither compose nor expansion"),
        (resource(include("A"), id=None), "is no id for a value set"),
        (resource(include("A"), id="kva"), "kva is a code system"),
        (resource(include("A"), modifierExtension=[]), "modifierExtension.*not understood"),
        (resource(include({"code": 7})), r"include\[0\]\.concept\[0\]\.code: is 7, not text"),
        (resource(include({"code": ""})), "no members"),
        (resource(expansion={"contains": [{"code": "A"}]}), r"contains\[0\]\.system: is not there"),
        (bundle(resource(include("A")), resource(include("B"))), "2 value sets in the file are called urval 2026"),
    ],
)
def test_what_is_broken_is_refused(read: Any, content: Any, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        read(content)


def test_all_that_a_resource_says_of_itself(read: Any) -> None:
    about = {
        "url": "http://x.example/ValueSet/u", "name": "Urval", "title": "Ett urval", "publisher": "Regionen",
        "copyright": "Fri", "language": "en", "date": "2026-05-01T12:00:00Z", "version": "7",
        "identifier": [{"value": "urn:oid:1.2.3.4"}, {"value": "u-1"}], "id": "42",
    }  # fmt: skip
    content, report = read(resource(include("AV035"), **about))
    found = content.system
    assert (found.id, found.url, found.title, found.publisher, found.language, found.copyright, found.aliases) == (
        "u", about["url"], "Ett urval", "Regionen", "en", "Fri", ("1.2.3.4",),
    )  # fmt: skip
    assert (content.version, content.effective, report.warnings) == ("7", date(2026, 5, 1), {})


def test_listed_concepts_become_members(read: Any) -> None:
    value = resource(
        include({"code": "av035", "display": " Mätning "}, "DU008"),
        include("I219", system=ICD, version="2026"),
        include("X", system="http://x.example/fs/egna"),
        include("AV035", {"code": "DU009"}),
    )
    content, report = read(value)
    assert members(content) == [
        ("kva", "AV035"), ("kva", "DU008"), ("icd-10-se", "I21.9"), ("egna", "X"), ("kva", "DU009"),
    ]  # fmt: skip
    assert content.members[0].display == "Mätning"
    assert (content.systems, content.compose) == ({"icd-10-se": "2026"}, "")
    assert [system.url for system in content.codesystems] == [KVA, ICD, "http://x.example/fs/egna"]
    assert report.warnings.keys() == {"repeated-code"}


def test_what_members_cannot_hold_is_reported(read: Any) -> None:
    concept = {"code": "AV035", "designation": [{"language": "en", "value": "Measuring"}], "id": "1"}
    _, report = read(resource(include(concept), status="draft", surprise=1))
    assert report.warnings["unknown-member"].count == 2
    assert any("status is draft" in note for note in report.notes)


FILTER = {"property": "concept", "op": "is-a", "value": "A"}


@pytest.mark.parametrize(
    "compose",
    [
        {"include": [{"system": KVA}]},
        {"include": [{"system": KVA, "filter": [FILTER]}]},
        {"include": [{"valueSet": ["http://x.example/vs"]}]},
        {"include": [{**include("A"), "valueSet": ["http://x.example/vs"]}]},
        {"include": [include("A")], "exclude": [include("B")]},
        {"include": [include("A")], "lockedDate": "2026-01-01"},
        {"include": [include("A")], "inactive": False},
        {"include": [include("A"), {"system": ICD, "filter": [FILTER]}]},
        {"include": [include("A", version="1"), include("B", version="2")]},
        {"include": [include("A", version="1"), include("B")]},
        {"include": [include("A", system="http://x/codes"), include("A", system="http://y/codes")]},
    ],
)
def test_any_other_compose_is_kept_as_a_rule(read: Any, compose: Any) -> None:
    content, report = read(resource(compose=compose))
    assert (content.members, content.codesystems) == ((), ())
    assert json.loads(content.compose) == compose
    assert any("kept as a rule" in note for note in report.notes)


def test_the_order_of_keys_does_not_make_another_rule(read: Any) -> None:
    one, other = {"system": KVA, "filter": [FILTER]}, {"filter": [dict(reversed(FILTER.items()))], "system": KVA}
    assert len({read(resource(each))[0].compose for each in (one, other)}) == 1


def test_without_compose_the_expansion_counts(read: Any) -> None:
    inner = {"system": KVA, "code": "AV035", "display": "Mätning"}
    contains = [
        {"system": KVA, "code": "AV", "abstract": True, "contains": [inner]},
        {"contains": [inner], "display": "G"},
    ]
    content, report = read(resource(expansion={"timestamp": "2026", "contains": contains}))
    assert members(content) == [("kva", "AV035")]
    assert any("expansion in the file" in note for note in report.notes)


def test_several_in_a_bundle_and_versions_of_one(read: Any) -> None:
    contents, _ = read(
        bundle(resource(include("A")), resource(include("B"), version="2025"), resource(include("C"), id="v"))
    )
    assert [(each.system.id, each.version, members(each)[0][1]) for each in contents] == [
        ("urval", "2026", "A"), ("urval", "2025", "B"), ("v", "2026", "C"),
    ]  # fmt: skip


def test_the_operator_may_name_one(identify: Any, read: Any) -> None:
    hints = Hints(system="kva", columns={"valueset": "vårt"})
    content, _ = read(resource(include("A"), id="kva"), hints)
    assert content.system.id == "vart"
    with pytest.raises(ReleaseError, match="--valueset names only one"):
        identify(bundle(resource(include("A")), resource(include("B"), id="v")), hints)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["system", "concept", "code", "include", "contains", "version"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(compose=VALUES, expansion=VALUES)
def test_any_json_is_read_or_refused(read: Any, compose: Any, expansion: Any) -> None:
    try:
        read({"resourceType": "ValueSet", "id": "u", "version": "1", "compose": compose, "expansion": expansion})
    except ReleaseError as error:
        assert str(error)
