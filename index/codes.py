"""Concepts by their code, whole or begun, however it was typed (the caller gives the comparison key)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index import ranking
from index.arrays import Ints, load
from index.filters import Filter
from index.places import Places
from index.ranking import Stage
from index.views import View

NONE = np.empty(0, dtype=np.int64)


class CodeIndex:
    """All comparison keys in order, as UTF-8 of fixed width, with their concepts."""

    def __init__(self, folder: Path, places: Places) -> None:
        self._keys = load(folder, "key")
        self._concept = load(folder, "key.concept")
        self._length = load(folder, "key.length")
        self._places = places

    def ranks(self, key: str, allowed: Filter, view: View, begun: bool = True) -> Ints:
        """Ranks of the allowed concepts whose code is, or (`begun`) begins with, the key.

        Begun codes go before texts where the key has a digit or is a whole code too (`jea`): then they are
        what is underneath. Otherwise it may as well be a word.
        """
        sought = key.encode("utf-8", "replace")
        if not 0 < len(sought) <= self._keys.itemsize or b"\0" in sought:
            return NONE
        first = int(np.searchsorted(self._keys, sought))
        middle = int(np.searchsorted(self._keys, sought, side="right"))
        end = int(np.searchsorted(self._keys, sought + b"\xff")) if begun else middle
        if end == first:
            return NONE
        concepts = self._concept[first:end]
        is_code = middle > first or any(char.isdigit() for char in key)
        stage = np.full(end - first, Stage.CODE_PREFIX if is_code else Stage.LETTERS, dtype=np.int64)
        stage[: middle - first] = Stage.CODE
        ranks = ranking.fit(stage, 0, 0, 0, 0, 0) | ranking.code_order(
            ~view.active[concepts], view.abstract[concepts], self._length[first:end], self._places.of_concepts(concepts)
        )
        return np.asarray(ranks[allowed.concepts(concepts)])
