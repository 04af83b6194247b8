"""What a KVÅ code says of itself, the same in all formats and years: classification, level, order, parents.

KVÅ joins two classifications. Codes of KKÅ (surgical) are three letters and two digits, codes of KMÅ
(medical) two letters and three digits, so a code is unique. Headings of one and two letters are not: each
classification letters its own chapters from A, and one `AA` is surgery of the brain, the other examination of
the nervous system. A heading that both have is therefore named with its classification, `KKÅ:AA` and
`KMÅ:AA`. Every other heading has one owner and keeps its code; should the other classification ever use it
too, that one gets the longer name, so that no heading loaded before changes its own.
"""

from __future__ import annotations

import re
from typing import Literal

from codesystems.model import Parent

Side = Literal["KKÅ", "KMÅ"]
KKA: Side = "KKÅ"
KMA: Side = "KMÅ"
SIDES: tuple[Side, Side] = (KKA, KMA)
LEVELS = ("chapter", "section", "group", "code")

_SHARED_SECTIONS = {
    "A": "ABCDEW",
    "D": "ABCDEFGHJKLMNPQW",
    "G": "ABCD",
    "Q": "ABCDX",
    "V": "ABCEGHKMP",
    "X": "",
    "Z": "LX",
}
"""By chapter, the second letters of the sections that both have."""
_KKA_SECTIONS = {"A": "", "D": "", "G": "EW", "Q": "W", "V": "QSUWX", "X": "ACFGJKLNPX", "Z": "CFPQSUZ"}
"""In the chapters that both have, the sections that only KKÅ has; all others are KMÅ's."""
_KMA_CHAPTERS = frozenset("PS")

SHARED = frozenset(_SHARED_SECTIONS) | {
    chapter + letter for chapter, letters in _SHARED_SECTIONS.items() for letter in letters
}
"""The 49 headings of one or two letters that are both KKÅ's and KMÅ's."""

LISTED_GROUPS = frozenset(("EMA", "FAA"))
"""Groups that the publisher's list of codes of 2026 holds among the codes. They are a part of their own, so
that a list with these two says nothing of the other groups."""
LISTED_PART = "kkå-listed-group"

_CODE = re.compile(r"[A-Z]{3}\d{2}|[A-Z]{2}\d{3}")
_HEADING = re.compile(r"[A-Z]{1,3}|[A-Z]{2}\d")
_KKA_SHAPE = re.compile(r"[A-Z]{3}")
_PADDING = " \t\r\n\u00a0\u200b\ufeff"


def clean(code: str) -> str:
    """`code` without padding, in capitals."""
    return code.strip(_PADDING).upper()


def is_code(code: str) -> bool:
    """Whether a clean code has the five positions of a code that can be recorded."""
    return _CODE.fullmatch(code) is not None


def is_group(code: str) -> bool:
    """Whether a clean code is that of a heading of three positions."""
    return len(code) == 3 and _HEADING.fullmatch(code) is not None


def is_known_shape(code: str) -> bool:
    """Whether a clean, bare code looks like a code or heading of KVÅ."""
    return is_code(code) or _HEADING.fullmatch(code) is not None


def split(code: str) -> tuple[Side, str]:
    """The sub-classification of a canonical code and the code as its publisher writes it.

    A bare heading that both have is no code of KVÅ; it counts as KMÅ's here, only to have an answer.
    """
    for side in SIDES:
        if code.startswith(f"{side}:"):
            return side, code[len(side) + 1 :]
    if len(code) > 2:
        return (KKA if _KKA_SHAPE.match(code) else KMA), code
    return _owner(code), code


def side_of(code: str) -> Side:
    return split(code)[0]


def _owner(heading: str) -> Side:
    """Whose a heading of one or two letters is where both could have it."""
    chapter, section = heading[:1], heading[1:]
    shared = chapter in _SHARED_SECTIONS and section not in tuple(_KKA_SECTIONS[chapter])
    return KMA if chapter in _KMA_CHAPTERS or shared else KKA


def identity(code: str, side: Side) -> str:
    """The canonical form of a clean code that stands in `side`'s part of a release."""
    if len(code) > 2 or (code not in SHARED and _owner(code) == side):
        return code
    return f"{side}:{code}"


def canonical(code: str) -> str:
    """The canonical form of a code as a person may write it; a bare heading that both have stays bare."""
    text = clean(code)
    side, bare = split(text)
    return text if bare == text else identity(bare, side)


def level_of(code: str) -> str:
    """chapter, section, group or code, of a canonical code."""
    return LEVELS[min(len(split(code)[1]), 4) - 1]


def part_of(code: str) -> str:
    """The group of codes for coverage: `kkå-section`, `kmå-code`, …"""
    return LISTED_PART if code in LISTED_GROUPS else _part(side_of(code), level_of(code))


def _part(side: Side, level: str) -> str:
    return f"{side.lower()}-{level}"


def parts(side: Side, *levels: str) -> tuple[str, ...]:
    """The parts of a sub-classification at `levels`, or all of them."""
    wanted = levels or LEVELS
    found = tuple(_part(side, level) for level in wanted)
    return (*found, LISTED_PART) if side == KKA and "group" in wanted else found


def sort_key(code: str) -> str:
    """KKÅ before KMÅ, then by the publisher's code: a heading stands just before what is under it."""
    side, bare = split(code)
    return f"{SIDES.index(side)}{bare}"


def parents(code: str) -> tuple[Parent, ...]:
    """The headings a canonical code can be under, by its own letters, nearest first.

    Most KMÅ codes have no group and hang on their section, and lists of codes hold no headings: which of
    these a release (or one before it) really has is decided where they are looked up.
    """
    side, bare = split(code)
    return tuple(
        Parent(identity(bare[:length], side), rank) for rank, length in enumerate(range(min(len(bare) - 1, 3), 0, -1))
    )
