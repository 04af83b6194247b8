"""Changes and histories as the service answers them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from termservice.answers import When
from termservice.errors import NotInVersion, UnknownCode


@pytest.fixture
def service(toy: Any) -> Any:
    toy.put("2019", {"A": "Fruit", "A1": {"title": "Apple", "parents": ["A"]}, "B": "Veg"})
    toy.put("2020", {"A": "Fruit", "A1": {"title": "Apple, green", "parents": ["B"]}, "B": "Veg"})
    toy.put("2021", {"A": "Fruit", "A2": {"title": "Pear", "parents": ["A"]}, "B": "veg"})
    return toy.service(date(2021, 6, 1))


def test_changes_between_versions_and_dates(service: Any) -> None:
    found = service.changes("toy", When("2019"), When("2021"), limit=None)
    assert [(c.code, c.type, c.version) for c in found.items] == [
        ("A1", "withdrawn", "2021"),
        ("A2", "introduced", "2021"),
        ("B", "retitled", "2021"),
    ]
    assert found.items[2].wording == "cosmetic"
    by_date = service.changes("toy", When(date="2019-12-31"), When(date="2020-02-01"))
    assert [(c.code, c.type, c.before, c.after) for c in by_date.items] == [
        ("A1", "retitled", "Apple", "Apple, green"),
        ("A1", "moved", ["A"], ["B"]),
    ]


def test_pages_types_and_subtrees(service: Any) -> None:
    first = service.changes("toy", When("2019"), When("2021"), limit=2)
    assert (first.total, len(first.items), first.next) == (3, 2, "2")
    assert [c.code for c in service.changes("toy", When("2019"), When("2021"), offset=2, limit=2).items] == ["B"]
    assert [c.code for c in service.changes("toy", When("2019"), When("2021"), types=("introduced",)).items] == ["A2"]
    below = service.changes("toy", When("2019"), When("2021"), under="A")
    assert [c.code for c in below.items] == ["A1", "A2"]
    assert below.counts == {"introduced": 1, "withdrawn": 1}
    with pytest.raises(NotInVersion):
        service.changes("toy", When("2019"), When("2020"), under="A2")
    with pytest.raises(UnknownCode):
        service.changes("toy", When("2019"), When("2020"), under="Z")


def test_what_came_after_a_revision(service: Any) -> None:
    """Each release was a load of its own, so revision 1 knows 2019 only."""
    assert service.changes("toy", since_revision=3).items == []
    last = service.changes("toy", since_revision=2)
    assert (last.after_version, last.version) == ("2020", "2021")
    both = service.changes("toy", since_revision=1)
    assert (both.after_version, both.version, both.total) == ("2019", "2021", 3)


def test_history_of_a_withdrawn_code_suggests_what_is_near(service: Any) -> None:
    found = service.history("toy", "A1")
    assert [(e.date, e.type) for e in found.events] == [
        ("2020-01-01", "retitled"),
        ("2020-01-01", "moved"),
        ("2021-01-01", "withdrawn"),
    ]
    assert (found.active, found.display) == (False, "Apple, green")
    assert found.periods == [
        {
            "from": "2019-01-01", "from_known": False, "first_version": "2019", "after_version": None,
            "to": "2020-12-31", "last_version": "2020", "until_version": "2021",
        }
    ]  # fmt: skip
    assert ("B", "parent") in {(each.code, each.reason) for each in found.suggestions}
    assert found.successors == []
    assert [e.type for e in service.history("toy", "A2").events] == ["introduced"]


def test_validation_says_how_a_code_stands_today(service: Any) -> None:
    then = service.validate("toy", "A1", When("2019"), "Apple")
    assert (then.result, then.valid_now, then.display_now, then.message) == (True, False, None, None)
    renamed = service.validate("toy", "B", When("2019"))
    assert (renamed.result, renamed.display, renamed.valid_now, renamed.display_now) == (True, "Veg", True, "veg")
    assert renamed.wording == "cosmetic"
    later = service.validate("toy", "A2", When("2019"))
    assert (later.result, later.valid_now, later.display_now) == (False, True, "Pear")
    assert service.validate("toy", "Z", When("2019")).valid_now is None
