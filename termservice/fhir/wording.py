"""The issues of validation, in the words and with the message ids of the HL7 terminology ecosystem.

Source: the conformance tests of hl7.fhir.uv.tx-ecosystem. Every function makes one issue; `at` is where in the request
it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from termservice.fhir.issues import Failure, Issue
from termservice.fhir.model import Coding, Designation, Meta, ValueSet, canonical
from termservice.fhir.resolving import alternatives


def unknown_system(url: str, at: str) -> Issue:
    text = f"A definition for CodeSystem '{url}' could not be found, so the code cannot be validated"
    return Issue("error", "not-found", text, "not-found", at, "UNKNOWN_CODESYSTEM")


def unknown_version(url: str, version: str, known: Sequence[str], at: str) -> Issue:
    """`known`: the versions there are, perhaps none."""
    text = (
        f"A definition for CodeSystem '{url}' version '{version}' could not be found, so the code cannot be validated"
    )
    if known:
        text, message_id = f"{text}. Valid versions: {alternatives(known)}", "UNKNOWN_CODESYSTEM_VERSION"
    else:
        text, message_id = f"{text}. No versions of this code system are known", "UNKNOWN_CODESYSTEM_VERSION_NONE"
    return Issue("error", "not-found", text, "not-found", at, message_id)


def relative_system(at: str) -> Issue:
    text = "Coding.system must be an absolute reference, not a local reference"
    return Issue("error", "invalid", text, "invalid-data", at, "Terminology_TX_System_Relative")


def valueset_as_system(url: str, at: str) -> Issue:
    text = f"The Coding references a value set, not a code system ('{url}')"
    return Issue("error", "invalid", text, "invalid-data", at, "Terminology_TX_System_ValueSet2")


def supplement_as_system(supplement: Meta, at: str) -> Issue:
    text = f"CodeSystem {supplement.canonical} is a supplement, so can't be used as a value in Coding.system"
    return Issue("error", "invalid", text, "invalid-data", at, "CODESYSTEM_CS_NO_SUPPLEMENT")


def no_system(at: str) -> Issue:
    text = (
        "Coding has no system. A code with no system has no defined meaning, and it cannot be validated. "
        "A system should be provided"
    )
    return Issue("warning", "invalid", text, "invalid-data", at, "Coding_has_no_system__cannot_validate")


def not_inferred(code: str, valueset: ValueSet, found: Sequence[str], at: str) -> Issue:
    """`found`: the code systems the code may be of; none or several."""
    text = f"The System URI could not be determined for the code '{code}' in the ValueSet '{valueset.canonical}'"
    message_id = "UNABLE_TO_INFER_CODESYSTEM"
    if found:
        text = f"{text}: value set expansion has multiple matches: [{', '.join(found)}]"
        message_id = "Unable_to_resolve_system__value_set_has_multiple_matches"
    return Issue("error", "not-found", text, "cannot-infer", at, message_id)


def unknown_code(code: str, meta: Meta, at: str) -> Issue:
    text = f"Unknown code '{code}' in the CodeSystem {_named(meta)}"
    return Issue("error", "code-invalid", text, "invalid-code", at, "Unknown_Code_in_Version")


def unknown_in_fragment(code: str, meta: Meta, at: str) -> Issue:
    text = (
        f"Unknown Code '{code}' in the CodeSystem {_named(meta)} - note that the code system is labeled as a fragment, "
        "so the code may be valid in some other fragment"
    )
    return Issue("warning", "code-invalid", text, "invalid-code", at, "UNKNOWN_CODE_IN_FRAGMENT")


def not_an_expression(failure: Failure, at: str) -> Issue:
    """Why what looks like an expression of a code system's grammar is none."""
    return Issue("information", "code-invalid", str(failure), "invalid-code", at)


def unchecked_expression(at: str) -> Issue:
    text = (
        "The expression is grammatically correct and the concepts are valid, but the expression has not been checked "
        "against the SNOMED CT concept model (MRCM)"
    )
    return Issue("information", "informational", text, "process-note", at)


def not_in_valueset(coding: Coding, valueset: ValueSet, at: str, *, one_of_many: bool = False) -> Issue:
    """`one_of_many`: another coding beside it may be in the value set."""
    display = f" ('{coding.display}')" if coding.display else ""
    text = (
        f"The provided code '{canonical(coding.system, coding.version)}#{coding.code}{display}' was not found in the "
        f"value set '{valueset.canonical}'"
    )
    severity, kind = ("information", "this-code-not-in-vs") if one_of_many else ("error", "not-in-vs")
    return Issue(severity, "code-invalid", text, kind, at, "None_of_the_provided_codes_are_in_the_value_set_one")


def none_in_valueset(valueset: ValueSet) -> Issue:
    text = f"No valid coding was found for the value set '{valueset.canonical}'"
    return Issue("error", "code-invalid", text, "not-in-vs", "", "TX_GENERAL_CC_ERROR_MESSAGE")


def other_version(url: str, meant: str, value: str, at: str) -> Issue:
    """The value set names a version, and the value another."""
    text = (
        f"The code system '{url}' version '{meant}' in the ValueSet include is different to the one in the value "
        f"('{value}')"
    )
    return Issue("error", "invalid", text, "vs-invalid", at, "VALUESET_VALUE_MISMATCH")


def other_version_by_rule(url: str, meant: str, stated: str, value: str, at: str) -> Issue:
    """A parameter makes of the version `stated` in the value set another than the value's."""
    text = (
        f"The code system '{url}' version '{meant}' resulting from the version '{stated}' in the ValueSet include is "
        f"different to the one in the value ('{value}')"
    )
    return Issue("error", "invalid", text, "vs-invalid", at, "VALUESET_VALUE_MISMATCH_CHANGED")


def other_version_by_default(url: str, used: str, value: str, at: str) -> Issue:
    """The value set names no version; the one that counts is not the value's."""
    text = (
        f"The code system '{url}' version '{used}' for the versionless include in the ValueSet include is different to "
        f"the one in the value ('{value}')"
    )
    return Issue("warning", "invalid", text, "vs-invalid", at, "VALUESET_VALUE_MISMATCH_DEFAULT")


def case_differs(sent: str, correct: str, meta: Meta, at: str) -> Issue:
    text = (
        f"The code '{sent}' differs from the correct code '{correct}' by case. Although the code system "
        f"'{meta.canonical}' is case insensitive, implementers are strongly encouraged to use the correct case anyway"
    )
    return Issue("information", "business-rule", text, "code-rule", at, "CODE_CASE_DIFFERENCE")


def abstract(coding: Coding, at: str) -> Issue:
    text = f"Code '{coding.system}#{coding.code}' is abstract, and not allowed in this context"
    return Issue("error", "business-rule", text, "code-rule", at, "ABSTRACT_CODE_NOT_ALLOWED")


def not_active(code: str, at: str) -> Issue:
    text = f"The concept '{code}' is valid but is not active"
    return Issue("error", "business-rule", text, "code-rule", at, "STATUS_CODE_WARNING_CODE")


def inactive(code: str, status: str, at: str) -> Issue:
    """`status`: the concept's own, perhaps none."""
    named = "inactive" if status in ("", "inactive") else f"{status} and inactive"
    text = f"The concept '{code}' has a status of {named} and its use should be reviewed"
    return Issue("warning", "business-rule", text, "code-comment", at, "INACTIVE_CONCEPT_FOUND")


def deprecated(code: str, status: str, at: str) -> Issue:
    text = f"The concept '{code}' is {status} and its use should be reviewed"
    return Issue("warning", "business-rule", text, "code-comment", at, "DEPRECATED_CONCEPT_FOUND")


def deprecated_in_valueset(coding: Coding, valueset: ValueSet, status: str, at: str) -> Issue:
    text = (
        f"The presence of the concept '{coding.code}' in the system '{coding.system}' in the value set "
        f"{valueset.canonical} is marked with a status of {status} and its use should be reviewed"
    )
    return Issue("warning", "business-rule", text, "code-comment", at, "CONCEPT_DEPRECATED_IN_VALUESET")


def reference(status: str, kind: str, canonical: str) -> Issue:
    """A resource that is referred to is `deprecated`, `withdrawn`, `retired`, `experimental` or `draft`."""
    text = f"Reference to {status} {kind} {canonical}"
    return Issue("information", "business-rule", text, "status-check", "", f"MSG_{status.upper()}")


def wrong_display(coding: Coding, valid: Sequence[Designation], languages: str, at: str, *, spaces: bool) -> Issue:
    """`valid`: the names there are; `spaces`: whether only white space is wrong."""
    named = [f"'{each.value}' ({each.language})" if each.language else f"'{each.value}'" for each in valid]
    choice = "Valid display is" if len(named) == 1 else f"Valid display is one of {len(named)} choices:"
    wrong = "Wrong whitespace in Display Name" if spaces else "Wrong Display Name"
    text = (
        f"{wrong} '{coding.display}' for {coding.system}#{coding.code}. {choice} {alternatives(named)} "
        f"(for the language(s) '{languages or '--'}')"
    )
    message_id = f"Display_Name_{'WS_' if spaces else ''}for__should_be_one_of__instead_of"
    return Issue("error", "invalid", text, "invalid-display", at, message_id)


def no_display_in_language(coding: Coding, default: str, languages: str, at: str) -> Issue:
    """No name in the languages asked for, and the display is no name in the default language either."""
    text = (
        f"Wrong Display Name '{coding.display}' for {coding.system}#{coding.code}. There are no valid display names "
        f"found for language(s) '{languages}'. Default display is '{default}'"
    )
    return Issue("error", "invalid", text, "invalid-display", at, "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR")


def display_in_default_language(coding: Coding, languages: str, at: str) -> Issue:
    text = (
        f"There are no valid display names found for the code {coding.system}#{coding.code} for language(s) "
        f"'{languages}'. The display is '{coding.display}' which is a valid display for the default language"
    )
    return Issue("information", "invalid", text, "invalid-display", at, "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK")


def former_display(coding: Coding, status: str, valid: Sequence[str], at: str) -> Issue:
    """The display is a name that has been withdrawn."""
    named = ",".join(f'"{each}"' if " " in each else each for each in valid)
    text = (
        f"'{coding.display}' is no longer considered a correct display for code '{coding.code}' (status = {status}). "
        f"The correct display is one of {named}."
    )
    return Issue("warning", "invalid", text, "display-comment", at, "INACTIVE_DISPLAY_FOUND")


def _named(meta: Meta) -> str:
    version = meta.in_messages or meta.version
    named = f"'{meta.url}' version '{version}'" if version else f"'{meta.url}'"
    return f"{named} ({meta.edition})" if meta.edition else named
