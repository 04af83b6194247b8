"""What a person notices: what is found, in which order, and what is said about it."""

import pytest

from index.engine import Text


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("hjärtinfarkt", "A10"),  # exact term
        ("HJÄRTINFARKT.", "A10"),
        ("hjärtinf", "A10"),  # prefix, longer and shorter than a token
        ("hjä", "A10"),
        ("akut hj", "A10.0"),
        ("hj ak", "A10.0"),
        ("infarkt akut hjärt", "A10.0"),
        ("hjärtinfarkterna", "A10"),  # inflection
        ("hjärtinfarktens", "A10"),
        ("perforerad trumhinna", "F60"),  # a derived word
        ("lårbensfraktur", "B20"),  # compound for a phrase
        ("hjärt infarkt", "A10"),  # compound written apart
        ("förmaks flimmer", "A11"),
        ("infarkt hjärta", "A10"),  # parts in another order
        ("sten njure", "D42"),
        ("lymfkörtlar", "E53"),
        ("hjartinfarkt", "A10"),  # missing diacritics
        ("haravfall", "C30"),
        ("menieres", "F61"),
        ("gallsten med kolecystit", "D40"),
        ("gallsten utan kolecystit", "D41"),
        ("typ 2 diabetes", "F63"),
        ("diabetes utan komplikationer", "F63"),
        ("bronchitis", "G70"),
        ("luftrörskatarr", "G70"),  # a synonym
        ("myocardial infarctions", "A10"),  # English, inflected
        ("strålar vänster arm", "A10.0"),  # a note
    ],
)
def test_finds_first(index, codes, query, first):
    assert codes(index, query)[:1] == [first]


@pytest.mark.parametrize(
    ("query", "first", "suggestion"),
    [
        ("hjärtinfrakt", "A10", "hjärtinfarkt"),  # one edit: neighbours swapped
        ("hjärtinfarrkt akutt", "A10.0", None),  # doubled letters are no mistake worth mentioning
        ("laparoskopsk apendektmi", "JEA01", "laparoskopisk appendektomi"),
        ("diabtes typ 1", "F62", "diabetes typ 1"),
        ("lårbensfrakutr", "B20", "lårbensfraktur"),  # a compound that is nowhere, its last half misspelt
        ("håravfallinfrakt", "", None),  # both halves are words, but not of one text
    ],
)
def test_misspelt(index, asking, query, first, suggestion):
    result = index.search(asking(query))
    assert "".join(hit.code for hit in result.hits[:1]) == first
    assert result.suggestion == suggestion


@pytest.mark.parametrize(
    ("query", "first", "left_out"),
    [
        ("hjärtinfarkt xyzzqq", "A10", ("xyzzqq",)),  # in no text
        ("akut hjärtinfarkt haravfall", "A10.0", ("haravfall",)),  # only in others, with too little of the rest
        ("hjärtinfarkt njursten", "D42", ()),  # each in some of those found
    ],
)
def test_words_left_out(index, asking, query, first, left_out):
    result = index.search(asking(query))
    assert [hit.code for hit in result.hits[:1]] == [first]
    assert (result.left_out, result.partial) == (left_out, True)


@pytest.mark.parametrize("query", ["hjärtinfarkt", "hjärtinfrakt", "qwxzyk"])
def test_no_words_left_out(index, asking, query):
    result = index.search(asking(query))
    assert (result.left_out, result.partial) == ((), False)


def test_a_correct_query_gets_no_suggestion(index, asking):
    assert index.search(asking("hjärtinfarkt")).suggestion is None


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("en patient med akut buk", "E52"),
        ("en främmande kropp som sitter i örat", "E51"),
        ("kommer idag för kroniskt förmaksflimmer", "A11.0"),
        ("akut myokardinfarkt", "A10.0"),  # of an unknown compound, what kind of thing it is
    ],
)
def test_fillers(index, codes, query, first):
    assert codes(index, query)[:1] == [first]


def test_the_swedish_letters_are_letters(index, codes):
    assert codes(index, "hår")[:2] == ["C31", "C30"]
    assert "C32" not in codes(index, "hår")
    assert codes(index, "har svårt") == ["C32"]


def test_exact_letters_before_missing_ones(make, entry, codes):
    index = make([entry(1, "A1", "Tårkanal"), entry(2, "A2", "Tarkanal i annan mening")])
    assert codes(index, "tarkanal") == ["A2", "A1"]
    assert codes(index, "tårkanal") == ["A1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("A10.0", ["A10.0"]),
        ("a100", ["A10.0"]),
        ("a 10.0", ["A10.0"]),
        ("A10", ["A10", "A10.0", "A10.1", "A10-A19"]),
        ("a10-a19", ["A10-A19"]),
        ("jea", ["JEA", "JEA00", "JEA01"]),
        ("jEa 01", ["JEA01"]),
        ("JEA0", ["JEA00", "JEA01"]),
    ],
)
def test_codes(index, asking, query, expected):
    hits = index.search(asking(query)).hits
    assert [hit.code for hit in hits][: len(expected)] == expected
    assert (hits[0].use, hits[0].text, hits[0].language) == ("code", expected[0], "")


def test_letters_are_rather_a_word_than_a_code(make, entry, codes):
    index = make([entry(1, "HAL10", "Något annat"), entry(2, "X1", "Halsont")])
    assert codes(index, "hal") == ["X1", "HAL10"]


def test_a_code_in_the_text(index, codes):
    assert codes(index, "F62.1") == ["F64"]


def test_the_order(make, entry, codes):
    index = make([
        entry(1, "A1", "Långt namn på en infarkt av annat slag"),
        entry(2, "A2", "Infarkter"),
        entry(3, "A3", "Infarktliknande tillstånd"),
        entry(4, "A4", "Hjärninfarkt"),
        entry(5, "A5", "Annat", synonyms=("En infarkt",)),
        entry(6, "A6", "En infarkt", abstract=True),
        entry(7, "A7", "En infarkt"),
        entry(8, "A8", "Infarkt"),
        entry(9, "A9", "Ingenting", notes=("Infarkt",)),
        entry(10, "INFARKT", "Någonting"),
    ])  # fmt: skip
    assert codes(index, "infarkt") == ["INFARKT", "A8", "A7", "A1", "A6", "A5", "A2", "A3", "A4", "A9"]


def test_matched_text_use_and_language(index, asking):
    hit = index.search(asking("propp")).hits[0]
    assert (hit.number, hit.code, hit.text, hit.use, hit.language) == (2, "A10", "Propp i hjärtat", "synonym", "sv")
    hit = index.search(asking("infarction")).hits[0]
    assert (hit.text, hit.use, hit.language) == ("Myocardial infarction", "display", "en")


def test_one_hit_for_each_concept(index, asking):
    result = index.search(asking("njure sten"))
    assert [hit.code for hit in result.hits] == ["D42"]
    assert result.total == 1


def test_words_spread_over_the_texts_of_a_concept(index, codes):
    assert codes(index, "laparoskopisk titthål") == ["JEA01"]


def test_language(index, codes):
    assert codes(index, "infarction", language="en") == ["A10"]
    assert codes(index, "infarction", language="sv") == []
    assert codes(index, "hjärtinfarkt", language="en") == []


def test_region_of_a_language_does_not_count(make, entry, codes):
    plain = entry(1, "A1", "Fracture")
    texts = (Text("Fractures of the arm", "display", "en-GB", plain.texts[0].spans),)
    index = make([type(plain)(1, "A1", "A1", "", "A1", plain.states, texts)])
    assert codes(index, "fracture", language="en") == ["A1"]


def test_pages(index, asking, codes):
    whole = codes(index, "a", limit=100)
    assert len(whole) == len(set(whole)) == index.search(asking("a", limit=0)).total
    for size in (1, 3, 7):
        pages = [codes(index, "a", limit=size, offset=at) for at in range(0, len(whole), size)]
        assert [code for page in pages for code in page] == whole
    assert codes(index, "a", offset=1000) == []


def test_total_counts_all_concepts_of_many_texts(make, entry, asking):
    entries = [entry(n, f"X{n}", f"Term {n}", synonyms=tuple(f"Term {n} {k}" for k in range(9))) for n in range(60)]
    index = make(entries)
    result = index.search(asking("term", limit=50))
    assert result.total == 60
    assert len({hit.code for hit in result.hits}) == 50


def test_strict_search_stops_where_nothing_holds_all_words(index, codes):
    assert codes(index, "hjärtinfrakt", lenient=False) == []
    assert codes(index, "akut buk xyzzy", lenient=False) == []
    assert codes(index, "akut buk", lenient=False) == ["E52"]


@pytest.mark.parametrize("query", ["", " ", "?*", "\"'", "\x00\x01", "😀", "xyzzy", "()[]{}^~:AND OR NOT"])
def test_nothing_to_find(index, asking, query):
    result = index.search(asking(query))
    assert (result.total, list(result.hits), result.suggestion) == (0, [], None)


def test_small_words_alone_are_searched_for(index, codes):
    assert codes(index, "att") == ["C32"]
    assert codes(index, "och") == ["C31"]
    assert codes(index, "och naglar") == codes(index, "naglar")
