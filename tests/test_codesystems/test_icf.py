"""ICF: workbooks and tables give the same codes, blocks and parents."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from codesystems.golden import SAMPLES, Reading, read_release
from codesystems.icf import LOADER
from codesystems.model import Concept, Designation, Property
from codesystems.report import ReleaseError

HEADER = ["Komponent", "Kapitel", "Block", "Andra nivå", "ICF-koder", "Benämning/kodtext"]


def read(folder: Path) -> Reading:
    (reading,) = read_release(folder)
    return reading


def concepts(reading: Reading) -> dict[str, Concept]:
    return {concept.code: concept for concept in reading.content.concepts}


def parent(concept: Concept) -> str:
    return concept.parents[0].code if concept.parents else ""


def workbook(tmp_path: Path, *rows: list[object], sheet: str = "ICF 2017", name: str = "icf-2017.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    folder = tmp_path / "release"
    folder.mkdir(parents=True)
    book.save(folder / name)
    return folder


@pytest.mark.parametrize(
    ("written", "code"),
    [("b7618 ", "b7618"), ("B110", "b110"), ("d298a", "d298A"), ("b110 – B139", "b110-b139"), ("e", "e")],
)
def test_codes_have_one_form(written: str, code: str) -> None:
    assert LOADER.canonical(written) == code


@pytest.mark.parametrize(
    ("code", "level", "heading", "part"),
    [
        ("b", "component", True, "category"),
        ("b1", "chapter", True, "category"),
        ("b110-b139", "block", True, "block"),
        ("b110", "second-level", False, "category"),
        ("b1100", "third-level", False, "category"),
        ("d298A", "third-level", False, "category"),
        ("b11420", "fourth-level", False, "category"),
        ("b1528A", "fourth-level", False, "category"),
    ],
)
def test_the_level_follows_from_the_code(code: str, level: str, heading: bool, part: str) -> None:
    shape = LOADER.shape(code)
    assert (shape.level, shape.abstract, LOADER.part(code)) == (level, heading, part)


def test_the_order_is_the_books() -> None:
    book = ["b", "b1", "b110-b139", "b110", "b1100", "b114", "b1142", "b11420", "b140-b189", "b140", "b198", "b2"]
    book += ["s", "s1", "s110", "d", "d2", "d298", "d298A", "e", "e1"]
    assert sorted(book, key=lambda code: LOADER.shape(code).sort_key) == book


def test_blocks_get_the_range_of_their_categories() -> None:
    reading = read(SAMPLES / "icf/2019")
    found = concepts(reading)
    assert [code for code in found if "-" in code] == ["b130-b134", "b144-b152", "d450-d455"]
    assert parent(found["b130-b134"]) == "b1"
    assert (parent(found["b130"]), parent(found["b198"]), parent(found["b1528A"])) == ("b130-b134", "b1", "b1528")
    assert "'b1a' is the block b144-b152" in reading.report.warnings["makeshift-code"].examples[0]
    assert "b144-b159" in reading.report.warnings["block-range"].examples[0]


def test_a_block_without_categories_is_reported(tmp_path: Path) -> None:
    folder = workbook(
        tmp_path,
        HEADER,
        ["b", 0, 0, 0, "b", "KROPPSFUNKTIONER"],
        ["b", 1, 0, 0, "b1", "Psykiska funktioner"],
        ["b", 1, 1, 0, None, "Övergripande psykiska funktioner"],
    )
    reading = read(folder)
    assert list(concepts(reading)) == ["b", "b1"]
    assert reading.report.warnings["block-without-categories"].count == 1
    assert reading.report.warnings["row-without-code"].count == 1
    assert not [unit for unit in reading.content.covers if unit[0] == "block"]


def test_the_workbook_and_the_table_agree_on_parents() -> None:
    book, table = concepts(read(SAMPLES / "icf/2019")), concepts(read(SAMPLES / "icf/2026-01"))
    common = book.keys() & table.keys()
    assert {"b130-b134", "b130", "b1301", "d4500", "e2600"} <= common
    assert all(book[code].parents == table[code].parents for code in common)


def test_the_version_and_its_day_are_read_from_the_workbook() -> None:
    content = read(SAMPLES / "icf/2019").content
    assert (content.version, content.effective) == ("2019", date(2019, 9, 1))


def test_the_second_release_of_a_year_has_a_number(tmp_path: Path) -> None:
    rows = [HEADER, ["b", 0, 0, 0, "b", "KROPPSFUNKTIONER"]]
    in_name = workbook(tmp_path / "name", *rows, sheet="Koder", name="koder-icf-2018.2.xlsx")
    in_sheet = workbook(tmp_path / "sheet", *rows, sheet="ICF-koder 2018.2")
    assert [read(folder).content.version for folder in (in_name, in_sheet)] == ["2018.2", "2018.2"]


def test_alternative_terms_are_synonyms_where_they_say_something_else() -> None:
    found = concepts(read(SAMPLES / "icf/2026-01"))
    assert found["d450"].designations == (Designation("Att gå"), Designation("Promenera", "synonym"))
    assert found["b144"].designations == (Designation("Minne"),)


def test_notes_are_plain_text() -> None:
    book, table = concepts(read(SAMPLES / "icf/2019")), concepts(read(SAMPLES / "icf/2026-01"))
    factor = next(fact.value for fact in table["b"].properties if fact.code == "Bedömningsfaktor")
    assert factor.splitlines()[0] == "En bedömningsfaktor."
    assert "xxx.0 INGET problem" in factor.splitlines()
    assert Property("Beskrivning", "Funktioner som ger\nuthållighet") in book["b130"].properties


def test_core_sets_are_one_property_with_their_names() -> None:
    reading = read(SAMPLES / "icf/2019")
    sets = {
        code: [fact.value for fact in concept.properties if fact.code == "ICF Core Sets"]
        for code, concept in concepts(reading).items()
    }
    assert sets["b130"] == ["Generic Set", "Low Back Pain Comprehensive", "Autism Comprehensive"]
    assert sets["b134"] == ["Low Back Pain Comprehensive", "Low Back Pain Brief"]
    assert sets["b198"] == []
    assert ("category", "property:ICF Core Sets") in reading.content.covers
    assert ("category", "property:ICF Core Sets") not in read(SAMPLES / "icf/2026-01").content.covers


def test_a_column_that_is_no_core_set_is_reported(tmp_path: Path) -> None:
    folder = workbook(
        tmp_path, [*HEADER, "Generic Set", "Kort term"], ["b", 0, 0, 0, "b", "KROPPSFUNKTIONER", 1, "Kropp"]
    )
    reading = read(folder)
    assert concepts(reading)["b"].properties == (Property("ICF Core Sets", "Generic Set"),)
    assert "'Kort term'" in reading.report.warnings["unknown-column"].examples[0]


def test_the_same_row_twice_is_one_code_and_a_warning() -> None:
    reading = read(SAMPLES / "icf/2019")
    assert [concept.code for concept in reading.content.concepts].count("e2600") == 1
    assert reading.report.warnings["duplicate-row"].count == 1


def test_the_workbook_states_changes() -> None:
    stated = {(change.code, change.type, str(change.date)) for change in read(SAMPLES / "icf/2019").content.stated}
    assert stated == {
        ("b130", "changed", "2016-01-01"),
        ("b134", "changed", "2016-01-01"),
        ("b134", "changed", "2018-01-01"),
        ("b134", "changed", "2019-09-01"),
        ("b1528A", "introduced", "2017-01-01"),
        ("e2600", "introduced", "2019-09-01"),
        ("e2600", "changed", "2019-09-01"),
    }


def test_a_code_without_its_parent_is_an_orphan_under_the_nearest(tmp_path: Path) -> None:
    folder = tmp_path / "2026-01"
    folder.mkdir()
    (folder / "icf.tsv").write_text("Kod\tTitel\nb\tKropp\nb1\tPsyke\nb11420\tFjärde\nd450\tGå\n", encoding="utf-8")
    reading = read(folder)
    assert parent(concepts(reading)["b11420"]) == "b1"
    assert "d450 has the parent d4" in reading.report.warnings["orphan"].examples[0]


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "2019"
    folder.mkdir()
    (folder / "icf-2019.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(200))
    with pytest.raises(ReleaseError, match=r"icf-2019\.xls"):
        read(folder)


def test_subsets_and_other_lists_are_not_taken_for_the_classification(tmp_path: Path) -> None:
    folder = workbook(tmp_path, ["ICF-kod", "ICF-titel", "Urval"], ["b1", "Psykiska funktioner", 1], name="urval.xlsx")
    assert not [reading for reading in read_release(folder) if reading.content.system.id == "icf"]


@pytest.mark.live
def test_the_real_releases(shared_data: Path) -> None:
    second, nineteen, today = (read(shared_data / "icf" / version) for version in ("2018.2", "2019", "2026-01"))
    assert [(one.content.version, len(one.content.concepts)) for one in (second, nineteen, today)] == [
        ("2018.2", 1621),
        ("2019", 1594 + 37),
        ("2026-01", 1670),
    ]
    assert nineteen.report.warnings["duplicate-row"].count == 1
    assert second.report.warnings["makeshift-code"].count == 37
    assert today.report.warnings == {}
    old, new = concepts(second), concepts(today)
    assert {code for code in old if "-" in code} == {code for code in new if "-" in code}
    assert all(old[code].parents == new[code].parents for code in old.keys() & new.keys())
