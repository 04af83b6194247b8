"""What a check of a list found, written as it is found: text for a glance, CSV, JSON lines or a workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from typing import IO, Any, TextIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from termservice import tabular
from termservice.changeworkbook import MOST_ROWS, cell
from termservice.checklist import Summary
from termservice.verdicts import STATUSES, Verdict
from termservice.wording import printable

_FIELDS = tuple(field.name for field in fields(Verdict))
COLUMNS = ("line", "given", "date", *_FIELDS)
"""`given` and `date` as they stand in the list."""
WIDTHS = {"given": 14, "code": 14, "date": 12, "title_then": 40, "title_now": 40, "successors": 24, "message": 90}
MOST_GROUPS = 10_000
"""Different findings that the text tells apart."""
SHOWN = 100
"""Findings that the text lists, the most frequent first."""
_REMEMBERED = 1 << 16
_QUOTED = re.compile('[",\r\n]')
_VALUES = attrgetter(*_FIELDS)
_json = lru_cache(_REMEMBERED)(tabular.compact)


@dataclass(frozen=True, slots=True)
class Heading:
    """What was checked: the list, its column, and the versions compared (none where each row has its date)."""

    file: str
    code_column: str
    date_column: str | None
    encoding: str | None
    system: str
    revision: int
    version_then: str | None
    version_now: str | None


class Report:
    """A report being written: `row` for each row, `finish` once after the last, `close` in any case."""

    def row(self, line: int, given: str, day: str | None, verdict: Verdict) -> None:
        raise NotImplementedError

    def finish(self, heading: Heading, summary: Summary) -> None:
        """Writes what comes last."""

    def close(self) -> None:
        """Lets go of what an unfinished report holds."""


class CsvReport(Report):
    """Every row; nothing that runs as a formula. Successors are codes with semicolons between."""

    def __init__(self, stream: TextIO) -> None:
        self._write = stream.write
        self._write(",".join(COLUMNS) + "\r\n")

    def row(self, line: int, given: str, day: str | None, verdict: Verdict) -> None:
        self._write(f"{line},{_cell(given)},{_cell(day)},{_rest(verdict)}")


class JsonReport(Report):
    """One object a line for every row, and one with the summary at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._write = stream.write

    def row(self, line: int, given: str, day: str | None, verdict: Verdict) -> None:
        self._write(f'{{"line":{line},"given":{_json(given)},"date":{_json(day)},{_members(verdict)}')

    def finish(self, heading: Heading, summary: Summary) -> None:
        self._write(tabular.compact({"summary": {**_plain(heading), **counts(summary)}}) + "\n")


class TextReport(Report):
    """The counts, and each finding that needs a person with how often and where first."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._groups: dict[tuple[str, str, str], list[int]] = {}
        self._more = 0

    def row(self, line: int, given: str, day: str | None, verdict: Verdict) -> None:
        if not verdict.needs_person:
            return
        group = self._groups.get((given, verdict.status, verdict.message))
        if group is not None:
            group[1] += 1
        elif len(self._groups) < MOST_GROUPS:
            self._groups[given, verdict.status, verdict.message] = [line, 1]
        else:
            self._more += 1

    def finish(self, heading: Heading, summary: Summary) -> None:
        lines = [described(heading), *(f"{count:>10}  {name}" for name, count in counts(summary).items())]
        ordered = sorted(self._groups.items(), key=lambda item: (-item[1][1], item[1][0]))
        if ordered:
            lines += ["", f"{'line':>10}  {'rows':>8}  code"]
        for (given, status, message), (line, rows) in ordered[:SHOWN]:
            lines.append(f"{line:>10}  {rows:>8}  {printable(given)}: {status}: {message}")
        left = sum(rows for _, (_, rows) in ordered[SHOWN:]) + self._more
        if left:
            lines.append(f"{left} more rows need a person; the other formats list them all")
        self._stream.write("\n".join(lines) + "\n")


class WorkbookReport(Report):
    """Sheets: summary, needs a person, all rows (where a sheet can hold them). Rows go to disk as they are made."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._book = Workbook(write_only=True)
        self._summary = self._book.create_sheet("summary")
        self._person, self._all = self._sheet("needs a person"), self._sheet("all rows")
        self._open = [self._summary, self._person, self._all]
        self._written = {"person": 0, "all": 0}

    def row(self, line: int, given: str, day: str | None, verdict: Verdict) -> None:
        values = [line, *map(self._value, (given, day, *_texts(verdict)))]
        if self._written["all"] < MOST_ROWS:
            self._all.append(values)
        self._written["all"] += 1
        if verdict.needs_person:
            if self._written["person"] < MOST_ROWS:
                self._person.append(values)
            self._written["person"] += 1

    def finish(self, heading: Heading, summary: Summary) -> None:
        sheet = self._summary
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 40
        for name, value in (*_plain(heading).items(), *counts(summary).items()):
            sheet.append([name, self._value(value)])
        if self._written["person"] > MOST_ROWS:
            sheet.append(["note", f"a sheet holds the first {MOST_ROWS} rows only; a CSV report has them all"])
        if self._written["all"] > MOST_ROWS:
            self._all.close()
            self._book.remove(self._all)
            sheet.append(["note", "too many rows for a sheet of all; a CSV report has them"])
        self._book.save(self._stream)
        self._open.clear()

    def close(self) -> None:
        while self._open:
            self._open.pop().close()

    def _value(self, value: Any) -> Any:
        return cell(self._summary, value) if isinstance(value, str) else value

    def _sheet(self, title: str) -> Any:
        sheet = self._book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for number, name in enumerate(COLUMNS, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(name, 10)
        sheet.append(COLUMNS)
        return sheet


def described(heading: Heading) -> str:
    """What was checked, in a line."""
    then = f"each row's {heading.date_column}" if heading.date_column else heading.version_then
    versions = then if then == heading.version_now else f"{then} → {heading.version_now}"
    read = ", ".join(filter(None, (f"column {heading.code_column}", heading.encoding)))
    return f"{heading.file} ({read}): {heading.system} {versions}"


def counts(summary: Summary) -> dict[str, int]:
    """The summary's numbers by name, those that are 0 left out but for the first and last."""
    found = {"rows": summary.rows}
    for status in STATUSES:
        if summary.statuses[status]:
            found[status] = summary.statuses[status]
    if summary.cosmetic:
        found["retitled, cosmetic"] = summary.cosmetic
    if summary.without_code:
        found["without code, not checked"] = summary.without_code
    return found | {"needs a person": summary.needs_person}


def _texts(verdict: Verdict) -> tuple[Any, ...]:
    """The verdict's fields as single values."""
    *before, successors, message = _VALUES(verdict)
    return (*before, "; ".join([each.code for each in successors]) if successors else "", message)


@lru_cache(_REMEMBERED)
def _cell(value: Any) -> str:
    """A value as it stands between two commas."""
    text = tabular.safe(value)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


@lru_cache(_REMEMBERED)
def _rest(verdict: Verdict) -> str:
    """The verdict's cells to the end of the line."""
    return ",".join(map(_cell, _texts(verdict))) + "\r\n"


@lru_cache(_REMEMBERED)
def _members(verdict: Verdict) -> str:
    """The verdict as the rest of a JSON object and the end of its line."""
    return tabular.compact(verdict)[1:] + "\n"


def _plain(value: Any) -> Mapping[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}
