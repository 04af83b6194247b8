"""keys and audit on the command line."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from termservice import audit
from termservice.keys import Keyring
from tests.test_termservice import running
from tests.test_termservice.running import Run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    return partial(running.run, home)


def test_a_key_is_shown_once(run: Run, home: Path) -> None:
    made = run("keys", "add", "EHR", "--expires", "2999-12-31")
    secret = made.stdout.strip()
    holder = Keyring(home).holder(secret)
    assert holder is not None
    assert (holder.name, holder.scope, holder.expires) == ("EHR", "read", "2999-12-31")
    assert "good through 2999-12-31" in made.stderr
    listed = run("keys", "list")
    assert secret[-43:] not in listed.output
    assert re.search(r"\S{10}  EHR   read   \S+  2999-12-31 +yes", listed.stdout)


def test_revoking(run: Run, home: Path) -> None:
    secret = run("keys", "add", "ops", "--scope", "admin").stdout.strip()
    assert "is revoked" in run("keys", "revoke", "ops").stdout
    assert Keyring(home).holder(secret) is None
    (row,) = json.loads(run("keys", "list", "--json").stdout)
    assert (row["scope"], row["good"]) == ("admin", False)
    assert "digest" not in row
    assert "no key in use" in run("keys", "revoke", "ops", expect=2).stderr


@pytest.mark.parametrize("arguments", [("a;b",), ("x", "--expires", "2001-01-01"), ("x", "--scope", "root")])
def test_what_is_no_key_is_refused_in_a_line(run: Run, arguments: tuple[str, ...], home: Path) -> None:
    run("keys", "add", *arguments, expect=2)
    assert not Keyring(home).holder("")
    assert json.loads(run("keys", "list", "--json").stdout) == []


def test_the_audit_log_says_who_did_what(run: Run, toy: Any) -> None:
    def toys(*arguments: object) -> str:
        return running.run(toy.home, *arguments).stdout

    toys("load", toy.release("2020", {"A": "Apple"}))
    toys("rollback", "toy")
    toys("activate", "toy")
    toys("reindex")
    secret = toys("keys", "add", "EHR").strip()
    entries = json.loads(toys("audit", "--json"))
    assert [entry["action"] for entry in entries] == ["key added", "indexed", "activated", "rolled back", "loaded"]
    assert {entry["actor"] for entry in entries} == {audit.operator()}
    assert audit.operator().startswith("cli:")
    assert entries[-1]["detail"].startswith("toy 2020 from ")
    assert secret[-43:] not in json.dumps(entries)
    shown = toys("audit", "--limit", "1").splitlines()
    assert len(shown) == 2
    assert "key added" in shown[1]
