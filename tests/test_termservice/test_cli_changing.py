"""history and diff at the prompt: text for people, files for programs, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from termservice.cli import changing
from tests.test_termservice.running import run

CODES: dict[str, Any] = {
    "A": {"title": "Fruit", "level": "chapter"},
    "A1": {"title": "Green apple, sour", "parents": ["A"], "properties": [["note", "Sour."], ["colour", "green"]]},
    "A2": {"title": "Pear", "parents": ["A"]},
    "B": "Banana",
}
LATER: dict[str, Any] = {
    "A": {"title": "Fruit", "level": "chapter"},
    "A1": {"title": "Red apple, sour", "parents": ["A"], "properties": [["note", "Sweet."], ["colour", "red"]]},
    "A2": "Pear.",
    "C": "=1+1",
}


@pytest.fixture
def changed(toy: Any) -> Any:
    toy.put("2020", CODES)
    toy.put("2021", LATER)
    return toy


def test_differences_as_text(changed: Any) -> None:
    lines = run(changed.home, "diff", "toy", "2020", "2021").stdout.splitlines()
    assert lines[0].startswith("toy 2020 to 2021: 1 introduced, 1 withdrawn, ")
    assert {
        "retitled          A1  [-Green-]{+Red+} apple, sour",
        "note-changed      A1  Red apple, sour  note: Sour. → Sweet.",
        "property-changed  A1  Red apple, sour  colour: green → red",
        "retitled          A2  Pear{+.+}  (cosmetic)",
        "moved             A2  Pear.  A → –",
        "withdrawn         B  Banana",
        "introduced        C  =1+1",
    } <= set(lines)


def test_the_publishers_word_names_its_source(changed: Any) -> None:
    changed.put("2022", LATER | {"D": "Date"}, stated=[["B", "replaced-by"], ["D", "introduced"]])
    changed.execute("UPDATE stated SET date='2022-01-01', other_code=iif(code='B', 'C', '')")
    lines = run(changed.home, "diff", "toy", "2021", "2022", "--source", "publisher").stdout.splitlines()
    replaced, introduced = (re.sub(" +", " ", line) for line in lines[1:])
    assert re.fullmatch(r"replaced-by B (Banana )?→ C \(publisher: .*, row 1\)", replaced)
    assert re.fullmatch(r"introduced D (Date )?\(publisher: .*, row 1\)", introduced)
    told = run(changed.home, "history", "toy", "B").stdout
    assert re.search(r"replaced-by: C  \(publisher: .*\)\n  replaced-by C  =1\+1\n", told)


def test_versions_by_a_day_and_todays_where_none_is_given(changed: Any) -> None:
    by_name = run(changed.home, "diff", "toy", "2020", "2021").stdout
    assert run(changed.home, "diff", "urn:oid:1.2.3.4", "2020-06-30").stdout == by_name
    back = run(changed.home, "diff", "toy", "2021", "2020-12-31", "--type", "introduced").stdout
    assert back.splitlines()[1:] == ["introduced        B  Banana"]
    same = run(changed.home, "diff", "toy", "2021", "2021").stdout
    assert same == "toy 2021 to 2021: no changes\n"


def test_types_and_under(changed: Any) -> None:
    some = run(changed.home, "diff", "toy", "2020", "2021", "--type", "introduced", "--type", "withdrawn").stdout
    assert [line.split()[1] for line in some.splitlines()[1:]] == ["B", "C"]
    below = run(changed.home, "diff", "toy", "2020", "2021", "--under", "a", "--type", "retitled").stdout
    assert [line.split()[1] for line in below.splitlines()[1:]] == ["A1", "A2"]


def test_differences_as_json_and_csv(changed: Any, tmp_path: Any) -> None:
    found = json.loads(run(changed.home, "diff", "toy", "2020", "2021", "--format", "json").stdout)
    assert (found["after_version"], found["version"], found["total"]) == ("2020", "2021", len(found["items"]))
    file = tmp_path / "changes.csv"
    assert run(changed.home, "diff", "toy", "2020", "2021", "--format", "csv", "--output", file).stdout == ""
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"), newline="")))
    assert [row["code"] for row in rows] == [item["code"] for item in found["items"]]
    assert rows[-1]["after"] == "'=1+1"


def test_differences_as_a_workbook(changed: Any, tmp_path: Any) -> None:
    file = tmp_path / "changes.xlsx"
    run(changed.home, "diff", "toy", "2020", "2021", "--format", "xlsx", "--output", file)
    piped = run(changed.home, "diff", "toy", "2020", "2021", "--format", "xlsx").stdout_bytes
    for source in (file, io.BytesIO(piped)):
        book = load_workbook(source)
        assert book.sheetnames[:3] == ["summary", "introduced", "withdrawn"]
        assert book["introduced"]["A2"].value == "C"


def test_a_workbook_is_not_for_a_terminal(changed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        stdout = type("Stream", (), {"isatty": lambda self: True})()

    monkeypatch.setattr(changing, "sys", Terminal)
    assert "--output" in run(changed.home, "diff", "toy", "2020", "--format", "xlsx", expect=2).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("diff", "toy", "1999"), "toy has no version '1999'; it has 2020, 2021"),
        (("diff", "toy", "2020", "2021-02-30"), "toy has no version '2021-02-30'"),
        (("diff", "toy", "1999-01-01"), "toy has no release in force on 1999-01-01"),
        (("diff", "tojs", "2020"), "no code system 'tojs' is loaded"),
        (("diff", "toy", "2020", "--under", "Z"), "toy has never had a code 'Z'"),
        (("diff", "toy", "2020", "--type", "grown"), "Invalid value for '--type'"),
        (("diff", "toy", "2020", "--output", "/nowhere/at/all.txt"), "/nowhere/at/all.txt"),
        (("history", "toy", "Z"), "toy has never had a code 'Z'"),
        (("history", "tojs", "A"), "no code system 'tojs' is loaded"),
    ],
)
def test_what_is_refused(changed: Any, arguments: tuple[str, ...], message: str) -> None:
    assert message in run(changed.home, *arguments, expect=2).stderr


@pytest.mark.parametrize("arguments", [("diff", "toy", "1"), ("history", "toy", "A")])
def test_without_a_store(toy: Any, arguments: tuple[str, ...]) -> None:
    assert "load a release first" in run(toy.home, *arguments, expect=2).stderr


def test_history(changed: Any) -> None:
    assert run(changed.home, "history", "toy", "a1").stdout.splitlines()[:3] == [
        "A1  Red apple, sour",
        "  toy; from 2020-01-01 or earlier",
        "  2021-01-01  2021  retitled: [-Green-]{+Red+} apple, sour",
    ]
    gone = run(changed.home, "history", "toy", "B").stdout.splitlines()
    assert gone[:3] == [
        "B  Banana  [inactive]",
        "  toy; from 2020-01-01 or earlier to 2020-12-31",
        "  2021-01-01  2021  withdrawn: Banana",
    ]
    assert "  2021-01-01  2021  moved: A → –" in run(changed.home, "history", "toy", "A2").stdout.splitlines()
    new = json.loads(run(changed.home, "history", "toy", "C", "--json").stdout)
    assert [event["type"] for event in new["events"]] == ["introduced"]
