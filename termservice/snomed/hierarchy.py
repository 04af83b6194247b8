"""Is-a as arrays: parents and children, and for every concept all its ancestors and all its descendants.

The closure of an edition is some ten million pairs, kept twice (by descendant and by ancestor) as 32-bit places:
subsumption is a binary search among some twenty ancestors, and the descendants of a concept are one slice.
"""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path

import numpy as np
from pyroaring import BitMap

from termservice.snomed.columns import Grouped, Ints, bitmap, bitmap_of, distinct, grouped, places_of, spans

_NAMES = ("parents", "children", "ancestors", "descendants")
_FEW = 64
"""Of that many concepts, all descendants are found faster in the closure than by walking down."""


class Hierarchy:
    """Concepts are places; no concept is its own ancestor or descendant."""

    def __init__(self, parents: Grouped, children: Grouped, ancestors: Grouped, descendants: Grouped) -> None:
        self.parents = parents
        self.children = children
        self.ancestors = ancestors
        self.descendants = descendants
        # Elements of a memoryview are plain integers: several times faster than those of an array.
        self._starts = memoryview(ancestors.starts.data)
        self._ancestors = memoryview(ancestors.values.data)

    @classmethod
    def load(cls, folder: Path) -> Hierarchy:
        return cls(*(Grouped.load(folder, name) for name in _NAMES))

    def save(self, folder: Path) -> None:
        for name in _NAMES:
            getattr(self, name).save(folder, name)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def is_ancestor(self, ancestor: int, place: int) -> bool:
        """Whether `ancestor` is a proper ancestor of `place`."""
        end = self._starts[place + 1]
        at = bisect_left(self._ancestors, ancestor, self._starts[place], end)
        return at < end and self._ancestors[at] == ancestor

    def children_of(self, found: BitMap) -> BitMap:
        return _step(self.children, found)

    def parents_of(self, found: BitMap) -> BitMap:
        return _step(self.parents, found)

    def descendants_of(self, found: BitMap) -> BitMap:
        """Proper descendants of any of the concepts; some of these may be among them."""
        return _reached(self.descendants, self.children, found)

    def ancestors_of(self, found: BitMap) -> BitMap:
        return _reached(self.ancestors, self.parents, found)


def build(children: Ints, parents: Ints, size: int) -> Hierarchy:
    """The hierarchy of is-a pairs (child place, parent place). Loops, that no release should have, do no harm."""
    pairs = distinct(children.astype(np.int64) * max(size, 1) + parents)
    children, parents = np.divmod(pairs, max(size, 1))
    proper = children != parents
    children, parents = children[proper], parents[proper]
    up = grouped(children, parents, size)
    down = grouped(parents, children, size)
    ancestors = _closure(up, down, size)
    holders = np.repeat(np.arange(size, dtype=np.int32), np.diff(ancestors.starts))
    return Hierarchy(up, down, ancestors, grouped(ancestors.values, holders, size))


def _step(links: Grouped, found: BitMap) -> BitMap:
    return bitmap(links.of_all(places_of(found)))


def _reached(closure: Grouped, links: Grouped, found: BitMap) -> BitMap:
    """All that is linked to any of `found`, however far: from the closure where they are few, else step by step."""
    front = places_of(found)
    if len(front) <= _FEW:
        return bitmap(closure.of_all(front))
    size = len(links.starts) - 1
    seen = np.zeros(size, dtype=np.bool_)
    while len(front):
        front = links.of_all(front)
        if len(front) > size // 64:
            fresh = np.zeros(size, dtype=np.bool_)
            fresh[front] = True
            front = np.flatnonzero(fresh & ~seen)
        else:
            front = distinct(front[~seen[front]])
        seen[front] = True
    return bitmap_of(seen)


def _closure(up: Grouped, down: Grouped, size: int) -> Grouped:
    """All ancestors of each, sorted. Level by level from the top: those of a concept are its parents and theirs."""
    waiting = np.diff(up.starts)
    starts = np.zeros(size, dtype=np.int64)
    ends = np.zeros(size, dtype=np.int64)
    found = np.zeros(16 * size + 16, dtype=np.int32)
    filled = 0
    front = np.flatnonzero(waiting == 0)
    while len(front):
        waiting[front] = -1
        owners, ancestors = _level(front, up, starts, ends, found, size)
        if filled + len(ancestors) > len(found):
            found = np.resize(found, 2 * (filled + len(ancestors)))
        found[filled : filled + len(ancestors)] = ancestors
        ends[front] = filled + np.searchsorted(owners, front, side="right")
        starts[front] = filled + np.searchsorted(owners, front, side="left")
        filled += len(ancestors)
        waiting -= np.bincount(down.of_all(front), minlength=size)
        front = np.flatnonzero(waiting == 0)
    tail = [found[:filled]]
    for place in np.flatnonzero(waiting > 0):  # in a loop, or beneath one
        tail.append(_walked(up, int(place)))
        starts[place], ends[place] = filled, filled + len(tail[-1])
        filled += len(tail[-1])
    values = np.concatenate(tail)[spans(starts, ends)] if len(tail) > 1 else found[spans(starts, ends)]
    return Grouped(np.concatenate([[0], np.cumsum(ends - starts)]), values)


def _level(front: Ints, up: Grouped, starts: Ints, ends: Ints, found: Ints, size: int) -> tuple[Ints, Ints]:
    """(concept, ancestor) for each concept of a level and each of its ancestors, sorted."""
    parents = up.of_all(front)
    children = np.repeat(front, up.starts[front + 1] - up.starts[front])
    counts = ends[parents] - starts[parents]
    further = np.repeat(children, counts) * size + found[spans(starts[parents], ends[parents])]
    return np.divmod(distinct(np.concatenate([children * size + parents, further])), size)


def _walked(up: Grouped, start: int) -> Ints:
    seen = {start}
    front = [start]
    while front:
        front = [int(parent) for parent in distinct(up.of_all(np.array(front))) if parent not in seen]
        seen.update(front)
    return np.array(sorted(seen - {start}), dtype=np.int32)
