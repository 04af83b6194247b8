"""Changes begun over the network: a process each, one at a time, with an outcome that is kept."""

from __future__ import annotations

import fcntl
import json
import time
from pathlib import Path
from typing import Any

import pytest

from termservice import audit, jobs
from termservice.errors import NotFound, Refused
from termservice.jobs import FOLDER, Job

CODES = {"A": "Apple", "B": "Banana"}


@pytest.fixture
def home(toy: Any) -> Path:
    toy.put("2020", CODES)
    toy.put("2021", CODES | {"C": "Cherry"})
    found: Path = toy.home
    return found


def begun(home: Path, action: str, system: str | None = "toy", version: str | None = None) -> Job:
    """A state as `start` writes it, without its process."""
    made = Job("20260101T120000-00000000", action, system, version, "key:ops", "running", "2026-01-01T12:00:00+01:00")
    (home / FOLDER).mkdir(exist_ok=True)
    jobs._write(home / FOLDER, made)
    return made


def test_a_rollback_and_an_activation_leave_their_outcome(home: Path, toy: Any) -> None:
    for action, message, status in (
        ("rollback", "toy 2021 is rolled back", "rolled-back"),
        ("activate", "toy 2021 is active, in force from 2021-01-01", "active"),
    ):
        made = begun(home, action)
        jobs.run(home, made.id)
        found = jobs.job(home, made.id)
        assert (found.status, found.message) == ("done", message)
        assert found.ended
        assert toy.statuses()[-1] == ("2021", status)
    assert [entry.actor for entry in audit.entries(home, 2)] == ["key:ops", "key:ops"]


def test_reindexing_is_noted(home: Path) -> None:
    made = begun(home, "reindex", None)
    jobs.run(home, made.id)
    assert jobs.job(home, made.id).message == "indexed; revision 3"
    (entry,) = audit.entries(home, 1)
    assert (entry.action, entry.actor, entry.detail, entry.revision) == ("indexed", "key:ops", "all", 3)


def test_what_is_refused_has_failed_and_is_noted(home: Path) -> None:
    made = begun(home, "activate", "toy", "1999")
    jobs.run(home, made.id)
    found = jobs.job(home, made.id)
    assert found.status == "failed"
    assert found.message is not None
    assert "no release of toy 1999" in found.message
    (entry,) = audit.entries(home, 1)
    assert (entry.action, entry.actor) == ("activate failed", "key:ops")


def test_one_at_a_time(home: Path) -> None:
    (home / FOLDER).mkdir()
    with open(home / FOLDER / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = begun(home, "reindex")
        assert jobs.job(home, made.id).status == "running"
        with pytest.raises(Refused, match="another change is at work"):
            jobs.start(home, "reindex", None, None, "key:ops")


def test_one_that_ended_without_a_word_has_failed(home: Path) -> None:
    made = begun(home, "reindex")
    (found,) = jobs.jobs(home)
    assert (found.id, found.status, found.message) == (made.id, "failed", "ended without a word")


@pytest.mark.parametrize("number", ["", "x", "../store", "20260101T120000-00000001"])
def test_jobs_that_never_were(home: Path, number: str) -> None:
    with pytest.raises(NotFound, match="there is no job"):
        jobs.job(home, number)


def test_a_process_does_it(home: Path) -> None:
    made = jobs.start(home, "reindex", "nothing", None, "key:ops")
    for _ in range(600):
        if jobs.job(home, made.id).status != "running":
            break
        time.sleep(0.1)
    found = jobs.job(home, made.id)
    assert (found.status, found.message) == ("failed", "no code system, map or value set 'nothing' is loaded")


def test_old_states_are_swept(home: Path) -> None:
    folder = home / FOLDER
    folder.mkdir()
    for number in range(jobs._KEPT + 5):
        state = Job(f"20260101T120000-{number:08x}", "reindex", None, None, "key:ops", "done", "", "", "")
        (folder / f"{state.id}.json").write_text(json.dumps({name: getattr(state, name) for name in Job.__slots__}))
    jobs._sweep(folder)
    kept = jobs.jobs(home)
    assert len(kept) == jobs._KEPT - 1
    assert kept[0].id.endswith(f"{jobs._KEPT + 4:08x}")
