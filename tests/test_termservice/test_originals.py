"""Files kept by what they hold."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from termservice.errors import StoreError
from termservice.originals import INCOMING, Originals


@pytest.fixture
def originals(tmp_path: Path) -> Originals:
    return Originals(tmp_path / "originals")


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def kept(originals: Originals) -> list[str]:
    return sorted(path.name for path in originals.folder.rglob("*") if path.is_file())


def test_the_same_content_is_kept_once(originals: Originals, tmp_path: Path) -> None:
    content = "åäö".encode("cp1252") * 1000
    sha256 = hashlib.sha256(content).hexdigest()
    for name in ("one", "two"):
        assert originals.keep(write(tmp_path / name, content)) == (sha256, 3000)
    assert kept(originals) == [sha256]
    assert originals.path(sha256).read_bytes() == content


def test_a_copy_that_fails_leaves_nothing(
    originals: Originals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: object, target: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        originals.keep(write(tmp_path / "one", b"x"))
    assert kept(originals) == []


def test_what_a_killed_load_left_is_gone_after_the_next(originals: Originals, tmp_path: Path) -> None:
    originals.folder.mkdir()
    write(originals.folder / INCOMING, b"half of something longer")
    sha256, _ = originals.keep(write(tmp_path / "one", b"x"))
    assert kept(originals) == [sha256]
    assert originals.damaged(sha256) is None


def test_laying_out_gives_files_their_own_names(originals: Originals, tmp_path: Path) -> None:
    same, _ = originals.keep(write(tmp_path / "one", b"x"))
    other, _ = originals.keep(write(tmp_path / "two", b"y"))
    originals.lay_out([("a/b.txt", same), ("c.zip!/a.txt", other), ("d.txt", same)], tmp_path / "out")
    out = {path.relative_to(tmp_path / "out").as_posix(): path for path in (tmp_path / "out").rglob("*.txt")}
    assert {name: path.read_bytes() for name, path in out.items()} == {
        "a/b.txt": b"x", "c.zip!/a.txt": b"y", "d.txt": b"x",
    }  # fmt: skip


def test_a_missing_original_is_named(originals: Originals, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"list\.csv"):
        originals.lay_out([("list.csv", "0" * 64)], tmp_path / "out")


def test_damage_is_seen(originals: Originals, tmp_path: Path) -> None:
    sha256, _ = originals.keep(write(tmp_path / "one", b"x"))
    assert originals.damaged(sha256) is None
    originals.path(sha256).write_bytes(b"y")
    assert originals.damaged(sha256) == "changed"
    originals.path(sha256).unlink()
    assert originals.damaged(sha256) == "missing"


def test_sweeping_deletes_what_nobody_wants(originals: Originals, tmp_path: Path) -> None:
    wanted, _ = originals.keep(write(tmp_path / "one", b"x"))
    originals.keep(write(tmp_path / "two", b"y"))
    assert originals.sweep({wanted}) == 1
    assert kept(originals) == [wanted]
