"""What code systems are divided into: chapters, levels, and the chapter of a code."""

from __future__ import annotations

from typing import Any

import pytest

from termservice.answers import NOW, When
from termservice.errors import NothingInForce, UnknownSystem, UnknownVersion

CODES: dict[str, Any] = {
    "R": {"title": "Root", "level": "chapter"},
    "S": {"title": "Second root", "level": "chapter"},
    "A": {"title": "A", "parents": ["R"], "level": "block"},
    "AB": {"title": "AB", "parents": ["A"], "level": "category"},
    "B": {"title": "B", "parents": ["S", "A"], "level": "category"},
    "L": {"title": "Alone", "level": "odd"},
}


def codes(found: Any) -> list[str]:
    return [each.code for each in found]


def test_chapters_are_the_roots_that_hold_something(toy: Any) -> None:
    toy.put("2021", CODES)
    assert codes(toy.service().outlines.chapters("toy", NOW)) == ["R", "S"]


def test_below_a_single_root_its_parts_are_the_chapters(toy: Any) -> None:
    toy.put(
        "2021", {"T": "Top", **{code: spec | {"parents": spec.get("parents", ["T"])} for code, spec in CODES.items()}}
    )
    assert codes(toy.service().outlines.chapters("toy", NOW)) == ["R", "S"]


def test_a_flat_list_has_no_chapters(toy: Any) -> None:
    toy.put("2021", {"A": "A", "B": "B"})
    service = toy.service()
    assert service.outlines.chapters("toy", NOW) == []
    assert service.outlines.placed("toy", ["A"], NOW) == {}


def test_each_code_has_its_first_chapter(toy: Any) -> None:
    toy.put("2020", {"Q": {"title": "Gone", "parents": ["R"]}, "R": "Root"})
    toy.put("2021", CODES)
    placed = toy.service().outlines.placed("toy", ["AB", "R", "B", "L", "Q", "unknown"], NOW)
    assert {code: chapter.code for code, chapter in placed.items()} == {"AB": "R", "R": "R", "B": "R"}
    assert placed["AB"].display == "Root"


def test_chapters_are_those_of_the_version(toy: Any) -> None:
    toy.put("2020", {"Q": {"title": "Gone", "parents": ["P"]}, "P": "Past"})
    toy.put("2021", CODES)
    outlines = toy.service().outlines
    assert codes(outlines.chapters("toy", When(version="2020"))) == []
    assert codes(outlines.chapters("toy", When(date="2021-05-05"))) == ["R", "S"]


def test_levels_come_from_the_top_down(toy: Any) -> None:
    toy.put("2020", {"Q": {"title": "Gone", "level": "past"}})
    toy.put("2021", CODES)
    outlines = toy.service().outlines
    assert outlines.levels("toy", NOW) == ["chapter", "odd", "block", "category"]
    assert outlines.levels("toy", When(version="2020")) == ["past"]


@pytest.mark.parametrize("method", ["chapters", "levels"])
@pytest.mark.parametrize(
    ("system", "when", "error"),
    [
        ("none", NOW, UnknownSystem),
        ("toy", When(version="1"), UnknownVersion),
        ("toy", When(date="2001-01-01"), NothingInForce),
    ],
)
def test_what_is_not_there(toy: Any, method: str, system: str, when: When, error: type[Exception]) -> None:
    toy.put("2021", CODES)
    with pytest.raises(error):
        getattr(toy.service().outlines, method)(system, when)
