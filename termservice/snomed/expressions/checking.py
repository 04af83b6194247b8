"""Whether an edition knows what an expression is made of: its concepts, and attributes where attributes stand.

The concept model (which attributes a domain has, and their ranges) is not checked.
"""

from __future__ import annotations

from termservice.snomed.arrays import Edition
from termservice.snomed.expressions.parser import ExpressionError
from termservice.snomed.expressions.syntax import Concept, Expression

ATTRIBUTES = (410662002, 106237007)
"""|Concept model attribute|, |Linkage concept|: what attributes are beneath."""


def check(edition: Edition, expression: Expression) -> None:
    """Raises `ExpressionError` for what the edition does not know, or knows as something else."""
    for concept in expression.focus:
        _known(edition, concept)
    for attribute in expression.attributes():
        place = _known(edition, attribute.name)
        tops = (edition.place(id) for id in ATTRIBUTES)
        if not any(top >= 0 and edition.hierarchy.is_ancestor(top, place) for top in tops):
            above = ",".join(map(str, ATTRIBUTES))
            raise ExpressionError(
                f"Concept {attribute.name.id} is not valid in this context (must be a descendent of one of {above})"
            )
        if isinstance(attribute.value, Concept):
            _known(edition, attribute.value)
        elif isinstance(attribute.value, Expression):
            check(edition, attribute.value)


def _known(edition: Edition, concept: Concept) -> int:
    place = edition.place(concept.id)
    if place < 0:
        raise ExpressionError(f"Concept {concept.id} not found")
    return place
