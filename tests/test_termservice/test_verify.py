"""Damage of every kind is noticed, and named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from termservice.errors import StoreError
from termservice.store.database import FILE_NAME
from termservice.verify import verify

CODES = {
    "A": "Apple",
    "A1": {
        "title": "Green apple",
        "parents": ["A"],
        "properties": [["note", "Sour."], ["colour", "green"]],
        "valid_from": "2019-01-01",
    },
}


@pytest.fixture
def loaded(toy: Any) -> Any:
    toy.put("2020", CODES)
    toy.put("2021", CODES | {"B": "Banana"})
    toy.put("2021", {"x": "X"}, system="odd")
    return toy


def original(toy: Any) -> Path:
    """The first release's."""
    (sha256,) = toy.query("SELECT sha256 FROM file WHERE release_id=1")[0]
    return Path(toy.home / "originals" / sha256[:2] / sha256)


def index(toy: Any) -> Path:
    return Path(toy.home / toy.query("SELECT path FROM artefact WHERE system_id=1")[0][0])


def test_all_is_well(loaded: Any) -> None:
    loaded.load(loaded.release("2022", CODES), hold=True)
    assert verify(loaded.home) == []


def test_nothing_to_verify(toy: Any) -> None:
    with pytest.raises(StoreError, match="no store"):
        verify(toy.home)


DAMAGE: list[tuple[str, Callable[[Any], object], str]] = [
    ("original changed", lambda toy: original(toy).write_bytes(b"{}"), r"original release\.toy of toy 2020 is changed"),
    ("original gone", lambda toy: original(toy).unlink(), r"original release\.toy of toy 2020 is missing"),
    ("index gone", lambda toy: shutil.rmtree(index(toy)), "search index .*reindex"),
    (
        "index of something else",
        lambda toy: (shutil.rmtree(index(toy)), shutil.copytree(toy.home / "index/odd-3", index(toy))),
        "search index of toy does not find",
    ),
    ("no artefact", lambda toy: toy.execute("DELETE FROM artefact WHERE system_id=1"), "search index .*reindex"),
    ("title", lambda toy: toy.execute("UPDATE designation SET value='?' WHERE value='Apple'"), "toy 2020: 2 facts"),
    ("parent", lambda toy: toy.execute("UPDATE edge SET rank=1"), "toy 2020: 2 facts differ"),
    ("property", lambda toy: toy.execute("UPDATE property SET value='red' WHERE prop='colour'"), "2 facts differ"),
    ("validity", lambda toy: toy.execute("DELETE FROM validity"), "toy 2020: 1 facts differ.*2019-01-01"),
    ("state", lambda toy: toy.execute("UPDATE state SET active=0"), "toy 2020: 4 facts differ"),
    ("version gone", lambda toy: toy.execute("DELETE FROM version WHERE version='2021'"), "toy 2021 is marked active"),
    ("interval turned", lambda toy: toy.execute("UPDATE state SET vt=vf - 1"), "rows of state end before they begin"),
    ("interval begins between releases", lambda toy: toy.execute("UPDATE edge SET vf=vf + 1"), "edge begin where"),
    ("interval ends between releases", lambda toy: toy.execute("UPDATE state SET vt=2030010100"), "state end where"),
    (
        "interval twice",
        lambda toy: toy.execute(
            "INSERT INTO edge (cid, rank, parent, unit, vf, vt) "
            "SELECT cid, rank, parent, unit, 2021010100, vt FROM edge"
        ),
        "edge overlap or touch",
    ),
]


@pytest.mark.parametrize(("damage", "message"), [case[1:] for case in DAMAGE], ids=[case[0] for case in DAMAGE])
def test_damage_is_noticed(loaded: Any, damage: Callable[[Any], object], message: str) -> None:
    damage(loaded)
    problems = verify(loaded.home)
    assert problems
    assert re.search(message, "\n".join(problems)), problems
    assert all("\n" not in problem for problem in problems)


def test_quick_does_not_read_releases_again(loaded: Any) -> None:
    loaded.execute("UPDATE designation SET value='Appel' WHERE value='Apple'")
    assert verify(loaded.home, quick=True) == []
    assert verify(loaded.home) != []


@pytest.mark.parametrize("table", ["designation", "state", "file", "covers", "concept"])
def test_a_torn_store_is_noticed(loaded: Any, table: str) -> None:
    ((page,),) = loaded.query("SELECT rootpage FROM sqlite_master WHERE name=?", table)
    store = loaded.home / FILE_NAME
    content = bytearray(store.read_bytes())
    content[(page - 1) * 4096 : (page - 1) * 4096 + 64] = b"\xff" * 64
    store.write_bytes(content)
    problems = verify(loaded.home)
    assert problems[0].startswith("store: ")


def test_verifying_mends_nothing(loaded: Any) -> None:
    loaded.execute("UPDATE state SET active=0")
    original(loaded).unlink()
    before, files = loaded.dump(), loaded.files()
    verify(loaded.home)
    assert (loaded.dump(), loaded.files()) == (before, files)
