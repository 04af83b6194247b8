"""Deliveries that hold only what a publisher states of changes: loaded, replaced, taken out, checked like versions,
and never mistaken for one.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codesystems.files import Package
from codesystems.model import Hints
from termservice import ingest, lifecycle
from termservice.backup import backup, restore
from termservice.discovery import discover
from termservice.errors import NotFound, Refused, UnknownSystem
from termservice.store import schema
from termservice.verify import verify

CODES = {"A": "Apple", "B": "Banana"}
FIRST = ("A", "retitled")
SECOND = ("B", "replaced-by")


@pytest.fixture
def loaded(toy: Any) -> Any:
    toy.put("2020", CODES)
    toy.put("2021", CODES)
    (outcome,) = toy.load(toy.state("changes-2021", FIRST, SECOND))
    assert (outcome.status, outcome.statements, outcome.concepts) == ("loaded", 2, 0)
    return toy


def told(*changes: tuple[str, str], name: str = "changes-2021") -> list[tuple[str, str, str]]:
    return [(name, *change) for change in changes]


def test_statements_are_no_version(loaded: Any) -> None:
    assert loaded.statements() == told(FIRST, SECOND)
    assert {each.version for each in loaded.service().versions("toy").items} == {"2020", "2021"}
    assert loaded.query("SELECT COUNT(*) FROM version") == [(2,)]
    assert verify(loaded.home) == []


def test_they_raise_the_revision_and_leave_the_index(loaded: Any) -> None:
    assert loaded.revision() == 3
    assert loaded.query("SELECT revision FROM artefact") == [(2,)]
    assert [hit.code for hit in loaded.service().search("banana").items] == ["B"]


def test_loading_again_changes_nothing(loaded: Any) -> None:
    before = loaded.dump()
    same = [loaded.folder / "delivery-3/release.toy", loaded.state("changes-2021", FIRST, SECOND)]
    assert [outcome.status for path in same for outcome in loaded.load(path)] == ["unchanged", "unchanged"]
    after = loaded.dump()
    assert {**after, "seen": []} == {**before, "seen": []}  # the copy is another package of the same release


def test_a_corrected_delivery_replaces_the_one_before(loaded: Any) -> None:
    (outcome,) = loaded.load(loaded.state("changes-2021", SECOND))
    assert outcome.status == "corrected"
    assert loaded.statements() == told(SECOND)
    assert loaded.statuses()[2:] == [("changes-2021", "replaced"), ("changes-2021", "active")]
    loaded.load(loaded.state("changes-2020", FIRST))
    assert loaded.statements() == [*told(SECOND), *told(FIRST, name="changes-2020")]


def test_rolled_back_they_do_not_count_and_can_count_again(loaded: Any) -> None:
    lifecycle.rollback(loaded.home, "toy", "changes-2021")
    assert loaded.statements() == []
    assert loaded.statuses()[2] == ("changes-2021", "rolled-back")
    assert verify(loaded.home) == []
    lifecycle.activate(loaded.home, "toy", "changes-2021")
    assert loaded.statements() == told(FIRST, SECOND)
    assert loaded.query("SELECT revision FROM artefact") == [(2,)]


def test_rolling_a_correction_back_brings_the_one_before(loaded: Any) -> None:
    loaded.load(loaded.state("changes-2021", SECOND))
    lifecycle.rollback(loaded.home, "toy", "changes-2021")
    assert loaded.statements() == told(FIRST, SECOND)


def test_statements_of_a_version_go_and_come_with_it(toy: Any) -> None:
    toy.put("2020", CODES, stated=[FIRST])
    toy.put("2020", CODES | {"A": "Apples"}, stated=[SECOND])
    assert toy.statements() == told(SECOND, name="2020")
    lifecycle.rollback(toy.home, "toy", "2020")
    assert toy.statements() == told(FIRST, name="2020")
    lifecycle.rollback(toy.home, "toy", "2020")
    assert toy.statements() == []


def test_removed_they_are_forgotten(loaded: Any) -> None:
    originals = len(loaded.originals())
    lifecycle.remove(loaded.home, "toy", "changes-2021")
    assert (loaded.statements(), len(loaded.originals())) == ([], originals - 1)
    assert [version for version, _ in loaded.statuses()] == ["2020", "2021"]


def test_held_they_wait(loaded: Any) -> None:
    (outcome,) = loaded.load(loaded.state("changes-2020", FIRST), hold=True)
    assert (outcome.status, loaded.statements()) == ("held", told(FIRST, SECOND))
    lifecycle.activate(loaded.home, "toy", "changes-2020")
    assert loaded.statements() == [*told(FIRST, SECOND), *told(FIRST, name="changes-2020")]


def test_the_latest_version_is_not_a_delivery_of_statements(loaded: Any) -> None:
    assert lifecycle.rollback(loaded.home, "toy", None).version == "2021"
    lifecycle.rollback(loaded.home, "toy", "2020")
    with pytest.raises(NotFound, match=r"changes-2021 \(active\)"):
        lifecycle.rollback(loaded.home, "toy", None)


def test_they_are_read_again_by_rebuild_and_restore(loaded: Any, tmp_path: Path) -> None:
    loaded.load(loaded.state("changes-2020", FIRST))
    lifecycle.rollback(loaded.home, "toy", "changes-2020")
    loaded.execute("DELETE FROM stated")
    loaded.execute("UPDATE meta SET value=? WHERE key='schema'", str(schema.SCHEMA - 1))
    lifecycle.rebuild(loaded.home)
    assert loaded.statements() == told(FIRST, SECOND)
    backup(loaded.home, tmp_path / "all.zip")
    loaded.home = tmp_path / "other"
    restore(loaded.home, tmp_path / "all.zip")
    assert loaded.statements() == told(FIRST, SECOND)
    assert verify(loaded.home) == []


def test_verify_sees_statements_that_are_lost(loaded: Any) -> None:
    loaded.execute("DELETE FROM stated WHERE code='B'")
    (line,) = verify(loaded.home)
    assert line.startswith("toy changes-2021: 1 statements differ from the originals, such as ('B', 'replaced-by'")


def test_verify_sees_statements_of_a_version_that_are_altered(toy: Any) -> None:
    toy.put("2020", CODES, stated=[FIRST])
    toy.execute("UPDATE stated SET type='withdrawn'")
    (line,) = verify(toy.home)
    assert "toy 2020: 2 statements differ" in line


def test_a_code_system_of_which_only_statements_are_known_is_not_shown(toy: Any) -> None:
    toy.load(toy.state("changes-2021", FIRST))
    assert toy.statements() == told(FIRST)
    with pytest.raises(UnknownSystem):
        toy.service().codesystem("toy")
    assert verify(toy.home) == []
    assert lifecycle.reindex(toy.home, None) == 2
    lifecycle.rollback(toy.home, "urn:oid:1.2.3.4", "changes-2021")
    toy.put("2021", CODES)
    assert [each.id for each in toy.service().codesystems().items] == ["toy"]


def test_in_one_folder_with_the_version_of_the_same_day(toy: Any) -> None:
    release = toy.release("2021", CODES, path="all/codes.toy")
    toy.state("changes-2021", FIRST, path="all/changes.toy")
    with Package(release.parent) as package:
        found = discover(package, Hints())
    assert [(each.version, each.states_only) for each in found.releases] == [("2021", False), ("changes-2021", True)]
    assert found.other_forms == ()
    outcomes = toy.load(release.parent)
    assert [outcome.status for outcome in outcomes] == ["loaded", "loaded"]
    assert [outcome.status for outcome in toy.load(release.parent)] == ["unchanged", "unchanged"]
    assert toy.revision() == 1


def test_what_the_operator_says_of_the_version_is_not_about_statements(toy: Any) -> None:
    release = toy.release(None, CODES, path="all/codes.toy")
    toy.state("changes-2021", FIRST, path="all/changes.toy")
    outcomes = toy.load(release.parent, version="spring-2022", effective=date(2022, 3, 1))
    assert sorted((outcome.status, outcome.version, outcome.effective) for outcome in outcomes) == [
        ("loaded", "changes-2021", "2021-01-01"),
        ("loaded", "spring-2022", "2022-03-01"),
    ]


def test_statements_without_a_name_get_the_operators(toy: Any) -> None:
    path = toy.state(None, FIRST)
    (refused,) = toy.load(path)
    assert refused.status == "refused" and "--version" in refused.message
    (outcome,) = toy.load(path, version="changes-2021")
    assert (outcome.status, outcome.effective) == ("loaded", "2021-01-01")


@pytest.mark.parametrize("statements_first", [True, False])
def test_a_version_and_statements_cannot_share_a_name(toy: Any, statements_first: bool) -> None:
    paths = [toy.release("2021", CODES), toy.state("2021", FIRST)]
    first, second = reversed(paths) if statements_first else paths
    assert toy.load(first)[0].status == "loaded"
    before = toy.dump()
    (outcome,) = toy.load(second)
    assert outcome.status == "refused" and "must have another name" in outcome.message
    assert toy.dump() == before
    held = toy.load(second, hold=True)
    assert [each.status for each in held] == ["held"]
    with pytest.raises(Refused, match="must have another name"):
        lifecycle.activate(toy.home, "toy", "2021")


def test_a_dry_run_says_how_many_and_keeps_none(loaded: Any) -> None:
    before = loaded.dump()
    (outcome,) = loaded.load(loaded.state("changes-2020", FIRST), dry_run=True)
    assert (outcome.status, outcome.statements) == ("would-load", 1)
    assert loaded.dump() == before


def test_progress_does_not_wait_for_an_index(toy: Any) -> None:
    steps: list[tuple[str, int, int]] = []
    ingest.load(toy.home, [toy.state("changes-2020", FIRST)], ingest.Options(), lambda *step: steps.append(step))
    assert steps == [("loading toy changes-2020", 0, 1), ("done", 1, 1)]
