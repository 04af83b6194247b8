"""Building an index into a folder, and opening it again.

Texts are numbered in display order (preferred terms first, selectable concepts before headings, short before
long), concepts in the order of the code system. A folder holds the engine's files under `tokens/`, arrays by text
and by concept, the texts and codes themselves, the words, and `index.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from index import arrays, compounds, ranking
from index.columns import Columns
from index.engine import Engine, Entry, SearchIndex
from index.lexicon import Lexicon
from index.postings import Postings
from index.searcher import Searcher
from index.whoosh_engine import WhooshEngine

FORMAT = 2
"""Raised whenever analysis or files change so that an older index no longer fits; those are built anew."""
ENGINES: dict[str, Callable[[], Engine]] = {"whoosh": WhooshEngine}
"""The search engines there are, by name."""

Progress = Callable[[int], None]
_TOLD_EVERY = 5_000


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
    columns = _columns(folder, entries, progress)
    concepts, texts = len(columns), columns.texts
    occurrences = columns.write()
    del columns  # the largest builds need its memory
    languages = sorted({language for _, language in occurrences.words})
    postings = Postings(occurrences)
    del occurrences
    frequency = postings.frequency()
    stems = compounds.vocabulary(frequency)
    Lexicon.write(folder, frequency, stems)
    ENGINES[name]().write(folder / "tokens", texts, postings.tokens(compounds.Compounds(stems)))
    about = {"format": FORMAT, "engine": name, "texts": texts, "concepts": concepts, "stems": languages}
    (folder / "index.json").write_text(json.dumps(about), "utf-8")
    arrays.sync(folder)
    if progress:
        progress(concepts)


def open_index(folder: Path) -> SearchIndex:
    """The index that `build_index` wrote into `folder`. Raises `IndexFormatError`."""
    try:
        about = json.loads((folder / "index.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise IndexFormatError(f"{folder} holds no search index: {error}") from error
    if about.get("format") != FORMAT or about.get("engine") not in ENGINES:
        raise IndexFormatError(f"{folder} holds a search index of another version: build it anew")
    return Searcher(folder, ENGINES[about["engine"]]().open(folder / "tokens"), about["stems"])


def _columns(folder: Path, entries: Iterable[Entry], progress: Progress | None) -> Columns:
    columns = Columns(folder)
    for entry in entries:
        columns.add(entry)
        if columns.texts + len(columns) >= ranking.MOST_TEXTS:
            raise ValueError(f"more than {ranking.MOST_TEXTS} texts and concepts are more than one index can hold")
        if progress and len(columns) % _TOLD_EVERY == 0:
            progress(len(columns))
    return columns
