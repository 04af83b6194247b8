"""Differences between texts: nothing lost, nothing made up, and readable."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from termservice.wording import MOST_TOKENS, marked, readable, word_difference

TEXTS = st.text(alphabet="ab ,.-Å\n", max_size=40)


@given(TEXTS, TEXTS)
def test_the_parts_are_the_two_texts(before: str, after: str) -> None:
    parts = word_difference(before, after)
    assert "".join(text for kind, text in parts if kind != "added") == before
    assert "".join(text for kind, text in parts if kind != "removed") == after
    assert all(text for _, text in parts)
    kinds = [kind for kind, _ in parts]
    assert all(one != other for one, other in pairwise(kinds))
    assert ("added", "removed") not in pairwise(kinds)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert word_difference(text, text) == ([("same", text)] if text else [])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "", ""),
        ("", "Ny", "{+Ny+}"),
        ("Gammal", "", "[-Gammal-]"),
        ("Akut infarkt, UNS", "Akut infarkt UNS", "Akut infarkt[-,-] UNS"),
        ("Akut infarkt", "Kronisk infarkt", "[-Akut-]{+Kronisk+} infarkt"),
        ("Akut infarkt i hjärtat", "Kronisk svikt i hjärtat", "[-Akut infarkt-]{+Kronisk svikt+} i hjärtat"),
        ("a  b", "a b", "a[-  -]{+ +}b"),
        ("akut", "Akut", "[-akut-]{+Akut+}"),
        ("ett två tre", "ett tre", "ett [-två -]tre"),
    ],
)
def test_differences_are_told_by_word(before: str, after: str, told: str) -> None:
    assert marked(before, after) == told


def test_long_texts_that_have_little_in_common_are_one_change() -> None:
    before = "Först " + " ".join(f"a{n}" for n in range(MOST_TOKENS)) + " sist"
    after = "Först " + " ".join(f"b{n}" for n in range(MOST_TOKENS)) + " sist"
    assert [kind for kind, _ in word_difference(before, after)] == ["same", "removed", "added", "same"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("Äpplen", "Äpplen"),
        (["F", "G"], "F, G"),
        ([True, False], "true, false"),
        ({"Innefattar": ["a", "b"], "Latin": []}, "Innefattar: a, b\nLatin: "),
        (3, "3"),
    ],
)
def test_values_for_people(value: Any, text: str) -> None:
    assert readable(value) == text
