"""Identities in ICD-11: codes, chapters, blocks, URIs and clusters, brought to one form through all releases.

Source: WHO, ICD-11 Reference Guide (code structure, postcoordination) and the readme of the simple tabulation. A
linearization URI names its release in some files and none in others; the form without is the same in all.
"""

from __future__ import annotations

import re

RELEASE_FREE = "http://id.who.int/icd/release/11/mms/"

_URI = re.compile(r"https?://", re.IGNORECASE)
_LINEARIZATION = re.compile(
    r"https?://id\.who\.int/icd/release/11/(?:[^/]+/)?mms/([0-9]+(?:/(?:other|unspecified))?)/?", re.IGNORECASE
)
_FOUNDATION = re.compile(r"https?://id\.who\.int/icd/entity/([0-9]+)/?", re.IGNORECASE)
_BLOCK = re.compile(r"BLOCKL([0-9])-?([0-9A-Z]+)")
_CHAPTER = re.compile(r"[0-9]")
_PART = re.compile(r"https?://[^&]+?(?=/https?://|&|$)|[^&/]+", re.IGNORECASE)
"""A slash also stands inside a URI: only one before another URI separates."""


def canonical(code: str) -> str:
    """`1a00.0 ` → `1A00.0`, `1` → `01`, `blockl1-1a0` → `BlockL1-1A0`; the URI of an entity in any release → its
    URI without release. Other URIs stay as they are; of a cluster each part is brought to its form."""
    return _PART.sub(lambda part: _one(part[0]), "".join(code.split()))


def parts(code: str) -> tuple[str, ...]:
    """The codes of a cluster in order, canonical: `1A00&XN8P1` → `1A00`, `XN8P1`; a single code is its only part."""
    text = canonical(code)
    return tuple(_PART.findall(text)) or (text,)


def _one(code: str) -> str:
    if _URI.match(code):
        if found := _LINEARIZATION.fullmatch(code):
            return RELEASE_FREE + found[1].lower()
        found = _FOUNDATION.fullmatch(code)
        return f"http://id.who.int/icd/entity/{found[1]}" if found else code
    text = code.upper()
    if found := _BLOCK.fullmatch(text):
        return f"BlockL{found[1]}-{found[2]}"
    return f"0{text}" if _CHAPTER.fullmatch(text) else text


def is_linearization_uri(text: str) -> bool:
    return _LINEARIZATION.fullmatch(text) is not None
