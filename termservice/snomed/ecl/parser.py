"""From the text of an expression constraint to its tree, or an error that says what was expected where."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from codesystems.formats import rf2
from codesystems.formats.rf2_rows import ACCEPTABLE, PREFERRED
from termservice.snomed.ecl.errors import EclError, EclTooCostly
from termservice.snomed.ecl.grammar import GRAMMAR, OPERATORS, expectation
from termservice.snomed.ecl.syntax import (
    AllOf,
    AlternateIdentifier,
    AnyOf,
    Attribute,
    Cardinality,
    Comparison,
    Compound,
    Concept,
    ConceptSet,
    Dialect,
    Dialects,
    Dotted,
    Expression,
    Filter,
    Filters,
    Group,
    HierarchyOperator,
    History,
    MemberOf,
    Number,
    Refined,
    Refinement,
    SearchTerm,
    Sub,
    Terms,
    Times,
    Tokens,
    Truth,
    Wildcard,
)

MAX_LENGTH = 500_000
MAX_DEPTH = 200
"""Of brackets; evaluation may set less."""
_CACHED_LENGTH = 4000
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|\|[^|]*\||/\*.*?\*/|(?P<open>[({])|(?P<close>[)}])', re.S)
_OPENED = {"|": "a term in | |", '"': "a string in quotation marks", "/": "a comment in /* */"}
_TYPES = {"s": "syn", "f": "fsn", "d": "def"}
_LONG_OPERATORS = {
    "descendantof": "<",
    "descendantorselfof": "<<",
    "childof": "<!",
    "childorselfof": "<<!",
    "ancestorof": ">",
    "ancestororselfof": ">>",
    "parentof": ">!",
    "parentorselfof": ">>!",
    "top": "!!>",
    "bottom": "!!<",
}


def parse(text: str) -> Expression:
    """The tree of an expression. Raises `EclError` for what is none, `EclTooCostly` for one too long or too deep."""
    return _short(text) if len(text) <= _CACHED_LENGTH else _parsed(text)


@lru_cache(maxsize=512)
def _short(text: str) -> Expression:
    return _parsed(text)


def _parsed(text: str) -> Expression:
    _check_size(text)
    try:
        return cast(Expression, _parser().parse(text))
    except VisitError as error:
        raise error.orig_exc from None
    except UnexpectedInput as error:
        raise _explained(text, error) from None


def _check_size(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise EclTooCostly(f"the expression is longer than {MAX_LENGTH} characters", MAX_LENGTH)
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += (found["open"] is not None) - (found["close"] is not None)
        if depth > MAX_DEPTH:
            raise EclTooCostly(f"expressions are nested deeper than {MAX_DEPTH}", found.start())


def _explained(text: str, error: UnexpectedInput) -> EclError:
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    at = len(text) if ended else (error.pos_in_stream or 0)
    if not text.strip():
        return EclError("the expression is empty", 0)
    if isinstance(error, UnexpectedToken):
        wanted = error.accepts or error.expected
        word = "" if ended else str(error.token)
    else:
        wanted = error.allowed if isinstance(error, UnexpectedCharacters) else set()
        word = text[at : at + 1]
    if word.casefold() in ("and", "or", "minus", ",", ":", "."):
        return EclError(f"{word!r} cannot follow without brackets: AND, OR, MINUS, ':' and '.' do not mix", at)
    if word in _OPENED:
        return EclError(f"{_OPENED[word]} is not closed, or does not belong here", at)
    found = "the expression ends" if ended else f"{_excerpt(text, at)!r} is not understood"
    return EclError(f"{found}; expected {expectation(set(wanted or ()))}", at)


def _excerpt(text: str, at: int) -> str:
    end = re.compile(r"\w+|\W").match(text, at)
    return end[0][:30] if end else text[at : at + 1]


@v_args(inline=True)
class _Tree(Transformer[Token, Expression]):
    """Each method is a rule of the grammar; its arguments are what the rule has found."""

    # Expressions

    def sub(self, operator: Token | None, focus: Any, *braces: Filters | History) -> Sub:
        position = focus.position if operator is None else cast(int, operator.start_pos)
        filters = [each for each in braces if isinstance(each, Filters)]
        history = [each for each in braces if isinstance(each, History)]
        if len(history) > 1 or (history and braces[-1] is not history[0]):
            raise EclError("one history supplement can follow, after all filters", history[0].position)
        of_members = tuple(each for each in filters if each.kind == "M")
        if of_members and not isinstance(focus, MemberOf):
            raise EclError("a member filter needs '^' before the reference set", of_members[0].position)
        if of_members:
            focus = MemberOf(focus.refsets, focus.fields, of_members, focus.position)
        others = tuple(each for each in filters if each.kind != "M")
        sign = None if operator is None else cast(HierarchyOperator, _sign(operator))
        return Sub(focus, sign, others, history[0] if history else None, position)

    def member_of(self, sign: Token, fields: tuple[str, ...] | None, focus: Any) -> MemberOf:
        return MemberOf(focus, fields or (), (), cast(int, sign.start_pos))

    def fields(self, *names: Token) -> tuple[str, ...]:
        return ("*",) if names[0].type in ("STAR", "ANY") else tuple(map(str, names))

    def concept(self, id: Token, term: Token | None) -> Concept:
        return Concept(int(id), term.strip("|").strip() if term else "", cast(int, id.start_pos))

    def wildcard(self, sign: Token) -> Wildcard:
        return Wildcard(cast(int, sign.start_pos))

    def alternate(self, text: Token, term: Token | None) -> AlternateIdentifier:
        scheme, _, code = text.strip('"').partition("#")
        return AlternateIdentifier(scheme, code.strip('"'), cast(int, text.start_pos))

    def nested(self, inner: Any) -> Any:
        return inner

    def conjunction(self, *operands: Sub) -> Compound:
        return Compound("AND", operands, operands[0].position)

    def disjunction(self, *operands: Sub) -> Compound:
        return Compound("OR", operands, operands[0].position)

    def exclusion(self, *operands: Sub) -> Compound:
        return Compound("MINUS", operands, operands[0].position)

    def dotted(self, source: Sub, *attributes: Sub) -> Dotted:
        return Dotted(source, attributes, source.position)

    def refined(self, focus: Sub, refinement: Refinement) -> Refined:
        return Refined(focus, refinement, focus.position)

    # Refinements

    def all_of(self, *parts: Refinement) -> AllOf:
        return AllOf(parts)

    def any_of(self, *parts: Refinement) -> AnyOf:
        return AnyOf(parts)

    def group(self, cardinality: Cardinality | None, attributes: Attribute | AllOf | AnyOf) -> Group:
        return Group(attributes, cardinality or Cardinality(1, None), _position(attributes))

    def attribute(
        self, cardinality: Cardinality | None, reverse: Token | None, name: Sub, sign: Token, value: Any
    ) -> Attribute:
        operator = _comparison(sign)
        if operator not in ("=", "!=") and not isinstance(value, Number):
            raise EclError(f"{operator} compares numbers; this value can be compared by = and !=", name.position)
        if reverse is not None and not isinstance(value, Sub):
            raise EclError("the value of a reversed attribute is an expression", name.position)
        return Attribute(name, operator, value, cardinality or Cardinality(1, None), reverse is not None, name.position)

    def cardinality(self, least: Token, most: Token) -> Cardinality:
        limit = int(most) if most.type == "COUNT" else None
        if limit is not None and limit < int(least):
            raise EclError(f"no number is at least {least} and at most {most}", cast(int, least.start_pos))
        return Cardinality(int(least), limit)

    # Values

    def number(self, text: Token) -> Number:
        return Number(float(text[1:]))

    def truth(self, text: Token) -> Truth:
        return Truth(text.type == "TRUE")

    def terms(self, *terms: SearchTerm) -> Terms:
        return Terms(terms)

    def search_term(self, *parts: Token) -> SearchTerm:
        string = parts[-1]
        kind = cast(Any, "" if len(parts) == 1 else parts[0].casefold())
        text = string[1:-1] if kind == "wild" else re.sub(r"\\(.)", r"\1", string[1:-1], flags=re.S)
        if not text.strip():
            raise EclError("the search term is empty", cast(int, string.start_pos))
        return SearchTerm(kind, text, cast(int, string.start_pos))

    def tokens(self, *tokens: Token) -> Tokens:
        return Tokens(tuple(token.casefold() for token in tokens))

    statuses = ids = tokens

    def types(self, *types: Token) -> Tokens:
        return Tokens(tuple(_TYPES[each[0].casefold()] for each in types))

    def languages(self, *codes: Token) -> Tokens:
        for code in codes:
            if len(code) != 2:
                raise EclError(f"{code!r} is no two-letter language code", cast(int, code.start_pos))
        return self.tokens(*codes)

    def set_of_concepts(self, *concepts: Concept) -> ConceptSet:
        return ConceptSet(concepts)

    def times(self, *strings: Token) -> Times:
        return Times(tuple(_day(string[1:-1], cast(int, string.start_pos)) for string in strings))

    def active(self, token: Token) -> Tokens:
        if token.type == "STRING":
            if token[1:-1] not in ("*", "0", "1", "true", "false"):
                raise EclError('active is 1, 0, true, false or, for members, "*"', cast(int, token.start_pos))
            return Tokens(({"true": "1", "false": "0"}.get(token[1:-1], token[1:-1]),))
        return Tokens(("1" if token.type in ("ONE", "TRUE") else "0",))

    # Filters

    def filters(self, kind: Token | None, *all_: Filter) -> Filters:
        letter = cast(Any, kind.upper() if isinstance(kind, Token) else "D")
        return Filters(letter, all_, all_[0].position)

    def filter(self, name: Token, sign: Token, value: Any) -> Filter:
        operator, position = _comparison(sign), cast(int, name.start_pos)
        if isinstance(value, Terms) and operator not in ("=", "!="):
            value = Times(tuple(_day(each.text, each.position) for each in value.any))
        ordered = isinstance(value, Number | Times)
        if operator not in ("=", "!=") and not ordered:
            raise EclError(f"{operator} compares numbers and times; this value can be compared by = and !=", position)
        return Filter(str(name) if name.type == "FIELD" else name.casefold(), operator, value, position)

    def history(self, keyword: Token, refsets: Expression | None) -> History:
        profile = keyword.casefold()[len("history") + 1 :]
        if profile and refsets is not None:
            raise EclError("a history supplement has a profile or reference sets", cast(int, keyword.start_pos))
        return History(cast(Any, profile), refsets, cast(int, keyword.start_pos))

    def dialect(self, refset: Token | Concept, acceptabilities: tuple[Concept, ...] | None = None) -> Dialect:
        if isinstance(refset, Token):
            return Dialect(refset.casefold(), acceptabilities or (), cast(int, refset.start_pos))
        return Dialect(Sub(refset, position=refset.position), acceptabilities or (), refset.position)

    def one_dialect(self, refset: Sub, acceptabilities: tuple[Concept, ...] | None) -> Dialects:
        return Dialects((Dialect(refset, acceptabilities or (), refset.position),))

    def dialects(self, *parts: Dialect | tuple[Concept, ...] | None) -> Dialects:
        dialects = tuple(each for each in parts if isinstance(each, Dialect))
        common = parts[-1] if isinstance(parts[-1], tuple) else ()
        return Dialects(tuple(Dialect(each.refset, each.acceptabilities or common, each.position) for each in dialects))

    def acceptabilities(self, *parts: Token | Concept) -> tuple[Concept, ...]:
        return tuple(
            part if isinstance(part, Concept)
            else Concept(ACCEPTABLE if part.casefold().startswith("accept") else PREFERRED)
            for part in parts
        )  # fmt: skip


def _sign(token: Token) -> str:
    return _LONG_OPERATORS.get(token.casefold()) or OPERATORS[token.type]


def _comparison(token: Token) -> Comparison:
    return cast(Comparison, OPERATORS[token.type])


def _day(text: str, position: int) -> int:
    if not text:
        return 0
    try:
        rf2.day(text)
    except ValueError as error:
        raise EclError(str(error), position) from None
    return int(text)


def _position(refinement: Refinement) -> int:
    while isinstance(refinement, AllOf | AnyOf):
        refinement = refinement.parts[0]
    return refinement.position


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", transformer=_Tree(), maybe_placeholders=True)
