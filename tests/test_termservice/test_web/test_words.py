"""Highlighting, languages and names: the small functions behind the pages."""

from __future__ import annotations

import pytest

from termservice.web.highlighting import highlight, highlight_code
from termservice.web.languages import accepted
from termservice.web.texts import number, system_name


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Akut hjärtinfarkt", "akut hjärt", "<mark>Akut</mark> <mark>hjärt</mark>infarkt"),
        ("Akut hjärtinfarkt", "infarkt", "Akut hjärt<mark>infarkt</mark>"),
        ("Akut hjärtinfarkt", "hjärtinfarkter", "Akut <mark>hjärtinfarkt</mark>"),
        ("Akut hjärtinfarkt", "in", "Akut hjärtinfarkt"),
        ("Akut hjärtinfarkt", "akne", "Akut hjärtinfarkt"),
        ("Ål och ö", "ål", "<mark>Ål</mark> och ö"),
        ("a < b & c", "b", "a &lt; <mark>b</mark> &amp; c"),
        ("<b>fet</b>", "b", "&lt;<mark>b</mark>&gt;fet&lt;/<mark>b</mark>&gt;"),
        ("ord", "", "ord"),
        ("ord", "ordning o", "<mark>o</mark>rd"),
        ("İstanbul kvar", "kvar", "İstanbul <mark>kvar</mark>"),
        ("Akut hjärtinfarkt", "hjartinf", "Akut <mark>hjärtinf</mark>arkt"),
        ("Akut hjartinfarkt", "hjärtinf", "Akut hjartinfarkt"),
        ("Ménières sjukdom", "meniere", "<mark>Ménière</mark>s sjukdom"),
    ],
)
def test_what_was_typed_is_marked_in_what_was_found(text: str, query: str, marked: str) -> None:
    assert str(highlight(text, query)) == marked


@pytest.mark.parametrize(
    ("text", "query", "most", "marked"),
    [
        ("ett två tre", "tre", 100, "ett två <mark>tre</mark>"),
        ("ett två tre fyra fem sex", "ett", 10, "<mark>ett</mark> två…"),
        ("ett två tre fyra fem sex", "fem", 10, "…fyra <mark>fem</mark>…"),
        ("ett två tre fyra fem sex sju åtta", "fem", 12, "…fyra <mark>fem</mark>…"),
        ("ett två tre fyra fem sex", "sju", 10, "ett två…"),
        ("e" * 30, "e", 10, "<mark>e</mark>" + "…"),
    ],
)
def test_of_a_long_text_what_is_around_the_first_word_found_is_shown(
    text: str, query: str, most: int, marked: str
) -> None:
    assert str(highlight(text, query, most)) == marked


@pytest.mark.parametrize(
    ("code", "query", "marked"),
    [
        ("I21.9", "i219", "<mark>I21.9</mark>"),
        ("I21.9", "I21", "<mark>I21</mark>.9"),
        ("I21.9", "i 21", "<mark>I21</mark>.9"),
        ("SA1.AA.ZZ", "sa1aa", "<mark>SA1.AA</mark>.ZZ"),
        ("KMÅ:AA", "aa", "KMÅ:<mark>AA</mark>"),
        ("I21.9", "hjärta i21", "<mark>I21</mark>.9"),
        ("I21.9", "", "I21.9"),
        ("I21.9", "...", "I21.9"),
        ("A&B", "x", "A&amp;B"),
    ],
)
def test_what_was_typed_of_a_code_is_marked(code: str, query: str, marked: str) -> None:
    assert str(highlight_code(code, query)) == marked


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", ()),
        ("sv", ("sv",)),
        ("en;q=0.5, sv", ("sv", "en")),
        ("en, sv;q=0", ("en",)),
        ("sv-SE,sv;q=0.9,en-US;q=0.8,*;q=0.1", ("sv-SE", "sv", "en-US")),
        ("nonsense!, sv", ("sv",)),
    ],
)
def test_accept_language(header: str, tags: tuple[str, ...]) -> None:
    assert accepted(header) == tags


def test_names_and_numbers() -> None:
    assert [system_name(each) for each in ("icd-10-se", "kva")] == ["ICD-10-SE", "KVÅ"]
    assert number(38928) == "38\u00a0928"
