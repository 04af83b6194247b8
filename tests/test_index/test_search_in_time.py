"""Search in a version, as of a date, and among what is no more."""

import numpy as np
import pytest

from index.engine import Entry, State, Text

END = 9999


@pytest.fixture
def history(make):
    """1 lives on and was renamed at 20; 2 ends at 20; 3 begins at 20; 4 turns inactive at 20; 5 comes back at 30;
    6 ends at 20, but its note was never said to end."""
    texts = {
        1: (Text("Gulsot", "display", "sv", ((10, 20),)), Text("Ikterus", "display", "sv", ((20, END),))),
        2: (Text("Gulsot hos nyfödd", "display", "sv", ((10, 20),)),),
        3: (Text("Ikterus hos nyfödd", "display", "sv", ((20, END),)),),
        4: (Text("Gulaktig hud", "display", "sv", ((10, END),)),),
        5: (Text("Feber", "display", "sv", ((10, 20), (30, END))),),
        6: (Text("Frossa", "display", "sv", ((10, 20),)), Text("Darrningar", "note", "sv", ((10, END),))),
    }
    states = {
        1: (State(10, END, True, False),),
        2: (State(10, 20, True, False),),
        3: (State(20, END, True, False),),
        4: (State(10, 20, True, False), State(20, END, False, False)),
        5: (State(10, 20, True, False), State(30, END, True, True)),
        6: (State(10, 20, True, True),),
    }
    return make([Entry(n, f"K{n}", f"K{n}", "", f"K{n}", states[n], texts[n]) for n in texts])


def test_only_what_held_then(history, codes):
    assert codes(history, "gulsot", at=15) == ["K1", "K2"]
    assert codes(history, "gulsot", at=25) == []
    assert codes(history, "ikterus", at=25) == ["K1", "K3"]
    assert codes(history, "ikterus", at=15) == []
    assert codes(history, "gulsot", at=5) == []
    assert codes(history, "gul", at=19) == ["K1", "K4", "K2"]
    assert codes(history, "ikterus", at=20) == ["K1", "K3"]


def test_spans_with_a_gap(history, asking, codes):
    assert [codes(history, "feber", at=at) for at in (15, 25, 35)] == [["K5"], [], ["K5"]]
    assert not history.search(asking("feber", at=15)).hits[0].abstract
    assert history.search(asking("feber", at=35)).hits[0].abstract


def test_former_concepts_by_their_last_texts(history, asking, codes):
    assert codes(history, "gulsot", at=25, former=True) == ["K2"]
    assert codes(history, "gulsot", at=25, former=True, active=True) == []
    assert codes(history, "gulsot", at=15, former=True) == ["K1", "K2"]
    hit = history.search(asking("gulsot", at=25, former=True)).hits[0]
    assert (hit.text, hit.active) == ("Gulsot hos nyfödd", False)
    assert codes(history, "feber", at=25, former=True) == ["K5"]
    assert codes(history, "gulsot", at=5, former=True) == []


def test_texts_that_nobody_ended_end_with_their_concept(history, codes, asking):
    assert codes(history, "darrningar", at=25) == []
    assert codes(history, "darrningar", at=25, former=True) == ["K6"]
    assert history.search(asking("frossa", at=25, former=True)).hits[0].abstract


def test_inactive_only_where_nothing_active_is_found(history, asking, codes):
    assert codes(history, "gulaktig", at=25) == ["K4"]
    assert not history.search(asking("gulaktig", at=25)).hits[0].active
    assert codes(history, "gulaktig", at=25, active=True) == []
    assert codes(history, "gul", at=25, active=False) == ["K4"]
    assert codes(history, "gul", at=25, active=False, former=True) == ["K4", "K2"]
    assert codes(history, "gul", at=15, active=False) == []


def test_a_code_that_is_no_more(history, asking, codes):
    assert codes(history, "k2", at=25) == []
    assert codes(history, "k2", at=25, former=True) == ["K2"]
    assert codes(history, "k2", at=25, former=True, active=True) == []
    assert codes(history, "k4", at=25) == ["K4"]
    assert not history.search(asking("k4", at=25)).hits[0].active


def test_a_former_code_comes_before_words(make, entry, codes):
    index = make([entry(1, "Feber", "Annat", span=(0, 20)), entry(2, "X1", "Feber")])
    assert codes(index, "feber", at=30) == ["X1"]
    assert codes(index, "feber", at=30, former=True) == ["Feber", "X1"]


def test_within(history, codes):
    some = np.zeros(4, dtype=np.bool_)
    some[[2, 3]] = True
    assert codes(history, "gulsot", at=15, within=some) == ["K2"]
    assert codes(history, "ikterus", at=25, within=some) == ["K3"]
    assert codes(history, "k", at=15, within=some) == ["K2"]
    assert codes(history, "feber", at=15, within=some) == []  # its number lies beyond the array
    assert codes(history, "gulsot", at=15, within=np.zeros(99, dtype=np.bool_)) == []


def test_filters_are_not_put_on_a_cut_list(make, entry, codes):
    """The one allowed concept is the last of very many."""
    entries = [entry(n, f"X{n:04}", "Kort") for n in range(2000)]
    entries.append(entry(2000, "Y1", "Kort men ändå mycket längre än alla andra", span=(50, 60)))
    index = make(entries)
    only = np.zeros(2001, dtype=np.bool_)
    only[2000] = True
    assert codes(index, "ko", at=55, within=only, limit=1) == ["Y1"]
    assert codes(index, "ko", at=65, within=only, limit=1) == []


def test_many_positions(history, codes):
    """More positions than views are kept, and back again."""
    for _ in range(2):
        for at in range(1, 40):
            assert ("K1" in codes(history, "gulsot", at=at)) == (10 <= at < 20)
