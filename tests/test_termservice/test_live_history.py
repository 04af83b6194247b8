"""Differences and histories of real releases: the known answers, to the code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from termservice.answers import When
from termservice.service import TerminologyService

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def service(live_home: Path) -> Iterator[TerminologyService]:
    service = TerminologyService(live_home, today=lambda: date(2026, 7, 1))
    yield service
    service.close()


@pytest.mark.parametrize(
    ("start", "end", "introduced", "withdrawn", "retitled"),
    [
        ("2015", "2016", 18, 9, 255),
        ("2019", "2020", 92, 132, 17461),
        ("2020", "2020-11", 2, 0, 2),
        ("2020-11", "2021", 65, 2, 130),
    ],
)
def test_differences_of_the_code_files(
    service: TerminologyService, start: str, end: str, introduced: int, withdrawn: int, retitled: int
) -> None:
    found = service.changes("icd-10-se", When(start), When(end), limit=None)
    codes: dict[str, set[str]] = {}
    for change in found.items:
        level = service.concept("icd-10-se", change.code, When(start if change.type == "withdrawn" else end)).level
        if level not in ("chapter", "block"):
            codes.setdefault(change.type, set()).add(change.code)
    counts = [len(codes.get(kind, ())) for kind in ("introduced", "withdrawn", "retitled")]
    assert counts == [introduced, withdrawn, retitled]
    assert found.counts.keys() <= {"introduced", "withdrawn", "retitled", "moved", "property-changed"}


def test_no_chapter_is_ever_withdrawn_moved_or_introduced(service: TerminologyService) -> None:
    for number in range(1, 23):
        assert {event.type for event in service.history("icd-10-se", f"{number:02}").events} <= {"retitled"}


def test_a_format_that_cannot_say_daggers_changes_none(service: TerminologyService) -> None:
    """The files of 2019 have no marks, those of 2020 do: nothing changed."""
    found = service.changes("icd-10-se", When("2019"), When("2020"), types=("property-changed",), limit=None)
    assert found.items == []


def test_new_codes_of_november_2020(service: TerminologyService) -> None:
    found = service.changes("icd-10-se", When("2020"), When("2020-11"), types=("introduced",))
    assert [change.code for change in found.items] == ["U10", "U10.9"]
    events = service.history("icd-10-se", "U10.9").events
    assert [(event.date, event.after_version, event.version, event.type) for event in events][:1] == [
        ("2020-11-01", "2020", "2020-11", "introduced")
    ]


def test_dates_name_versions_too(service: TerminologyService) -> None:
    by_date = service.changes("icd-10-se", When(date="2020-10-31"), When(date="2020-11-01"))
    assert (by_date.after_version, by_date.version, by_date.counts["introduced"]) == ("2020", "2020-11", 2)


def test_codes_new_and_gone_in_ksi(service: TerminologyService) -> None:
    found = service.changes("ksi", When("2026-01"), When("2026-06"), types=("introduced", "withdrawn"))
    assert found.counts["introduced"] == 5
    assert [change.code for change in found.items if change.type == "withdrawn"] == ["XAC.04.ZZ", "YAA.70.ZZ"]


def test_only_below_a_code(service: TerminologyService) -> None:
    under = service.changes("icd-10-se", When("2020-11"), When("2021"), under="22", limit=None)
    assert under.items and all(change.code.startswith("U") or change.code == "22" for change in under.items)
