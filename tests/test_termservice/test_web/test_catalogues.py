"""The texts of the pages: every language has them all, in the same shape, and each is used."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from termservice.web import catalogues
from termservice.web.catalogues import LANGUAGES, catalogue

WEB = Path(catalogues.__file__).parent
MADE = (
    "change.", "compare.from", "compare.source_", "compare.to", "error.", "feed.count.", "level.", "mark.asterisk",
    "mark.dagger",
    "matched.", "nav.", "note.", "property.", "reason.", "relationship.", "standing.", "use.",
)  # fmt: skip
"""Texts whose names are put together from what the service answers."""


def used() -> set[str]:
    """The names of texts that templates and code ask for literally, also one of several (`t("a" if x else "b")`)."""
    sources = [*WEB.glob("templates/*.html"), *WEB.glob("*.py")]
    calls = re.compile(r"""\b(?:t|tn|text|plural)\(\s*(["'][^()]*)""")
    names = re.compile(r"""(?:^|if |else )["']([\w.-]+)["'](?! ~)""")
    arguments = [each for path in sources for each in calls.findall(path.read_text("utf-8"))]
    return {name for each in arguments for name in names.findall(each.partition(",")[0])}


def values_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_language_has_every_text_in_the_same_forms_with_the_same_values() -> None:
    first, *others = (catalogue(language) for language in LANGUAGES)
    for other in others:
        assert first.names() == other.names()
        for name in first.names():
            assert len(first.forms(name)) == len(other.forms(name)), name
            for one, another in zip(first.forms(name), other.forms(name), strict=True):
                assert values_of(one) == values_of(another), name
                assert one.strip(), name
                assert another.strip(), name


def test_every_text_asked_for_exists_and_every_text_is_asked_for() -> None:
    names = catalogue(LANGUAGES[0]).names()
    assert used() - names == set()
    assert {name for name in names if not name.startswith(MADE)} - used() == set()


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("sv", 1, "1 träff på ”x”"), ("sv", 2, "2 träffar på ”x”"), ("sv", 0, "0 träffar på ”x”"),
        ("en", 1, "1 result for “x”"), ("en", 2, "2 results for “x”"),
    ],
)  # fmt: skip
def test_a_count_takes_its_form(language: str, count: int, expected: str) -> None:
    assert catalogue(language).plural("results.count", count, count=count, query="x") == expected


def test_a_name_without_a_text_is_an_error() -> None:
    with pytest.raises(KeyError):
        catalogue("sv").text("no.such.text")
    assert "no.such.text" not in catalogue("sv")
