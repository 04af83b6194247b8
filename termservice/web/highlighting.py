"""Which parts of a found text or code answer to what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup, escape

from index.analysis import normal

_WORD = re.compile(r"\w+")
_NOT_IN_CODES = re.compile(r"[\W_]+")
_MAX_WORDS = 20
_MIN_INSIDE = 3
_MIN_SHARED = 4
_PLAIN = str.maketrans("åäö", "aao")

Span = tuple[int, int]


def highlight(text: str, query: str, most: int | None = None) -> Markup:
    """`text` escaped, with <mark> around what each typed word found in it: the beginning of a word, else the
    inside of one (compounds), else the stem they share (hjärtinfarkter, hjärtinfarkt).

    Of a text longer than `most` characters, about so many around the first of these.
    """
    spans = list(_spans(text, _words(query)))
    start, end = _excerpt(text, spans[0][0] if spans else 0, most)
    kept = ((max(a, start), min(b, end)) for a, b in spans if a < end and b > start)
    marked = _marked(text, kept, start, end)
    return Markup("…" if start else "") + marked + Markup("…" if end < len(text) else "")


def highlight_code(code: str, query: str) -> Markup:
    """`code` escaped, with <mark> around what was typed of it, however that was spelt (`i219` in I21.9)."""
    for typed in (query, *query.split()):
        wanted = _NOT_IN_CODES.sub("", typed).casefold()
        places = [at for at, letter in enumerate(code) if not _NOT_IN_CODES.match(letter)]
        at = "".join(code[place] for place in places).casefold().find(wanted) if wanted else -1
        if at >= 0 and at + len(wanted) <= len(places):
            return _marked(code, [(places[at], places[at + len(wanted) - 1] + 1)], 0, len(code))
    return escape(code)


def _marked(text: str, spans: Iterator[Span] | list[Span], start: int, end: int) -> Markup:
    parts: list[str] = []
    for first, last in spans:
        parts += escape(text[start:first]), "<mark>", escape(text[first:last]), "</mark>"
        start = last
    return Markup("".join([*parts, escape(text[start:end])]))


def _excerpt(text: str, first: int, most: int | None) -> Span:
    """Where to begin and end, at spaces, so that what comes first is seen with something before it."""
    if most is None or len(text) <= most:
        return 0, len(text)
    start = 0 if first < most * 2 // 3 else text.rfind(" ", 0, first - most // 4) + 1
    end = start + most
    return start, len(text) if end >= len(text) else max(text.rfind(" ", 0, end), first + 1)


@lru_cache(maxsize=64)
def _words(query: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normal(match[0]) for match in _WORD.finditer(query)))[:_MAX_WORDS]


def _spans(text: str, typed: tuple[str, ...]) -> Iterator[Span]:
    for match in _WORD.finditer(text):
        span = _span(match[0], typed)
        if span is not None:
            yield match.start() + span[0], match.start() + span[1]


def _span(word: str, typed: tuple[str, ...]) -> Span | None:
    folded = normal(word)
    if len(folded) != len(word):
        return (0, len(word)) if folded in typed else None
    return _fit(folded, typed) or _fit(folded.translate(_PLAIN), typed)


def _fit(folded: str, typed: tuple[str, ...]) -> Span | None:
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
