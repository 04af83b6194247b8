"""Hits that are put together when looked at, and the hits of several indexes in one order."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import overload

from index import ranking
from index.engine import Hit, SearchResult


class Hits(Sequence[Hit]):
    """A page of hits. Reading their texts is most of a search's cost, so it waits until they are wanted."""

    def __init__(
        self, ranks: list[int], make: Callable[[int], Hit], numbers: Callable[[list[int]], list[int]] | None = None
    ) -> None:
        """`make` puts one hit together; `numbers` gives the concept numbers of several at once."""
        self.ranks = ranks
        """The hits' ranks, ascending."""
        self._make = make
        self._numbers = numbers or (lambda ranks: [make(rank).number for rank in ranks])

    def numbers(self) -> list[int]:
        """The caller's numbers of all concepts hit, without reading their texts."""
        return self._numbers(self.ranks)

    def __len__(self) -> int:
        return len(self.ranks)

    @overload
    def __getitem__(self, at: int) -> Hit: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Hit]: ...
    def __getitem__(self, at: int | slice) -> Hit | Sequence[Hit]:
        if isinstance(at, slice):
            return [self._make(rank) for rank in self.ranks[at]]
        return self._make(self.ranks[at])

    def __repr__(self) -> str:
        return f"Hits({list(self)!r})"


def merged(results: Sequence[SearchResult], start: int, end: int) -> list[tuple[int, Hit]]:
    """Hits `start` to `end` of several indexes together, each with the place of its result in `results`.

    The results must hold their first `end` hits. Equal ranks keep the order of `results`. Only the hits given
    back are put together.
    """

    def ranked(place: int, hits: Sequence[Hit]) -> Iterator[tuple[tuple[int, ...], int, int]]:
        if isinstance(hits, Hits):
            return ((ranking.between(rank), place, at) for at, rank in enumerate(hits.ranks))
        return ((hit.rank, place, at) for at, hit in enumerate(hits))

    in_order = heapq.merge(*(ranked(place, result.hits) for place, result in enumerate(results)))
    return [(place, results[place].hits[at]) for _, place, at in islice(in_order, start, end)]
