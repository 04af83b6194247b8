"""One code looked up: by any spelling, at any time, whatever has become of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from termservice.answers import ConceptAnswer, NoteAnswer, PropertyAnswer, When
from termservice.errors import InvalidParameter, NothingInForce, NotInVersion, UnknownCode, UnknownSystem

#       2019   2020   2021   2023 (in the future)
# I21     x      x      x      x
# I21.9   x      x      x      x     retitled in 2021
# I22     x      x                   withdrawn in 2021
# I23     x             x      x     gone in 2020, back in 2021
# I24                          x
RELEASES: dict[str, dict[str, Any]] = {
    "2019": {"I21": "Infarct", "I21.9": "Infarct, other", "I22": "Second", "I23": "Third"},
    "2020": {"I21": "Infarct", "I21.9": "Infarct, other", "I22": {"title": "Second", "parents": ["I21"]}},
    "2021": {"I21": "Infarct", "I21.9": "Infarct, unspecified", "I23": "Third"},
    "2023": {"I21": "Infarct", "I21.9": "Infarct, unspecified", "I23": "Third", "I24": "Fourth"},
}


@pytest.fixture
def line(toy: Any) -> Any:
    toy.load(*(toy.release(version, codes) for version, codes in RELEASES.items()))
    return toy


@pytest.mark.parametrize("code", ["I21.9", "I219", "i219", " i 21.9 ", "I21.9†", "I21.9*", "i21-9", "I21.9\u00a0"])
@pytest.mark.parametrize("system", ["toy", "urn:oid:1.2.3.4", "http://example.org/old/toy"])
def test_any_spelling_of_code_and_system(line: Any, system: str, code: str) -> None:
    found = line.service().concept(system, code)
    assert (found.system, found.version, found.code) == ("toy", "2021", "I21.9")


def test_codes_of_a_system_with_exact_codes(toy: Any) -> None:
    toy.put("2020", {"a.1": "small", "A.1": "large"}, system="odd")
    service = toy.service()
    assert [service.concept("odd", code).display for code in ("a.1", " A.1 ")] == ["small", "large"]
    with pytest.raises(UnknownCode):
        service.concept("odd", "a1")


def test_many_spellings_are_looked_up_together(line: Any) -> None:
    service = line.service()
    asked = ["I21.9†", "i219", "I22", "I24", "I99", "", "*"]
    today = service.known("toy", asked, When(), ("sv",))
    assert {spelling: (each.code, each.display) for spelling, each in today.items()} == {
        "I21.9†": ("I21.9", "Infarct, unspecified"), "i219": ("I21.9", "Infarct, unspecified")
    }  # fmt: skip
    assert service.known("toy", asked, When(version="2020"))["I22"].parents == ("I21",)
    assert service.known("toy", ["I24"], When(date="2023-01-01"))["I24"].code == "I24"
    assert service.known("toy", []) == {}
    with pytest.raises(NothingInForce):
        service.known("toy", asked, When(date="2018-12-31"))


def test_a_spelling_that_fits_several_codes_means_none_of_them(toy: Any) -> None:
    toy.put("2020", {"A.1": "one", "A1": "another", "B1": "b"})
    assert list(toy.service().known("toy", ["a1", "b1"])) == ["b1"]


#             when                      code     (version, active, from, known, to)  or the error
EXPECTED: list[tuple[When, str, Any]] = [
    (When(), "I21", ("2021", True, "2019-01-01", False, None)),
    (When(version="2019"), "I21", ("2019", True, "2019-01-01", False, None)),
    (When(date="2020-06-01"), "I21", ("2020", True, "2019-01-01", False, None)),
    (When(), "I22", ("2020", False, "2019-01-01", False, "2020-12-31")),
    (When(version="2020"), "I22", ("2020", True, "2019-01-01", False, "2020-12-31")),
    (When(version="2021"), "I22", NotInVersion),
    (When(date="2020-12-31"), "I22", ("2020", True, "2019-01-01", False, "2020-12-31")),
    (When(date="2021-01-01"), "I22", ("2020", False, "2019-01-01", False, "2020-12-31")),
    (When(), "I23", ("2021", True, "2021-01-01", True, None)),
    (When(version="2019"), "I23", ("2019", True, "2019-01-01", False, "2019-12-31")),
    (When(version="2020"), "I23", NotInVersion),
    (When(date="2020-06-01"), "I23", ("2019", False, "2019-01-01", False, "2019-12-31")),
    (When(), "I24", NotInVersion),
    (When(date="2023-01-01"), "I24", ("2023", True, "2023-01-01", True, None)),
    (When(date="2018-12-31"), "I21", NothingInForce),
    (When(version="2021", date="2021-01-01"), "I21", InvalidParameter),
    (When(), "I99", UnknownCode),
    (When(version="2019"), "I99", UnknownCode),
]


@pytest.mark.parametrize(("when", "code", "expected"), EXPECTED)
def test_what_has_become_of_a_code(line: Any, when: When, code: str, expected: Any) -> None:
    service = line.service()
    if isinstance(expected, type):
        with pytest.raises(expected):
            service.concept("toy", code, when)
        return
    found: ConceptAnswer = service.concept("toy", code, when)
    assert (found.version, found.active, found.valid_from, found.from_known, found.valid_to) == expected
    assert found.revision == 1


def test_a_withdrawn_code_keeps_its_last_content(line: Any) -> None:
    found = line.service().concept("toy", "I22")
    assert (found.display, found.parents) == ("Second", ["I21"])


def test_not_in_the_version_says_where_it_is(line: Any) -> None:
    with pytest.raises(NotInVersion) as caught:
        line.service().concept("toy", "i23", When(version="2020"))
    assert caught.value.details["versions"] == ["2019", "2021", "2023"]
    assert caught.value.details["unknown"] == "I23"


@pytest.mark.parametrize(
    ("code", "nearest"),
    [
        ("I21.8", ["I21", "I21.9"]),
        ("I2", ["I21", "I22", "I23", "I24", "I21.9"]),
        ("Q99", []),
        ("", []),
        ("%", []),
        ("I21.9" * 500, ["I21.9"]),
        ("\x00'; DROP TABLE concept; --", []),
    ],
)
def test_a_code_that_never_was_has_near_ones(line: Any, code: str, nearest: list[str]) -> None:
    with pytest.raises(UnknownCode) as caught:
        line.service().concept("toy", code)
    assert caught.value.details.get("nearest", []) == nearest
    assert len(caught.value.message) < 500


def test_a_parent_without_a_row_is_no_code(toy: Any) -> None:
    toy.put("2020", {"B1": {"title": "Below", "parents": ["B"]}})
    service = toy.service()
    with pytest.raises(UnknownCode):
        service.concept("toy", "B")
    assert service.concept("toy", "B1").parents == []


def test_a_code_only_named_by_others_is_no_code(toy: Any) -> None:
    """A list of synonyms that covers no `state` makes no codes."""
    toy.put("2020", {"A": "Apple"})
    toy.execute("INSERT INTO concept (system_id, code, norm, part) VALUES (1, 'Z', 'Z', 'all')")
    with pytest.raises(UnknownCode):
        toy.service().concept("toy", "Z")


def test_headings_that_mean_two_things(toy: Any) -> None:
    toy.put("2020", {"KKÅ:AA": "Surgery", "KMÅ:AA": "Medicine", "AA001": "Examination", "KMÅ:B": "B alone"})
    service = toy.service()
    for code in ("AA", "aa", " Aa"):
        with pytest.raises(UnknownCode) as caught:
            service.concept("toy", code)
        assert caught.value.details["nearest"] == ["KKÅ:AA", "KMÅ:AA"]
        assert "KKÅ:AA or KMÅ:AA" in caught.value.message
    assert service.concept("toy", "kkå:aa").display == "Surgery"
    assert service.concept("toy", "kmå:aa").display == "Medicine"
    assert service.concept("toy", "aa001").display == "Examination"


def test_everything_about_a_code(toy: Any) -> None:
    toy.put(
        "2020",
        {
            "A": {"title": "Fruit", "abstract": True, "level": "chapter"},
            "A1": {
                "title": "Äpple",
                "titles": {"en": "Apple"},
                "synonyms": ["Vinterfrukt"],
                "parents": ["A"],
                "properties": [
                    ["size", "3"], ["size", "large"], ["ripe", "true"], ["note", "First."], ["note", "Second."],
                ],
            },
        },
    )  # fmt: skip
    found = toy.service().concept("toy", "a1")
    assert (found.display, found.abstract, found.level, found.parents) == ("Äpple", False, "", ["A"])
    assert [(d.use, d.language, d.value) for d in found.designations] == [
        ("display", "en", "Apple"),
        ("display", "sv", "Äpple"),
        ("synonym", "sv", "Vinterfrukt"),
    ]
    assert found.notes == [NoteAnswer("note", "Anmärkning", "sv", ["First.", "Second."])]
    assert found.properties == [
        PropertyAnswer("size", "Storlek", "integer", 3),
        PropertyAnswer("size", "Storlek", "integer", "large"),
        PropertyAnswer("ripe", "Mogen", "boolean", True),
    ]
    assert found.not_stated == ["colour"]
    heading = toy.service().concept("toy", "A")
    assert (heading.abstract, heading.level, heading.children_count) == (True, "chapter", 1)
    assert toy.service().concept("toy", "A1", lang=["en-GB"]).display == "Apple"


def test_a_code_without_a_title_is_shown_as_itself(toy: Any) -> None:
    toy.put("2020", {"A": {}})
    assert toy.service().concept("toy", "A").display == "A"


def test_silence_is_not_absence(toy: Any) -> None:
    """A property that a later format cannot say stays; one that it says is empty goes."""
    coloured = {"A": {"title": "Apple", "properties": [["colour", "red"]]}}
    toy.put("2019", coloured)
    toy.put("2020", {"A": "Apple"})
    toy.put("2021", {"A": "Apple"}, covers=[("all", "property:colour")])
    service = toy.service()
    colours = [
        [each.value for each in service.concept("toy", "A", When(version=version)).properties]
        for version in ("2019", "2020", "2021")
    ]
    assert colours == [["red"], ["red"], []]
    assert "colour" not in service.concept("toy", "A", When(version="2020")).not_stated


def test_a_system_only_to_come(toy: Any) -> None:
    toy.put("2023", {"A": "Apple"})
    service = toy.service()
    with pytest.raises(NothingInForce):
        service.concept("toy", "A")
    assert service.concept("toy", "A", When(version="2023")).active
    info = service.codesystem("toy")
    assert (info.version, info.concepts, info.versions) == (None, 0, 1)
    with pytest.raises(UnknownSystem):
        service.concept("tay", "A")


def test_the_latest_of_a_day_wins(toy: Any) -> None:
    for version in ("b", "a", "c"):
        toy.load(toy.release(version, {"A": version}), version=version, effective=date(2020, 1, 1))
    service = toy.service()
    assert service.concept("toy", "A").display == "c"
    assert [service.concept("toy", "A", When(version=v)).display for v in "abc"] == ["a", "b", "c"]
