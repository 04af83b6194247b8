"""Columns of numbers: from rows to arrays, arrays grouped by a key, and sets of places in their three forms.

A set of places is a `BitMap` where sets are combined, a mask (one boolean for each place) where rows are looked up in
it, and a sorted array where it is walked through.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from index import arrays

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Row = TypeVar("Row")

_CHUNK = 1 << 16
_CONTAINER = 1 << 16
_SPARSE = 4096
"""Containers of a bitmap with more places than that hold bits."""
_NO_RUNS = 12346
"""How a serialised bitmap without run containers begins."""


class ArraysError(Exception):
    """Rows that no edition can be built from, or a folder that holds none."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Values by key 0..n-1: those of key k are `values[starts[k]:starts[k + 1]]`."""

    starts: Ints
    values: Ints

    def of(self, key: int) -> Ints:
        return self.values[self.starts[key] : self.starts[key + 1]]

    def of_all(self, keys: Ints) -> Ints:
        """The values of several keys, one after another."""
        return self.values[spans(self.starts[keys], self.starts[keys + 1])]

    def save(self, folder: Path, name: str) -> None:
        arrays.save(folder, f"{name}.starts", self.starts)
        arrays.save(folder, name, self.values)

    @classmethod
    def load(cls, folder: Path, name: str) -> Grouped:
        return cls(arrays.load(folder, f"{name}.starts"), arrays.load(folder, name))


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few distinct SCTIDs: a small number for each row, and what the numbers stand for."""

    codes: Ints
    ids: Ints

    def __getitem__(self, row: int) -> int:
        return int(self.ids[self.codes[row]])

    def among(self, wanted: Iterable[int], rows: Ints | slice) -> Bools:
        """Of each of `rows`, whether its SCTID is one of `wanted`."""
        table = np.isin(self.ids, np.fromiter(wanted, np.int64))
        found: Bools = table[self.codes[rows]]
        return found

    def save(self, folder: Path, name: str) -> None:
        arrays.save(folder, name, self.codes)
        arrays.save(folder, f"{name}.ids", self.ids)

    @classmethod
    def load(cls, folder: Path, name: str) -> Coded:
        return cls(arrays.load(folder, name), arrays.load(folder, f"{name}.ids"))


def chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows a good many at a time: all of them at once would take gigabytes."""
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


def transposed(rows: Sequence[Sequence[int]]) -> tuple[Ints, ...]:
    """Rows of numbers as one array for each column."""
    return tuple(np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))


def joined_columns(parts: list[tuple[Ints, ...]], width: int) -> list[Ints]:
    return [joined([part[number] for part in parts], np.int64) for number in range(width)]


def joined(parts: list[Ints], dtype: npt.DTypeLike) -> Ints:
    return np.concatenate(parts).astype(dtype, copy=False) if parts else np.zeros(0, dtype)


def starts_of(keys: Ints, size: int) -> Ints:
    """Where each of the keys 0..size-1 begins in an array sorted by key, with the end."""
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=size), out=starts[1:])
    return starts


def grouped(keys: Ints, values: Ints, size: int) -> Grouped:
    """Values by key; those of one key stay in the order given."""
    return Grouped(starts_of(keys, size), values[np.argsort(keys, kind="stable")].astype(np.int32, copy=False))


def coded(ids: Ints) -> Coded:
    distinct, codes = np.unique(ids, return_inverse=True)
    return Coded(codes.reshape(-1).astype(np.min_scalar_type(max(len(distinct) - 1, 0))), distinct.astype(np.int64))


def distinct(values: Ints) -> Ints:
    """Each once, sorted: several times faster than `np.unique` on many integers."""
    values = np.sort(values)
    if len(values) < 2:
        return values
    first = np.concatenate([[True], values[1:] != values[:-1]])
    once: Ints = values[first]
    return once


def spans(starts: Ints, ends: Ints) -> Ints:
    """The numbers of all half-open intervals, one after another."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def bitmap(places: Ints) -> BitMap:
    """Of places in any order, also several times."""
    if len(places) <= _SPARSE:
        return BitMap(array("I", places.astype(np.uint32, copy=False).tobytes()))
    mask = np.zeros(int(places.max()) + 1, dtype=np.bool_)
    mask[places] = True
    return bitmap_of(mask)


def places_of(found: BitMap) -> Ints:
    """Sorted."""
    return np.frombuffer(found.to_array(), dtype=np.uint32).astype(np.int64)


def mask_of(found: BitMap, size: int) -> Bools:
    mask = np.zeros(size, dtype=np.bool_)
    mask[np.frombuffer(found.to_array(), dtype=np.uint32)] = True
    return mask


def bitmap_of(mask: Bools) -> BitMap:
    """Of the places marked.

    Put together in the serialised form (RoaringFormatSpec, "no run containers"), ten times faster than place by place:
    for each 65 536 places that have any, either their bits or, where they are few, their numbers.
    """
    heads, bodies = [], []
    for key, start in enumerate(range(0, len(mask), _CONTAINER)):
        part = mask[start : start + _CONTAINER]
        count = int(np.count_nonzero(part))
        if count:
            heads.append((key, count - 1))
            bodies.append(_bits(part) if count > _SPARSE else np.flatnonzero(part).astype("<u2").tobytes())
    begins = np.cumsum([8 + 8 * len(heads), *map(len, bodies)])[:-1]
    head = np.array([_NO_RUNS, len(heads)], "<u4").tobytes() + np.array(heads, "<u2").tobytes()
    return BitMap.deserialize(b"".join([head, begins.astype("<u4").tobytes(), *bodies]))


def _bits(part: Bools) -> bytes:
    return np.packbits(part, bitorder="little").tobytes().ljust(_CONTAINER // 8, b"\0")
