"""Codes named in prose: found by their shape, made into links where the version shown holds them.

The shape is that of codes everywhere (letters and digits together, perhaps with dots); which of them are codes, the
code system alone knows. So finding is generous and linking is exact: `mentions` for all texts of a page, one look-up,
then `linked` for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

MOST = 2000
"""Distinct spellings looked up for one page."""
_CODE = r"(?=[A-Z.]*\d|[bdes]\d)(?:[A-Z]{0,3}|[bdes])\d[0-9A-Z]{0,6}(?:\.[0-9A-Z]{1,4}){0,3}"
_MENTION = re.compile(
    # A code begins where no word and no compound does (HLA-B27 names none) and ends where its letters and digits end.
    rf"(?<![\w.\-–])(?P<first>{_CODE})(?P<mark>[†*]?)"
    rf"(?:\s?[-–]\s?(?P<last>{_CODE})(?P<last_mark>[†*]?)(?![\w–-])|(?P<open>[-–])(?![\w–-])|(?![\w-]|\.\d))"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """What may be a code, or a range of codes, with its place in a text."""

    start: int
    end: int
    spellings: tuple[str, ...]
    """Of a code one; of a range the range as a code of its own, its first and its last code."""
    spans: tuple[tuple[int, int], ...]
    """Where each of these stands."""


def mentions(text: str) -> Iterator[Mention]:
    """Everything in a text that has the shape of a code, in reading order."""
    for match in _MENTION.finditer(text):
        first = match["first"]
        if not _has_letter(first):
            continue
        end = match.end()
        if match["last"] is None:
            yield Mention(match.start(), end, (first,), ((match.start(), end),))
            continue
        last = match["last"]
        middle = match.end("mark")
        spans = ((match.start(), end), (match.start(), middle), (match.start("last"), end))
        yield Mention(match.start(), end, (f"{first}-{last}", first, last), spans)


def spellings(texts: Iterable[str]) -> list[str]:
    """All that must be looked up for these texts, each once."""
    found = dict.fromkeys(spelling for text in texts for each in mentions(text) for spelling in each.spellings)
    return list(found)[:MOST]


def linked(text: str, known: Mapping[str, tuple[str, str]], address: Callable[[str], str]) -> Markup:
    """`text` escaped, with a link around each code that is `known`: by spelling, its code and what it is called.

    A range that is itself a code (a block) is one link; of any other range the ends are links.
    """
    parts: list[str | Markup] = []
    done = 0
    for mention in mentions(text):
        whole, *ends = zip(mention.spellings, mention.spans, strict=True)
        for spelling, (start, end) in [whole] if whole[0] in known else ends:
            if spelling in known:
                code, title = known[spelling]
                parts += escape(text[done:start]), _link(text[start:end], title, address(code))
                done = end
    return Markup("").join([*parts, escape(text[done:])])


def _link(words: str, title: str, address: str) -> Markup:
    return Markup('<a class="code" href="{}" title="{}">{}</a>').format(address, title, words)


def _has_letter(code: str) -> bool:
    return any(character.isalpha() for character in code)
