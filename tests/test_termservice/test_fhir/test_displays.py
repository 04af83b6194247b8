"""Whether a display is one of its code's names, in the languages asked for."""

from __future__ import annotations

from typing import Any

import pytest

from termservice.fhir.model import Json
from tests.test_termservice.test_fhir.tiny import SYSTEM, code_system, concept, include, value_set
from tests.test_termservice.test_fhir.validations import FORMS, Told, form, known, member

STATUS = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"
URL = "http://example.org/all"
ANIMALS = code_system(
    concept(
        "dog",
        designation=[
            {"language": "sv", "value": "Hund"},
            {"language": "de-AT", "value": "Köter"},
            {"language": "en", "value": "Hound", "use": {"system": "http://example.org/uses", "code": "old"}},
            {"language": "en", "value": "Wolf", "extension": [{"url": STATUS, "valueCode": "withdrawn"}]},
        ],
    ),
    concept("cat", display="Domestic cat"),
    concept("yak", display=""),
    language="en",
)
NAMELESS = code_system(concept("dog"))
WRONG, SPACES = (f"Display_Name_{kind}for__should_be_one_of__instead_of" for kind in ("", "WS_"))
NONE, DEFAULT = (f"NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_{kind}" for kind in ("ERR", "OK"))


def ask(code: str, display: str, *, within: Json | None = None, animals: Json = ANIMALS, **more: Any) -> Told:
    """A coding with a display, validated against all of the code system."""
    valueset = value_set(include(), url=URL) if within is None else within
    return member(valueset, form("coding", code, display=display), animals, **more)


@pytest.mark.parametrize(
    ("display", "languages", "ids", "result", "shown"),
    [
        ("Dog", "", [], True, "Dog"),
        ("dog", "", [], True, "Dog"),
        ("Hund", "", [], True, "Dog"),
        ("Hound", "", [], True, "Dog"),
        ("Cat", "", [WRONG], False, "Dog"),
        ("Hund", "sv", [], True, "Hund"),
        ("Hund", "sv-FI", [], True, "Hund"),
        ("Köter", "de", [], True, "Köter"),
        ("Hund", "en,sv;q=0.5", [], True, "Dog"),
        ("Hund", "en", [WRONG], False, "Dog"),
        ("Dog", "sv", [WRONG], False, "Hund"),
        ("Dog", "fr", [DEFAULT], True, "Dog"),
        ("Dig", "fr", [NONE], False, "Dog"),
        ("Wolf", "", ["INACTIVE_DISPLAY_FOUND"], True, "Dog"),
    ],
)
def test_names_and_languages(display: str, languages: str, ids: list[str], result: bool, shown: str) -> None:
    told = ask("dog", display, **({"displayLanguage": languages} if languages else {}))
    assert (told.ids, told["result"], told["display"]) == (ids, result, shown)


def test_wording() -> None:
    start = f"Wrong Display Name 'Cat' for {SYSTEM}#dog."
    named = "Valid display is one of 3 choices: 'Dog' (en), 'Hund' (sv) or 'Köter' (de-AT)"
    assert ask("dog", "Cat")["message"] == f"{start} {named} (for the language(s) '--')"
    told = ask("dog", "Cat", displayLanguage="sv, sv-FI")
    assert told["message"] == f"{start} Valid display is 'Hund' (sv) (for the language(s) 'sv, sv-FI')"
    told = ask("dog", "Cat", displayLanguage="fr")
    none = "There are no valid display names found for language(s) 'fr'. Default display is 'Dog'"
    assert told["message"] == f"{start} {none}"
    told = ask("dog", "Dog", displayLanguage="fr")
    assert told["message"] == (
        f"There are no valid display names found for the code {SYSTEM}#dog for language(s) 'fr'. The display is 'Dog' "
        "which is a valid display for the default language"
    )
    told = ask("cat", "Cat", animals=code_system(concept("cat")))
    assert told.issues == []
    told = ask("dog", "Cat", animals=NAMELESS)
    assert told["message"] == f"{start} Valid display is 'Dog' (for the language(s) '--')"
    told = ask("dog", "Wolf", displayLanguage="sv")
    assert told.texts == [
        "'Wolf' is no longer considered a correct display for code 'dog' (status = deprecated). "
        "The correct display is one of Hund."
    ]
    assert told["message"] is None


def test_white_space_matters() -> None:
    told = ask("cat", "Domestic  cat")
    assert (told["result"], told.ids) == (False, [SPACES])
    assert told["message"].startswith(f"Wrong whitespace in Display Name 'Domestic  cat' for {SYSTEM}#cat.")


@pytest.mark.parametrize("name", FORMS)
def test_where_it_stands_and_lenience(name: str) -> None:
    path = {"code": "display", "coding": "Coding.display"}.get(name, "CodeableConcept.coding[0].display")
    sent = form(name, "dog", display="Cat")
    within = value_set(include(), url=URL)
    told = member(within, sent, ANIMALS)
    assert told.issue(WRONG) == ("error", "invalid", "invalid-display", path)
    told = member(within, sent, ANIMALS, lenient_display_validation=True)
    assert told.issue(WRONG) == ("warning", "invalid", "invalid-display", path)
    assert (told["result"], told["message"]) == (True, told.texts[0])
    told = member(within, sent, ANIMALS, valueset_membership_only=True)
    assert (told["result"], told.ids) == (True, [])


def test_the_languages_of_the_value_set_count_last() -> None:
    parameter = "http://hl7.org/fhir/tools/StructureDefinition/valueset-expansion-parameter"
    named = [{"url": "name", "valueCode": "displayLanguage"}, {"url": "value", "valueCode": "sv"}]
    asking = value_set(include(), url=URL, extension=[{"url": parameter, "extension": named}])
    written = value_set(include(), url=URL, language="sv")
    for within in (asking, written):
        assert ask("dog", "Hund", within=within)["display"] == "Hund"
        assert ask("dog", "Dog", within=within)["result"] is False
        assert ask("dog", "Dog", within=within, displayLanguage="en")["display"] == "Dog"
    assert ask("dog", "Dog", within=written, accept_language="en, *;q=0.5")["display"] == "Dog"
    assert ask("dog", "Dog", within=asking, accept_language="en")["result"] is False
    assert ask("dog", "Dog", accept_language="no language at all")["result"] is True


def test_what_the_value_set_says_of_a_code_goes_first() -> None:
    listed = {"code": "dog", "display": "Our dog", "designation": [{"language": "sv", "value": "Vår hund"}]}
    within = value_set({"system": SYSTEM, "concept": [listed]}, url=URL)
    for display in ("Our dog", "Vår hund", "Dog", "Hund"):
        told = ask("dog", display, within=within)
        assert (told["result"], told["display"]) == (True, "Our dog"), display
    assert ask("dog", "Vår hund", within=within, displayLanguage="sv")["display"] == "Vår hund"


def test_supplements_add_names() -> None:
    french = concept("dog", display="", designation=[{"language": "fr", "value": "Chien"}])
    more = code_system(french, url="http://example.org/french", content="supplement", supplements=SYSTEM)
    asked = {"displayLanguage": "fr"}
    told = ask("dog", "Chien", **asked)
    assert told["result"] is False
    valueset = value_set(include(), url=URL)
    told = member(valueset, form("code", "dog", display="Chien"), ANIMALS, more, useSupplement=more["url"], **asked)
    assert (told["result"], told["display"]) == (True, "Chien")


def test_a_code_outside_the_value_set_has_its_display_checked_all_the_same() -> None:
    told = ask("dog", "Cat", within=value_set(include(SYSTEM, "cat"), url=URL))
    assert told.ids == [WRONG, "None_of_the_provided_codes_are_in_the_value_set_one"]
    assert told["display"] == "Dog"


def test_of_a_code_system() -> None:
    assert known(form("code", "dog", display="Hund"), ANIMALS)["result"] is True
    assert known(form("code", "dog", display="Cat"), ANIMALS).ids == [WRONG]
    told = known(form("code", "yak", display="Yak"), ANIMALS)
    assert (told["result"], told.ids) == (False, [NONE])
