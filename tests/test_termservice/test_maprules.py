"""Rules of SNOMED CT's maps: what they say, what they need, and which target is chosen."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from termservice.maprules import (
    All,
    Always,
    Comparison,
    Context,
    Finding,
    Need,
    Outcome,
    RuleError,
    choose,
    evaluate,
    needs,
    parse,
    parse_age,
)

YEAR = Decimal(8766)
FEMALE = "IFA 248152002 | Female (finding) |"
MALE = "IFA 248153007 | Male (finding) |"
ONSET = "IFA 445518008 | Age at onset of clinical finding (observable entity) |"
NOW = "IFA 424144002 | Current chronological age (observable entity) |"
OTHER = "IFA 142851000119103 | Spontaneous cerebellar hemorrhage (disorder) |"
ANOTHER = "IFA 425957003 | Non-traumatic intracerebral ventricular hemorrhage (disorder) |"
OTHERWISE = "OTHERWISE TRUE"
TEENS = f"{ONSET} >= 12.0 years AND {ONSET} < 19.0 years"


def known(age: str = "", sex: str | None = None, *codes: str) -> Context:
    return Context(parse_age(age) if age else None, sex, frozenset(codes) if codes else None)  # type: ignore[arg-type]


def statuses(rules: list[str], context: Context) -> list[str]:
    return [each.status for each in choose([(1, n, rule) for n, rule in enumerate(rules, start=1)], context)]


def said(found: tuple[Need, ...]) -> list[tuple[str, str]]:
    return [(need.kind, need.text) for need in found]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("34", 34, 35),
        ("34 years", 34, 35),
        ("34 år", 34, 35),
        (" 34Y ", 34, 35),
        ("P34Y", 34, 35),
        ("2.5 years", Decimal("2.5"), Decimal("2.6")),
        ("2,50 år", Decimal("2.5"), Decimal("2.51")),
        ("6 months", Decimal("0.5"), Decimal(7) / 12),
        ("P6M", Decimal("0.5"), Decimal(7) / 12),
        ("1 year 6 months", Decimal("1.5"), Decimal(19) / 12),
        ("1 år 6 mån", Decimal("1.5"), Decimal(19) / 12),
        ("p1y6m", Decimal("1.5"), Decimal(19) / 12),
        ("0", 0, 1),
    ],
)
def test_an_age_is_as_exact_as_it_is_said(text: str, low: Decimal, high: Decimal) -> None:
    age = parse_age(text)
    assert (age.low, age.high) == (low * YEAR, high * YEAR)


@pytest.mark.parametrize(
    ("text", "hours"),
    [("2 weeks", 336), ("P2W", 336), ("28 dagar", 672), ("10d", 240), ("P10D", 240), ("5 hours", 5), ("PT5H", 5)],
)
def test_short_ages(text: str, hours: int) -> None:
    assert parse_age(text).low == hours


@pytest.mark.parametrize(
    "text",
    ["", "old", "-3", "P", "PT", "P1", "3 apes", "3 months 1 year", "1 2", "1 year 2 years", "1e3", "٣", "1a" * 5000],
)
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no age: say 34, 34 years, 3 months, 10 days or P3M"):
        parse_age(text)


@given(st.text(max_size=30))
def test_any_text_is_an_age_or_refused(text: str) -> None:
    try:
        age = parse_age(text)
    except ValueError:
        return
    assert 0 <= age.low < age.high


@pytest.mark.parametrize("rule", ["TRUE", "true", " TRUE ", "", "  "])
def test_true_and_nothing_hold_always(rule: str) -> None:
    assert parse(rule) == Always()
    assert evaluate(parse(rule), Context()) is True


def test_what_rules_say() -> None:
    assert parse(OTHERWISE) == Always(otherwise=True)
    assert parse(FEMALE) == All((Finding("248152002", "Female (finding)"),))
    assert parse("ifa  248152002") == All((Finding("248152002", ""),))
    name = "Age at onset of clinical finding (observable entity)"
    assert parse(TEENS) == All(
        (
            Comparison("445518008", name, ">=", Decimal(12), "year", ">= 12.0 years"),
            Comparison("445518008", name, "<", Decimal(19), "year", "< 19.0 years"),
        )
    )


@pytest.mark.parametrize(
    ("rule", "position"),
    [
        ("MAP IS CONTEXT DEPENDENT", 0),
        ("IFA", 3),
        ("IFA 248152002 | Female", 14),
        ("IFA 12 | too short |", 4),
        (f"{FEMALE} OR {MALE}", len(FEMALE) + 1),
        ("TRUE TRUE", 5),
        (f"{ONSET} >= 12.0", len(ONSET) + 8),
        (f"{ONSET} >= twelve years", len(ONSET) + 4),
        (f"{ONSET} >= 12.0 fortnights", len(ONSET) + 9),
    ],
)
def test_text_that_the_grammar_does_not_have(rule: str, position: int) -> None:
    with pytest.raises(RuleError, match=f"not understood from character {position + 1}") as error:
        parse(rule)
    assert error.value.position == position


@given(st.text(max_size=60) | st.lists(st.sampled_from([*TEENS.split(), *FEMALE.split(), "TRUE", "|"])).map(" ".join))
def test_any_text_is_a_rule_or_refused(rule: str) -> None:
    try:
        parse(rule)
    except RuleError as error:
        assert 0 <= error.position <= len(rule)


@pytest.mark.parametrize(
    ("rule", "context", "expected"),
    [
        (FEMALE, known(sex="female"), True),
        (FEMALE, known(sex="male"), False),
        (FEMALE, known(sex="other"), False),
        (FEMALE, known(sex="unknown"), None),
        (FEMALE, known(), None),
        (FEMALE, known("", None, "248152002"), True),
        (MALE, known("", None, "248152002"), False),
        (MALE, known("", None, "138875005"), None),
        (TEENS, known("11"), False),
        (TEENS, known("12"), True),
        (TEENS, known("18"), True),
        (TEENS, known("19"), False),
        (TEENS, known("145 months"), True),
        (TEENS, known(), None),
        (f"{NOW} < 28.0 days", known("0"), None),
        (f"{NOW} < 28.0 days", known("27 days"), True),
        (f"{NOW} < 28.0 days", known("28 days"), False),
        (f"{NOW} < 28.0 days", known("1"), False),
        (f"{NOW} > 15 years", known("16"), True),
        (f"{NOW} > 15 years", known("14"), False),
        (f"{NOW} > 15 years", known("15"), None),
        (f"{NOW} <= 15 years", known("14"), True),
        (f"{NOW} <= 15 years", known("16"), False),
        (f"{NOW} = 15 years", known("15"), True),
        (f"{NOW} = 15 years", known("15 years 3 months"), True),
        (f"{NOW} = 15 years", known("14"), False),
        (f"{NOW} = 15 years", known("16"), False),
        (f"{NOW} = 15 months", known("1"), None),
        (f"{NOW} = 15 months", known(), None),
        (f"{FEMALE} AND {ONSET} >= 12.0 years", known("11"), False),
        (f"{FEMALE} AND {ONSET} >= 12.0 years", known("12"), None),
        (f"{FEMALE} AND {ONSET} >= 12.0 years", known("12", "female"), True),
        (OTHER, known(), None),
        (OTHER, Context(codes=frozenset()), False),
        (OTHER, known("", None, "142851000119103"), True),
        ("IFA 50373000 | Body height (observable entity) | > 2 years", known("34"), None),
    ],
)
def test_a_rule_holds_or_not_or_nobody_knows(rule: str, context: Context, expected: bool | None) -> None:
    assert evaluate(parse(rule), context) is expected
    assert (needs(parse(rule), context) == ()) is (expected is not None)


def test_narrower_codes_count_where_the_hierarchy_is_known() -> None:
    context = known("", None, "28837001")
    assert evaluate(parse(OTHER), context) is False
    assert evaluate(parse(OTHER), context, lambda code, of: (code, of) == ("28837001", "142851000119103")) is True


def test_a_sex_that_fhir_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="'kvinna'"):
        known(sex="kvinna")


def test_what_is_needed_is_said_as_the_rule_has_it() -> None:
    assert said(needs(parse(TEENS), Context())) == [("age", ">= 12.0 years"), ("age", "< 19.0 years")]
    assert said(needs(parse(f"{FEMALE} AND {OTHER}"), known(sex="female"))) == [
        ("code", "142851000119103 | Spontaneous cerebellar hemorrhage (disorder) |")
    ]
    (need,) = needs(parse(FEMALE), Context())
    assert need == Need("sex", "248152002", "Female (finding)", "248152002 | Female (finding) |")


@pytest.mark.parametrize(
    ("rules", "context", "expected"),
    [
        ([FEMALE, MALE, OTHERWISE], known(sex="female"), ["applies", "not-chosen", "not-chosen"]),
        ([FEMALE, MALE, OTHERWISE], known(sex="male"), ["not-chosen", "applies", "not-chosen"]),
        ([FEMALE, MALE, OTHERWISE], known(sex="other"), ["not-chosen", "not-chosen", "applies"]),
        ([FEMALE, MALE, OTHERWISE], known(), ["depends", "depends", "depends"]),
        ([TEENS, OTHERWISE], known("45"), ["not-chosen", "applies"]),
        ([OTHER, ANOTHER, OTHERWISE], Context(codes=frozenset()), ["not-chosen", "not-chosen", "applies"]),
        ([OTHER, "TRUE", OTHERWISE], known(), ["depends", "depends", "not-chosen"]),
        ([OTHERWISE, FEMALE], known(sex="female"), ["not-chosen", "applies"]),
        (["NOT UNDERSTOOD", OTHERWISE], known("1", "male"), ["depends", "depends"]),
        (["TRUE", "TRUE"], known(), ["applies", "not-chosen"]),
        (["", ""], known(), ["applies", "applies"]),
        (["", "TRUE"], known(), ["applies", "not-chosen"]),
        ([], known(), []),
    ],
)
def test_the_first_that_holds_is_chosen(rules: list[str], context: Context, expected: list[str]) -> None:
    assert statuses(rules, context) == expected


def test_groups_are_chosen_each_for_itself_and_in_the_order_of_priority() -> None:
    rules = [(2, 1, "TRUE"), (1, 3, OTHERWISE), (1, 2, MALE), (1, 1, FEMALE)]
    assert [each.status for each in choose(rules, known(sex="male"))] == [
        "applies",
        "not-chosen",
        "applies",
        "not-chosen",
    ]


def test_what_an_outcome_depends_on_includes_the_rules_before_it() -> None:
    first, second, last = choose([(1, 1, FEMALE), (1, 2, OTHER), (1, 3, OTHERWISE)], Context())
    assert [need.kind for need in first.needs] == ["sex"]
    assert [need.kind for need in second.needs] == ["sex", "code"]
    assert last == second


def test_a_rule_that_is_not_understood_needs_nothing_that_could_be_said() -> None:
    assert choose([(1, 1, "NOT UNDERSTOOD")], Context()) == [Outcome("depends")]


AGES = ["0", "27 days", "1 month", "11", "12", "18 years 11 months", "19", "70"]
CODES = ["142851000119103", "425957003", "138875005"]
RULES = ["TRUE", "", OTHERWISE, FEMALE, MALE, TEENS, OTHER, ANOTHER, f"{NOW} < 28.0 days", "NOT UNDERSTOOD"]
RULES += [f"{FEMALE} AND {TEENS}", f"{OTHER} AND {FEMALE}", f"{ONSET} = 12 years", f"{NOW} <= 11.5 years"]

ages = st.none() | st.sampled_from(AGES).map(parse_age)
sexes = st.sampled_from([None, "unknown", "female", "male", "other"])
codes = st.none() | st.frozensets(st.sampled_from(CODES))
contexts = st.builds(Context, ages, sexes, codes)
maps = st.lists(st.tuples(st.integers(1, 2), st.integers(1, 4), st.sampled_from(RULES)), max_size=8)


def completed(context: Context, more: Context) -> Context:
    """`context` and what `more` says of things that it does not."""
    return Context(
        context.age or more.age,
        more.sex if context.sex in (None, "unknown") else context.sex,
        more.codes if context.codes is None else context.codes,
    )


@given(maps, contexts, contexts)
def test_knowing_more_changes_nothing_that_is_certain(
    rules: list[tuple[int, int, str]], context: Context, more: Context
) -> None:
    before = choose(rules, context)
    after = choose(rules, completed(context, more))
    for earlier, later in zip(before, after, strict=True):
        assert earlier.status in ("depends", later.status)


@given(st.sampled_from(RULES[:9]), st.sampled_from(AGES), st.sampled_from(AGES))
def test_saying_an_age_more_exactly_changes_nothing_that_is_certain(rule: str, one: str, other: str) -> None:
    wide, narrow = parse_age(one), parse_age(other)
    assume(wide.low <= narrow.low and narrow.high <= wide.high)
    before = evaluate(parse(rule), Context(wide))
    assert before in (None, evaluate(parse(rule), Context(narrow)))


@given(maps, contexts)
def test_of_a_group_with_rules_one_applies_at_most(rules: list[tuple[int, int, str]], context: Context) -> None:
    groups: defaultdict[int, list[tuple[str, Outcome]]] = defaultdict(list)
    for (group, _, rule), outcome in zip(rules, choose(rules, context), strict=True):
        groups[group].append((rule, outcome))
    for members in groups.values():
        count = sum(outcome.status == "applies" for _, outcome in members)
        assert count <= 1 if any(rule for rule, _ in members) else count == len(members)


@given(
    maps,
    ages.filter(bool),
    sexes.filter(lambda sex: sex not in (None, "unknown")),
    codes.filter(lambda c: c is not None),
)
def test_who_knows_all_is_never_told_that_it_depends(
    rules: list[tuple[int, int, str]], age: object, sex: object, known_codes: object
) -> None:
    understood = [each for each in rules if each[2] in RULES[:8]]
    context = Context(age, sex, known_codes)  # type: ignore[arg-type]
    assert "depends" not in {outcome.status for outcome in choose(understood, context)}


@given(maps, contexts)
def test_only_what_depends_needs_anything(rules: list[tuple[int, int, str]], context: Context) -> None:
    outcomes = choose(rules, context)
    assert len(outcomes) == len(rules)
    for outcome in outcomes:
        assert outcome.status == "depends" or not outcome.needs
        assert len(set(outcome.needs)) == len(outcome.needs)


@given(maps, contexts, st.randoms())
def test_the_order_of_rows_does_not_matter(rules: list[tuple[int, int, str]], context: Context, dice: object) -> None:
    unique = list({(group, priority): (group, priority, rule) for group, priority, rule in rules}.values())
    shuffled = unique[:]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    first = dict(zip(unique, choose(unique, context), strict=True))
    assert dict(zip(shuffled, choose(shuffled, context), strict=True)) == first


@pytest.mark.live
def test_the_rules_of_real_maps(shared_data: Path) -> None:
    folder = shared_data / "snomed-ct"
    files = [*folder.glob("extended-map/*.txt"), *folder.glob("se-2016-samples/*ExtendedMap*.txt")]
    rules: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for file in files:
        for line in file.read_text("utf-8").splitlines()[1:]:
            cells = line.split("\t")
            rules[file.name + cells[5]].append((int(cells[6]), int(cells[7]), cells[8]))
    assert len({rule for each in rules.values() for _, _, rule in each if parse(rule)}) == 12
    woman, nobody = known("34", "female", "138875005"), Context()
    statuses_known = {outcome.status for each in rules.values() for outcome in choose(each, woman)}
    assert statuses_known == {"applies", "not-chosen"}
    assert "depends" in {outcome.status for each in rules.values() for outcome in choose(each, nobody)}
