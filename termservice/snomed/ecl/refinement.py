"""Refinements: which concepts have the attributes wanted, as often and in the role groups wanted.

An attribute is looked for on one of two levels: of concepts, over all their relationships, or of role groups, within
`{ }`. On both it gives the numbers (of concepts, of groups) of all relationships that match, counted for cardinality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np
from pyroaring import BitMap

from termservice.snomed.arrays import Edition
from termservice.snomed.attributes import BOOLEAN, NUMBER, TEXT
from termservice.snomed.columns import Bools, Ints, bitmap, bitmap_of, distinct, joined, mask_of, places_of, spans
from termservice.snomed.ecl.comparing import compared, fits_exactly
from termservice.snomed.ecl.errors import EclError
from termservice.snomed.ecl.syntax import (
    AllOf,
    AnyOf,
    Attribute,
    Cardinality,
    Group,
    Number,
    Refinement,
    Sub,
    Terms,
    Truth,
    Wildcard,
)

if TYPE_CHECKING:
    from termservice.snomed.ecl.evaluation import Evaluation

_FEW = 32
"""That many values are looked up one by one in the order of destinations, more are marked and compared."""


def refined(evaluation: Evaluation, focus: BitMap, refinement: Refinement) -> BitMap:
    """Those of `focus` that are active and have what the refinement wants."""
    focus = focus & evaluation.edition.substrate
    if not focus:
        _Level(evaluation, focus, "source").holding(refinement)  # unknown concepts are an error all the same
        return focus
    return _Level(evaluation, focus, "source").holding(refinement) & focus


def mask(edition: Edition, found: BitMap) -> Bools:
    return mask_of(found, len(edition))


def types_mask(evaluation: Evaluation, name: Sub) -> Bools:
    """Which places are attribute names that `name` stands for."""
    if name == Sub(Wildcard()):
        return np.ones(len(evaluation.edition), dtype=np.bool_)
    return mask(evaluation.edition, evaluation.of(name))


class _Level:
    """Concepts or role groups. Sets are of their numbers; only those of `universe` are meant in the end."""

    def __init__(self, evaluation: Evaluation, concepts: BitMap, key: Literal["source", "group"]) -> None:
        self._evaluation = evaluation
        self._edition = evaluation.edition
        self._concepts = concepts
        self._key = key
        self._universe: BitMap | None = concepts if key == "source" else None

    def holding(self, refinement: Refinement) -> BitMap:
        match refinement:
            case AllOf(parts):
                found = self.holding(parts[0])
                for part in parts[1:]:
                    found &= self.holding(part)
                return found
            case AnyOf(parts):
                found = self.holding(parts[0])
                for part in parts[1:]:
                    found |= self.holding(part)
                return found
            case Group():
                groups = _Level(self._evaluation, self._concepts, "group").holding(refinement.attributes)
                sources = self._edition.attributes.group_source[places_of(groups)]
                return self._as_often(sources, refinement.cardinality)
            case Attribute():
                self._evaluation.budget.check(refinement.position)
                return self._as_often(joined(list(self._matches(refinement)), np.int32), refinement.cardinality)

    def universe(self) -> BitMap:
        """All concepts in question, or all their groups."""
        if self._universe is None:
            self._universe = bitmap(self._edition.attributes.groups_of(places_of(self._concepts)))
        return self._universe

    def _as_often(self, numbers: Ints, cardinality: Cardinality) -> BitMap:
        """Those that are among `numbers` as many times as wanted."""
        if cardinality == Cardinality(1, None):
            return bitmap(numbers)
        counts = np.bincount(numbers)
        if cardinality.least == 0:
            if cardinality.most is None:
                return self.universe().copy()
            return self.universe() - bitmap_of(counts > cardinality.most)
        enough = counts >= cardinality.least
        if cardinality.most is not None:
            enough &= counts <= cardinality.most
        return bitmap_of(enough)

    def _matches(self, attribute: Attribute) -> Iterator[Ints]:
        """The numbers of all relationships that match, type by type."""
        types = types_mask(self._evaluation, attribute.name)
        match attribute.value:
            case Sub() if attribute.reverse:
                yield self._reversed(attribute, types)
            case Sub():
                yield from self._concept_valued(attribute, attribute.value, types)
            case Number(value):
                yield self._concrete(types, NUMBER, lambda amount: compared(amount, attribute.operator, value))
            case Truth(value):
                yield self._concrete(types, BOOLEAN, lambda amount: compared(amount, attribute.operator, value))
            case Terms(any_terms):
                texts = self._edition.attributes.texts
                fits = np.array([any(fits_exactly(text, term) for term in any_terms) for text in texts], np.bool_)
                wanted = fits == (attribute.operator == "=")
                yield self._concrete(types, TEXT, lambda amount: wanted[amount.astype(np.int64)])

    def _concept_valued(self, attribute: Attribute, value: Sub, types: Bools) -> Iterator[Ints]:
        equal = attribute.operator == "="
        anything = value == Sub(Wildcard())
        found = self._edition.substrate if anything else self._evaluation.of(value)
        few = places_of(found) if equal and len(found) <= _FEW else None
        wanted = None if (anything and equal) or few is not None else mask(self._edition, found) == equal
        for rows in self._edition.attributes.of_types(types):
            numbers = rows.source if self._key == "source" else rows.group
            if few is not None:
                first, last = (np.searchsorted(rows.destination, few, side) for side in ("left", "right"))
                yield numbers[spans(first, last)]
            else:
                yield numbers if wanted is None else numbers[wanted[rows.destination]]

    def _reversed(self, attribute: Attribute, types: Bools) -> Ints:
        """Destinations, once for each source."""
        if self._key == "group":
            raise EclError("a reversed attribute cannot stand in a group", attribute.position)
        assert isinstance(attribute.value, Sub)
        sources = mask(self._edition, self._evaluation.of(attribute.value)) == (attribute.operator == "=")
        size = len(self._edition)
        pairs = [
            rows.destination[chosen].astype(np.int64) * size + rows.source[chosen]
            for rows in self._edition.attributes.of_types(types)
            if (chosen := sources[rows.source]).any()
        ]
        return distinct(joined(pairs, np.int64)) // max(size, 1)

    def _concrete(self, types: Bools, kind: int, wanted: Callable[[Ints], Bools]) -> Ints:
        attributes = self._edition.attributes
        rows = attributes.concrete_rows(types, kind)
        numbers: Ints = attributes.concrete[self._key][rows[wanted(attributes.concrete["amount"][rows])]]
        return numbers
