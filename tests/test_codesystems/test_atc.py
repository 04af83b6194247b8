"""ATC: the XML list of today and the tables of key and value."""

import zipfile
from dataclasses import replace
from datetime import date

import pytest

from codesystems.atc import LOADER, parent_of
from codesystems.files import Package
from codesystems.model import Designation, Hints
from codesystems.report import ReleaseError, Report

TABLE = """key,value
-,Ospecificerad
A,Matsmältning
A01,Munmedel
Q,Veterinära preparat
QA,Matsmältning
QA01,Munmedel
"""
LIST = """<?xml version="1.0" encoding="UTF-8"?>
<export><list{around}>
  <concept code="A"><designation language="sv">Matsmältning</designation></concept>
  <concept code="A01"{attributes}>
    <designation language="sv"> Munmedel </designation>
    <designation language="en">Stomatologicals</designation>
  </concept>
</list></export>
"""


def xml_list(around="", attributes=""):
    return LIST.format(around=around, attributes=attributes)


@pytest.fixture
def identify(tmp_path):
    def identifying(text, name="atc-code.xml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        with Package(path) as package:
            return list(LOADER.identify(package, Hints()))

    return identifying


@pytest.fixture
def read(identify):
    def reading(text, name="atc-code.xml", effective=date(2026, 1, 1)):
        (candidate,) = identify(text, name)
        report = Report()
        known = replace(candidate, version=candidate.version or "2026", effective=effective)
        return LOADER.read(known, report), report

    return reading


def concepts(content):
    return {concept.code: concept for concept in content.concepts}


def test_a_table_of_key_and_value(read):
    content, report = read(TABLE, "atc-2020.csv")
    found = concepts(content)
    assert list(found) == ["A", "A01", "Q", "QA", "QA01"]
    assert {code: concept.part for code, concept in found.items()} == {
        "A": "human",
        "A01": "human",
        "Q": "veterinary",
        "QA": "veterinary",
        "QA01": "veterinary",
    }
    assert content.version == "2020"
    assert ("human", "validity") not in content.covers
    assert report.warnings["pseudo-code"].examples == ["atc-2020.csv:2: '-' (Ospecificerad) is no code"]
    assert report.warnings.keys() == {"pseudo-code"}


@pytest.mark.parametrize(
    "text", ["key,value\nA00.0,Kolera\n", "key,value\n", "code,value\nA,b\n", "key,value\nA,b\nE10-E14,Diabetes\n"]
)
def test_other_tables_are_not_claimed(identify, text):
    assert identify(text, "atc.csv") == []


@pytest.mark.parametrize(
    ("code", "parent"),
    [
        ("A", ""),
        ("A01", "A"),
        ("A01A", "A01"),
        ("A01AA", "A01A"),
        ("A01AA02", "A01AA"),
        ("Q", ""),
        ("QA", "Q"),
        ("QA01", "QA"),
        ("QA01AA02", "QA01AA"),
    ],
)
def test_the_parent_follows_from_the_length(code, parent):
    assert parent_of(code) == parent


def test_names_by_language(read):
    content, report = read(xml_list())
    assert concepts(content)["A01"].designations == (
        Designation("Munmedel"),
        Designation("Stomatologicals", language="en"),
    )
    assert {("human", "designation:display:en"), ("human", "validity")} <= content.covers
    assert "veterinary" not in {part for part, _ in content.covers}
    assert not report.warnings


@pytest.mark.parametrize(
    ("through", "active", "last"),
    [
        ("2025-12-31", False, date(2025, 12, 31)),
        ("20251231", False, date(2025, 12, 31)),
        ("2025-12-31T23:59:59", False, date(2025, 12, 31)),
        ("2026-01-01", True, date(2026, 1, 1)),
        ("2031-12-31", True, date(2031, 12, 31)),
        ("", True, None),
    ],
)
def test_a_code_is_retired_after_its_last_day(read, through, active, last):
    content, _ = read(xml_list(attributes=f' throughDate="{through}"'), effective=date(2026, 1, 1))
    concept = concepts(content)["A01"]
    assert (concept.active, concept.valid_to) == (active, last)


def test_a_first_day(read):
    content, _ = read(xml_list(attributes=' fromDate="2001-01-01"'))
    assert concepts(content)["A01"].valid_from == date(2001, 1, 1)


def test_what_is_odd_is_reported(read):
    text = xml_list(attributes=' throughDate="soon" colour="red"').replace('code="A01"', 'code="A1"')
    content, report = read(text.replace("Matsmältning", ""))
    assert concepts(content)["A1"].valid_to is None
    assert report.warnings.keys() == {"bad-date", "unknown-attribute", "unknown-code-form", "no-title"}


@pytest.mark.parametrize(
    ("around", "name", "version"),
    [
        ("", "atc-code.xml", None),
        ("", "atc-2025-06.xml", "2025-06"),
        (' effectiveDate="2026-06-08"', "atc-2025.xml", "2026-06-08"),
        (' version="2026-06-08T00:00:00"', "atc-code.xml", "2026-06-08"),
        (' version="4"', "atc-code.xml", None),
    ],
)
def test_the_version_is_what_the_list_or_a_name_says(identify, around, name, version):
    (candidate,) = identify(xml_list(around), name)
    assert candidate.version == version


def test_names_of_elements_around_and_namespaces_do_not_matter(read):
    inner = '<a:concept code="A01"><a:names><a:designation xml:lang="sv">Munmedel</a:designation></a:names></a:concept>'
    outer = f'<a:concept code="A"><a:designation language="sv-SE" value="Matsmältning"/>{inner}</a:concept>'
    content, report = read(f'<a:x xmlns:a="urn:a">{outer}</a:x>')
    assert {code: concept.designations for code, concept in concepts(content).items()} == {
        "A": (Designation("Matsmältning"),),
        "A01": (Designation("Munmedel"),),
    }
    assert not report.warnings


def test_a_zip_with_backslashes_in_its_names(tmp_path):
    archive = tmp_path / "vara-2026-06-08.zip"
    with zipfile.ZipFile(archive, "w") as target:
        info = zipfile.ZipInfo("placeholder")
        info.filename = "codesystems\\atc-code.xml"
        target.writestr(info, xml_list())
        target.writestr("codesystems/form-code.xml", xml_list().replace("<concept", "<Concept"))
    with Package(archive) as package:
        (candidate,) = LOADER.identify(package, Hints())
    assert (candidate.form, candidate.version) == ("xml", "2026-06-08")
    assert candidate.files[0].path.endswith("codesystems/atc-code.xml")


@pytest.mark.parametrize("text", ["<x/>", '<x><concept code="E10.1"/></x>', '<x><concept code=""/></x>', "ATC"])
def test_other_xml_is_not_claimed(identify, text):
    assert identify(text) == []


def test_broken_xml_under_the_name_of_atc_is_refused(identify):
    with pytest.raises(ReleaseError, match=r"atc-code\.xml:1: not well-formed"):
        identify("<x><concept></x>")


@pytest.mark.live
def test_the_real_table(shared_data):
    with Package(shared_data / "atc" / "atc.csv") as package:
        (candidate,) = LOADER.identify(package, Hints(version="2020"))
        report = Report()
        content = LOADER.read(replace(candidate, effective=date(2020, 1, 1)), report)
    parts = [concept.part for concept in content.concepts]
    assert (len(parts), parts.count("veterinary")) == (14_525, 7_906)
    assert all(concept.parents or len(concept.code) == 1 for concept in content.concepts)
    assert report.warnings.keys() == {"pseudo-code"}
