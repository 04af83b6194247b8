"""The measurement of SNOMED CT at full size, on an edition of a few hundred concepts: it tells every figure."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import processes, snomed
from benchmarks.snomed_answers import EXPRESSIONS, Figure, answers, sampled
from termservice.service import TerminologyService


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full-size")
    snomed._made(folder / "packages", 400)
    figures = list(snomed.loads(folder / "home", folder / "packages"))
    assert [figure.name for figure in figures if figure.target] == [
        "import",
        "import, peak of all processes",
        "release 2",
        "release 2, peak of all processes",
    ]
    assert all(figure.value > 0 for figure in figures)
    return folder / "home"


@pytest.fixture
def service(home: Path) -> Iterator[TerminologyService]:
    service = TerminologyService(home)
    yield service
    service.close()


def test_every_expression_selects_something(service: TerminologyService) -> None:
    for name, expression in EXPRESSIONS:
        assert service.ecl("snomed-ct", expression, limit=1).total, name


def test_the_sample_is_of_active_concepts(home: Path, service: TerminologyService) -> None:
    sample = sampled(home)
    assert len(sample.codes) > 20 and all(sample.texts)
    assert all(service.concept("snomed-ct", code).active for code in sample.codes[:20])


def test_figures_of_a_store_that_is_served_and_asked(home: Path) -> None:
    found = {figure.name: figure for figure in (*snomed.sizes(home), *snomed.served(home, sampled(home)))}
    assert found["store"].value == (home / "store.db").stat().st_size / 1e6
    assert 0 < found["serving process, memory of its own"].value < 400
    asked = {figure.name for figure in answers(home)}
    assert {"type-ahead at every key, p99", "one letter, worst", "changes between two releases"} <= asked
    assert {f"ECL, {name}" for name, _ in EXPRESSIONS} <= asked


def test_a_figure_stands_beside_its_target() -> None:
    assert str(Figure("store", 512.0, "MB", 1500)).split() == ["store", "512", "MB", "target", "1500", "met"]
    assert str(Figure("store", 1501.0, "MB", 1500)).endswith("MISSED")
    assert Figure("index", 9e9, "MB").met and "target" not in str(Figure("index", 9e9, "MB"))


def test_children_count_in_what_a_command_takes() -> None:
    child = "held = bytearray(60 << 20)\nimport time\ntime.sleep(0.5)"
    code = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {child!r}]) + 3)"
    taken = processes.run([sys.executable, "-c", code])
    assert (taken.status, taken.peak > 60) == (3, True)
