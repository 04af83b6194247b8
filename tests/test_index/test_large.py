"""What is done otherwise where there is much: the answers are the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import columns, matching, searcher, whoosh_engine
from index.build import build_index
from index.matching import Matches, either, fits_in
from index.opening import open_index
from index.searcher import smallest

RANKS = st.lists(st.integers(0, 50), unique=True)
MATCHES = st.dictionaries(st.integers(0, 30), st.integers(0, 6))


@given(ranks=RANKS, count=st.integers(1, 20))
def test_smallest(ranks, count):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searcher, "_FIRST", 3)
        found = smallest(np.array(ranks, dtype=np.int64), count)
    assert sorted(found.tolist()) == sorted(ranks)[:count]


def matches(held):
    texts = sorted(held)
    return Matches(np.array(texts, dtype=np.int32), np.array([held[text] for text in texts], dtype=np.uint8))


@pytest.mark.parametrize("size", [31, 31 * 1_000])
@given(first=MATCHES, second=MATCHES)
def test_either_word(size, first, second):
    found = either(matches(first), matches(second), size)
    best = {text: min(first.get(text, 9), second.get(text, 9)) for text in sorted({*first, *second})}
    assert dict(zip(found.texts.tolist(), found.fits.tolist(), strict=True)) == best
    assert found.texts.tolist() == sorted(best)


@pytest.mark.parametrize("size", [31, 31 * 1_000])
@given(held=MATCHES, texts=st.lists(st.integers(0, 30), max_size=20))
def test_fits_in(size, held, texts):
    found = fits_in(matches(held), np.array(texts, dtype=np.int32), size)
    assert found.tolist() == [held.get(text, matching.MISSING) for text in texts]


def test_texts_put_in_order_in_many_pieces(tmp_path, vocabulary, asking, monkeypatch):
    build_index(tmp_path / "one", vocabulary)
    monkeypatch.setattr(columns, "_AT_ONCE", 3)
    build_index(tmp_path / "many", vocabulary)
    one, many = open_index(tmp_path / "one"), open_index(tmp_path / "many")
    for query in ("a", "hjärt", "fraktur", "c3"):
        assert list(one.search(asking(query)).hits) == list(many.search(asking(query)).hits)
    one.close()
    many.close()


def test_postings_alike_are_kept_once(tmp_path):
    many = np.arange(1_000, dtype=np.int32)
    lists = [("stem", "akut", many), ("word", "akut", many), ("word", "akuta", many[:999])]
    whoosh_engine.WhooshEngine().write(tmp_path, 1_000, lists)
    (path,) = tmp_path.glob("*.pst")
    assert path.stat().st_size == 4 * (1_000 + 999)
