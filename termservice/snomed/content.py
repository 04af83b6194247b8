"""One version of an edition of SNOMED CT by places, with the search index of its code system."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyroaring import BitMap

from termservice import matching
from termservice.registry import Selected
from termservice.searching import Indexes
from termservice.snapshots import Read
from termservice.snomed.artefacts import Editions, Opened
from termservice.snomed.columns import bitmap, places_of
from termservice.snomed.expressions import Expression


class EditionContent:
    """Safe for threads. Made by `Contents`."""

    def __init__(
        self, read_store: Read, selected: Selected, opened: Opened, opener: Editions, indexes: Indexes
    ) -> None:
        """`opened` is what `opener` has of the version selected."""
        self.selected = selected
        self.edition = opened.edition
        self.memo: dict[str, Any] = {}
        """What callers derived from this version, for as long as it is kept."""
        self._read = read_store
        self._numbers = opened.numbers
        self._opener = opener
        self._indexes = indexes

    def places(self, constraint: str) -> BitMap:
        """What an expression constraint selects; maps count as reference sets. Raises `EclError`."""
        with self._read() as (connection, _):
            return self._opener.places(connection, self.selected, constraint)

    def satisfied(self, constraint: str, expression: Expression) -> bool:
        """Whether an expression, whose concepts the edition knows, satisfies a constraint. Raises `EclError`."""
        with self._read() as (connection, _):
            return self._opener.satisfied(connection, self.selected, constraint, expression)

    def search(self, query: str, language: str = "", within: BitMap | None = None) -> list[int]:
        """The places that what was typed finds, active ones first, then best first."""
        only = None
        if within is not None:
            cids = self._numbers.by_place[places_of(within)]
            only = bitmap(cids[cids >= 0])
        with self._read() as (connection, _):
            found = matching.found(connection, self._indexes, self.selected, query, language or None, only)
        places = self._numbers.places(np.array(found, dtype=np.int64))
        return [int(place) for place in places[places >= 0]]
