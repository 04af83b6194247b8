"""ValueSet/$validate-code and CodeSystem/$validate-code over code systems that come with the request."""

from __future__ import annotations

from typing import Any

import pytest

from termservice.fhir.issues import Failure
from termservice.fhir.model import Json
from tests.test_termservice.test_fhir.tiny import SYSTEM, code_system, concept, filtered, include, value_set
from tests.test_termservice.test_fhir.validations import FORMS, Told, concept_of, form, known, member, validated

URL = "http://example.org/all"
OTHER = "http://example.org/plants"
STATUS = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"
ANIMALS = code_system(
    concept("animal", concept("dog", concept("beagle")), concept("bird"), properties={"notSelectable": True}),
    concept("dodo", properties={"status": "code:retired"}),
    concept("auk", properties={"inactive": True}),
    concept("quagga", extension=[{"url": STATUS, "valueCode": "deprecated"}]),
)
PLANTS = code_system(concept("oak"), concept("dog", display="Dog rose"), url=OTHER)
PATHS = {"code": "", "coding": "Coding.", "codeableConcept": "CodeableConcept.coding[0]."}
NOT_IN = "None_of_the_provided_codes_are_in_the_value_set_one"


def all_of(system: str = SYSTEM, **more: Any) -> dict[str, Any]:
    return value_set(include(system), url=URL, **more)


def ask(name: str, code: str, system: str = SYSTEM, /, within: Json | None = None, **more: Any) -> Told:
    return member(all_of() if within is None else within, form(name, code, system), ANIMALS, PLANTS, **more)


@pytest.mark.parametrize("name", FORMS)
def test_a_code_of_the_value_set(name: str) -> None:
    told = ask(name, "dog")
    assert (told["result"], told["code"], told["system"], told["version"]) == (True, "dog", SYSTEM, "1.0.0")
    assert (told["display"], told.issues, told["message"], told["inactive"]) == ("Dog", [], None, None)
    assert told["codeableConcept"] == (dict(form(name, "dog"))["codeableConcept"] if "C" in name else None)


@pytest.mark.parametrize("name", FORMS)
def test_a_code_that_is_none(name: str) -> None:
    told = ask(name, "dgo")
    assert told["result"] is False
    assert told.issue("Unknown_Code_in_Version") == ("error", "code-invalid", "invalid-code", PATHS[name] + "code")
    unknown = f"Unknown code 'dgo' in the CodeSystem '{SYSTEM}' version '1.0.0'"
    outside = f"The provided code '{SYSTEM}#dgo' was not found in the value set '{URL}'"
    if name == "codeableConcept":
        assert told["message"] == f"No valid coding was found for the value set '{URL}'; {unknown}"
        assert told.issue("TX_GENERAL_CC_ERROR_MESSAGE") == ("error", "code-invalid", "not-in-vs", "")
        assert told.issue(NOT_IN) == ("information", "code-invalid", "this-code-not-in-vs", PATHS[name] + "code")
        assert told["code"] is None
    else:
        assert told["message"] == f"{outside}; {unknown}"
        assert told.issue(NOT_IN) == ("error", "code-invalid", "not-in-vs", PATHS[name] + "code")
        assert told["code"] == "dgo"


@pytest.mark.parametrize("name", FORMS)
def test_a_code_of_the_code_system_alone(name: str) -> None:
    within = value_set(include(SYSTEM, "bird"), url=URL, version="2")
    told = ask(name, "dog", within=within)
    assert told["result"] is False
    assert f"The provided code '{SYSTEM}#dog' was not found in the value set '{URL}|2'" in told.texts
    assert told.ids == sorted([NOT_IN, *(["TX_GENERAL_CC_ERROR_MESSAGE"] if name == "codeableConcept" else [])])


def test_what_was_sent_is_named_with_version_and_display() -> None:
    sent = form("coding", "oak", OTHER, "1.0.0", "Oak")
    told = member(all_of(), sent, ANIMALS, PLANTS)
    assert told.texts == [f"The provided code '{OTHER}|1.0.0#oak ('Oak')' was not found in the value set '{URL}'"]


def test_one_coding_of_a_concept_is_enough_but_all_must_be_codes() -> None:
    dog, oak = ({"system": SYSTEM, "code": "dog"}, {"system": OTHER, "code": "oak"})
    told = member(all_of(), [concept_of(oak, dog)], ANIMALS, PLANTS)
    assert (told["result"], told["code"], told.ids) == (True, "dog", [NOT_IN])
    assert told["codeableConcept"]["text"] == "as it was written"
    told = member(all_of(), [concept_of({**oak, "code": "oka"}, dog)], ANIMALS, PLANTS)
    assert (told["result"], told["code"], told.ids) == (False, "dog", [NOT_IN, "Unknown_Code_in_Version"])
    told = member(all_of(), [concept_of({**oak, "code": "oka"}, dog)], ANIMALS, PLANTS, valueset_membership_only=True)
    assert (told["result"], told.ids) == (True, [NOT_IN])
    told = member(all_of(), [("codeableConcept", {"text": "a dog"})], ANIMALS)
    assert told["message"] == f"No valid coding was found for the value set '{URL}'"


@pytest.mark.parametrize("name", FORMS)
def test_an_unknown_code_system(name: str) -> None:
    told = ask(name, "x", "http://example.org/none")
    assert told.issue("UNKNOWN_CODESYSTEM") == ("error", "not-found", "not-found", PATHS[name] + "system")
    assert (told["result"], told["x-unknown-system"]) == (False, "http://example.org/none")
    assert NOT_IN in told.ids
    of_it = ask(name, "x", "http://example.org/none", within=all_of("http://example.org/none"))
    assert of_it.ids == ["UNKNOWN_CODESYSTEM"]
    assert of_it["x-caused-by-unknown-system"] == "http://example.org/none"
    assert of_it["x-unknown-system"] is None


def test_an_unknown_version_of_an_unknown_code_system() -> None:
    told = member(all_of(), form("coding", "x", "http://example.org/none", "7"), ANIMALS)
    assert told.ids == [NOT_IN, "UNKNOWN_CODESYSTEM_VERSION_NONE"]
    assert told["x-unknown-system"] == "http://example.org/none"
    told = member(all_of(), form("coding", "oak", OTHER, "7"), ANIMALS, PLANTS)
    assert told.ids == [NOT_IN, "UNKNOWN_CODESYSTEM_VERSION"]
    assert told["x-unknown-system"] == OTHER + "|7"


def test_code_systems_of_the_value_set_that_do_not_matter_may_be_unknown() -> None:
    within = value_set(include("http://example.org/none"), include(), url=URL)
    assert ask("coding", "dog", within=within)["result"] is True
    assert ask("coding", "dgo", within=within).ids == [NOT_IN, "Unknown_Code_in_Version"]


def test_what_is_no_code_system() -> None:
    told = ask("coding", "dog", "animals")
    assert told.ids == [NOT_IN, "Terminology_TX_System_Relative", "UNKNOWN_CODESYSTEM"]
    assert told.issue("Terminology_TX_System_Relative") == ("error", "invalid", "invalid-data", "Coding.system")
    told = member(all_of(), form("coding", "dog", URL), ANIMALS, all_of())
    assert told.ids == [NOT_IN, "Terminology_TX_System_ValueSet2"]
    supplement = code_system(url="http://example.org/more", content="supplement", supplements=SYSTEM, version="3")
    told = member(all_of(), form("coding", "dog", "http://example.org/more"), ANIMALS, supplement)
    assert told.ids == ["CODESYSTEM_CS_NO_SUPPLEMENT", NOT_IN]
    told = known([("url", "http://example.org/more"), ("code", "dog")], supplement)
    assert told.texts == [
        "CodeSystem http://example.org/more|3 is a supplement, so can't be used as a value in Coding.system"
    ]
    assert told.issue("CODESYSTEM_CS_NO_SUPPLEMENT")[3] == "system"


def test_a_coding_without_a_system() -> None:
    told = member(all_of(), [("coding", {"code": "dog"})], ANIMALS)
    assert told.ids == ["Coding_has_no_system__cannot_validate", NOT_IN]
    issue = told.issue("Coding_has_no_system__cannot_validate")
    assert issue == ("warning", "invalid", "invalid-data", "Coding")
    assert (told["result"], told["system"]) == (False, None)


def test_the_system_is_inferred_where_only_one_can_be_meant() -> None:
    both = value_set(include(), include(OTHER), url=URL)
    asked = {"inferSystem": True}
    told = member(both, [("code", "oak")], ANIMALS, PLANTS, **asked)
    assert (told["result"], told["system"]) == (True, OTHER)
    told = member(both, [("code", "dog")], ANIMALS, PLANTS, **asked)
    assert told.ids == [NOT_IN, "Unable_to_resolve_system__value_set_has_multiple_matches"]
    start = f"The System URI could not be determined for the code 'dog' in the ValueSet '{URL}'"
    assert f"{start}: value set expansion has multiple matches: [{SYSTEM}, {OTHER}]" in told.texts
    told = member(both, [("code", "ash")], ANIMALS, PLANTS, **asked)
    assert told.issue("UNABLE_TO_INFER_CODESYSTEM") == ("error", "not-found", "cannot-infer", "code")
    assert told["system"] is None


@pytest.mark.parametrize("name", FORMS)
def test_abstract_codes_may_be_refused(name: str) -> None:
    assert ask(name, "animal")["result"] is True
    told = ask(name, "animal", abstract=False)
    assert told["result"] is False
    abstract = told.issue("ABSTRACT_CODE_NOT_ALLOWED")
    assert abstract == ("error", "business-rule", "code-rule", PATHS[name] + "code")
    assert NOT_IN in told.ids
    assert ask(name, "dog", abstract=False)["result"] is True


@pytest.mark.parametrize(
    ("code", "status", "named"), [("dodo", "retired", "retired and inactive"), ("auk", None, "inactive")]
)
def test_inactive_codes_are_noted_and_may_be_refused(code: str, status: str | None, named: str) -> None:
    told = ask("coding", code)
    assert (told["result"], told["inactive"], told["status"]) == (True, True, status)
    assert told["message"] == f"The concept '{code}' has a status of {named} and its use should be reviewed"
    assert told.issue("INACTIVE_CONCEPT_FOUND") == ("warning", "business-rule", "code-comment", "Coding")
    for refusing in (ask("coding", code, activeOnly=True), ask("coding", code, within=all_of(inactive=False))):
        assert refusing["result"] is False
        assert refusing.ids == ["INACTIVE_CONCEPT_FOUND", NOT_IN, "STATUS_CODE_WARNING_CODE"]
        assert refusing["inactive"] is True
    assert ask("coding", "dog", activeOnly=True)["result"] is True


def test_the_value_set_may_ask_for_active_codes_itself() -> None:
    parameter = "http://hl7.org/fhir/tools/StructureDefinition/valueset-expansion-parameter"
    asked = [{"url": "name", "valueCode": "activeOnly"}, {"url": "value", "valueBoolean": True}]
    within = all_of(extension=[{"url": parameter, "extension": asked}])
    assert ask("coding", "dodo", within=within)["result"] is False
    assert ask("coding", "dodo", within=within, activeOnly=False)["result"] is True


def test_deprecated_codes_are_noted() -> None:
    told = ask("coding", "quagga")
    assert (told["result"], told["status"], told["inactive"]) == (True, "deprecated", None)
    assert told.issue("DEPRECATED_CONCEPT_FOUND") == ("warning", "business-rule", "code-comment", "Coding")


@pytest.mark.parametrize(
    "extension",
    [
        {"url": "http://hl7.org/fhir/StructureDefinition/valueset-deprecated", "valueBoolean": True},
        {"url": STATUS, "valueCode": "deprecated"},
    ],
)
def test_codes_that_the_value_set_deprecates_are_noted(extension: Json) -> None:
    listed = {"system": SYSTEM, "concept": [{"code": "dog", "extension": [extension]}, {"code": "bird"}]}
    told = ask("coding", "dog", within=value_set(listed, url=URL))
    assert (told["result"], told.ids, told["message"]) == (True, ["CONCEPT_DEPRECATED_IN_VALUESET"], None)
    assert ask("coding", "bird", within=value_set(listed, url=URL)).ids == []


@pytest.mark.parametrize(
    ("head", "user", "said"),
    [
        ({"status": "draft"}, {}, "draft"),
        ({"status": "draft"}, {"status": "draft"}, None),
        ({"experimental": True}, {}, "experimental"),
        ({"experimental": True}, {"experimental": True}, None),
        ({"status": "retired"}, {"status": "draft"}, "retired"),
        ({"extension": [{"url": STATUS, "valueCode": "withdrawn"}]}, {}, "withdrawn"),
        ({"extension": [{"url": STATUS, "valueCode": "deprecated"}]}, {}, "deprecated"),
        ({"extension": [{"url": STATUS, "valueCode": "trial-use"}]}, {}, None),
    ],
)
def test_code_systems_that_are_not_settled_are_noted(head: Json, user: Json, said: str | None) -> None:
    animals = code_system(concept("dog"), **head)
    told = member({**all_of(), **user}, form("coding", "dog"), animals)
    expected = [f"Reference to {said} CodeSystem {SYSTEM}|1.0.0"] if said else []
    assert (told["result"], told.texts, told["message"]) == (True, expected, None)
    if said:
        issue = told.issue(f"MSG_{said.upper()}")
        assert issue == ("information", "business-rule", "status-check", "")


def test_value_sets_that_are_withdrawn_are_noted_through_imports() -> None:
    withdrawn = all_of(version="5", extension=[{"url": STATUS, "valueCode": "withdrawn"}])
    importing = value_set({"valueSet": [URL]}, url="http://example.org/importing")
    for asked in (withdrawn, importing):
        told = member(asked, form("coding", "dog"), ANIMALS, withdrawn)
        assert (told["result"], told.texts) == (True, [f"Reference to withdrawn ValueSet {URL}|5"])


def test_case_differences_where_case_does_not_matter() -> None:
    insensitive = code_system(concept("dog"), caseSensitive=False)
    told = member(all_of(), form("coding", "DOG"), insensitive)
    assert (told["result"], told["code"], told["normalized-code"]) == (True, "DOG", "dog")
    assert told.issue("CODE_CASE_DIFFERENCE") == ("information", "business-rule", "code-rule", "Coding.code")
    listed = value_set(include(SYSTEM, "Dog"), url=URL)
    assert member(listed, form("coding", "DOG"), insensitive)["result"] is True
    assert member(all_of(), form("coding", "DOG"), ANIMALS)["result"] is False


@pytest.mark.parametrize("name", FORMS)
def test_fragments_may_have_more_codes_than_they_show(name: str) -> None:
    fragment = code_system(concept("dog"), content="fragment")
    told = member(all_of(), form(name, "cat"), fragment)
    assert (told["result"], told["code"], told["display"], told["message"]) == (True, "cat", None, None)
    assert told.issue("UNKNOWN_CODE_IN_FRAGMENT") == ("warning", "code-invalid", "invalid-code", PATHS[name] + "code")
    imported = value_set({"valueSet": [URL]})
    assert member(imported, form(name, "cat"), fragment, all_of())["result"] is True
    listed = value_set(include(SYSTEM, "dog"), url=URL)
    assert member(listed, form(name, "cat"), fragment)["result"] is False
    assert known(form(name, "cat"), fragment)["result"] is True


@pytest.mark.parametrize("name", FORMS)
def test_an_import_that_is_unknown(name: str) -> None:
    told = ask(name, "dog", within=value_set({"valueSet": ["http://example.org/no|3"]}, url=URL))
    assert told["result"] is False
    assert told["message"] == "A definition for the value Set 'http://example.org/no|3' could not be found"
    assert told.ids == ["Unable_to_resolve_value_Set_"]


def test_contained_value_sets_and_excludes() -> None:
    contained = {"resourceType": "ValueSet", "id": "some", "compose": {"include": [include(SYSTEM, "dog", "bird")]}}
    within = value_set({"valueSet": ["#some"]}, exclude=[include(SYSTEM, "bird")], contained=[contained], url=URL)
    assert ask("coding", "dog", within=within)["result"] is True
    assert ask("coding", "bird", within=within).ids == [NOT_IN]


def test_filters() -> None:
    below = value_set(filtered("concept", "is-a", "dog"), url=URL)
    assert ask("coding", "beagle", within=below)["result"] is True
    assert ask("coding", "bird", within=below).ids == [NOT_IN]


@pytest.mark.parametrize(
    ("within", "more", "said"),
    [
        (
            {"url": "http://example.org/no"},
            {},
            "A definition for the value Set 'http://example.org/no' could not be found",
        ),
        ({"valueSet": value_set(filtered("concept", "is-a", ""))}, {}, "has no value"),
        ({"valueSet": all_of()}, {"useSupplement": "http://example.org/more"}, "Required supplement not found"),
        ({"valueSet": all_of()}, {"displayLanguage": "-"}, "Invalid displayLanguage: '-'"),
        ({"valueSet": all_of()}, {"abstract": "perhaps"}, "must be true or false"),
        ({"valueSet": all_of()}, {"coding": "dog"}, "A Coding is expected"),
        ({"valueSet": all_of()}, {"codeableConcept": "dog"}, "A CodeableConcept is expected"),
        ({}, {}, "'url'"),
    ],
)
def test_what_cannot_be_answered(within: dict[str, Any], more: dict[str, Any], said: str) -> None:
    sent = [*within.items(), *more.items(), *form("code", "dog"), ("tx-resource", ANIMALS)]
    with pytest.raises(Failure) as caught:
        validated(sent)
    assert said in str(caught.value)
    assert 400 <= caught.value.status < 500


def test_nothing_to_validate() -> None:
    for sent in ([], [("code", "dog")], [("system", SYSTEM)]):
        with pytest.raises(Failure, match="Unable to find code to validate"):
            member(all_of(), sent, ANIMALS)


def test_a_value_set_that_imports_itself() -> None:
    one = value_set({"valueSet": ["http://example.org/b"]}, url="http://example.org/a")
    other = value_set({"valueSet": ["http://example.org/a"]}, url="http://example.org/b")
    with pytest.raises(Failure, match="circularity"):
        member(one, form("coding", "dog"), ANIMALS, one, other)


@pytest.mark.parametrize("name", FORMS)
def test_a_code_of_a_code_system(name: str) -> None:
    told = known(form(name, "dog"), ANIMALS)
    assert (told["result"], told["display"], told["version"]) == (True, "Dog", "1.0.0")
    told = known(form(name, "dgo"), ANIMALS)
    assert (told["result"], told.ids) == (False, ["Unknown_Code_in_Version"])
    told = known(form(name, "animal"), ANIMALS, abstract=False)
    assert (told["result"], told.ids) == (False, ["ABSTRACT_CODE_NOT_ALLOWED"])
    told = known(form(name, "dog", "http://example.org/none"))
    assert (told["result"], told["x-caused-by-unknown-system"]) == (False, "http://example.org/none")


def test_the_code_system_may_come_with_the_request() -> None:
    sent = [("codeSystem", ANIMALS), ("code", "dog")]
    assert known(sent)["result"] is True
    with pytest.raises(Failure, match="None of the codings"):
        known([("url", SYSTEM), *form("coding", "oak", OTHER)], ANIMALS, PLANTS)


def test_a_coding_without_a_system_is_of_no_code_system() -> None:
    told = known([("coding", {"code": "dog"})], ANIMALS)
    assert (told["result"], told.ids) == (False, ["Coding_has_no_system__cannot_validate"])
    assert known([("coding", {"code": "dog"}), ("url", SYSTEM)], ANIMALS)["result"] is True
    assert known([concept_of({"code": "dog"}), ("url", SYSTEM)], ANIMALS)["result"] is True


def test_imports_upon_imports_end_in_a_refusal() -> None:
    chain = [
        value_set(*[{"valueSet": [f"http://example.org/{place + 1}"]}] * 2, url=f"http://example.org/{place}")
        for place in range(20)
    ]
    with pytest.raises(Failure, match="imports more than"):
        member(chain[0], form("coding", "dog"), ANIMALS, *chain, {**all_of(), "url": "http://example.org/20"})
