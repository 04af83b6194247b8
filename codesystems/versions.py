"""Versions and effective dates as names and folders state them."""

from __future__ import annotations

import re
from datetime import date

_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_VERSION_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:-?(0[1-9]|1[0-2])(?:-?(0[1-9]|[12]\d|3[01]))?)?(?!\d)")


def version_in(name: str) -> str | None:
    """The year, year-month or date that a file or folder name holds, as a version: `2015`, `2020-11`.

    The last one wins (`icd10se_2020_utgava_2021` is rare, `icd-10-se-2021` is common); None where there is none.
    """
    found = list(_DATE_IN_NAME.finditer(name))
    return "-".join(part for part in found[-1].groups() if part) if found else None


def effective_date(version: str) -> date | None:
    """The day a version is in force from, as its name says: `2021` is 2021-01-01, `2020-11` 2020-11-01,
    `…/version/20250909` that day; None where the name holds no date."""
    found = list(_VERSION_DATE.finditer(version))
    if not found:
        return None
    year, month, day = (int(part) if part else 1 for part in found[-1].groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
