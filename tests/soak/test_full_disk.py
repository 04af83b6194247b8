"""The disk is full, or no file may grow: the load is refused, what was served is served, and there is room again."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from termservice import ingest
from termservice.verify import verify
from tests.soak import homes, loading
from tests.soak.sizes import size

LIMITS = size("limits", sample=3, full=60)
"""Of the largest file, between nothing and what the load needs."""
DISKS = size("disks", sample=2, full=40)
CODES = 400
KIB = 1024


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full")
    homes.load(folder / "home", folder, 1, CODES)
    ingest.load(folder / "home", [homes.SAMPLES / "snomed-ct" / "2024-11"], ingest.Options())
    return folder / "home"


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory) -> list[loading.Load]:
    folder = tmp_path_factory.mktemp("releases")
    both = [homes.SAMPLES / "snomed-ct" / "2025-05", homes.SAMPLES / "icd-10-se" / "2019"]
    return [([homes.release(folder, 2, CODES)], homes.options(2)), (both, ingest.Options())]


def test_no_file_may_grow(before: Path, loads: list[loading.Load], tmp_path: Path) -> None:
    said, kept = homes.answers(before), homes.kept(before)
    most = sum(path.stat().st_size for path in before.rglob("*") if path.is_file())
    ended = []
    for number in range(LIMITS):
        home = tmp_path / str(number)
        shutil.copytree(before, home)
        ended.append(loading.finish(home, loads, largest=most * number // LIMITS))
        check(home, loads, ended[-1], said, kept)
        shutil.rmtree(home)
    assert loading.REFUSED in ended
    print(f"{LIMITS} limits of the largest file up to {most // KIB} KiB: {ended.count(loading.REFUSED)} refused")


def test_a_full_disk(before: Path, loads: list[loading.Load], disk: Path) -> None:
    """Sizes from hardly more than what is there to what the load needs; then more room, and the same load."""
    said, kept = homes.answers(before), homes.kept(before)
    shutil.copytree(before, disk / "home")
    used = taken(disk)
    ended = []
    for number in range(DISKS):
        resize(disk, used + 16 * KIB + used * number // DISKS)
        ended.append(loading.finish(disk / "home", loads))
        resize(disk, used * 20)
        check(disk / "home", loads, ended[-1], said, kept)
        shutil.rmtree(disk / "home")
        shutil.copytree(before, disk / "home")
    assert loading.REFUSED in ended
    print(f"{DISKS} disks from {used // KIB} to {2 * used // KIB} KiB: {ended.count(loading.REFUSED)} refused")


def check(home: Path, loads: list[loading.Load], ended: int, said: dict[str, object], kept: set[str]) -> None:
    assert ended in (loading.LOADED, loading.REFUSED)
    found = homes.answers(home)
    assert verify(home) == []
    if found["revision"] == said["revision"]:
        assert found == said
        assert homes.kept(home) >= kept
    assert loading.finish(home, loads) == loading.LOADED
    assert verify(home) == []
    assert homes.answers(home)["revision"] > found["revision"] or ended == loading.LOADED
    assert not [path for path in home.rglob(".*") if path.is_file()]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or mount(folder, "mount", "-t", "tmpfs", "-o", "size=64m", "termservice-test"):
        pytest.skip("a file system cannot be mounted here: needs root on Linux")
    try:
        yield folder
    finally:
        assert mount(folder, "umount") == 0


def mount(folder: Path, *command: str) -> int:
    return subprocess.run([*command, str(folder)], stderr=subprocess.DEVNULL, check=False).returncode


def resize(folder: Path, bytes: int) -> None:
    assert mount(folder, "mount", "-o", f"remount,size={bytes // KIB}k") == 0


def taken(folder: Path) -> int:
    usage = os.statvfs(folder)
    return (usage.f_blocks - usage.f_bfree) * usage.f_frsize
