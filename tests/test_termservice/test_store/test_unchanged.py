"""A release is in the store as it would be if every concept of it had been compared with the release before."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rf2.hierarchy import Plan
from benchmarks.synthetic_rf2 import generate
from termservice import ingest, lifecycle, verify
from termservice.store import schema, write
from termservice.store.database import FILE_NAME

CONCEPTS = 500


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    made = generate(tmp_path_factory.mktemp("unchanged"), Plan(CONCEPTS, 2, 3))
    return [release.packages[0].path / "Snapshot" for release in made.releases]


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many concepts' facts were made, each time."""
    counts: list[int] = []
    facts = write.facts

    def counted(concepts: Sequence[Any], *arguments: Any) -> Any:
        counts.append(len(concepts))
        return facts(concepts, *arguments)

    monkeypatch.setattr(write, "facts", counted)
    return counts


def load(home: Path, *snapshots: Path) -> list[tuple[int, int, int]]:
    """What it told of facts, of each release of the edition."""
    told = []
    for snapshot in snapshots:
        for found in ingest.load(home, [snapshot], ingest.Options()).outcomes:
            assert found.status == "loaded", found.message
            if found.concepts:
                told.append((found.facts, found.rows_added, found.facts_changed))
    return told


def dump(home: Path) -> dict[str, set[tuple[Any, ...]]]:
    """All facts, by code: numbers are given as concepts come."""
    with sqlite3.connect(home / FILE_NAME) as connection:
        codes = dict(connection.execute("SELECT id, code FROM concept"))
        units = {row[0]: row[1:] for row in connection.execute("SELECT id, part, kind FROM unit")}
        found = {}
        for table in (schema.STATE, schema.DESIGNATION, schema.EDGE, schema.PROPERTY, schema.VALIDITY):
            columns = ", ".join(column for column in table.said if column not in ("cid", "parent"))
            above = "parent" if "parent" in table.said else "NULL"
            rows = connection.execute(f"SELECT cid, {above}, unit, vf, vt, {columns or 'NULL'} FROM {table.name}")
            found[table.name] = {(codes[row[0]], codes.get(row[1]), units[row[2]], *row[3:]) for row in rows}
        found["part"] = set(connection.execute("SELECT code, part FROM concept"))
        return found


def execute(home: Path, statement: str) -> None:
    with sqlite3.connect(home / FILE_NAME) as connection:
        connection.execute(statement)


def test_only_what_differs_is_made(snapshots: list[Path], tmp_path: Path, looked_at: list[int]) -> None:
    told = load(tmp_path, snapshots[0])
    assert sum(looked_at) > CONCEPTS
    looked_at.clear()
    told += load(tmp_path, *snapshots[1:])
    assert 0 < sum(looked_at) < CONCEPTS / 2
    other = tmp_path / "other"
    compared = []
    for snapshot in snapshots:
        compared += load(other, snapshot)
        execute(other, "DELETE FROM fingerprint")
    assert told == compared
    assert dump(tmp_path) == dump(other)
    assert verify.verify(tmp_path) == []


def test_in_any_order(snapshots: list[Path], tmp_path: Path) -> None:
    first, second, third = snapshots
    load(tmp_path / "a", first, second, third)
    load(tmp_path / "b", third, first, second)
    load(tmp_path / "c", first, third, second)
    assert dump(tmp_path / "a") == dump(tmp_path / "b") == dump(tmp_path / "c")


def test_after_a_release_was_taken_out_and_put_back(snapshots: list[Path], tmp_path: Path) -> None:
    load(tmp_path / "a", *snapshots)
    load(tmp_path / "b", *snapshots[:2])
    lifecycle.rollback(tmp_path / "b", "snomed-ct", None)
    load(tmp_path / "b", snapshots[2])
    lifecycle.activate(tmp_path / "b", "snomed-ct", None)
    assert dump(tmp_path / "a") == dump(tmp_path / "b")
    lifecycle.remove(tmp_path / "b", "snomed-ct", None)
    with sqlite3.connect(tmp_path / "b" / FILE_NAME) as connection:
        assert connection.execute("SELECT count(*) FROM fingerprint").fetchone() == (2,)


def test_another_program_compares_everything(snapshots: list[Path], tmp_path: Path, looked_at: list[int]) -> None:
    load(tmp_path, snapshots[0])
    execute(tmp_path, "UPDATE fingerprint SET program = 'older'")
    looked_at.clear()
    load(tmp_path, snapshots[1])
    assert sum(looked_at) > CONCEPTS
