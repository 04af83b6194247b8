"""What is refused leaves the store exactly as it was, whatever goes wrong and wherever."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from termservice import bases, indexing, ingest, lifecycle
from termservice.answers import When
from termservice.errors import NotFound, Refused, StoreError
from termservice.originals import Originals
from termservice.store import database, write
from termservice.store.database import FILE_NAME, Database

BEFORE = {"A": "Apple", "b": {"title": "Berry", "part": "low"}}
AFTER = {"A": "Apples", "B": "Banana", "b": {"title": "Berry", "part": "low"}}


@pytest.fixture
def loaded(toy: Any) -> Any:
    toy.put("2020", BEFORE)
    return toy


@contextmanager
def unchanged(toy: Any) -> Iterator[None]:
    """Rows, revision and index as before, and the service answers as before."""
    before = toy.dump()
    indexes = {name: content for name, content in toy.files().items() if name.startswith("index/")}
    yield
    assert toy.dump() == before
    assert {name: content for name, content in toy.files().items() if name.startswith("index/")} == indexes
    service = toy.service()
    assert service.concept("toy", "A").display == "Apple"
    assert [hit.code for hit in service.search("apple").items] == ["A"]


def load(toy: Any, *paths: Path, **options: Any) -> list[str]:
    return [outcome.message or outcome.status for outcome in toy.load(*paths, **options)]


CASES: list[tuple[str, Callable[[Any], Path], dict[str, Any], str]] = [
    ("absent", lambda toy: toy.folder / "nowhere", {}, "no such file"),
    ("broken", lambda toy: toy.release("2021", AFTER, broken="line 3: no title"), {}, "line 3: no title"),
    ("unknown version", lambda toy: toy.release(None, AFTER), {}, "give --version"),
    ("version without date", lambda toy: toy.release("spring", AFTER), {}, "give --effective-date"),
    ("not whole", lambda toy: toy.release("2021", AFTER, missing=["KXX"]), {}, "KXX missing; --partial"),
    (
        "partial that takes coverage away",
        lambda toy: toy.release("2020", {"A": "Apples"}, missing=["low"]),
        {"partial": True},
        "also covers low",
    ),
]


@pytest.mark.parametrize(("make", "options", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_releases_that_are_refused(
    loaded: Any, make: Callable[[Any], Path], options: dict[str, Any], message: str
) -> None:
    path = make(loaded)
    with unchanged(loaded):
        (said,) = load(loaded, path, **options)
    assert message in said
    assert "\n" not in said


def test_a_refused_release_does_not_hold_back_the_others(loaded: Any) -> None:
    paths = [
        loaded.release("2021", AFTER),
        loaded.release("2022", AFTER, broken="not this one"),
        loaded.release("2023", AFTER),
    ]
    assert [outcome.status for outcome in loaded.load(*paths)] == ["loaded", "refused", "loaded"]
    assert loaded.query("SELECT version FROM version ORDER BY pos") == [("2020",), ("2021",), ("2023",)]
    assert loaded.revision() == 2


def fail(error: Exception) -> Callable[..., Any]:
    def failing(*_: Any, **__: Any) -> Any:
        raise error

    return failing


@pytest.mark.parametrize(
    ("module", "name", "error", "raised"),
    [
        (indexing, "build_index", RuntimeError("a fault in the index"), RuntimeError),
        (indexing, "build_index", OSError(errno.ENOSPC, "No space left on device"), Refused),
        (write, "_write_stated", sqlite3.OperationalError("something of the store's"), Refused),
        (Originals, "keep", OSError(errno.ENOSPC, "No space left on device"), Refused),
        (ingest, "finish", KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_failures_half_way(
    loaded: Any,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    error: Exception,
    raised: type[BaseException],
) -> None:
    release = loaded.release("2021", AFTER)
    with unchanged(loaded), monkeypatch.context() as patch:
        patch.setattr(module, name, fail(error))
        with pytest.raises(raised):
            loaded.load(release)
    assert [outcome.status for outcome in loaded.load(release)] == ["loaded"]


def test_an_index_half_built_is_cleared_away(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load that was killed left its folder behind; the next one starts afresh."""
    leftover = loaded.home / "index" / "toy-2"
    leftover.mkdir()
    (leftover / "index.json").write_text("half")
    loaded.put("2021", AFTER)
    assert [hit.code for hit in loaded.service().search("banana").items] == ["B"]


def test_too_little_room(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    release = loaded.release("2021", AFTER)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=5 << 20))
    with unchanged(loaded), pytest.raises(Refused, match="5 MiB free"):
        loaded.load(release)


def test_a_store_that_cannot_grow(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full in the middle of writing, as SQLite itself reports it."""
    connect = database._connect

    def confined(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA max_page_count=10")
        return connection

    many = {f"A{number}": "A long title that takes up room " * 5 for number in range(2000)}
    release = loaded.release("2021", many)
    with unchanged(loaded), monkeypatch.context() as patch:
        patch.setattr(database, "_connect", confined)
        with pytest.raises((Refused, StoreError), match="disk is full"):
            loaded.load(release)


def test_another_one_is_writing(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    release = loaded.release("2021", AFTER)
    original = Database.write
    monkeypatch.setattr(Database, "write", lambda self: original(self, wait=0.05))
    other = sqlite3.connect(loaded.home / FILE_NAME, isolation_level=None)
    try:
        with unchanged(loaded):
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Refused, match="another process"):
                loaded.load(release)
            other.execute("ROLLBACK")
    finally:
        other.close()


@pytest.mark.parametrize(
    "operation",
    [
        lambda home: lifecycle.activate(home, "toy", "2021"),
        lambda home: lifecycle.rollback(home, "toy", "1999"),
        lambda home: lifecycle.remove(home, "nonsense", "2020"),
        lambda home: lifecycle.reindex(home, "nonsense"),
    ],
)
def test_operations_on_what_is_not_there(loaded: Any, operation: Callable[[Path], object]) -> None:
    with unchanged(loaded), pytest.raises(NotFound):
        operation(loaded.home)


def test_activating_what_can_no_longer_be_read(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded.load(loaded.release("2021", AFTER), hold=True)
    with unchanged(loaded):
        with monkeypatch.context() as patch, pytest.raises(Refused, match="no longer recognises"):
            patch.setattr(bases, "loaders", lambda: ())
            lifecycle.activate(loaded.home, "toy", "2021")
        for path in (loaded.home / "originals").glob("??/*"):
            path.rename(loaded.folder / path.name)
        with pytest.raises(StoreError, match=r"original of .* is missing"):
            lifecycle.activate(loaded.home, "toy", "2021")


def test_a_home_that_cannot_be(toy: Any) -> None:
    toy.home.write_text("a file")
    with pytest.raises((StoreError, OSError)):
        toy.load(toy.release("2020", BEFORE))


def test_readers_see_nothing_of_a_dry_run_or_a_failure(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    service = loaded.service()
    monkeypatch.setattr(ingest, "finish", fail(RuntimeError("stop")))
    with pytest.raises(RuntimeError):
        loaded.load(loaded.release("2021", AFTER))
    assert [each.version for each in service.versions("toy").items] == ["2020"]
    assert service.concept("toy", "A", When(version="2020")).display == "Apple"
