"""Codes are forgiving on the way in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesystems.codes import code_key
from codesystems.model import CodeRule

RULES: tuple[CodeRule, ...] = ("loose", "exact")


@pytest.mark.parametrize(
    "written", ["I21.9", "I219", "i21.9", " I21.9 ", "I21.9†", "I 21-9", "I21.9*", "I21.9\u00a0", "Ｉ２１．９"]
)
def test_all_spellings_of_a_code_have_one_key(written: str) -> None:
    assert code_key(written) == "I219"


@pytest.mark.parametrize(("one", "other"), [("KKÅ:AA", "KMÅ:AA"), ("KKÅ:AA", "AA"), ("b110", "b1100"), ("Å10", "A10")])
def test_different_codes_have_different_keys(one: str, other: str) -> None:
    assert code_key(one) != code_key(other)


def test_exact_codes_keep_all_but_white_space_at_the_ends() -> None:
    assert code_key(" 1A00.0/z-9 ", "exact") == "1A00.0/z-9"


@pytest.mark.parametrize("rule", RULES)
@settings(deadline=None, max_examples=500)
@given(text=st.text(max_size=30))
def test_a_key_is_its_own_key(rule: CodeRule, text: str) -> None:
    key = code_key(text, rule)
    assert code_key(key, rule) == key


@pytest.mark.parametrize("rule", RULES)
@settings(deadline=None)
@given(text=st.text(max_size=30), space=st.sampled_from([" ", "\t", "\u00a0", "\n"]))
def test_white_space_at_the_ends_does_not_count(rule: CodeRule, text: str, space: str) -> None:
    assert code_key(f"{space}{text}{space}", rule) == code_key(text, rule)
