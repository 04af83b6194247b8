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


LIVE_RELEASES = (  # not in order of time: loading in any order gives the same store
    "icd-10-se/2020-11", "icd-10-se/2015", "icd-10-se/2021", "icd-10-se/2019", "icd-10-se/2016", "icd-10-se/2020",
    "kva/2021", "ksi/2026-06", "ksi/2026-01", "icf/2019", "icf/2018.2", "icf/2026-01", "ksh97-p/2019",
)  # fmt: skip


@pytest.fixture(scope="session")
def live_home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with real releases loaded; takes about half a minute. Tests only read it."""
    from termservice import ingest

    home = tmp_path_factory.mktemp("live") / "home"
    result = ingest.load(home, [shared_data / name for name in LIVE_RELEASES], ingest.Options())
    assert {outcome.status for outcome in result.outcomes} == {"loaded"}, result.outcomes
    return home
