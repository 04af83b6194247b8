"""KS87-P: codes whose parents are chapters without rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from codesystems.files import Package
from codesystems.golden import SAMPLES, Reading, identified, read_release
from codesystems.model import Concept, Hints, Parent, Property

HEADER = "code,label,label_en,parent_code,valid_from,valid_to\n"


def read(folder: Path) -> Reading:
    (reading,) = read_release(folder)
    return reading


def concepts(reading: Reading) -> dict[str, Concept]:
    return {concept.code: concept for concept in reading.content.concepts}


def table(tmp_path: Path, *lines: str, name: str = "ks87-p.csv") -> Path:
    folder = tmp_path / "1987"
    folder.mkdir()
    (folder / name).write_text(HEADER + "".join(line + "\n" for line in lines), encoding="utf-8")
    return folder


def test_chapters_are_a_property_and_reported_once_each() -> None:
    reading = read(SAMPLES / "ks87-p/1987")
    assert all(not concept.parents for concept in reading.content.concepts)
    assert concepts(reading)["250A"].properties == (Property("chapter", "03"),)
    chapters = {fact.value for concept in reading.content.concepts for fact in concept.properties}
    assert reading.report.warnings["orphan"].count == len(chapters) == 6


def test_a_parent_that_has_a_row_is_a_parent(tmp_path: Path) -> None:
    found = concepts(read(table(tmp_path, "250-,Diabetes,,03,,", "250A,Diabetes utan komplikation,,250-,,")))
    assert found["250A"].parents == (Parent("250-"),)
    assert found["250A"].properties == ()


def test_english_titles_and_dates_are_covered_where_there_are_any(tmp_path: Path) -> None:
    content = read(table(tmp_path, "250A,Diabetes,Diabetes mellitus,03,1987-01-01,1996-12-31")).content
    (concept,) = content.concepts
    assert [(name.value, name.language) for name in concept.designations] == [
        ("Diabetes", ""),
        ("Diabetes mellitus", "en"),
    ]
    assert (str(concept.valid_from), str(concept.valid_to)) == ("1987-01-01", "1996-12-31")
    assert {("all", "validity"), ("all", "designation:display:en")} <= content.covers


def test_a_date_that_is_none_is_reported(tmp_path: Path) -> None:
    reading = read(table(tmp_path, "250A,Diabetes,,03,1987-13-01,", "250X,,,03,,"))
    assert reading.report.warnings["bad-date"].count == 1
    assert reading.report.warnings["no-title"].count == 1
    assert ("all", "validity") not in reading.content.covers


def test_without_a_year_it_is_the_only_edition(tmp_path: Path) -> None:
    folder = tmp_path / "list"
    table(tmp_path, "250A,Diabetes,,03,,").rename(folder)
    assert read(folder).content.version == "1987"


def test_the_same_codes_under_another_name_are_not_taken(tmp_path: Path) -> None:
    folder = table(tmp_path, "250A,Diabetes,,03,,", name="icd-9.csv")
    with Package(folder) as package:
        assert "ks87-p" not in {candidate.system.id for candidate in identified(package)}
        told = [candidate.system.id for candidate in identified(package, Hints(system="ks87-p"))]
    assert told == ["ks87-p"]


@pytest.mark.live
def test_the_real_release(shared_data: Path) -> None:
    reading = read(shared_data / "ks87-p")
    assert len(reading.content.concepts) == 383
    assert reading.report.warnings["orphan"].count == 18
    assert list(reading.report.warnings) == ["orphan"]
