"""Workbooks as rows of cell texts, also those that are damaged or pretend to be huge."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from codesystems.files import SourceFile
from codesystems.formats import sheets as module
from codesystems.formats.sheets import sheets
from codesystems.report import ReleaseError
from tests.test_codesystems.workbooks import book


def source(path: Path) -> SourceFile:
    return SourceFile(path.name, path)


def test_values_become_text(tmp_path: Path) -> None:
    days: list[object] = [date(2025, 3, 1), datetime(2025, 3, 1, 12, 30)]
    row: list[object] = [1, 1.0, 1.5, 2**40, True, *days, " a ", None, "#N/A", "x"]
    ((name, rows),) = sheets(book(tmp_path / "a.xlsx", Blad=[row]))
    assert name == "Blad"
    assert rows == [["1", "1", "1.5", "1099511627776", "true", "2025-03-01", "2025-03-01T12:30:00", " a ", "", "", "x"]]


def test_sheets_come_in_order_with_their_blank_rows(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", B=[["1"], [], ["", None], ["2"], [None]], A=[])
    assert [(name, [list(row) for row in rows]) for name, rows in sheets(file)] == [
        ("B", [["1"], [], [], ["2"]]),
        ("A", []),
    ]


def test_a_sheet_that_pretends_to_be_wide_and_long(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet["A1"], sheet["B2"] = "Kod", "x"
    sheet.cell(row=1, column=16_383, value="").number_format = "0.00"
    sheet.cell(row=3, column=16_383).number_format = "0.00"
    sheet.cell(row=200_000, column=1).number_format = "0.00"
    workbook.save(tmp_path / "a.xlsx")
    ((_, rows),) = sheets(source(tmp_path / "a.xlsx"))
    assert [list(row) for row in rows] == [["Kod"], ["", "x"]]


def test_line_ends_inside_cells(tmp_path: Path) -> None:
    """Excel writes the carriage return of a CRLF as an escape before the line feed."""
    ((_, rows),) = sheets(book(tmp_path / "a.xlsx", Blad=[["a_x000D_\nb", "snake_x0041_case"]]))
    assert rows == [["a\nb", "snake_x0041_case"]]


def test_formulas_give_their_stored_value(tmp_path: Path) -> None:
    ((_, rows),) = sheets(book(tmp_path / "a.xlsx", Blad=[["Kod", "=1+1"]]))
    assert rows == [["Kod"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Kod;Titel\n", "neither xls nor xlsx"),
        (b"", "neither xls nor xlsx"),
        (b"PK\x03\x04 and no more", "not a readable workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000, "not a readable workbook"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    with pytest.raises(ReleaseError, match=message):
        list(sheets(source(path)))


def test_a_cut_or_hollow_workbook_is_refused(tmp_path: Path) -> None:
    whole = book(tmp_path / "a.xlsx", Blad=[["Kod"]]).bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    hollow = tmp_path / "hollow.xlsx"
    with zipfile.ZipFile(hollow, "w") as archive:
        archive.writestr("hello.txt", "no workbook")
    for path in (cut, hollow):
        with pytest.raises(ReleaseError, match=rf"{path.name}: not a readable workbook"):
            list(sheets(source(path)))


def test_damaged_xml_is_refused(tmp_path: Path) -> None:
    book(tmp_path / "a.xlsx", Blad=[["Kod"], ["A"]])
    damaged = tmp_path / "damaged.xlsx"
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) // 2] if "sheet1" in name else content)
    with pytest.raises(ReleaseError, match="not a readable workbook"):
        list(sheets(source(damaged)))


def test_a_workbook_beyond_reason_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = book(tmp_path / "a.xlsx", Blad=[["Kod"]])
    monkeypatch.setattr(module, "MAX_XML", 100)
    with pytest.raises(ReleaseError, match="unpacks to more than"):
        list(sheets(file))


@pytest.mark.live
def test_real_workbooks(shared_data: Path) -> None:
    old = dict(sheets(source(shared_data / "kva" / "2007" / "KVA07.xls")))
    assert {name: len(rows) for name, rows in old.items()} == {"KVÅ_20070101": 8771, "ÄNDRINGAR": 112}
    urval = shared_data / "urval" / "urval-icf-kva-kommunal-halso-och-sjukvard-2026.xlsx"
    for _, rows in sheets(source(urval)):
        assert max(map(len, rows), default=0) < 20
        assert not any("_x000D_" in cell for row in rows for cell in row)
