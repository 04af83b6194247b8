"""Hits of several indexes in one order."""

from index.hits import Hits, merged


def test_merged(make, entry, asking):
    first = make([entry(1, "A1", "Akut infarkt"), entry(2, "A2", "Infarkt")])
    second = make([entry(1, "B1", "Infarkt"), entry(2, "B2", "Infarkter"), entry(3, "B3", "En infarkt")])
    results = [index.search(asking("infarkt", limit=10)) for index in (first, second)]
    whole = merged(results, 0, 10)
    assert [(place, hit.code) for place, hit in whole] == [(0, "A2"), (1, "B1"), (1, "B3"), (0, "A1"), (1, "B2")]
    assert merged(results, 1, 3) == whole[1:3]
    assert [hit.rank for _, hit in whole] == sorted(hit.rank for _, hit in whole)


def test_merged_plain_sequences(make, entry, asking):
    index = make([entry(1, "A1", "Infarkt"), entry(2, "A2", "Infarkter")])
    lazy = index.search(asking("infarkt"))
    plain = type(lazy)(lazy.total, tuple(lazy.hits))
    assert [hit.code for _, hit in merged([lazy, plain], 0, 9)] == ["A1", "A1", "A2", "A2"]
    assert merged([], 0, 10) == []


def test_hits_are_a_sequence():
    made = []
    hits = Hits([3, 5, 8], lambda rank: made.append(rank) or rank)
    assert len(hits) == 3
    assert made == []
    assert hits[1] == 5
    assert hits[-1] == 8
    assert hits[1:] == [5, 8]
    assert list(hits) == [3, 5, 8]
    assert repr(hits) == "Hits([3, 5, 8])"


def test_numbers_are_those_of_the_hits(make, entry, asking):
    index = make([entry(7, "A1", "Akut infarkt"), entry(3, "A2", "Infarkt"), entry(5, "I10", "Annat")])
    for query in ("infarkt", "I10", "nothing of the kind"):
        hits = index.search(asking(query)).hits
        assert (hits.numbers() if hits else []) == [hit.number for hit in hits]
    assert index.search(asking("infarkt")).hits.numbers() == [3, 7]
