"""Columns that date what happened to a code."""

from __future__ import annotations

from datetime import date

import pytest

from codesystems.formats.changes import ChangeColumns
from codesystems.formats.tables import Row
from codesystems.model import StatedChange, Where
from codesystems.report import Report

TYPES = {"Ny kod": "introduced", "Ändrad text": "changed", "Ändrad term": "changed"}


def read(report: Report | None = None, **cells: str) -> list[StatedChange]:
    columns = ChangeColumns(TYPES, date(2019, 9, 1), report or Report())
    names = {"new": "Ny kod", "text": "Ändrad text", "term": "Ändrad term"}
    return list(columns.read(Row(Where("a.xls", 7), {names[key]: value for key, value in cells.items()}), "A"))


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("", []),
        ("2017", [date(2017, 1, 1)]),
        ("2016-01-01", [date(2016, 1, 1)]),
        ("2016-01-01\n2018-01-01", [date(2016, 1, 1), date(2018, 1, 1)]),
        ("2017, 2020", [date(2017, 1, 1), date(2020, 1, 1)]),
        ("2016-03-02T12:00:00", [date(2016, 3, 2)]),
    ],
)
def test_a_cell_holds_years_and_days(cell: str, days: list[date]) -> None:
    assert [change.date for change in read(new=cell)] == days


@pytest.mark.parametrize("cell", ["20242", "2071", "2016-13-01", "ja", "17"])
def test_what_is_no_date_of_a_change_is_reported(cell: str) -> None:
    report = Report()
    assert read(report, text=cell) == []
    assert report.warnings["bad-date"].examples == [f"a.xls:7: Ändrad text is {cell!r}, not a date of a change"]


def test_a_change_has_its_kind_and_place() -> None:
    assert read(new="2017") == [StatedChange("A", "introduced", date(2017, 1, 1), "a.xls", 7)]


def test_columns_that_mean_the_same_state_one_change() -> None:
    assert len(read(text="2017", term="2017")) == 1
    assert [change.type for change in read(new="2017", term="2017")] == ["introduced", "changed"]
