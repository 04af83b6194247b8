"""`check-list` at the prompt: reports in every format, and options that contradict."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result

from tests.test_termservice import running
from tests.test_termservice.running import Run

LIST = """kod;datum
A;2020-03-01
a1;2021-03-01
C;2020-03-01
C;2020-03-02
B;2020
=1+1;2020
;2020
Z;1 May
=A;2020
"""


@pytest.fixture
def run(fruit: Any, tmp_path: Path) -> Run:
    (tmp_path / "list.csv").write_text(LIST, "utf-8")

    def run(*arguments: object, expect: int = 1, file: str = "list.csv") -> Result:
        words = ["check-list", tmp_path / file, "--system", "toy", *arguments]
        return running.run(fruit.home, *words, expect=expect)

    return run


DATED = ("--date-column", "datum", "--to", "2022")
STATUSES = ["ok", "retitled", "withdrawn", "withdrawn", "retitled", "unknown-code", "unknown-code", "ok"]
PERSON = [False, True, True, True, False, True, True, False]


def test_text(run: Run) -> None:
    lines = run(*DATED).stdout.splitlines()
    assert lines[0] == "list.csv (column kod, utf-8): toy each row's datum → 2022"
    assert [line.split(maxsplit=1) for line in lines[1 : lines.index("")]] == [
        ["8", "rows"], ["2", "ok"], ["2", "retitled"], ["2", "withdrawn"], ["2", "unknown-code"],
        ["1", "retitled, cosmetic"], ["1", "without code, not checked"], ["5", "needs a person"],
    ]  # fmt: skip
    found = [line.split(maxsplit=2) for line in lines[lines.index("") + 2 :]]
    assert [(line, rows, text.split(":")[0]) for line, rows, text in found] == [
        ("4", "2", "C"), ("3", "1", "a1"), ("7", "1", "=1+1"), ("9", "1", "Z"),
    ]  # fmt: skip


def test_text_of_more_than_anybody_reads(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termservice.listreport.SHOWN", 2)
    monkeypatch.setattr("termservice.listreport.MOST_GROUPS", 3)
    (tmp_path / "long.csv").write_text("kod\n" + "".join(f"Z{number}\n" for number in range(9)), "utf-8")
    assert run(file="long.csv").stdout.splitlines()[-1] == "7 more rows need a person; the other formats list them all"


def test_csv(run: Run, tmp_path: Path) -> None:
    result = run(*DATED, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["status"] for row in rows] == STATUSES
    assert [row["needs_person"] for row in rows] == [str(each).lower() for each in PERSON]
    assert rows[5]["given"] == "'=1+1"
    assert (rows[7]["code"], rows[7]["title_now"]) == ("'=A", "'=Apple()")
    assert (rows[2]["successors"], rows[2]["title_then"], rows[2]["date"]) == ("G; A1; B", "Cherry", "2020-03-01")
    assert "8 rows, 2 ok" in result.stderr
    run(*DATED, "--output", tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_bytes().decode() == result.stdout.replace("\n", "\r\n").replace("\r\r", "\r")
    assert not list(tmp_path.glob("*.part"))


def test_json(run: Run) -> None:
    *rows, last = [json.loads(line) for line in run(*DATED, "--format", "json").stdout.splitlines()]
    assert [(row["status"], row["needs_person"]) for row in rows] == list(zip(STATUSES, PERSON, strict=True))
    assert [each["code"] for each in rows[2]["successors"]] == ["G", "A1", "B"]
    assert (rows[1]["line"], rows[1]["given"], rows[1]["code"], rows[1]["wording"]) == (3, "a1", "A1", "text")
    assert (last["summary"]["rows"], last["summary"]["needs a person"], last["summary"]["system"]) == (8, 5, "toy")


def test_workbook(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*DATED, "--output", tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames == ["summary", "needs a person", "all rows"]
    rows = list(book["all rows"].iter_rows(min_row=2, values_only=True))
    assert [row[3] for row in rows] == STATUSES
    assert (rows[5][1], book["all rows"]["B7"].data_type) == ("=1+1", "s")
    assert (rows[7][8], book["all rows"]["I9"].data_type) == ("=Apple()", "s")
    assert [row[0] for row in book["needs a person"].iter_rows(min_row=2, values_only=True)] == [3, 4, 5, 7, 9]
    assert dict(book["summary"].iter_rows(values_only=True))["needs a person"] == 5
    monkeypatch.setattr("termservice.listreport.MOST_ROWS", 4)
    run(*DATED, "--output", tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames == ["summary", "needs a person"]
    assert len(list(book["needs a person"].iter_rows(min_row=2))) == 4


def test_versions_and_days_of_a_whole_list(run: Run, tmp_path: Path) -> None:
    (tmp_path / "short.csv").write_text("kod\nC\nA\n", "utf-8")
    assert "toy 2020 → 2021\n" in run("--from", "2020", "--to", "2021-05-01", file="short.csv").stdout
    assert "toy 2020\n" in run("--version", "2020", expect=0, file="short.csv").stdout
    assert "toy 2020\n" in run("--date", "2020-12-31", expect=0, file="short.csv").stdout
    assert "has no version '1999'" in run("--from", "1999", expect=2).stderr


@pytest.mark.parametrize(
    "arguments",
    [("--version", "2020", "--date", "2020-01-01"), ("--version", "2020", "--to", "2021"), ("--format", "xlsx"),
     ("--date-column", "datum", "--from", "2020"), ("--date", "2020-01-01", "--date-column", "datum")],
)  # fmt: skip
def test_options_that_contradict(run: Run, arguments: tuple[str, ...]) -> None:
    assert "Usage: " in run(*arguments, expect=2).stderr


def test_nothing_is_left_of_a_report_that_failed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "torn.csv").write_text('kod\nA\n"B', "utf-8")
    for name in ("out.csv", "out.xlsx"):
        assert "not a readable table" in run("--output", tmp_path / name, expect=2, file="torn.csv").stderr
    assert not list(tmp_path.glob("out.*"))
