"""What becomes of a release after loading: activated, rolled back, removed, indexed and read again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from termservice import lifecycle, verify
from termservice.answers import When
from termservice.errors import NotFound, StoreError, UnknownCode, UnknownSystem
from termservice.store import schema
from termservice.store.database import FILE_NAME

FIRST = {"A": "Apple", "B": "Banana"}
SECOND = {"A": "Apples", "C": "Cherry"}


@pytest.fixture
def two(toy: Any) -> Any:
    toy.put("2020", FIRST)
    toy.put("2021", SECOND)
    return toy


def current(toy: Any) -> dict[str, str]:
    return {each.code: each.display for each in toy.service().concepts("toy").items}


def actions(toy: Any) -> list[tuple[str, str]]:
    return toy.query("SELECT action, detail FROM audit WHERE action NOT IN ('loaded', 'corrected', 'held') ORDER BY id")


def test_a_held_release_is_activated(two: Any) -> None:
    two.load(two.release("2022", FIRST), hold=True)
    row = lifecycle.activate(two.home, "toy", "2022", "ada")
    assert (row.version, row.effective) == ("2022", "2022-01-01")
    assert two.statuses() == [("2020", "active"), ("2021", "active"), ("2022", "active")]
    assert current(two) == FIRST
    assert two.revision() == 3
    assert actions(two) == [("activated", "toy 2022")]


def test_activation_by_any_name_of_the_latest_that_waits(two: Any) -> None:
    for version in ("2022-03", "2022-02"):
        two.load(two.release(version, FIRST), hold=True)
    assert lifecycle.activate(two.home, "urn:oid:1.2.3.4", None).version == "2022-03"


def test_a_held_correction_replaces_when_it_is_activated(two: Any) -> None:
    two.load(two.release("2021", SECOND | {"A": "Corrected"}), hold=True)
    assert current(two) == SECOND
    lifecycle.activate(two.home, "toy", "2021")
    assert current(two)["A"] == "Corrected"
    assert two.statuses() == [("2020", "active"), ("2021", "replaced"), ("2021", "active")]


def test_the_first_release_of_a_system_may_be_held(toy: Any) -> None:
    toy.load(toy.release("2022", FIRST), hold=True)
    with pytest.raises(UnknownSystem):
        toy.service().concept("toy", "A")
    lifecycle.activate(toy.home, "toy", None)
    assert current(toy) == FIRST


def test_a_release_rolled_back_can_be_activated_again(two: Any) -> None:
    before = two.dump()["designation"]
    assert lifecycle.rollback(two.home, "toy", None).version == "2021"
    assert two.statuses() == [("2020", "active"), ("2021", "rolled-back")]
    assert current(two) == FIRST
    assert len(two.originals()) == 2
    lifecycle.activate(two.home, "toy", "2021")
    assert current(two) == SECOND
    assert two.dump()["designation"] == before
    assert actions(two) == [("rolled back", "toy 2021"), ("activated", "toy 2021")]


def test_rolling_a_correction_back_brings_back_what_it_replaced(two: Any) -> None:
    two.put("2021", SECOND | {"A": "Typo"})
    lifecycle.rollback(two.home, "toy", "2021")
    assert current(two) == SECOND
    assert two.statuses() == [("2020", "active"), ("2021", "active"), ("2021", "rolled-back")]
    lifecycle.activate(two.home, "toy", "2021")
    assert current(two)["A"] == "Typo"
    assert two.statuses() == [("2020", "active"), ("2021", "replaced"), ("2021", "active")]


def test_removing_forgets_the_version_and_its_originals(two: Any) -> None:
    two.put("2021", SECOND | {"A": "Typo"})
    two.load(two.release("2021", SECOND | {"A": "Held"}), hold=True)
    lifecycle.remove(two.home, "toy", "2021")
    assert two.statuses() == [("2020", "active")]
    assert current(two) == FIRST
    assert len(two.originals()) == 1
    with pytest.raises(UnknownCode):  # as if it had never been loaded
        two.service().concept("toy", "C")
    assert [hit.code for hit in two.service().search("cherry").items] == []
    assert verify.verify(two.home) == []


def test_what_was_removed_can_be_loaded_again(two: Any) -> None:
    third = two.release("2022", SECOND)
    two.load(third)
    lifecycle.remove(two.home, "toy", "2022")
    two.put("2023", FIRST)  # gets the number the removed release had
    (again,) = two.load(third)
    assert again.status == "loaded"


def test_an_original_that_others_need_stays(two: Any) -> None:
    release = two.release("2030", FIRST)
    two.load(release, version="2022", effective=date(2022, 1, 1))
    two.load(release, version="2023", effective=date(2023, 1, 1))
    lifecycle.remove(two.home, "toy", "2022")
    assert len(two.originals()) == 3
    assert verify.verify(two.home) == []


def test_removing_the_last_version_leaves_an_unknown_system(toy: Any) -> None:
    toy.put("2020", FIRST)
    lifecycle.remove(toy.home, "toy", "2020")
    with pytest.raises(UnknownSystem):
        toy.service().codesystem("toy")
    assert toy.service().health()["systems"] == {}
    assert toy.service().search("apple").items == []
    assert verify.verify(toy.home) == []
    toy.put("2020", FIRST)
    assert current(toy) == FIRST


@pytest.mark.parametrize("operation", [lifecycle.rollback, lifecycle.activate, lifecycle.remove])
def test_nothing_of_that_kind_says_what_there_is(two: Any, operation: Any) -> None:
    with pytest.raises(NotFound, match=r"2020 \(active\), 2021 \(active\)"):
        operation(two.home, "toy", "1999")
    with pytest.raises(NotFound, match="no code system, map or value set 'nonsense'"):
        operation(two.home, "nonsense", "2020")


def test_reindexing_builds_beside_and_raises_the_revision(two: Any) -> None:
    service = two.service()
    assert service.search("cherry").revision == 2
    assert lifecycle.reindex(two.home, "toy") == 3
    found = service.search("cherry")
    assert (found.revision, [hit.code for hit in found.items]) == (3, ["C"])


def test_old_index_folders_go_but_for_the_last(two: Any) -> None:
    for _ in range(3):
        lifecycle.reindex(two.home, None)
    assert sorted(path.name for path in (two.home / "index").iterdir()) == ["toy-4", "toy-5"]


def test_an_index_stays_while_only_other_systems_change(two: Any) -> None:
    two.put("2020", {"x": "X"}, system="odd")
    for _ in range(3):
        lifecycle.reindex(two.home, "toy")
    assert {path.name for path in (two.home / "index").iterdir()} == {"odd-3", "toy-5", "toy-6"}
    assert [hit.code for hit in two.service().search("x", systems=["odd"]).items] == ["x"]


def content(toy: Any) -> dict[str, Any]:
    service = toy.service()
    return {
        version.version: [each | {"revision": 0} for each in service.export("toy", When(version=version.version))]
        for version in service.versions("toy").items
    }


def stamp(toy: Any, number: int) -> None:
    toy.execute("UPDATE meta SET value=? WHERE key='schema'", str(number))


def test_a_newer_schema_is_refused(two: Any) -> None:
    stamp(two, schema.SCHEMA + 1)
    with pytest.raises(StoreError, match=r"newer program.*upgrade it"):
        two.service().codesystems()
    with pytest.raises(StoreError, match="newer program"):
        two.load(two.release("2022", FIRST))


def test_an_older_schema_is_rebuilt_from_the_originals(two: Any) -> None:
    two.put("2021", SECOND | {"A": "Corrected"})
    two.load(two.release("2022", FIRST), hold=True)
    lifecycle.rollback(two.home, "toy", "2020")
    before, statuses, log = content(two), two.statuses(), two.query("SELECT at, action, detail FROM audit ORDER BY id")
    two.execute("DELETE FROM state")  # whatever the old schema's tables hold is not read
    stamp(two, schema.SCHEMA - 1)
    with pytest.raises(StoreError, match="termservice rebuild"):
        two.service().codesystems()
    revision = two.revision()
    assert lifecycle.rebuild(two.home, "ada") == 4
    assert (content(two), two.statuses()) == (before, statuses)
    assert two.revision() == revision + 1
    assert two.query("SELECT at, action, detail FROM audit ORDER BY id")[:-1] == log
    assert two.query("SELECT actor, action FROM audit ORDER BY id")[-1] == ("ada", "rebuilt")
    assert verify.verify(two.home) == []
    assert not list(two.home.glob(f"{FILE_NAME}.new*"))


def test_a_service_takes_up_a_rebuilt_store_at_once(two: Any) -> None:
    """Also where its indexes and answers are in use, and what is done afterwards."""
    service = two.service()
    before = service.search("apple").items
    assert before
    lifecycle.rebuild(two.home)
    with service.snapshot():
        assert service.revision() == two.revision()
        assert service.search("apple").items == before
    two.put("2022", FIRST | {"Z": "Apple of Eden"})
    assert len(service.versions("toy").items) == 3
    assert "Z" in [hit.code for hit in service.search("eden", systems=["toy"]).items]


def test_a_rebuild_waits_for_no_reader(two: Any) -> None:
    service = two.service()
    with service.snapshot():
        revision = service.revision()
        lifecycle.rebuild(two.home)
        assert service.revision() == revision  # of the snapshot
        assert len(service.versions("toy").items) == 2
    assert service.revision() == two.revision() == revision + 1


def test_a_rebuild_that_fails_leaves_the_old_store(two: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = two.dump()
    for path in (two.home / "originals").glob("??/*"):
        path.rename(two.folder / path.name)
    with pytest.raises(StoreError, match="missing"):
        lifecycle.rebuild(two.home)
    assert two.dump() == before
    assert not list(two.home.glob(f"{FILE_NAME}.new*"))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE file SET path = replace(path, '.toy', '.txt')",
        "UPDATE file SET bytes = bytes + 1",
        "UPDATE release SET effective = '2012-01-01' WHERE version = '2021'",
        "UPDATE release SET hints = json_set(hints, '$.columns.code', 'B')",
    ],
)
def test_a_damaged_record_of_a_release_is_told_and_not_built_on(two: Any, damage: str) -> None:
    before = two.query("SELECT * FROM file, release")
    two.execute(damage)
    assert two.query("SELECT * FROM file, release") != before
    assert any("are not what was written" in line for line in verify.verify(two.home))
    two.load(two.release("2022", FIRST))  # what is damaged is not taken for written
    assert any("are not what was written" in line for line in verify.verify(two.home))
    changed = two.dump()
    with pytest.raises(StoreError, match="damaged: restore a backup"):
        lifecycle.rebuild(two.home)
    assert two.dump() == changed
