"""Expression constraints as trees. Positions are characters of the text, and do not count in comparisons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

HierarchyOperator = Literal["<", "<<", "<!", "<<!", ">", ">>", ">!", ">>!", "!!>", "!!<"]
Comparison = Literal["=", "!=", "<", "<=", ">", ">="]


def _position() -> int:
    field_: int = field(default=0, compare=False, repr=False)
    return field_


@dataclass(frozen=True, slots=True)
class Concept:
    id: int
    term: str = ""
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Wildcard:
    position: int = _position()


@dataclass(frozen=True, slots=True)
class AlternateIdentifier:
    scheme: str
    code: str
    position: int = _position()


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """`"heart att"`, `match:"heart att"` or `wild:"*itis"`."""

    kind: Literal["", "match", "wild"]
    text: str
    """Without quotation marks; of a wild one, `\\*`, `\\"` and `\\\\` stand."""
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool


@dataclass(frozen=True, slots=True)
class Times:
    """Days as YYYYMMDD; 0 is no time at all."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Any of several search terms."""

    any: tuple[SearchTerm, ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Keywords and codes: `syn`, `primitive`, `sv`, description identifiers; in lower case."""

    any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConceptSet:
    """`(900000000000013009 900000000000003001)` in a filter."""

    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A language refset, by alias or as an expression, and the acceptabilities wanted (SCTIDs; none: any)."""

    refset: str | Sub
    acceptabilities: tuple[Concept, ...] = ()
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Dialects:
    any: tuple[Dialect, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """`name operator value`; the name in lower case, as in `effectivetime`, or a field of a refset as written."""

    name: str
    operator: Comparison
    value: Sub | ConceptSet | Terms | Tokens | Times | Number | Truth | Dialects
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Filters:
    """`{{ D … }}`, `{{ C … }}` or `{{ M … }}`: all must hold, of one description, concept or member."""

    kind: Literal["D", "C", "M"]
    all: tuple[Filter, ...]
    position: int = _position()


@dataclass(frozen=True, slots=True)
class History:
    """`{{ + HISTORY-MIN }}`; without profile and refsets all historical associations."""

    profile: Literal["", "min", "mod", "max"] = ""
    refsets: Expression | None = None
    position: int = _position()


@dataclass(frozen=True, slots=True)
class MemberOf:
    """`^ [fields] refset {{ M … }}`; no fields: the referenced component; `*`: all."""

    refsets: Concept | Wildcard | AlternateIdentifier | Expression
    fields: tuple[str, ...] = ()
    filters: tuple[Filters, ...] = ()
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Sub:
    """A subexpression: a focus, what is reached from it, filtered, with what it replaced."""

    focus: Concept | Wildcard | AlternateIdentifier | MemberOf | Expression
    operator: HierarchyOperator | None = None
    filters: tuple[Filters, ...] = ()
    history: History | None = None
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Compound:
    operator: Literal["AND", "OR", "MINUS"]
    operands: tuple[Sub, ...]
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Dotted:
    """Values of the attributes of a set, one attribute after another."""

    source: Sub
    attributes: tuple[Sub, ...]
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Cardinality:
    least: int
    most: int | None
    """None: any number."""


@dataclass(frozen=True, slots=True)
class Attribute:
    name: Sub
    operator: Comparison
    value: Sub | Terms | Number | Truth
    cardinality: Cardinality = Cardinality(1, None)
    reverse: bool = False
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Group:
    """`{ … }`: what must hold within one role group, and of how many of them."""

    attributes: Attribute | AllOf | AnyOf
    cardinality: Cardinality = Cardinality(1, None)
    position: int = _position()


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Attribute | Group | AllOf | AnyOf, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Attribute | Group | AllOf | AnyOf, ...]


Refinement = Attribute | Group | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Refined:
    focus: Sub
    refinement: Refinement
    position: int = _position()


Expression = Sub | Compound | Dotted | Refined
