"""Loading what is accepted: once, again, corrected, in any order, in parts, held or only tried."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from termservice import discovery, ingest
from termservice.answers import When

APPLE = {"A": "Apple", "A1": {"title": "Green apple", "parents": ["A"]}}
WHOLE = {"A": "Apple", "b": {"title": "Berry", "part": "low"}}
LOW = [("low", "state"), ("low", "designation:display:sv")]


def facts(toy: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Everything but what says when and by whom it was loaded, concepts and releases by name."""
    tables = {
        "version": "SELECT s.short, version, pos, effective, partial, concepts FROM version v "
        "JOIN system s ON s.id = v.system_id",
        "state": "SELECT c.code, active, abstract, level, vf, vt FROM state JOIN concept c ON c.id = cid",
        "designation": "SELECT c.code, use, lang, value, vf, vt FROM designation JOIN concept c ON c.id = cid",
        "edge": "SELECT c.code, rank, p.code, vf, vt FROM edge JOIN concept c ON c.id = cid "
        "JOIN concept p ON p.id = parent",
        "covers": "SELECT part, kind, pos FROM covers JOIN unit ON unit.id = unit",
    }
    return {name: sorted(toy.query(sql)) for name, sql in tables.items()}


def titles(toy: Any, when: When) -> dict[str, str]:
    return {each.code: each.display for each in toy.service().concepts("toy", when).items}


def test_the_report_of_a_first_load(toy: Any) -> None:
    (toy.folder / "in").mkdir()
    (toy.folder / "in" / "readme.txt").write_text("hello")
    toy.release("2020", APPLE, form="poor", rank=-1, path="in/poor.toy")
    toy.release("2020", APPLE, path="in/2020.toy")
    (outcome,) = toy.load(toy.folder / "in")
    assert (outcome.status, outcome.system, outcome.version, outcome.effective) == (
        "loaded", "toy", "2020", "2020-01-01",
    )  # fmt: skip
    assert (outcome.concepts, outcome.facts, outcome.rows_added) == (2, 5, 5)
    assert outcome.files == ["2020.toy"]
    assert outcome.other_forms == ["poor.toy (poor)"]
    assert outcome.unclaimed == ["readme.txt"]
    assert toy.revision() == 1


def test_loading_again_changes_nothing(toy: Any) -> None:
    release = toy.release("2020", APPLE)
    toy.load(release)
    before, files = toy.dump(), toy.files()
    (again,) = toy.load(release)
    assert again.status == "unchanged"
    assert (toy.dump(), toy.files()) == (before, files)


def test_what_is_known_is_not_read_again(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    release = toy.release("2020", APPLE)
    toy.load(release)
    monkeypatch.setattr(discovery, "loaders", lambda: ())
    assert [outcome.status for outcome in toy.load(release)] == ["unchanged"]


def test_the_same_bytes_under_another_name_are_the_same_release(toy: Any) -> None:
    release = toy.release("2020", APPLE)
    toy.load(release)
    before = toy.dump()
    (again,) = toy.load(release.rename(release.with_name("copy.toy")))
    assert again.status == "unchanged"
    after = toy.dump()
    assert after.pop("seen") != before.pop("seen")  # its name is remembered, for the next time
    assert after == before


def test_a_corrected_release_replaces_the_version(toy: Any) -> None:
    toy.put("2020", APPLE)
    corrected = toy.put("2020", APPLE | {"A": "Apples"})
    assert corrected.status == "corrected"
    assert toy.statuses() == [("2020", "replaced"), ("2020", "active")]
    assert titles(toy, When(version="2020"))["A"] == "Apples"
    assert toy.query("SELECT count(*) FROM designation") == [(2,)]
    assert len(toy.originals()) == 2


def test_a_replaced_release_loaded_again_takes_its_place_back(toy: Any) -> None:
    first = toy.release("2020", APPLE)
    toy.load(first)
    toy.put("2020", APPLE | {"A": "Apples"})
    (again,) = toy.load(first)
    assert again.status == "corrected"
    assert toy.statuses() == [("2020", "active"), ("2020", "replaced")]
    assert titles(toy, When(version="2020"))["A"] == "Apple"


def test_a_correction_may_move_the_date(toy: Any) -> None:
    toy.put("2020", APPLE)
    release = toy.release("2020", APPLE | {"A": "Apples"})
    toy.load(release, effective=date(2020, 3, 1))
    assert toy.query("SELECT version, effective, pos FROM version") == [("2020", "2020-03-01", 2020030100)]


RELEASES = {
    "2019": {"A": "Apple", "B": "Banana"},
    "2020": {"A": "Apples", "B": "Banana", "C": "Cherry"},
    "2021": {"A": "Apple", "C": {"title": "Cherry", "parents": ["A"]}},
    "2021-01": {"A": "Apple", "B": "Banana"},
}


def test_any_order_gives_the_same_store(toy: Any, tmp_path: Path) -> None:
    paths = {version: toy.release(version, codes) for version, codes in RELEASES.items()}
    seen = []
    for number, order in enumerate(itertools.permutations(RELEASES)):
        toy.home = tmp_path / f"home-{number}"
        for version in order[:2]:
            toy.load(paths[version])
        toy.load(*(paths[version] for version in order[2:]))
        seen.append(facts(toy))
    assert all(each == seen[0] for each in seen)
    assert [row[1] for row in seen[0]["version"]] == ["2019", "2020", "2021", "2021-01"]


def test_several_paths_are_indexed_once(toy: Any) -> None:
    outcomes = toy.load(*(toy.release(version, codes) for version, codes in RELEASES.items()))
    assert [outcome.status for outcome in outcomes] == ["loaded"] * 4
    assert toy.revision() == 1
    assert toy.query("SELECT path FROM artefact") == [("index/toy-1",)]


def test_a_dry_run_changes_nothing(toy: Any) -> None:
    toy.put("2020", APPLE)
    before, files = toy.dump(), toy.files()
    (outcome,) = toy.load(toy.release("2021", {"A": "Apple", "B": "Banana"}), dry_run=True)
    assert (outcome.status, outcome.concepts, outcome.rows_added) == ("would-load", 2, 2)
    assert (toy.dump(), toy.files()) == (before, files)


def test_a_dry_run_needs_no_home(toy: Any) -> None:
    (outcome,) = toy.load(toy.release("2021", APPLE), dry_run=True)
    assert outcome.status == "would-load"
    assert not toy.home.exists()


def test_a_held_release_waits(toy: Any) -> None:
    toy.put("2020", APPLE)
    before = facts(toy)
    release = toy.release("2021", RELEASES["2021"])
    (held,) = toy.load(release, hold=True)
    assert held.status == "held"
    assert facts(toy) == before
    assert toy.statuses() == [("2020", "active"), ("2021", "held")]
    assert len(toy.originals()) == 2
    assert toy.load(release, hold=True)[0].status == "unchanged"
    (loaded,) = toy.load(release)
    assert loaded.status == "loaded"
    assert toy.statuses() == [("2020", "active"), ("2021", "active")]


def test_holding_what_is_active_does_not_take_it_out(toy: Any) -> None:
    release = toy.release("2020", APPLE)
    toy.load(release)
    (outcome,) = toy.load(release, hold=True)
    assert (outcome.status, outcome.message) == ("unchanged", "already active")
    assert toy.statuses() == [("2020", "active")]


def test_what_a_partial_release_does_not_cover_stays(toy: Any) -> None:
    toy.put("2020", WHOLE)
    outcome = toy.load(toy.release("2021", {"A": "Apples"}, missing=["the low part"]), partial=True)[0]
    assert outcome.status == "loaded"
    assert titles(toy, When(version="2021")) == {"A": "Apples", "b": "Berry"}
    assert toy.query("SELECT version, partial, concepts FROM version ORDER BY pos") == [("2020", 0, 2), ("2021", 1, 1)]


def test_a_covered_part_without_codes_is_withdrawn(toy: Any) -> None:
    toy.put("2020", WHOLE)
    toy.put("2021", {"A": "Apples"}, covers=LOW)
    assert titles(toy, When(version="2021")) == {"A": "Apples"}


def test_a_package_partly_refused_is_looked_at_again(toy: Any) -> None:
    toy.release("2020", {"A": "Apple"}, missing=["the low part"], path="all/2020.toy")
    toy.release("2021", APPLE, path="all/2021.toy")
    for expected in (["refused", "loaded"], ["refused", "unchanged"]):
        assert [each.status for each in toy.load(toy.folder / "all")] == expected
    partial = toy.load(toy.folder / "all", partial=True)
    assert sorted(each.status for each in partial) == ["loaded", "unchanged"]


def test_an_unusual_share_of_changes_is_a_warning(toy: Any) -> None:
    many = {f"A{number}": f"Apple {number}" for number in range(20)}
    assert toy.put("2020", many).warnings == []
    assert toy.put("2021", many | {"A1": "Other"}).warnings == []
    loud = toy.put("2022", {code: title.upper() for code, title in many.items()})
    assert [warning["kind"] for warning in loud.warnings] == ["unusual-change"]


def test_the_audit_log_says_who_did_what(toy: Any) -> None:
    toy.load(toy.release("2020", APPLE), actor="ada")
    toy.load(toy.release("2020", APPLE | {"A": "Apples"}), actor="sync")
    toy.load(toy.release("2021", APPLE), hold=True)
    log = toy.query("SELECT actor, action, revision, detail FROM audit ORDER BY id")
    assert [row[:3] for row in log] == [("ada", "loaded", 1), ("sync", "corrected", 2), ("cli", "held", 2)]
    assert log[0][3].startswith("toy 2020 from ")


def test_the_audit_log_says_what_was_refused_and_why(toy: Any) -> None:
    toy.put("2020", APPLE)
    paths = toy.release("2021", APPLE, broken="no end"), toy.folder / "nowhere"
    for path in paths:  # one in the transaction of the load, the other before there is one
        toy.load(path, dry_run=True)
        toy.load(path, actor="ada")
    log = toy.query("SELECT actor, action, revision, detail FROM audit ORDER BY id")[1:]
    assert [row[:3] for row in log] == [("ada", "refused", 1)] * 2
    assert all(str(path) in row[3] for path, row in zip(paths, log, strict=True))
    assert log[0][3].startswith("toy 2021 from ") and "no end" in log[0][3]


def test_statements_of_the_publisher_are_kept_beside(toy: Any) -> None:
    toy.put("2020", APPLE, stated=[("A", "introduced")])
    assert toy.put("2021", APPLE, stated=[("A", "changed"), ("B", "withdrawn")]).statements == 2
    toy.put("2020", APPLE | {"A": "Apples"}, stated=[("A", "retitled")])
    assert sorted(toy.statements()) == [
        ("2020", "A", "retitled"),
        ("2021", "A", "changed"),
        ("2021", "B", "withdrawn"),
    ]


def test_lists_of_a_region_need_no_loader(toy: Any, tmp_path: Path) -> None:
    path = tmp_path / "enheter-2022.csv"
    path.write_text("Kod;Benämning\nN1;Akuten\nN2;Röntgen\n", "utf-8")
    (outcome,) = toy.load(path, system="region", columns={"code": "Kod", "display": "Benämning"})
    assert (outcome.status, outcome.version, outcome.concepts) == ("loaded", "2022", 2)
    assert toy.service().concept("region", "n1").display == "Akuten"


@pytest.mark.parametrize("hold", [False, True])
def test_progress_ends_at_the_end(toy: Any, hold: bool) -> None:
    steps: list[tuple[str, int, int]] = []
    options = ingest.Options(hold=hold)
    ingest.load(toy.home, [toy.release("2020", APPLE)], options, lambda *step: steps.append(step))
    assert steps[0] == ("loading toy 2020", 0, 2)
    assert steps[-1] == ("done", 2, 2)
