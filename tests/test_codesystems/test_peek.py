"""A look at the first rows tells whose file it is, whatever the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from codesystems.files import SourceFile
from codesystems.formats.peek import HEAD, ROWS, first_values, peek
from codesystems.formats.tables import Columns
from codesystems.report import ReleaseError

COLUMNS = Columns(required=(("Kod", "ICF-kod"), "Titel"))


def source(tmp_path: Path, name: str, data: bytes) -> SourceFile:
    path = tmp_path / name
    path.write_bytes(data)
    return SourceFile(name, path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", '\ufeff"Kod"\t"Titel"\n"A1 "\t"Två, tre"\n'),
        ("a.csv", "Kod;Titel\r\nA1;Två, tre\r\n"),
        ("a.txt", "Sammanställning\nkod:\tTITEL\nA1\tTvå, tre\n\tUtan kod\n"),
    ],
)
def test_values_are_found_under_their_header(tmp_path: Path, name: str, text: str) -> None:
    assert first_values(source(tmp_path, name, text.encode()), COLUMNS, "Kod") == ("A1",)


def test_only_the_first_rows_are_read(tmp_path: Path) -> None:
    text = "Kod,Titel\n" + "".join(f"A{n},{'x' * 50}\n" for n in range(5_000))
    (sheet,) = peek(source(tmp_path, "a.csv", text.encode()))
    assert len(sheet[1]) == ROWS


def test_a_last_row_or_letter_cut_in_two_does_not_matter(tmp_path: Path) -> None:
    row = "A1,å" + "ä" * 3_001 + "\n"
    data = ("Kod,Titel\n" + row * 20).encode()
    assert len(data) > HEAD
    assert set(first_values(source(tmp_path, "a.csv", data), COLUMNS, "Kod") or ()) == {"A1"}


def test_another_encoding_does_not_matter(tmp_path: Path) -> None:
    assert first_values(source(tmp_path, "a.csv", "Kod;Titel\nÅ1;ö\n".encode("cp1252")), COLUMNS, "Kod") == ("Å1",)


def test_workbooks_are_looked_at_sheet_by_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([date(2019, 9, 1), None, True])
    sheet = book.create_sheet("Koder")
    sheet.append(["ICF-kod", "Titel"])
    sheet.append([110, "Ett tal"])
    book.save(tmp_path / "a.xlsx")
    file = SourceFile("a.xlsx", tmp_path / "a.xlsx")
    assert peek(file)[0] == ("Sheet", [["2019-09-01", "", "true"]])
    assert first_values(file, COLUMNS, "Kod") == ("110",)


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 broken"])
def test_a_broken_workbook_has_no_columns(tmp_path: Path, data: bytes) -> None:
    file = source(tmp_path, "a.xlsx", data)
    assert first_values(file, COLUMNS, "Kod") is None
    with pytest.raises(ReleaseError, match=r"a\.xlsx: not a"):
        peek(file)


@pytest.mark.parametrize(
    ("name", "data"), [("a.pdf", b"Kod,Titel\nA,b\n"), ("a.csv", b""), ("a.csv", b"Kod,Namn\nA,b")]
)
def test_other_files_have_no_columns(tmp_path: Path, name: str, data: bytes) -> None:
    assert first_values(source(tmp_path, name, data), COLUMNS, "Kod") is None


def test_a_changed_file_is_looked_at_anew(tmp_path: Path) -> None:
    assert first_values(source(tmp_path, "a.csv", b"Kod,Titel\nA,b\n"), COLUMNS, "Kod") == ("A",)
    assert first_values(source(tmp_path, "a.csv", b"Kod,Titel\nABC,b\n"), COLUMNS, "Kod") == ("ABC",)
