"""From the text of a postcoordinated expression to its tree.

Source: Compositional Grammar: Specification and Guide, "Syntax Specification" (ABNF).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from termservice.errors import TermserviceError
from termservice.snomed.expressions.syntax import Attribute, Concept, Expression, Number, Text, Truth

MAX_LENGTH = 20_000
MAX_DEPTH = 50
_GRAMMAR = r"""
start: [STATUS] sub
sub: concept ("+" concept)* [":" refinement]
refinement: _part ("," _part | group)*
_part: attribute | group
group: "{" attribute ("," attribute)* "}"
attribute: concept "=" value
?value: concept | "(" sub ")" | STRING -> text | NUMBER -> number | TRUTH -> truth
concept: SCTID [TERM]

STATUS: "===" | "<<<"
SCTID: /[1-9][0-9]{5,17}(?![0-9])/
TERM: /\|[^|]*\|/
STRING: /"(?:[^"\\]|\\.)*"/s
NUMBER: /#[+-]?[0-9]+(\.[0-9]+)?/
TRUTH: /true|false/i
%ignore /\s+/
"""
_BEGINS = re.compile(r"\s*(?:===|<<<)?\s*[0-9]{6,18}\s*[|:+{=]|\s*(?:===|<<<)")


class ExpressionError(TermserviceError):
    """What is no expression, or none that an edition can understand."""

    status = 400
    code = "invalid-expression"
    title = "Not a valid expression"


def looks_like(text: str) -> bool:
    """Whether a code is meant to be an expression: it begins as one and is more than an identifier."""
    return _BEGINS.match(text) is not None


@lru_cache(maxsize=512)
def parse(text: str) -> Expression:
    """Raises `ExpressionError` where the text is none, or one too long or nested too deep."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"it is longer than {MAX_LENGTH} characters")
    if max_depth(text) > MAX_DEPTH:
        raise ExpressionError(f"expressions are nested deeper than {MAX_DEPTH}")
    try:
        return cast(Expression, _parser().parse(text))
    except UnexpectedInput as error:
        raise ExpressionError(_explained(text, error)) from None


def max_depth(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


def _explained(text: str, error: UnexpectedInput) -> str:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return "the expression ends too early"
    at = error.pos_in_stream if isinstance(error, UnexpectedCharacters | UnexpectedToken) else 0
    at = at or 0
    return f"{text[at : at + 20]!r} is not understood (character {at + 1})"


Group = tuple[Attribute, ...]


@v_args(inline=True)
class _Tree(Transformer[Token, Expression]):
    def start(self, status: Token | None, expression: Expression) -> Expression:
        return Expression(expression.focus, expression.ungrouped, expression.groups, cast(Any, str(status or "")))

    def sub(self, *parts: Any) -> Expression:
        *focus, refinement = parts
        ungrouped, groups = refinement or ((), ())
        return Expression(tuple(focus), ungrouped, groups)

    def refinement(self, *parts: Attribute | Group) -> tuple[Group, tuple[Group, ...]]:
        alone = tuple(each for each in parts if isinstance(each, Attribute))
        return alone, tuple(each for each in parts if isinstance(each, tuple))

    def group(self, *attributes: Attribute) -> Group:
        return attributes

    def attribute(self, name: Concept, value: Any) -> Attribute:
        return Attribute(name, value)

    def concept(self, id: Token, term: Token | None) -> Concept:
        return Concept(int(id), str(term)[1:-1].strip() if term else "")

    def text(self, value: Token) -> Text:
        return Text(re.sub(r"\\(.)", r"\1", str(value)[1:-1], flags=re.S))

    def number(self, value: Token) -> Number:
        return Number(str(value)[1:])

    def truth(self, value: Token) -> Truth:
        return Truth(str(value).lower() == "true")


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Tree(), maybe_placeholders=True)
