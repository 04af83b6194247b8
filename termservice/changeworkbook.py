"""Changes between two versions as a workbook, for people.

Its library is large: a server does without this module until a workbook is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from termservice import tabular
from termservice.answers import Change, ChangesAnswer
from termservice.changesheets import source_text
from termservice.wording import marked, readable

MOST_ROWS = 1_000_000
"""On one sheet; a spreadsheet takes 1 048 576."""
MOST_CHARACTERS = 32_767
"""In one cell of a spreadsheet."""
_CUT = " […]"

_Column = tuple[str, int, Callable[[Change], str]]
"""Heading, width in characters, and what stands in it."""
_SIDE_BY_SIDE: tuple[_Column, ...] = (
    ("code", 14, lambda change: change.code),
    ("display", 45, lambda change: change.display),
    ("date", 12, lambda change: change.date or ""),
    ("version", 14, lambda change: change.version or ""),
    ("before", 50, lambda change: readable(change.before)),
    ("after", 50, lambda change: readable(change.after)),
)
_DIFFERENCE: tuple[_Column, ...] = (
    ("difference", 60, lambda change: marked(readable(change.before), readable(change.after))),
    ("wording", 12, lambda change: change.wording or ""),
)
_SOURCE: _Column = ("source", 30, lambda change: source_text(change.source))


def write_workbook(answer: ChangesAnswer, file: IO[bytes]) -> None:
    """A workbook into `file`: a summary, then a sheet per type of change. Rows go to disk as they are made."""
    book = Workbook(write_only=True)
    _summary(book, answer)
    by_type: dict[str, list[Change]] = {}
    for change in answer.items:
        by_type.setdefault(change.type, []).append(change)
    for kind in sorted(by_type, key=_order(answer)):
        changes = iter(by_type[kind])
        for number in range(1, -(-len(by_type[kind]) // MOST_ROWS) + 1):
            title = kind if number == 1 else f"{kind} {number}"
            _sheet(book, title, _columns(kind), islice(changes, MOST_ROWS))
    book.save(file)


def _order(answer: ChangesAnswer) -> Callable[[str], tuple[int, str]]:
    """Types as the answer counts them."""
    known = list(answer.counts)
    return lambda kind: (known.index(kind) if kind in known else len(known), kind)


def _columns(kind: str) -> tuple[_Column, ...]:
    return (*_SIDE_BY_SIDE, *(_DIFFERENCE if kind == "retitled" else ()), _SOURCE)


def _summary(book: Workbook, answer: ChangesAnswer) -> None:
    sheet = book.create_sheet("summary")
    for letter, width in (("A", 24), ("B", 40)):
        sheet.column_dimensions[letter].width = width
    for name, value in (("system", answer.system), ("from", answer.after_version), ("to", answer.version)):
        sheet.append([_heading(sheet, name), cell(sheet, value)])
    sheet.append([_heading(sheet, "revision"), answer.revision])
    sheet.append([])
    sheet.append([_heading(sheet, "type"), _heading(sheet, "changes")])
    for kind, count in answer.counts.items():
        sheet.append([cell(sheet, kind), count])
    sheet.append([_heading(sheet, "changes in this file"), len(answer.items)])


def _sheet(book: Workbook, title: str, columns: Sequence[_Column], changes: Iterator[Change]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, (_, width, _) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_heading(sheet, name) for name, _, _ in columns])
    for change in changes:
        sheet.append([cell(sheet, text(change)) for _, _, text in columns])


def _heading(sheet: Any, text: str) -> Any:
    made = WriteOnlyCell(sheet, value=text)
    made.font = Font(bold=True)
    return made


def cell(sheet: Any, text: str) -> Any:
    """A text as a cell that stays text, also when it is edited: marked so where a spreadsheet would calculate.

    Control characters, which no workbook can hold, become U+FFFD; what is too long is cut, and ends in […].
    """
    if not text:
        return None
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - len(_CUT)] + _CUT
    if "\n" not in text and text not in ERROR_CODES and tabular.safe(text) == text:
        return text
    made = WriteOnlyCell(sheet, value=text)
    made.data_type = "s"
    made.quotePrefix = tabular.safe(text) != text
    made.alignment = Alignment(vertical="top", wrap_text="\n" in text)
    return made
