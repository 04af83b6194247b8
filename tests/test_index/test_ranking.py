"""Ranks are numbers that compare as the rules do."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from index import ranking
from index.ranking import Stage

FITS = st.tuples(
    st.sampled_from(list(Stage)),
    st.integers(0, 31),
    st.integers(0, 1),
    st.integers(0, 7),
    st.integers(0, 127),
    st.integers(0, 15),
)
TEXTS = st.tuples(st.integers(0, 3), st.booleans(), st.booleans(), st.integers(0, 1023))
FIRST = np.array([0])


def packed(fit, text):
    use, inactive, abstract, length = text
    order = ranking.order(np.array([use]), np.array([inactive]), np.array([abstract]), np.array([length]), FIRST)
    return ranking.fit(int(fit[0]), *fit[1:]) | int(order[0])


@settings(deadline=None)
@given(FITS, TEXTS, FITS, TEXTS)
def test_order_is_that_of_the_parts(one_fit, one_text, other_fit, other_text):
    one, other = packed(one_fit, one_text), packed(other_fit, other_text)
    assert 0 <= one < 2**63
    assert (one < other) == ((*one_fit, *one_text) < (*other_fit, *other_text))
    assert (ranking.between(one) < ranking.between(other)) == (one < other)


@settings(deadline=None)
@given(FITS, TEXTS)
def test_what_is_read_back(fit, text):
    rank = packed(fit, text)
    assert ranking.place(rank) == 0
    assert ranking.is_note(rank) == bool(fit[2])
    assert 0 < ranking.score(rank) <= 1


def test_out_of_range_is_cut_not_spilt():
    worst = ranking.fit(3, 31, 1, 7, 127, 15)
    assert ranking.fit(3, 99, 1, 7, 9_999, 99) == worst
    long = ranking.order(np.array([9]), np.array([True]), np.array([True]), np.array([60_000]), FIRST)
    assert int(long[0]) < ranking.fit(0, 0, 0, 0, 0, 1)


def test_code_and_term_score_one():
    assert ranking.score(ranking.fit(Stage.CODE, 0, 0, 0, 0, 0)) == 1
    assert ranking.score(ranking.fit(Stage.TERM, 0, 0, 0, 0, 0)) == 1
    assert ranking.score(ranking.fit(Stage.PARTIAL, 15, 0, 1, 0, 0)) < 0.5


def test_uses():
    uses = [ranking.use_rank(use) for use in ("display", "synonym", "fsn", "note")]
    assert uses == sorted(uses) and len(set(uses)) == 4
    assert ranking.use_rank("something new") == ranking.use_rank("synonym")
