"""SNOMED CT: which releases a package holds, of which edition and day, and what they build on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from codesystems import snomed, snomed_editions
from codesystems.loader import Base
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report
from codesystems.snomed import LOADER
from tests.test_codesystems.test_snomed.releases import (
    CONCEPTS,
    DEPENDENCIES,
    FULL,
    INT,
    SNAPSHOT,
    SWEDISH,
    candidates,
    content,
    one,
    renamed,
    without_root,
)


def test_a_full_gives_every_state_of_its_concepts() -> None:
    found = candidates(FULL)
    assert [(each.version, each.form) for each in found] == [
        (f"{SWEDISH}20241130", "Full"),
        (f"{SWEDISH}20250531", "Full"),
    ]
    earlier, latest = map(content, found)
    assert {each.code for each in earlier.concepts} < {each.code for each in latest.concepts}
    assert (earlier.effective, latest.effective) == (date(2024, 11, 30), date(2025, 5, 31))


def test_full_and_snapshot_say_the_same_of_a_day() -> None:
    full, snapshot = content(candidates(FULL)[0]), content(one(SNAPSHOT))
    assert list(full.concepts) == list(snapshot.concepts)
    assert full.covers == snapshot.covers


def test_an_earlier_state_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("20241130", "2024-11-30", f"{SWEDISH}20241130"):
        assert one(FULL, Hints(version=version)).version == f"{SWEDISH}20241130"
    assert one(FULL, Hints(effective=date(2024, 11, 30))).effective == date(2024, 11, 30)
    monkeypatch.setattr(snomed, "HISTORY_ROWS", 1)
    large = one(FULL)
    assert large.version == f"{SWEDISH}20250531"
    assert large.notes == ("the edition as it was earlier is in the Full too: load it with --version 20241130",)


def test_of_a_large_full_the_snapshot_beside_it_is_read(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    renamed(sample, "20241130", "20250531")
    shutil.copytree(FULL / "Full", sample / "Full")

    def best() -> str:
        found = [each for each in candidates(sample) if each.version == f"{SWEDISH}20250531"]
        return max(found, key=lambda each: each.rank).form

    assert best() == "Full"
    monkeypatch.setattr(snomed, "HISTORY_ROWS", 1)
    assert best() == "Snapshot"


def test_the_edition_is_that_of_the_owner_of_the_files(sample: Path) -> None:
    assert one(sample).system is snomed.SYSTEM
    renamed(sample, "SE1000052", "NO1000202")
    found = one(sample)
    assert (found.system.id, found.system.url) == (
        "snomed-ct-51000202101",
        "http://snomed.info/sct/51000202101",
    )
    assert found.version == "http://snomed.info/sct/51000202101/version/20241130"


def test_files_called_international_are_of_the_extension_that_nothing_depends_on(sample: Path) -> None:
    renamed(sample, "SE1000052", "INT")
    assert one(sample).version == f"{SWEDISH}20241130"
    (sample / DEPENDENCIES.replace("SE1000052", "INT")).unlink()
    found = one(sample)
    assert (found.system.id, found.version) == ("snomed-ct-900000000000207008", f"{INT}20241130")
    assert one(sample, Hints(system="snomed-ct")).system is snomed.SYSTEM


def test_an_unknown_owner_without_dependencies_must_be_named(sample: Path) -> None:
    renamed(sample, "SE1000052", "XX9999999")
    (sample / DEPENDENCIES.replace("SE1000052", "XX9999999")).unlink()
    found = one(sample)
    assert found.version is None
    with pytest.raises(ReleaseError, match="give --version"):
        LOADER.version_named(found, "20241130")
    assert one(sample, Hints(version=f"{INT}20241130")).system.id == "snomed-ct-900000000000207008"


def test_a_uri_says_edition_day_and_that_it_is_unpublished(sample: Path) -> None:
    uri = "http://snomed.info/xsct/31000003106/version/20250909"
    found = one(sample, Hints(version=uri))
    assert (found.system.id, found.version, found.effective) == ("snomed-ct-31000003106", uri, date(2025, 9, 9))
    assert LOADER.version_named(found, uri) == uri
    assert LOADER.version_named(found, "20250909") == uri
    assert LOADER.version_named(found, "a name") == "a name"
    assert one(sample, Hints(version=uri, system="snomed-ct")).system is snomed.SYSTEM


def test_names_that_begin_with_x_are_unpublished(sample: Path) -> None:
    for path in list(sample.rglob("*.txt")):
        path.rename(path.with_name("x" + path.name))
    assert one(sample).version == "http://snomed.info/xsct/45991000052106/version/20241130"


def test_files_without_concepts_are_no_release(sample: Path) -> None:
    (sample / CONCEPTS).unlink()
    assert candidates(sample) == []


def test_an_extension_needs_the_international_edition_it_names(sample: Path) -> None:
    assert one(sample).requires == ()  # it carries what its rows refer to
    without_root(sample)
    (needed,) = one(sample).requires
    assert (needed.systems, needed.effective) == (("snomed-ct-900000000000207008",), date(2024, 9, 1))
    assert needed.version == f"{INT}20240901"
    with pytest.raises(ReleaseError, match="builds on SNOMED CT International Edition 20240901"):
        content(one(sample))


def test_an_extension_is_read_with_its_base(sample: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(sample, base)
    without_root(sample)
    whole = content(one(base))
    candidate = replace(one(sample), base=(Base(one(base).files, date(2024, 11, 30)),))
    report = Report()
    assert list(content(candidate, report).concepts) == list(whole.concepts)
    assert not report.warnings


def test_a_delta_changes_the_release_before(sample: Path) -> None:
    renamed(sample, "Snapshot", "Delta")
    renamed(sample, "20241130", "20250531")
    (before, international) = one(sample).requires
    assert (before.systems, before.before) == (("snomed-ct",), date(2025, 5, 31))
    assert international.as_before
    with pytest.raises(ReleaseError, match="that this Delta changes"):
        content(one(sample))


def test_dependencies_name_other_modules() -> None:
    assert snomed_editions.named("http://snomed.info/sct/45991000052106") == snomed_editions.Named(
        "45991000052106", None, False
    )
    assert snomed_editions.named("20251399") is None
    assert snomed_editions.named("2025") is None
