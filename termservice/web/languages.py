"""Which languages the caller reads, most wanted first: the parameter `lang` or the header Accept-Language."""

from __future__ import annotations

import re
from functools import lru_cache

TAG = r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}"
TAG_LIST = re.compile(rf"\s*{TAG}\s*(?:,\s*{TAG}\s*){{0,19}}")
_RANGE = re.compile(rf"\s*({TAG})\s*(?:;\s*q\s*=\s*([01](?:\.\d{{0,3}})?)\s*)?")
_MAX_HEADER = 500


def split_tags(text: str) -> tuple[str, ...]:
    """The tags of a comma list that `TAG_LIST` has matched."""
    return tuple(tag.strip() for tag in text.split(","))


@lru_cache(maxsize=1024)
def accepted(header: str) -> tuple[str, ...]:
    """The tags of an Accept-Language header by falling q, then as listed (RFC 9110, 12.5.4).

    What cannot be read, what is refused with q=0 and `*` are left out: a header is never an error.
    """
    weighted: list[tuple[float, str]] = []
    for part in header[:_MAX_HEADER].split(","):
        match = _RANGE.fullmatch(part)
        if match and (quality := float(match[2] or 1)) > 0:
            weighted.append((quality, match[1]))
    weighted.sort(key=lambda pair: -pair[0])
    return tuple(dict.fromkeys(tag for _, tag in weighted))
