"""The command that writes the expected results of the samples."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from codesystems.golden import EXPECTED, SAMPLES, main, read_release


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLES / "ks87-p/1987", tmp_path / "samples/ks87-p/1987")
    return tmp_path / "samples"


def test_it_writes_what_reading_gives(samples: Path) -> None:
    assert main([], samples) == 0
    written = json.loads((samples / "ks87-p" / EXPECTED).read_text(encoding="utf-8"))
    (release,) = written["1987"]
    (reading,) = read_release(samples / "ks87-p/1987")
    assert [concept["code"] for concept in release["concepts"]] == [c.code for c in reading.content.concepts]
    assert release["concepts"][0] == {
        "code": "008-",
        "part": "all",
        "designations": [{"value": "Tarminfektion"}],
        "properties": [{"code": "chapter", "value": "01"}],
        "level": "category",
        "sort_key": "008-",
    }


def test_it_overwrites_what_differs_only_when_told_to(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = samples / "ks87-p" / EXPECTED
    target.write_text("{}\n", encoding="utf-8")
    assert main([], samples) == 1
    assert "--force" in capsys.readouterr().out
    assert target.read_text(encoding="utf-8") == "{}\n"
    assert main(["--force"], samples) == 0
    assert main([], samples) == 0
    assert "008-" in target.read_text(encoding="utf-8")


def test_it_can_be_told_which(samples: Path) -> None:
    assert main(["ksi"], samples) == 0
    assert not (samples / "ks87-p" / EXPECTED).exists()


def test_of_a_map_it_writes_the_elements(tmp_path: Path) -> None:
    folder = tmp_path / "samples/icd-10-to-icd-11"
    shutil.copytree(SAMPLES / "icd-10-to-icd-11/2024-01", folder / "2024-01")
    assert main([], folder.parent) == 0
    (release,) = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))["2024-01"]
    assert (release["system"], release["source"], release["target"]) == ("icd-10-to-icd-11", "icd-10", "icd-11")
    assert {"source": "A00", "target": "1A00", "source_display": "Cholera", "target_display": "Cholera"} in release[
        "elements"
    ]
