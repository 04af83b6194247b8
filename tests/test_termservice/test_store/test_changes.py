"""What differs between two positions, as its definition has it, though indexes find it."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from benchmarks.rf2.hierarchy import Plan
from benchmarks.synthetic_rf2 import generate
from termservice import ingest
from termservice.store import changes, compare, write
from termservice.store.changes import Differing
from termservice.store.database import FILE_NAME, Database
from termservice.verify import verify

TABLES = ("state", "designation", "edge", "property", "validity")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("changes")
    generate(folder / "packages", Plan(300, 5, 3))
    result = ingest.load(folder / "home", sorted((folder / "packages").glob("*/Snapshot")), ingest.Options())
    assert not result.refused
    return folder / "home"


def test_differing(home: Path) -> None:
    database = Database(home / FILE_NAME)
    with database.read() as connection:
        (system,) = connection.execute("SELECT id FROM system WHERE short='snomed-ct'").fetchone()
        positions = [pos for (pos,) in connection.execute("SELECT pos FROM version WHERE system_id=?", (system,))]
        assert len(positions) == 3
        for a, b in combinations(sorted(positions), 2):
            for table in TABLES:
                name, value = changes._SOURCES[table]
                held: list[set[tuple[int, str, str]]] = [
                    set(
                        connection.execute(
                            f"SELECT cid, CAST({name} AS TEXT), {value} FROM {table} WHERE vf <= ? AND vt > ?", (at, at)
                        )
                    )
                    for at in (a, b)
                ]
                found = list(changes.differing(connection, system, table, a, b))
                assert {(each.cid, each.name, each.value) for each in found if each.old} == held[0] - held[1]
                assert {(each.cid, each.name, each.value) for each in found if not each.old} == held[1] - held[0]
                assert all(a < each.at <= b for each in found)
                assert found == sorted(found, key=_order)
                assert found or table == "validity"
    database.close()


def _order(each: Differing) -> tuple[int, str, str]:
    return each.cid, each.name, each.value


def test_facts_are_compared_some_at_a_time(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "CHUNK", 7)
    assert verify(home) == []
    assert compare.write.CHUNK == 7
