"""A number for each concept of an edition that stands for every row about it: where it is the same in two releases,
they say the same of the concept. It is worked out from columns, which is much less work than making the concepts."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from codesystems.formats.rf2_columns import Ints
from codesystems.formats.rf2_tables import Texts

_BYTES = 8
_STEP, _FIRST, _SECOND = (
    np.array([each], dtype=np.uint64) for each in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


class Fingerprints:
    """Sums of the numbers of rows, by place of the concept: the order of rows does not count."""

    def __init__(self, concepts: int) -> None:
        self.found = np.zeros(concepts, dtype=np.uint64)

    def add(self, kind: str, place: Ints, *columns: Ints | Texts) -> None:
        """Rows about the concepts at `place`; `kind` is what they say."""
        rows = np.full(len(place), int.from_bytes(_digest(kind.encode()), "little"), dtype=np.uint64)
        for column in columns:
            rows = _mixed(rows ^ (_hashes(column) if isinstance(column, Texts) else column.astype(np.uint64)))
        np.add.at(self.found, place, rows)


def named(names: tuple[str, ...] | list[str], numbers: Ints) -> Ints:
    """What stands for names in a column of their numbers, whatever their numbers are."""
    if not len(names):
        return numbers.astype(np.uint64)
    return np.frombuffer(b"".join(_digest(name.encode()) for name in names), dtype="<u8")[numbers]


def _mixed(values: Ints) -> Ints:
    """SplitMix64's scattering of bits (Steele, Lea and Flood 2014)."""
    values = values + _STEP
    values = (values ^ (values >> np.uint64(30))) * _FIRST
    values = (values ^ (values >> np.uint64(27))) * _SECOND
    found: Ints = values ^ (values >> np.uint64(31))
    return found


def _hashes(texts: Texts) -> Ints:
    return np.frombuffer(b"".join(map(_digest, texts.encoded())), dtype="<u8")


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=_BYTES).digest()
