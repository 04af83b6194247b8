"""How search terms are compared with terms: case and diacritics, words and their beginnings, wildcards.

Source: ECL specification, "Character collation for term filters" (asymmetric search at secondary strength): a letter
without marks finds itself with any mark, a letter with marks finds only itself. What counts as a mark depends on the
language: ö is a letter of its own in Swedish, an o with dots in English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

_OWN_LETTERS = {"sv": "åäö", "fi": "åäö", "da": "æøå", "nb": "æøå", "nn": "æøå", "no": "æøå"}
_ALIKE = {"sv": {"ø": "ö", "æ": "ä", "œ": "ö"}, "fi": {"ø": "ö", "æ": "ä", "œ": "ö"}}
_NORDIC = {"ö": "ø", "ä": "æ"}
_PLAIN = {"æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i"}
SEPARATOR = "\0"
"""Stands between texts whose words are found together."""


class _Fold(dict[int, str]):
    """A table for `str.translate` that works a character out when it first meets it."""

    def __init__(self, family: str, spaced: bool) -> None:
        self._own = _OWN_LETTERS.get(family, "")
        self._alike = _ALIKE.get(family, _NORDIC if self._own else {})
        self._spaced = spaced
        super().__init__({0: f" {SEPARATOR} "})

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in self._own:
            folded = char
        elif char in self._alike or char in _PLAIN:
            folded = self._alike.get(char) or _PLAIN[char]
        else:
            folded = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
        if self._spaced and not folded.isalnum():
            folded = "".join(c if c.isalnum() else " " for c in folded) if folded else ""
        self[code] = folded
        return folded


@cache
def family(language: str) -> str:
    """The language whose letters count, or "" where all marks can be left out."""
    language = language[:2].casefold()
    return language if language in _OWN_LETTERS else ""


@cache
def _table(family_: str, spaced: bool) -> _Fold:
    return _Fold(family_, spaced)


def cased(text: str) -> str:
    """Without difference of case, with its marks."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFC", text).casefold()


def folded(text: str, language: str) -> str:
    """Without difference of case, without marks."""
    text = cased(text)
    return text if text.isascii() else text.translate(_table(family(language), False))


def words(text: str, language: str) -> list[str]:
    """The words of a text, folded; a `SEPARATOR` is a word of its own."""
    return cased(text).translate(_table(family(language), True)).split()


def marked_words(text: str) -> list[str]:
    """The words of a text, with their marks."""
    return "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in cased(text)).split()


def is_marked(text: str, language: str) -> bool:
    """Whether `text` has marks that fold away, so that only the same marks agree with it."""
    return cased(text) != folded(text, language)


def has_words(text: str, wanted: str, language: str) -> bool:
    """Whether each word wanted begins a word of the text, in any order; `X-ray` is two words that follow each other."""
    plain, marked = (f" {' '.join(found)}" for found in (words(text, language), marked_words(text)))
    for word in wanted.split():
        exact = is_marked(word, language)
        parts = marked_words(word) if exact else words(word, language)
        if parts and f" {' '.join(parts)}" not in (marked if exact else plain):
            return False
    return True


@lru_cache(maxsize=256)
def like(wild: str, language: str) -> Callable[[str], bool]:
    """Whether a pattern fits a whole text; in it, `*` is any characters and `\\*` an asterisk.

    Takes what lies between asterisks at its first place each: unlike a regular expression, never tries again.
    """
    exact = is_marked(wild, language)
    parts = [""]
    for part in re.findall(r"\\.|.", wild, re.S):
        if part == "*":
            parts.append("")
        else:
            parts[-1] += part[-1]
    first, *rest = [cased(part) if exact else folded(part, language) for part in parts]

    def fits(text: str) -> bool:
        text = cased(text) if exact else folded(text, language)
        if not rest:
            return text == first
        at = len(first)
        for part in rest[:-1]:
            found = text.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return text.startswith(first) and text.endswith(rest[-1], at)

    return fits
