"""What holds for every title and every query."""

import random
import threading

from hypothesis import given, settings
from hypothesis import strategies as st

from index import analysis


def displays(vocabulary):
    return [(entry.code, text.value) for entry in vocabulary for text in entry.texts if text.use == "display"]


def content(title):
    return [word for word in analysis.words(title) if word not in analysis.STOP_WORDS]


def test_every_text_finds_its_concept_first(index, codes, vocabulary):
    for entry in vocabulary:
        for text in entry.texts:
            assert codes(index, text.value)[0] == entry.code


def test_every_prefix_finds_its_concept(index, codes, vocabulary):
    for code, title in displays(vocabulary):
        for word in content(title):
            for end in range(1, len(word) + 1):
                assert code in codes(index, word[:end], limit=100)


def test_every_title_without_diacritics_finds_its_concept(index, codes, vocabulary):
    for code, title in displays(vocabulary):
        assert code in codes(index, analysis.plain(analysis.normal(title)))


@settings(deadline=None)
@given(st.data())
def test_words_and_prefixes_in_any_order(index, codes, vocabulary, data):
    code, title = data.draw(st.sampled_from(displays(vocabulary)))
    words = data.draw(st.permutations(content(title)))
    cut = [word[: data.draw(st.integers(1, len(word)))] for word in words]
    assert code in codes(index, " ".join(cut), limit=100)


@settings(deadline=None)
@given(st.data())
def test_a_swap_of_letters_is_forgiven(index, codes, vocabulary, data):
    code, title = data.draw(st.sampled_from(displays(vocabulary)))
    words = content(title)
    at = data.draw(st.sampled_from(range(len(words))))
    word = words[at]
    if len(word) < 6 or not word.isalpha():
        return
    swap = data.draw(st.integers(1, len(word) - 2))
    words[at] = word[:swap] + word[swap + 1] + word[swap] + word[swap + 2 :]
    assert code in codes(index, " ".join(words), limit=100)


@settings(deadline=None)
@given(query=st.text(max_size=200), at=st.integers(-5, 20_000), active=st.sampled_from([None, True, False]))
def test_any_query_is_answered(index, asking, query, at, active):
    result = index.search(asking(query, at=at, active=active, former=True))
    hits = list(result.hits)
    assert len(hits) <= result.total
    ranks = [hit.rank for hit in hits]
    assert ranks == sorted(ranks)
    assert len({hit.code for hit in hits}) == len(hits)
    assert all(0 < hit.score <= 1 for hit in hits)
    assert active is None or all(hit.active is active for hit in hits)


@settings(max_examples=20, deadline=None)
@given(st.text(min_size=1, max_size=8))
def test_long_queries_are_answered(index, asking, text):
    for query in (text * 2_000, (text + " ") * 2_000, "hjärt" + text + "infarkt" * 2_000):
        index.search(asking(query))


def test_the_same_answer_every_time(index, codes, vocabulary):
    queries = [title for _, title in displays(vocabulary)] + ["a", "hj", "infrakt akut", "sjukdom"]
    before = [codes(index, query) for query in queries]
    order = list(range(len(queries)))
    random.Random(1).shuffle(order)
    for at in order:
        assert codes(index, queries[at]) == before[at]


def test_threads_share_an_index(make, vocabulary, codes):
    index = make(vocabulary)
    queries = [title[:end] for _, title in displays(vocabulary) for end in (3, 8, 60)]
    expected = {query: codes(make(vocabulary), query) for query in queries}
    wrong = []

    def ask(seed):
        for query in random.Random(seed).sample(queries, len(queries)):
            if codes(index, query) != expected[query]:
                wrong.append(query)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
