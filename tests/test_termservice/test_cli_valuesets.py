"""Value sets at the prompt: loaded from a list of one's own, listed, and checked for codes that are gone."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_termservice.running import run


@pytest.fixture
def chosen(toy: Any) -> Any:
    toy.put("2020", {"A": "Apple", "B": "Banana", "=C": "Cherry"})
    toy.put("2021", {"A": "Apple", "N": "Nut", "=C": "Cherry"}, stated=[("B", "replaced-by", "N")])
    toy.load(
        toy.valueset("2019", ["A", "B"]),
        toy.valueset("2022", ["A", {"system": "toy", "code": "B", "comment": "Se=N"}, "=C", "X", "far F"]),
        toy.valueset("2022", ["A"], id="whole"),
        toy.valueset("2022", [], id="ruled", compose='{"include":[{"system":"http://example.org/toy"}]}'),
    )
    return toy


# --- loading a list of one's own


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "koder.csv"
    path.write_text("Kod;Benämning\nav035;Mätning\nDU008;Stöd\n", "utf-8")
    return path


OWN = ("--valueset", "Norrs koder", "--system", "KVÅ", "--version", "2026")


def test_a_list_is_loaded_as_a_value_set_and_found_again(table: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (row,) = json.loads(run(home, "identify", table, *OWN, "--json").stdout)
    assert (row["system"], row["version"], row["loader"], row["form"]) == (
        "norrs-koder",
        "2026",
        "value_lists",
        "value set",
    )
    assert (
        "norrs-koder 2026: loaded (value set, in force from 2026-01-01): 2 members"
        in run(home, "load", table, *OWN, "--column", "code=Kod", "--column", "display=Benämning").stdout
    )
    assert "unchanged" in run(home, "load", table, *OWN, "--column", "code=Kod", "--column", "display=Benämning").stdout
    run(home, "rollback", "norrs-koder")
    assert "norrs-koder 2026 is active" in run(home, "activate", "norrs-koder", "2026").stdout
    run(home, "verify")
    (release,) = json.loads(run(home, "releases", "--system", "norrs-koder", "--json").stdout)
    assert (release["version"], release["status"]) == ("2026", "active")
    (status,) = json.loads(run(home, "status", "--json").stdout)["valuesets"]
    assert status == {"valueset": "norrs-koder", "versions": 1, "latest": "2026", "members": 2}
    assert "norrs-koder  1         2026    2" in run(home, "status").stdout


def test_what_is_called_a_value_set_is_one_though_it_looks_like_a_release(tmp_path: Path) -> None:
    """Without `--valueset`, or a TOML file that says so, such a list is a short KVÅ."""
    path = tmp_path / "kva-egna.csv"
    path.write_text("KOD;TEXT\nAV035;Mätning\nDU008;Stöd\n", "utf-8")

    def loaders(*options: str) -> set[str]:
        return {row["loader"] for row in json.loads(run(tmp_path, "identify", path, *options, "--json").stdout)}

    assert loaders("--version", "2026") == {"kva"}
    named = ("--valueset", "egna", "--system", "kva", "--version", "2026", "--column", "code=KOD")
    assert loaders(*named, "--column", "display=TEXT") == {"value_lists"}
    toml = '[valueset]\nid = "egna"\nsystem = "kva"\n[columns]\ncode = "KOD"\ndisplay = "TEXT"\n'
    path.with_suffix(".toml").write_text(toml, "utf-8")
    assert loaders("--version", "2026") == {"value_lists"}


def test_a_list_without_its_code_system_is_refused(table: Path, tmp_path: Path) -> None:
    refused = run(
        tmp_path / "home", "load", table, "--valueset", "x", "--version", "1", "--column", "code=Kod", expect=2
    )
    assert "which code system are the codes of?" in refused.stderr


# --- what there is


def test_the_value_sets(chosen: Any) -> None:
    lines = run(chosen.home, "valuesets").stdout.splitlines()
    assert lines[0].split() == ["value", "set", "version", "members", "of", "title"]
    assert lines[1].split() == ["chosen", "2022", "5", "far,", "toy", "chosen"]
    assert lines[2].split() == ["ruled", "2022", "rule", "ruled"]
    listed = json.loads(run(chosen.home, "valuesets", "--json").stdout)
    assert [each["id"] for each in listed["items"]] == ["chosen", "ruled", "whole"]


def test_one_value_set_and_its_members(chosen: Any) -> None:
    lines = run(chosen.home, "valuesets", "urn:valueset:chosen", "--date", "2022-03-01").stdout.splitlines()
    assert lines[:5] == [
        "chosen  chosen",
        "  Nobody; urn:valueset:chosen",
        "  2022  from 2022-01-01  5 members  in force",
        "  2019  from 2019-01-01  2 members",
        "2022 on 2022-03-01: 5 members; far (not loaded), toy 2021",
    ]
    shown = [line.split() for line in lines[5:]]
    assert shown[1:] == [
        ["far", "F", "not-loaded"], ["toy", "=C", "Cherry"], ["toy", "A", "Apple"],
        ["toy", "B", "withdrawn", "Banana", "Se=N"], ["toy", "X", "unknown-code"],
    ]  # fmt: skip
    found = json.loads(run(chosen.home, "valuesets", "chosen", "--version", "2019", "--json").stdout)
    assert (found["valueset"]["id"], found["members"]["total"]) == ("chosen", 2)
    assert '  a rule: {"include":[' in run(chosen.home, "valuesets", "ruled").stdout


# --- check-list


def test_members_that_are_gone_need_a_person(chosen: Any) -> None:
    checked = run(chosen.home, "check-list", "--valueset", "chosen", "--date", "2022-03-01", expect=1)
    assert checked.stdout.splitlines() == [
        "chosen 2022 on 2022-03-01 (far (not loaded), toy 2021): 5 members, 2 current, 1 not-loaded, 1 unknown-code, "
        "1 withdrawn, 3 needs a person",
        "  far  F: not-loaded",
        "  toy  B Banana: withdrawn; replaced-by N Nut",
        "  toy  X: unknown-code",
    ]


def test_where_all_are_current_nobody_is_needed(chosen: Any) -> None:
    assert run(chosen.home, "check-list", "--valueset", "whole").stdout.endswith(
        "1 members, 1 current, 0 needs a person\n"
    )
    run(chosen.home, "check-list", "--valueset", "chosen", "--version", "2019", expect=1)
    run(chosen.home, "check-list", "--valueset", "chosen", "--date", "2020-03-01")


def test_the_check_as_csv_and_json_lines(chosen: Any, tmp_path: Path) -> None:
    asked = ("check-list", "--valueset", "chosen", "--date", "2022-03-01")
    path = tmp_path / "ut.csv"
    result = run(chosen.home, *asked, "--output", path, expect=1)
    assert (result.stdout, result.stderr.startswith("chosen 2022 on 2022-03-01 ")) == ("", True)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["code"], row["version"], row["status"], row["needs_person"], row["successors"]) for row in rows] == [
        ("F", "", "not-loaded", "true", ""),
        ("'=C", "2021", "current", "false", ""),
        ("A", "2021", "current", "false", ""),
        ("B", "2021", "withdrawn", "true", "N"),
        ("X", "2021", "unknown-code", "true", ""),
    ]
    *lines, last = map(json.loads, run(chosen.home, *asked, "--format", "json", expect=1).stdout.splitlines())
    assert [line["status"] for line in lines] == [row["status"] for row in rows]
    assert last["summary"] | {"revision": 0} == {
        "valueset": "chosen", "version": "2022", "date": "2022-03-01", "revision": 0,
        "systems": {"far": None, "toy": "2021"}, "members": 5, "current": 2, "not-loaded": 1, "unknown-code": 1,
        "withdrawn": 1, "needs a person": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check-list", "--valueset", "chosn"), "no value set 'chosn' is loaded; nearest: chosen"),
        (("check-list", "--valueset", "ruled"), "ruled is a rule: it lists no members"),
        (("check-list", "--valueset", "chosen", "--system", "toy"), "--valueset is checked alone"),
        (("check-list", "--valueset", "chosen", "--from", "2020"), "--valueset is checked alone"),
        (("check-list", "--valueset", "chosen", "--format", "xlsx"), "reported as text, csv, json"),
        (("check-list", "--valueset", "chosen", "--version", "2022", "--date", "2022-01-01"), "not both"),
        (("check-list",), "give a FILE and --system, or --valueset"),
        (("valuesets", "--date", "2022-01-01"), "give its ID"),
        (("valuesets", "chosen", "--date", "i går"), "is not a day"),
    ],
)
def test_what_is_refused(chosen: Any, arguments: tuple[str, ...], message: str) -> None:
    assert message in run(chosen.home, *arguments, expect=2).stderr


def test_a_bundle_may_hold_maps_and_value_sets(tmp_path: Path) -> None:
    ends = {"source": "http://x.example/a", "target": "http://x.example/b"}
    element = {"code": "A", "target": [{"code": "B", "relationship": "equivalent"}]}
    include = {"system": "http://x.example/a", "concept": [{"code": "A"}]}
    made = (
        {"resourceType": "ConceptMap", "id": "karta", "version": "2026", "group": [{**ends, "element": [element]}]},
        {"resourceType": "ValueSet", "id": "urval", "version": "2026", "compose": {"include": [include]}},
        {"resourceType": "ValueSet", "id": "urval", "version": "2025", "compose": {"include": [include, include]}},
    )
    path, home = tmp_path / "allt.json", tmp_path / "home"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": each} for each in made]}), "utf-8")
    told = run(home, "load", path).stdout
    assert all(f"{each} loaded" in told for each in ("karta 2026:", "urval 2025:", "urval 2026:"))
    for name in ("karta", "urval"):
        run(home, "rollback", name)
        assert f"{name} 2026 is active" in run(home, "activate", name, "2026").stdout
    run(home, "verify")
