"""Cells of text as places in its bytes: as texts one by one, or read as identifiers many at once.

A column of a block of rows is where each of its cells begins and ends. Numbers are read eight digits at a time with the
arithmetic of whole machine words (Lemire, "Number Parsing at a Gigabyte per Second", 2021), over all rows together; a
cell that is no plain number or UUID makes that `None`, and somebody else says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]

WIDEST = 18
"""Digits of an SCTID."""
BEFORE = 24
"""Bytes that must be there before a cell that is read as a number: it is taken with what precedes it."""
AFTER = 8
"""Bytes that must be there after a text that a number is worked out for."""
UUID_WIDTH = 36
_DASHES = (8, 13, 18, 23)
_PARTS = ((0, 8), (9, 13), (14, 18), (19, 23), (24, 36))
_AT_ONCE = 1 << 14
_PART = np.array([(1 << 8 * length) - 1 for length in range(9)], dtype=np.uint64)
"""The first so many of eight bytes."""
_STEP, _FIRST, _SECOND = map(np.uint64, (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def _words(*bytes_: int) -> tuple[np.uint64, ...]:
    return tuple(np.uint64(int.from_bytes([each] * 8, "little")) for each in bytes_)


_ZEROS, _SIXES, _TENS = _words(0x30, 0x06, 0xF0)
_FOLDS = tuple(
    (np.uint64(mask), np.uint64((10**digits << bits) + 1), np.uint64(bits))
    for mask, digits, bits in (
        (0x0F0F0F0F0F0F0F0F, 1, 8),
        (0x00FF00FF00FF00FF, 2, 16),
        (0x0000FFFF0000FFFF, 4, 32),
    )
)
"""Neighbours put together: digits to pairs, pairs to fours, fours to eights."""


def _present(width: int) -> Ints:
    """For a cell of each length, which of the `width` bytes that end with it are its own."""
    rows = [b"\0" * (width - length) + b"\xff" * length for length in range(width + 1)]
    return np.frombuffer(b"".join(rows), "<u8").reshape(width + 1, -1)


_PRESENT = {width: _present(width) for width in (8, 16, BEFORE)}
_WORTH = {width: np.array([10**eights for eights in range(width - 8, -1, -8)], dtype=np.uint64) for width in _PRESENT}


class Texts:
    """Texts in one piece of memory; `len` and index."""

    def __init__(self, data: bytes, starts: Ints, ends: Ints) -> None:
        self.data, self.starts, self.ends = data, starts, ends

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, at: int) -> str:
        return self.data[self.starts[at] : self.ends[at]].decode()

    def __iter__(self) -> Iterator[str]:
        return map(bytes.decode, self.encoded())

    def encoded(self) -> Iterator[bytes]:
        """The texts in UTF-8."""
        data = self.data
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            yield data[start:end]

    def take(self, rows: Ints | slice) -> Texts:
        return Texts(self.data, self.starts[rows], self.ends[rows])


def integers(cells: Texts) -> Ints | None:
    """Whole numbers as they are written: up to `WIDEST` digits without leading zeros; None where any cell is another
    thing. `BEFORE` bytes must precede the first cell."""
    length = cells.ends - cells.starts
    if not len(length):
        return np.zeros(0, np.int64)
    widest = int(length.max())
    if length.min() < 1 or widest > WIDEST:
        return None
    width = next(each for each in _PRESENT if each >= widest)
    digits = _taken(cells.data, cells.ends - width, width).view("<u8").reshape(len(length), -1)
    digits ^= _ZEROS
    digits &= _PRESENT[width][length]
    if ((digits + _SIXES | digits) & _TENS).any():
        return None
    for mask, factor, bits in _FOLDS:
        digits &= mask
        digits *= factor
        digits >>= bits
    found: Ints = (digits * _WORTH[width]).sum(axis=1, dtype=np.uint64).astype(np.int64)
    return None if ((np.frombuffer(cells.data, np.uint8)[cells.starts] == ord("0")) & (length > 1)).any() else found


def hashes(texts: Texts) -> Ints:
    """A number for each text, by all of its bytes. `AFTER` bytes must follow the last text."""
    every_eight = np.ndarray((len(texts.data) - 7,), "<u8", texts.data, strides=(1,))
    found = np.empty(len(texts), dtype=np.uint64)
    for first in range(0, len(texts), _AT_ONCE):
        rows = slice(first, first + _AT_ONCE)
        found[rows] = _hashed(every_eight, texts.starts[rows], texts.ends[rows])
    return found


def _hashed(every_eight: Ints, starts: Ints, ends: Ints) -> Ints:
    """Eight bytes at a time of all texts that have so many, the longest ones first."""
    left = ends - starts
    order = np.argsort(-left)
    starts, left = starts[order], left[order]
    mixed = scattered(left.astype(np.uint64))
    count = int(np.count_nonzero(left))
    while count:
        words = every_eight[starts[:count]] & _PART[np.minimum(left[:count], 8)]
        mixed[:count] = scattered(mixed[:count] ^ words)
        starts += 8
        left -= 8
        count = int(np.count_nonzero(left > 0))
    found = np.empty(len(order), dtype=np.uint64)
    found[order] = mixed
    return found


def scattered(values: Ints) -> Ints:
    """Numbers whose bits all depend on all bits of those given: the mixing of SplitMix64 (Steele, Lea and Flood,
    2014)."""
    values = values + _STEP
    values ^= values >> np.uint64(30)
    values *= _FIRST
    values ^= values >> np.uint64(27)
    values *= _SECOND
    values ^= values >> np.uint64(31)
    return values


def uuids(cells: Texts) -> Ints | None:
    """UUIDs as two numbers each; None where any cell is another thing."""
    if not len(cells) or not (cells.ends - cells.starts == UUID_WIDTH).all():
        return None
    letters = _taken(cells.data, cells.starts, UUID_WIDTH).view(np.uint8).reshape(-1, UUID_WIDTH)
    if (letters[:, _DASHES] != ord("-")).any():
        return None
    digits = np.concatenate([letters[:, start:end] for start, end in _PARTS], axis=1)
    is_letter = digits > ord("9")
    digits |= is_letter.view(np.uint8) << 5  # lower case
    outside = np.where(is_letter, digits - np.uint8(ord("a")) > 5, digits - np.uint8(ord("0")) > 9)
    if outside.any():
        return None
    digits &= 15
    digits += is_letter.view(np.uint8) * np.uint8(9)
    packed = np.ascontiguousarray(digits[:, 0::2] << 4 | digits[:, 1::2])
    return packed.view(">u8").astype(np.uint64)


def distinct(values: Ints) -> Ints:
    """Each once, sorted: of many integers faster than `numpy.unique`, which hashes."""
    values = np.sort(values)
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values


def _taken(data: bytes, starts: Ints, width: int) -> Ints:
    """So many bytes from each of these places on."""
    return np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))[starts]
