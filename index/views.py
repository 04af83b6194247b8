"""What holds at a position: which concepts and which texts, as arrays by number.

Made from the spans of an index on first use and kept for the positions asked for most recently.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index import ranking
from index.arrays import Bools, Ints, load
from index.places import Places


@dataclass(frozen=True, slots=True)
class View:
    """One position's picture of the index."""

    alive: Bools
    """By text: it holds, and its concept is active."""
    gone: Bools
    """By text: it holds, and its concept is inactive or withdrawn (of a withdrawn one, its last texts)."""
    active: Bools
    """By concept."""
    inactive: Bools
    """By concept: inactive, or withdrawn."""
    abstract: Bools
    """By concept."""
    order: Ints
    """By text: the part of its rank that no query changes."""
    several: bool
    """Whether any concept has more than one text."""


class Spans:
    """All states and texts of an index with their spans."""

    def __init__(self, folder: Path) -> None:
        self.concept = load(folder, "text.concept")
        self.use = load(folder, "text.use")
        self._length = load(folder, "text.length")
        self._span_text = load(folder, "span.text")
        self._span_kind = load(folder, "span.kind")
        self._span_kinds = load(folder, "span.kinds")
        self._state_concept = load(folder, "state.concept")
        self._state_start = load(folder, "state.start")
        self._state_end = load(folder, "state.end")
        self._state_active = load(folder, "state.active")
        self._state_abstract = load(folder, "state.abstract")
        self.concepts = len(load(folder, "concept.number"))
        self.places = Places(folder, len(self.concept), self.concepts)

    def view(self, at: int, former: bool) -> View:
        """The picture at `at`; with `former`, concepts that are no more count as withdrawn."""
        active = np.zeros(self.concepts, dtype=np.bool_)
        abstract = np.zeros(self.concepts, dtype=np.bool_)
        # The position at which each concept's texts are read: `at`, or its own last one; -1 for none at all.
        moment = np.full(self.concepts, -1, dtype=np.int64)
        if former:
            past = np.flatnonzero(self._state_end <= at)
            past = past[np.argsort(self._state_end[past], kind="stable")]
            moment[self._state_concept[past]] = self._state_end[past] - 1
            abstract[self._state_concept[past]] = self._state_abstract[past]
        now = np.flatnonzero((self._state_start <= at) & (self._state_end > at))
        concept = self._state_concept[now]
        moment[concept] = at
        active[concept] = self._state_active[now]
        abstract[concept] = self._state_abstract[now]
        inactive = (moment >= 0) & ~active

        when = moment[self.concept[self._span_text]]
        live = np.zeros(len(self.concept), dtype=np.bool_)
        start, end = self._span_kinds.T
        live[self._span_text[(start[self._span_kind] <= when) & (when < end[self._span_kind])]] = True
        is_active = active[self.concept]
        places = self.places.of_all_texts(len(self.concept))
        order = ranking.order(self.use, ~is_active, abstract[self.concept], self._length, places)
        count = np.bincount(self.concept[live], minlength=1)
        return View(
            alive=live & is_active,
            gone=live & inactive[self.concept],
            active=active,
            inactive=inactive,
            abstract=abstract,
            order=order | ranking.note(self.use),
            several=bool(count.max() > 1),
        )
