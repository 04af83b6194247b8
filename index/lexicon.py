"""The words of an index: prefixes longer than a token, and words that look like a misspelt one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index import analysis
from index.arrays import Ints, load, save

_LAST = "\U0010ffff"
_WORDS, _STEMS = "words.txt", "stems.txt"
_FEWEST = 4
"""Letters of the shortest word that is corrected."""
_MOST = 40
"""Letters of the longest."""


@dataclass(frozen=True, slots=True)
class Near:
    """A word of the index that looks like what was typed."""

    word: str
    distance: int
    frequency: int


class Lexicon:
    """All words in order, the stems that may be parts of compounds, and how often each word occurs."""

    def __init__(self, folder: Path) -> None:
        self.words = _lines(folder / _WORDS)
        self.stems = frozenset(_lines(folder / _STEMS))
        self._known = frozenset(self.words)
        spelt = (word for word in self.words if not word.isascii())  # the others are plain as they are
        plain = sorted((folded, word) for word in spelt if (folded := analysis.plain(word)) != word)
        self._plain = plain
        self._frequency = load(folder, "word.frequency")
        self._letters = load(folder, "word.letters")
        self._length = load(folder, "word.length")
        self._spelling = load(folder, "word.spelling")

    @staticmethod
    def write(folder: Path, frequency: Mapping[str, int], stems: frozenset[str]) -> None:
        words = sorted(frequency)
        (folder / _WORDS).write_text("\n".join(words), "utf-8")
        (folder / _STEMS).write_text("\n".join(sorted(stems)), "utf-8")
        save(folder, "word.frequency", np.array([frequency[word] for word in words], dtype=np.int32))
        save(folder, "word.letters", np.array([_letters(word) for word in words], dtype=np.uint64))
        lengths = [len(word) if word.isalpha() and len(word) <= _MOST else 0 for word in words]
        save(folder, "word.length", np.array(lengths, dtype=np.int16))
        letters = np.array(words, dtype=f"U{_MOST}").view(np.uint32).reshape(-1, _MOST)
        save(folder, "word.spelling", np.minimum(letters, 0xFFFF).astype(np.uint16))

    def extend(self, folder: Path, added: Lexicon, lost: Mapping[str, int]) -> list[str]:
        """Write these words with those `added` into `folder`, each `lost` from so many texts; the words that are new.
        The stems stay as they are: words are taken apart by those of the last whole build."""
        counts = dict(zip(added.words, added._frequency.tolist(), strict=True))
        new = [word for word in added.words if word not in self._known]
        frequency = self._frequency.copy()
        for word in counts.keys() | lost.keys():
            if word in self._known:
                frequency[bisect_left(self.words, word)] += counts.get(word, 0) - lost.get(word, 0)
        at = [bisect_left(self.words, word) for word in new]
        from_added = [bisect_left(added.words, word) for word in new]
        (folder / _WORDS).write_text("\n".join(sorted([*self.words, *new])), "utf-8")
        (folder / _STEMS).write_text("\n".join(sorted(self.stems)), "utf-8")
        save(folder, "word.frequency", np.insert(frequency, at, added._frequency[from_added]))
        save(folder, "word.letters", np.insert(self._letters, at, added._letters[from_added]))
        save(folder, "word.length", np.insert(self._length, at, added._length[from_added]))
        save(folder, "word.spelling", np.insert(self._spelling, at, added._spelling[from_added], axis=0))
        return new

    def __contains__(self, word: object) -> bool:
        return word in self._known

    def starting(self, prefix: str, most: int) -> list[str]:
        """Up to `most` words that begin with `prefix`, in order."""
        first = bisect_left(self.words, prefix)
        return self.words[first : min(bisect_left(self.words, prefix + _LAST, first), first + most)]

    def starting_plain(self, prefix: str, most: int) -> list[str]:
        """Words that begin with `prefix` once å, ä and ö have lost their marks, and not before."""
        first = bisect_left(self._plain, (prefix,))
        last = bisect_left(self._plain, (prefix + _LAST,), first)
        return [word for _, word in self._plain[first : min(last, first + most)] if not word.startswith(prefix)]

    def near(self, word: str) -> list[Near]:
        """Words within one edit of a short word, two of a longer one (a swap of neighbours is one edit);
        the nearest first, then the most frequent."""
        if not _FEWEST <= len(word) <= _MOST - 2 or not word.isalpha():
            return []
        most = 1 if len(word) < 6 else 2
        # Every edit changes at most two of a word's letters, which rules most words out without looking at them.
        differing = np.bitwise_count(self._letters ^ np.uint64(_letters(word)))
        candidates = np.flatnonzero((differing <= 2 * most) & (np.abs(self._length - len(word)) <= most))
        distances = edits(word, self._spelling[candidates], self._length[candidates], most)
        found = [
            Near(self.words[number], distance, int(self._frequency[number]))
            for number, distance in zip(candidates.tolist(), distances.tolist(), strict=True)
            if 0 < distance <= most
        ]
        found.sort(key=lambda near: (near.distance, near.word[0] != word[0], -near.frequency, near.word))
        return found


def edits(word: str, others: Ints, lengths: Ints, most: int) -> Ints:
    """How many edits (insert, delete, replace, swap neighbours; no letter edited twice) lie between `word` and each
    of `others`, rows of letters of these lengths; `most` + 1 stands for any more."""
    far = most + 1
    letters = [ord(letter) for letter in word]
    width = len(word) + most
    columns = np.ascontiguousarray(others.T[:width])
    older = above = np.empty((0, 0), dtype=np.int16)
    row = np.minimum(np.arange(width + 1, dtype=np.int16), far)[:, None].repeat(len(lengths), axis=1)
    for i, letter in enumerate(letters, 1):
        older, above = above, row
        row = np.full_like(above, far)
        row[0] = min(i, far)
        # Cells further than `most` from the diagonal cost more than `most`.
        for j in range(max(1, i - most), min(width, i + most) + 1):
            cell = above[j - 1] + (columns[j - 1] != letter)
            np.minimum(cell, above[j] + 1, out=cell)
            np.minimum(cell, row[j - 1] + 1, out=cell)
            if i > 1 and j > 1:
                swapped = (columns[j - 1] == letters[i - 2]) & (columns[j - 2] == letter)
                np.minimum(cell, older[j - 2] + 1, out=cell, where=swapped)
            np.minimum(cell, far, out=row[j])
    inside = lengths <= width
    return np.where(inside, row[np.where(inside, lengths, 0), np.arange(len(lengths))], far)


def _letters(word: str) -> int:
    """The set of a word's letters, as bits."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits


def _lines(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    return text.split("\n") if text else []
