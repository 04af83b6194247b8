"""Whether a postcoordinated expression satisfies an expression constraint: as though it were a concept of the edition.

An expression is beneath its focus concepts, and has their attributes and its own. What only a classifier could say is
taken not to hold: that it is above a concept, or right beneath one. It has no descriptions and is in no reference set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyroaring import BitMap

from termservice.snomed.arrays import Edition
from termservice.snomed.ecl.comparing import fits_exactly
from termservice.snomed.ecl.errors import Budget
from termservice.snomed.ecl.evaluation import Evaluation, Members
from termservice.snomed.ecl.parser import parse
from termservice.snomed.ecl.syntax import (
    AllOf,
    AnyOf,
    Attribute,
    Cardinality,
    Compound,
    Dotted,
    Group,
    MemberOf,
    Number,
    Refined,
    Refinement,
    Sub,
    Terms,
    Truth,
    Wildcard,
)
from termservice.snomed.ecl.syntax import Concept as EclConcept
from termservice.snomed.ecl.syntax import Expression as Constraint
from termservice.snomed.expressions import syntax
from termservice.snomed.expressions.syntax import Concept, Expression

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True)
class _Had:
    """An attribute that the expression has: places, but for values that are expressions, numbers or texts."""

    type: int
    value: int | Expression | float | str | bool
    concrete: bool


def satisfies(edition: Edition, expression: Expression, constraint: str, members: Members | None = None) -> bool:
    """Whether `expression`, whose concepts the edition knows, satisfies `constraint`. `members` are as `ecl.evaluate`
    takes them; raises what it raises."""
    evaluation = Evaluation(edition, Budget(), members)
    tree = parse(constraint)
    evaluation.of(tree)  # whatever is wrong anywhere in it is an error
    return _Judge(evaluation, expression).holds(tree)


class _Judge:
    def __init__(self, evaluation: Evaluation, expression: Expression) -> None:
        self._evaluation = evaluation
        self._edition = evaluation.edition
        self._expression = expression
        self._focus = BitMap(self._edition.place(concept.id) for concept in expression.focus)
        self._concept = next(iter(self._focus)) if len(self._focus) == 1 and not expression.refined else None
        """Where the expression says no more than one concept: that concept."""

    def holds(self, node: Constraint) -> bool:
        if self._concept is not None:
            return self._concept in self._evaluation.of(node)
        match node:
            case Sub():
                return self._sub(node)
            case Compound("MINUS", (first, *others)):
                return self.holds(first) and not any(self.holds(each) for each in others)
            case Compound("AND", operands):
                return all(map(self.holds, operands))
            case Compound(_, operands):
                return any(map(self.holds, operands))
            case Refined(focus, refinement):
                return _Refinements(self._evaluation, self._groups()).hold(refinement) and self.holds(focus)
        return False

    def _sub(self, node: Sub) -> bool:
        if node.filters:
            return False
        match node.operator:
            case None:
                return self._is(node.focus)
            case "<":
                return self._beneath(node.focus)
            case "<<":
                return self._beneath(node.focus) or self._is(node.focus)
        return node.operator in (">>", "<<!", ">>!") and self._is(node.focus)

    def _is(self, focus: object) -> bool:
        """Whether it is itself what stands behind an operator."""
        match focus:
            case Wildcard():
                return True
            case Sub() | Compound() | Refined() | Dotted():
                return self.holds(focus)
        return False

    def _beneath(self, focus: EclConcept | Wildcard | MemberOf | Constraint | object) -> bool:
        """Whether it is beneath something that stands behind an operator."""
        if isinstance(focus, Wildcard):
            return True
        above = self._evaluation.of(Sub(focus))  # type: ignore[arg-type]
        return bool(self._focus & (above | self._edition.hierarchy.descendants_of(above)))

    def _groups(self) -> list[list[_Had]]:
        """Its role groups; attributes that stand alone are a group each. What it says more specially of an attribute
        stands for what its focus concepts say of it."""
        own = [[self._had(each)] for each in self._expression.ungrouped]
        own += [[self._had(each) for each in group] for group in self._expression.groups]
        said = [each for group in own for each in group]
        inherited: dict[tuple[int, int, int], list[_Had]] = {}
        for focus in self._focus:
            for number, each in enumerate(self._edition.attributes.of(focus)):
                had = _Had(each.type, each.value, each.concrete)
                if not any(self._specialises(mine, had) for mine in said):
                    inherited.setdefault((focus, each.group, number if each.group == 0 else 0), []).append(had)
        return own + list(inherited.values())

    def _had(self, attribute: syntax.Attribute) -> _Had:
        type_ = self._edition.place(attribute.name.id)
        match attribute.value:
            case Concept(id):
                return _Had(type_, self._edition.place(id), False)
            case Expression() as nested:
                return _Had(type_, nested, False)
            case other:
                return _Had(type_, other.value, True)

    def _specialises(self, mine: _Had, theirs: _Had) -> bool:
        if mine.concrete or theirs.concrete or not self._edition.subsumes(theirs.type, mine.type):
            return mine.type == theirs.type and mine.concrete == theirs.concrete
        values = [mine.value]
        if isinstance(mine.value, Expression):
            values = [self._edition.place(each.id) for each in mine.value.focus]
        return any(self._edition.subsumes(int(theirs.value), int(each)) for each in values)  # type: ignore[arg-type]


class _Refinements:
    """What role groups are asked for."""

    def __init__(self, evaluation: Evaluation, groups: list[list[_Had]]) -> None:
        self._evaluation = evaluation
        self._groups = groups

    def hold(self, refinement: Refinement) -> bool:
        """Over all groups together."""
        return self._holds(refinement, [each for group in self._groups for each in group])

    def _holds(self, refinement: Refinement, among: list[_Had]) -> bool:
        match refinement:
            case AllOf(parts):
                return all(self._holds(part, among) for part in parts)
            case AnyOf(parts):
                return any(self._holds(part, among) for part in parts)
            case Group(attributes, cardinality):
                return _within(cardinality, sum(self._holds(attributes, group) for group in self._groups))
            case Attribute():
                return _within(refinement.cardinality, sum(map(self._test(refinement), among)))

    def _test(self, wanted: Attribute) -> Callable[[_Had], bool]:
        if wanted.reverse:
            return lambda had: False
        anything = wanted.name == Sub(Wildcard())
        types = BitMap() if anything else self._evaluation.of(wanted.name)
        agrees = self._value(wanted)
        return lambda had: (anything or had.type in types) and agrees(had)

    def _value(self, wanted: Attribute) -> Callable[[_Had], bool]:
        equal = wanted.operator == "="
        match wanted.value:
            case Sub() as value if equal and value == Sub(Wildcard()):
                return lambda had: not had.concrete
            case Sub() as value:
                values = self._evaluation.of(value)
                return lambda had: not had.concrete and (self._among(had.value, value, values) == equal)
            case Number(number):
                compare = _COMPARE[wanted.operator]
                return lambda had: _is_number(had) and compare(float(had.value), number)  # type: ignore[arg-type]
            case Truth(true):
                return lambda had: isinstance(had.value, bool) and (had.value == true) == equal
            case Terms(terms):
                return lambda had: (
                    isinstance(had.value, str) and any(fits_exactly(had.value, term) for term in terms) == equal
                )

    def _among(self, value: object, constraint: Sub, values: BitMap) -> bool:
        if isinstance(value, Expression):
            return _Judge(self._evaluation, value).holds(constraint)
        return isinstance(value, int) and value in values


def _is_number(had: _Had) -> bool:
    return had.concrete and isinstance(had.value, int | float) and not isinstance(had.value, bool)


def _within(cardinality: Cardinality, count: int) -> bool:
    return cardinality.least <= count and (cardinality.most is None or count <= cardinality.most)
