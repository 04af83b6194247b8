"""Which of a concept's names is shown."""

from __future__ import annotations

import pytest

from termservice.fhir.issues import Failure
from termservice.fhir.languages import PREFERRED, Languages
from termservice.fhir.model import Coding, Designation, Entry, Meta

SWEDISH = Meta("http://example.org/animals", language="sv")
UNSTATED = Meta("http://example.org/animals")
HORSE = Entry(
    "horse",
    "häst",
    designations=(
        Designation("horse", "en"),
        Designation("steed", "en-GB"),
        Designation("Pferd", "de-CH"),
        Designation("hoss", "en", Coding("http://example.org/uses", "slang")),
    ),
)
BARE = Entry("horse", "häst")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", "häst"),
        ("sv", "häst"),
        ("en", "horse"),
        ("EN", "horse"),
        ("en-GB", "steed"),
        ("en-US", "horse"),
        ("de", "Pferd"),
        ("fr", "häst"),
        ("fr, en;q=0.5, de;q=0.8", "Pferd"),
        ("fr, *;q=0", None),
        ("fr, sv;q=0", None),
        ("fr;q=0", "häst"),
        ("en,*", "horse"),
        ("sv-SE", "häst"),
        ("en ; q=0.3 , sv ; q=0.4", "häst"),
    ],
)
def test_display(asked: str, shown: str | None) -> None:
    assert Languages.parse(asked).display(HORSE, SWEDISH) == shown


def test_a_name_without_language_gives_way_to_one_that_fits_and_is_never_refused() -> None:
    assert Languages.parse("en").display(HORSE, UNSTATED) == "horse"
    assert Languages.parse("fr, *;q=0").display(HORSE, UNSTATED) == "häst"


def test_what_has_no_display_is_shown_by_its_first_name() -> None:
    nameless = Entry("horse", designations=HORSE.designations)
    assert Languages.parse("").display(nameless, SWEDISH) == "horse"
    assert Languages.parse("fr").display(nameless, SWEDISH) == "horse"
    assert Languages.parse("fr,*;q=0").display(nameless, SWEDISH) is None
    assert Languages.parse("").display(Entry("horse"), SWEDISH) is None


def test_designations_are_the_names_beside_the_one_shown() -> None:
    assert Languages.parse("sv").designations(HORSE, SWEDISH) == list(HORSE.designations)
    beside = Languages.parse("de").designations(HORSE, SWEDISH)
    assert beside[0] == Designation("häst", "sv", PREFERRED)
    assert [each.value for each in beside[1:]] == ["horse", "steed", "hoss"]


def test_a_display_that_may_not_be_shown_is_a_designation() -> None:
    assert Languages.parse("fr,*;q=0").designations(BARE, SWEDISH) == [Designation("häst", "sv", PREFERRED)]


def test_fits_and_allows() -> None:
    languages = Languages.parse("de, it;q=0")
    assert [languages.fits(tag) for tag in ("de", "de-CH", "it", "")] == [True, True, False, False]
    assert [languages.allows(tag) for tag in ("de", "fr", "it", "")] == [True, True, False, True]
    assert Languages.parse("").fits("fi")


@pytest.mark.parametrize("text", ["-", "en;q=2", "e n", "en;", "toolongforalanguage", "sv;q=0.5;q=1"])
def test_what_is_no_list_of_languages(text: str) -> None:
    with pytest.raises(Failure, match="Invalid displayLanguage"):
        Languages.parse(text)
    assert not Languages.header(text)
