"""A number for each concept of an edition that stands for every row about it: where it is the same in two releases,
they say the same of the concept. It is worked out from columns, which is much less work than making the concepts."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from codesystems.formats import rf2_cells
from codesystems.formats.rf2_cells import Texts
from codesystems.formats.rf2_columns import Ints


class Fingerprints:
    """Sums of the numbers of rows, by place of the concept: the order of rows does not count."""

    def __init__(self, concepts: int) -> None:
        self.found = np.zeros(concepts, dtype=np.uint64)

    def add(self, kind: str, place: Ints, *columns: Ints | Texts) -> None:
        """Rows about the concepts at `place`, in order; `kind` is what they say."""
        rows = np.full(len(place), _number(kind), dtype=np.uint64)
        for column in columns:
            numbers = rf2_cells.hashes(column) if isinstance(column, Texts) else column.astype(np.uint64)
            rows = rf2_cells.scattered(rows ^ numbers)
        if len(rows):
            first = np.flatnonzero(np.concatenate([[True], place[1:] != place[:-1]]))
            self.found[place[first]] += np.add.reduceat(rows, first)


def named(names: Sequence[str], numbers: Ints) -> Ints:
    """What stands for names in a column of their numbers, whatever their numbers are."""
    if not len(names):
        return numbers.astype(np.uint64)
    return np.array([_number(name) for name in names], dtype=np.uint64)[numbers]


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
