"""The codes of ICD-10-SE: their canonical form, and all that follows from the code alone.

A code's level, part, chapter and place in the order are functions of the code, so that they come out the same
from every format and every year. Source: the publisher's description of the classification's structure
(chapter, block, three-, four- and five-character codes) and the files themselves.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Literal

Part = Literal[
    "chapter", "block", "category", "subcategory", "extension", "external", "external-place",
    "external-moved", "external-place-moved", "rehabilitation", "other",
]  # fmt: skip
"""Groups of codes that stand or fall together with one file; see `codesystems.icd10se_formats.parts`."""

CHAPTER_RANGES = {
    "01": "A00-B99", "02": "C00-D48", "03": "D50-D89", "04": "E00-E90", "05": "F00-F99", "06": "G00-G99",
    "07": "H00-H59", "08": "H60-H95", "09": "I00-I99", "10": "J00-J99", "11": "K00-K93", "12": "L00-L99",
    "13": "M00-M99", "14": "N00-N99", "15": "O00-O99", "16": "P00-P96", "17": "Q00-Q99", "18": "R00-R99",
    "19": "S00-T98", "20": "V01-Y98", "21": "Z00-Z99", "22": "U00-U99",
}  # fmt: skip
"""Chapter number → its range. A chapter is known by where its range starts: ends may move."""

_BY_START = sorted((codes[:3], number) for number, codes in CHAPTER_RANGES.items())
_STARTS = [start for start, _ in _BY_START]
_BY_RANGE = {codes: number for number, codes in CHAPTER_RANGES.items()}
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_ROMAN = dict(zip((*_NUMERALS, *("X" + n for n in _NUMERALS), "XXI", "XXII"), CHAPTER_RANGES, strict=True))

_NOISE = re.compile(r"[\s†*]+")
_DASHES = re.compile(r"[‐‑‒–—]")
_UNDOTTED = re.compile(r"([A-Z]\d\d)\.?([0-9A-Z]+)")
_BLOCK = re.compile(r"[A-Z]\d\d-[A-Z]\d\d|U[A-Z]")
_CATEGORY = re.compile(r"[A-Z]\d\d|U[A-Z]\d")
_DETAIL = re.compile(r"[A-Z]\d\d\.([0-9A-Z]+)")
_REHABILITATION = re.compile(r"U[A-Z]\d[0-9A-Z]+")
_MOVED = re.compile(r"V39\.2\d|(V87|X47|X67|X88|Y17)\.\d\d|Y90\.[04]|Y95\.9")
"""External causes that are in KXX until 2016 and in KOD in 2019."""


def canonical(code: str) -> str:
    """The publisher's form of today: `a000`, `A00.0†` and `A000*` are `A00.0`; chapters `01` to `22` whether
    given as number, Roman number or range. Codes of another shape keep it (`UA3290`, `E10-E14`)."""
    text = _DASHES.sub("-", _NOISE.sub("", code)).upper()
    if text in _ROMAN:
        return _ROMAN[text]
    if text in _BY_RANGE:
        return _BY_RANGE[text]
    if text.isdecimal() and text.zfill(2) in CHAPTER_RANGES:
        return text.zfill(2)
    match = _UNDOTTED.fullmatch(text)
    return f"{match[1]}.{match[2]}" if match else text


@lru_cache(maxsize=1 << 16)
def part(code: str) -> Part:
    """The part of a canonical code."""
    if code in CHAPTER_RANGES:
        return "chapter"
    if _BLOCK.fullmatch(code):
        return "block"
    if _CATEGORY.fullmatch(code):
        return "category"
    if match := _DETAIL.fullmatch(code):
        return _detail(code, long=len(match[1]) > 1)
    return "rehabilitation" if _REHABILITATION.fullmatch(code) else "other"


def _detail(code: str, *, long: bool) -> Part:
    """The part of a code below a category."""
    if code < "V" or code > "Z":
        return "extension" if long else "subcategory"
    if _MOVED.fullmatch(code):
        return "external-place-moved" if long else "external-moved"
    return "external-place" if long else "external"


LEVELS: dict[Part, str] = {
    "chapter": "chapter",
    "block": "block",
    "category": "category",
    "subcategory": "subcategory",
    "external": "subcategory",
    "external-moved": "subcategory",
    "rehabilitation": "subcategory",
    "extension": "extension",
    "external-place": "extension",
    "external-place-moved": "extension",
    "other": "",
}


def chapter_of(code: str) -> str | None:
    """The chapter that holds a block's, category's or longer code; None where no chapter does."""
    at = bisect_right(_STARTS, code[:3])
    if not at or not "A" <= code[0] <= "Z":
        return None
    number = _BY_START[at - 1][1]
    return number if code[0] <= CHAPTER_RANGES[number][4] else None


def sort_key(code: str) -> str:
    """The order of the book: chapter by number, in it blocks before their categories, those before longer
    codes. Chapter 22 (U) comes last."""
    if code in CHAPTER_RANGES:
        return code
    chapter = chapter_of(code) or "99"
    rank = "a" if part(code) == "block" else "b"
    return f"{chapter}{code[:3].ljust(3)}{rank}{code[3:].lstrip('.')}"
