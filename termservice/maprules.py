"""The rules of SNOMED CT's complex and extended maps: which of a map's targets holds for whom.

Source: SNOMED CT to ICD-10 Map Specification (map group, priority, rule; appendix "mapRule Grammar and Formatting"). A
rule asks for sex, for age at onset or now, or for another code of the same person. What is not known is neither true
nor false (Kleene's logic), so that an answer can say what it depends on. Pure: nothing here knows of stores.
"""

from __future__ import annotations

import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Literal

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args

SEXES = {"248152002": "female", "248153007": "male"}
"""Findings that ask for the sex."""
AGES = ("445518008", "424144002")
"""Observables that ask for the age: at onset of the clinical finding, and now."""

_HOURS = {
    "year": Decimal(8766),
    "month": Decimal("730.5"),
    "week": Decimal(168),
    "day": Decimal(24),
    "hour": Decimal(1),
}
"""Hours in a unit; of years and months the mean, so that 12 months are a year."""
_UNITS = {
    "year": ("year", "years", "y", "a", "år"),
    "month": ("month", "months", "mo", "månad", "månader", "mån"),
    "week": ("week", "weeks", "w", "wk", "vecka", "veckor"),
    "day": ("day", "days", "d", "dag", "dagar", "dygn"),
    "hour": ("hour", "hours", "h", "timme", "timmar"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_NUMBER = r"[0-9]{1,9}(?:[.,][0-9]{1,6})?"
_AMOUNT = re.compile(rf"({_NUMBER})\s*([^\W\d_]+)\s*")
_ISO_DURATION = re.compile(
    r"P(?:(?P<year>[0-9]{1,9})Y)?(?:(?P<month>[0-9]{1,9})M)?(?:(?P<week>[0-9]{1,9})W)?(?:(?P<day>[0-9]{1,9})D)?"
    r"(?:T(?P<hour>[0-9]{1,9})H)?",
    re.I,
)

Sex = Literal["female", "male", "other", "unknown"]
Status = Literal["applies", "depends", "not-chosen"]
NeedKind = Literal["age", "sex", "code"]
IsA = Callable[[str, str], bool]
"""Whether the first code is the second or narrower."""


@dataclass(frozen=True, slots=True)
class Age:
    """An age as exactly as it was said: `34 years` is anything from the 34th birthday to the 35th."""

    low: Decimal
    """In hours."""
    high: Decimal
    """In hours; the age is below this."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the person. Raises `ValueError` for a sex that FHIR does not know."""

    age: Age | None = None
    """At onset, or now where a rule asks for that."""
    sex: Sex | None = None
    codes: frozenset[str] | None = None
    """All other codes there are, so that a code that is not among them is not there; None where nobody says."""

    def __post_init__(self) -> None:
        if self.sex not in (None, "female", "male", "other", "unknown"):
            raise ValueError(f"sex is {self.sex!r}: female, male, other or unknown")


@dataclass(frozen=True, slots=True)
class Always:
    """`TRUE`, also an empty rule; `OTHERWISE TRUE` comes after all others of its group."""

    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """`IFA 248152002 | Female (finding) |`."""

    code: str
    display: str

    @property
    def text(self) -> str:
        return f"{self.code} | {self.display} |" if self.display else self.code


@dataclass(frozen=True, slots=True)
class Comparison:
    """`IFA 445518008 | Age at onset of clinical finding (observable entity) | >= 12.0 years`."""

    code: str
    display: str
    operator: str
    value: Decimal
    unit: str
    """`year`, `month`, `week`, `day` or `hour`."""
    text: str
    """The comparison as the rule has it: `>= 12.0 years`."""


@dataclass(frozen=True, slots=True)
class All:
    """Conditions that must all hold."""

    conditions: tuple[Finding | Comparison, ...]


Rule = Always | All


@dataclass(frozen=True, slots=True)
class Need:
    """Something that must be known to decide a rule."""

    kind: NeedKind
    code: str
    """What the rule asks for, with its name in the rule."""
    display: str
    text: str
    """The condition as the rule has it: `>= 12.0 years`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one of a map's targets."""

    status: Status
    needs: tuple[Need, ...] = ()
    """What would decide it, where it depends; nothing where a rule that is not understood is in the way."""


class RuleError(ValueError):
    """A rule that is not understood; `position` is the character (from 0) where understanding ends."""

    def __init__(self, rule: str, position: int) -> None:
        super().__init__(f"not understood from character {position + 1}: {rule[position : position + 40]!r}")
        self.position = position


def parse_age(text: str) -> Age:
    """The age in `34`, `34 years`, `1 år 3 månader`, `2.5 years` or `P3M` (ISO 8601).

    Raises `ValueError` for anything else.
    """
    amounts = list(_iso_amounts(text.strip()) or _amounts(text.strip()))
    units = [unit for _, unit in amounts]
    ordered = sorted(units, key=list(_HOURS).index)
    if not amounts or units != ordered or len(set(units)) < len(units):
        raise ValueError(f"{text.strip()!r} is no age: say 34, 34 years, 3 months, 10 days or P3M")
    low = sum((amount * _HOURS[unit] for amount, unit in amounts), Decimal(0))
    last, unit = amounts[-1]
    return Age(low, low + _HOURS[unit] * Decimal(1).scaleb(int(last.as_tuple().exponent)))


@lru_cache(maxsize=1 << 14)
def parse(rule: str) -> Rule:
    """The meaning of a rule; empty text holds always. Raises `RuleError` for text that the grammar does not have."""
    if not rule.strip():
        return Always()
    try:
        found: Any = _parser().parse(rule)
    except UnexpectedInput as error:
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        raise RuleError(rule, len(rule) if ended else error.pos_in_stream or 0) from None
    meaning: Rule = found
    return meaning


def evaluate(rule: Rule, context: Context, is_a: IsA = operator.eq) -> bool | None:
    """Whether the rule holds; None where the context does not decide it. `OTHERWISE TRUE` holds where it is
    reached: see `choose`."""
    if isinstance(rule, Always):
        return True
    values = [_holds(condition, context, is_a) for condition in rule.conditions]
    if False in values:
        return False
    return None if None in values else True


def needs(rule: Rule, context: Context, is_a: IsA = operator.eq) -> tuple[Need, ...]:
    """What is missing to decide the rule; nothing where it is decided."""
    if isinstance(rule, Always) or evaluate(rule, context, is_a) is not None:
        return ()
    return _each_once(_need(each) for each in rule.conditions if _holds(each, context, is_a) is None)


def choose(rules: Sequence[tuple[int, int, str]], context: Context, is_a: IsA = operator.eq) -> list[Outcome]:
    """What becomes of each target of one source code, by (group, priority, rule) of each; in the order given.

    Of each group the first target whose rule holds applies. Where that depends on what is not known, so do all
    targets down to the first whose rule holds for certain. Of a group without any rule every target applies.
    """
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for number, (group, _, _) in enumerate(rules):
        groups[group].append(number)
    outcomes: dict[int, Outcome] = {}
    for members in groups.values():
        if any(rules[number][2].strip() for number in members):
            outcomes.update(_chosen([(number, rules[number]) for number in members], context, is_a))
        else:
            outcomes.update((number, Outcome("applies")) for number in members)
    return [outcomes[number] for number in range(len(rules))]


def _chosen(
    members: Sequence[tuple[int, tuple[int, int, str]]], context: Context, is_a: IsA
) -> Iterator[tuple[int, Outcome]]:
    """The outcome of each member of one group."""
    parsed = [(number, priority, _understood(rule)) for number, (_, priority, rule) in members]
    parsed.sort(key=lambda member: (member[2] == Always(otherwise=True), member[1]))
    missing: list[Need] = []
    undecided = settled = False
    for number, _, rule in parsed:
        holds = evaluate(rule, context, is_a) if rule else None
        if settled or holds is False:
            yield number, Outcome("not-chosen")
            continue
        if holds is None:
            undecided = True
            missing.extend(needs(rule, context, is_a) if rule else ())
        settled = holds is True
        yield number, Outcome("depends", _each_once(missing)) if undecided else Outcome("applies")


def _understood(rule: str) -> Rule | None:
    try:
        return parse(rule)
    except RuleError:
        return None


def _holds(condition: Finding | Comparison, context: Context, is_a: IsA) -> bool | None:
    if isinstance(condition, Comparison):
        return _compare(condition, context.age) if condition.code in AGES else None
    if condition.code in SEXES:
        sex = _sex(context)
        return None if sex is None else sex == SEXES[condition.code]
    if context.codes is None:
        return None
    return any(is_a(code, condition.code) for code in context.codes)


def _sex(context: Context) -> str | None:
    """The sex that is said, or that one of the codes says."""
    if context.sex not in (None, "unknown"):
        return context.sex
    said = {SEXES[code] for code in context.codes or () if code in SEXES}
    return said.pop() if len(said) == 1 else None


def _compare(condition: Comparison, age: Age | None) -> bool | None:
    """None also where the age is not said exactly enough: 0 years may be under 28 days, or not."""
    if age is None:
        return None
    bound = condition.value * _HOURS[condition.unit]
    step = _HOURS[condition.unit]
    match condition.operator:
        case ">=":
            return _at_least(age, bound)
        case "<":
            return _not(_at_least(age, bound))
        case ">":
            return _above(age, bound)
        case "<=":
            return _not(_above(age, bound))
    reached, passed = _at_least(age, bound), _at_least(age, bound + step)
    if reached is False or passed is True:
        return False
    return True if (reached, passed) == (True, False) else None


def _at_least(age: Age, bound: Decimal) -> bool | None:
    return True if age.low >= bound else False if age.high <= bound else None


def _above(age: Age, bound: Decimal) -> bool | None:
    return True if age.low > bound else False if age.high <= bound else None


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _need(condition: Finding | Comparison) -> Need:
    kind: NeedKind = "code"
    if condition.code in SEXES:
        kind = "sex"
    elif condition.code in AGES:
        kind = "age"
    return Need(kind, condition.code, condition.display, condition.text)


def _each_once(found: Iterable[Need]) -> tuple[Need, ...]:
    return tuple(dict.fromkeys(found))


def _amounts(text: str) -> Iterator[tuple[Decimal, str]]:
    """(amount, unit) of `1 year 3 months`, in years where no unit is said; nothing where a word is no unit."""
    if re.fullmatch(_NUMBER, text):
        text += " year"
    found = [(amount.replace(",", "."), word.casefold()) for amount, word in _AMOUNT.findall(text)]
    if not _AMOUNT.sub("", text) and all(word in _UNIT_OF for _, word in found):
        yield from ((Decimal(amount), _UNIT_OF[word]) for amount, word in found)


def _iso_amounts(text: str) -> list[tuple[Decimal, str]]:
    found = _ISO_DURATION.fullmatch(text)
    return [(Decimal(amount), unit) for unit, amount in found.groupdict().items() if amount] if found else []


_GRAMMAR = r"""
?start: "TRUE"i                  -> always
      | "OTHERWISE"i "TRUE"i     -> otherwise
      | clause ("AND"i clause)*  -> conjunction
?clause: "IFA"i SCTID [TERM]                     -> finding
       | "IFA"i SCTID [TERM] OPERATOR NUMBER UNIT  -> comparison
SCTID: /[0-9]{6,18}/
TERM: /\|[^|]*\|/
OPERATOR: ">=" | "<=" | ">" | "<" | "="
NUMBER: /[0-9]+(\.[0-9]+)?/
UNIT: /(year|month|week|day|hour)s?/i
%ignore /\s+/
"""


@v_args(inline=True)
class _Meaning(Transformer[Token, Rule]):
    def always(self) -> Rule:
        return Always()

    def otherwise(self) -> Rule:
        return Always(otherwise=True)

    def conjunction(self, *conditions: Finding | Comparison) -> Rule:
        return All(conditions)

    def finding(self, sctid: Token, term: Token | None) -> Finding:
        return Finding(str(sctid), _term(term))

    def comparison(self, sctid: Token, term: Token | None, sign: Token, value: Token, unit: Token) -> Comparison:
        unit_name = unit.casefold().removesuffix("s")
        return Comparison(str(sctid), _term(term), str(sign), Decimal(value), unit_name, f"{sign} {value} {unit}")


def _term(term: Token | None) -> str:
    return term.strip("|").strip() if term else ""


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Meaning(), maybe_placeholders=True)
