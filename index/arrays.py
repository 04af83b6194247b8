"""Arrays and strings on disk, memory-mapped when read: opening costs nothing, processes share the pages."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from tokenize import TokenError
from typing import Any, overload

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]


def save(folder: Path, name: str, values: Ints) -> None:
    np.save(folder / f"{name}.npy", values)


def load(folder: Path, name: str) -> Ints:
    """Raises `OSError` where it is not there, `ValueError` where it is no array."""
    file = folder / f"{name}.npy"
    try:
        mapped = np.load(file, mmap_mode="r")
    except (SyntaxError, TokenError) as error:  # the header is read as Python is
        raise ValueError(f"{file} is no array: {error}") from error
    # A plain array over the map: numpy's memmap class makes every small operation several times slower.
    return np.asarray(mapped).view(np.ndarray)


def save_strings(folder: Path, name: str, values: Iterable[str]) -> None:
    """Write strings one after another, and where each begins."""
    offsets = [0]
    with open(folder / f"{name}.txt", "wb") as out:
        for value in values:
            offsets.append(offsets[-1] + out.write(value.encode("utf-8", "surrogatepass")))
    save(folder, f"{name}.offsets", np.array(offsets, dtype=np.int64))


class Strings(Sequence[str]):
    """Strings on disk, decoded one by one when asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self._offsets = load(folder, f"{name}.offsets")
        path = folder / f"{name}.txt"
        self._bytes: mmap.mmap | bytes = b""
        if path.stat().st_size:
            with open(path, "rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        return self._bytes[self._offsets[at] : self._offsets[at + 1]].decode("utf-8", "surrogatepass")


def sync(folder: Path) -> None:
    """Make sure that everything in `folder` is on the disk, the folder itself included."""
    for path in [*sorted(folder.rglob("*")), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
