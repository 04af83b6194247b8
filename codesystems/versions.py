"""Versions and effective dates as names and folders state them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

_YEAR, _MONTH, _DAY = r"((?:19|20)\d\d)", "(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
_IN_NAME = re.compile(rf"(?<!\d){_YEAR}(?:[-_.]?{_MONTH}(?:[-_.]?{_DAY})?)?(?!\d)")
_IN_VERSION = re.compile(rf"(?<!\d){_YEAR}(?:-?{_MONTH}(?:-?{_DAY})?)?(?!\d)")


def version_in(name: str) -> str | None:
    """The year, year-month or date that a file or folder name holds, as a version: `2015`, `2020-11`.

    The last one wins (`icd-10-se-2021`, `rattad_2020_utgava_2021`); None where there is none, or no such day.
    """
    found = list(_IN_NAME.finditer(name))
    version = "-".join(part for part in found[-1].groups() if part) if found else None
    return version if version and effective_date(version) else None


def first_version(names: Iterable[str]) -> str | None:
    """The version that the nearest of `names` holds (see `Package.names_above`)."""
    return next(filter(None, map(version_in, names)), None)


def effective_date(version: str) -> date | None:
    """The day a version is in force from, as its name says: `2021` is 2021-01-01, `2020-11` 2020-11-01,
    `…/version/20250909` that day; None where the name holds no date."""
    found = list(_IN_VERSION.finditer(version))
    if not found:
        return None
    return first_day(found[-1].groups())


def first_day(parts: Iterable[str | None]) -> date | None:
    """The first day of what year, month and day say, where the last ones may be left open; None for no such day."""
    year, month, day = (int(part) if part else 1 for part in parts)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def iso_day(text: str) -> date | None:
    """The day that a text is (ISO 8601: `2026-01-31`); None for any other text."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def by_size(digits: str) -> tuple[int, str]:
    """Sorts whole numbers as they are written, however many digits there are."""
    bare = digits.lstrip("0")
    return len(bare), bare
