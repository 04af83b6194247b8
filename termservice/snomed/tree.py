"""The hierarchy of an edition for the rest of the program: concepts by the store's numbers, long lists page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
from pyroaring import BitMap

from termservice.snomed.arrays import Edition
from termservice.snomed.columns import Ints, bitmap, places_of
from termservice.snomed.numbers import Numbers


class Listed(Sequence[int]):
    """A set of places as concept numbers in display order; only what is asked for is put in order."""

    def __init__(self, edition: Edition, numbers: Numbers, found: BitMap) -> None:
        self._edition = edition
        self._numbers = numbers
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, int):
            return self[at : at + 1][0]
        start, stop, _ = at.indices(len(self))
        places = self._edition.page(self._found, start, max(stop - start, 0))
        return [int(number) for number in self._numbers.by_place[places]]

    def mask(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which concept numbers are in it."""
        numbers = self._numbers.by_place[places_of(self._found)]
        only = np.zeros(int(numbers.max(initial=0)) + 1, dtype=np.bool_)
        only[numbers[numbers >= 0]] = True
        return only


class EditionTree:
    """A `termservice.tree.Tree` on the arrays of an edition."""

    def __init__(self, edition: Edition, numbers: Numbers) -> None:
        self._edition = edition
        self._numbers = numbers

    def listed(self, found: BitMap) -> Listed:
        return Listed(self._edition, self._numbers, found)

    def numbers_of(self, places: Ints) -> list[int]:
        """The store's numbers of places, in the same order."""
        return [int(number) for number in self._numbers.by_place[places]]

    def __contains__(self, cid: int) -> bool:
        place = self._numbers.place(cid)
        return place >= 0 and place in self._edition.substrate

    def roots(self) -> Sequence[int]:
        root = self._edition.root
        if root >= 0:
            return [int(self._numbers.by_place[root])]
        without = np.flatnonzero((np.diff(self._edition.hierarchy.parents.starts) == 0) & self._edition.active)
        return self.listed(bitmap(without))

    def children(self, cid: int) -> Sequence[int]:
        return self.listed(bitmap(self._edition.hierarchy.children.of(self._numbers.place(cid))))

    def children_count(self, cid: int) -> int:
        return len(self._edition.hierarchy.children.of(self._numbers.place(cid)))

    def ancestors(self, cid: int) -> Sequence[int]:
        """Nearest first: by how many ancestors they have themselves, most first."""
        hierarchy = self._edition.hierarchy
        above = hierarchy.ancestors.of(self._numbers.place(cid))
        depth = np.array([len(hierarchy.ancestors.of(int(place))) for place in above])
        return [int(number) for number in self._numbers.by_place[above[np.argsort(-depth, kind="stable")]]]

    def descendants(self, cid: int) -> Sequence[int]:
        return self.listed(bitmap(self._edition.hierarchy.descendants.of(self._numbers.place(cid))))

    def is_ancestor(self, ancestor: int, cid: int) -> bool:
        return self._edition.hierarchy.is_ancestor(self._numbers.place(ancestor), self._numbers.place(cid))
