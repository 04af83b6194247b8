"""`recode` at the prompt: files in and out, the summary, and what is refused without leaving half a file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result

from termservice.recodelist import COLUMNS
from tests.test_termservice import running
from tests.test_termservice.running import Run

LIST = """Sjukhuset;;
lopnr;kod;note

1;a;x
2;B;"two
lines; one cell"
3;Z9
4;C;more;than;the header
5;B;-5
;;
6;=A;=1+1
"""


@pytest.fixture
def run(toy: Any, tmp_path: Path) -> Run:
    toy.put("2020", {"A": "Apple", "B": "Banana", "C": "Cherry", "=A": "Equals"})
    toy.put("2020", {"x": "Ex", "y": "Why"}, system="odd")
    toy.load(toy.map("2020", [
        ("A", "x", "equivalent"), ("B", "x", "equivalent"), ("B", "y", "equivalent"), ("=A", "x", "equivalent"),
        {"source": "C", "target": "x", "relationship": "equivalent", "rule": "IFA 248152002 | Female (finding) |"},
        {"source": "C", "target": "y", "relationship": "equivalent", "priority": 2, "rule": "OTHERWISE TRUE"},
    ]))  # fmt: skip
    (tmp_path / "list.csv").write_text(LIST, "utf-8")

    def run(*arguments: object, expect: int = 1, file: str = "list.csv", to: str = "odd") -> Result:
        words = ["recode", tmp_path / file, "--from", "toy", "--to", to, *arguments]
        return running.run(toy.home, *words, expect=expect)

    return run


def rows_of(text: str, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_rows_are_kept_and_columns_added(run: Run, tmp_path: Path) -> None:
    run("--output", tmp_path / "out.csv")
    title, header, *rows = rows_of((tmp_path / "out.csv").read_bytes().decode())
    assert title == ["Sjukhuset", "", ""]
    assert header == ["lopnr", "kod", "note", *(f"{name}_2" for name in COLUMNS)]
    assert [row[:3] for row in rows] == [
        ["1", "a", "x"], ["2", "B", "two\nlines; one cell"], ["3", "Z9", ""], ["4", "C", "more"], ["5", "B", "-5"],
        ["", "", ""], ["6", "=A", "=1+1"],
    ]  # fmt: skip
    assert [(row[3], row[6]) for row in rows] == [
        ("x", "exact"), ("x; y", "ambiguous"), ("", "unknown-code"), ("x; y", "depends"), ("x; y", "ambiguous"),
        ("", "no-code"), ("x", "exact"),
    ]  # fmt: skip
    assert rows[3][9:] == ["than", "the header"]
    assert rows[1][4:8] == [
        "Ex; Why", "equivalent; equivalent", "ambiguous", "toy-to-odd 2020 (equivalent); toy-to-odd 2020 (equivalent)",
    ]  # fmt: skip
    assert not list(tmp_path.glob("*.part"))


def test_summary(run: Run, tmp_path: Path) -> None:
    result = run()
    lines = result.stderr.splitlines()
    assert lines[0] == "list.csv (column kod, utf-8): toy → odd 2020"
    assert [line.split(maxsplit=1) for line in lines[1:9]] == [
        ["7", "rows"], ["2", "exact"], ["2", "ambiguous"], ["1", "depends"], ["1", "unknown-code"], ["1", "no-code"],
        ["2", "lost"], ["5", "needs a person"],
    ]  # fmt: skip
    assert lines[9:] == ["most frequent lost: Z9 1", "most frequent ambiguous: B 2"]
    assert rows_of(result.stdout)[1][:2] == ["lopnr", "kod"]
    found = json.loads(run("--json", "--output", tmp_path / "out.csv").stdout)
    assert found == json.loads(run("--json").stderr)
    assert (found["rows"], found["lost"], found["ambiguous"], found["needs_person"]) == (7, 2, 2, 5)
    assert found["certainty"]["depends"] == 1
    assert found["ambiguous_codes"] == [{"code": "B", "rows": 2}]
    assert (found["source"], found["target"], found["target_version"]) == ("toy", "odd", "2020")


def test_nothing_for_a_person(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("kod\nA\na\n", "utf-8")
    assert rows_of(run(expect=0).stdout, ",")[2][:3] == ["a", "x", "Ex"]
    assert rows_of(run(to="toy", expect=0).stdout, ",")[2][:3] == ["a", "A", "Apple"]


def test_age_sex_and_dates(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.tsv").write_text("kod\tkön\tålder\tdag\nC\tK\t34\t2020-05-01\nC\t1\t\t1 May\n", "utf-8")
    columns = ("--sex-column", "kön", "--age-column", "Ålder")
    result = run(*columns, "--date-column", "dag", "--output", tmp_path / "out.tsv", file="list.tsv")
    assert "unknown-date" in result.stderr
    _, first, second = rows_of((tmp_path / "out.tsv").read_text("utf-8"), "\t")
    assert (first[4], first[7], second[4], second[7]) == ("x", "exact", "", "unknown-date")
    _, first, second = rows_of(run(*columns, file="list.tsv", expect=0).stdout, "\t")
    assert (first[4], second[4]) == ("x", "y")


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8-sig", "utf-8-sig"), ("cp1252", "utf-8"), ("utf-16", "utf-8")]
)
def test_encodings(run: Run, tmp_path: Path, encoding: str, expected: str) -> None:
    (tmp_path / "list.csv").write_bytes("kod;ort\nA;Malmö på Åland\n".encode(encoding))
    run("--output", tmp_path / "out.csv", expect=0)
    data = (tmp_path / "out.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") == (expected == "utf-8-sig")
    assert rows_of(data.decode(expected))[1][:2] == ["A", "Malmö på Åland"]


def test_a_workbook(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["kod", "n"], ["A", 1], [None, None], ["A", None]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    assert [row[:3] for row in rows_of(run(file="list.xlsx", expect=0).stdout, ",")[1:]] == [
        ["A", "1", "x"], ["A", "", "x"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--code-column", "icd"), "list.csv: no column 'icd'; found"),
        (("--age-column", "ålder"), "beside a column 'ålder'; found lopnr"),
        (("--date-column", "dag"), "beside a column 'dag'"),
        (("--map", "nothing"), "no map 'nothing' is loaded"),
        (("--to-version", "1999"), "odd has no version '1999'"),
        (("--version", "1999"), "toy has no version '1999'"),
        (("--date", "1999-01-01"), "toy has no release in force on 1999-01-01"),
        (("--date", "1 May"), "is not a day"),
        (("--date", "2020-05-01", "--version", "2020"), "give one of --date-column, --date and --version"),
        (("--output", "out.xlsx"), "rows are written as text"),
        (("--to", "nowhere"), "no code system 'nowhere' is loaded"),
        (("--to", "toy", "--map", "toy-to-odd"), "within one code system no map is used"),
    ],
)
def test_refused(run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    output = () if "--output" in arguments else ("--output", tmp_path / "out.csv")
    result = run(*arguments, *output, expect=2)
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize("text", ['kod;text\nA;x\nB;"and so on\nC;y\n', "", "kod\n\x00\n"])
def test_an_unreadable_file_leaves_nothing_behind(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "list.csv").write_text(text, "utf-8")
    (tmp_path / "out.csv").write_text("as it was", "utf-8")
    assert "list.csv" in run("--output", tmp_path / "out.csv", expect=2).stderr
    assert (tmp_path / "out.csv").read_text("utf-8") == "as it was"
    assert not list(tmp_path.glob("*.part"))


def test_the_list_itself_is_never_written_over(run: Run, tmp_path: Path) -> None:
    assert "take the place of FILE" in run("--output", tmp_path / "list.csv", expect=2).stderr
    assert (tmp_path / "list.csv").read_text("utf-8") == LIST


def test_codes_beyond_what_is_counted(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termservice.recodelist.MOST_CODES", 2)
    monkeypatch.setattr("termservice.recodelist.MOST_REMEMBERED", 2)
    (tmp_path / "list.csv").write_text("kod\n" + "".join(f"Z{n}\n" for n in (1, 2, 2, 3, 4, 2)), "utf-8")
    lines = run().stderr.splitlines()
    assert lines[-1] == "most frequent lost: Z2 3, Z1 1, and 2 rows of other codes"
    assert ["6", "lost"] in [line.split() for line in lines]
