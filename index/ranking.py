"""The order of results, the same for every engine, every code system and every language.

First the **stage**: exact code, exact term, all the words, …, most of the words. Within a stage fewer missing
words (weighed by rarity), titles and synonyms before notes, then how well the words fit (whole word, inflected
form, prefix, part of a compound, …): the worst of them first, then how many are unsure, then contrasting small
words (`med`).
Where all that is equal: preferred terms before synonyms, current before withdrawn, selectable before headings,
shorter before longer, and last the order of the code system, so that the order is stable.

All of it is packed into one 64-bit number per text, smaller is better, so that thousands of candidates are
ordered by sorting an array. Nothing in it depends on the corpus: numbers of different indexes compare.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from index.arrays import Bools, Ints


class Stage(IntEnum):
    CODE = 0
    """The query is the concept's code."""
    TERM = 1
    """The query is the whole text."""
    CODE_PREFIX = 2
    """The code begins with the query, which looks like a code."""
    WORDS = 3
    """The text holds all the words."""
    LETTERS = 4
    """The code begins with the query, which may as well be a word."""
    SPREAD = 5
    """The concept's texts together hold all the words."""
    CORRECTED = 6
    """The text holds all the words, misspelt ones corrected."""
    PARTIAL = 7
    """The concept's texts hold most of the words."""


class Fit(IntEnum):
    """How a word of the query fits a text."""

    WORD = 0
    STEM = 1
    PREFIX = 2
    PART = 3
    """A part of a compound in the text; or joined with its neighbours, a word there."""
    SPLIT = 4
    """All parts of the query's compound are in the text."""
    ROOT = 5
    LOOSE = 6
    """A prefix but for diacritics, or of a part within a compound."""


UNSURE = np.array([0, 0, 1, 0, 0, 1, 2, 2], dtype=np.int64)
"""By fit: how far from sure it is that the word was meant. What part of a compound it is says nothing of that."""

NOTE = 3
"""The rank of `note` among uses."""
_USES = {"display": 0, "synonym": 1, "short": 1, "fsn": 2, "note": NOTE}

# Bits, from the lowest. The lowest 38 belong to the text, the rest to how it fits the query.
_LENGTH = 24
_ABSTRACT = 34
_INACTIVE = 35
_USE = 36
_FIT = 38
_SOFT, _SUM, _WORST, _NOTE, _MISSING, _STAGE = _FIT, _FIT + 4, _FIT + 11, _FIT + 14, _FIT + 15, _FIT + 20
_LONGEST = (1 << 10) - 1
_PLACE = (1 << _LENGTH) - 1

MOST_TEXTS = 1 << _LENGTH
"""Texts and concepts that one index can hold together."""


def use_rank(use: str) -> int:
    """Preferred terms first, then other terms, fully specified names, notes."""
    return _USES.get(use, 1)


def order(use: Ints, inactive: Bools, abstract: Bools, length: Ints, place: Ints) -> Ints:
    """The part of the rank that belongs to the text; its place in display order comes last."""
    return (
        (np.minimum(use, 3).astype(np.int64) << _USE)
        | (inactive.astype(np.int64) << _INACTIVE)
        | (abstract.astype(np.int64) << _ABSTRACT)
        | (np.minimum(length, _LONGEST).astype(np.int64) << _LENGTH)
        | place.astype(np.int64)
    )


def code_order(inactive: Bools, abstract: Bools, length: Ints, place: Ints) -> Ints:
    """The same part of the rank for hits on codes: shorter codes first, and their place after all texts'."""
    return (
        (inactive.astype(np.int64) << _INACTIVE)
        | (abstract.astype(np.int64) << _ABSTRACT)
        | (np.minimum(length, _LONGEST).astype(np.int64) << _LENGTH)
        | place.astype(np.int64)
    )


def fit(stage: Any, missing: Any, note: Any, worst: Any, total: Any, soft: Any) -> Any:
    """The part of the rank that the query decides, as numbers or arrays: how much of the query is `missing`
    (0 to 31), whether the text is a note, the worst fit, how unsure the fits are together,
    and how many small words are missing."""
    return (
        (stage << _STAGE)
        | (np.minimum(missing, 31) << _MISSING)
        | (note << _NOTE)
        | (worst << _WORST)
        | (np.minimum(total, 127) << _SUM)
        | (np.minimum(soft, 15) << _SOFT)
    )


_FITS = fit(0, 0, 0, np.arange(len(UNSURE)), UNSURE, 0)


def fit_of_one(stage: int, fits: Ints) -> Ints:
    """The same for texts that hold the one word there is, from how it fits them."""
    ranks: Ints = _FITS[fits]
    ranks |= stage << _STAGE
    return ranks


def note(use: Ints) -> Ints:
    """The bit of the rank that tells notes, by text."""
    bits: Ints = (use == NOTE).astype(np.int64) << _NOTE
    return bits


def place(rank: Any) -> Any:
    """The text's place, back from its rank."""
    return rank & _PLACE


def is_note(rank: int) -> bool:
    return bool((rank >> _NOTE) & 1)


def between(rank: int) -> tuple[int, ...]:
    """What compares between indexes: the fit, then the text's own part. Its place means nothing outside its index."""
    return (rank >> _FIT, (rank & ((1 << _FIT) - 1)) >> _LENGTH)


def score(rank: int) -> float:
    """For people: 1 for the code or the term itself, less for every step away from it."""
    stage = rank >> _STAGE
    missing = (rank >> _MISSING) & 31
    note = (rank >> _NOTE) & 1
    worst = (rank >> _WORST) & 7
    total = (rank >> _SUM) & 127
    away = (0, 0, 1, 1, 3, 3, 4, 6)[stage] * 0.08 + missing * 0.01 + note * 0.2 + worst * 0.02 + total * 0.003
    return round(max(1 - away, 0.01), 3)
