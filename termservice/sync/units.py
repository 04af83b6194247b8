"""Durations and sizes as people write them: `30m`, `1h`, `500 MB`."""

from __future__ import annotations

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_AMOUNT = re.compile(r"\s*(\d{1,9})\s*([A-Za-z]+)\s*")


def seconds(text: str) -> int:
    """`90s`, `30m`, `1h`, `2d` in seconds. Raises `ValueError` with a message for people."""
    return _amount(text, _SECONDS, "a duration (90s, 30m, 1h, 2d)")


def size(text: str) -> int:
    """`500 MB`, `2 GiB` in bytes. Raises `ValueError` with a message for people."""
    return _amount(text, _BYTES, "a size (500 MB, 2 GiB)")


def shown_size(number: int) -> str:
    """A number of bytes for people."""
    return (
        f"{number / 10**6:.1f} MB"
        if number >= 10**6
        else f"{number / 1000:.1f} kB"
        if number >= 1000
        else f"{number} B"
    )


def _amount(text: str, units: dict[str, int], what: str) -> int:
    match = _AMOUNT.fullmatch(text)
    if match is None or match[2] not in units or not int(match[1]):
        raise ValueError(f"{text!r} is not {what}")
    return int(match[1]) * units[match[2]]
