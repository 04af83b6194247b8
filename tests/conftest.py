"""Fixtures for all tests: where the real releases are, and a skip that says why where they are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _shared() -> Path:
    return Path(os.environ.get("TERMSERVICE_SHARED") or ROOT.parent / "shared")


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = _shared()
    if not (folder / "data").is_dir():
        pytest.skip(f"real releases are not at {folder} (set TERMSERVICE_SHARED)")
    return folder


@pytest.fixture(scope="session")
def shared_data(shared: Path) -> Path:
    return shared / "data"
