"""Words by prefix, and words that look alike."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexicon import Lexicon, edits

WORDS = (
    *("hjärtinfarkt", "hjärta", "hjärtsvikt", "hår", "har", "håravfall", "kolit", "kolik", "kolera"),
    *("artrit", "artros", "pneumotorax", "diabetes", "b12", "typ", "epilepsi", "lymfa"),
)
FREQUENCY = {word: number for number, word in enumerate(WORDS, 1)}


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lexicon")
    Lexicon.write(folder, FREQUENCY, frozenset({"hjärt", "infarkt"}))
    return Lexicon(folder)


def reference(first: str, second: str) -> int:
    @cache
    def distance(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        best = min(
            distance(i - 1, j) + 1,
            distance(i, j - 1) + 1,
            distance(i - 1, j - 1) + (first[i - 1] != second[j - 1]),
        )
        if i > 1 and j > 1 and first[i - 1] == second[j - 2] and first[i - 2] == second[j - 1]:
            best = min(best, distance(i - 2, j - 2) + 1)
        return best

    return distance(len(first), len(second))


@settings(deadline=None)
@given(st.text("abcå", min_size=1, max_size=7), st.lists(st.text("abcå", max_size=9), max_size=5), st.integers(1, 3))
def test_edits(word, others, most):
    rows = np.array([[ord(c) for c in other.ljust(12, "\0")] for other in others], dtype=np.uint16).reshape(-1, 12)
    lengths = np.array([len(other) for other in others], dtype=np.int16)
    expected = [min(reference(word, other), most + 1) for other in others]
    assert edits(word, rows, lengths, most).tolist() == expected


@settings(deadline=None)
@given(st.sampled_from(sorted(FREQUENCY)), st.data())
def test_a_misspelt_word_is_found(lexicon, word, data):
    if len(word) < 5 or not word.isalpha():
        return
    at = data.draw(st.integers(0, len(word) - 1))
    misspelt = data.draw(st.sampled_from([
        word[:at] + word[at + 1 :], word[:at] + "q" + word[at:], word[:at] + "q" + word[at + 1 :],
    ]))  # fmt: skip
    if misspelt in lexicon:
        return
    assert word in [near.word for near in lexicon.near(misspelt)]


def test_nearest_first_then_most_frequent(lexicon):
    assert [near.word for near in lexicon.near("kolti")] == ["kolit"]
    assert [near.word for near in lexicon.near("koliz")] == ["kolik", "kolit"]
    assert lexicon.near("artors")[0].word == "artros"
    assert lexicon.near("penumotorxa")[0] == lexicon.near("penumotorxa")[-1]
    assert lexicon.near("penumotorxa")[0].distance == 2


@pytest.mark.parametrize("word", ["", "ab", "har", "b123", "xyzxyzxyz", "q" * 60])
def test_nothing_looks_like_these(lexicon, word):
    assert lexicon.near(word) == []


def test_prefixes(lexicon):
    assert lexicon.starting("hjärt", 10) == ["hjärta", "hjärtinfarkt", "hjärtsvikt"]
    assert lexicon.starting("hjärt", 2) == ["hjärta", "hjärtinfarkt"]
    assert lexicon.starting("xyz", 2) == []
    assert lexicon.starting_plain("har", 10) == ["hår", "håravfall"]
    assert lexicon.starting_plain("hår", 10) == []


def test_membership(lexicon):
    assert "hår" in lexicon
    assert "hå" not in lexicon
    assert lexicon.stems == {"hjärt", "infarkt"}


def test_empty(tmp_path):
    Lexicon.write(tmp_path, {}, frozenset())
    empty = Lexicon(tmp_path)
    assert empty.words == []
    assert empty.near("hjärta") == []
