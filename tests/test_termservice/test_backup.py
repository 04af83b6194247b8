"""A backup put into an empty home answers as the first one did; anything else is refused and leaves no store."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from termservice import keys, lifecycle
from termservice.answers import When
from termservice.backup import MANIFEST, backup, restore
from termservice.errors import Refused, StoreError
from termservice.keys import Keyring
from termservice.scratch import scratch_file, scratch_folder
from termservice.store.database import FILE_NAME
from termservice.verify import verify

CODES = {"A": "Apple", "A1": {"title": "Green apple", "parents": ["A"], "properties": [["note", "Sour."]]}}


@pytest.fixture
def loaded(toy: Any) -> Any:
    toy.put("2020", CODES)
    toy.put("2021", CODES | {"B": "Banana"})
    toy.load(toy.release("2022", CODES), hold=True)
    return toy


@pytest.fixture
def archive(loaded: Any) -> Path:
    path = Path(loaded.folder / "backup.zip")
    backup(loaded.home, path)
    return path


def answers(toy: Any) -> list[Any]:
    service = toy.service()
    found: list[Any] = [toy.statuses()]
    for version in service.versions("toy").items:
        found.append([each | {"revision": 0} for each in service.export("toy", When(version=version.version))])
    found.append([(hit.code, hit.matched.text) for hit in service.search("apple").items])
    return found


def test_round_trip(loaded: Any, archive: Path) -> None:
    before, originals, revision = answers(loaded), loaded.originals(), loaded.revision()
    loaded.home = loaded.folder / "elsewhere"
    assert restore(loaded.home, archive) == revision + 1
    assert (answers(loaded), loaded.originals()) == (before, originals)
    assert verify(loaded.home) == []
    lifecycle.activate(loaded.home, "toy", "2022")
    assert len(loaded.service().versions("toy").items) == 3


def test_a_backup_holds_store_and_originals_only(loaded: Any, archive: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        names = set(found.namelist())
    assert names == {MANIFEST, FILE_NAME} | {f"originals/{sha[:2]}/{sha}" for sha in loaded.originals()}
    assert sorted(path.name for path in loaded.home.iterdir() if path.name.startswith(".")) == []


def test_a_backup_is_taken_while_others_read(loaded: Any) -> None:
    service = loaded.service()
    with service.snapshot():
        service.codesystems()
        assert backup(loaded.home, loaded.folder / "b.zip") > 0
    restore(loaded.folder / "elsewhere", loaded.folder / "b.zip")


def test_a_missing_original_stops_the_backup(loaded: Any) -> None:
    sha256 = loaded.originals()[0]
    (loaded.home / "originals" / sha256[:2] / sha256).unlink()
    with pytest.raises(StoreError, match="verify"):
        backup(loaded.home, loaded.folder / "b.zip")
    assert not (loaded.folder / "b.zip").exists()
    assert not list(loaded.folder.glob(".backup-*"))


def test_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store"):
        backup(tmp_path / "nowhere", tmp_path / "b.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_never_overwritten(loaded: Any, archive: Path) -> None:
    before = loaded.dump()
    with pytest.raises(Refused, match="already"):
        restore(loaded.home, archive)
    assert loaded.dump() == before


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    with zipfile.ZipFile(archive) as found:
        members = {name: found.read(name) for name in found.namelist()}
    change(members)
    with zipfile.ZipFile(archive, "w") as out:
        for name, content in members.items():
            out.writestr(name, content)


def first_original(members: dict[str, bytes]) -> str:
    return next(name for name in members if name.startswith("originals/"))


CHANGES: list[tuple[str, Callable[[dict[str, bytes]], object]]] = [
    ("no manifest", lambda members: members.pop(MANIFEST)),
    ("no store", lambda members: members.pop(FILE_NAME)),
    ("odd name", lambda members: members.update({"readme.txt": b"hello"})),
    ("leads outside", lambda members: members.update({"../outside.txt": b"hello"})),
    ("absolute", lambda members: members.update({"/tmp/outside.txt": b"hello"})),
    ("nested original", lambda members: members.update({f"originals/aa/../{'a' * 64}": b"hello"})),
    ("garbage store", lambda members: members.update({FILE_NAME: b"x" * 9000})),
    ("empty store", lambda members: members.update({FILE_NAME: b""})),
    ("cut store", lambda members: members.update({FILE_NAME: members[FILE_NAME][:20_000]})),
    ("original gone", lambda members: members.pop(first_original(members))),
    ("odd keys", lambda members: members.update({keys.FILE_NAME: b"{}"})),
    ("original changed", lambda members: members.update({first_original(members): b"x"})),
]


@pytest.mark.parametrize("change", [case[1] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_what_is_no_whole_backup_is_refused(
    archive: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], object]
) -> None:
    rewritten(archive, change)
    home = tmp_path / "empty" / "home"
    with pytest.raises(Refused, match="no whole backup"):
        restore(home, archive)
    assert list(home.iterdir()) == []
    assert not (tmp_path / "outside.txt").exists()
    assert [path.name for path in (tmp_path / "empty").iterdir()] == ["home"]


@pytest.mark.parametrize("size", [0, 1, 100, 3000, -30])
def test_a_damaged_archive_is_refused(archive: Path, tmp_path: Path, size: int) -> None:
    content = archive.read_bytes()
    archive.write_bytes(content[:size])
    with pytest.raises(Refused, match="no whole backup"):
        restore(tmp_path / "new", archive)


@pytest.mark.parametrize("at", [60, 200, 2000, 5000])
def test_a_flipped_byte_is_refused_or_harmless(archive: Path, tmp_path: Path, at: int) -> None:
    content = bytearray(archive.read_bytes())
    content[at] ^= 0xFF
    archive.write_bytes(content)
    try:
        restore(tmp_path / "new", archive)
    except Refused:
        assert list((tmp_path / "new").iterdir()) == []
    else:
        assert verify(tmp_path / "new") == []


def test_api_keys_are_in_it_for_their_owner_only(loaded: Any) -> None:
    secret, made = keys.add(loaded.home, "EHR", "read")
    archive = loaded.folder / "b.zip"
    backup(loaded.home, archive)
    new = loaded.folder / "elsewhere"
    restore(new, archive)
    assert Keyring(new).holder(secret) == made
    assert [stat.S_IMODE(path.stat().st_mode) for path in (archive, new / keys.FILE_NAME)] == [0o600, 0o600]


def test_keys_are_never_overwritten(loaded: Any, archive: Path, tmp_path: Path) -> None:
    keys.add(tmp_path / "new", "EHR", "read")
    with pytest.raises(Refused, match="API keys"):
        restore(tmp_path / "new", archive)
    assert not (tmp_path / "new" / FILE_NAME).exists()


def test_what_a_killed_one_left_is_cleared_by_the_next(loaded: Any, archive: Path) -> None:
    new = loaded.folder / "elsewhere"
    left = [loaded.home / ".backup-left", new / ".restore-left"]
    for folder in left:
        folder.mkdir(parents=True)
        (folder / FILE_NAME).write_bytes(b"half of it")
    left.append(archive.parent / ".backup-left")
    left[-1].write_bytes(b"half of it")
    backup(loaded.home, archive)
    restore(new, archive)
    assert [path for path in left if path.exists()] == []


def test_what_another_one_works_in_is_left_alone(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, ".x-") as first, scratch_file(tmp_path, ".x-") as second:
        with scratch_folder(tmp_path, ".x-") as third:
            assert sorted(tmp_path.iterdir()) == sorted([first, second, third])
        assert sorted(tmp_path.iterdir()) == sorted([first, second])
    assert list(tmp_path.iterdir()) == []
