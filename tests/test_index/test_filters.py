"""Levels, languages and subsets: what they leave, by text and by code, alone and together."""

from dataclasses import replace

import numpy as np
import pytest


@pytest.fixture
def leveled(make, entry):
    def of(level, *args, **options):
        return replace(entry(*args, **options), level=level)

    return make(
        [
            of("disorder", 1, "10", "Akut appendicit", english=("Acute appendicitis",)),
            of("finding", 2, "20", "Akut buk"),
            of("procedure", 7, "30", "Akut appendektomi"),
            of("procedure", 8, "40", "Akut operation", active=False),
        ]
    )


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (None, ["20", "10", "30"]),
        ({"disorder"}, ["10"]),
        (("finding", "procedure"), ["20", "30"]),
        ({"organism"}, []),
        (frozenset(), []),
    ],
)
def test_levels(leveled, codes, levels, expected):
    assert codes(leveled, "akut", levels=levels) == expected


def test_levels_hold_for_codes_too(leveled, codes):
    assert codes(leveled, "10", levels={"disorder"}) == ["10"]
    assert codes(leveled, "10", levels={"finding"}) == []


def test_filters_together(leveled, codes):
    both = {"disorder", "procedure"}
    assert codes(leveled, "acute", levels=both, language="en") == ["10"]
    assert codes(leveled, "akut", levels=both, language="en") == ["10"]  # the English text begins alike: acute
    assert codes(leveled, "appendektomi", levels=both, language="en", lenient=False) == []
    assert codes(leveled, "akut", levels=both, active=False) == ["40"]


def test_a_subset_need_not_reach_the_last_number(leveled, codes):
    within = np.zeros(3, dtype=bool)
    within[2] = True
    assert codes(leveled, "akut", within=within) == ["20"]
    assert codes(leveled, "akut", within=np.zeros(0, dtype=bool)) == []
    within = np.ones(100, dtype=bool)
    within[1] = False
    assert codes(leveled, "akut", within=within, levels={"disorder", "procedure"}) == ["30"]


def test_filters_hold_where_words_are_spread_or_misspelt(leveled, codes):
    assert codes(leveled, "akut appendecktomi", levels={"procedure"}) == ["30"]
    assert "30" not in codes(leveled, "akut appendecktomi", levels={"disorder"})
    assert codes(leveled, "akut appendicitis", levels={"disorder"}) == ["10"]
    assert "10" not in codes(leveled, "akut appendicitis", levels={"finding"})


def test_the_levels_there_are_each_with_one_that_has_it(make, entry):
    index = make(
        [
            replace(entry(7, "10", "Akut appendicit"), level="disorder"),
            replace(entry(5, "20", "Akut buk", active=False), level="finding"),
            replace(entry(3, "30", "Akut operation", span=(0, 50)), level="procedure"),
            replace(entry(4, "40", "Annan appendicit"), level="disorder"),
        ]
    )
    found = index.levels(100)
    assert found.pop("disorder") in (4, 7)
    assert found == {"finding": 5}
    assert set(index.levels(20)) == {"disorder", "finding", "procedure"}
