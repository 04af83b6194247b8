"""Compounds are split by the vocabulary, and by nothing else."""

import pytest

from index.compounds import Compounds, vocabulary

WORDS = (
    *("fraktur", "lårben", "lår", "ben", "förmak", "flimmer", "hjärta", "infarkt", "sten", "njure", "gata", "miljö"),
    *("höft", "led", "protes", "operation", "tunntarm", "resektion", "mitralklaff", "med", "sår"),
)


@pytest.fixture(scope="module")
def compounds():
    return Compounds(vocabulary(WORDS))


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("lårbensfraktur", ("lårb", "fraktur")),
        ("förmaksflimmer", ("förmak", "flimm")),
        ("hjärtinfarkten", ("hjärt", "infark")),
        ("njursten", ("njur", "sten")),
        ("gatumiljö", ("gat", "miljö")),
        ("tunntarmsresektionen", ("tunntarm", "resektion")),
        ("höftledsprotesoperation", ("höft", "led", "prot", "operation")),
        ("mitralklaffsoperation", ("mitralklaff", "operation")),
    ],
)
def test_split(compounds, word, parts):
    assert compounds.split(word) == parts or compounds.finest(word) == parts


@pytest.mark.parametrize("word", ["", "sår", "kolecystit", "infarkt", "12345678", "medsten", "lårxyz"])
def test_no_split(compounds, word):
    assert compounds.split(word) == ()


def test_parts_of_all_levels(compounds):
    assert compounds.parts("lårbensfraktur") == {"lårb", "lår", "ben", "fraktur"}
    assert compounds.finest("lårbensfraktur") == ("lår", "ben", "fraktur")


def test_one_known_part_tells_the_other():
    compounds = Compounds(vocabulary(["sår", "trycksår"]))
    assert compounds.split("trycksår") == ()
    assert {"tryck", "sår"} <= compounds.parts("trycksår")


def test_parts_that_never_stand_alone():
    words = ["infarkt", "tumör", "skada", "hjärninfarkt", "hjärntumör", "hjärnskada", "blödning"]
    assert Compounds(vocabulary(words)).split("hjärnblödning") == ("hjärn", "blödning")
    assert Compounds(vocabulary(words[:4] + words[-1:])).split("hjärnblödning") == ()


def test_heads(compounds):
    assert list(compounds.heads("myokardinfarkten")) == ["infark"]
    assert list(compounds.heads("kolecystit")) == []
    assert list(compounds.heads("infarkt")) == []


def test_halves(compounds):
    halves = list(compounds.halves("lårbensfrakutr", 4))
    assert ("lårbens", "frakutr", True) in halves
    assert all(known_first for _, _, known_first in halves)
    assert ("lårbenz", "fraktur", False) in compounds.halves("lårbenzfraktur", 4)


def test_bounded_for_long_words(compounds):
    assert compounds.split("ben" * 20) is not None
