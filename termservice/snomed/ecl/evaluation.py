"""Evaluates expression constraints on the arrays of an edition. Sets of concepts are compressed bitmaps of places.

What expressions range over: `*`, what is reached by hierarchy, and refinements are active concepts beneath the root. A
concept named by its identifier, a member of a reference set and a history supplement may be inactive too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_, sub
from typing import Protocol

import numpy as np
from pyroaring import BitMap

from termservice.snomed.arrays import Edition
from termservice.snomed.columns import Ints, bitmap
from termservice.snomed.ecl import concepts, descriptions, memberof, refinement
from termservice.snomed.ecl.errors import Budget, EclError, UnknownConcept
from termservice.snomed.ecl.parser import parse
from termservice.snomed.ecl.syntax import (
    AlternateIdentifier,
    Compound,
    Concept,
    ConceptSet,
    Dotted,
    Expression,
    HierarchyOperator,
    MemberOf,
    Refined,
    Sub,
    Wildcard,
)
from termservice.snomed.members import Table

_COMBINE = {"AND": and_, "OR": or_, "MINUS": sub}


class Members(Protocol):
    """The members of reference sets that expressions ask for."""

    @property
    def refsets(self) -> frozenset[int]: ...

    def holding(self, refsets: frozenset[int]) -> Sequence[Table]: ...


def evaluate(
    edition: Edition, expression: str | Expression, budget: Budget | None = None, members: Members | None = None
) -> BitMap:
    """The places of all concepts that satisfy the expression; the set is the caller's own. `members` are those of the
    edition where it is not given.

    Raises `EclError` for what is no expression, `UnknownConcept` for an identifier that the edition does not have,
    `EclTooCostly` where it would take more than `budget` allows.
    """
    tree = parse(expression) if isinstance(expression, str) else expression
    return Evaluation(edition, budget or Budget(), members).of(tree)


class Evaluation:
    """One run: the edition, what is left of the budget, and how deep it is in the tree."""

    def __init__(self, edition: Edition, budget: Budget, members: Members | None = None) -> None:
        self.edition = edition
        self.budget = budget
        self.members: Members = members or edition.members
        self._depth = 0

    def of(self, expression: Expression) -> BitMap:
        self.budget.check(expression.position, self._depth)
        self._depth += 1
        try:
            match expression:
                case Sub():
                    return self._sub(expression)
                case Compound(operator, operands):
                    return reduce(_COMBINE[operator], map(self.of, operands))
                case Refined():
                    return refinement.refined(self, self.of(expression.focus), expression.refinement)
                case Dotted():
                    return self._dotted(expression)
        finally:
            self._depth -= 1

    def ids(self, value: Sub | ConceptSet, known: Ints | None = None) -> frozenset[int]:
        """SCTIDs of an expression; those named may also be `known` in another column than that of concepts."""
        if isinstance(value, ConceptSet):
            return frozenset(self._known(each, known) for each in value.concepts)
        if isinstance(value.focus, Concept) and value == Sub(value.focus):
            return frozenset([self._known(value.focus, known)])
        return frozenset(self.edition.ids_of(self.of(value)).tolist())

    def _known(self, concept: Concept, known: Ints | None) -> int:
        if self.edition.place(concept.id) < 0 and (known is None or concept.id not in known):
            raise UnknownConcept(concept.id, concept.position)
        return concept.id

    def _sub(self, node: Sub) -> BitMap:
        found = self._focus(node)
        if node.operator is not None and not (isinstance(node.focus, Wildcard) and node.operator[:2] in ("<<", ">>")):
            found = _reached(self.edition, node.operator, found)
        for filters in node.filters:
            self.budget.check(filters.position)
            keep = descriptions.kept if filters.kind == "D" else concepts.kept
            found = keep(self, found, filters)
        if node.history is not None:
            found = found | memberof.supplement(self, found, node.history)
        return found

    def _focus(self, node: Sub) -> BitMap:
        match node.focus:
            case Concept(id, _, position):
                place = self.edition.place(id)
                if place < 0:
                    raise UnknownConcept(id, position)
                return BitMap([place])
            case Wildcard():
                if node.operator is None and concepts.about_active(node.filters):
                    return BitMap(range(len(self.edition)))
                return self.edition.substrate.copy()
            case AlternateIdentifier(scheme, code, position):
                raise EclError(f"the edition has no alternate identifiers: {scheme}#{code} is unknown", position)
            case MemberOf():
                return memberof.members(self, node.focus)
            case _:
                return self.of(node.focus)

    def _dotted(self, node: Dotted) -> BitMap:
        found = self.of(node.source)
        for attribute in node.attributes:
            types = refinement.types_mask(self, attribute)
            mask = refinement.mask(self.edition, found)
            values = [rows.destination[mask[rows.source]] for rows in self.edition.attributes.of_types(types)]
            found = bitmap(np.concatenate(values)) if values else BitMap()
        return found


def _reached(edition: Edition, operator: HierarchyOperator, found: BitMap) -> BitMap:
    hierarchy = edition.hierarchy
    if operator in ("<", "<<") and edition.root >= 0 and edition.root in found:
        return edition.substrate - BitMap([edition.root]) if operator == "<" else edition.substrate.copy()
    match operator:
        case "<":
            reached = hierarchy.descendants_of(found)
        case "<<":
            reached = hierarchy.descendants_of(found) | found
        case "<!":
            reached = hierarchy.children_of(found)
        case "<<!":
            reached = hierarchy.children_of(found) | found
        case ">":
            reached = hierarchy.ancestors_of(found)
        case ">>":
            reached = hierarchy.ancestors_of(found) | found
        case ">!":
            reached = hierarchy.parents_of(found)
        case ">>!":
            reached = hierarchy.parents_of(found) | found
        case "!!>":
            reached = found - hierarchy.descendants_of(found)
        case "!!<":
            reached = found - hierarchy.ancestors_of(found)
    return reached & edition.substrate
