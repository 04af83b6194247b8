"""Where the real releases are, and the set that all measurements load."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SET = (
    *(f"icd-10-se/{version}" for version in ("2015", "2016", "2019", "2020", "2020-11", "2021")),
    "kva/2021",
    "ksi/2026-01",
    "icf/2019",
    "ksh97-p/2019",
)

MAPS = ("icd-10-who", "icd-11/2024-01", "icd-10-icd-11-map/2024-01")
"""What translation is measured with: both ends, and the maps between them."""


def shared() -> Path:
    folder = Path(os.environ.get("TERMSERVICE_SHARED") or ROOT.parent / "shared")
    if not (folder / "data").is_dir():
        sys.exit(f"no real releases at {folder}: set TERMSERVICE_SHARED")
    return folder


def paths(names: Iterable[str] = SET) -> list[Path]:
    return [shared() / "data" / name for name in names]
