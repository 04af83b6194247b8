"""Building an index into a folder, and opening it again.

Texts are numbered in display order (preferred terms first, selectable concepts before headings, short before
long), concepts in the order of the code system. A folder holds the engine's files under `tokens/`, arrays by text
and by concept, the texts and codes themselves, the words, and `index.json`.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path

import numpy as np

from index import analysis, arrays, compounds, ranking
from index.engine import FIELDS, Engine, Entry, SearchIndex, Text
from index.lexicon import Lexicon
from index.searcher import Searcher
from index.tokens import tokens_of
from index.whoosh_engine import WhooshEngine

FORMAT = 1
"""Raised whenever analysis or files change so that an older index no longer fits; those are built anew."""
ENGINES: dict[str, Callable[[], Engine]] = {"whoosh": WhooshEngine}
"""The search engines there are, by name."""

Progress = Callable[[int], None]
_Numbered = tuple[int, Text]


class IndexFormatError(Exception):
    """The folder holds no index, or one that another version of the program wrote."""


def build_index(
    folder: Path,
    entries: Iterable[Entry],
    *,
    engine: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Write a complete index of `entries` into `folder`, which does not exist before, synced to disk.

    `progress` is told now and then how many entries are done. Raises `ValueError` for an unknown engine and
    `OSError` as the file system does.
    """
    name = engine or "whoosh"
    if name not in ENGINES:
        raise ValueError(f"no search engine {name!r}: {', '.join(sorted(ENGINES))}")
    folder.mkdir(parents=True)
    (folder / "tokens").mkdir()
    concepts = sorted(entries, key=lambda entry: (entry.sort_key, entry.code))
    texts = _texts(concepts)
    if len(texts) + len(concepts) >= ranking.MOST_TEXTS:
        raise ValueError(f"{len(texts)} texts are more than one index can hold")
    _write_concepts(folder, concepts)
    _write_texts(folder, texts)
    words = _words(texts, progress)
    frequency: dict[str, int] = defaultdict(int)
    for (word, _), numbers in words.items():
        frequency[word] += len(numbers)
    stems = compounds.vocabulary(frequency)
    Lexicon.write(folder, frequency, stems)
    splitter = compounds.Compounds(stems)
    ENGINES[name]().write(folder / "tokens", len(texts), _postings(words, frequency, splitter))
    languages = sorted({language for _, language in words})
    about = {"format": FORMAT, "engine": name, "texts": len(texts), "concepts": len(concepts), "stems": languages}
    (folder / "index.json").write_text(json.dumps(about), "utf-8")
    arrays.sync(folder)
    if progress:
        progress(len(concepts))


def open_index(folder: Path) -> SearchIndex:
    """The index that `build_index` wrote into `folder`. Raises `IndexFormatError`."""
    try:
        about = json.loads((folder / "index.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise IndexFormatError(f"{folder} holds no search index: {error}") from error
    if about.get("format") != FORMAT or about.get("engine") not in ENGINES:
        raise IndexFormatError(f"{folder} holds a search index of another version: build it anew")
    return Searcher(folder, ENGINES[about["engine"]]().open(folder / "tokens"), about["stems"])


def _texts(concepts: list[Entry]) -> list[_Numbered]:
    """All texts with the number of their concept, in display order."""
    found = [(number, text) for number, entry in enumerate(concepts) for text in entry.texts]

    def place(item: _Numbered) -> tuple[int, bool, int, int]:
        number, text = item
        states = concepts[number].states
        return (ranking.use_rank(text.use), bool(states) and states[-1].abstract, len(text.value), number)

    return sorted(found, key=place)


def _write_concepts(folder: Path, concepts: list[Entry]) -> None:
    arrays.save(folder, "concept.number", np.array([entry.number for entry in concepts], dtype=np.int64))
    arrays.save_strings(folder, "concept.code", (entry.code for entry in concepts))
    keys = sorted((entry.key.encode("utf-8", "replace"), number) for number, entry in enumerate(concepts))
    width = max((len(key) for key, _ in keys), default=1)
    arrays.save(folder, "key", np.array([key for key, _ in keys], dtype=f"S{max(width, 1)}"))
    arrays.save(folder, "key.concept", np.array([number for _, number in keys], dtype=np.int32))
    arrays.save(folder, "key.length", np.array([min(len(key), 65535) for key, _ in keys], dtype=np.uint16))
    states = [(number, state) for number, entry in enumerate(concepts) for state in entry.states]
    arrays.save(folder, "state.concept", np.array([number for number, _ in states], dtype=np.int32))
    arrays.save(folder, "state.start", np.array([state.start for _, state in states], dtype=np.int64))
    arrays.save(folder, "state.end", np.array([state.end for _, state in states], dtype=np.int64))
    arrays.save(folder, "state.active", np.array([state.active for _, state in states], dtype=np.bool_))
    arrays.save(folder, "state.abstract", np.array([state.abstract for _, state in states], dtype=np.bool_))


def _write_texts(folder: Path, texts: list[_Numbered]) -> None:
    arrays.save_strings(folder, "text", (text.value for _, text in texts))
    arrays.save(folder, "text.concept", np.array([number for number, _ in texts], dtype=np.int32))
    arrays.save(folder, "text.use", np.array([ranking.use_rank(text.use) for _, text in texts], dtype=np.uint8))
    lengths = [min(len(text.value), 65535) for _, text in texts]
    arrays.save(folder, "text.length", np.array(lengths, dtype=np.uint16))
    labels = sorted({(text.use, text.language) for _, text in texts})
    place = {label: number for number, label in enumerate(labels)}
    (folder / "labels.json").write_text(json.dumps(labels), "utf-8")
    marks = [place[text.use, text.language] for _, text in texts]
    arrays.save(folder, "text.label", np.array(marks, dtype=np.uint16))
    spans = [(number, *span) for number, (_, text) in enumerate(texts) for span in text.spans]
    table = np.array(spans, dtype=np.int64).reshape(-1, 3)
    arrays.save(folder, "span.text", table[:, 0].astype(np.int32))
    arrays.save(folder, "span.start", np.ascontiguousarray(table[:, 1]))
    arrays.save(folder, "span.end", np.ascontiguousarray(table[:, 2]))
    terms = sorted(
        (analysis.term_hash(analysis.words(text.value)), number)
        for number, (_, text) in enumerate(texts)
        if text.use != "note"
    )
    arrays.save(folder, "term.hash", np.array([found for found, _ in terms], dtype=np.int64))
    arrays.save(folder, "term.text", np.array([number for _, number in terms], dtype=np.int32))


def _words(texts: list[_Numbered], progress: Progress | None) -> dict[tuple[str, str], array[int]]:
    """The numbers of the texts that hold each word, by word and the language that it is stemmed in."""
    found: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("i"))
    for number, (_, text) in enumerate(texts):
        language = text.language.partition("-")[0]
        language = language if language in analysis.STEMMED else "sv"
        for word in set(analysis.words(text.value)):
            found[word, language].append(number)
        if progress and number % 5_000 == 4_999:
            progress(number)
    return found


def _postings(
    words: dict[tuple[str, str], array[int]], known: Container[str], splitter: compounds.Compounds
) -> Iterator[tuple[str, str, arrays.Ints]]:
    tokens: dict[str, dict[str, list[array[int]]]] = {name: defaultdict(list) for name in FIELDS}
    for (word, language), numbers in words.items():
        for field, token in set(tokens_of(word, language, known, splitter)):
            tokens[field][token].append(numbers)
    for field in FIELDS:
        for token in sorted(tokens[field], key=str.encode):
            lists = [np.frombuffer(numbers, dtype=np.int32) for numbers in tokens[field][token]]
            yield field, token, lists[0] if len(lists) == 1 else np.unique(np.concatenate(lists))
