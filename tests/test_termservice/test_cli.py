"""The command line: what it prints, its exit codes, and one line instead of a traceback."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from termservice.cli import main
from termservice.cli.commands import Placed
from termservice.cli.document import document
from tests.test_termservice import running
from tests.test_termservice.running import Run

CODES: dict[str, Any] = {
    "A": {"title": "Apple", "level": "chapter", "abstract": True},
    "A1": {"title": "Green apple", "parents": ["A"], "synonyms": ["Granny"], "properties": [["note", "Sour."]]},
    "B": {"title": "Banana", "valid_to": "2021-06-30"},
}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(toy: Any) -> Run:
    """Runs a command on the toy's home; whatever is wrong must not be an exception."""

    return lambda *arguments, **more: running.run(toy.home, *arguments, **more)


@pytest.fixture
def loaded(toy: Any, run: Run) -> Any:
    run("load", toy.release("2020", CODES), toy.release("2021", CODES | {"C": "Cherry"}))
    return toy


def complaint(result: Result) -> str:
    """The only line on standard error besides progress."""
    lines = [line for line in result.stderr.splitlines() if not line.startswith("[")]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("termservice: ")
    return lines[0].removeprefix("termservice: ")


def test_loading_says_what_was_done(toy: Any, run: Run) -> None:
    result = run("load", toy.release("2020", CODES))
    assert "✓ toy 2020: loaded (json, in force from 2020-01-01): 3 codes, 10 facts, 10 rows added" in result.stdout
    assert "[0/2] loading toy 2020" in result.stderr
    again = run("load", toy.folder / "delivery-1")
    assert "unchanged" in again.stdout


def test_loading_as_json(toy: Any, run: Run) -> None:
    report = json.loads(run("load", "--json", toy.release("2020", CODES)).stdout)
    assert report["revision"] == 1
    (release,) = report["releases"]
    assert (release["status"], release["system"], release["version"], release["concepts"]) == (
        "loaded", "toy", "2020", 3,
    )  # fmt: skip


def test_loading_a_list_with_columns(toy: Any, run: Run) -> None:
    path = toy.folder / "list.csv"
    path.write_text("Kod;Text\nN1;Akuten\n", "utf-8")
    options = ("--system", "region", "--version", "2026", "--effective-date", "2020-01-01")
    run("load", path, *options, "--column", "code=Kod", "--column", "display=Text")
    assert run("lookup", "region", "n1").stdout.startswith("N1  Akuten\n")


REFUSED: list[tuple[str, Callable[[Any], list[object]], str]] = [
    ("no such path", lambda toy: [toy.folder / "nowhere"], "no such file"),
    ("nothing known", lambda toy: [toy.folder], "no release recognised"),
    ("broken", lambda toy: [toy.release("2022", CODES, broken="line 7: no title")], "toy 2022: .*line 7: no title"),
    ("not whole", lambda toy: [toy.release("2022", CODES, missing=["KXX"])], "toy 2022: .*KXX missing; --partial"),
    ("no version", lambda toy: [toy.release(None, CODES)], "give --version"),
]


@pytest.mark.parametrize(("arguments", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refusals(toy: Any, run: Run, arguments: Callable[[Any], list[object]], message: str) -> None:
    result = run("load", *arguments(toy), expect=2)
    assert re.search(message, complaint(result))


def test_what_can_be_loaded_is_loaded_beside_what_is_refused(toy: Any, run: Run) -> None:
    good, bad = toy.release("2020", CODES), toy.release("2021", CODES, broken="no")
    result = run("load", good, bad, expect=2)
    assert "✓ toy 2020" in result.stdout
    assert "✗ toy 2021" in result.stdout
    assert run("lookup", "toy", "a1").exit_code == 0


@pytest.mark.parametrize("column", ["code", "=Kod", "code="])
def test_a_column_mapping_that_is_none(toy: Any, run: Run, column: str) -> None:
    assert "FIELD=COLUMN" in run("load", toy.folder, "--column", column, expect=2).stderr


def test_identify_changes_nothing(toy: Any, run: Run) -> None:
    toy.release("2020", CODES, form="poor", rank=-1, path="in/poor.toy")
    toy.release("2020", CODES, path="in/rich.toy", missing=["KXX"])
    toy.release("2021", CODES, path="in/other.toy")
    (toy.folder / "in" / "readme.txt").write_text("hello")
    text = run("identify", toy.folder / "in").stdout
    assert text.splitlines()[0].split() == [
        "system", "version", "effective_date", "loader", "form", "read", "missing", "files",
    ]  # fmt: skip
    rows = json.loads(run("identify", "--json", toy.folder / "in").stdout)
    assert [(row["system"], row.get("version"), row.get("form"), row["read"], row["files"]) for row in rows] == [
        ("toy", "2020", "poor", True, ["poor.toy"]),
        ("toy", "2021", "json", True, ["other.toy"]),
        ("toy", "2020", "json", False, ["rich.toy"]),
        (None, None, None, False, ["readme.txt"]),
    ]
    assert not toy.home.exists()
    assert "no release" in complaint(run("identify", toy.folder / "in" / "readme.txt", expect=2))


def test_lookup(loaded: Any, run: Run) -> None:
    assert run("lookup", "urn:oid:1.2.3.4", "a1", "--version", "2020").stdout.splitlines() == [
        "A1  Green apple",
        "  toy 2020; from 2020-01-01 or earlier",
        "  under A",
        "  synonym (sv): Granny",
        "  Anmärkning: Sour.",
    ]
    assert run("lookup", "toy", "A").stdout.startswith("A  Apple  [heading]\n  toy 2021, chapter; from")
    inactive = "B  Banana  [inactive]\n  toy 2021; from 2020-01-01 or earlier to 2021-06-30\n"
    assert run("lookup", "toy", "B").stdout == inactive
    assert run("lookup", "toy", "B", "--date", "2021-06-30").stdout.startswith("B  Banana\n")
    assert json.loads(run("lookup", "toy", "A1", "--json").stdout)["code"] == "A1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("toy", "A9"), "toy has never had a code 'A9'; nearest: A, A1"),
        (("toy", "C", "--version", "2020"), "toy 2020 does not hold C; it is in 2021"),
        (("toy", "A", "--version", "1999"), "toy has no version '1999'; it has 2020, 2021"),
        (("toy", "A", "--date", "1999-01-01"), "toy has no release in force on 1999-01-01"),
        (("toy", "A", "--date", "1 May"), "date: '1 May' is not a day"),
        (("tojs", "A"), "no code system 'tojs' is loaded; nearest: toy"),
    ],
)
def test_lookup_of_what_is_not_there(loaded: Any, run: Run, arguments: tuple[str, ...], message: str) -> None:
    assert complaint(run("lookup", *arguments, expect=2)).startswith(message)


def test_search(loaded: Any, run: Run) -> None:
    lines = run("search", "granny", "--system", "toy").stdout.splitlines()
    assert lines[0].split() == ["system", "code", "display", "matched"]
    assert lines[1].split() == ["toy", "A1", "Green", "apple", "Granny"]
    assert lines[-1].startswith("1 found in ")
    assert run("search", "granny xyzzqq").stdout.splitlines()[0] == "Ingen träff innehåller: xyzzqq"
    found = json.loads(run("search", "apple", "--json", "--limit", "1").stdout)
    assert (found["total"], [item["code"] for item in found["items"]]) == (2, ["A"])
    assert run("search", "apple", "--language", "de").stdout.splitlines()[-1].startswith("0 found in ")
    levels = [item["level"] for item in json.loads(run("search", "apple", "--json").stdout)["items"]]
    kept = json.loads(run("search", "apple", "--json", "--level", levels[0], "--level", "none").stdout)
    assert [item["level"] for item in kept["items"]] == [level for level in levels if level == levels[0]]
    assert run("search", "apple", "--level", "none").stdout.splitlines()[-1].startswith("0 found in ")
    assert run("search", "nothing like it").stdout.splitlines()[-1].startswith("0 found in ")
    assert "no code system" in complaint(run("search", "apple", "--system", "x", expect=2))
    assert run("search", "apple", "--limit", "0", expect=2)


def test_export(loaded: Any, run: Run) -> None:
    table = list(csv.DictReader(io.StringIO(run("export", "toy").stdout)))
    assert [row["code"] for row in table] == ["A", "A1", "B", "C"]
    lines = run("export", "toy", "--version", "2020", "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line)["code"] for line in lines] == ["A", "A1", "B"]
    assert "has no version" in complaint(run("export", "toy", "--version", "1", expect=2))


def test_check_list(loaded: Any, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("klartext;post\n;a1\nx;B\ny;Z\n;\n", "utf-8")
    arguments = ("check-list", path, "--system", "toy", "--code-column", "post", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(run(*arguments, expect=1).stdout)))
    assert [(row["line"], row["code"], row["status"], row["valid_now"]) for row in rows] == [
        ("2", "A1", "ok", "true"), ("3", "B", "withdrawn", "false"), ("4", "", "unknown-code", "false"),
    ]  # fmt: skip
    assert "never had" in rows[2]["message"]
    at_the_time = run(*arguments, "--date", "2021-06-30", expect=1)
    assert at_the_time.stdout.splitlines()[2].startswith("3,B,,ok,false,B,2021,true,Banana")
    path.write_text("kod\nA\nA1\n", "utf-8")
    assert "2  rows\n" in run("check-list", path, "--system", "toy").stdout
    found = complaint(run("check-list", path, "--system", "toy", "--code-column", "post", expect=2))
    assert found.endswith("no column 'post'; found kod")
    assert "no code system" in complaint(run("check-list", path, "--system", "x", expect=2))


def test_releases_and_status(loaded: Any, run: Run) -> None:
    run("load", "--hold", loaded.release("2022", CODES))
    rows = json.loads(run("releases", "--json", "--system", "http://example.org/toy").stdout)
    assert [(row["version"], row["status"], row["partial"]) for row in rows] == [
        ("2020", "active", False), ("2021", "active", False), ("2022", "held", False),
    ]  # fmt: skip
    assert run("releases").stdout.splitlines()[0].startswith("system")
    assert "no code system" in complaint(run("releases", "--system", "x", expect=2))
    report = json.loads(run("status", "--json").stdout)
    assert (report["revision"], report["systems"][0]["index"]) == (1, "ok")
    assert "toy     2         2021" in run("status").stdout


def test_the_life_of_a_release(loaded: Any, run: Run) -> None:
    run("load", "--hold", loaded.release("2022", {"A": "Apples"}))
    assert run("activate", "toy").stdout == "toy 2022 is active, in force from 2022-01-01\n"
    assert run("lookup", "toy", "A").stdout.startswith("A  Apples")
    assert run("rollback", "toy").stdout == "toy 2022 is rolled back\n"
    assert "removed" in run("remove", "toy", "2022", "--yes").stdout
    assert run("remove", "toy", "2021", input="n\n", expect=1).stdout.rstrip().endswith("[y/N]: n")
    assert "revision" in run("reindex").stdout
    assert run("rebuild").stdout == "rebuilt from 2 releases\n"
    assert run("verify").stdout == "all is well\n"
    assert "there is 2020 (active), 2021 (active)" in complaint(run("activate", "toy", expect=2))


def test_verify_with_something_wrong(loaded: Any, run: Run) -> None:
    loaded.execute("UPDATE state SET active=0")
    assert "facts differ" in run("verify", expect=1).stdout


def test_backup_and_restore(loaded: Any, run: Run) -> None:
    file = loaded.folder / "b.zip"
    run("backup", file)
    assert "already" in complaint(run("restore", file, expect=2))
    loaded.home = loaded.folder / "new"
    run("restore", file)
    assert run("lookup", "toy", "A").exit_code == 0
    file.write_bytes(b"PK")
    loaded.home = loaded.folder / "newer"
    assert "no whole backup" in complaint(run("restore", file, expect=2))
    assert complaint(run("backup", loaded.folder / "b.zip", expect=2))
    loaded.home = loaded.folder / "new"
    assert complaint(run("backup", loaded.folder / "no" / "such" / "b.zip", expect=2))


@pytest.mark.parametrize(
    "arguments",
    [("status",), ("releases",), ("verify",), ("reindex",), ("rebuild",), ("search", "x"), ("lookup", "toy", "A"),
     ("export", "toy"), ("activate", "toy"), ("rollback", "toy"), ("remove", "toy", "1", "--yes")],
)  # fmt: skip
def test_without_a_store(toy: Any, run: Run, arguments: tuple[str, ...]) -> None:
    assert "load a release first" in complaint(run(*arguments, expect=2))
    assert not toy.home.exists()


def test_a_newer_store(loaded: Any, run: Run) -> None:
    loaded.execute("UPDATE meta SET value='999' WHERE key='schema'")
    for arguments in (("status",), ("lookup", "toy", "A"), ("rebuild",)):
        assert "newer program" in complaint(run(*arguments, expect=2))


def test_every_command_has_help_and_is_described() -> None:
    """`python -m termservice.cli.document > docs/cli.md` brings the page up to date."""
    page = document()
    for name, command in main.commands.items():
        assert f"## termservice {name}\n" in page
        assert isinstance(command, Placed)
        assert command.get_short_help_str(200) == command.command().get_short_help_str(200)
        result = CliRunner().invoke(main, [name, "--help"])
        assert (result.exit_code, "Usage: ") == (0, result.stdout[:7])
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == page
