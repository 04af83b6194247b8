"""Arrays built by another process are those that this one builds; where they cannot be, this one says why."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.rf2.hierarchy import Plan
from benchmarks.synthetic_rf2 import generate
from codesystems.files import Package
from codesystems.loader import Candidate
from codesystems.model import Hints
from codesystems.snomed import LOADER
from termservice import ingest
from termservice.snomed import artefactbuilding, beside
from termservice.snomed.beside import Beside


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("beside")
    return generate(folder, Plan(300, 1, 1)).releases[0].packages[0].path / "Snapshot"


@pytest.fixture
def candidate(package: Path) -> Iterator[Candidate]:
    with Package(package) as found:
        (candidate,) = LOADER.identify(found, Hints())
        yield candidate


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "WORTHWHILE", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_load_keeps_the_same_either_way(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here: list[Path] = []
    build: Callable[..., object] = artefactbuilding.build_arrays
    monkeypatch.setattr(
        artefactbuilding, "build_arrays", lambda folder, rows: (here.append(folder), build(folder, rows))
    )
    ingest.load(tmp_path / "beside", [package], ingest.Options())
    assert not here
    monkeypatch.setattr(beside, "WORTHWHILE", 1 << 40)
    ingest.load(tmp_path / "alone", [package], ingest.Options())
    assert len(here) == 1
    one, other = (contents(tmp_path / name / "editions") for name in ("beside", "alone"))
    assert one == other and len(one) > 20


def test_nothing_is_left_of_what_nobody_takes(candidate: Candidate, tmp_path: Path) -> None:
    with Beside(tmp_path / "building") as builds:
        builds.start("a", candidate)
        (process,) = builds._running.values()
    assert process.poll() is not None
    assert not (tmp_path / "building").exists()


def test_a_release_after_the_other(candidate: Candidate, tmp_path: Path) -> None:
    with Beside(tmp_path / "building") as builds:
        builds.start("a", candidate)
        builds.start("b", candidate)
        first, second = builds.take("a"), builds.take("b")
        assert first is not None and second is not None
        assert contents(first) == contents(second)
        assert builds.take("a") is None


def test_what_cannot_be_built_is_left_to_this_process(candidate: Candidate, tmp_path: Path) -> None:
    gone = replace(candidate.files[0], local=tmp_path / "gone.txt")
    gone.local.write_bytes(b"id\n")
    with Beside(tmp_path / "building") as builds:
        builds.start("a", replace(candidate, files=(gone, *candidate.files[1:])))
        assert builds.take("a") is None


@pytest.mark.parametrize("processors", [{0}, {0, 1}])
def test_one_processor_is_not_shared(
    candidate: Candidate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processors: set[int]
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: processors, raising=False)
    with Beside(tmp_path / "building") as builds:
        builds.start("a", candidate)
        assert (builds.take("a") is None) == (len(processors) == 1)
