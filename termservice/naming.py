"""What people call things when they ask for changes: a version by its name or by a day, kinds and sources of change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesystems.versions import iso_day
from termservice import diff, history
from termservice.answers import When
from termservice.errors import UnknownVersion

if TYPE_CHECKING:
    from termservice.service import TerminologyService

CHANGE_TYPES = (*diff.TYPES, "changed", *history.SUCCESSION)
CHANGE_SOURCES = ("computed", "publisher", "all")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def when_named(service: TerminologyService, system: str, name: str) -> When:
    """The version of that name; without one, what is in force on the day (YYYY-MM-DD) that the name is.

    Raises `UnknownSystem`, and `UnknownVersion` for what is neither.
    """
    found = service.versions(system)
    names = [each.version for each in found.items]
    if name in names:
        return When(version=name)
    if not _is_day(name):
        raise UnknownVersion(found.system or system, name[:200], names[::-1])
    return When(date=name)


def _is_day(text: str) -> bool:
    return bool(_DAY.fullmatch(text)) and iso_day(text) is not None
