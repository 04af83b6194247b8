"""A loader is killed at any moment: what was served before is served after, and the load can be repeated."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from termservice import ingest
from termservice.verify import verify
from tests.soak import homes, loading
from tests.soak.sizes import size

KILLS = size("kills", sample=3, full=200)
REAL_KILLS = size("real_kills", sample=0, full=40)
SEED = size("seed", sample=1, full=1)


@dataclass
class Prepared:
    """A home before a load, what it says before and after, and what is kept after."""

    home: Path
    loads: list[loading.Load]
    before: dict[str, Any]
    after: dict[str, Any]
    kept: set[str]
    seconds: float
    """That the whole load takes."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Small loads: a new version of a list, a code system of XML with statements, SNOMED CT, maps and a value set."""
    folder = tmp_path_factory.mktemp("killed")
    home = folder / "home"
    homes.load(home, folder, 1)
    ingest.load(home, [homes.SAMPLES / "icd-10-se" / "2019"], ingest.Options())
    samples = ("icd-10-se/2021", "icd-10-se/changes-2013", "snomed-ct/2024-11", "icd-10-to-icd-11/2024-01",
               "exempel-hjarta/2026")  # fmt: skip
    loads: list[loading.Load] = [
        ([homes.release(folder, 2)], homes.options(2)),
        ([homes.SAMPLES / name for name in samples], ingest.Options()),
    ]
    return prepare(folder, home, loads)


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Loads of real size: what is written takes long enough to be ended in the middle of everything."""
    folder = tmp_path_factory.mktemp("killed")
    home = folder / "home"
    ingest.load(home, [shared_data / "icf" / "2019"], ingest.Options())
    loads: list[loading.Load] = [
        ([shared_data / name for name in names], ingest.Options())
        for names in (["icf/2026-01", "urval"], ["snomed-ct/subset-20250909"])
    ]
    return prepare(folder, home, loads)


def prepare(folder: Path, home: Path, loads: list[loading.Load]) -> Prepared:
    """What loads onto a home lead to, and how long they take."""
    before, whole = homes.answers(home), folder / "whole"
    shutil.copytree(home, whole)
    assert loading.finish(folder / "warm", loads) == loading.LOADED
    begun = time.perf_counter()
    assert loading.finish(whole, loads) == loading.LOADED
    seconds = time.perf_counter() - begun
    return Prepared(home, loads, before, homes.answers(whole), homes.kept(whole), seconds)


def test_killed_at_any_moment(prepared: Prepared, tmp_path: Path) -> None:
    killed(prepared, tmp_path, KILLS)


@pytest.mark.live
@pytest.mark.skipif(not REAL_KILLS, reason="takes minutes: at full size only")
def test_killed_in_a_load_of_real_size(real: Prepared, tmp_path: Path) -> None:
    killed(real, tmp_path, REAL_KILLS)


def killed(prepared: Prepared, folder: Path, kills: int) -> None:
    """Loads ended so many times, each checked."""
    dice = random.Random(SEED)
    ended = []
    for number in range(kills):
        home = folder / str(number)
        shutil.copytree(prepared.home, home)
        process = loading.start(home, prepared.loads)
        time.sleep(dice.uniform(0, prepared.seconds * 1.1))
        process.kill()
        process.join()
        ended.append(check(home, prepared))
        shutil.rmtree(home)
    counts = ", ".join(f"{count} at {revision}" for revision, count in sorted(Counter(ended).items()))
    print(f"{kills} kills within {prepared.seconds:.1f} s; the revisions they left: {counts}")


def check(home: Path, prepared: Prepared) -> int:
    """The state after a load that was ended is one between two loads, and repeating them leads to the last. The
    revision found."""
    found = homes.answers(home)
    revisions = prepared.before["revision"], prepared.after["revision"]
    assert revisions[0] <= found["revision"] <= revisions[1]
    for revision, expected in zip(revisions, (prepared.before, prepared.after), strict=True):
        assert found["revision"] != revision or found == expected
    assert verify(home) == []
    assert loading.finish(home, prepared.loads) == loading.LOADED
    assert homes.answers(home) == prepared.after
    assert verify(home) == []
    assert homes.kept(home) == prepared.kept
    return int(found["revision"])
