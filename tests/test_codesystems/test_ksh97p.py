"""KSH97-P: codes, SFAM's titles and alternative terms come in files of their own, alone or together; the codes also
make a map to ICD-10-SE."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from codesystems.formats.ksh97p_icd10se import derived
from codesystems.golden import SAMPLES, Reading, read_release
from codesystems.icd10se import ICD10SE
from codesystems.ksh97p import LOADER, TO_ICD10SE
from codesystems.loader import abridged, home_of, loaders
from codesystems.maps import MapContent, MapElement
from codesystems.model import CodeSystemContent, Concept, Designation

CODES = "A00-   Kolera \nA045   Tarminfektion\n"
TITLES = "A00-   Kolera\nA045   Campylobacterenterit\n"
TERMS = "A045   Magsjuka\nA045   Enterit\n"


def release(tmp_path: Path, version: str = "2019", **files: str) -> Path:
    folder = tmp_path / version
    folder.mkdir()
    for kind, text in files.items():
        (folder / f"KSH97P_{kind}.ANS").write_bytes(text.replace("\n", "\r\n").encode("cp1252"))
    return folder


def read(folder: Path) -> Reading:
    (reading,) = (each for each in read_release(folder) if isinstance(each.content, CodeSystemContent))
    return reading


def read_map(folder: Path) -> MapContent:
    (content,) = (each.content for each in read_release(folder) if isinstance(each.content, MapContent))
    return content


def concepts(reading: Reading) -> dict[str, Concept]:
    return {concept.code: concept for concept in reading.content.concepts}


def test_codes_keep_the_publishers_form() -> None:
    found = concepts(read(SAMPLES / "ksh97-p/2019"))
    assert {"A00-", "A02-P", "A045", "I219P", "F438A"} <= found.keys()
    assert found["I10-"].designations == (
        Designation("Högt blodtryck"),
        Designation("Hypertoni", "short"),
        Designation("Blodtryckssjukdom", "synonym"),
    )


@pytest.mark.parametrize(("code", "level"), [("A00-", "category"), ("A02-P", "category"), ("A481P", "subcategory")])
def test_the_level_follows_from_the_code(code: str, level: str) -> None:
    shape = LOADER.shape(code)
    assert (shape.level, shape.abstract) == (level, False)


def test_the_files_of_a_folder_are_one_release(tmp_path: Path) -> None:
    reading = read(release(tmp_path, KOD=CODES, SFAM=TITLES, SFAMALT=TERMS))
    assert reading.candidate.missing == ()
    assert len(reading.candidate.files) == 3
    assert {kind for _, kind in reading.content.covers} == {
        "state",
        "designation:display:sv",
        "designation:short:sv",
        "designation:synonym:sv",
    }


def test_codes_alone_say_nothing_of_terms(tmp_path: Path) -> None:
    content = read(release(tmp_path, KOD=CODES)).content
    assert content.covers == {("all", "state"), ("all", "designation:display:sv")}


@pytest.mark.parametrize(("kind", "use"), [("SFAM", "short"), ("SFAMALT", "synonym")])
def test_terms_alone_are_partial_and_create_no_codes(tmp_path: Path, kind: str, use: str) -> None:
    reading = read(release(tmp_path, "2015-02", **{kind: TERMS}))
    assert reading.candidate.missing == ("KOD",)
    assert reading.content.version == "2015-02"
    assert reading.content.covers == {("all", f"designation:{use}:sv")}
    assert {name.use for name in concepts(reading)["A045"].designations} == {use}


def test_two_folders_are_two_releases(tmp_path: Path) -> None:
    release(tmp_path, "2015-01", SFAM=TITLES)
    release(tmp_path, "2019", KOD=CODES)
    found = [(reading.content.system.id, reading.content.version) for reading in read_release(tmp_path)]
    assert found == [("ksh97-p", "2015-01"), ("ksh97-p", "2019"), ("ksh97-p-to-icd-10-se", "2019")]


def test_a_term_for_a_code_that_is_not_there_is_reported(tmp_path: Path) -> None:
    reading = read(release(tmp_path, KOD=CODES, SFAMALT="B99-   Infektion\n"))
    assert "B99-" not in concepts(reading)
    assert "KSH97P_SFAMALT.ANS:1" in reading.report.warnings["term-without-code"].examples[0]


def test_lines_that_say_too_little_are_reported(tmp_path: Path) -> None:
    reading = read(release(tmp_path, KOD=CODES + "       Utan kod\nB01-   \nB01    Vattkoppor\n"))
    kinds = {kind: finding.count for kind, finding in reading.report.warnings.items()}
    assert kinds == {"row-without-code": 1, "no-title": 1, "unusual-code": 1}
    assert list(concepts(reading)) == ["A00-", "A045", "B01"]


def test_a_term_said_twice_is_one_term_and_a_warning(tmp_path: Path) -> None:
    reading = read(release(tmp_path, KOD=CODES, SFAMALT=TERMS + "A045   Magsjuka\n"))
    assert [name.value for name in concepts(reading)["A045"].designations] == ["Tarminfektion", "Magsjuka", "Enterit"]
    assert reading.report.warnings["duplicate-row"].count == 1


@pytest.mark.parametrize(
    ("code", "target", "relationship"),
    [
        ("A00-", "A00", "equivalent"),
        ("A045", "A04.5", "equivalent"),
        ("F438A", "F43.8A", "equivalent"),
        ("A02-P", "A02", "source-is-broader-than-target"),
        ("E108P", "E10.8", "source-is-broader-than-target"),
        ("A05-P", "A05", "related-to"),  # A051 is another code of the list
        ("R110P", "R11", "source-is-narrower-than-target"),
        ("Q57-P", "", "unmapped"),
        ("A01", "", "unmapped"),
        ("A00-X", "", "unmapped"),
    ],
)
def test_what_the_shape_of_a_code_says(code: str, target: str, relationship: str) -> None:
    element = derived(code, "Titel", {"A00-", "A02-P", "A045", "A05-P", "A051", "E108P", "E109"})
    assert (element.source, element.target, element.relationship) == (code, target, relationship)
    assert bool(element.comment) == (relationship != "equivalent")
    assert element.source_display == "Titel"


def test_the_codes_are_also_a_map(tmp_path: Path) -> None:
    content = read_map(release(tmp_path, KOD=CODES + "A02-P  Salmonella\n", SFAM=TITLES))
    assert (content.system, content.version, content.source_version) == (TO_ICD10SE, "2019", "2019")
    assert content.elements[:2] == (
        MapElement("A00-", "A00", "equivalent", source_display="Kolera"),
        MapElement("A045", "A04.5", "equivalent", source_display="Tarminfektion"),
    )
    assert content.elements[2].comment.startswith("Gruppkod för primärvården (P)")


def test_terms_alone_make_no_map(tmp_path: Path) -> None:
    assert [each.content.system.id for each in read_release(release(tmp_path, SFAM=TITLES))] == ["ksh97-p"]


@pytest.mark.live
def test_what_is_derived_of_the_real_codes_is_in_icd_10_se(shared_data: Path) -> None:
    elements = read_map(shared_data / "ksh97-p/2019").elements
    assert Counter((element.relationship, element.source.endswith("P")) for element in elements) == {
        ("equivalent", False): 622,
        ("source-is-broader-than-target", True): 351,
        ("source-is-narrower-than-target", True): 3,
        ("unmapped", True): 1,
    }
    contents = [reading.content for reading in read_release(shared_data / "icd-10-se/2019")]
    known = {c.code for each in contents if isinstance(each, CodeSystemContent) for c in each.concepts}
    assert {each.system for each in contents} == {ICD10SE}
    assert [element.source for element in elements if element.target and element.target not in known] == ["Q314"]


def test_an_abridgement_names_what_it_is_of() -> None:
    assert (abridged("ksh97-p"), abridged("icd-10-se"), abridged("unheard-of")) == ("icd-10-se", "", "")
    assert all(home_of(system.abridges) for each in loaders() for system in each.systems if system.abridges)


@pytest.mark.live
def test_the_real_releases(shared_data: Path) -> None:
    titles, terms, whole = (read(shared_data / "ksh97-p" / name) for name in ("2015-01", "2015-02", "2019"))
    assert len(whole.content.concepts) == 977
    assert not whole.report.warnings
    assert names(titles, "short") == 977
    assert names(terms, "synonym") == names(whole, "synonym") == 2544
    shown = {code: concept.designations[0].value for code, concept in concepts(whole).items()}
    assert sum(shown[code] == concept.designations[0].value for code, concept in concepts(titles).items()) == 292


def names(reading: Reading, use: str) -> int:
    return sum(name.use == use for concept in reading.content.concepts for name in concept.designations)
