"""Lists of texts against the same made the simple way, also where they come in many batches."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import postings
from index.compounds import Compounds
from index.engine import FIELDS
from index.postings import Postings, Words
from index.tokens import tokens_of

VOCABULARY = [("akut", "sv"), ("akuta", "sv"), ("akut", "en"), ("buk", "sv"), ("öra", "sv"), ("j171", "sv")]
OCCURRENCES = st.lists(st.tuples(st.integers(0, len(VOCABULARY) - 1), st.integers(0, 9)))
SPLITTER = Compounds(frozenset())


def made(occurrences):
    pairs = np.array(occurrences, dtype=np.int32).reshape(-1, 2)
    return Postings(Words(VOCABULARY, pairs[:, 0], pairs[:, 1]))


@pytest.mark.parametrize("at_once", [1, 4, 1_000])
@given(occurrences=OCCURRENCES)
def test_tokens(at_once, occurrences):
    held = defaultdict(set)
    known = {word for word, _ in VOCABULARY}
    for number, text in occurrences:
        for token in tokens_of(*VOCABULARY[number], known, SPLITTER):
            held[token].add(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_AT_ONCE", at_once)
        found = [(field, token, texts.tolist()) for field, token, texts in made(occurrences).tokens(SPLITTER)]
    assert [item for item in found if item[2]] == [(*token, sorted(held[token])) for token in sorted(held)]
    assert [field for field, _, _ in found] == sorted(field for field, _, _ in found)
    assert {field for field, _, _ in found} <= set(FIELDS)


@given(occurrences=OCCURRENCES)
def test_frequency_counts_texts_in_any_language(occurrences):
    expected = defaultdict(int)
    for number, _ in set(occurrences):
        expected[VOCABULARY[number][0]] += 1
    frequency = made(occurrences).frequency()
    assert {word: count for word, count in frequency.items() if count} == expected
