"""Translation: straight and over other systems, at a version or date, with rules, honest about what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from termservice.answers import When
from termservice.errors import UnknownCode, UnknownMap, UnknownSystem, UnknownVersion
from termservice.mapanswers import TranslateAnswer
from termservice.maprules import Context, parse_age
from termservice.translating import Question

EQ, NARROW, BROAD, REL = (
    "equivalent",
    "source-is-narrower-than-target",
    "source-is-broader-than-target",
    "related-to",
)


def ask(toy: Any, code: str, target: str | None = None, **more: Any) -> TranslateAnswer:
    system = more.pop("system", "toy")
    return toy.service().maps.translate(Question(system, code, target=target, **more))  # type: ignore[no-any-return]


def codes(answer: TranslateAnswer) -> list[str]:
    return [match.code for match in answer.matches]


@pytest.fixture
def loaded(toy: Any) -> Any:
    toy.put("2020", {"A": "Apple", "B.1": "Banana", "C": "Cherry"})
    toy.put("2020", {"x": "Ex", "y": "Why"}, system="odd")
    toy.load(toy.map("2020", [("A", "x", EQ), ("B.1", "x", NARROW), ("B.1", "y", REL),
                              {"source": "C", "relationship": "unmapped", "comment": "finns inte där"}]))  # fmt: skip
    return toy


def test_a_match_says_where_it_comes_from_and_how_it_stands(loaded: Any) -> None:
    answer = ask(loaded, "A", "odd")
    assert (answer.system, answer.version, answer.code, answer.display) == ("toy", "2020", "A", "Apple")
    (match,) = answer.matches
    assert (match.system, match.version, match.code, match.display) == ("odd", "2020", "x", "Ex")
    assert (match.relationship, match.map, match.map_version) == (EQ, "toy-to-odd", "2020")
    assert (match.status, match.active, match.outcome, match.reversed) == ("current", True, "applies", False)
    assert match.via == []
    assert (answer.result, answer.message) == (True, None)


@pytest.mark.parametrize("spelling", ["B.1", "b1", " B 1 "])
def test_codes_are_forgiven_their_spelling_and_all_targets_given(loaded: Any, spelling: str) -> None:
    assert codes(ask(loaded, spelling, "odd")) == ["x", "y"]


def test_unmapped_says_so_with_the_reason(loaded: Any) -> None:
    answer = ask(loaded, "C", "odd")
    assert (answer.result, answer.matches) == (False, [])
    (none,) = answer.unmapped
    assert (none.map, none.reason) == ("toy-to-odd", "finns inte där")
    assert "finns inte där" in (answer.message or "")


def test_backwards_the_relationship_is_turned(loaded: Any) -> None:
    answer = ask(loaded, "x", "toy", system="odd")
    assert [(m.code, m.relationship, m.reversed) for m in answer.matches] == [("A", EQ, True), ("B.1", BROAD, True)]


def test_without_target_every_system_is_answered(loaded: Any) -> None:
    loaded.load(loaded.map("2020", [("A", "f", REL)], target="far"))
    assert [(m.system, m.code) for m in ask(loaded, "A").matches] == [("far", "f"), ("odd", "x")]


def test_a_system_that_is_not_loaded_is_known_by_its_maps(loaded: Any) -> None:
    loaded.load(loaded.map("2020", [{"source": "A", "target": "f", "target_display": "Effe"}], target="far"))
    (match,) = ask(loaded, "A", "http://example.org/far").matches
    assert (match.version, match.display, match.status, match.active) == (None, "Effe", "not-loaded", None)
    answer = ask(loaded, "f", "toy", system="far")
    assert (answer.version, codes(answer)) == (None, ["A"])
    assert ask(loaded, "nothing", "toy", system="far").message == "no map leads from nothing of far to toy"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"system": "nowhere"}, UnknownSystem),
        ({"target": "nowhere"}, UnknownSystem),
        ({"map": "nowhere"}, UnknownMap),
        ({"code": "Q99"}, UnknownCode),
        ({"when": When("1999")}, UnknownVersion),
        ({"target_version": "1999"}, UnknownVersion),
    ],
)
def test_what_does_not_exist_is_an_error(loaded: Any, more: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(loaded, **{"code": "A", "target": "odd", **more})


def test_a_date_decides_which_map_and_which_target_version_count(toy: Any) -> None:
    toy.put("2019", {"x": "Old x", "y": "Y"}, system="odd")
    toy.put("2021", {"y": "Y"}, system="odd", stated=[("x", "replaced-by", "y")])
    toy.load(toy.map("2019", [("A", "x", EQ)]), toy.map("2021-06", [("A", "y", EQ)]))
    assert codes(ask(toy, "A", "odd")) == ["y"]
    (then,) = ask(toy, "A", "odd", when=When(date="2020-05-01")).matches
    assert (then.code, then.version, then.map_version, then.display, then.active) == (
        "x",
        "2019",
        "2019",
        "Old x",
        True,
    )
    (between,) = ask(toy, "A", "odd", when=When(date="2021-03-01")).matches
    assert (between.code, between.version, between.status, between.active) == ("x", "2021", "withdrawn", False)
    assert [(each.code, each.active) for each in between.successors] == [("y", True)]
    (asked,) = ask(toy, "A", "odd", when=When(date="2020-05-01"), target_version="2021").matches
    assert (asked.version, asked.status, asked.display) == ("2021", "withdrawn", "Old x")
    nothing = ask(toy, "A", "odd", when=When(date="2015-01-01"))
    assert (nothing.result, nothing.matches) == (False, [])


def test_a_named_version_prefers_the_map_made_for_it(toy: Any) -> None:
    toy.put("2019", {"A": "Apple"})
    toy.put("2020", {"A": "Apple"})
    toy.load(
        toy.map("2020", [("A", "x", EQ)], source_version="2019", target_version="t1", id="m"),
        toy.map("2021", [("A", "y", EQ)], source_version="2020", target_version="t2", id="m"),
    )
    assert codes(ask(toy, "A", "odd", when=When("2019"))) == ["x"]
    assert codes(ask(toy, "A", "odd", when=When("2020"))) == ["y"]
    assert codes(ask(toy, "A", "odd", target_version="t1")) == ["x"]
    assert codes(ask(toy, "A", "odd")) == ["y"]


def test_a_code_that_is_withdrawn_itself_says_so(loaded: Any) -> None:
    loaded.put("2021", {"A": "Apple", "C": "Cherry"}, stated=[("B.1", "replaced-by", "C")])
    answer = ask(loaded, "B1", "odd")
    assert codes(answer) == ["x", "y"]
    assert (answer.active, [each.code for each in answer.successors]) == (False, ["C"])
    assert "B.1 is withdrawn in toy" in (answer.message or "")


CHAIN = "2020"


def chain(toy: Any, first: list[tuple[str, str, str]], second: list[tuple[str, str, str]]) -> None:
    toy.load(
        toy.map(CHAIN, first, source="toy", target="far"),
        toy.map(CHAIN, second, source="far", target="odd"),
    )


def test_a_chain_shows_every_step_and_claims_no_more_than_follows(toy: Any) -> None:
    chain(toy, [("A", "f", EQ)], [("f", "x", NARROW), ("f", "y", EQ)])
    answer = ask(toy, "A", "odd")
    assert [(m.code, m.relationship) for m in answer.matches] == [("y", EQ), ("x", NARROW)]
    via = answer.matches[1].via
    assert [(hop.map, hop.map_version, hop.code, hop.target_code, hop.relationship) for hop in via] == [
        ("toy-to-far", CHAIN, "A", "f", EQ),
        ("far-to-odd", CHAIN, "f", "x", NARROW),
    ]


def test_a_direct_map_goes_before_a_chain(toy: Any) -> None:
    chain(toy, [("A", "f", EQ), ("B", "f", EQ)], [("f", "x", EQ)])
    toy.load(toy.map("2020", [("A", "y", REL), {"source": "B", "relationship": "unmapped"}]))
    assert codes(ask(toy, "A", "odd")) == ["y"]
    assert (codes(ask(toy, "B", "odd")), len(ask(toy, "B", "odd").unmapped)) == ([], 1)


def test_short_chains_go_before_long_ones(toy: Any) -> None:
    chain(toy, [("A", "f", REL)], [("f", "x", REL)])
    toy.load(
        toy.map("2020", [("A", "g", EQ)], target="gas"), toy.map("2020", [("g", "h", EQ)], source="gas", target="hot")
    )
    toy.load(toy.map("2020", [("h", "y", EQ)], source="hot"))
    assert codes(ask(toy, "A", "odd")) == ["x"]


def test_three_steps_are_followed(toy: Any) -> None:
    chain(toy, [("A", "f", EQ)], [("f", "x", EQ)])
    toy.load(toy.map("2020", [("x", "g", EQ)], source="odd", target="gas"))
    (match,) = ask(toy, "A", "gas").matches
    assert (match.code, match.relationship, len(match.via)) == ("g", EQ, 3)


def test_a_chain_that_means_nothing_is_refused_and_named(toy: Any) -> None:
    chain(toy, [("A", "f", NARROW)], [("f", "x", BROAD)])
    answer = ask(toy, "A", "odd")
    assert (answer.result, answer.matches) == (False, [])
    assert "the chain over toy-to-far and far-to-odd says nothing" in (answer.message or "")


def test_a_map_is_read_backwards_in_a_chain_where_none_leads_forward(toy: Any) -> None:
    toy.load(
        toy.map("2020", [("A", "f", EQ)], target="far"),
        toy.map("2020", [("x", "f", NARROW)], source="odd", target="far"),
    )
    (match,) = ask(toy, "A", "odd").matches
    assert (match.code, match.relationship, match.reversed) == ("x", BROAD, True)


def test_one_to_many_stays_many_through_a_chain(toy: Any) -> None:
    chain(toy, [("A", "f", REL), ("A", "g", REL)], [("f", "x", REL), ("g", "y", REL), ("g", "z", REL)])
    assert sorted(codes(ask(toy, "A", "odd"))) == ["x", "y", "z"]


FEMALE = "IFA 248152002 | Female (finding) |"
OLD = "IFA 445518008 | Age at onset of clinical finding (observable entity) | >= 65.0 years"


@pytest.fixture
def ruled(toy: Any) -> Any:
    toy.load(
        toy.map(
            "2020",
            [
                {"source": "1", "target": "x", "group": 1, "priority": 1, "rule": FEMALE},
                {"source": "1", "target": "y", "group": 1, "priority": 2, "rule": OLD},
                {"source": "1", "relationship": "unmapped", "group": 1, "priority": 3, "rule": "OTHERWISE TRUE",
                 "advice": "CANNOT BE CLASSIFIED"},
                {"source": "1", "target": "z", "group": 2, "priority": 1, "rule": "TRUE"},
            ],
        )
    )  # fmt: skip
    return toy


@pytest.mark.parametrize(
    ("context", "applying", "open", "unmapped", "needs"),
    [
        (Context(), ["z"], ["x", "y"], 1, {"sex", "age"}),
        (Context(sex="female"), ["x", "z"], [], 0, set()),
        (Context(sex="male"), ["z"], ["y"], 1, {"age"}),
        (Context(sex="male", age=parse_age("70")), ["y", "z"], [], 0, set()),
        (Context(sex="male", age=parse_age("20")), ["z"], [], 1, set()),
        (Context(age=parse_age("70")), ["z"], ["x", "y"], 0, {"sex"}),
    ],
)
def test_rules_are_evaluated_and_what_they_need_is_listed(
    ruled: Any, context: Context, applying: list[str], open: list[str], unmapped: int, needs: set[str]
) -> None:
    answer = ask(ruled, "1", "odd", context=context)
    assert [m.code for m in answer.matches if m.outcome == "applies"] == applying
    assert [m.code for m in answer.matches if m.outcome == "depends"] == open
    assert len(answer.unmapped) == unmapped
    assert {need.kind for need in answer.needs} == needs


def test_needs_go_along_a_chain(ruled: Any) -> None:
    ruled.load(ruled.map("2020", [("x", "f", EQ)], source="odd", target="far"))
    (match,) = ask(ruled, "1", "far").matches
    assert (match.outcome, [need.kind for need in match.needs]) == ("depends", ["sex"])


def test_maps_of_a_concept_are_shown_both_ways(loaded: Any) -> None:
    loaded.load(loaded.map("2020", [("f", "B.1", EQ)], source="far", target="toy"))
    found = loaded.service().maps.of_concept("toy", "b1")
    assert [(each.direction, each.map, each.source, each.target) for each in found.items] == [
        ("forward", "toy-to-odd", "B.1", "x"),
        ("forward", "toy-to-odd", "B.1", "y"),
        ("backward", "far-to-toy", "f", "B.1"),
    ]
    assert (found.code, found.display, found.total) == ("B.1", "Banana", 3)


def test_a_map_is_read_backwards_only_where_none_leads_forward(loaded: Any) -> None:
    loaded.load(loaded.map("2020", [("x", "C", REL)], source="odd", target="toy"))
    assert [(m.code, m.reversed) for m in ask(loaded, "x", "toy", system="odd").matches] == [("C", False)]
    assert [(m.code, m.reversed) for m in ask(loaded, "y", "toy", system="odd").matches] == [("B.1", True)]


def test_how_a_target_stands_is_of_the_revision_that_answers(loaded: Any) -> None:
    service = loaded.service()
    question = Question("toy", "A", target="odd")
    assert service.maps.translate(question).matches[0].status == "current"
    loaded.put("2021", {"y": "Why"}, system="odd")
    assert service.maps.translate(question).matches[0].status == "withdrawn"
