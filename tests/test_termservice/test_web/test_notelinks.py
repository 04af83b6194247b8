"""Codes in prose: what is taken for one, and what becomes a link."""

from __future__ import annotations

import pytest

from termservice.web.notelinks import linked, mentions, spellings

KNOWN = {
    "A00": ("A00", "Kolera"), "B99": ("B99", "Andra"), "E10-E14": ("E10-E14", "Diabetes"), "M05.1": ("M05.1", "Reuma"),
    "E10.2": ("E10.2", 'Med "njurar"'), "b110": ("b110", "Medvetande"), "A": ("A", "Bokstav"),
}  # fmt: skip


def hrefs(text: str) -> str:
    return str(linked(text, KNOWN, lambda code: f"/x/{code}"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kolera (A00.0)", ["A00.0"]),
        ("se A00.0.", ["A00.0"]),
        ("E10.2†, E11.2† och G01*", ["E10.2", "E11.2", "G01"]),
        ("M05.1- och I20–", ["M05.1", "I20"]),
        ("DA001/AAB00", ["DA001", "AAB00"]),
        ("SA1.AA.ZZ och XN6P4 och 1A00", ["SA1.AA.ZZ", "XN6P4", "1A00"]),
        ("b110 men inte c110", ["b110"]),
        ("V01.00 U98.4A", ["V01.00", "U98.4A"]),
        ("HLA-B27, ICD-10, B12-brist, år 2021, 10-20 mg, a1", []),
        ("1994", []),
        ("", []),
    ],
)
def test_what_has_the_shape_of_a_code(text: str, found: list[str]) -> None:
    assert [each.spellings[0] for each in mentions(text)] == found


@pytest.mark.parametrize("text", ["A00-B99", "A00–B99", "A00 – B99", "(A00†-B99*)"])
def test_a_range_is_looked_up_as_a_code_and_by_its_ends(text: str) -> None:
    assert [each.spellings for each in mentions(text)] == [("A00-B99", "A00", "B99")]


def test_a_range_that_is_a_code_is_one_link_and_of_another_the_ends_are() -> None:
    assert hrefs("E10–E14") == '<a class="code" href="/x/E10-E14" title="Diabetes">E10–E14</a>'
    assert hrefs("A00-B98") == '<a class="code" href="/x/A00" title="Kolera">A00</a>-B98'
    assert hrefs("A00-B99").count("<a ") == 2


def test_only_what_is_known_is_linked_and_all_is_escaped() -> None:
    assert hrefs("<b>A00</b> & C99") == (
        '&lt;b&gt;<a class="code" href="/x/A00" title="Kolera">A00</a>&lt;/b&gt; &amp; C99'
    )
    assert 'title="Med &#34;njurar&#34;"' in hrefs("E10.2†")
    assert ">E10.2†</a>" in hrefs("E10.2†")
    assert ">M05.1-</a>," in hrefs("M05.1-, annat")
    assert hrefs("A") == "A"


def test_the_spellings_of_several_texts_are_each_asked_for_once() -> None:
    assert spellings(["A00 och B99", "A00-B99", "A00"]) == ["A00", "B99", "A00-B99"]


def test_long_texts_are_read_in_one_go() -> None:
    text = "A" * 5000 + "1" * 5000 + "-" * 5000 + "A00.1." * 2000
    assert linked(text, {}, lambda code: code) == text
