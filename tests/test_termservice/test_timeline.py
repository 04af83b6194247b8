"""Positions and what is in force."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from termservice import timeline
from termservice.timeline import END, PER_DAY, Version, day_of, in_force, last_day_before, position

DAYS = st.dates(min_value=date(1900, 1, 1))


def versions(*positions: int) -> list[Version]:
    return [Version(pos, f"v{pos}", day_of(pos).isoformat(), False, "", "", 0) for pos in positions]


@given(DAYS, DAYS, st.integers(0, PER_DAY - 1), st.integers(0, PER_DAY - 1))
def test_positions_are_ordered_by_day_then_number(a: date, b: date, m: int, n: int) -> None:
    assert (position(a, m) < position(b, n)) == ((a, m) < (b, n))
    assert day_of(position(a, m)) == a
    assert position(a, m) <= END


@pytest.mark.parametrize(
    ("pos", "last"),
    [
        (position(date(2021, 1, 1)), "2020-12-31"),
        (position(date(2020, 3, 1), 1), "2020-02-29"),
        (END, None),
    ],
)
def test_the_last_day_of_what_ends(pos: int, last: str | None) -> None:
    assert last_day_before(pos) == last


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2018, 12, 31), None),
        (date(2019, 1, 1), "2019"),
        (date(2020, 12, 31), "2019"),
        (date(2021, 1, 1), "2021b"),
        (date(2030, 1, 1), "2021b"),
    ],
)
def test_in_force_is_the_latest_not_after_the_day(day: date, expected: str | None) -> None:
    first, second = position(date(2019, 1, 1)), position(date(2021, 1, 1))
    names = {first: "2019", second: "2021a", second + 1: "2021b"}
    found = in_force(versions(first, second, second + 1), day)
    assert (found and names[found.pos]) == expected


@given(st.lists(DAYS, max_size=5), DAYS)
def test_in_force_agrees_with_looking_at_each(effective: list[date], day: date) -> None:
    found = in_force(versions(*sorted({position(each) for each in effective})), day)
    before = [each for each in effective if each <= day]
    assert (found and day_of(found.pos)) == (max(before) if before else None)


def test_days_are_swedish(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            midnight_in_london = datetime(2022, 6, 30, 22, 30, tzinfo=ZoneInfo("UTC"))
            return midnight_in_london.astimezone(tz)  # type: ignore[arg-type]

    monkeypatch.setattr(timeline, "datetime", Clock)
    assert timeline.today() == date(2022, 7, 1)
