"""Which texts hold a word, and from that which texts hold a token: lists of text numbers, by sorting numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Ints
from index.compounds import Compounds
from index.engine import FIELDS
from index.ranking import MOST_TEXTS
from index.tokens import tokens_of

_AT_ONCE = 1 << 21
"""Text numbers that are merged at once."""
_SHIFT = MOST_TEXTS.bit_length() - 1


@dataclass(frozen=True, slots=True)
class Words:
    """Every occurrence of a word in a text, in any order."""

    words: Sequence[tuple[str, str]]
    """The words with the language that they are stemmed in, by number."""
    word: Ints
    """Number of the word, by occurrence."""
    text: Ints
    """Number of the text, by occurrence."""


class Postings:
    """The texts that hold each word, and each token."""

    def __init__(self, occurrences: Words) -> None:
        self._words = occurrences.words
        pairs = _pairs(occurrences.word, occurrences.text)
        self._texts = (pairs & (MOST_TEXTS - 1)).astype(np.int32)
        self._starts = _starts(pairs, len(self._words))

    def frequency(self) -> dict[str, int]:
        """In how many texts each word is."""
        found: dict[str, int] = defaultdict(int)
        for (word, _), count in zip(self._words, np.diff(self._starts).tolist(), strict=True):
            found[word] += count
        return found

    def tokens(self, splitter: Compounds, also: Collection[str] = ()) -> Iterator[tuple[str, str, Ints]]:
        """(field, token, ascending numbers of the texts that hold it), in order of field and token; `also` are
        words of the index besides those here."""
        known = {word for word, _ in self._words}.union(also)
        held: dict[str, dict[str, list[int]]] = {field: defaultdict(list) for field in FIELDS}
        for number, (word, language) in enumerate(self._words):
            for field, token in set(tokens_of(word, language, known, splitter)):
                held[field][token].append(number)
        for field in FIELDS:
            for token, texts in self._merged(held.pop(field)):
                yield field, token, texts

    def _merged(self, words_of: dict[str, list[int]]) -> Iterator[tuple[str, Ints]]:
        """Each token with the texts of all its words. Code points sort as their UTF-8 does."""
        batch: list[str] = []
        size = 0
        sizes = np.diff(self._starts).tolist()
        for token in sorted(words_of):
            batch.append(token)
            size += sum(sizes[word] for word in words_of[token])
            if size >= _AT_ONCE:
                yield from self._batch(batch, words_of)
                batch, size = [], 0
        yield from self._batch(batch, words_of)

    def _batch(self, tokens: list[str], words_of: dict[str, list[int]]) -> Iterator[tuple[str, Ints]]:
        several = [token for token in tokens if len(words_of[token]) > 1]
        words = np.array([word for token in several for word in words_of[token]], dtype=np.int64)
        token_of = np.repeat(np.arange(len(several)), [len(words_of[token]) for token in several])
        counts = self._starts[words + 1] - self._starts[words]
        ends = np.cumsum(counts)
        at = np.arange(ends[-1] if len(ends) else 0) + np.repeat(self._starts[words] - ends + counts, counts)
        pairs = _pairs(np.repeat(token_of, counts), self._texts[at])
        texts = (pairs & (MOST_TEXTS - 1)).astype(np.int32)
        bounds = iter(_starts(pairs, len(several)).tolist())
        start = next(bounds)
        for token in tokens:
            if len(words_of[token]) == 1:
                word = words_of[token][0]
                yield token, self._texts[self._starts[word] : self._starts[word + 1]]
            else:
                end = next(bounds)
                yield token, texts[start:end]
                start = end


def _pairs(first: Ints, text: Ints) -> Ints:
    """Pairs packed into one number each, ascending, every one once."""
    pairs = first.astype(np.int64)
    pairs <<= _SHIFT
    pairs |= text
    pairs.sort()
    return pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs


def _starts(pairs: Ints, count: int) -> Ints:
    """Where the pairs of each first number begin, and the end of all."""
    return np.searchsorted(pairs, np.arange(count + 1, dtype=np.int64) << _SHIFT)
