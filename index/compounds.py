"""Swedish compounds, taken apart with the words of the releases themselves.

`lårbensfraktur` is `lårben` + s + `fraktur` because both stand alone somewhere in the code system's texts. The
vocabulary is collected when an index is built and saved with it, so that queries are split by the same words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterator
from functools import lru_cache

from index.analysis import STOP_WORDS, stem

SHORTEST = 3
"""Letters of the shortest part."""
_BOUND = 4
"""Letters of the shortest part that never stands alone."""
_OFTEN = 3
"""Words in which such a rest has to occur to be counted among the parts."""
_DEEPEST = 3
"""Splits within splits; real compounds rarely have more than four parts."""
_LINKS = "seou"
"""Letters that may link two parts: förmak-s-flimmer, gat-u-miljö, kyrk-o-gård."""


def vocabulary(words: Collection[str]) -> frozenset[str]:
    """The stems that may be parts of compounds, from the words of a code system: those that stand alone, and
    those that never do but are what is left of several words (`hjärn-`, `gastro-`)."""
    alpha = [word for word in words if len(word) >= SHORTEST and word.isalpha() and word not in STOP_WORDS]
    alone = {found for word in alpha if len(found := stem(word)) >= SHORTEST}
    compounds = Compounds(alone)
    rests = Counter(rest for word in alpha if not compounds.split(word) for rest in set(compounds.rests(word)))
    return frozenset(alone | {rest for rest, count in rests.items() if count >= _OFTEN and len(rest) >= _BOUND})


@lru_cache(maxsize=200)
def _cuts(length: int) -> list[int]:
    """Where a word so long may be cut in two, the most even way first."""
    return sorted(range(SHORTEST, length - SHORTEST + 1), key=lambda at: (-min(at, length - at), at))


Part = tuple[str, str]
"""A part as it stands in the compound, and its stem."""


class Compounds:
    """Splits words by the stems of `vocabulary`."""

    def __init__(self, stems: Container[str]) -> None:
        self._stems = stems

    def split(self, word: str) -> tuple[str, ...]:
        """The stems of a compound's parts in order; empty for a word that is none.

        Of several ways the one with fewest parts wins, then the most even one, since short parts are often chance.
        """
        return tuple(found for _, found in self.pieces(word))

    def finest(self, word: str) -> tuple[str, ...]:
        """The same, parts that are compounds themselves split too."""
        return tuple(piece for text, found in self.pieces(word) for piece in (self.finest(text) or (found,)))

    def parts(self, word: str, pieces: tuple[Part, ...] | None = None) -> set[str]:
        """The stems of a compound's parts, and of their parts; of a word with one known part also the rest.
        `pieces` are the word's, where they are known."""
        return self._parts(self.pieces(word) if pieces is None else pieces, _DEEPEST) or set(self.rests(word))

    def _parts(self, pieces: tuple[Part, ...], depth: int) -> set[str]:
        found: set[str] = set()
        for text, part in pieces:
            found.add(part)
            if depth > 1:
                found |= self._parts(self.pieces(text), depth - 1)
        return found

    def pieces(self, word: str, depth: int = _DEEPEST) -> tuple[Part, ...]:
        """The parts of `split` as they stand in the word, each with its stem."""
        if depth == 0 or len(word) < 2 * SHORTEST or not word.isalpha():
            return ()
        for at in _cuts(len(word)):
            if (last := stem(word[at:])) in self._stems and (first := self._first(word[:at])):
                return (word[:at], first), (word[at:], last)
        for at in _cuts(len(word)) if depth > 1 else ():
            if (first := self._first(word[:at])) and (rest := self.pieces(word[at:], depth - 1)):
                return (word[:at], first), *rest
        return ()

    def rests(self, word: str) -> Iterator[str]:
        """The stem of what is left of a word before or after a known part, and of that part itself."""
        if not word.isalpha():
            return
        for at in range(SHORTEST, len(word) - SHORTEST + 1):
            first, last = word[:at], word[at:]
            if len(last) >= SHORTEST and (known := stem(last)) in self._stems:
                yield known
                yield stem(first)
                if first[-1] == "s" and len(first) > SHORTEST:
                    yield first[:-1]
            elif known := self._first(first):
                yield known
                yield stem(last)

    def halves(self, word: str, shortest: int) -> Iterator[tuple[str, str, bool]]:
        """Ways to cut a word in two where one half is a known part; True if that is the first one."""
        for at in range(shortest, len(word) - shortest + 1):
            first, last = word[:at], word[at:]
            if self._first(first):
                yield first, last, True
            if stem(last) in self._stems:
                yield first, last, False

    def heads(self, word: str) -> Iterator[str]:
        """The stems of possible last parts, the longest first. The last part says what kind of thing a compound is,
        also where its first part is a word that is nowhere."""
        for at in range(SHORTEST, len(word) - _BOUND + 1):
            if (found := stem(word[at:])) in self._stems:
                yield found

    def _first(self, text: str) -> str:
        """The stem of a part that is not the last one, without its linking letter; empty if unknown."""
        for form in (stem(text), text):
            if len(form) >= SHORTEST and form in self._stems:
                return form
        if len(text) > SHORTEST and text[-1] in _LINKS:
            for form in (stem(text[:-1]), text[:-1]):
                if len(form) >= SHORTEST and form in self._stems:
                    return form
        return ""
