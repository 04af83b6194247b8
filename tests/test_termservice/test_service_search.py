"""Search through the service: which systems, which time, what is kept out. How texts match is the index's affair."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from termservice import searching
from termservice.answers import SearchAnswer, When
from termservice.errors import InvalidParameter, NothingInForce, NotInVersion, StoreError, UnknownSystem, UnknownVersion

RED = {"title": "Rött äpple", "parents": ["F"]}


@pytest.fixture
def orchard(toy: Any) -> Any:
    toy.put("2020", {"F": "Frukter", "F1": RED, "F2": "Päron", "G": "Gult äpple"})
    toy.put(
        "2021",
        {
            "F": "Frukter",
            "F1": RED | {"synonyms": ["Ingrid Marie"], "titles": {"en": "Red pome"}},
            "F3": {"title": "Äpple, ruttet", "parents": ["F"], "active": False},
            "H": {"title": "Äppelmos", "properties": [["note", "Kokt frukt av äpple."]]},
        },
    )
    toy.put("2021", {"pome": "Pome", "fig": "Fig"}, system="odd")
    return toy


def codes(answer: SearchAnswer) -> list[str]:
    return [item.code for item in answer.items]


def test_a_search_over_all_systems(orchard: Any) -> None:
    found = orchard.service().search("pome")
    assert found.versions == {"odd": "2021", "toy": "2021"}
    assert {(item.system, item.code) for item in found.items} == {("odd", "pome"), ("toy", "F1")}
    assert (found.items[0].system, found.items[0].code) == ("odd", "pome")  # the exact one first
    assert (found.total, found.next, found.revision) == (2, None, 3)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"systems": ["odd"]}, {"pome"}),
        ({"systems": ["urn:oid:1.2.3.4"]}, {"F1"}),
        ({"systems": ["toy", "odd", "http://example.org/toy"]}, {"pome", "F1"}),
    ],
)
def test_systems_asked_for(orchard: Any, asked: dict[str, Any], expected: set[str]) -> None:
    assert set(codes(orchard.service().search("pome", **asked))) == expected


def test_what_fits_alike_comes_in_the_readers_language_first(toy: Any) -> None:
    for system in ("odd", "toy"):  # English, Swedish
        toy.put("2020", {"F1": "Fikon"}, system=system)
    for query in ("fikon", "F1"):
        for lang, expected in (("sv", ["toy", "odd"]), ("en-GB", ["odd", "toy"])):
            found = toy.service().search(query, lang=[lang])
            assert [item.system for item in found.items] == expected


def test_what_fits_alike_comes_before_its_abridgement(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for system in ("far", "toy"):
        toy.put("2020", {"F1": "Fikon"}, system=system)
    service = toy.service()
    assert [item.system for item in service.search("fikon").items] == ["far", "toy"]
    monkeypatch.setattr(searching, "abridged", {"far": "toy", "toy": ""}.__getitem__)
    assert [item.system for item in service.search("fikon").items] == ["toy", "far"]
    assert [item.system for item in service.search("fikon", systems=["far", "toy"], limit=1, offset=1).items] == ["far"]


def test_words_are_left_out_that_no_code_system_knows_together_with_the_rest(orchard: Any) -> None:
    service = orchard.service()
    found = service.search("pome xyzzqq")
    assert (set(codes(found)), found.left_out, found.partial) == ({"pome", "F1"}, ("xyzzqq",), True)
    found = service.search("fig ingrid marie")  # the fig of one code system, the apple of another
    assert (set(codes(found)), found.left_out, found.partial) == ({"fig", "F1"}, (), True)
    found = service.search("ingrid marie")
    assert (codes(found), found.left_out, found.partial) == (["F1"], (), False)


def test_the_displayed_and_the_matched_text(orchard: Any) -> None:
    (item,) = orchard.service().search("ingrid", systems=["toy"]).items
    assert (item.display, item.matched.text, item.matched.use) == ("Rött äpple", "Ingrid Marie", "synonym")
    (item,) = orchard.service().search("ingrid", systems=["toy"], lang=["en"]).items
    assert item.display == "Red pome"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (When(), ["F1"]),
        (When(version="2020"), ["F1", "G"]),
        (When(date="2020-12-31"), ["F1", "G"]),
        (When(version="2021"), ["F1"]),
    ],
)
def test_at_a_time(orchard: Any, when: When, expected: list[str]) -> None:
    found = orchard.service().search("äpple", systems=["toy"], when=when, active=True)
    assert sorted(code for code in codes(found) if code != "H") == expected


def test_active_and_not(orchard: Any) -> None:
    service = orchard.service()

    def found(active: bool | None, **more: Any) -> dict[str, bool]:
        answer = service.search("äpple", systems=["toy"], active=active, **more)
        return {item.code: item.active for item in answer.items}

    assert found(True) == {"F1": True, "H": True}
    assert found(False) == {"F3": False, "G": False}
    assert found(None) == {"F1": True, "H": True}  # the others only where nothing active fits
    assert found(False, when=When(version="2021")) == {"F3": False}
    assert [(item.code, item.active) for item in service.search("ruttet").items] == [("F3", False)]


def test_a_withdrawn_code_is_found_with_its_last_name(orchard: Any) -> None:
    (item,) = orchard.service().search("päron", systems=["toy"]).items
    assert (item.code, item.display, item.active) == ("F2", "Päron", False)
    assert codes(orchard.service().search("päron", systems=["toy"], when=When(version="2021"))) == []


def test_under_a_heading(orchard: Any) -> None:
    service = orchard.service()
    assert codes(service.search("äpple", systems=["toy"], under="f")) == ["F1"]
    assert codes(service.search("frukter", systems=["toy"], under="F")) == ["F"]
    assert codes(service.search("päron", systems=["toy"], under="F")) == []
    assert set(codes(service.search("äpple", systems=["toy"], under="F", active=False))) == {"F3"}


def test_a_language(orchard: Any) -> None:
    service = orchard.service()
    assert codes(service.search("red", systems=["toy"], language="en")) == ["F1"]
    assert codes(service.search("red", systems=["toy"], language="sv")) == []


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"systems": ["nothing"]}, UnknownSystem),
        ({"when": When(version="2021")}, InvalidParameter),
        ({"systems": ["toy"], "when": When(version="1999")}, UnknownVersion),
        ({"systems": ["toy"], "when": When(date="1999-01-01")}, NothingInForce),
        ({"when": When(date="soon")}, InvalidParameter),
        ({"under": "F"}, InvalidParameter),
        ({"under": "F", "systems": ["toy", "odd"]}, InvalidParameter),
        ({"under": "G", "systems": ["toy"]}, NotInVersion),
    ],
)
def test_what_cannot_be_searched(orchard: Any, asked: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        orchard.service().search("pome", **asked)


def test_systems_not_yet_there_on_a_date_are_left_out(orchard: Any) -> None:
    found = orchard.service().search("frukter", when=When(date="2020-06-01"))
    assert found.versions == {"toy": "2020"}
    nothing = orchard.service().search("frukter", when=When(date="1999-01-01"))
    assert (nothing.total, nothing.items, nothing.versions) == (0, [], {})


def test_pages_over_systems(toy: Any) -> None:
    toy.put("2020", {f"T{number}": f"Apple {number}" for number in range(7)})
    toy.put("2020", {f"o{number}": f"Apple {number}" for number in range(6)}, system="odd")
    service = toy.service()
    whole = [(item.system, item.code) for item in service.search("apple", limit=100).items]
    assert len(set(whole)) == 13
    paged: list[tuple[str, str]] = []
    following: str | None = "0"
    while following is not None:
        page = service.search("apple", limit=4, offset=int(following))
        assert page.total == 13
        paged += [(item.system, item.code) for item in page.items]
        following = page.next
    assert paged == whole


@pytest.mark.parametrize("query", ["", " ", "\x00", "?" * 5000, "(", '"', "AND OR NOT", "*", "ä" * 399 + "b", "\ud800"])
def test_any_text_may_be_typed(orchard: Any, query: str) -> None:
    assert orchard.service().search(query).total >= 0


def test_a_code_in_any_spelling_is_found(toy: Any) -> None:
    toy.put("2020", {"I21.9": "Infarct", "I21": "Heart"})
    toy.put("2021", {"I21": "Heart"})
    for query in ("i219", "I21.9", "I 21.9"):
        (item,) = toy.service().search(query, limit=1).items
        assert (item.code, item.active) == ("I21.9", False)


def test_a_missing_index_is_said_so(orchard: Any) -> None:
    shutil.rmtree(orchard.home / "index")
    with pytest.raises(StoreError, match="reindex"):
        orchard.service().search("pome")
    with pytest.raises(StoreError, match="reindex"):
        orchard.service().health()
    assert orchard.service().concept("toy", "F").display == "Frukter"
