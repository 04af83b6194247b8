"""Which parts of a found text answer to what was typed."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup, escape

_WORD = re.compile(r"\w+")
_MAX_WORDS = 20
_MIN_INSIDE = 3
_MIN_SHARED = 4


def highlight(text: str, query: str) -> Markup:
    """`text` escaped, with <mark> around what each typed word found in it: the beginning of a word, else the
    inside of one (compounds), else the stem they share (hjärtinfarkter, hjärtinfarkt)."""
    words = _words(query)
    parts: list[str] = []
    done = 0
    for match in _WORD.finditer(text):
        span = _span(match[0], words)
        if span is None:
            continue
        start, end = match.start() + span[0], match.start() + span[1]
        parts += escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"
        done = end
    return Markup("".join([*parts, escape(text[done:])]))


@lru_cache(maxsize=64)
def _words(query: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match[0].casefold() for match in _WORD.finditer(query)))[:_MAX_WORDS]


def _span(word: str, typed: tuple[str, ...]) -> tuple[int, int] | None:
    folded = word.casefold()
    if len(folded) != len(word):
        return (0, len(word)) if folded in typed else None
    begun = [len(each) for each in typed if folded.startswith(each)]
    if begun:
        return 0, max(begun)
    for each in typed:
        if len(each) >= _MIN_INSIDE and (at := folded.find(each)) > 0:
            return at, at + len(each)
    shared = max((_common(folded, each) for each in typed), default=0)
    return (0, shared) if shared else None


def _common(word: str, typed: str) -> int:
    """Length of the shared beginning, 0 where it is too little of what was typed to be its stem."""
    length = 0
    for ours, theirs in zip(word, typed, strict=False):
        if ours != theirs:
            break
        length += 1
    return length if length >= max(_MIN_SHARED, len(typed) * 2 / 3) else 0
