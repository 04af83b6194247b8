"""What an index that was extended keeps apart: the texts and tokens of its base, and those that were added.

Everything else (`index.extending`) is in files as if it had been written at once. Numbers of texts and concepts that
were added follow those of the base. Both parts are whole indexes in folders of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import overload

import numpy as np

from index.arrays import Ints, Strings, load
from index.engine import Engine, Tokens

BASE = "base"
ADDED = "added"
GAINED = "gained"
"""Tokens that texts of the base have because of words that were added. These texts, few of all, have numbers of their
own there; `GAINED_TEXTS` has those of the base."""
GAINED_TEXTS = "texts"
TOKENS = "tokens"


def is_extended(folder: Path) -> bool:
    return (folder / BASE).exists()


def base_of(folder: Path) -> Path:
    """Where the whole index is that this one extends; an index that was built whole is its own base."""
    return folder / BASE if is_extended(folder) else folder


def strings(folder: Path, name: str) -> Sequence[str]:
    """Strings of an index, whole or extended."""
    if not is_extended(folder):
        return Strings(folder, name)
    return _Strings(Strings(folder / BASE, name), Strings(folder / ADDED, name))


def tokens(folder: Path, engine: Engine, texts: int) -> Tokens:
    """The tokens of an index, whole or extended; `texts` is how many texts the base has."""
    if not is_extended(folder):
        return engine.open(folder / TOKENS)
    base, gained, added = (engine.open(folder / part / TOKENS) for part in (BASE, GAINED, ADDED))
    return _Tokens(base, gained, load(folder / GAINED, GAINED_TEXTS), added, texts)


class _Strings(Sequence[str]):
    def __init__(self, base: Sequence[str], added: Sequence[str]) -> None:
        self._base, self._added = base, added
        self._from = len(base)

    def __len__(self) -> int:
        return self._from + len(self._added)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        return self._base[at] if at < self._from else self._added[at - self._from]


class _Tokens:
    def __init__(self, base: Tokens, gained: Tokens, gained_texts: Ints, added: Tokens, texts: int) -> None:
        self._base, self._gained, self._added = base, gained, added
        self._gained_texts = gained_texts
        self._from = texts

    def texts(self, field: str, token: str) -> Ints:
        held: Ints = self._base.texts(field, token)
        if len(gained := self._gained.texts(field, token)):
            held = np.union1d(held, self._gained_texts[gained])
        if len(added := self._added.texts(field, token)):
            held = np.concatenate([held, added + self._from])
        return held

    def close(self) -> None:
        for part in (self._base, self._gained, self._added):
            part.close()
