"""The is-a hierarchy of one version as arrays: subtree, order and subsumption without asking the store again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

Numbers = npt.NDArray[np.int32]

FEW = 100
"""So many concepts are put in order one by one; more together."""


class Hierarchy:
    """Concepts by place (0, 1, … in display order) and the children and parents of each.

    Built from `store.read.hierarchy`; concept numbers are the store's.
    """

    def __init__(self, cids: Sequence[int], pairs: Sequence[tuple[int, int]]) -> None:
        self.cids: npt.NDArray[np.int64] = np.asarray(cids, dtype=np.int64)
        self._all = list(cids)
        self._place = {cid: place for place, cid in enumerate(cids)}
        links = np.array(
            [(self._place[child], self._place[parent]) for child, parent in pairs], dtype=np.int32
        ).reshape(-1, 2)
        self._down, self._down_at = _grouped(links[:, 1], links[:, 0], len(cids))
        self._up, self._up_at = _grouped(links[:, 0], links[:, 1], len(cids))

    def __contains__(self, cid: int) -> bool:
        return cid in self._place

    def children(self, cid: int) -> list[int]:
        return self._linked(self._down, self._down_at, self._place[cid])

    def parents(self, cid: int) -> list[int]:
        return self._linked(self._up, self._up_at, self._place[cid])

    def children_count(self, cid: int) -> int:
        place = self._place[cid]
        return int(self._down_at[place + 1] - self._down_at[place])

    def roots(self) -> list[int]:
        return [self._all[place] for place in np.flatnonzero(np.diff(self._up_at) == 0).tolist()]

    def ancestors(self, cid: int) -> list[int]:
        """Nearest first, each once, without the concept itself."""
        return [self._all[place] for place in self._walk(self._up, self._up_at, self._place[cid])]

    def descendants(self, cid: int) -> list[int]:
        """In display order, each once, without the concept itself."""
        return [self._all[place] for place in sorted(self._walk(self._down, self._down_at, self._place[cid]))]

    def ordered(self, numbers: BitMap) -> list[int]:
        """These concepts in display order. The list is not the caller's own."""
        if len(numbers) == len(self.cids):
            return self._all
        if len(numbers) <= FEW:
            return sorted(numbers, key=self._place.__getitem__)
        numbered, places = self._by_number
        wanted = np.frombuffer(numbers.to_array(), dtype=np.uint32)
        found: list[int] = self.cids[np.sort(places[np.searchsorted(numbered, wanted)])].tolist()
        return found

    @cached_property
    def _by_number(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Concept numbers, lowest first, and the place of each."""
        places = np.argsort(self.cids)
        return self.cids[places], places

    def is_ancestor(self, ancestor: int, cid: int) -> bool:
        """True where `ancestor` is a proper ancestor of `cid`."""
        wanted = self._place[ancestor]
        return wanted in self._walk(self._up, self._up_at, self._place[cid])

    def _walk(self, links: Numbers, at: Numbers, start: int) -> list[int]:
        """Places reached from `start`, breadth first; safe against loops in published hierarchies."""
        seen = {start}
        order: list[int] = []
        front = [start]
        while front:
            nxt: list[int] = []
            for place in front:
                for other in links[at[place] : at[place + 1]].tolist():
                    if other not in seen:
                        seen.add(other)
                        nxt.append(other)
            order.extend(nxt)
            front = nxt
        return order

    def _linked(self, links: Numbers, at: Numbers, place: int) -> list[int]:
        """The concepts linked to a place, in display order."""
        return [self._all[other] for other in links[at[place] : at[place + 1]].tolist()]


def _grouped(keys: Numbers, values: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Values grouped by key: (values in order of key, where each key's group begins, with the end)."""
    order = np.lexsort((values, keys))
    starts = np.searchsorted(keys[order], np.arange(size + 1))
    return values[order].astype(np.int32), starts.astype(np.int32)
