"""The verdict on a code of a customer's list, then and now, and where it continues."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from termservice.answers import When
from termservice.errors import NothingInForce, UnknownVersion

#        code, day, status, then, now, in the message
CASES = [
    ("A", "2020", "ok", True, True, "A is valid in 2020; is valid in 2022"),
    (" a ", "2020-03-01", "ok", True, True, "A is valid"),
    ("A", "20200301", "ok", True, True, "A is valid"),
    ("A", "2020-03-01 12:30:00", "ok", True, True, "A is valid"),
    ("A1", "2020-03-01", "ok", True, True, "A1 is valid"),
    ("A1", "2021-03-01", "retitled", True, True, "its title changed"),
    ("B", "2020-03-01", "retitled", True, True, "only case, space or punctuation"),
    ("C", "2020-03-01", "withdrawn", True, False, "last day was 2020-12-31); replaced by A1 Green apple or B banana."),
    ("C", "2021-03-01", "withdrawn", False, False, "C is no longer valid in 2021"),
    ("D", "2020-03-01", "not-yet-introduced", False, False, "its first day is 2020-07-01"),
    ("D", "2020-07-01", "withdrawn", True, False, "its last day was 2021-06-30); no successor is stated"),
    ("D", "2020", "withdrawn", True, False, "D is valid in 2020"),
    ("D", "2022-03-01", "withdrawn", False, False, "its last day was 2021-06-30"),
    ("E", "2021-01-01", "withdrawn", False, False, "E is no longer valid"),
    ("F", "2020-03-01", "ok", True, True, "F is valid"),
    ("F", "2021-03-01", "withdrawn", False, True, "F is no longer valid in 2021"),
    ("G", "2020-03-01", "not-yet-introduced", False, False, "its first day is 2021-01-01"),
    ("G", "2021-03-01", "withdrawn", True, False, "replaced by A1"),
    ("O", "2020-03-01", "before-first-release", None, True, "O cannot be judged before 2021-01-01"),
    ("O", "2021-03-01", "ok", True, True, "O is valid"),
    ("A", "2019-12-31", "before-first-release", None, True, "first one loaded is 2020"),
    ("C", "1999", "before-first-release", None, False, "replaced by"),
    ("A", "2020-02-30", "unknown-date", None, True, "not a day"),
    ("A", "1 May", "unknown-date", None, True, "not a day"),
    ("A", "2020-0301", "unknown-date", None, True, "not a day"),
    ("A", "", "unknown-date", None, True, "no date"),
    ("A", "0000", "unknown-date", None, True, "not a day"),
    ("Z9", "2020-03-01", "unknown-code", False, False, "has never had a code 'Z9'"),
    ("A99", "2020-03-01", "unknown-code", False, False, "nearest: A, A1"),
    ("...", "2020-03-01", "unknown-code", False, False, "has never had"),
    ("X", "2020-03-01", "ambiguous", False, False, "KK:X or KM:X"),
    ("N1", "2020-03-01", "ambiguous", False, False, "N-1 or N.1"),
    ("N1", "2021-03-01", "ok", True, True, "N.1 is valid"),
    ("N-1", "2020-03-01", "withdrawn", True, False, "no successor is stated"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "day", "status", "then", "now", "message"), CASES)
def test_verdicts(
    fruit: Any, code: str, day: str, status: str, then: bool | None, now: bool | None, message: str
) -> None:
    found = fruit.service().checker("toy").check(code, day)
    assert (found.status, found.valid_then, found.valid_now) == (status, then, now)
    assert message in found.message
    assert found.needs_person == (status != "ok" and found.wording != "cosmetic")
    assert bool(found.successors) == ("replaced by" in found.message)


def test_titles_of_then_and_now(fruit: Any) -> None:
    checker = fruit.service().checker("toy")
    found = {code: checker.check(code, "2021-03-01") for code in ("A1", "C", "G", "F")}
    assert {code: (each.title_then, each.title_now, each.wording) for code, each in found.items()} == {
        "A1": ("Apple (green)", "Green apple", "text"),
        "C": ("Cherry", "Cherry", None),
        "G": ("Grape", "Grape", None),
        "F": ("Fig", "Fig", None),
    }
    assert checker.check("G", "2020-03-01").title_then is None


def test_successors_are_followed_until_they_are_valid(fruit: Any) -> None:
    found = fruit.service().checker("toy").check("C", "2020-03-01").successors
    assert [(each.code, each.type, each.automatic, each.valid) for each in found] == [
        ("G", "replaced-by", True, False), ("A1", "split", True, True), ("B", "split", True, True),
    ]  # fmt: skip
    before = fruit.service().checker("toy", When(version="2020"), When(version="2021")).check("C").successors
    assert [(each.code, each.title, each.valid) for each in before] == [("G", "Grape", True)]


def test_successors_in_a_circle(toy: Any) -> None:
    stated = [("A", "replaced-by", None, "B"), ("B", "replaced-by", None, "A")]
    toy.put("2020", {"A": "Apple", "B": "Banana", "C": "Cherry"})
    toy.put("2021", {"C": "Cherry"})
    for code, kind, _, other in stated:
        toy.execute(
            "INSERT INTO stated (release_id, system_id, code, type, other_code, path, row) "
            "SELECT 1, id, ?, ?, ?, 'c', 1 FROM system", code, kind, other,
        )  # fmt: skip
    found = toy.service().checker("toy", When(version="2020")).check("A")
    assert [(each.code, each.valid) for each in found.successors] == [("B", False)]
    assert found.message.endswith("replaced by B, no longer valid")


def test_without_dates_and_versions_it_is_about_today(fruit: Any) -> None:
    found = fruit.service().checker("toy").check("a1")
    assert (found.status, found.code, found.version_then, found.version_now) == ("ok", "A1", "2022", "2022")
    assert found.message == "A1 is valid in 2022"
    with pytest.raises(UnknownVersion):
        fruit.service().checker("toy", When(version="1999"))
    with pytest.raises(NothingInForce):
        fruit.service(date(2019, 1, 1)).checker("toy")


def test_what_is_remembered_has_a_limit(fruit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termservice.checklist.MOST_REMEMBERED", 3)
    checker = fruit.service().checker("toy")
    days = [(date(2020, 1, 1) + timedelta(days=number)).isoformat() for number in range(9)]
    found = [checker.check(code, day).status for day in days for code in ("A", "B", "C", "D", "Z")]
    assert Counter(found) == {
        "ok": 9, "retitled": 9, "withdrawn": 9, "not-yet-introduced": 9, "unknown-code": 9,
    }  # fmt: skip
    assert max(len(checker._known), len(checker._moments)) <= 3
