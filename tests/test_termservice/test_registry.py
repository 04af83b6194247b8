"""Systems by any name, and the version a request means."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from codesystems.model import CodeSystem
from termservice.answers import When
from termservice.errors import InvalidParameter, NothingInForce, UnknownSystem, UnknownVersion
from termservice.registry import Registry, search_position
from termservice.store import catalog
from termservice.store.database import revision
from termservice.timeline import position

TODAY = date(2022, 6, 15)


@pytest.fixture
def registry(toy: Any) -> Registry:
    toy.put("2020", {"A": "Apple"})
    toy.put("2021", {"A": "Apple"})
    toy.put("2021-07", {"A": "Apple"})
    toy.put("2023", {"A": "Apple"})
    toy.put("2024", {"x": "X"}, system="odd")
    database = toy.database()
    with database.read() as connection:
        found = Registry.load(connection, revision(connection))
    database.close()
    return found


@pytest.mark.parametrize(
    "name",
    [
        "toy",
        "TOY",
        " toy ",
        "http://example.org/toy",
        "http://example.org/old/toy",
        "1.2.3.4",
        "urn:oid:1.2.3.4",
        "URN:OID:1.2.3.4",
    ],
)
def test_a_system_answers_to_all_its_names(registry: Registry, name: str) -> None:
    assert registry.system(name).short == "toy"


@pytest.mark.parametrize(("name", "nearest"), [("toys", ["toy"]), ("", ["odd", "toy"]), ("x" * 5000, ["odd", "toy"])])
def test_an_unknown_system_names_the_nearest(registry: Registry, name: str, nearest: list[str]) -> None:
    with pytest.raises(UnknownSystem) as caught:
        registry.system(name)
    assert caught.value.details["nearest"] == nearest
    assert len(caught.value.message) < 400


@pytest.mark.parametrize(
    ("when", "version", "named"),
    [
        (When(), "2021-07", False),
        (When(version="2020"), "2020", True),
        (When(version="2023"), "2023", True),
        (When(date="2020-01-01"), "2020", False),
        (When(date="2021-06-30"), "2021", False),
        (When(date="2021-07-01"), "2021-07", False),
        (When(date="2099-01-01"), "2023", False),
    ],
)
def test_selection(registry: Registry, when: When, version: str, named: bool) -> None:
    selected = registry.select("toy", when, TODAY)
    assert (selected.version.version, selected.named) == (version, named)
    assert selected.at == selected.version.pos


@pytest.mark.parametrize(
    ("when", "error"),
    [
        (When(version="2019"), UnknownVersion),
        (When(version=""), UnknownVersion),
        (When(date="2019-12-31"), NothingInForce),
        (When(date="yesterday"), InvalidParameter),
        (When(date="2021-02-30"), InvalidParameter),
        (When(version="2020", date="2020-01-01"), InvalidParameter),
    ],
)
def test_what_cannot_be_selected(registry: Registry, when: When, error: type[Exception]) -> None:
    with pytest.raises(error):
        registry.select("toy", when, TODAY)


def test_before_the_first_release_says_from_when(registry: Registry) -> None:
    with pytest.raises(NothingInForce) as caught:
        registry.select("toy", When(date="1999-01-01"), TODAY)
    assert caught.value.details["first"] == "2020-01-01"
    with pytest.raises(NothingInForce):
        registry.select("odd", When(), TODAY)


def test_a_version_unknown_names_those_there_are(registry: Registry) -> None:
    with pytest.raises(UnknownVersion) as caught:
        registry.select("toy", When(version="2019"), TODAY)
    assert caught.value.details["nearest"] == ["2020", "2021", "2021-07", "2023"]


def test_search_is_asked_at_the_version_or_at_the_end_of_the_day(registry: Registry) -> None:
    assert search_position(registry.select("toy", When(version="2020"), TODAY)) == position(date(2020, 1, 1))
    assert search_position(registry.select("toy", When(), TODAY)) == position(TODAY, 99)


def test_a_name_stays_with_the_system_that_has_it(registry: Registry, toy: Any) -> None:
    """Two publishers claiming one URL must not make one system answer for another."""
    database = toy.database()
    with database.write() as connection:
        catalog.save_system(connection, CodeSystem("rival", "http://example.org/toy", "Rival", "Other"), ())
        names = {system.short: system.names for system in catalog.systems(connection)}
    database.close()
    assert "http://example.org/toy" in names["toy"]
    assert names["rival"] == ("rival",)
