"""Arrays on disk, whole and damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import arrays


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    arrays.save(tmp_path, "numbers", np.arange(5))
    assert arrays.load(tmp_path, "numbers").tolist() == [0, 1, 2, 3, 4]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of names that a changed letter makes of a type
def test_a_damaged_head_is_told_as_a_wrong_value(tmp_path: Path) -> None:
    """Of each changed bit in the head of the file: loaded, or refused as other damage is."""
    arrays.save(tmp_path, "numbers", np.arange(5))
    file = tmp_path / "numbers.npy"
    whole = file.read_bytes()
    refused = 0
    for at in range(128 * 8):
        damaged = bytearray(whole)
        damaged[at // 8] ^= 1 << at % 8
        file.write_bytes(damaged)
        try:
            arrays.load(tmp_path, "numbers")
        except (ValueError, TypeError, KeyError, EOFError, OSError, OverflowError):
            refused += 1
    assert refused > 500


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        arrays.load(tmp_path, "numbers")
