"""The columns of an index that was extended: those of its base with those that were added behind them.

Concepts of the base that are among the added ones lose their states, which hides them and their texts from every
search; postings stay as they are. What is written here costs as much as copying the columns, some dozens of megabytes
for millions of texts; nothing of the base is analysed anew.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index import analysis
from index.arrays import Bools, Ints, Strings, load, save
from index.engine import Tokens
from index.lexicon import Lexicon
from index.places import HIDDEN

Posting = tuple[str, str, Ints]


class Extension:
    """An index `base` and another one, `added`, on their way to be one in `folder`."""

    def __init__(self, folder: Path, base: Path, added: Path) -> None:
        self._folder, self._base, self._added = folder, base, added
        number, more = load(base, "concept.number"), load(added, "concept.number")
        self._replaced: Bools = np.isin(number, more)
        """By number of the concept in the base."""
        self._concept = load(base, "text.concept")
        self._hidden: Bools = self._replaced[self._concept]
        """By number of the text in the base."""

    def write(self) -> None:
        """Write all columns."""
        self._append("concept.number", "text.use", "text.length")
        self._append("text.concept", more=len(self._replaced))
        self._append_named("concept.level", "levels.json")
        self._append_named("text.label", "labels.json")
        self._write_states()
        self._write_spans()
        self._write_sorted("key", "key.concept", self._replaced, "key.length")
        self._write_sorted("term.hash", "term.text", self._hidden)
        self._write_text_places(*self._write_concept_places())
        save(self._folder, HIDDEN, np.concatenate([self._hidden, np.zeros(self._texts_added, dtype=np.bool_)]))

    def frequency_lost(self) -> Counter[str]:
        """In how many of the texts that were replaced each word is."""
        texts = Strings(self._base, "text")
        words = (set(analysis.words(texts[at])) for at in np.flatnonzero(self._hidden).tolist())
        return Counter(word for each in words for word in each)

    @property
    def _texts_added(self) -> int:
        return len(load(self._added, "text.use"))

    def _both(self, name: str) -> tuple[Ints, Ints]:
        return load(self._base, name), load(self._added, name)

    def _append(self, *names: str, more: int = 0) -> None:
        for name in names:
            base, added = self._both(name)
            save(self._folder, name, np.concatenate([base, added + base.dtype.type(more)]))

    def _append_named(self, name: str, names: str) -> None:
        """Numbers of names, and the names in a file of JSON."""
        known, other = (json.loads((part / names).read_text("utf-8")) for part in (self._base, self._added))
        known += [each for each in other if each not in known]
        place = np.array([known.index(each) for each in other], dtype=np.uint16)
        base, added = self._both(name)
        save(self._folder, name, np.concatenate([base, place[added]]))
        (self._folder / names).write_text(json.dumps(known), "utf-8")

    def _write_states(self) -> None:
        kept = ~self._replaced[load(self._base, "state.concept")]
        for name in ("concept", "start", "end", "active", "abstract"):
            base, added = self._both(f"state.{name}")
            if name == "concept":
                added = added + np.int32(len(self._replaced))
            save(self._folder, f"state.{name}", np.concatenate([base[kept], added]))

    def _write_spans(self) -> None:
        text, text_added = self._both("span.text")
        kept = ~self._hidden[text]
        save(self._folder, "span.text", np.concatenate([text[kept], text_added + np.int32(len(self._hidden))]))
        kinds, kinds_added = self._both("span.kinds")
        kind, kind_added = self._both("span.kind")
        all_kinds = np.concatenate([kinds, kinds_added])
        small = np.uint16 if len(all_kinds) <= 1 << 16 else np.int32
        save(
            self._folder,
            "span.kind",
            np.concatenate([kind[kept], kind_added.astype(np.int64) + len(kinds)]).astype(small),
        )
        save(self._folder, "span.kinds", all_kinds)

    def _write_sorted(self, name: str, number: str, gone: Bools, *others: str) -> None:
        """A column in order, the numbers of what it belongs to, and what else goes with them; without what belongs to
        those `gone`, by number."""
        owner, owner_added = self._both(number)
        kept = ~gone[owner]
        base, added = self._both(name)
        base = base[kept]
        width = np.promote_types(base.dtype, added.dtype)
        at = np.searchsorted(base.astype(width), added.astype(width), side="right")
        save(self._folder, name, np.insert(base.astype(width), at, added))
        save(self._folder, number, np.insert(owner[kept], at, owner_added + np.int32(len(gone))))
        for other in others:
            values, values_added = self._both(other)
            save(self._folder, other, np.insert(values[kept], at, values_added))

    def _write_concept_places(self) -> tuple[Ints, Ints]:
        """The place of each concept that counts, in the base and among those added."""
        before = np.fromiter(self._found(), dtype=np.int64)
        place, place_added = _merged(~self._replaced, before)
        _write_places(self._folder, "concept", place, place_added, ~self._replaced)
        return place, place_added

    def _found(self) -> Iterator[int]:
        """Before which concept of the base each of those added stands, in the order of the code system."""
        sorts, codes = Strings(self._base, "concept.sort"), Strings(self._base, "concept.code")
        numbers, numbers_added = (numbers.tolist() for numbers in self._both("concept.number"))
        old = {number: at for at, number in enumerate(numbers)}
        sorts_added, codes_added = Strings(self._added, "concept.sort"), Strings(self._added, "concept.code")
        for number, *key in zip(numbers_added, sorts_added, codes_added, strict=True):
            at = old.get(number)  # most stand where they stood
            if at is None or [sorts[at], codes[at]] != key:
                at = bisect_left(range(len(codes)), key, key=lambda at: [sorts[at], codes[at]])
            yield at

    def _write_text_places(self, concept_place: Ints, concept_place_added: Ints) -> None:
        base = self._order(self._base, concept_place)
        added = self._order(self._added, concept_place_added)
        kept = ~self._hidden
        before = np.concatenate([np.flatnonzero(kept), [len(kept)]])[np.searchsorted(base[kept], added)]
        _write_places(self._folder, "text", *_merged(kept, before), kept)

    def _order(self, folder: Path, concept_place: Ints) -> Ints:
        """What display order goes by (`index.columns.Columns.write`), as one number for each text."""
        heading = np.zeros(len(concept_place), dtype=np.int64)
        heading[load(folder, "state.concept")] = load(folder, "state.abstract")  # of several states the last one
        concept = load(folder, "text.concept")
        order = load(folder, "text.use").astype(np.int64) << 1 | heading[concept]
        return np.asarray((order << 16 | load(folder, "text.length")) << 24 | concept_place[concept])


def _merged(kept: Bools, before: Ints) -> tuple[Ints, Ints]:
    """The places of what is kept and of what is added in one order, where each of those added comes before the one of
    all at `before`, ascending. What is not kept gets the place of what comes next."""
    kept_before = np.concatenate([[0], np.cumsum(kept)])
    place = kept_before[:-1] + np.searchsorted(before, np.arange(len(kept)), side="right")
    return place, kept_before[before] + np.arange(len(before))


def _write_places(folder: Path, name: str, place: Ints, place_added: Ints, kept: Bools) -> None:
    places = np.concatenate([place, place_added])
    counted = np.concatenate([np.flatnonzero(kept), len(place) + np.arange(len(place_added))])
    back = np.empty(len(counted), dtype=np.int32)
    back[places[counted]] = counted
    save(folder, f"{name}.place", places.astype(np.int32))
    save(folder, f"place.{name}", back)


def gained(folder: Path, tokens: Tokens, base: Lexicon, new: Sequence[str]) -> tuple[Ints, list[Posting]]:
    """The stems that texts of the base in `folder` have because `new` words are known (`analysis.stems`): these texts,
    and which of them hold each of the stems."""
    known = set(base.words).union(new)
    found: dict[str, list[Any]] = defaultdict(list)
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    label = load(folder, "text.label")
    other = np.array([analysis.stemmed_as(language) != "en" for _, language in labels], dtype=np.bool_)
    for word in _forms(base, new):
        for stem in analysis.stems(word, "sv", known) - analysis.stems(word, "sv", base):
            texts = tokens.texts("word", word)
            found[stem].append(texts[other[label[texts]]])
    held = {stem: np.unique(np.concatenate(texts)) for stem, texts in sorted(found.items())}
    every = np.unique(np.concatenate([np.empty(0, dtype=np.int32), *held.values()]))
    postings = ((stem, np.searchsorted(every, texts)) for stem, texts in held.items())
    return every, [("stem", stem, texts) for stem, texts in postings if len(texts)]


def _forms(base: Lexicon, new: Sequence[str]) -> set[str]:
    """The words of the base that may be forms of new ones: what `analysis.stems` looks up is the beginning of a word,
    or that with its last vowel restored."""
    found: set[str] = set()
    for word in new:
        begins = [word]
        if word[-2:] in ("el", "er", "en"):
            begins.append(word[:-2] + word[-1])
        for begin in begins:
            if len(begin) >= 3 and begin.isalpha():
                found.update(base.starting(begin, len(base.words)))
    return found
