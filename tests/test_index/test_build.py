"""Building into a folder, opening again, and refusing what does not fit."""

import json
import os

import pytest

from index.build import build_index
from index.engine import Entry, SearchRequest, State, Text
from index.opening import ENGINES, IndexFormatError, open_index


def test_an_empty_index(tmp_path):
    build_index(tmp_path / "index", [])
    index = open_index(tmp_path / "index")
    assert index.search(SearchRequest("akut", 1, "AKUT")).total == 0
    index.close()


def test_concepts_without_texts_or_states(make, codes, asking):
    index = make(
        [
            Entry(1, "A1", "A1", "", "", (State(0, 10, True, False),), ()),
            Entry(2, "A2", "A2", "", "", (), (Text("Ingen tid", "display", "sv", ()),)),
        ]
    )
    assert codes(index, "a1", at=5) == ["A1"]
    assert codes(index, "a2", at=5, former=True) == []
    assert codes(index, "ingen", at=5, former=True) == []


def test_odd_texts_and_codes(make, entry, codes):
    index = make(
        [
            entry(1, "", "En tom kod"),
            entry(2, "ÅÄÖ-1", "Kod med svenska bokstäver"),
            entry(3, "http://example.org/kod#1", "Lång kod"),
            entry(4, "😀", "***"),
            entry(5, "X5", "rad ett\nrad två\r\n\tindragen"),
            entry(6, "X6", "a" * 100_000),
            entry(7, "X7", "\ud800 trasigt tecken"),
            entry(8, "X8", ""),
        ]
    )
    assert codes(index, "tom kod") == [""]
    assert codes(index, "åäö1") == ["ÅÄÖ-1"]
    assert codes(index, "http://example.org/kod#1")[0] == "http://example.org/kod#1"
    assert codes(index, "indragen") == ["X5"]
    assert codes(index, "aaaa") == ["X6"]
    assert codes(index, "trasigt") == ["X7"]


def test_the_order_of_entries_does_not_matter(make, vocabulary, codes):
    queries = ("a", "infarkt", "hjärtinfrakt", "sjukdom", "f6")
    one, other = make(vocabulary), make(reversed(vocabulary))
    assert [codes(one, query) for query in queries] == [codes(other, query) for query in queries]


def test_the_order_of_the_code_system_decides_last(make, codes):
    states = (State(0, 10, True, False),)
    text = (Text("Samma", "display", "sv", ((0, 10),)),)
    index = make(Entry(n, code, code, "", sort, states, text) for n, (code, sort) in enumerate(
        [("B", "1"), ("A", "3"), ("C", "2")]
    ))  # fmt: skip
    assert codes(index, "samma", at=5) == ["B", "C", "A"]


def test_progress_ends_with_all_entries(tmp_path, vocabulary):
    told = []
    build_index(tmp_path / "index", vocabulary, progress=told.append)
    assert told[-1] == len(vocabulary)


def test_a_folder_that_exists_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        build_index(tmp_path, [])
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_unknown_engine_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match=r"sphinx.*whoosh"):
        build_index(tmp_path / "index", [], engine="sphinx")
    assert not (tmp_path / "index").exists()


def test_entries_that_cannot_be_had_leave_no_open_file(tmp_path, vocabulary):
    def broken():
        yield from vocabulary[:3]
        raise OSError("gone")

    open_before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError, match="gone") as kept:  # with what was under way when it was raised
        build_index(tmp_path / "index", broken())
    assert len(os.listdir("/proc/self/fd")) == open_before
    assert kept.tb is not None


def test_no_index_there(tmp_path):
    with pytest.raises(IndexFormatError, match="no search index"):
        open_index(tmp_path)


@pytest.mark.parametrize("change", [{"format": 0}, {"engine": "sphinx"}, {"format": None}])
def test_an_index_of_another_version(tmp_path, change):
    build_index(tmp_path / "index", [])
    about = tmp_path / "index" / "index.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | change))
    with pytest.raises(IndexFormatError, match="build it anew"):
        open_index(tmp_path / "index")


def test_a_torn_file(tmp_path):
    build_index(tmp_path / "index", [])
    (tmp_path / "index" / "index.json").write_text('{"format"')
    with pytest.raises(IndexFormatError):
        open_index(tmp_path / "index")


def test_closing_does_not_cut_off_what_is_under_way(tmp_path, vocabulary, asking):
    build_index(tmp_path / "index", vocabulary)
    index = open_index(tmp_path / "index")
    result = index.search(asking("hjärtinfarkt"))
    index.close()
    assert result.hits[0].code == "A10"


def test_engines_have_names():
    assert "whoosh" in ENGINES
