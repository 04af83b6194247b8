"""ValueSet/$expand over code systems that come with the request."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from termservice.fhir import expansion as limits
from termservice.fhir.issues import Failure
from termservice.fhir.memory import MemoryProvider
from tests.test_termservice.test_fhir.tiny import (
    SYSTEM,
    code_system,
    codes,
    concept,
    expanded,
    expansion,
    filtered,
    flat,
    include,
    said,
    value_set,
)

ANIMALS = code_system(
    concept("animal", concept("dog", concept("beagle")), concept("bird", concept("tern"))),
    concept("stone", definition="No animal", properties={"inactive": True}),
    concept("things", properties={"notSelectable": True, "colour": "grey"}),
    property=[{"code": "colour", "uri": "http://example.org/colour", "type": "string"}],
)
ALL = ["animal", "dog", "beagle", "bird", "tern", "stone", "things"]


def test_all_of_a_code_system_is_nested_as_there() -> None:
    found = expansion(value_set(include(), url="http://example.org/all"), ANIMALS)
    assert codes(found) == ALL
    assert found["expansion"]["total"] == 7
    assert "offset" not in found["expansion"]
    assert [each["code"] for each in found["expansion"]["contains"]] == ["animal", "stone", "things"]
    assert said(found, "used-codesystem") == [SYSTEM + "|1.0.0"]
    marks = {each["code"]: [key for key in ("inactive", "abstract") if each.get(key)] for each in flat(_top(found))}
    assert {code: mark for code, mark in marks.items() if mark} == {"stone": ["inactive"], "things": ["abstract"]}


def _top(found: dict[str, Any]) -> list[Any]:
    return list(found["expansion"]["contains"])


def test_flat_where_asked_where_paged_and_where_something_is_excluded() -> None:
    for more in ({"excludeNested": True}, {"count": 5}, {"offset": 1}):
        found = expansion(value_set(include()), ANIMALS, **more)
        assert not any("contains" in each for each in _top(found))
    excluding = value_set(include(), exclude=[include(SYSTEM, "dog")])
    assert [each["code"] for each in _top(expansion(excluding, ANIMALS))] == [each for each in ALL if each != "dog"]


def test_what_is_left_out_leaves_its_children_to_the_nearest_above() -> None:
    lame = code_system(concept("a", concept("b", concept("c"), properties={"inactive": True})))
    found = expansion(value_set(include()), lame, activeOnly=True)
    assert [each["code"] for each in _top(found)[0]["contains"]] == ["c"]


def test_a_circle_is_cut_at_its_first_code() -> None:
    above = {"a": "c", "b": "a", "c": "b", "d": "b"}
    parent = {"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}
    round = code_system(
        *(concept(code, properties={"parent": "code:" + other}) for code, other in above.items()), property=[parent]
    )
    (a,) = _top(expansion(value_set(include()), round))
    assert a["code"] == "a"
    assert [each["code"] for each in a["contains"]] == ["b"]
    assert [each["code"] for each in a["contains"][0]["contains"]] == ["c", "d"]


def test_what_is_very_deep_is_nested_only_so_far() -> None:
    deep = concept("c299")
    for number in reversed(range(299)):
        deep = concept(f"c{number}", deep)
    found = expansion(value_set(include()), code_system(deep))
    assert len(codes(found)) == 300
    assert orjson.loads(orjson.dumps(found)) == found


def test_pages_put_together_are_the_whole() -> None:
    both = value_set(include(SYSTEM, "tern", "dog"), include())
    whole = codes(expansion(both, ANIMALS, excludeNested=True))
    assert whole == ["tern", "dog", "animal", "beagle", "bird", "stone", "things"]
    for size in range(1, 9):
        pages = [expansion(both, ANIMALS, offset=start, count=size) for start in range(0, 9, size)]
        assert [code for page in pages for code in codes(page)] == whole
        assert {page["expansion"]["total"] for page in pages} == {7}
        assert [page["expansion"]["offset"] for page in pages] == list(range(0, 9, size))


def test_a_count_of_zero_tells_the_number_of_codes() -> None:
    found = expansion(value_set(include()), ANIMALS, count=0)
    assert found["expansion"]["total"] == 7 and "contains" not in found["expansion"]


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MAX_UNPAGED", 3), ("MAX_PAGE", 4), ("MAX_ALLOWED", 6)):
        monkeypatch.setattr(limits, name, value)
    every = value_set(include(), url="http://example.org/all", version="2")
    with pytest.raises(Failure, match=r"'http://example.org/all\|2' expansion has too many codes .*>3") as failure:
        expansion(every, ANIMALS)
    assert failure.value.issues[0].code == "too-costly"
    with pytest.raises(Failure, match=">6"):
        expansion(every, ANIMALS, allowMaximumSizeExpansion=True)
    assert len(codes(expansion(every, ANIMALS, count=100))) == 4
    assert len(codes(expansion(every, ANIMALS, count=100, allowMaximumSizeExpansion=True))) == 6
    assert len(codes(expansion(value_set(include(SYSTEM, "dog", "bird", "tern")), ANIMALS))) == 3


def test_inactive_and_abstract_codes() -> None:
    assert "stone" not in codes(expansion(value_set(include()), ANIMALS, activeOnly=True))
    assert "stone" not in codes(expansion(value_set(include(), inactive=False), ANIMALS))
    assert "things" not in codes(expansion(value_set(include()), ANIMALS, excludeNotForUI=True))


def test_text_finds_codes_names_and_what_the_value_set_calls_them() -> None:
    own = include(SYSTEM, "dog", "bird")
    own["concept"][1]["display"] = "feathered friend"
    assert codes(expansion(value_set(own), ANIMALS, filter="feathered")) == ["bird"]
    assert codes(expansion(value_set(own), ANIMALS, filter="DO")) == ["dog"]
    assert codes(expansion(value_set(include()), ANIMALS, filter="r")) == ["bird", "tern"]
    found = expansion(value_set(include()), ANIMALS, filter="r", count=1, offset=1)
    assert codes(found) == ["tern"] and found["expansion"]["total"] == 2
    assert said(found, "filter") == ["r"]


def test_codes_listed_come_in_the_order_of_the_list_and_only_those_that_exist() -> None:
    assert codes(expansion(value_set(include(SYSTEM, "tern", "unicorn", "dog")), ANIMALS)) == ["tern", "dog"]


def test_imports_intersect_with_each_other_and_with_the_system() -> None:
    birds = value_set(filtered("concept", "is-a", "bird"), url="http://example.org/birds", version="3")
    small = value_set(include(SYSTEM, "tern", "beagle"), url="http://example.org/small")
    library = (ANIMALS, birds, small)
    both = [birds["url"], small["url"]]
    found = expansion(value_set({"valueSet": both}), *library)
    assert codes(found) == ["tern"]
    assert said(found, "used-valueset") == ["http://example.org/birds|3", "http://example.org/small"]
    assert codes(expansion(value_set(include(SYSTEM, "bird", "dog", valueSet=both[:1])), *library)) == ["bird"]
    apart = value_set(*({"valueSet": [url]} for url in both))
    assert sorted(codes(expansion(apart, *library))) == ["beagle", "bird", "tern"]
    without = value_set(include(), exclude=[{"valueSet": both}])
    assert sorted(codes(expansion(without, *library))) == sorted(set(ALL) - {"tern"})


def test_a_value_set_contained_in_another() -> None:
    birds = {**value_set(filtered("concept", "is-a", "bird")), "id": "birds"}
    found = expansion(value_set({"valueSet": ["#birds"]}, contained=[birds]), ANIMALS)
    assert codes(found) == ["bird", "tern"]
    assert said(found, "used-valueset") == []
    with pytest.raises(Failure, match="#fish"):
        expansion(value_set({"valueSet": ["#fish"]}, contained=[birds]), ANIMALS)


def test_a_code_system_contained_in_a_value_set() -> None:
    assert codes(expansion(value_set(include(), contained=[ANIMALS]))) == ALL


def test_a_value_set_known_by_its_expansion() -> None:
    listed = {"contains": [{"system": SYSTEM, "code": "dog"}, {"contains": [{"system": SYSTEM, "code": "tern"}]}]}
    assert codes(expansion({"resourceType": "ValueSet", "expansion": listed}, ANIMALS)) == ["dog", "tern"]


def test_circles_are_told() -> None:
    one = value_set({"valueSet": ["http://example.org/two"]}, url="http://example.org/one", version="1")
    two = value_set({"valueSet": ["http://example.org/one"]}, url="http://example.org/two")
    with pytest.raises(Failure, match=r"pointing to http://example.org/one\|1 .* \[http://example.org/one\|1, http"):
        expansion(one, one, two)


def test_a_chain_of_imports_may_not_be_endless() -> None:
    url = "http://example.org/vs"
    chain = [value_set({"valueSet": [f"{url}{number + 1}"]}, url=f"{url}{number}") for number in range(60)]
    with pytest.raises(Failure, match="more than 50 deep"):
        expansion(chain[0], *chain[1:])


def test_a_value_set_imported_twice_is_no_circle() -> None:
    small = value_set(include(SYSTEM, "tern"), url="http://example.org/small")
    twice = value_set({"valueSet": [small["url"]]}, {"valueSet": [small["url"]]})
    assert codes(expansion(twice, small, ANIMALS)) == ["tern"]


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (
            value_set(include("http://example.org/unknown")),
            "CodeSystem 'http://example.org/unknown' could not be found",
        ),
        (value_set(include(version="7")), "version '7' could not be found.*Valid versions: 1.0.0 or 2.0.0"),
        (
            value_set({"valueSet": ["http://example.org/no"]}),
            "Unable to find included value set 'http://example.org/no'",
        ),
        (
            value_set({"valueSet": ["http://example.org/no|4"]}),
            "included value set 'http://example.org/no' version '4'",
        ),
        (value_set({}), "must name a system or a value set"),
        (value_set(filtered("concept", "is-a", "")), "op = is-a has no value"),
        (value_set(filtered("wings", "=", "two")), "wings = two.*not supported"),
        (value_set(filtered("concept", "resembles", "dog")), "resembles"),
        ({"resourceType": "ValueSet", "compose": []}, "compose must be an object"),
        ({"resourceType": "ValueSet", "compose": {"include": {}}}, "'include' must be a list"),
    ],
)
def test_what_cannot_be_expanded(resource: dict[str, Any], message: str) -> None:
    with pytest.raises(Failure, match=message):
        expansion(resource, ANIMALS, code_system(concept("dog"), version="2.0.0"))


def test_no_value_set_is_named() -> None:
    with pytest.raises(Failure, match="'url' and 'valueSet'"):
        expanded([])


def test_a_value_set_named_by_url_and_version() -> None:
    every = value_set(include(), url="http://example.org/vs", version="1")
    dogs = value_set(include(SYSTEM, "dog"), url="http://example.org/vs", version="2")
    resources = [("tx-resource", each) for each in (every, dogs, ANIMALS)]
    assert codes(expanded([("url", "http://example.org/vs"), *resources])) == ["dog"]
    assert codes(expanded([("url", "http://example.org/vs|1"), *resources])) == ALL
    assert codes(expanded([("url", "http://example.org/vs"), ("valueSetVersion", "1"), *resources])) == ALL
    pinned = ("default-valueset-version", "http://example.org/vs|1")
    assert codes(expanded([("valueSet", value_set({"valueSet": [every["url"]]})), pinned, *resources])) == ALL
    with pytest.raises(Failure, match=r"value Set 'http://example.org/vs\|3' could not be found"):
        expanded([("url", "http://example.org/vs|3"), *resources])


OLD = code_system(concept("dog", display="Hound"), version="1.0.0")
NEW = code_system(concept("dog"), concept("cat"), version="1.2.0")


@pytest.mark.parametrize(
    ("stated", "sent", "expected", "repeated"),
    [
        ("", {}, "1.2.0", ""),
        ("1.0.0", {}, "1.0.0", ""),
        ("1.x.x", {}, "1.2.0", ""),
        ("1.0.x", {}, "1.0.0", ""),
        ("", {"system-version": "1.0.0"}, "1.0.0", "system-version"),
        ("1.2.0", {"system-version": "1.0.0"}, "1.2.0", ""),
        ("1.2.0", {"force-system-version": "1.0.x"}, "1.0.0", "force-system-version"),
        ("", {"check-system-version": "1.0.x"}, "1.0.0", "check-system-version"),
        ("1.0.0", {"check-system-version": "1.0.x"}, "1.0.0", ""),
    ],
)
def test_versions(stated: str, sent: dict[str, str], expected: str, repeated: str) -> None:
    asked = {name: f"{SYSTEM}|{version}" for name, version in sent.items()}
    found = expansion(value_set(include(version=stated) if stated else include()), OLD, NEW, **asked)
    assert said(found, "used-codesystem") == [f"{SYSTEM}|{expected}"]
    assert [name for name in asked if said(found, name)] == ([repeated] if repeated else [])
    assert codes(found) == (["dog"] if expected == "1.0.0" else ["dog", "cat"])


def test_a_version_that_must_not_be() -> None:
    sent = {"check-system-version": f"{SYSTEM}|1.0.x"}
    with pytest.raises(Failure, match=r"'1.2.0' is not allowed .* required to be '1.0.x'"):
        expansion(value_set(include(version="1.2.0")), OLD, NEW, **sent)


def test_codes_show_their_version_where_several_are_named() -> None:
    mixed = value_set(include(SYSTEM, "dog", version="1.0.0"), include(SYSTEM, "cat", version="1.2.0"))
    shown = [(each["code"], each["version"], each["display"]) for each in _top(expansion(mixed, OLD, NEW))]
    assert shown == [("dog", "1.0.0", "Hound"), ("cat", "1.2.0", "Cat")]


def test_codes_are_excluded_whatever_the_version_that_excludes_them() -> None:
    found = expansion(value_set(include(version="1.2.0"), exclude=[include(SYSTEM, "dog", version="1.0.0")]), OLD, NEW)
    assert codes(found) == ["cat"]


def test_exclude_system() -> None:
    other = code_system(concept("oak"), url="http://example.org/trees")
    both = value_set(include(), include(other["url"]))
    assert codes(expansion(both, NEW, other, **{"exclude-system": SYSTEM})) == ["oak"]


def test_properties_and_definitions() -> None:
    found = expansion(
        value_set(include(SYSTEM, "stone", "things", "dog")),
        ANIMALS,
        asked=[("property", name) for name in ("colour", "definition", "parent")],
    )
    shown = {
        each["code"]: {one["code"]: list(one.values())[1] for one in each.get("property", [])} for each in _top(found)
    }
    assert shown == {
        "stone": {"definition": "No animal", "status": "inactive"},
        "things": {"colour": "grey"},
        "dog": {"parent": "animal"},
    }
    defined = {each["code"]: each["uri"] for each in found["expansion"]["property"]}
    assert defined["colour"] == "http://example.org/colour"
    assert defined["definition"] == "http://hl7.org/fhir/concept-properties#definition"
    own = expansion(value_set(include(SYSTEM, "x")), code_system(concept("x", properties={"own": "1"})), property="own")
    assert own["expansion"]["property"] == [{"code": "own"}]
    by_uri = expansion(value_set(include(SYSTEM, "things")), ANIMALS, property="http://example.org/colour")
    assert _top(by_uri)[0]["property"] == [{"code": "colour", "valueString": "grey"}]


SWEDISH = code_system(
    concept("dog", display="hund", designation=[{"language": "en", "value": "dog"}, {"value": "vovve"}]), language="sv"
)


def test_languages_and_designations() -> None:
    plain = expansion(value_set(include()), SWEDISH, includeDesignations=True, accept_language="en")
    (dog,) = _top(plain)
    assert dog["display"] == "dog"
    assert [each["value"] for each in dog["designation"]] == ["hund", "vovve"]
    assert said(plain, "displayLanguage") == ["en"]
    stated = expansion(value_set(include()), SWEDISH, displayLanguage="sv", accept_language="en")
    assert _top(stated)[0]["display"] == "hund" and "designation" not in _top(stated)[0]
    refused = expansion(value_set(include()), SWEDISH, displayLanguage="fi,*;q=0")
    assert "display" not in _top(refused)[0]
    one = expansion(value_set(include()), SWEDISH, includeDesignations=True, designation="urn:ietf:bcp:47|en")
    assert [each["value"] for each in _top(one)[0]["designation"]] == ["dog"]


def test_the_value_sets_own_name_of_a_code_goes_over_the_code_systems() -> None:
    own = include(SYSTEM, "dog")
    own["concept"][0] |= {"display": "jycke", "designation": [{"language": "en", "value": "hound"}]}
    (dog,) = _top(expansion(value_set(own), SWEDISH, includeDesignations=True))
    assert dog["display"] == "jycke"
    assert [each["value"] for each in dog["designation"]] == ["dog", "vovve", "hound"]


def test_what_the_author_asks_of_expansions_gives_way_to_the_request() -> None:
    url = "http://hl7.org/fhir/tools/StructureDefinition/valueset-expansion-parameter"
    wish = {
        "url": url,
        "extension": [{"url": "name", "valueCode": "activeOnly"}, {"url": "value", "valueBoolean": True}],
    }
    calm = value_set(include(), extension=[wish])
    assert "stone" not in codes(expansion(calm, ANIMALS))
    assert "stone" in codes(expansion(calm, ANIMALS, activeOnly=False))


def test_warnings_of_the_standing_of_what_is_used() -> None:
    draft = {**ANIMALS, "status": "draft", "experimental": True}
    found = expansion(value_set(include()), draft)
    assert said(found, "warning-experimental") == [SYSTEM + "|1.0.0"]
    itself = expansion(value_set(include(), experimental=True, status="draft"), draft)
    assert not said(itself, "warning-experimental") and not said(itself, "warning-draft")
    retired = expansion(value_set(include()), {**ANIMALS, "status": "retired"})
    assert said(retired, "warning-retired") == [SYSTEM + "|1.0.0"]


def test_a_fragment_leaves_the_expansion_open() -> None:
    found = expansion(value_set(include()), {**ANIMALS, "content": "fragment"})
    assert said(found, "used-fragment") == [SYSTEM + "|1.0.0"]
    assert [each["url"].rpartition("-")[2] for each in found["expansion"]["extension"]] == ["unclosed", "reason"]
    with pytest.raises(Failure, match="has no content"):
        expansion(value_set(include()), {**ANIMALS, "content": "not-present"})


def test_the_head_is_the_value_sets_and_its_definition_comes_where_asked_for() -> None:
    whole = value_set(include(SYSTEM, "dog"), url="http://example.org/vs", name="Dogs", description="All of them")
    short, full = expansion(whole, ANIMALS), expansion(whole, ANIMALS, includeDefinition=True)
    assert (short["url"], short["name"], short["status"]) == ("http://example.org/vs", "Dogs", "active")
    assert "compose" not in short and "description" not in short
    assert full["compose"] == whole["compose"] and full["description"] == "All of them"


def test_paging_reads_the_entries_of_the_page_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    entries = MemoryProvider.entries

    def counted(self: MemoryProvider, numbers: Any) -> Any:
        read.extend(numbers)
        return entries(self, numbers)

    monkeypatch.setattr(MemoryProvider, "entries", counted)
    many = code_system(*(concept(f"c{number}") for number in range(500)))
    assert len(codes(expansion(value_set(include()), many, offset=100, count=3))) == 3
    assert read == [100, 101, 102]
