"""Positions on a code system's line of time, and which version is in force on a day.

A position is `yyyymmdd * 100 + n`: the effective date and a tie-break for releases that share a day. Facts hold
over half-open spans of positions. Days are calendar days in Sweden.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

END = 9999123199
"""The end of time: a fact that still holds ends here."""
SWEDEN = ZoneInfo("Europe/Stockholm")
PER_DAY = 100


@dataclass(frozen=True, slots=True)
class Version:
    """An activated version of a code system."""

    pos: int
    version: str
    effective: str
    """ISO 8601 day."""
    partial: bool
    loaded_at: str
    title: str
    concepts: int
    revision: int = 0
    """The revision of the store that it came with."""
    source_version: str = ""
    """Of a map: the version of the system mapped from that its publisher made it for; empty where it is not said."""
    target_version: str = ""

    @property
    def short(self) -> str:
        """What a version named by URI may also be called: its last part."""
        return self.version.rpartition("/")[2]


def today() -> date:
    return datetime.now(SWEDEN).date()


def now() -> str:
    """The time in Sweden, ISO 8601 to the second."""
    return datetime.now(SWEDEN).isoformat(timespec="seconds")


def position(day: date, n: int = 0) -> int:
    return (day.year * 10000 + day.month * 100 + day.day) * PER_DAY + n


def day_of(pos: int) -> date:
    ymd = pos // PER_DAY
    return date(ymd // 10000, ymd // 100 % 100, ymd % 100)


def last_day_before(pos: int) -> str | None:
    """The last day (ISO) of something that ends at `pos`; None at the end of time."""
    return None if pos >= END else (day_of(pos) - timedelta(days=1)).isoformat()


def in_force(versions: Sequence[Version], day: date) -> Version | None:
    """The version with the greatest effective date not after `day`; `versions` are in order of position."""
    at = bisect_right(versions, position(day, PER_DAY - 1), key=lambda version: version.pos)
    return versions[at - 1] if at else None
