"""KSI: its three forms say the same of the same code, and the workbook's sheets are joined."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from codesystems.golden import SAMPLES, Reading, read_release
from codesystems.ksi import LOADER
from codesystems.model import Concept, Property, StatedChange
from codesystems.report import ReleaseError

HEADER = '"Kod"\t"Överordnad kod"\t"Titel"\t"Beskrivning"\t"Innefattar"\t"Utesluter"\t"Relaterad ICF-kod"\n'


def read(folder: Path) -> Reading:
    (reading,) = read_release(folder)
    return reading


def concepts(reading: Reading) -> dict[str, Concept]:
    return {concept.code: concept for concept in reading.content.concepts}


def title(concept: Concept) -> str:
    return concept.designations[0].value


def table(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    folder = tmp_path / "2026-01"
    folder.mkdir()
    (folder / "ksi.tsv").write_text(header + "".join(line + "\n" for line in lines), encoding="utf-8")
    return folder


def workbook(tmp_path: Path, **sheets: list[list[object]]) -> Path:
    """The sample workbook with the sheets named replaced."""
    book = openpyxl.load_workbook(SAMPLES / "ksi/2025/ksi-2025.xlsx")
    for name, rows in sheets.items():
        del book[name]
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    folder = tmp_path / "2025"
    folder.mkdir()
    book.save(folder / "ksi-2025.xlsx")
    return folder


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("SA - SC", "SA-SC"),
        ("SA–SC", "SA-SC"),
        ("SM ", "SM"),
        ("TAQ.AS.ZZ\u00a0", "TAQ.AS.ZZ"),
        ("XAA.25.ZZ\n", "XAA.25.ZZ"),
        ("sa1.aa.zz", "SA1.AA.ZZ"),
    ],
)
def test_codes_have_one_form(written: str, code: str) -> None:
    assert LOADER.canonical(written) == code


@pytest.mark.parametrize(
    ("code", "level", "heading"),
    [("SA-SC", "chapter", True), ("SM", "chapter", True), ("SA1", "target", True), ("SA1.AA.ZZ", "activity", False)],
)
def test_only_activities_are_recorded(code: str, level: str, heading: bool) -> None:
    shape = LOADER.shape(code)
    assert (shape.level, shape.abstract, LOADER.part(code)) == (level, heading, level)


def test_the_forms_agree_on_identity() -> None:
    book, tsv, csv = (concepts(read(SAMPLES / "ksi" / version)) for version in ("2025", "2026-01", "2026-06"))
    common = book.keys() & tsv.keys() & csv.keys()
    assert {"SA-SC", "SMA", "SMA.AA.ZZ", "TAQ", "TAQ.AA.ZZ"} <= common
    for code in common:
        assert book[code].parents == tsv[code].parents == csv[code].parents


def test_titles_keep_what_stands_inside_them() -> None:
    assert title(concepts(read(SAMPLES / "ksi/2026-01"))["TAQ.AA.ZZ"]) == "Bedömning av\u00a0känsla av otrygghet"


def test_the_table_covers_notes_and_the_csv_does_not() -> None:
    tsv, csv = read(SAMPLES / "ksi/2026-01").content, read(SAMPLES / "ksi/2026-06").content
    assert ("target", "property:Innefattar") in tsv.covers
    assert {kind for _, kind in csv.covers} == {"state", "parent", "designation:display:sv"}


def test_the_workbook_joins_its_sheets() -> None:
    reading = read(SAMPLES / "ksi/2025")
    found = concepts(reading)
    assert reading.content.version == "2025"
    assert found["SMA"].parents[0].code == "SM"
    assert Property("Relaterad ICF-kod", "d510") in found["SMA"].properties
    assert Property("Agerande_text", "Praktiskt stöd") in found["SMA.RB.ZZ"].properties
    assert Property("FunkH", "1") in found["SMA.RB.ZZ"].properties
    assert Property("ÄOH", "0") in found["SMA.RB.ZZ"].properties
    assert ("target", "property:Innefattar") not in reading.content.covers


def test_a_target_without_a_row_gets_its_activities_name_for_it() -> None:
    reading = read(SAMPLES / "ksi/2025")
    assert title(concepts(reading)["TAQ"]) == "Känsla av otrygghet"
    assert concepts(reading)["TAQ"].parents[0].code == "TA"
    assert reading.report.warnings["heading-without-row"].count == 1


def test_the_workbook_states_changes() -> None:
    reading = read(SAMPLES / "ksi/2025")
    stated = {(change.code, change.type, str(change.date)) for change in reading.content.stated}
    assert ("SMA", "retitled", "2017-01-01") in stated
    assert ("SMA", "retitled", "2025-01-01") in stated
    assert ("SMD.PH.ZZ", "introduced", "2024-01-01") in stated
    assert ("SMZ.RB.ZZ", "withdrawn", "2025-01-01") in stated
    inactive = {concept.code for concept in reading.content.concepts if not concept.active}
    assert inactive == {"SMZ", "SMZ.RB.ZZ"}


def test_a_year_that_is_none_is_reported_and_not_guessed() -> None:
    reading = read(SAMPLES / "ksi/2025")
    assert "20242" in reading.report.warnings["bad-date"].examples[0]
    assert not [change for change in reading.content.stated if change.code == "SMD.RB.ZZ"]


def test_changes_name_their_row() -> None:
    changes = read(SAMPLES / "ksi/2025").content.stated
    first = next(change for change in changes if change.code == "SA1")
    assert first == StatedChange("SA1", "changed", first.date, "ksi-2025.xlsx", 2)


def test_joins_that_disagree_are_reported(tmp_path: Path) -> None:
    header: list[object] = ["Aktivitet_kod", "Aktivitet_text", "Inriktning_kod", "Inriktning_text", "Agerande_kod"]
    folder = workbook(
        tmp_path,
        Aktiviteter=[
            header,
            ["SMA.AA.ZZ", "Bedömning", "SMD", "Att borsta tänderna", "AA"],
            ["SMA.RB.ZZ", "Stöd", "SMA", "Att tvätta sig", "PH"],
            ["SMA.AX.ZZ", "Annat", "SMA", "Att tvätta sig", "AX"],
            ["S2", "Fel blad", "", "", ""],
        ],
    )
    warnings = read(folder).report.warnings
    assert warnings["join-differs"].count == 2
    assert warnings["unlisted-action"].count == 1
    assert "[Aktiviteter]:5" in warnings["unusual-code"].examples[0]


def test_a_target_outside_all_chapters_is_an_orphan(tmp_path: Path) -> None:
    reading = read(workbook(tmp_path, Kapitel=[["Kapitel_kod", "Kapitel_text"], ["SA - SC", "Lärande"]]))
    assert concepts(reading)["SMA"].parents == ()
    assert "SMA" in reading.report.warnings["orphan"].examples[0]


@pytest.mark.parametrize("sheet", ["Kapitel", "Inriktning", "Agerande", "Aktiviteter"])
def test_a_sheet_without_its_columns_refuses_the_workbook(tmp_path: Path, sheet: str) -> None:
    folder = workbook(tmp_path, **{sheet: [["Kod", "Text"], ["SA1", "Lärande"]]})
    with pytest.raises(ReleaseError, match=r"missing column\(s\) .*; found "):
        read(folder)


def test_a_missing_column_refuses_the_table_and_names_those_found(tmp_path: Path) -> None:
    folder = table(tmp_path, '"SA1"\t""\t"Lärande"', header='"Kod"\t"Överordnad kod"\t"Namn"\n')
    with pytest.raises(ReleaseError, match=r"missing column.* Titel; found Kod, Överordnad kod, Namn"):
        read(folder)


def test_a_code_with_two_titles_is_refused(tmp_path: Path) -> None:
    row = '"SA1"\t""\t"%s"\t""\t""\t""\t""'
    with pytest.raises(ReleaseError, match=r"ksi\.tsv:3: SA1 has two titles"):
        read(table(tmp_path, row % "Lärande", row % "Inlärning"))


def test_further_rows_of_a_code_add_values(tmp_path: Path) -> None:
    folder = table(
        tmp_path,
        '"SA-SC"\t""\t"Lärande"\t""\t""\t""\t""',
        '"SA1"\t"SA-SC"\t"Läsa"\t""\t"läxor"\t""\t"d1"',
        '"SA1"\t""\t""\t""\t"studieteknik"\t""\t""',
    )
    assert concepts(read(folder))["SA1"].properties == (
        Property("Innefattar", "läxor"),
        Property("Innefattar", "studieteknik"),
        Property("Relaterad ICF-kod", "d1"),
    )


def test_parents_follow_from_the_codes_where_there_is_no_column(tmp_path: Path) -> None:
    rows = ('"SA-SC"\t"Lärande"', '"SA1"\t"Läsa"', '"SA1.AA.ZZ"\t"Bedömning"')
    found = concepts(read(table(tmp_path, *rows, header='"Kod"\t"Titel"\n')))
    assert [parent.code for code in ("SA-SC", "SA1", "SA1.AA.ZZ") for parent in found[code].parents] == ["SA-SC", "SA1"]


@pytest.mark.live
def test_the_real_releases(shared_data: Path) -> None:
    book, january, june = (read(shared_data / "ksi" / version) for version in ("2025", "2026-01", "2026-06"))
    assert len(book.content.concepts) == 2073
    assert (len(january.content.concepts), january.report.warnings) == (2071, {})
    assert (len(june.content.concepts), june.report.warnings) == (2074, {})
    before, after = concepts(january), concepts(june)
    assert before.keys() - after.keys() == {"XAC.04.ZZ", "YAA.70.ZZ"}
    assert len(after.keys() - before.keys()) == 5
    assert all(before[code].parents == after[code].parents for code in before.keys() & after.keys())
    moved = {code for code, concept in concepts(book).items() if concept.parents != before.get(code, concept).parents}
    assert moved == {"WXA", "WXB", "WZZ"}  # the chapter WX-WZ became WA-WZ
