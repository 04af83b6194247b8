"""Files of changes: complete, in order, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from termservice import changeworkbook
from termservice.answers import COMPUTED, Change, ChangesAnswer, Source
from termservice.changesheets import csv_text, source_text
from termservice.changeworkbook import MOST_CHARACTERS, write_workbook

OFFICIAL = Source("publisher", "KVÅ 2026", "ändringar.xlsx", 12)
FORMULAS = ("=1+1", "+46", "-1", "@SUM(A1)", "\t=1", "#N/A", "=", "＝1")


def change(code: str, kind: str, before: object, after: object, **more: Any) -> Change:
    given = {"display": "Titel", "date": "2026-01-01", "version": "2026", "wording": None, "source": COMPUTED} | more
    return Change(code=code, type=kind, before=before, after=after, **given)


def answer(*changes: Change) -> ChangesAnswer:
    counts: dict[str, int] = {}
    for each in changes:
        counts[each.type] = counts.get(each.type, 0) + 1
    return ChangesAnswer("kva", "2025", "2026", 7, counts, len(changes), changes)


EVERYTHING = answer(
    change("A1", "introduced", None, "Ny"),
    change("A2", "retitled", "Akut infarkt", "Kronisk infarkt", wording="text"),
    change("A3", "moved", ["A", "B"], ["C"]),
    change("A4", "note-changed", {"Innefattar": ["ett", "två"]}, {"Innefattar": ["ett"]}),
    change("A5", "replaced-by", None, "A6", date=None, version=None, source=OFFICIAL),
)


def rows(found: ChangesAnswer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(csv_text(found)), newline="")))


def workbook(found: ChangesAnswer) -> Any:
    file = io.BytesIO()
    write_workbook(found, file)
    return load_workbook(file)


def values(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_csv_has_a_row_per_change() -> None:
    found = rows(EVERYTHING)
    assert list(found[0]) == ["code", "display", "type", "date", "version", "before", "after", "wording", "source"]
    assert [row["code"] for row in found] == ["A1", "A2", "A3", "A4", "A5"]
    assert (found[0]["before"], found[0]["after"]) == ("", "Ny")
    assert json.loads(found[2]["before"]) == ["A", "B"]
    assert json.loads(found[3]["after"]) == {"Innefattar": ["ett"]}
    assert (found[4]["date"], found[4]["source"]) == ("", "publisher: KVÅ 2026, ändringar.xlsx, row 12")


def test_csv_comes_in_pieces() -> None:
    found = answer(*(change(f"A{n}", "retitled", "x" * 100, "y" * 100) for n in range(2000)))
    pieces = list(csv_text(found))
    assert len(pieces) > 5
    assert len(rows(found)) == 2000


def test_no_csv_cell_is_a_formula() -> None:
    found = rows(answer(*(change(text, "retitled", text, text, display=text) for text in FORMULAS)))
    for row, text in zip(found, FORMULAS, strict=True):
        for name in ("code", "display", "before", "after"):
            assert row[name] in (text, "'" + text)
            assert row[name][0] in "'#"


def test_a_workbook_has_a_summary_and_a_sheet_per_type() -> None:
    book = workbook(EVERYTHING)
    assert book.sheetnames == ["summary", "introduced", "retitled", "moved", "note-changed", "replaced-by"]
    summary = values(book["summary"])
    assert summary[:4] == [("system", "kva"), ("from", "2025"), ("to", "2026"), ("revision", 7)]
    assert summary[5:7] == [("type", "changes"), ("introduced", 1)]
    assert summary[-1] == ("changes in this file", 5)
    assert values(book["moved"]) == [
        ("code", "display", "date", "version", "before", "after", "source"),
        ("A3", "Titel", "2026-01-01", "2026", "A, B", "C", "computed"),
    ]
    assert values(book["note-changed"])[1][4:6] == ("Innefattar: ett, två", "Innefattar: ett")
    assert values(book["replaced-by"])[1][2:4] == (None, None)


def test_retitlings_show_what_differs() -> None:
    header, row = values(workbook(EVERYTHING)["retitled"])
    told = dict(zip(header, row, strict=True))
    assert told["difference"] == "[-Akut-]{+Kronisk+} infarkt"
    assert told["wording"] == "text"


def test_headers_stay_in_sight_and_columns_have_a_width() -> None:
    book = workbook(EVERYTHING)
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet["A1"].font.bold
        assert sheet.column_dimensions["E"].width >= 40


@pytest.mark.parametrize("text", FORMULAS)
def test_every_text_stays_a_text(text: str) -> None:
    book = workbook(answer(change(text, "retitled", text, text, display=text)))
    row = book["retitled"][2]
    assert {cell.data_type for cell in row if cell.value is not None} <= {"s", "inlineStr"}
    assert [row[place].value for place in (0, 1, 4, 5)] == [text] * 4
    assert all(row[place].quotePrefix == (text != "#N/A") for place in (0, 1, 4, 5))
    file = io.BytesIO()
    write_workbook(answer(change(text, "retitled", text, text)), file)
    with zipfile.ZipFile(file) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "/sheet" in name]
    assert sheets
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)


def test_what_a_workbook_cannot_hold() -> None:
    long = "å" * (MOST_CHARACTERS + 1)
    row = values(workbook(answer(change("A\x00\x1f", "moved", long, "x" * MOST_CHARACTERS)))["moved"])[1]
    assert row[0] == "A\ufffd\ufffd"
    assert len(row[4]) == MOST_CHARACTERS
    assert row[4].endswith("å […]")
    assert row[5] == "x" * MOST_CHARACTERS


def test_more_changes_than_a_sheet_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changeworkbook, "MOST_ROWS", 2)
    book = workbook(answer(*(change(f"A{n}", "introduced", None, "x") for n in range(5))))
    assert book.sheetnames == ["summary", "introduced", "introduced 2", "introduced 3"]
    assert [row[0] for sheet in book.worksheets[1:] for row in values(sheet)[1:]] == ["A0", "A1", "A2", "A3", "A4"]


def test_no_changes_are_a_summary_alone() -> None:
    nothing = answer()
    assert workbook(nothing).sheetnames == ["summary"]
    assert rows(nothing) == []


def test_counts_are_of_all_though_the_file_holds_some() -> None:
    some = replace(EVERYTHING, items=EVERYTHING.items[:1])
    book = workbook(some)
    assert book.sheetnames == ["summary", "introduced"]
    assert ("retitled", 1) in values(book["summary"])
    assert values(book["summary"])[-1] == ("changes in this file", 1)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (COMPUTED, "computed"),
        (OFFICIAL, "publisher: KVÅ 2026, ändringar.xlsx, row 12"),
        (Source("publisher"), "publisher"),
        (Source("publisher", "KVÅ", None, 0), "publisher: KVÅ, row 0"),
    ],
)
def test_sources(source: Source, text: str) -> None:
    assert source_text(source) == text
