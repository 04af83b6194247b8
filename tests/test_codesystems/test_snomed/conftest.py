"""A release of SNOMED CT to be changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.test_codesystems.test_snomed.releases import SNAPSHOT


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the Snapshot, to be changed."""
    shutil.copytree(SNAPSHOT / "Snapshot", tmp_path / "sample")
    return tmp_path / "sample"
