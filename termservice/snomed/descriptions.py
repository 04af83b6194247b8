"""Descriptions of an edition: their columns, terms, words, and how acceptable each is in every language refset.

Descriptions of one concept stand together, in order of their identifiers. The words of all terms are kept with the
descriptions that have them, so that a search among a million terms looks at the words only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from codesystems.formats.rf2_rows import ACCEPTABLE, PREFERRED
from index import arrays
from termservice.snomed.columns import Bools, Coded, Grouped, Ints, distinct, spans

_ACCEPTABILITY = {ACCEPTABLE: 1, PREFERRED: 2}
_END = "\U0010ffff"


class _Words(arrays.Strings):
    """Sorted words, that can be searched for parts."""

    def containing(self, part: str) -> Ints:
        """Numbers of the words with `part` in them."""
        wanted = part.encode("utf-8", "surrogatepass")
        positions = []
        at = self._bytes.find(wanted) if wanted else -1
        while at >= 0:
            positions.append(at)
            at = self._bytes.find(wanted, at + 1)
        begins = np.array(positions, dtype=np.int64)
        numbers = np.searchsorted(self._offsets, begins, side="right") - 1
        whole = begins + len(wanted) <= self._offsets[numbers + 1]
        return distinct(numbers[whole])


class Descriptions:
    """Descriptions are rows 0, 1, …; `concept` is the place of each one's concept."""

    def __init__(self, folder: Path, languages: Sequence[str]) -> None:
        self.id = arrays.load(folder, "description.id")
        self.concept = arrays.load(folder, "description.concept")
        self.active = arrays.load(folder, "description.active")
        self.time = arrays.load(folder, "description.time")
        self.type, self.module, self.case = (
            Coded.load(folder, f"description.{name}") for name in ("type", "module", "case")
        )
        self.languages: tuple[str, ...] = tuple(languages)
        self.language = arrays.load(folder, "description.language")
        """For each row a number in `languages`."""
        self.starts = arrays.load(folder, "description.starts")
        self._by_id = arrays.load(folder, "description.by_id")
        self._terms = arrays.Strings(folder, "description.term")
        self._given = arrays.load(folder, "description.given")
        self._words = _Words(folder, "description.word")
        self._rows_of_word = Grouped.load(folder, "description.word.rows")
        self.refsets = tuple(int(refset) for refset in arrays.load(folder, "acceptability.refset"))
        """Language refsets."""
        self._acceptability = arrays.load(folder, "acceptability")

    def __len__(self) -> int:
        return len(self.id)

    def of(self, place: int) -> range:
        return range(int(self.starts[place]), int(self.starts[place + 1]))

    def of_all(self, places: Ints) -> Ints:
        return spans(self.starts[places], self.starts[places + 1])

    def row(self, id: int) -> int:
        """-1 where there is no such description."""
        at = int(np.searchsorted(self.id, id, sorter=self._by_id))
        if at == len(self.id) or self.id[self._by_id[at]] != id:
            return -1
        return int(self._by_id[at])

    def term(self, row: int) -> str:
        return self._terms[int(self._given[row])]

    def language_of(self, row: int) -> str:
        return self.languages[int(self.language[row])]

    def acceptability(self, refset: int, row: int) -> int:
        """`ACCEPTABLE`, `PREFERRED`, or 0 where the refset does not have the description."""
        if refset not in self.refsets:
            return 0
        code = int(self._acceptability[self.refsets.index(refset), row])
        return next((id for id, each in _ACCEPTABILITY.items() if each == code), 0)

    def acceptabilities(self, rows: range) -> list[list[int]]:
        """Of each of the language refsets, in order, what it says of each row: 2 preferred, 1 acceptable, 0 nothing."""
        found: list[list[int]] = self._acceptability[:, rows.start : rows.stop].tolist()
        return found

    def accepted(self, refset: int, rows: Ints, acceptabilities: frozenset[int]) -> Bools:
        """Of each of `rows`, whether the refset has it, with one of the acceptabilities."""
        if refset not in self.refsets:
            return np.zeros(len(rows), dtype=np.bool_)
        wanted = [code for id, code in _ACCEPTABILITY.items() if id in acceptabilities]
        return np.isin(self._acceptability[self.refsets.index(refset)][rows], wanted)

    def beginning(self, word: str) -> Ints:
        """Rows that have a word (folded) beginning so; some more than once."""
        first, last = (bisect_left(self._words, text) for text in (word, word + _END))
        return self._rows_of_word.values[self._rows_of_word.starts[first] : self._rows_of_word.starts[last]]

    def containing(self, part: str) -> Ints:
        """Rows that have a word (folded) with `part` in it."""
        return self._rows_of_word.of_all(self._words.containing(part))


class Acceptabilities:
    """Collects what language refsets say, and writes it."""

    def __init__(self, ids: Ints, by_id: Ints) -> None:
        self._sorted = ids[by_id]
        self._by_id = by_id
        self._rows: dict[int, Ints] = {}

    def add(self, refset: Ints, component: Ints, acceptability: Ints) -> int:
        """Active members, as three columns. Returns how many are of no description here."""
        at = np.searchsorted(self._sorted, component)
        at[at == len(self._sorted)] = 0
        known = self._sorted[at] == component if len(self._sorted) else np.zeros(len(at), dtype=np.bool_)
        rows = self._by_id[at] if len(self._by_id) else at
        codes = np.zeros(len(component), dtype=np.int8)
        for id, code in _ACCEPTABILITY.items():
            codes[acceptability == id] = code
        for each in np.unique(refset).tolist():
            mine = known & (refset == each)
            self._rows.setdefault(each, np.zeros(len(self._by_id), dtype=np.int8))[rows[mine]] = codes[mine]
        return int((~known).sum())

    def save(self, folder: Path) -> None:
        refsets = sorted(self._rows)
        arrays.save(folder, "acceptability.refset", np.array(refsets, dtype=np.int64))
        columns = np.array([self._rows[each] for each in refsets], dtype=np.int8)
        arrays.save(folder, "acceptability", columns.reshape(len(refsets), len(self._by_id)))


def save_words(folder: Path, words: Mapping[str, int], word: Ints, row: Ints, count: int) -> None:
    """Write the words and the rows of each. `words` are numbered; `word` and `row` are a pair for every occurrence."""
    ordered = sorted(words)
    rank = np.empty(len(words), dtype=np.int64)
    rank[np.fromiter((words[each] for each in ordered), np.int64, len(ordered))] = np.arange(len(ordered))
    pairs = rank[word]  # in place from here on: there are some ten million
    pairs *= max(count, 1)
    pairs += row
    pairs.sort()
    first = np.ones(len(pairs), dtype=np.bool_)
    first[1:] = pairs[1:] != pairs[:-1]
    pairs = pairs[first]
    starts = np.searchsorted(pairs, np.arange(len(ordered) + 1) * max(count, 1))
    arrays.save_strings(folder, "description.word", ordered)
    Grouped(starts, (pairs % max(count, 1)).astype(np.int32)).save(folder, "description.word.rows")
