"""Identifiers and numbers of texts worked out many at once are those that each cell gives by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from uuid import UUID

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codesystems.formats import rf2_cells
from codesystems.formats.rf2_cells import AFTER, BEFORE, Texts

NUMBERS = st.integers(0, 10**18 - 1).map(str)
ODD = st.sampled_from(["", " 1", "1 ", "01", "00", "-1", "+1", "1a", "/", ":", "é", "१", "1" * 19, "1" * 40])
HEX = st.uuids().map(str)


def cells(texts: Sequence[str]) -> Texts:
    """As they stand in a row, each with a tab behind it."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([len(text) + 1 for text in encoded], dtype=np.int64) - 1 + BEFORE
    lengths = np.array([len(text) for text in encoded], dtype=np.int64)
    return Texts(b"9" * BEFORE + b"".join(text + b"\t" for text in encoded) + b"9" * AFTER, ends - lengths, ends)


@given(st.lists(NUMBERS, max_size=40))
@example(["0", "9", "12345678", "123456789", "1234567890123456", "12345678901234567", "9" * 18])
def test_numbers_are_read(texts: list[str]) -> None:
    found = rf2_cells.integers(cells(texts))
    assert found is not None
    assert found.tolist() == [int(text) for text in texts]


@given(st.lists(st.one_of(NUMBERS, ODD, st.text(max_size=20)), min_size=1, max_size=20))
def test_what_is_no_plain_number_is_left_to_others(texts: list[str]) -> None:
    plain = all(re.fullmatch("0|[1-9][0-9]{0,17}", text) for text in texts)
    assert (rf2_cells.integers(cells(texts)) is not None) == plain


@given(st.lists(st.one_of(HEX, HEX.map(str.upper)), min_size=1, max_size=20))
def test_uuids_are_read(texts: list[str]) -> None:
    found = rf2_cells.uuids(cells(texts))
    assert found is not None
    assert [first << 64 | second for first, second in found.tolist()] == [UUID(text).int for text in texts]


@given(HEX, st.integers(0, 35), st.sampled_from("-g:/@`G 0aF\x7f"))
def test_what_is_no_uuid_is_left_to_others(text: str, at: int, letter: str) -> None:
    changed = text[:at] + letter + text[at + 1 :]
    whole = re.fullmatch(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", changed)
    assert (rf2_cells.uuids(cells([text, changed])) is not None) == bool(whole)
    assert rf2_cells.uuids(cells([text, text + "0"])) is None


@given(st.lists(st.text(max_size=50), unique=True, max_size=30), st.randoms())
def test_numbers_of_texts_depend_on_nothing_but_the_text(texts: list[str], dice: Random) -> None:
    before = dict(zip(texts, rf2_cells.hashes(cells(texts)).tolist(), strict=True))
    dice.shuffle(texts)
    after = dict(zip(texts, rf2_cells.hashes(cells(["other", *texts])).tolist()[1:], strict=True))
    assert before == after
    assert len(set(before.values())) == len(texts)


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 16, 300])
def test_every_byte_of_a_text_counts(length: int) -> None:
    text = "a" * length
    others = [text[:at] + "b" + text[at + 1 :] for at in range(length)]
    numbers = rf2_cells.hashes(cells([text, text + "\0", text + "a", *others])).tolist()
    assert len(set(numbers)) == len(numbers)


def test_many_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [str(number) * (number % 7) for number in range(500)]
    whole = rf2_cells.hashes(cells(texts)).tolist()
    monkeypatch.setattr(rf2_cells, "_AT_ONCE", 64)
    assert rf2_cells.hashes(cells(texts)).tolist() == whole


@given(st.lists(st.integers(-5, 5)))
def test_each_once(values: list[int]) -> None:
    assert rf2_cells.distinct(np.array(values, dtype=np.int64)).tolist() == sorted(set(values))
