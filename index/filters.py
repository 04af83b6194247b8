"""What a search is limited to: time and state, language, level, a subset of the concepts.

Only candidates are looked at, so that a filter costs by how much is found and not by how much there is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.arrays import Bools, Ints, load
from index.engine import SearchRequest
from index.views import View


@dataclass(frozen=True, slots=True)
class Filter:
    """The texts and concepts that one search may find."""

    _columns: Filters
    _texts: Bools
    _concepts: Bools
    _languages: Bools | None
    """By label."""
    _levels: Bools | None
    """By number of the level."""
    _within: Bools | None
    """By the caller's number of the concept."""

    def texts(self, texts: Ints) -> Bools:
        """Which of these texts may be found."""
        kept = self._texts[texts]
        if self._languages is not None:
            kept &= self._languages[self._columns.label[texts]]
        return self._inside(kept, self._columns.concept[texts]) if self._limited else kept

    def concepts(self, concepts: Ints) -> Bools:
        """Which of these concepts may be found by their code; languages have no say."""
        return self._inside(self._concepts[concepts], concepts)

    @property
    def _limited(self) -> bool:
        return self._levels is not None or self._within is not None

    def _inside(self, kept: Bools, concepts: Ints) -> Bools:
        if self._levels is not None:
            kept &= self._levels[self._columns.level[concepts]]
        if self._within is not None:
            kept &= self._within[self._columns.numbers[concepts]]
        return kept


class Filters:
    """The columns of an index that searches are limited by."""

    def __init__(self, folder: Path) -> None:
        self.numbers = load(folder, "concept.number")
        self.concept = load(folder, "text.concept")
        self.label = load(folder, "text.label")
        self.level = load(folder, "concept.level")
        self.labels = [(use, language) for use, language in json.loads((folder / "labels.json").read_text("utf-8"))]
        self._levels = json.loads((folder / "levels.json").read_text("utf-8"))
        self._most = int(self.numbers.max(initial=0)) + 1

    def made(self, request: SearchRequest, view: View, active: bool) -> Filter:
        """A request's filter, for active or for inactive concepts."""
        texts, concepts = (view.alive, view.active) if active else (view.gone, view.inactive)
        languages = levels = None
        if request.language is not None:
            languages = _bools(label[1].partition("-")[0] == request.language for label in self.labels)
        if request.levels is not None:
            levels = _bools(level in request.levels for level in self._levels)
        within = None if request.within is None else self._whole(request.within)
        return Filter(self, texts, concepts, languages, levels, within)

    def levels_of(self, concepts: Ints) -> dict[str, int]:
        """The levels of these concepts, each with the caller's number of the first one that has it."""
        levels, first = np.unique(self.level[concepts], return_index=True)
        return {self._levels[level]: int(self.numbers[concepts[at]]) for level, at in zip(levels, first, strict=True)}

    def _whole(self, within: Any) -> Bools:
        """With a place for every number there is."""
        given: Bools = np.asarray(within, dtype=np.bool_)
        return given if len(given) >= self._most else np.pad(given, (0, self._most - len(given)))


def _bools(values: Any) -> Bools:
    return np.fromiter(values, dtype=np.bool_)
