"""The store's concept numbers beside an edition's places, so that the two can be asked of each other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index import arrays

Ints = npt.NDArray[np.int64]


def save(folder: Path, ids: Ints, concepts: Iterable[tuple[int, str]]) -> None:
    """Write the numbers of concepts, given as (number, SCTID), by place; -1 where the store does not have one."""
    numbers = np.full(len(ids), -1, dtype=np.int64)
    known = np.array([(number, int(code)) for number, code in concepts], dtype=np.int64).reshape(-1, 2)
    places = np.searchsorted(ids, known[:, 1])
    inside = places < len(ids)
    inside[inside] = ids[places[inside]] == known[inside, 1]
    numbers[places[inside]] = known[inside, 0]
    order = np.argsort(numbers, kind="stable")
    arrays.save(folder, "number.by_place", numbers)
    arrays.save(folder, "number.sorted", numbers[order])
    arrays.save(folder, "number.place", order.astype(np.int32))


class Numbers:
    """Numbers by place and places by number."""

    def __init__(self, folder: Path) -> None:
        self.by_place = arrays.load(folder, "number.by_place")
        self._sorted = arrays.load(folder, "number.sorted")
        self._place = arrays.load(folder, "number.place")

    def place(self, number: int) -> int:
        """-1 where the edition does not have the concept."""
        at = int(np.searchsorted(self._sorted, number))
        return int(self._place[at]) if at < len(self._sorted) and self._sorted[at] == number else -1

    def places(self, numbers: Ints) -> Ints:
        """Of several numbers; -1 where the edition does not have the concept."""
        at = np.searchsorted(self._sorted, numbers)
        at[at == len(self._sorted)] = 0
        known = self._sorted[at] == numbers if len(self._sorted) else np.zeros(len(at), dtype=np.bool_)
        return np.where(known, self._place[at] if len(self._sorted) else at, -1)
