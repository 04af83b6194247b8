"""Room on disk: asked for before it is needed."""

from __future__ import annotations

import shutil
from pathlib import Path

from termservice.errors import Refused

SPARE_BYTES = 200 * 2**20


def require(folder: Path, wanted: int) -> None:
    """Raises `Refused` where the disk of `folder` has not got that many bytes and some to spare."""
    free, needed = shutil.disk_usage(folder).free, SPARE_BYTES + max(wanted, 0)
    if free < needed:
        raise Refused(f"{free >> 20} MiB free at {folder}, about {needed >> 20} MiB needed; nothing was loaded")
