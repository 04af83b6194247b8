"""Whole passes: what is held, what is remembered, what survives."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from termservice import ingest, lifecycle
from termservice.sync import delivering, lock, running
from termservice.sync.problems import Busy, ConfigurationError

TITLES = ("Hjärtinfarkt", "Övre luftvägar", "Åderbråck", "Gonartros")
CODES = {
    f"{chapter}{number}": {"title": f"{TITLES[number % 4]} {number}", "parents": [chapter]}
    for chapter in "AB"
    for number in range(20)
}
WHOLE: dict[str, Any] = {"A": "Kapitel A", "B": "Kapitel B", **CODES}
HALF = {code: spec for code, spec in WHOLE.items() if code[0] == "A"}


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    found = tmp_path / "inbox"
    found.mkdir()
    return found


@pytest.fixture
def configured(inbox: Path) -> str:
    return f'[[source]]\nname = "in"\nkind = "folder"\npath = "{inbox}"\n'


def put(syncing: Any, inbox: Path, name: str, version: str, codes: dict[str, Any], **more: Any) -> None:
    (inbox / f"{name}.toy").write_bytes(syncing.toy.release(version, codes, **more).read_bytes())


def version_in_force(syncing: Any) -> tuple[str, int]:
    found = syncing.toy.service().concepts("toy")
    return found.version, found.total


def test_what_looks_wrong_is_held_until_a_person_activates(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    syncing.run(configured)
    put(syncing, inbox, "two", "2021", HALF)
    report = syncing.run(configured)
    (found,) = report.releases()
    assert (found.outcome.version, found.outcome.status) == ("2021", "held")
    assert "21 of 42 codes are gone" in found.outcome.message and "chapter B is gone" in found.outcome.message
    assert found.difference is not None and found.difference.withdrawn == 21
    assert report.needs_person and version_in_force(syncing) == ("2020", 42)
    again = syncing.run(configured)
    assert syncing.statuses(again) == [] and not again.news
    assert again.sources[0].waiting == ["toy 2021 is held: activate it, or remove it"]
    lifecycle.activate(syncing.home, "toy", "2021")
    done = syncing.run(configured)
    assert not done.needs_person and version_in_force(syncing) == ("2021", 21)


def test_a_held_release_that_is_removed_does_not_come_back(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    put(syncing, inbox, "two", "2021", HALF)
    syncing.run(configured)
    lifecycle.remove(syncing.home, "toy", "2021")
    report = syncing.run(configured)
    assert syncing.statuses(report) == [] and not report.needs_person


def test_what_is_held_waits_whatever_is_forgotten_or_comes_after(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    syncing.run(configured)
    put(syncing, inbox, "one", "2021", HALF)
    syncing.run(configured)
    (syncing.home / "sync" / "state.json").unlink()
    waiting = ["toy 2021 is held: activate it, or remove it"]
    assert syncing.run(configured).sources[0].waiting == waiting
    put(syncing, inbox, "one", "2022", WHOLE)
    report = syncing.run(configured)
    assert syncing.statuses(report) == [("2022", "loaded")] and report.sources[0].waiting == waiting
    put(syncing, inbox, "one", "2021", WHOLE)
    report = syncing.run(configured)
    assert syncing.statuses(report) == [("2021", "loaded")] and report.sources[0].waiting == []


def test_a_correction_is_held_against_what_it_replaces(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    syncing.run(configured)
    put(syncing, inbox, "one", "2020", HALF)
    assert syncing.statuses(syncing.run(configured)) == [("2020", "held")]
    assert version_in_force(syncing) == ("2020", 42)
    put(syncing, inbox, "one", "2020", WHOLE | {"A20": "Ny"})
    assert syncing.statuses(syncing.run(configured)) == [("2020", "corrected")]
    assert version_in_force(syncing) == ("2020", 43)


def test_what_was_rolled_back_is_left_alone(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    put(syncing, inbox, "two", "2021", WHOLE | {"A20": "Ny"})
    syncing.run(configured)
    lifecycle.rollback(syncing.home, "toy", "2021")
    (syncing.home / "sync" / "state.json").unlink()
    report = syncing.run(configured)
    assert syncing.statuses(report) == [("2020", "unchanged"), ("2021", "unchanged")]
    assert version_in_force(syncing) == ("2020", 42)


def test_one_release_of_a_delivery_is_held_and_another_loaded(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    syncing.run(configured)
    (inbox / "more").mkdir()
    put(syncing, inbox, "more/good", "2021", WHOLE | {"A20": "Ny"})
    put(syncing, inbox, "more/bad", "2022", HALF)
    assert syncing.statuses(syncing.run(configured)) == [("2021", "loaded"), ("2022", "held")]


def test_maps_and_value_sets_are_guarded_too(syncing: Any, inbox: Path, configured: str) -> None:
    toy = syncing.toy
    many = [str(number) for number in range(20)]
    for version, codes in (("2020", many), ("2021", many[:5])):
        (inbox / "set.toyset").write_bytes(toy.valueset(version, codes).read_bytes())
        elements = [(code, code, "equivalent") for code in codes]
        (inbox / "map.toymap").write_bytes(toy.map(version, elements).read_bytes())
        report = syncing.run(configured)
        status = "loaded" if version == "2020" else "held"
        assert syncing.statuses(report) == [(version, status), (version, status)]


def test_statements_are_loaded(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "said", "2020-errata", {}, stated=[("A", "withdrawn")], states_only=True)
    assert syncing.statuses(syncing.run(configured)) == [("2020-errata", "loaded")]


def test_a_source_is_for_its_systems(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    report = syncing.run(configured + 'systems = ["odd"]\n')
    assert "this source is for odd, not for toy" in next(report.releases()).outcome.message


def test_a_source_may_be_held_altogether(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    assert syncing.statuses(syncing.run(configured + "hold = true\n")) == [("2020", "held")]


def test_a_release_ahead_of_its_day_is_simply_loaded(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    put(syncing, inbox, "two", "2099", WHOLE | {"A20": "Ny"})
    assert syncing.statuses(syncing.run(configured)) == [("2020", "loaded"), ("2099", "loaded")]
    assert version_in_force(syncing) == ("2020", 42)


def test_what_is_refused_waits_as_long_as_it_is_offered(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE, broken="torn in two")
    (inbox / "readme.pdf").write_bytes(b"%PDF")
    report = syncing.run(configured)
    assert [each.outcome.status for each in report.releases()] == ["refused", "refused"]
    again = syncing.run(configured)
    assert syncing.statuses(again) == [] and len(again.sources[0].waiting) == 2
    assert len(list(syncing.run(configured, retry=True).releases())) == 2
    put(syncing, inbox, "one", "2020", WHOLE)
    last = syncing.run(configured + 'not_files = "*.PDF"\n')
    assert syncing.statuses(last) == [("2020", "loaded")] and not last.needs_person


def test_a_failing_source_stops_nothing(syncing: Any, inbox: Path, configured: str, monkeypatch: Any) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    broken = '[[source]]\nname = "gone"\nkind = "folder"\npath = "/no/such"\n'
    report = syncing.run(broken + configured)
    assert "not there" in report.sources[0].problem and syncing.statuses(report) == [("2020", "loaded")]

    def fault(*ignored: Any) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(delivering.Delivering, "run", fault)
    assert "a fault in the program (ZeroDivisionError: oh)" in syncing.run(configured).sources[0].problem


def test_failures_are_told_once_and_so_is_their_end(syncing: Any, inbox: Path, configured: str) -> None:
    inbox.rmdir()
    assert [syncing.run(configured).news for _ in range(4)] == [False, False, True, False]
    inbox.mkdir()
    assert [syncing.run(configured).news for _ in range(2)] == [True, False]


def test_a_dry_run_changes_nothing(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    assert syncing.statuses(syncing.run(configured, dry_run=True)) == [("2020", "would-load")]
    assert syncing.statuses(syncing.run(configured)) == [("2020", "loaded")]
    before = syncing.toy.dump()
    put(syncing, inbox, "two", "2021", HALF)
    report = syncing.run(configured, dry_run=True)
    assert syncing.statuses(report) == [("2021", "would-hold")]
    assert syncing.toy.dump() == before
    assert syncing.statuses(syncing.run(configured)) == [("2021", "held")]


def test_a_full_disk_or_a_busy_store_is_tried_again(
    syncing: Any, inbox: Path, configured: str, monkeypatch: Any
) -> None:
    from termservice.errors import Refused

    def full(*ignored: Any) -> None:
        raise Refused("0 MiB free")

    put(syncing, inbox, "one", "2020", WHOLE)
    with monkeypatch.context() as patched:
        patched.setattr(ingest, "load", full)
        for _ in range(5):
            assert "0 MiB free" in syncing.run(configured).sources[0].problem
    assert syncing.statuses(syncing.run(configured)) == [("2020", "loaded")]


def test_a_load_that_ends_the_program_is_not_begun_for_ever(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    path = syncing.home.parent / "sync.toml"
    syncing.read(configured)
    script = (
        "import os, sys, time; from contextlib import nullcontext; from pathlib import Path;"
        "from termservice import ingest; from termservice.sync import configuration;"
        "from termservice.sync.credentials import Secrets; from termservice.sync.delivering import Workplace;"
        "from termservice.sync.running import one_pass; from termservice.sync.source import Tools;"
        "from termservice.sync.web import Web;"
        "ingest.load = lambda *a: os._exit(9);"
        "c = configuration.read(Path(sys.argv[2]));"
        "t = Tools(Web(c.manners, Secrets()), Secrets(), lambda: time.time() + 1e6);"
        "one_pass(Workplace(Path(sys.argv[1]), t, lambda: nullcontext(ingest.silent)), c)"
    )
    for _ in range(delivering.MAX_ATTEMPTS):
        ended = subprocess.run([sys.executable, "-c", script, str(syncing.home), str(path)], check=False)
        assert ended.returncode == 9
    report = syncing.run(configured)
    assert "ended the program 3 times" in next(report.releases()).outcome.message
    assert syncing.run(configured).needs_person


def test_what_was_fetched_before_a_crash_is_not_fetched_again(
    syncing: Any, inbox: Path, configured: str, monkeypatch: Any
) -> None:
    from termservice.sync.kinds.folder import FolderSource

    put(syncing, inbox, "one", "2020", WHOLE)

    def crash(*ignored: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ingest, "load", crash)
        with pytest.raises(KeyboardInterrupt):
            syncing.run(configured)
    monkeypatch.setattr(FolderSource, "fetch", crash)
    assert syncing.statuses(syncing.run(configured)) == [("2020", "loaded")]


def test_a_damaged_memory_costs_work_only(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    syncing.run(configured)
    state = syncing.home / "sync" / "state.json"
    for text in ("", "[]", '{"schema": 99}', '{"schema": 1, "sources": {"in": {"x": 1}}}', "\x00"):
        state.write_text(text)
        report = syncing.run(configured)
        assert syncing.statuses(report) == [("2020", "unchanged")] and not report.news
    assert (syncing.home / "sync" / "state.damaged").exists()


def test_sources_that_are_gone_are_forgotten(syncing: Any, inbox: Path, configured: str) -> None:
    put(syncing, inbox, "one", "2020", WHOLE)
    syncing.run(configured)
    syncing.run(configured.replace('"in"', '"other"'))
    assert list(json.loads((syncing.home / "sync" / "state.json").read_text())["sources"]) == ["other"]


def test_only_the_sources_named(syncing: Any, inbox: Path, configured: str) -> None:
    both = configured + configured.replace('"in"', '"other"')
    assert [source.name for source in syncing.run(both, "other").sources] == ["other"]
    with pytest.raises(ConfigurationError, match="no source 'x' is configured; there are in, other"):
        syncing.run(both, "x")


def test_reports_are_kept_and_the_oldest_go(syncing: Any, inbox: Path, configured: str, monkeypatch: Any) -> None:
    times = iter(f"2026-01-01T00:00:{number:02}+01:00" for number in range(60))
    monkeypatch.setattr(running, "now", lambda: next(times))
    for number in range(4):
        put(syncing, inbox, "one", f"202{number}", WHOLE)
        syncing.run("[report]\nkeep = 2\n" + configured)
    reports = sorted((syncing.home / "sync" / "reports").iterdir())
    assert [path.suffix for path in reports] == [".json", ".txt"] * 2
    whole = json.loads(reports[-2].read_text())
    assert whole["subject"] == "termservice sync: 1 loaded"
    assert whole["sources"][0]["deliveries"][0]["releases"][0]["outcome"]["version"] == "2023"
    assert "loaded: toy 2023 (one.toy, in force from 2023-01-01)" in reports[-1].read_text()


def test_one_sync_at_a_time(syncing: Any, configured: str) -> None:
    with lock.held(syncing.home / "sync" / "lock"), pytest.raises(Busy, match=f"process {os.getpid()} since"):
        syncing.run(configured)
    assert syncing.run(configured).sources


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    script = (
        "import sys, time; from pathlib import Path; from termservice.sync import lock\n"
        "with lock.held(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        with pytest.raises(Busy, match=f"process {process.pid}"), lock.held(path):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
    with lock.held(path), path.open() as again, pytest.raises(BlockingIOError):
        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_pass_that_goes_wrong_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(running.time, "sleep", pauses.append)
    happens = iter([Busy("busy"), OSError("disk"), ZeroDivisionError(), KeyboardInterrupt()])

    def once() -> None:
        raise next(happens)

    with pytest.raises(KeyboardInterrupt):
        running.keep_going(3600, once)
    assert len(pauses) == 3 and all(3500 < pause <= 3600 for pause in pauses)


def test_a_signal_to_end_is_an_interrupt() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), running.stoppable():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
