"""Highlighting, languages and names: the small functions behind the pages."""

from __future__ import annotations

import pytest

from termservice.web.highlighting import highlight
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
    ],
)
def test_what_was_typed_is_marked_in_what_was_found(text: str, query: str, marked: str) -> None:
    assert str(highlight(text, query)) == marked


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
