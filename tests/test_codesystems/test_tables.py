"""Tables by column names: what is found, what is reported, what is refused."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from codesystems.files import SourceFile
from codesystems.formats.tables import Columns, Table, delimiter_of, fold, grids, read_table, read_tables
from codesystems.report import ReleaseError, Report
from tests.test_codesystems.workbooks import book

COLUMNS = Columns(required=("Kod", ("Titel", "TXT", "TEXT")), optional=("Innefattar",), ignore=("Sortering",))


def source(path: Path, text: str = "", encoding: str = "utf-8") -> SourceFile:
    if text:
        path.write_bytes(text.encode(encoding))
    return SourceFile(path.name, path)


def read(file: SourceFile, columns: Columns = COLUMNS, **more: str) -> tuple[Table, Report]:
    report = Report()
    return read_table(file, columns, report, **more), report


def titles(table: Table) -> dict[str, str]:
    return {row["Kod"]: row["Titel"] for row in table.rows}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "Kod,Titel\nA,Ett\n"),
        ("a.csv", "Kod;Titel\r\nA;Ett\r\n"),
        ("a.txt", "Kod\tTitel\nA\tEtt"),
        ("a.csv", "Kod|TXT\nA|Ett\n"),
        ("a.tsv", '\ufeff"Kod"\t"Titel"\n"A"\t"Ett"\n'),
        ("a.csv", "KOD:;  text \nA; Ett\u00a0\n"),
        ("a.csv", "Kod;Titel\rA;Ett\r"),
    ],
)
def test_forms_of_one_table(tmp_path: Path, name: str, text: str) -> None:
    table, report = read(source(tmp_path / name, text))
    assert titles(table) == {"A": "Ett"}
    assert not report.warnings


def test_columns_are_found_by_name_below_other_rows(tmp_path: Path) -> None:
    table, report = read(source(tmp_path / "a.csv", "En lista;;\n;;\nTitel;Sortering;Kod\nEtt;1;A\n;;\nTvå;2;B\n"))
    assert titles(table) == {"A": "Ett", "B": "Två"}
    assert [row.where.line for row in table.rows] == [4, 6]
    assert table.header == ("Titel", "", "Kod")
    assert table.has("Titel") and not table.has("Innefattar")
    assert table.rows[0]["Innefattar"] == ""
    assert report.notes == ["a.csv:1: above the header, not read: En lista"]
    assert not report.warnings


def test_unknown_columns_and_ragged_rows_are_reported(tmp_path: Path) -> None:
    table, report = read(source(tmp_path / "a.csv", "Kod;Titel;Ny\nA;Ett;x;för mycket\nB\nC;Tre;;\n"))
    assert titles(table) == {"A": "Ett", "B": "", "C": "Tre"}
    assert {kind: finding.examples for kind, finding in report.warnings.items()} == {
        "unknown-column": ["a.csv:1: column 'Ny' is not read"],
        "ragged-row": ["a.csv:2: 4 cells under 3 columns"],
    }


def test_repeated_header_names(tmp_path: Path) -> None:
    """The first column of a name counts; a second one is reported where it says something else."""
    table, report = read(source(tmp_path / "a.csv", "Kod;Titel;Titel\nA;Ett;Ett\nB;Två;\nC;Tre\n"))
    assert titles(table) == {"A": "Ett", "B": "Två", "C": "Tre"}
    assert not report.warnings
    table, report = read(source(tmp_path / "b.csv", "Kod;Titel;TXT\nA;Ett;Ett\nB;;Två\n"))
    assert titles(table) == {"A": "Ett", "B": ""}
    assert report.warnings["repeated-column"].examples == ["b.csv:1: the second column 'TXT' is not read"]


def test_cells_with_line_breaks_keep_line_numbers(tmp_path: Path) -> None:
    text = 'Kod;Titel\nA;"Ett\noch\nmer"\nB;Två\n'
    table, _ = read(source(tmp_path / "a.csv", text))
    assert titles(table) == {"A": "Ett\noch\nmer", "B": "Två"}
    assert [row.where.line for row in table.rows] == [2, 5]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('"en ""dubbel"" sak"', 'en "dubbel" sak'),
        (r'"en \"dubbel\" sak"', 'en "dubbel" sak'),
        (r'"sist \"dubbel\""', 'sist "dubbel"'),
        (r'"\"först\" dubbel"', '"först" dubbel'),
        (r'"C:\mapp"', r"C:\mapp"),
        ('inuti "dubbel" sak', 'inuti "dubbel" sak'),
    ],
)
def test_quotation_marks_inside_cells(tmp_path: Path, cell: str, value: str) -> None:
    table, _ = read(source(tmp_path / "a.tsv", f'"Kod"\t"Titel"\n"A"\t{cell}\n"B"\t"Två"\n'))
    assert titles(table) == {"A": value, "B": "Två"}


def test_backslashes_before_quotation_marks_are_noted(tmp_path: Path) -> None:
    _, report = read(source(tmp_path / "a.tsv", '"Kod"\t"Titel"\n"A"\t"5 \\" rör"\n'))
    assert report.notes == ["a.tsv: quotation marks inside cells are written with a backslash"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Kod;Namn\nA;Ett\n", r"a\.csv: missing column\(s\) Titel; found Kod, Namn"),
        ("1;2\n3;4\n", r"missing column\(s\) Kod, Titel; found 1, 2"),
        ("\n \n", "the file is empty"),
        ('Kod;Titel\nA;Ett\nB;"Två\n', r"a\.csv:3: not a readable table"),
        ('Kod;Titel\nA;"Ett\nB;Två\nC;Tre\n', r"a\.csv:2: not a readable table"),
        ('Kod;Titel\nA;"Ett" två\n', r"a\.csv:2: not a readable table"),
        ("Kod;Titel\nA;" + "x" * 1_000_001 + "\n", r"a\.csv:2: not a readable table \(field larger"),
        ("Kod;Titel\nA;\x00\n", "a NUL byte"),
    ],
)
def test_unreadable_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        read(source(tmp_path / "a.csv", text))


def test_a_large_cell_is_read_whole(tmp_path: Path) -> None:
    table, _ = read(source(tmp_path / "a.csv", "Kod;Titel\nA;" + "x" * 900_000 + "\n"))
    assert len(table.rows[0]["Titel"]) == 900_000


def test_workbooks_sheet_by_sheet(tmp_path: Path) -> None:
    first: list[list[object]] = [["Läs detta"], ["Kod"]]
    second: list[list[object]] = [["Kod", "Titel"], ["A", "Ett"], [], ["B", "Två", None, None]]
    third: list[list[object]] = [["KOD", "TEXT"], [1, 2.0]]
    file = book(tmp_path / "a.xlsx", Info=first, Ett=second, Två=third)
    table, _ = read(file)
    assert titles(table) == {"A": "Ett", "B": "Två"}
    assert str(table.rows[1].where) == "a.xlsx[Ett]:4"
    assert titles(read(file, sheet="två")[0]) == {"1": "2"}
    found = read_tables(file, COLUMNS, Report())
    assert [(name, len(table.rows)) for name, table in found] == [("Ett", 2), ("Två", 1)]
    with pytest.raises(ReleaseError, match="no sheet 'Tre'"):
        read(file, sheet="Tre")
    with pytest.raises(ReleaseError, match=r"a\.xlsx: missing column\(s\) Rubrik; found Kod, Titel"):
        read_tables(file, Columns(required=("Kod", "Rubrik")), Report())


def test_a_wide_sheet_is_read_by_its_columns(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for row in (["Kod", "Titel"], ["A", "Ett"]):
        sheet.append(row)
    sheet.cell(row=1, column=16_383, value=" ")
    sheet.cell(row=2, column=16_383, value=" ")
    workbook.save(tmp_path / "a.xlsx")
    table, report = read(source(tmp_path / "a.xlsx"))
    assert titles(table) == {"A": "Ett"}
    assert not report.warnings


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Kod;Titel\nA;ett, två, tre\nB;fyra, fem\n", ";"),
        ("Kod,Titel\nA,ett\nB,två; tre; fyra\n", ","),
        ("Kod\tTitel\nA\tett, två; tre\n", "\t"),
        ("Rubrik, utan tecken\n\nKod;Titel\nA;b\n", ";"),
        ("Kod\n", "\t"),
    ],
)
def test_the_delimiter_is_what_all_lines_share(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def test_names_are_folded() -> None:
    assert fold("\ufeffKod:") == fold(" KOD\u00a0") == "kod"
    assert fold("Relaterad  ICF-kod\n") == "relaterad icf-kod"


@pytest.mark.live
def test_real_tables(shared_data: Path) -> None:
    file = shared_data / "kva" / "2026-01-kma" / "kva-medicinska-atgarder-kma.tsv"
    columns = Columns(required=("Kod", "Titel"))
    table, _ = read(SourceFile(file.name, file), columns)
    assert len(table.rows) == 4997
    assert len({row["Kod"] for row in table.rows}) == 4935
    text = shared_data / "kva" / "2012" / "CSP2012.txt"
    assert [len(rows) for _, rows in grids(SourceFile(text.name, text), Report())] == [9657]
