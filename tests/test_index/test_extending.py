"""An index that was extended answers as one built whole, whatever is asked."""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import arrays, compounds
from index.build import build_index, extend_index
from index.engine import Entry, State, Text
from index.lexicon import Lexicon
from index.opening import IndexFormatError, about_base, about_index, open_index

END = 9999
WORDS = (
    *("akut", "akuta", "hjärta", "hjärtinfarkt", "infarkt", "infarkten", "körtel", "körtlar", "lunga", "lungans"),
    *("lungor", "öra", "örats", "appendicit", "appendicitis", "lårbensfraktur", "fraktur", "lårben", "med", "i"),
    *("fracture", "fractures", "the", "b12", "förmaksflimmer", "flimmer", "förmak", "njursten", "sten"),
)
QUERIES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
SPANS = st.sampled_from([((0, END),), ((10, END),), ((0, 20),), ((0, 10), (30, END)), ((20, 30),)])
TEXTS = st.builds(
    Text, TITLES, st.sampled_from(["display", "synonym", "fsn", "note"]), st.sampled_from(["sv", "en", "en-GB"]), SPANS
)
STATES = st.sampled_from(
    [
        (State(0, END, True, False),),
        (State(0, END, True, True),),
        (State(0, END, False, False),),
        (State(0, 20, True, False),),
        (State(0, 20, True, True), State(20, END, True, False)),
        (State(10, 20, True, False), State(30, END, False, False)),
    ]
)
LEVELS = st.sampled_from(["", "chapter", "disorder"])


@st.composite
def entries(draw, number):
    texts = draw(st.lists(TEXTS, max_size=4, unique_by=lambda text: (text.use, text.language, text.value)))
    return Entry(
        number, f"C{number}", f"C{number}", draw(LEVELS), draw(st.sampled_from("abc")), draw(STATES), tuple(texts)
    )


@st.composite
def changed(draw, entry):
    """The entry at a later time: nothing it ever held is gone, but anything else may be."""
    texts = [replace(text, spans=draw(st.one_of(st.just(text.spans), SPANS))) for text in entry.texts]
    known = {(text.use, text.language, text.value) for text in texts}
    texts += [
        text
        for text in draw(st.lists(TEXTS, max_size=2, unique_by=lambda text: (text.use, text.language, text.value)))
        if (text.use, text.language, text.value) not in known
    ]
    key = draw(st.sampled_from([entry.sort_key, "a", "b", "x"]))
    return replace(entry, level=draw(LEVELS), sort_key=key, states=draw(STATES), texts=tuple(texts))


@st.composite
def histories(draw):
    """What is indexed whole, and after each of some loads what is there then and what of it has changed."""
    base = [draw(entries(number)) for number in range(draw(st.integers(0, 8)))]
    steps, now = [], {entry.number: entry for entry in base}
    touched = set()
    for _ in range(draw(st.integers(1, 2))):
        for number in draw(st.sets(st.integers(0, 11), max_size=5)):
            now[number] = draw(changed(now[number]) if number in now else entries(number))
            touched.add(number)
        steps.append((list(now.values()), [now[number] for number in sorted(touched)]))
    return base, steps


@st.composite
def requests(draw):
    query = draw(st.one_of(QUERIES, st.sampled_from(["C", "C1", "C10", "ett", "fraktur C1", ""])))
    cut = draw(st.integers(1, max(len(query), 1)))
    if draw(st.booleans()):
        query = query[:cut]
    elif draw(st.booleans()):
        query = query[: cut - 1] + query[cut : cut + 1] + query[cut - 1 : cut] + query[cut + 1 :]
    return query, {
        "at": draw(st.sampled_from([0, 5, 15, 25, 40])),
        "active": draw(st.sampled_from([None, True, False])),
        "former": draw(st.booleans()),
        "language": draw(st.sampled_from([None, "sv", "en"])),
        "levels": draw(st.sampled_from([None, {"chapter"}, {"", "disorder"}])),
        "within": draw(st.sampled_from([None, np.arange(12) % 2 == 0])),
        "lenient": draw(st.booleans()),
        "limit": draw(st.sampled_from([0, 1, 3, 50])),
        "offset": draw(st.sampled_from([0, 1, 4])),
    }


def answer(index, request):
    result = index.search(request)
    return result.total, result.suggestion, list(result.hits)


@settings(deadline=None, max_examples=60)
@given(history=histories(), asked=st.lists(requests(), min_size=20, max_size=40))
def test_answers_of_an_extended_index_are_those_of_a_whole_one(asking, history, asked):
    base, steps = history
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "sync", lambda folder: None)
        previous = Path(folder) / "0"
        build_index(previous, base)
        stems = Lexicon(previous).stems
        patch.setattr(compounds, "vocabulary", lambda words: stems)
        for number, (now, more) in enumerate(steps, 1):
            build_index(Path(folder) / f"{number}-whole", now)
            extend_index(Path(folder) / f"{number}", previous, more)
            shutil.rmtree(previous)  # nothing may need it
            previous = Path(folder) / f"{number}"
            whole, extended = open_index(Path(folder) / f"{number}-whole"), open_index(previous)
            for query, options in asked:
                request = asking(query, **options)
                assert answer(extended, request) == answer(whole, request)
            whole.close()
            extended.close()


def test_words_are_the_same_as_of_a_whole_index(tmp_path, vocabulary, entry):
    more = [entry(40, "X1", "Infarkt med zebraränder"), entry(5, "A11", "Förmaksflimmer", synonyms=("Zebra",))]
    build_index(tmp_path / "base", vocabulary)
    extend_index(tmp_path / "more", tmp_path / "base", more)
    build_index(tmp_path / "whole", [*(each for each in vocabulary if each.number != 5), *more])
    one, other = Lexicon(tmp_path / "more"), Lexicon(tmp_path / "whole")
    assert one.words == other.words
    for name in ("frequency", "letters", "length", "spelling"):
        assert np.array_equal(np.load(tmp_path / f"more/word.{name}.npy"), np.load(tmp_path / f"whole/word.{name}.npy"))


def test_nothing_changed(tmp_path, vocabulary, codes):
    build_index(tmp_path / "base", vocabulary, mark="first")
    extend_index(tmp_path / "more", tmp_path / "base", [], mark="second")
    one, other = open_index(tmp_path / "base"), open_index(tmp_path / "more")
    for query in ("a", "hjärtinfrakt", "akut infarkt", "a10"):
        assert codes(other, query) == codes(one, query)
    assert about_index(tmp_path / "more").mark == "second"
    assert about_base(tmp_path / "more").mark == about_base(tmp_path / "base").mark == "first"
    one.close()
    other.close()


def test_where_there_are_no_links_files_are_copied(tmp_path, vocabulary, codes, monkeypatch):
    def refused(source, target):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refused)
    build_index(tmp_path / "base", vocabulary)
    extend_index(tmp_path / "more", tmp_path / "base", [])
    index = open_index(tmp_path / "more")
    assert codes(index, "bronkit") == ["G70"]
    index.close()


def test_what_is_no_index_is_not_extended(tmp_path):
    with pytest.raises(IndexFormatError):
        extend_index(tmp_path / "more", tmp_path, [])
    assert not (tmp_path / "more").exists()


def test_old_texts_are_found_by_a_word_that_is_new(tmp_path, entry, codes):
    build_index(tmp_path / "base", [entry(1, "A", "Svullna körtlar"), entry(2, "B", "Glandula", english=("Swollen",))])
    before = open_index(tmp_path / "base")
    assert codes(before, "körtel", lenient=False) == []
    before.close()
    extend_index(tmp_path / "more", tmp_path / "base", [entry(3, "C", "Körtel")])
    after = open_index(tmp_path / "more")
    assert codes(after, "körtel", lenient=False) == ["C", "A"]
    after.close()


def test_what_was_replaced_is_hidden(tmp_path, entry, codes):
    build_index(tmp_path / "base", [entry(1, "A", "Svullen tumme"), entry(2, "B", "Bruten tumme")])
    extend_index(tmp_path / "more", tmp_path / "base", [entry(1, "A", "Svullen tumme", span=(0, 50))])
    index = open_index(tmp_path / "more")
    assert codes(index, "tumme") == ["B"]
    assert codes(index, "tumme", at=20) == ["B", "A"]
    assert codes(index, "A", active=True) == []
    index.close()
