"""Releases are loaded, indexed and activated while clients ask: no error, every answer of one version, and all workers
on the new one at once; what was loaded ahead takes over at midnight by itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks.http import ROOT, serving
from termservice import lifecycle
from termservice.store.database import FILE_NAME, Database
from tests.soak import homes
from tests.soak.sizes import size

LOADS = size("loads", sample=3, full=60)
CLIENTS = 2
ASKED = 30


@pytest.fixture
def home(tmp_path: Path) -> Path:
    homes.load(tmp_path / "home", tmp_path, 1)
    return tmp_path / "home"


def test_clients_ask_while_releases_are_loaded(home: Path, tmp_path: Path) -> None:
    floor = tmp_path / "floor"
    raise_floor(floor, revision(home))
    with serving("termservice.web.wsgi:create", home) as port:
        clients = [ask(port, floor, seed) for seed in range(CLIENTS)]
        try:
            for number in range(2, 2 + LOADS):
                for step in steps(home, tmp_path, number):
                    step()
                    raise_floor(floor, revision(home))
        finally:
            floor.unlink()
            told = [json.loads(client.communicate(timeout=60)[0]) for client in clients]
    assert [failure for each in told for failure in each["failures"]] == []
    requests = sum((Counter(each["requests"]) for each in told), Counter())
    versions = sum((Counter(each["versions"]) for each in told), Counter())
    assert len(versions) > LOADS // 2, versions
    assert min(requests.values()) > 0, requests
    assert sum(requests.values()) == sum(versions.values())
    print(f"{sum(requests.values())} requests {dict(requests)} while {LOADS} releases took over: {len(versions)} "
          "versions answered, no failure")  # fmt: skip


def steps(home: Path, folder: Path, number: int) -> list[Callable[[], object]]:
    """What an operator does with a release: load it by the command line, or hold and activate it; sometimes take it
    back, or build the index again."""
    file, command = homes.release(folder, number), ["load", *homes.arguments(number)]
    if number % 3 == 0:
        return [lambda: termservice(home, *command, "--hold", str(file)),
                lambda: termservice(home, "activate", homes.SYSTEM, homes.version(number))]  # fmt: skip
    found: list[Callable[[], object]] = [lambda: termservice(home, *command, str(file))]
    if number % 5 == 0:
        found += [lambda: lifecycle.rollback(home, homes.SYSTEM, None), lambda: lifecycle.reindex(home, None),
                  lambda: lifecycle.activate(home, homes.SYSTEM, homes.version(number))]  # fmt: skip
    return found


def termservice(home: Path, *arguments: str) -> None:
    command = [sys.executable, "-c", "from termservice.cli import main; main()", "--home", str(home), *arguments]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def ask(port: int, floor: Path, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.soak.client", str(port), str(floor), str(seed)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def raise_floor(floor: Path, revision: int) -> None:
    new = floor.with_suffix(".new")
    new.write_text(str(revision))
    new.replace(floor)


def revision(home: Path) -> int:
    database = Database(home / FILE_NAME)
    try:
        return database.revision()
    finally:
        database.close()


def test_a_release_loaded_ahead_takes_over_at_midnight(home: Path, tmp_path: Path) -> None:
    """In all workers of a server that nobody touches, whatever they remember of the day before."""
    new_year = date(2031, 1, 1)
    termservice(home, "load", *homes.arguments(2, effective=new_year), str(homes.release(tmp_path, 2)))
    set_day(home, date(2030, 12, 31))
    with serving("tests.soak.clocked:create", home) as port:
        before = [state(port) for _ in range(ASKED)]
        set_day(home, new_year)
        after = [state(port) for _ in range(ASKED)]
        set_day(home, date(2031, 6, 1))
        later = state(port)
    assert set(map(str, before)) == {str(expected(1))}
    assert set(map(str, after)) == {str(expected(2))} == {str(later)}


def set_day(home: Path, day: date) -> None:
    new = home / "today.new"
    new.write_text(day.isoformat())
    new.replace(home / "today")


def expected(number: int) -> dict[str, Any]:
    name, first = homes.version(number), homes.title(number, 1)
    return {"concept": [name, first], "search": [name, homes.title(number, 0)], "$lookup": [name, first],
            "$expand": first, "page": True}  # fmt: skip


def state(port: int) -> dict[str, Any]:
    """What a server says, by every door, of which version is in force; on new connections, so of any worker."""

    def get(path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return json.load(answer) if "json" in answer.headers["Content-Type"] else answer.read().decode()

    concept = get("/api/v1/codesystems/ting/concepts/K0001")
    (hit, *_) = get("/api/v1/search?q=K0000")["items"]
    found = {each["name"]: each.get("valueString") for each in
             get("/fhir/r5/CodeSystem/$lookup?system=urn:codesystem:ting&code=K0001")["parameter"]}  # fmt: skip
    entries = get("/fhir/r5/ValueSet/$expand?url=urn:codesystem:ting?fhir_vs")["expansion"]["contains"]
    return {
        "concept": [concept["version"], concept["display"]],
        "search": [hit["version"], hit["display"]],
        "$lookup": [found["version"], found["display"]],
        "$expand": next(entry["display"] for entry in entries if entry["code"] == "K0001"),
        "page": concept["display"] in get("/ting/K0001"),
    }
