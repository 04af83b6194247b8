"""Columns in which a publisher dates what happened to a code: `Ny kod`, `Ändrad text`, `Borttagen kod`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from codesystems.formats.tables import Row
from codesystems.model import ChangeType, StatedChange
from codesystems.report import Report
from codesystems.versions import first_day

_DAY = re.compile(r"((?:19|20)\d\d)(?:-(\d\d)-(\d\d)(?:T[\d:.]+)?)?")


class ChangeColumns:
    """Reads the changes that rows state. `types` says what each column means.

    A cell holds one or several years or days; a year is its first day. Several columns that state the same
    kind of change for a code on the same day state one change. What is no date, or lies more than a year
    after `latest` (the release itself), is a slip of the pen: reported, and not taken as a date.
    """

    def __init__(self, types: Mapping[str, ChangeType], latest: date, report: Report) -> None:
        self._types = types
        self._latest = latest
        self._report = report
        self._seen: set[tuple[str, ChangeType, date | None]] = set()

    def read(self, row: Row, code: str) -> Iterator[StatedChange]:
        for column, kind in self._types.items():
            for day in self._days(row, column):
                if (code, kind, day) not in self._seen:
                    self._seen.add((code, kind, day))
                    yield StatedChange(code, kind, day, row.where.file, row.where.line or 0)

    def _days(self, row: Row, column: str) -> Iterator[date]:
        for text in re.split(r"[\s,;]+", row[column]):
            if not text:
                continue
            day = _day(text)
            if day is None or day.year > self._latest.year + 1:
                self._report.warn("bad-date", f"{column} is {text!r}, not a date of a change", row.where)
            else:
                yield day


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    return first_day(match.groups()) if match else None
