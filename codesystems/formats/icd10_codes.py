"""The codes of ICD-10 as WHO forms them: chapters in Roman numerals, blocks as ranges, dotted categories.

Level, order and parent follow from the code. National versions with other forms have modules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CHAPTER, BLOCK, CATEGORY, SUBCATEGORY = "chapter", "block", "category", "subcategory"

CHAPTERS: dict[str, tuple[str, str]] = {
    "I": ("A00", "B99"), "II": ("C00", "D49"), "III": ("D50", "D99"), "IV": ("E00", "E99"),
    "V": ("F00", "F99"), "VI": ("G00", "G99"), "VII": ("H00", "H59"), "VIII": ("H60", "H99"),
    "IX": ("I00", "I99"), "X": ("J00", "J99"), "XI": ("K00", "K99"), "XII": ("L00", "L99"),
    "XIII": ("M00", "M99"), "XIV": ("N00", "N99"), "XV": ("O00", "O99"), "XVI": ("P00", "P99"),
    "XVII": ("Q00", "Q99"), "XVIII": ("R00", "R99"), "XIX": ("S00", "T99"), "XX": ("V00", "Y99"),
    "XXI": ("Z00", "Z99"), "XXII": ("U00", "U99"),
}  # fmt: skip
"""The categories each chapter has room for."""

_NUMERALS = tuple(CHAPTERS)
_NUMBERED = {str(number): chapter for number, chapter in enumerate(_NUMERALS, 1)}
_BLOCK = re.compile(r"([A-Z]\d\d) ?[-–] ?([A-Z]\d\d)")
_CODE = re.compile(r"([A-Z]\d\d)(?:\.?([0-9A-Z]{1,4}))?")
_MARKS = "†*!+# "


def canonical(code: str) -> str:
    """`I219`, `i21.9†` → `I21.9`; `A00.-` → `A00`; `01` → `I`; other texts only without outer space."""
    text = code.strip().upper()
    if text.isdecimal() and (chapter := _NUMBERED.get(text.lstrip("0"))):
        return chapter
    if text in CHAPTERS:
        return text
    if block := _BLOCK.fullmatch(text):
        return f"{block[1]}-{block[2]}"
    if found := _CODE.fullmatch(text.rstrip(_MARKS).rstrip("-").rstrip(".")):
        return f"{found[1]}.{found[2]}" if found[2] else found[1]
    return code.strip()


def level(code: str) -> str:
    """The level of a canonical code; empty where it is none."""
    if code in CHAPTERS:
        return CHAPTER
    if _BLOCK.fullmatch(code):
        return BLOCK
    if found := _CODE.fullmatch(code):
        return SUBCATEGORY if found[2] else CATEGORY
    return ""


def chapter_of(code: str) -> str:
    """The chapter of a category, a longer code or a block (by its first category); else empty."""
    return next((n for n, (first, last) in CHAPTERS.items() if first <= code[:3] <= last), "")


def sort_key(code: str) -> str:
    """The order of the classification: chapters, within them by code, a wider block before a narrower one."""
    if code in CHAPTERS:
        return f"{_NUMERALS.index(code) + 1:02}"
    chapter = chapter_of(code)
    number = f"{_NUMERALS.index(chapter) + 1:02}" if chapter else "99"
    if _BLOCK.fullmatch(code):
        return f"{number} {code[:3]} {_descending(code[4:])}"
    return f"{number} {code[:3]} ~{code[3:]}"


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The codes of one release, from which parents follow."""

    known: frozenset[str]
    blocks: Sequence[str]
    """Of blocks around the same code the narrowest stands first."""

    @classmethod
    def of(cls, codes: Iterable[str]) -> Hierarchy:
        known = frozenset(codes)
        blocks = (code for code in known if level(code) == BLOCK)
        return cls(known, tuple(sorted(blocks, key=sort_key, reverse=True)))

    def parent(self, code: str) -> str:
        """The longest prefix there is, else the narrowest block around the code, else its chapter; empty for
        a chapter."""
        if code in CHAPTERS:
            return ""
        for length in range(len(code) - 1, 2, -1):
            if "-" not in code and code[:length] in self.known:
                return code[:length]
        first, last = (code[:3], code[4:] if "-" in code else code[:3])
        around = (b for b in self.blocks if b != code and b[:3] <= first and last <= b[4:])
        return next(around, "") or chapter_of(code)


def _descending(category: str) -> str:
    """Turns the order of categories round."""
    return "".join(chr(ord("0") + ord("Z") - ord(char)) for char in category)
