"""How much is done: a sample of a few seconds with all other tests, everything with `make soak`."""

from __future__ import annotations

import os

FULL = os.environ.get("SOAK") == "full"


def size(name: str, sample: int, full: int) -> int:
    """How many: what SOAK_<NAME> says, else `full` where SOAK=full, else `sample`."""
    return int(os.environ.get(f"SOAK_{name.upper()}") or (full if FULL else sample))
