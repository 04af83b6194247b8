"""The real releases of ICD-10-SE against what is known of them."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from codesystems.files import Package
from codesystems.golden import Reading, read_release
from codesystems.icd10se import LOADER
from codesystems.icd10se_formats.concepts import MARK, MARK_KIND
from codesystems.model import CodeSystemContent, Concept, Hints
from codesystems.report import Report

pytestmark = pytest.mark.live


def read(folder) -> Reading:
    (reading,) = (each for each in read_release(folder) if not each.candidate.states_only)
    return reading


def identify(folder):
    with Package(folder) as package:
        return list(LOADER.identify(package, Hints()))


def by_code(content: CodeSystemContent) -> dict[str, Concept]:
    return {concept.code: concept for concept in content.concepts}


def display(concept: Concept) -> str:
    (value,) = [d.value for d in concept.designations if d.use == "display"]
    return value


CODES = {"2015": 35_592, "2016": 35_601, "2019": 35_640, "2020": 35_600, "2020-11": 35_602, "2021": 35_665}


def codes_of(content: CodeSystemContent) -> dict[str, Concept]:
    return {c.code: c for c in content.concepts if c.part not in ("chapter", "block")}


@pytest.fixture(scope="module")
def real(shared_data):
    readings = {version: read(shared_data / "icd-10-se" / version) for version in CODES}
    return {v: r.content for v, r in readings.items()}, {v: r.report for v, r in readings.items()}


def test_real_releases_have_the_known_codes(real):
    contents, reports = real
    assert {version: len(codes_of(content)) for version, content in contents.items()} == CODES
    assert {v: set(report.warnings) for v, report in reports.items() if report.warnings} == {"2015": {"pseudo-row"}}
    assert all(c.parents for content in contents.values() for c in codes_of(content).values())


@pytest.mark.parametrize(
    ("before", "after", "added", "removed", "retitled"),
    [
        ("2015", "2016", 18, 9, 255),
        ("2019", "2020", 92, 132, 17_461),
        ("2020", "2020-11", 2, 0, 2),
        ("2020-11", "2021", 65, 2, 130),
    ],
)
def test_real_releases_differ_as_known(real, before, after, added, removed, retitled):
    contents, _ = real
    first, second = codes_of(contents[before]), codes_of(contents[after])
    common = first.keys() & second.keys()
    assert (len(second.keys() - first.keys()), len(first.keys() - second.keys())) == (added, removed)
    assert sum(display(first[code]) != display(second[code]) for code in common) == retitled
    gone = {first[code].part for code in first.keys() - second.keys()}
    assert {(part, "state") for part in gone} <= contents[after].covers


def test_no_change_that_never_happened(real):
    contents, _ = real
    known = {version: by_code(content) for version, content in contents.items()}
    for before, after in pairwise(CODES):
        first, second = known[before], known[after]
        for code in first.keys() & second.keys():
            one, two = first[code], second[code]
            assert (one.level, one.abstract, one.sort_key) == (two.level, two.abstract, two.sort_key)
            if one.level in ("chapter", "subcategory", "extension"):
                assert one.parents == two.parents, code
    assert not any(kind == MARK_KIND for _, kind in contents["2019"].covers)
    first, second = known["2019"], known["2020"]
    assert all(first[code].parents == second[code].parents for code in first.keys() & second.keys())


def test_real_parts_of_releases(shared_data, real):
    first = read(shared_data / "icd-10-se/2014")
    assert first.candidate.missing == ("KXX",)
    assert "V98" in by_code(first.content)
    assert not any(part.startswith("external") for part, _ in first.content.covers)
    assert first.report.notes == [f"KSH97_{name}.ANS: encoding cp1252" for name in ("AVS", "KAP", "KAT")]

    covid = read(shared_data / "icd-10-se/2020-03-covid")
    assert (covid.candidate.version, covid.candidate.missing) == ("2020-03", ("KAT", "KXX"))
    assert (len(covid.content.concepts), covid.report.warnings) == (12_841, {})
    before = by_code(real[0]["2019"])
    assert [c.code for c in covid.content.concepts if display(c) != display(before[c.code])] == ["U07.1"]


def test_real_table_with_events(shared_data):
    with Package(shared_data / "icd-10-se/older/ICD2012.csv") as package:
        (candidate,) = LOADER.identify(package, Hints())
        report = Report()
        content = LOADER.read(replace(candidate, effective=date(2012, 1, 1)), report)
    assert (content.version, len(content.concepts), report.warnings) == ("2012", 33_436, {})
    assert [c.code for c in content.concepts if not c.active] == [
        change.code for change in content.stated if change.type == "withdrawn"
    ]
    assert len(content.stated) == 23


def test_real_table_of_today(shared_data):
    (found,) = identify(shared_data / "icd-10-se/tsv-sample")
    assert (found.form, found.version) == ("tsv", None)
    content = LOADER.read(replace(found, version="2026", effective=date(2026, 1, 1)), Report())
    concept = by_code(content)["A02.2"]
    facts = [fact.code for fact in concept.properties]
    assert facts.count("Exempel") == 2
    assert [fact.value for fact in concept.properties if fact.code == MARK] == ["†"]


def test_real_folder_is_told_apart(shared_data):
    found = {(c.version, c.form) for c in identify(shared_data / "icd-10-se")}
    assert found == {
        *{(v, "ANS") for v in ("2014", "2015", "2016", "2019", "2020-03")},
        *{(v, "text") for v in ("2020", "2020-11", "2021")},
        *{("2012", "csv"), (None, "tsv")},
    }


def test_files_of_other_systems_are_left_alone(shared_data):
    others = [path for path in sorted(shared_data.iterdir()) if path.is_dir() and path.name != "icd-10-se"]
    assert len(others) > 10
    assert [found for path in others for found in identify(path)] == []
