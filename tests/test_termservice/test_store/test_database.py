"""The file itself: made once, read in snapshots, written all or nothing."""

from __future__ import annotations

import resource
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from termservice.errors import Refused, StoreError
from termservice.store import catalog, database
from termservice.store.database import Database, check_file, revision


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    found = Database.create(tmp_path / "home" / "store.db")
    yield found
    found.close()


def test_a_new_store_is_empty_and_sound(store: Database) -> None:
    with store.read() as connection:
        assert revision(connection) == 0
        assert catalog.systems(connection) == []
    check_file(store.path)


def test_making_a_store_twice_keeps_what_is_in_it(store: Database) -> None:
    with store.write() as connection:
        catalog.raise_revision(connection)
    again = Database.create(store.path)
    with again.read() as connection:
        assert revision(connection) == 1
    again.close()


def test_a_store_is_made_once_by_many(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Database.create(path), range(8)))
    for each in made:
        with each.read() as connection:
            assert revision(connection) == 0
        each.close()


def test_what_fails_is_undone(store: Database) -> None:
    with pytest.raises(KeyError), store.write() as connection:
        catalog.raise_revision(connection)
        raise KeyError("stop")
    with store.read() as connection:
        assert revision(connection) == 0


def test_what_undoing_needs_is_kept_on_disk_while_writing(store: Database) -> None:
    """In memory, each statement inside a savepoint would look through all that was changed before it."""

    def kept(connection: sqlite3.Connection) -> str:
        return {1: "on disk", 2: "in memory"}[connection.execute("PRAGMA temp_store").fetchone()[0]]

    with store.write() as connection:
        assert kept(connection) == "on disk"
    assert kept(connection) == "in memory"


def test_a_snapshot_does_not_move(store: Database) -> None:
    other = Database(store.path)
    with store.read() as connection:
        assert revision(connection) == 0
        with other.write() as writing:
            catalog.raise_revision(writing)
        with store.read() as nested:
            assert revision(nested) == 0
        assert revision(connection) == 0
    with store.read() as connection:
        assert revision(connection) == 1
    other.close()


def test_one_writes_at_a_time(store: Database) -> None:
    other = Database(store.path)
    with store.write() as connection:
        catalog.raise_revision(connection)
        with pytest.raises(Refused, match="another process"), other.write(wait=0.05):
            pytest.fail("two wrote at once")
    with other.write() as connection:
        assert catalog.raise_revision(connection) == 2
    other.close()


def test_each_thread_has_a_connection_of_its_own(store: Database) -> None:
    found = [store.connection()]
    thread = threading.Thread(target=lambda: found.append(store.connection()))
    thread.start()
    thread.join()
    assert found[0] is not found[1]
    assert store.connection() is found[0]


def test_a_copy_is_whole_while_another_writes(store: Database, tmp_path: Path) -> None:
    other = Database(store.path)
    with other.write() as connection:
        catalog.raise_revision(connection)
        store.copy_to(tmp_path / "copy.db")
    other.close()
    check_file(tmp_path / "copy.db")
    copy = Database(tmp_path / "copy.db")
    with copy.read() as connection:
        assert revision(connection) == 0
    copy.close()


def test_a_closed_store_opens_again(store: Database) -> None:
    store.connection()
    store.close()
    with store.read() as connection:
        assert revision(connection) == 0


@pytest.mark.parametrize("where", ["in a file", "read-only"])
def test_a_store_that_cannot_be_made(tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if where == "in a file":
        (tmp_path / "file").write_text("x")
        with pytest.raises(OSError):
            Database.create(tmp_path / "file" / "store.db")
        return

    def refuse(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(database, "_connect", refuse)
    with pytest.raises(StoreError, match="unable to open"):
        Database.create(tmp_path / "store.db")


def test_what_is_committed_counts_where_the_log_cannot_be_written_back(store: Database) -> None:
    before = store.path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with store.write() as connection:
            resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))  # no file may become larger than the store is
            catalog.raise_revision(connection)
            connection.execute("INSERT INTO meta VALUES ('long', ?)", ("x" * (before // 2),))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.path.stat().st_size == before  # it could not be written back
    with store.read() as connection:
        assert revision(connection) == 1
    with store.write():
        pass
    assert store.path.stat().st_size > before


@pytest.mark.parametrize(("was", "made"), [("revision", "revisioN_"), ("CREATE TABLE version", "CREATE TABLE versioM")])
def test_a_changed_name_in_the_schema_is_damage(store: Database, was: str, made: str) -> None:
    store.close()
    connection = sqlite3.connect(store.path)
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'version'", (was, made))
    connection.commit()
    connection.close()
    damaged = Database(store.path)
    with pytest.raises(StoreError, match=r"damaged|not a usable store"), damaged.read() as reading:
        reading.execute("SELECT revision FROM version").fetchall()
    damaged.close()
