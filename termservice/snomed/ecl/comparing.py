"""Comparisons of values: numbers, times and texts."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

import numpy as np

from termservice.snomed.columns import Bools, Ints
from termservice.snomed.ecl.syntax import Comparison, SearchTerm, Times
from termservice.snomed.words import cased, has_words, like

_COMPARE: dict[Comparison, Callable[[Ints, float], Bools]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def agreeing(holds: Bools, sign: Comparison) -> Bools:
    """What holds for `=`, and what does not for `!=`."""
    return holds if sign == "=" else ~holds


def compared(values: Ints, sign: Comparison, wanted: float) -> Bools:
    return _COMPARE[sign](values, wanted)


def at_times(values: Ints, sign: Comparison, times: Times) -> Bools:
    """Of days as YYYYMMDD, 0 for none; of several wanted, one must do for `=`, and none be equal for `!=`."""
    if sign in ("=", "!="):
        return np.isin(values, times.days, invert=sign == "!=")
    found = np.zeros(len(values), dtype=np.bool_)
    for day in times.days:
        found |= compared(values, sign, day) & (values != 0) & (day != 0)
    return found


def fitting(term: SearchTerm, language: str = "") -> Callable[[str], bool]:
    """What a search term looks for in a text: by beginnings of words, or as a whole with wildcards."""
    if term.kind == "wild":
        return like(term.text, language)
    return lambda text: has_words(text, term.text, language)


def fits_exactly(text: str, term: SearchTerm) -> bool:
    """As `fitting`, but a search term of neither kind is the whole text, in the same case."""
    return text == term.text if not term.kind else fitting(term)(text)


def fits_any(text: str, terms: Sequence[SearchTerm]) -> bool:
    return any(fitting(term)(text) for term in terms)


def is_true(text: str) -> bool:
    """Truth as release files have it."""
    return cased(text) in ("1", "true")
