"""translate and maps at the prompt: lines for people, JSON for programs, exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.test_termservice.running import run

FRUIT: dict[str, Any] = {"A": "Apple", "B": "Banana", "C": "Cherry", "D": "Date", "E": "Elder"}
ODD = {"x": "Odd apple", "y": "Odd banana", "old": "Gone", "z1": "Odd cherry", "z2": "Odder cherry"}
FEMALE = "IFA 248152002 | Female (finding) |"
ELEMENTS: list[Any] = [
    ("A", "x", "equivalent"),
    ("B", "old", "source-is-narrower-than-target"),
    {"source": "C", "target": "z1", "rule": FEMALE, "advice": "Women\nonly"},
    {"source": "C", "target": "z2", "priority": 2, "rule": "OTHERWISE TRUE", "comment": "all others"},
    {"source": "C", "target": "y", "group": 2, "rule": "TRUE"},
    {"source": "D", "relationship": "unmapped", "comment": "no such thing"},
]


@pytest.fixture
def mapped(toy: Any) -> Any:
    toy.put("2020", FRUIT)
    toy.put("2020", ODD, system="odd")
    toy.put("2021", {code: title for code, title in ODD.items() if code != "old"}, system="odd")
    toy.load(
        toy.map("2020", ELEMENTS, source_version="2020"),
        toy.map("2021", [*ELEMENTS, ("A", "y", "related-to")]),
        toy.map("2020", [("x", "f", "source-is-broader-than-target")], source="odd", target="far"),
    )
    return toy


def lines(toy: Any, *arguments: object, expect: int = 0) -> list[str]:
    return run(toy.home, *arguments, expect=expect).stdout.splitlines()


def test_a_translation(mapped: Any) -> None:
    assert lines(mapped, "translate", "toy", "a", "--to", "odd", "--date", "2020-06-30") == [
        "A  Apple",
        "  toy 2020",
        "→ odd  x  Odd apple",
        "    equivalent  (toy-to-odd 2020)",
    ]


def test_into_all_code_systems_over_others_and_backwards(mapped: Any) -> None:
    told = lines(mapped, "translate", "toy", "A")
    assert [line for line in told if line.startswith("→")] == [
        "→ odd  x  Odd apple", "→ odd  y  Odd banana", "→ far  f",
    ]  # fmt: skip
    assert told[-2:] == [
        "    via toy A → odd x  equivalent  (toy-to-odd 2021)",
        "    via odd x → far f  source-is-broader-than-target  (odd-to-far 2020)",
    ]
    assert lines(mapped, "translate", "far", "f", "--to", "odd") == [
        "f",
        "  far (not loaded)",
        "→ odd  x  Odd apple",
        "    source-is-narrower-than-target  (odd-to-far 2020, read backwards)",
    ]


def test_a_target_that_is_gone_says_what_follows_it(mapped: Any) -> None:
    mapped.load(mapped.state("changes-2021", ("old", "replaced-by"), system="odd"), version="2021-01-01-changes")
    mapped.execute("UPDATE stated SET other_code='y' WHERE code='old'")
    told = lines(mapped, "translate", "toy", "B", "--to", "odd")
    assert "→ odd  old  Gone  [withdrawn]" in told
    assert "    replaced-by y  Odd banana" in told
    assert told[-1] == "not to be used any more: old"
    past = lines(mapped, "translate", "toy", "B", "--to", "odd", "--to-version", "2020")
    assert "→ odd  old  Gone" in past


def test_rules_that_wait_say_what_for(mapped: Any) -> None:
    assert lines(mapped, "translate", "toy", "C", "--to", "odd")[2:] == [
        "→ odd  z1  Odd cherry  [depends]",
        "    related-to  (toy-to-odd 2021)",
        f"    rule: {FEMALE}",
        "    advice: Women only",
        "    depends on sex: 248152002 | Female (finding) |",
        "→ odd  z2  Odder cherry  [depends]",
        "    related-to  (toy-to-odd 2021)",
        "    rule: OTHERWISE TRUE",
        "    comment: all others",
        "    depends on sex: 248152002 | Female (finding) |",
        "→ odd  y  Odd banana",
        "    related-to, group 2  (toy-to-odd 2021)",
        "    rule: TRUE",
        "which target holds depends on what `needs` lists",
    ]


@pytest.mark.parametrize(
    ("known", "targets"),
    [
        (("--sex", "female"), ["z1", "y"]),
        (("--sex", "male"), ["z2", "y"]),
        (("--code", "248152002"), ["z1", "y"]),
        (("--code", "248153007", "--no-other-codes"), ["z2", "y"]),
        (("--no-other-codes",), ["z1", "z2", "y"]),
        (("--age", "34 years"), ["z1", "z2", "y"]),
    ],
)
def test_what_is_known_of_the_person(mapped: Any, known: tuple[str, ...], targets: list[str]) -> None:
    found = json.loads(run(mapped.home, "translate", "toy", "C", "--to", "odd", "--json", *known).stdout)
    assert [match["code"] for match in found["matches"]] == targets


@pytest.mark.parametrize(
    ("given", "codes"),
    [((), "J1 J2"), (("--no-other-codes",), "J2"), (("--code", "777"), "J1"), (("--code", "8"), "J2")],
)
def test_other_codes(toy: Any, given: tuple[str, ...], codes: str) -> None:
    rows = [
        {"source": "S", "target": "J1", "rule": "IFA 777777777 | Some finding |"},
        {"source": "S", "target": "J2", "priority": 2, "rule": "OTHERWISE TRUE"},
    ]
    toy.load(toy.map("2020", rows))
    asked = [each.replace("777", "777777777") for each in given]
    found = json.loads(run(toy.home, "translate", "toy", "S", "--to", "odd", "--json", *asked).stdout)
    assert " ".join(match["code"] for match in found["matches"]) == codes


def test_without_a_match_the_exit_code_is_1(mapped: Any) -> None:
    told = lines(mapped, "translate", "toy", "D", expect=1)
    assert "✗ odd  no target: no such thing  (toy-to-odd 2021)" in told
    assert told[-1] == "toy-to-odd states that D has no target: no such thing"
    assert lines(mapped, "translate", "toy", "E", "--to", "odd", expect=1)[-1].startswith("no map leads from E")
    found = json.loads(run(mapped.home, "translate", "toy", "D", "--json", expect=1).stdout)
    assert (found["result"], found["unmapped"][0]["reason"]) == (False, "no such thing")


def test_versions_and_one_map(mapped: Any) -> None:
    named = json.loads(run(mapped.home, "translate", "toy", "A", "--to", "odd", "--version", "2020", "--json").stdout)
    assert [match["map_version"] for match in named["matches"]] == ["2020"]
    only = run(mapped.home, "translate", "toy", "A", "--to", "odd", "--map", "odd-to-far", expect=1).stdout
    assert "no map leads" in only


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("translate", "tojs", "A"), "no code system 'tojs' is loaded"),
        (("translate", "toy", "A", "--to", "odder"), "no code system 'odder' is loaded; nearest: odd"),
        (("translate", "toy", "Z"), "toy has never had a code 'Z'"),
        (("translate", "toy", "A", "--version", "1999"), "toy has no version '1999'"),
        (("translate", "toy", "A", "--date", "soon"), "'soon' is not a day"),
        (("translate", "toy", "A", "--map", "toy-to-od"), "no map 'toy-to-od' is loaded; nearest: toy-to-odd"),
        (("translate", "toy", "A", "--age", "old"), "Invalid value for '--age': 'old' is no age"),
        (("translate", "toy", "A", "--sex", "f"), "Invalid value for '--sex'"),
        (("translate", "toy"), "Missing argument 'CODE'"),
        (("maps", "nope"), "no map 'nope' is loaded"),
    ],
)
def test_what_is_refused(mapped: Any, arguments: tuple[str, ...], message: str) -> None:
    assert message in run(mapped.home, *arguments, expect=2).stderr


@pytest.mark.parametrize("arguments", [("translate", "toy", "A"), ("maps",)])
def test_without_a_store(toy: Any, arguments: tuple[str, ...]) -> None:
    assert "load a release first" in run(toy.home, *arguments, expect=2).stderr


def test_the_maps(mapped: Any) -> None:
    told = [line.split() for line in lines(mapped, "maps")]
    assert told == [
        ["map", "version", "from", "to", "rows", "mapped", "targets", "in", "force"],
        ["odd-to-far", "2020", "odd", "far", "1", "1", "(25%)", "–"],
        ["toy-to-odd", "2021", "toy", "odd", "7", "3", "(60%)", "4", "(80%)"],
    ]
    listed = json.loads(run(mapped.home, "maps", "--json").stdout)
    assert [each["id"] for each in listed["items"]] == ["odd-to-far", "toy-to-odd"]


def test_one_map(mapped: Any) -> None:
    assert lines(mapped, "maps", "urn:conceptmap:toy-to-odd") == [
        "toy-to-odd  toy-to-odd",
        "  Nobody; urn:conceptmap:toy-to-odd",
        "  from toy to odd",
        "  2021  from 2021-01-01  7 rows  in force",
        "  2020  from 2020-01-01  6 rows",
        "  4 source codes: 3 with a target, 1 without",
        "  of 5 active concepts of the source: 3 (60%) mapped",
        "  5 targets: 4 in force, 1 not",
        "  equivalent: 1",
        "  related-to: 4",
        "  source-is-narrower-than-target: 1",
        "  unmapped: 1",
    ]
    found = json.loads(run(mapped.home, "maps", "toy-to-odd", "--json").stdout)
    assert found["coverage"]["targets_gone"] == 1


def test_a_map_of_the_future_only(toy: Any) -> None:
    (outcome,) = toy.load(toy.map("2090", [("A", "x", "equivalent")], source_version="2089", target_version="2091"))
    assert outcome.status == "loaded", outcome
    assert lines(toy, "maps")[1].split() == ["toy-to-odd", "–", "toy", "odd", "–", "–", "–"]
    assert lines(toy, "maps", "toy-to-odd")[2:] == ["  from toy to odd", "  2090  from 2090-01-01  1 rows"]
