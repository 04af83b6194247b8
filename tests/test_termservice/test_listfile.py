"""A customer's own list: a table of any kind, its columns and the lines of its rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from codesystems.report import ReleaseError
from termservice.listfile import CODE_COLUMNS, CustomerList

ROWS = [(2, "A1", "2020-01-01"), (3, "Å", "2021-01-01")]
TEXT = "lopnr;Kod;datum\n1; A1;2020-01-01\n2;Å;2021-01-01\n"


@pytest.mark.parametrize(
    ("name", "content", "encoding"),
    [
        ("a.csv", TEXT.encode(), "utf-8"),
        ("a.csv", TEXT.encode("utf-8-sig"), "utf-8-sig"),
        ("a.csv", (TEXT + "3;Åsa får på ön;2021\n").encode("cp1252"), "cp1252"),
        ("a.csv", (TEXT + "3;Åsa får på ön;2021\n").encode("cp850"), "cp850"),
        ("a.csv", TEXT.encode("utf-16"), "utf-16"),
        ("a.txt", TEXT.replace(";", ",").replace("\n", "\r\n").encode(), "utf-8"),
        ("a.csv", TEXT.replace("\n", "\r").encode(), "utf-8"),
        ("a.tsv", TEXT.replace(";", "\t").encode(), "utf-8"),
        ("a.csv", (TEXT + "\x1a").encode(), "utf-8"),
        ("a.csv", TEXT.replace(" A1", '"A1"').encode(), "utf-8"),
    ],
)
def test_lists_of_every_kind(tmp_path: Path, name: str, content: bytes, encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = CustomerList(path, None, "Datum")
    assert (found.code_column, found.date_column, found.encoding) == ("Kod", "datum", encoding)
    assert list(found.rows())[:2] == ROWS
    assert list(found.rows())[:2] == ROWS  # again


def test_workbooks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Läs mig"])
    sheet = book.create_sheet("lista")
    for row in (["Sjukhuset"], ["Diagnoskod", "när"], ["A1", date(2020, 1, 1)], [None, None], [17, 20210101]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    found = CustomerList(tmp_path / "a.xlsx", None, "När")
    assert (found.code_column, found.date_column, found.encoding) == ("Diagnoskod", "när", None)
    assert list(found.rows()) == [(3, "A1", "2020-01-01"), (5, "17", "20210101")]


def test_the_columns_of_a_list(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("patient;diagnos;kod\nx;A;B\ny;C\n\n;;\nz\n", "utf-8")
    assert [code for _, code, _ in CustomerList(path).rows()] == ["B", "", ""]  # `kod` is the likelier one of two
    assert list(CustomerList(path, " DIAGNOS ").rows()) == [(2, "A", None), (3, "C", None), (6, "", None)]
    assert CODE_COLUMNS.index("kod") < CODE_COLUMNS.index("diagnos")
    with pytest.raises(ReleaseError, match=r"a\.csv: no column 'icd'; found patient, diagnos, kod"):
        CustomerList(path, "icd")
    with pytest.raises(ReleaseError, match="beside a column 'när'; found patient"):
        CustomerList(path, None, "när")
    path.write_text("patient;notes\nx;A\n", "utf-8")
    with pytest.raises(ReleaseError, match=r"no column with codes \(code, kod, …\); found patient, notes"):
        CustomerList(path)


def test_a_cell_of_several_lines_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('kod,text\nA,"one\ntwo"\nB,x\n', "utf-8")
    assert list(CustomerList(path).rows()) == [(2, "A", None), (4, "B", None)]


def test_a_quotation_mark_that_never_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('kod,text\nA,x\nB,"and so on\nC,y\n', "utf-8")
    with pytest.raises(ReleaseError, match=r"a\.csv:3: not a readable table"):
        list(CustomerList(path).rows())


def test_bytes_that_cannot_be_read_stay_in_their_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"kod,text\n" + b"A,some text to pass by\n" * 60_000 + b"B\xe5,\xe4\n")
    rows = list(CustomerList(path).rows())
    assert (len(rows), rows[-1]) == (60_001, (60_002, "B\\xe5", None))


def test_a_title_of_several_lines_above_the_header(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('"The\nhospital",\nkod,n\nA,1\n', "utf-8")
    found = CustomerList(path)
    assert list(found.before()) == [["The\nhospital", ""]]
    assert list(found.cells()) == [(4, ["A", "1"])]
    assert list(found.rows()) == [(4, "A", None)]
