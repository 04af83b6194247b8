"""Building an index into a folder; `index.opening` opens it.

Texts are numbered in display order (preferred terms first, selectable concepts before headings, short before
long), concepts in the order of the code system. A folder holds the engine's files under `tokens/`, arrays by text
and by concept, the texts and codes themselves, the words, and `index.json`.

A large index of which little changed is extended: what is new or changed is indexed by itself, and what it replaces is
hidden (`index.extending`, `index.segments`). Answers are those of an index built whole, but that words are taken apart
by the compound vocabulary of the last whole build.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from index import arrays, compounds, extending, ranking, segments
from index.columns import Columns
from index.engine import Entry
from index.lexicon import Lexicon
from index.opening import ABOUT, ENGINES, FORMAT, About, about_index
from index.postings import Postings

Progress = Callable[[int], None]
_TOLD_EVERY = 5_000
_TOO_MANY = f"more than {ranking.MOST_TEXTS} texts and concepts are more than one index can hold"


def build_index(
    folder: Path,
    entries: Iterable[Entry],
    *,
    engine: str | None = None,
    mark: str = "",
    progress: Progress | None = None,
) -> None:
    """Write a complete index of `entries` into `folder`, which does not exist before, synced to disk.

    `mark` is kept with it. `progress` is told now and then how many entries are done. Raises `ValueError` for an
    unknown engine and `OSError` as the file system does.
    """
    name = engine or "whoosh"
    if name not in ENGINES:
        raise ValueError(f"no search engine {name!r}: {', '.join(sorted(ENGINES))}")
    about = _written(folder, entries, name, mark, progress)
    arrays.sync(folder)
    if progress:
        progress(about.concepts)


def extend_index(folder: Path, previous: Path, entries: Iterable[Entry], *, mark: str = "") -> None:
    """Write an index of what the base of `previous` holds into `folder`, which does not exist before, with `entries`
    in the place of those of the same number and besides the others; synced to disk.

    An entry must hold all texts that the base has of it, whenever they held. `folder` does not need `previous`
    afterwards: files of the base are linked, or copied where the file system has no links. Raises `IndexFormatError`
    where `previous` cannot be extended, and `ValueError` where all together are more than one index can hold.
    """
    source = segments.base_of(previous)
    about = about_index(source)
    base, added, gained = (folder / part for part in (segments.BASE, segments.ADDED, segments.GAINED))
    folder.mkdir(parents=True)
    shutil.copytree(source, base, copy_function=_linked)
    lexicon = Lexicon(base)
    more = _written(added, entries, about.engine, mark, None, lexicon)
    if about.texts + about.concepts + more.texts + more.concepts >= ranking.MOST_TEXTS:
        raise ValueError(_TOO_MANY)
    extension = extending.Extension(folder, base, added)
    extension.write()
    new = lexicon.extend(folder, Lexicon(added), extension.frequency_lost())
    engine = ENGINES[about.engine]()
    tokens = engine.open(base / segments.TOKENS)
    texts, postings = extending.gained(base, tokens, lexicon, new)
    tokens.close()
    (gained / segments.TOKENS).mkdir(parents=True)
    arrays.save(gained, segments.GAINED_TEXTS, texts)
    engine.write(gained / segments.TOKENS, len(texts), postings)
    languages = sorted({*about.stems, *more.stems})
    _tell(
        folder, About(FORMAT, about.engine, about.texts + more.texts, about.concepts + more.concepts, languages, mark)
    )
    arrays.sync(folder)


def _written(
    folder: Path,
    entries: Iterable[Entry],
    engine: str,
    mark: str,
    progress: Progress | None,
    base: Lexicon | None = None,
) -> About:
    """Write an index of `entries`, of which the words of `base` are known too and whose stems compounds are made of."""
    folder.mkdir(parents=True)
    (folder / segments.TOKENS).mkdir()
    columns = _columns(folder, entries, progress)
    concepts, texts = len(columns), columns.texts
    occurrences = columns.write()
    del columns  # the largest builds need its memory
    languages = sorted({language for _, language in occurrences.words})
    postings = Postings(occurrences)
    del occurrences
    frequency = postings.frequency()
    stems = base.stems if base else compounds.vocabulary(frequency)
    Lexicon.write(folder, frequency, stems)
    tokens = postings.tokens(compounds.Compounds(stems), base.words if base else ())
    ENGINES[engine]().write(folder / segments.TOKENS, texts, tokens)
    about = About(FORMAT, engine, texts, concepts, languages, mark)
    _tell(folder, about)
    return about


def _tell(folder: Path, about: About) -> None:
    (folder / ABOUT).write_text(json.dumps(asdict(about)), "utf-8")


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _columns(folder: Path, entries: Iterable[Entry], progress: Progress | None) -> Columns:
    columns = Columns(folder)
    try:
        for entry in entries:
            columns.add(entry)
            if columns.texts + len(columns) >= ranking.MOST_TEXTS:
                raise ValueError(_TOO_MANY)
            if progress and len(columns) % _TOLD_EVERY == 0:
                progress(len(columns))
    except BaseException:
        columns.close()
        raise
    return columns
