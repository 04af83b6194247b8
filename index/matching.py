"""From one word of a query to the texts it matches, and how well it fits each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from index import analysis
from index.analysis import EDGE
from index.arrays import Ints
from index.cache import Cache
from index.compounds import Compounds
from index.engine import Tokens
from index.lexicon import Lexicon
from index.ranking import Fit

_MOST_WORDS = 200
"""Words that a long prefix is spelt out into."""
_CACHED_BYTES = 4_000_000
_MOST_CORRECTIONS = 8
_SHORTEST_HALF = 4
"""Letters of the halves of a misspelt compound."""
_MOST_HALVES = 6
"""Ways to cut it that are tried."""

_SPARSE = 24
"""Lists that hold fewer than one text in so many are sorted together; others go through a table of all texts."""
MISSING = 255
"""The fit of a word that is not there."""

Found = list[tuple[Ints, int]]
"""Arrays of texts, each with its fit."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The texts that a word matches, ascending, and its best fit in each."""

    texts: Ints
    fits: npt.NDArray[np.uint8]

    @property
    def cost(self) -> int:
        return self.texts.nbytes + self.fits.nbytes + 200


NOTHING = Matches(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint8))


def merged(found: Found, size: int) -> Matches:
    """One list of texts out of several, each text with its best fit; `size` is how many texts there are."""
    found = [(texts, fit) for texts, fit in found if len(texts)]
    if not found:
        return NOTHING
    if len(found) == 1:
        texts, fit = found[0]
        return Matches(texts, np.full(len(texts), fit, dtype=np.uint8))
    found.sort(key=lambda item: item[1])
    total = sum(len(texts) for texts, _ in found)
    if total * _SPARSE < size:
        texts, first = np.unique(np.concatenate([texts for texts, _ in found]), return_index=True)
        counts = [len(texts) for texts, _ in found]
        return Matches(texts, np.repeat(np.array([fit for _, fit in found], dtype=np.uint8), counts)[first])
    table = np.full(size, MISSING, dtype=np.uint8)
    for texts, fit in reversed(found):
        table[texts] = fit
    return _of_table(table)


def either(first: Matches, second: Matches, size: int) -> Matches:
    """The texts that one or the other word matches, each with its best fit."""
    if not len(second.texts):
        return first
    if (len(first.texts) + len(second.texts)) * _SPARSE < size:
        pairs = np.concatenate([first.texts, second.texts]).astype(np.int64) << 8
        pairs |= np.concatenate([first.fits, second.fits])
        pairs.sort()
        texts = pairs >> 8
        best = np.append(True, texts[1:] != texts[:-1])
        return Matches(texts[best].astype(np.int32), pairs[best].astype(np.uint8))
    table = np.full(size, MISSING, dtype=np.uint8)
    table[second.texts] = second.fits
    table[first.texts] = np.minimum(table[first.texts], first.fits)
    return _of_table(table)


def _of_table(table: npt.NDArray[np.uint8]) -> Matches:
    texts = np.flatnonzero(table != MISSING).astype(np.int32)
    return Matches(texts, table[texts])


class WordMatcher:
    """Looks words up in an engine's tokens."""

    def __init__(self, tokens: Tokens, lexicon: Lexicon, size: int, languages: Sequence[str]) -> None:
        self._tokens = tokens
        self._lexicon = lexicon
        self._size = size
        self._languages = tuple(languages)
        self._compounds = Compounds(lexicon.stems)
        self._cache: Cache[Matches] = Cache(_CACHED_BYTES, lambda matches: matches.cost)
        self._corrections: Cache[tuple[tuple[str, int], ...]] = Cache(2_000)

    def match(self, word: str) -> Matches:
        """The texts that `word` matches in any way but a corrected one."""
        return self._cache.get(word, lambda: merged(self._look_up(word), self._size))

    def known(self, word: str) -> bool:
        """Whether the word stands in some text, inflected or not, or is a long enough part of one there."""
        fits = self.match(word).fits
        return word in self._lexicon or bool(np.any((fits <= Fit.STEM) | ((fits == Fit.PART) & (len(word) > 4))))

    def _look_up(self, word: str) -> Found:
        texts = self._tokens.texts
        found: Found = []
        if word in self._lexicon:
            found.append((texts("word", word), Fit.WORD))
        for stem in self._stems(word):
            found.append((texts("stem", stem), Fit.STEM))
            found.append((texts("part", stem), Fit.PART))
        found.append((self._starting(word), Fit.PREFIX))
        if parts := self._compounds.split(word):
            whole = self._holding(parts)
            found.append((whole if len(whole) else self._holding(self._compounds.finest(word)), Fit.SPLIT))
        root = analysis.root(word)
        found.append((texts("root", root), Fit.ROOT))
        if analysis.plain(word) == word:
            found.append((texts("bare", root), Fit.ROOT))
            found.extend((found_plain, Fit.LOOSE) for found_plain in self._starting_plain(word))
        if 3 <= len(word) <= EDGE:
            found.append((texts("inner", word), Fit.LOOSE))
        return found

    def _stems(self, word: str) -> set[str]:
        """Every stem the word may have; the indexed texts' languages decide."""
        return {stem for language in self._languages for stem in analysis.stems(word, language, self._lexicon)}

    def _starting_plain(self, prefix: str) -> list[Ints]:
        if len(prefix) <= EDGE:
            return [self._tokens.texts("plain", prefix)]
        return [self._tokens.texts("word", word) for word in self._lexicon.starting_plain(prefix, _MOST_WORDS)]

    def _starting(self, prefix: str) -> Ints:
        if len(prefix) <= EDGE:
            return self._one("prefix", prefix)
        words = self._lexicon.starting(prefix, _MOST_WORDS)
        return self._union([self._tokens.texts("word", word) for word in words])

    def _one(self, field: str, token: str) -> Ints:
        found: Ints = self._tokens.texts(field, token)
        return found

    def _holding(self, stems: Sequence[str]) -> Ints:
        """Texts that hold every one of the stems, as words or as parts."""
        held: Ints | None = None
        for stem in stems:
            texts = self._union([self._tokens.texts("stem", stem), self._tokens.texts("part", stem)])
            held = texts if held is None else np.intersect1d(held, texts, assume_unique=True)
            if not len(held):
                break
        return NOTHING.texts if held is None else held

    def _union(self, lists: list[Ints]) -> Ints:
        lists = [texts for texts in lists if len(texts)]
        if not lists:
            return NOTHING.texts
        return lists[0] if len(lists) == 1 else np.unique(np.concatenate(lists))

    def joined(self, words: Sequence[str]) -> Matches:
        """Texts that hold these words written as one: `ljumsk bråck` as `ljumskbråck`."""
        key = ("joined", *words)
        return self._cache.get(key, lambda: merged(self._join(words), self._size))

    def _join(self, words: Sequence[str]) -> Found:
        found: Found = []
        for link in ("", "s"):
            word = link.join(words)
            stem = analysis.stem(word)
            if word in self._lexicon or stem in self._lexicon.stems:
                found.append((self._tokens.texts("word", word), Fit.WORD))
                found.append((self._tokens.texts("stem", stem), Fit.STEM))
                found.append((self._tokens.texts("part", stem), Fit.PART))
        return found

    def corrections(self, word: str) -> tuple[tuple[str, int], ...]:
        """Words of the index that `word` may be a misspelling of, with the number of edits, best first."""
        return self._corrections.get(word, lambda: self._correct(word))

    def _correct(self, word: str) -> tuple[tuple[str, int], ...]:
        found = [(near.word, near.distance) for near in self._lexicon.near(word)[:_MOST_CORRECTIONS]]
        if found or len(word) < 2 * _SHORTEST_HALF:
            return tuple(found)
        # A compound that is in no text, with a mistake in one half.
        halves = islice(self._compounds.halves(word, _SHORTEST_HALF), _MOST_HALVES)
        for first, last, first_known in halves:
            for near in self._lexicon.near(last if first_known else first)[:1]:
                other = first + near.word if first_known else near.word + last
                if len(self.match(other).texts):
                    found.append((other, near.distance))
        found.sort(key=lambda item: item[1])
        return tuple(found[:1])

    def corrected(self, word: str) -> Matches:
        """The texts that hold a word which `word` may be a misspelling of, else what kind of thing it is."""
        return self._cache.get(("corrected", word), lambda: merged(self._look_up_corrected(word), self._size))

    def _look_up_corrected(self, word: str) -> Found:
        found: Found = []
        for other, distance in self.corrections(word):
            fit = Fit.PREFIX if distance == 1 else Fit.SPLIT
            if other not in self._lexicon:
                found.append((self.match(other).texts, fit + 1))
                continue
            found.append((self._tokens.texts("word", other), fit))
            found.append((self._tokens.texts("stem", analysis.stem(other)), fit + 1))
            found.append((self._tokens.texts("part", analysis.stem(other)), fit + 1))
        for head in () if found else self._compounds.heads(word):
            alone = self._tokens.texts("stem", head)
            if len(alone):
                return [(alone, Fit.LOOSE), (self._tokens.texts("part", head), Fit.LOOSE)]
        return found


def fits_in(matches: Matches, texts: Ints, size: int) -> npt.NDArray[np.uint8]:
    """How the word fits each of `texts`; MISSING where it does not."""
    if len(texts) * 256 > size:
        table = np.full(size, MISSING, dtype=np.uint8)
        table[matches.texts] = matches.fits
        return table[texts]
    if not len(matches.texts):
        return np.full(len(texts), MISSING, dtype=np.uint8)
    at = np.minimum(np.searchsorted(matches.texts, texts), len(matches.texts) - 1)
    return np.where(matches.texts[at] == texts, matches.fits[at], np.uint8(MISSING))
