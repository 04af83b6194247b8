"""Opening an index that `index.build` wrote, and what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index import segments
from index.engine import Engine, SearchIndex
from index.searcher import Searcher
from index.whoosh_engine import WhooshEngine

FORMAT = 3
"""Raised whenever analysis or files change so that an older index no longer fits; those are built anew."""
ENGINES: dict[str, Callable[[], Engine]] = {"whoosh": WhooshEngine}
"""The search engines there are, by name."""
ABOUT = "index.json"


class IndexFormatError(Exception):
    """The folder holds no index, or one that another version of the program wrote."""


@dataclass(frozen=True, slots=True)
class About:
    """What an index says of itself."""

    format: int
    engine: str
    texts: int
    concepts: int
    stems: list[str]
    """The languages that its words are stemmed in."""
    mark: str
    """What the caller built it of, in the caller's own words."""


def about_index(folder: Path) -> About:
    """What the index in `folder` says of itself. Raises `IndexFormatError`."""
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise IndexFormatError(f"{folder} holds no search index: {error}") from error
    if about.get("format") != FORMAT or about.get("engine") not in ENGINES:
        raise IndexFormatError(f"{folder} holds a search index of another version: build it anew")
    return About(**about)


def about_base(folder: Path) -> About:
    """The same of the whole index that the one in `folder` extends, or is. Raises `IndexFormatError`."""
    return about_index(segments.base_of(folder))


def open_index(folder: Path) -> SearchIndex:
    """The index that `build_index` or `extend_index` wrote into `folder`. Raises `IndexFormatError`, `OSError` where a
    file is missing and `ValueError` where one is damaged."""
    about = about_index(folder)
    try:
        tokens = segments.tokens(folder, ENGINES[about.engine](), about_base(folder).texts)
        return Searcher(folder, tokens, about.stems)
    except (IndexFormatError, OSError, ValueError):
        raise
    except Exception as error:  # a changed byte comes out as anything of the libraries that read it
        raise ValueError(f"{folder} cannot be read: {error!r}") from error
