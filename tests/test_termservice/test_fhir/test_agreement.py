"""Which version of a code system a coding is validated with, and what is said where it is another than it states."""

from __future__ import annotations

import pytest

from tests.test_termservice.test_fhir.tiny import SYSTEM, code_system, concept, include, value_set
from tests.test_termservice.test_fhir.validations import FORMS, Told, form, known, member

SYSTEMS = tuple(
    code_system(concept("dog", display=f"Dog ({version})"), version=version) for version in ("1.0.0", "1.2.0")
)
RULES = {
    "-": {},
    "default": {"system_version": SYSTEM + "|1.0.0"},
    "check": {"check_system_version": SYSTEM + "|1.0.x"},
    "force": {"force_system_version": SYSTEM + "|1.0.x"},
}
SHORT = {
    "UNKNOWN_CODESYSTEM_VERSION": "unknown",
    "VALUESET_VALUE_MISMATCH": "other",
    "VALUESET_VALUE_MISMATCH_CHANGED": "changed",
    "VALUESET_VALUE_MISMATCH_DEFAULT": "noted",
    "VALUESET_VERSION_CHECK": "refused",
}
# The parameter, the version in the include (1 is unknown), the coding's, the one used, and what is said.
TABLE = """
-        -      -      1.2.0
-        -      1.0.0  1.0.0
-        -      2.4.0  1.2.0  noted unknown
-        1.0.0  -      1.0.0
-        1.0.0  1.0.0  1.0.0
-        1.0.0  1.2.0  1.0.0  other
-        1.0.0  2.4.0  1.0.0  other unknown
-        1.x.x  -      1.2.0
-        1.x.x  1.0.0  1.0.0
-        1.x.x  2.4.0  1.2.0  other unknown
-        1      -      1.2.0  unknown
-        1      1.0.0  1.0.0  other unknown
-        1      2.4.0  -      other unknown unknown
default  -      -      1.0.0
default  -      1.2.0  1.0.0  changed
default  -      2.4.0  1.0.0  changed unknown
default  1.2.0  1.0.0  1.2.0  other
default  1.x.x  -      1.2.0
default  1.x.x  1.0.0  1.0.0
default  1      -      1.0.0  unknown
default  1      1.2.0  1.2.0  other unknown
check    -      -      1.0.0
check    -      1.0.0  1.0.0
check    -      1.2.0  1.0.0  changed
check    1.0.0  2.4.0  1.0.0  other unknown
check    1.2.0  -      1.2.0  refused
check    1.2.0  1.0.0  1.2.0  other refused
check    1.2.0  1.2.0  1.2.0  refused
check    1.x.x  -      1.2.0  refused
check    1.x.x  1.0.0  1.0.0
check    1.x.x  2.4.0  1.2.0  other refused unknown
check    1      1.0.0  1.0.0  other unknown
force    -      -      1.0.0
force    -      2.4.0  1.0.0  changed unknown
force    1.0.0  1.2.0  1.0.0  changed
force    1.2.0  1.0.0  1.0.0
force    1.x.x  1.2.0  1.0.0  changed
force    1      1.0.0  1.0.0
force    1      2.4.0  1.0.0  changed unknown
"""
ROWS = [line.split(maxsplit=4) for line in TABLE.strip().splitlines()]


def ask(name: str, rule: str, stated: str, value: str) -> Told:
    included = include(**({} if stated == "-" else {"version": stated}))
    sent = form(name, "dog", version="" if value == "-" else value)
    return member(value_set(included, url="http://example.org/all"), sent, *SYSTEMS, **RULES[rule])


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("row", ROWS, ids="/".join)
def test_the_version_used_and_what_is_said_of_it(row: list[str], name: str) -> None:
    rule, stated, value, used, *said = row
    told = ask(name, rule, stated, value)
    assert " ".join(sorted(SHORT[each] for each in told.ids)) == " ".join(said)
    errors = [each for each in told.issues if each["severity"] == "error"]
    assert told["result"] is not bool(errors)
    found = name != "codeableConcept" or not (stated == "1" and rule != "force")
    assert told["version"] == (used if found and used != "-" else None)
    if found and used != "-":
        assert told["display"] == f"Dog ({used})"
    unknown = [SYSTEM + "|" + each for each in (stated, value) if each in ("1", "2.4.0")]
    expected = [each for each in unknown if not (rule == "force" and each.endswith("|1"))]
    assert told.values.get("x-caused-by-unknown-system", []) == expected


def test_wording() -> None:
    head = f"The code system '{SYSTEM}' version"
    there = "in the ValueSet include is different to the one in the value"
    not_found = (
        f"A definition for CodeSystem '{SYSTEM}' version '2.4.0' could not be found, so the code cannot be validated. "
        "Valid versions: 1.0.0 or 1.2.0"
    )
    assert ask("coding", "-", "1.0.0", "1.2.0").texts == [f"{head} '1.0.0' {there} ('1.2.0')"]
    assert ask("coding", "-", "1.0.0", "2.4.0").texts == [not_found, f"{head} '1.0.0' {there} ('2.4.0')"]
    noted = f"{head} '1.2.0' for the versionless include {there} ('2.4.0')"
    assert ask("coding", "-", "-", "2.4.0").texts == [not_found, noted]
    changed = f"{head} '1.0.x' resulting from the version '1.0.0' {there} ('1.2.0')"
    assert ask("coding", "force", "1.0.0", "1.2.0").texts == [changed]
    assert ask("coding", "check", "1.2.0", "-").texts == [
        f"The version '1.2.0' is not allowed for system '{SYSTEM}': required to be '1.0.x' by a version-check parameter"
    ]


@pytest.mark.parametrize(
    ("name", "version", "system"),
    [
        ("code", "version", "system"),
        ("coding", "Coding.version", "Coding.system"),
        ("codeableConcept", "CodeableConcept.coding[0].version", "CodeableConcept.coding[0].system"),
    ],
)
def test_where_it_stands(name: str, version: str, system: str) -> None:
    told = ask(name, "check", "1.2.0", "2.4.0")
    assert told.issue("VALUESET_VALUE_MISMATCH") == ("error", "invalid", "vs-invalid", version)
    assert told.issue("VALUESET_VERSION_CHECK") == ("error", "exception", "version-error", version)
    assert told.issue("UNKNOWN_CODESYSTEM_VERSION") == ("error", "not-found", "not-found", system)
    noted = ask(name, "-", "-", "2.4.0").issue("VALUESET_VALUE_MISMATCH_DEFAULT")
    assert noted == ("warning", "invalid", "vs-invalid", version)
    assert "versionless" not in ask(name, "-", "-", "2.4.0")["message"]


def test_of_several_includes_the_one_that_fits_the_coding_counts() -> None:
    both = value_set(include(SYSTEM, "dog", version="1.0.0"), include(SYSTEM, "dog", version="1.2.0"))
    for version in ("1.0.0", "1.2.0"):
        told = member(both, form("coding", "dog", version=version), *SYSTEMS)
        assert (told["result"], told["version"], told.ids) == (True, version, [])
    told = member(both, form("coding", "dog", display="Dog (1.2.0)"), *SYSTEMS)
    assert (told["result"], told["version"]) == (True, "1.2.0")


def test_a_code_system_itself() -> None:
    assert known(form("coding", "dog"), *SYSTEMS)["version"] == "1.2.0"
    assert known(form("coding", "dog", version="1.0.0"), *SYSTEMS)["display"] == "Dog (1.0.0)"
    assert known([("url", SYSTEM), ("version", "1.0.0"), ("code", "dog")], *SYSTEMS)["version"] == "1.0.0"
    told = known(form("coding", "dog", version="3"), *SYSTEMS)
    assert (told["result"], told.ids) == (False, ["UNKNOWN_CODESYSTEM_VERSION"])
    assert told["x-caused-by-unknown-system"] == SYSTEM + "|3"
    checked = known(form("coding", "dog", version="1.2.0"), *SYSTEMS, **{"check-system-version": SYSTEM + "|1.0.x"})
    assert (checked["result"], checked.ids) == (False, ["VALUESET_VERSION_CHECK"])
