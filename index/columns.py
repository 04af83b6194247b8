"""The entries of an index as columns: taken in one by one, put in order and written.

Nothing of an entry is kept but numbers, its code and its words' numbers; the texts themselves go to a file at once.
Some millions of texts fit in a few hundred megabytes that way.
"""

from __future__ import annotations

import json
import mmap
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np

from index import analysis, arrays, ranking
from index.arrays import Ints
from index.engine import Entry, Span, Text
from index.postings import Words

_UNORDERED = "text.unordered"
LONGEST = (1 << 16) - 1
"""Longer texts and codes count as so long."""
_AT_ONCE = 1 << 16
"""Texts that are put in order at once."""
_Key = TypeVar("_Key")


class _Numbers(dict[_Key, int]):
    """Numbers things as they first come."""

    def __missing__(self, key: _Key) -> int:
        self[key] = number = len(self)
        return number


class _WordNumbers(dict[str, int]):
    """Numbers the words that are stemmed in one language, among those of all languages."""

    def __init__(self, all_words: list[tuple[str, str]], language: str) -> None:
        self._all = all_words
        self._language = language

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self._all)
        self._all.append((word, self._language))
        return number


class Columns:
    """Everything about the entries of one index, in the order they come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number, self._code, self._key, self._sort = array("q"), list[str](), list[bytes](), list[str]()
        self._levels, self._level = _Numbers[str](), array("i")
        self._state_concept, self._state_start, self._state_end = array("i"), array("q"), array("q")
        self._active, self._abstract = array("b"), array("b")
        self._labels, self._label = _Numbers[tuple[str, str]](), array("i")
        self._text_concept, self._headings, self._length = array("i"), array("b"), array("i")
        self._bytes, self._hash = array("q"), array("q")
        self._span_text, self._spans, self._span = array("i"), _Numbers[Span](), array("i")
        self._words: list[tuple[str, str]] = []
        self._numbering = {language: _WordNumbers(self._words, language) for language in analysis.STEMMED}
        self._word, self._word_count = array("i"), array("i")
        self._values = (folder / _UNORDERED).open("wb")

    def close(self) -> None:
        """Needed where nothing is written after all."""
        self._values.close()

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._number)

    @property
    def texts(self) -> int:
        return len(self._label)

    def add(self, entry: Entry) -> None:
        concept = len(self._number)
        self._number.append(entry.number)
        self._code.append(entry.code)
        self._key.append(entry.key.encode("utf-8", "replace"))
        self._sort.append(entry.sort_key)
        self._level.append(self._levels[entry.level])
        for state in entry.states:
            self._state_concept.append(concept)
            self._state_start.append(state.start)
            self._state_end.append(state.end)
            self._active.append(state.active)
            self._abstract.append(state.abstract)
        heading = bool(entry.states) and entry.states[-1].abstract
        for text in entry.texts:
            self._headings.append(heading)
            self._text_concept.append(concept)
            self._add(text)

    def _add(self, text: Text) -> None:
        number = len(self._label)
        self._label.append(self._labels[text.use, text.language])
        self._length.append(len(text.value))
        self._bytes.append(self._values.write(text.value.encode("utf-8", "surrogatepass")))
        for span in text.spans:
            self._span_text.append(number)
            self._span.append(self._spans[span])
        words = analysis.words(text.value)
        self._hash.append(analysis.term_hash(words))
        self._word_count.append(len(words))
        self._word.extend(map(self._numbering[analysis.stemmed_as(text.language)].__getitem__, words))

    def write(self) -> Words:
        """Write all columns, concepts in the order of the code system and texts in display order; the words that
        are in the texts. Nothing can be added afterwards."""
        self._values.close()
        order = np.array(sorted(range(len(self)), key=lambda at: (self._sort[at], self._code[at])), dtype=np.int32)
        concept_place = _places(order)
        self._write_concepts(order)
        self._write_states(concept_place)
        labels = self._write_labels()
        concept = concept_place[_ints(self._text_concept)]
        use = np.array([ranking.use_rank(use) for use, _ in self._labels], dtype=np.uint8)[_ints(self._label)]
        length = np.minimum(_ints(self._length), LONGEST)
        order = np.lexsort((concept, length, _ints(self._headings), use)).astype(np.int32)
        place = _places(order)
        self._save("text.concept", concept[order], np.int32)
        self._save("text.use", use[order], np.uint8)
        self._save("text.label", labels[order], np.uint16)
        self._save("text.length", length[order], np.uint16)
        self._write_values(order)
        self._write_spans(place)
        self._write_terms(order, use)
        return Words(self._words, _ints(self._word), np.repeat(place, _ints(self._word_count)))

    def _save(self, name: str, values: Ints, kind: type[np.generic]) -> None:
        arrays.save(self._folder, name, values.astype(kind))

    def _write_concepts(self, order: Ints) -> None:
        self._save("concept.number", _ints(self._number)[order], np.int64)
        self._save("concept.level", _ints(self._level)[order], np.uint16)
        (self._folder / "levels.json").write_text(json.dumps(list(self._levels)), "utf-8")
        arrays.save_strings(self._folder, "concept.code", (self._code[at] for at in order.tolist()))
        arrays.save_strings(self._folder, "concept.sort", (self._sort[at] for at in order.tolist()))
        keys = sorted((self._key[at], place) for place, at in enumerate(order.tolist()))
        width = max((len(key) for key, _ in keys), default=1)
        arrays.save(self._folder, "key", np.array([key for key, _ in keys], dtype=f"S{max(width, 1)}"))
        self._save("key.concept", np.array([place for _, place in keys], dtype=np.int32), np.int32)
        self._save("key.length", np.array([min(len(key), LONGEST) for key, _ in keys], dtype=np.int32), np.uint16)

    def _write_states(self, place: Ints) -> None:
        concept = place[_ints(self._state_concept)]
        order = np.argsort(concept, kind="stable")
        self._save("state.concept", concept[order], np.int32)
        self._save("state.start", _ints(self._state_start)[order], np.int64)
        self._save("state.end", _ints(self._state_end)[order], np.int64)
        self._save("state.active", _ints(self._active)[order], np.bool_)
        self._save("state.abstract", _ints(self._abstract)[order], np.bool_)

    def _write_labels(self) -> Ints:
        """Each text's label by its place among the labels in order."""
        labels = sorted(self._labels)
        (self._folder / "labels.json").write_text(json.dumps(labels), "utf-8")
        place = {label: number for number, label in enumerate(labels)}
        return np.array([place[label] for label in self._labels], dtype=np.uint16)[_ints(self._label)]

    def _write_values(self, order: Ints) -> None:
        length = _ints(self._bytes)
        end = np.cumsum(length)
        path = self._folder / _UNORDERED
        with (self._folder / "text.txt").open("wb") as out, path.open("rb") as values:
            held = mmap.mmap(values.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
            for some in _pieces(order):
                last = end[some]
                out.writelines(held[a:b] for a, b in zip((last - length[some]).tolist(), last.tolist(), strict=True))
        path.unlink()
        arrays.save(self._folder, "text.offsets", np.concatenate([[0], np.cumsum(length[order])]).astype(np.int64))

    def _write_spans(self, place: Ints) -> None:
        text = place[_ints(self._span_text)]
        order = np.argsort(text, kind="stable")
        kind = np.uint16 if len(self._spans) <= 1 << 16 else np.int32
        self._save("span.text", text[order], np.int32)
        self._save("span.kind", _ints(self._span)[order], kind)
        arrays.save(self._folder, "span.kinds", np.array(list(self._spans), dtype=np.int64).reshape(-1, 2))

    def _write_terms(self, order: Ints, use: Ints) -> None:
        """What tells that a query is a whole term; notes are none."""
        term = np.flatnonzero(use[order] != ranking.NOTE)
        found = _ints(self._hash)[order[term]]
        by_hash = np.argsort(found, kind="stable")
        self._save("term.hash", found[by_hash], np.int64)
        self._save("term.text", term[by_hash], np.int32)


def _ints(values: array[int]) -> Ints:
    return np.frombuffer(values, dtype=values.typecode)


def _places(order: Ints) -> Ints:
    """Where each thing goes, from which thing goes where."""
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place


def _pieces(values: Ints) -> Iterator[Ints]:
    for start, end in pairwise([*range(0, len(values), _AT_ONCE), len(values)]):
        yield values[start:end]
