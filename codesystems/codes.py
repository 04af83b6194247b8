"""Codes are forgiving on the way in: one key under which all spellings of a code meet.

The rule is named on the CodeSystem (`code_rule`), so every loader says how its codes are compared.
"""

from __future__ import annotations

import unicodedata

from codesystems.model import CodeRule

_DROPPED = str.maketrans("", "", ".,-–—_†*+/'\"\u00ad\u200b")


def code_key(code: str, rule: CodeRule = "loose") -> str:
    """The comparison key of `code`.

    `loose`: case, dots, hyphens, white space and dagger/asterisk marks do not count (`i 21.9`, `I219`, `I21.9†`).
    `exact`: only white space at both ends is dropped. A key is its own key.
    """
    text = unicodedata.normalize("NFKC", code).strip()
    if rule == "exact":
        return text
    bare = "".join(text.translate(_DROPPED).split()).upper()
    return unicodedata.normalize("NFKC", bare)
