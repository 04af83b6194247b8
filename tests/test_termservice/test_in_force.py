"""Time at work: releases that come into force by themselves, and validity that publishers state by date."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from termservice.answers import When


class Clock:
    """A day that a test moves on."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self) -> date:
        return self.day


def test_a_release_loaded_before_its_day_takes_over_by_itself(toy: Any) -> None:
    toy.put("2022", {"A": "Apple", "B": "Banana"})
    toy.put("2023", {"A": "Apples", "C": "Cherry"})
    clock = Clock(date(2022, 12, 31))
    service = toy.service(clock)
    seen = []
    for day in (date(2022, 12, 31), date(2023, 1, 1)):
        clock.day = day
        seen.append(
            (
                service.concept("toy", "A").display,
                service.codesystem("toy").version,
                [each.version for each in service.versions("toy").items if each.current],
                [each.code for each in service.concepts("toy").items],
                [(hit.code, hit.active) for hit in service.search("cherry").items],
                service.validate("toy", "B").result,
                service.health()["systems"],
            )
        )
    assert seen == [
        ("Apple", "2022", ["2022"], ["A", "B"], [], True, {"toy": "2022"}),
        ("Apples", "2023", ["2023"], ["A", "C"], [("C", True)], False, {"toy": "2023"}),
    ]
    assert service.revision() == 2  # nothing was loaded on New Year's night


STATED = {
    "A": {"title": "Always"},
    "B": {"title": "From summer", "valid_from": "2022-07-01"},
    "C": {"title": "Until spring", "valid_to": "2022-03-31"},
    "D": {"title": "Open end", "valid_from": "2000-01-01", "valid_to": "9999-12-31"},
    "E": {"title": "Retired", "active": False},
}
ACTIVE = {
    date(2022, 1, 1): {"A", "C", "D"},
    date(2022, 3, 31): {"A", "C", "D"},
    date(2022, 4, 1): {"A", "D"},
    date(2022, 6, 30): {"A", "D"},
    date(2022, 7, 1): {"A", "B", "D"},
}


@pytest.fixture
def stated(toy: Any) -> Any:
    toy.put("2022", STATED)
    return toy


@pytest.mark.parametrize("day", ACTIVE)
@pytest.mark.parametrize("asked", ["today", "date"])
def test_stated_validity_decides_active_on_a_day(stated: Any, day: date, asked: str) -> None:
    service = stated.service(day if asked == "today" else date(2040, 1, 1))
    when = When() if asked == "today" else When(date=day.isoformat())
    expected = ACTIVE[day]
    assert {code for code in STATED if service.concept("toy", code, when).active} == expected
    assert {each.code for each in service.concepts("toy", when).items if each.active} == expected
    assert {each.code for each in service.roots("toy", when).items if each.active} == expected
    assert {code for code in STATED if service.validate("toy", code, when).result} == expected
    for code, spec in STATED.items():
        (hit,) = service.search(code, when=when, limit=1).items
        assert (hit.code, hit.active) == (code, code in expected)
        found = [each.code for each in service.search(spec["title"], when=when, active=True).items]
        assert (code in found) == (code in expected)


def test_with_a_named_version_stated_dates_do_not_count(stated: Any) -> None:
    service = stated.service(date(2040, 1, 1))
    when = When(version="2022")
    assert {code for code in STATED if service.concept("toy", code, when).active} == {"A", "B", "C", "D"}


def test_stated_dates_are_shown(stated: Any) -> None:
    service = stated.service()
    shown = {code: service.concept("toy", code) for code in STATED}
    assert {code: (each.valid_from, each.from_known, each.valid_to) for code, each in shown.items()} == {
        "A": ("2022-01-01", False, None),
        "B": ("2022-07-01", True, None),
        "C": ("2022-01-01", False, "2022-03-31"),
        "D": ("2000-01-01", True, "9999-12-31"),
        "E": (None, False, "2021-12-31"),  # listed as inactive from the start: gone by then
    }


def test_what_ends_first_is_the_end(toy: Any) -> None:
    toy.put("2020", {"A": "Apple", "B": {"title": "Banana", "valid_to": "2020-05-31"}})
    toy.put("2021", {"A": "Apple"})
    assert toy.service().concept("toy", "B").valid_to == "2020-05-31"


def test_a_change_of_level_does_not_begin_a_new_period(toy: Any) -> None:
    toy.put("2019", {"B": "Banana"})
    toy.put("2020", {"A": {"title": "Apple", "level": "low"}})
    toy.put("2021", {"A": {"title": "Apple", "level": "high"}})
    toy.put("2022", {"A": {"title": "Apple", "level": "high", "active": False}})
    service = toy.service()
    periods = [
        (found.valid_from, found.valid_to, found.active)
        for found in (service.concept("toy", "A", When(version=version)) for version in ("2020", "2021", "2022"))
    ]
    assert periods == [("2020-01-01", "2021-12-31", True)] * 2 + [("2020-01-01", "2021-12-31", False)]


def test_versions_say_what_they_hold(stated: Any) -> None:
    stated.load(stated.release("2022-05", {"A": "Always"}, missing=["the rest"]), partial=True)
    listing = stated.service().versions("urn:oid:1.2.3.4")
    shown = [(each.version, each.effective_date, each.concepts, each.current, each.partial) for each in listing.items]
    assert shown == [("2022-05", "2022-05-01", 1, True, True), ("2022", "2022-01-01", 5, False, False)]
    assert listing.system == "toy"
