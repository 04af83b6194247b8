"""Which name is shown."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from termservice.display import choose, folded

NAMES = [
    ("display", "sv", "Äpple"),
    ("display", "en", "Apple"),
    ("display", "sv-FI", "Äppel"),
    ("fsn", "en", "Apple (fruit)"),
    ("synonym", "sv", "Aple"),
    ("short", "de", "Apf"),
]


@pytest.mark.parametrize(
    ("wanted", "own", "expected"),
    [
        ((), "sv", "Äpple"),
        ((), "en", "Apple"),
        ((), "fr", "Apple"),
        (("en",), "sv", "Apple"),
        (("en-GB",), "sv", "Apple"),
        (("sv-FI",), "sv", "Äppel"),
        (("sv",), "en", "Äpple"),
        (("sv-SE", "en"), "en", "Äppel"),
        (("fr", "de"), "sv", "Apf"),
        (("fr",), "sv", "Äpple"),
        (("fr",), "en", "Apple"),
    ],
)
def test_choice_of_name(wanted: tuple[str, ...], own: str, expected: str) -> None:
    assert choose(NAMES, wanted, own) == expected


def test_within_a_language_use_decides_before_text() -> None:
    names = [("short", "sv", "A"), ("synonym", "sv", "B"), ("fsn", "sv", "C"), ("display", "sv", "D")]
    for expected in "DCAB":
        assert choose(names, (), "sv") == expected
        names = [name for name in names if name[2] != expected]
    assert choose(names, (), "sv") is None


@given(st.permutations(NAMES), st.lists(st.sampled_from(["sv", "en", "sv-SE", "fr"]), max_size=3))
def test_the_choice_does_not_depend_on_order(names: list[tuple[str, str, str]], wanted: list[str]) -> None:
    assert choose(names, wanted, "sv") == choose(random.Random(1).sample(names, len(names)), wanted, "sv")


def test_names_are_compared_without_case_and_runs_of_space() -> None:
    assert folded(" Akut \u00a0 HJÄRTINFARKT\n") == folded("akut hjärtinfarkt")
    assert folded("hjärt") != folded("hjart")
