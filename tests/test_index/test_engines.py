"""One contract for every engine: what is written is found, and nothing else."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import index as whoosh_index
from whoosh.query import And, Prefix, Term

from index.engine import FIELDS
from index.opening import ENGINES

TOKENS = st.text("abåö0_ é😀", min_size=1, max_size=5)
POSTINGS = st.dictionaries(
    st.tuples(st.sampled_from(FIELDS), TOKENS), st.sets(st.integers(0, 50), min_size=1), max_size=12
)


def ordered(postings):
    for field, token in sorted(postings, key=lambda item: (item[0], item[1].encode())):
        yield field, token, np.array(sorted(postings[field, token]), dtype=np.int32)


@pytest.mark.parametrize("name", sorted(ENGINES))
@settings(deadline=None)
@given(postings=POSTINGS)
def test_what_is_written_is_found(name, postings):
    engine = ENGINES[name]()
    with TemporaryDirectory() as folder:
        engine.write(Path(folder), 51, ordered(postings))
        tokens = engine.open(Path(folder))
        for field in FIELDS:
            for token in {token for _, token in postings} | {"absent"}:
                found = tokens.texts(field, token)
                assert found.tolist() == sorted(postings.get((field, token), ()))
        tokens.close()


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_no_texts_at_all(name, tmp_path):
    engine = ENGINES[name]()
    engine.write(tmp_path, 0, [])
    tokens = engine.open(tmp_path)
    assert len(tokens.texts("word", "x")) == 0
    tokens.close()


def test_whoosh_queries_work_on_it(tmp_path):
    postings = {("word", "akut"): {0, 2}, ("word", "akrania"): {4}, ("prefix", "inf"): {2, 3}}
    ENGINES["whoosh"]().write(tmp_path, 5, ordered(postings))
    opened = whoosh_index.open_dir(str(tmp_path), readonly=True)
    with opened.searcher() as searcher:
        both = searcher.search(And([Term("word", "akut"), Term("prefix", "inf")]))
        assert [hit.docnum for hit in both] == [2]
        assert {hit.docnum for hit in searcher.search(Prefix("word", "ak"))} == {0, 2, 4}
        assert searcher.reader().doc_frequency("word", "akut") == 2
    opened.close()
