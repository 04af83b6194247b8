"""Where texts and concepts stand in display order, which is what ranks end with.

In an index built whole they are numbered in that order. In one that was extended (`index.extending`) what was added is
numbered behind what was there, and arrays say where each stands among those that count. What was replaced has no place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from index.arrays import Bools, Ints, load

HIDDEN = "text.hidden"
"""By number of the text: it was replaced. An index that has no such file was built whole."""


class Places:
    """From numbers to places and back, of texts and of concepts. Places of concepts come after those of texts."""

    def __init__(self, folder: Path, texts: int, concepts: int) -> None:
        self.texts = texts
        """How many texts count."""
        self._hidden: Bools | None = None
        if not (folder / f"{HIDDEN}.npy").exists():
            return
        self._hidden = load(folder, HIDDEN)
        self._of_texts, self._text_at = load(folder, "text.place"), load(folder, "place.text")
        self._of_concepts, self._concept_at = load(folder, "concept.place"), load(folder, "place.concept")
        self.texts = len(self._text_at)

    def of_all_texts(self, numbered: int) -> Ints:
        """The place of each of the texts numbered from 0 to `numbered`."""
        return np.arange(numbered, dtype=np.int64) if self._hidden is None else self._of_texts

    def of_concepts(self, concepts: Ints) -> Ints:
        return (concepts if self._hidden is None else self._of_concepts[concepts]) + self.texts

    def text(self, place: Any) -> Any:
        """The numbers of the texts at these places, which are places of texts."""
        return place if self._hidden is None else self._text_at[place]

    def concept(self, place: Any) -> Any:
        """The numbers of the concepts at these places, which are places of concepts."""
        place = place - self.texts
        return place if self._hidden is None else self._concept_at[place]

    def counted(self, texts: Ints) -> int:
        """How many of these texts count."""
        return len(texts) if self._hidden is None else len(texts) - int(np.count_nonzero(self._hidden[texts]))
