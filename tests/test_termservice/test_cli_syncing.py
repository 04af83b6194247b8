"""The command `sync`: its exit codes, and what it prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click.testing
import pytest

from termservice.cli import main, syncing
from termservice.sync import lock


@pytest.fixture
def run(toy: Any, tmp_path: Path) -> Any:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    toy.home.mkdir()
    (toy.home / "sync.toml").write_text(f'[[source]]\nname = "in"\nkind = "folder"\npath = "{inbox}"\n')

    def call(*arguments: str) -> Any:
        return click.testing.CliRunner().invoke(main, ["--home", str(toy.home), "sync", *arguments])

    return call


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    import time
    import types

    monkeypatch.setattr(syncing, "time", types.SimpleNamespace(time=lambda: time.time() + 1e6))


def test_nothing_new(run: Any) -> None:
    found = run()
    assert found.exit_code == 0 and "termservice sync: nothing new" in found.stdout


@pytest.mark.usefixtures("settled")
def test_loaded_and_refused(run: Any, toy: Any, tmp_path: Path) -> None:
    toy.release("2020", {"A": "Apple"}, path="inbox/one.toy")
    found = run("--quiet", "--json")
    assert found.exit_code == 0
    report = json.loads(found.stdout)
    assert report["sources"][0]["deliveries"][0]["releases"][0]["outcome"]["status"] == "loaded"
    toy.release("2021", {"A": "Apple"}, broken="torn", path="inbox/two.toy")
    found = run()
    assert found.exit_code == 1 and "torn" in found.stdout and "WARNING in: toy 2021: refused" in found.stderr


def test_a_wrong_configuration(run: Any, toy: Any) -> None:
    (toy.home / "sync.toml").write_text('[[source]]\nname = "in"\nkind = "folder"\npaht = "x"\n')
    for arguments in ((), ("--check",), ("--every", "1h")):
        found = run(*arguments)
        assert found.exit_code == 2 and found.stderr.count("\n") == 1 and "line" in found.stderr


def test_check_changes_nothing(run: Any, toy: Any) -> None:
    found = run("--check")
    assert found.exit_code == 0 and found.stdout == "in: folder\n"
    assert [path.name for path in toy.home.iterdir()] == ["sync.toml"]


def test_another_sync_is_at_work(run: Any, toy: Any) -> None:
    with lock.held(toy.home / "sync" / "lock"):
        found = run()
    assert found.exit_code == 1 and "another sync is at work" in found.stderr


@pytest.mark.parametrize("arguments", [("--once", "--every", "1h"), ("--every", "often"), ("--source", "x")])
def test_what_cannot_be_asked_for(run: Any, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_loop_ends_when_it_is_told_to(run: Any, toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from termservice.sync import running

    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt
        (toy.home / "sync.toml").write_text("wrong")

    monkeypatch.setattr(running.time, "sleep", pause)
    found = run("--every", "1h")
    assert found.exit_code == 0 and len(pauses) == 2
    assert "going on with the configuration as it was" in found.stderr and "stopped" in found.stderr


def test_an_interrupted_pass_says_so(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*ignored: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(syncing, "one_pass", interrupted)
    assert run().exit_code == 143
