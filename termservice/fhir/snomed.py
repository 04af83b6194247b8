"""A version of an edition of SNOMED CT, as a provider. Numbers are the places of its arrays.

Source: FHIR R5, "Using SNOMED CT with FHIR" (filters, implicit value sets).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import overload

from pyroaring import BitMap

from codesystems.snomed_names import US_ENGLISH
from index.cache import Cache
from termservice.fhir.issues import Failure, Issue
from termservice.fhir.model import CONCEPT_PROPERTIES, Entry, Filter, Meta, PropertyDef, PropertyValue
from termservice.fhir.snomedentries import SNOMED_CT, Entries, concrete, tag
from termservice.fhir.snomedfilters import FILTERS, SnomedFilters
from termservice.lazy import lazy
from termservice.snomed import expressions
from termservice.snomed.arrays import Edition
from termservice.snomed.columns import bitmap
from termservice.snomed.content import EditionContent
from termservice.snomed.editionnames import edition_name
from termservice.snomed.expressions import Expression, ExpressionError

REMEMBERED = 200
"""Filters whose concepts a version remembers, and concepts that it remembers by a hundred times that."""
PROPERTIES = (  # attributes are properties too, by their SCTIDs, without a definition
    PropertyDef("parent", CONCEPT_PROPERTIES + "parent", "code", "The concepts right above"),
    PropertyDef("child", CONCEPT_PROPERTIES + "child", "code", "The concepts right below"),
    PropertyDef("inactive", CONCEPT_PROPERTIES + "inactive", "boolean", "Whether the concept is not active"),
    PropertyDef("effectiveTime", type="dateTime", description="When the concept became as it is"),
    PropertyDef("moduleId", "http://snomed.info/id/900000000000443000", "code", "The module the concept is of"),
    PropertyDef("sufficientlyDefined", type="boolean", description="Whether its definition tells it from all others"),
)
_OF_CONCEPTS = frozenset({"moduleId", "sufficientlyDefined"})
"""What is said of concepts and not of expressions."""


def provider(content: EditionContent) -> SnomedProvider:
    """The provider of a version; the same one for as long as the service remembers the version."""
    found = content.memo.get("fhir")
    if found is None:
        found = content.memo["fhir"] = SnomedProvider(content)
    assert isinstance(found, SnomedProvider)
    return found


class SnomedProvider:
    def __init__(self, content: EditionContent) -> None:
        self._content = content
        self._edition = content.edition
        self._entries = Entries(content.edition)
        self._filters = SnomedFilters(content, lambda: self.meta)
        self._kept: Cache[Entry] = Cache(REMEMBERED * 100)
        self._selected: Cache[BitMap] = Cache(REMEMBERED)

    @lazy
    def meta(self) -> Meta:
        version = self._content.selected.version.version
        named = edition_name(version, self._edition)
        return Meta(
            url=SNOMED_CT,
            version=version,
            title=f"SNOMED CT {named}".strip(),
            language=tag(US_ENGLISH) if US_ENGLISH in self._edition.descriptions.refsets else "en",
            hierarchy_meaning="is-a",
            polyhierarchy=True,
            properties=PROPERTIES,
            filters=FILTERS,
            grammar=True,
            edition=named,
        )

    @property
    def edition(self) -> Edition:
        return self._edition

    def number(self, code: str) -> int | None:
        return self._filters.place(code)

    def entries(self, numbers: Sequence[int]) -> Sequence[Entry]:
        return [self._kept.get(number, partial(self._entries.entry, number)) for number in numbers]

    def brief(self, numbers: Sequence[int]) -> Sequence[Entry]:
        return self.entries(numbers)

    def everything(self) -> BitMap:
        return self._filters.everything()

    def inactive(self) -> BitMap:
        return self._filters.inactive

    def abstract(self) -> BitMap:
        return BitMap()

    def select(self, filter: Filter) -> BitMap:
        return self._selected.get(filter, partial(self._filters.selected, filter))

    def text(self, query: str, language: str = "", within: BitMap | None = None) -> Sequence[int]:
        everything = within is None or len(within) == len(self._edition)
        return self._content.search(query, language, None if everything else within)

    def ordered(self, numbers: BitMap) -> Sequence[int]:
        return InOrder(self._edition, numbers)

    def parents(self, number: int) -> Sequence[int]:
        return [int(place) for place in self._edition.hierarchy.parents.of(number)]

    def children(self, number: int) -> Sequence[int]:
        found = bitmap(self._edition.hierarchy.children.of(number))
        return self._edition.page(found, 0, len(found))

    def is_ancestor(self, ancestor: int, number: int) -> bool:
        return self._edition.hierarchy.is_ancestor(ancestor, number)

    def is_reference_set(self, code: str) -> bool:
        """Whether a code is a reference set: one with members, or one that the hierarchy says to be one."""
        return self._filters.is_reference_set(code)

    def parse(self, code: str) -> Entry | None:
        expression = self._expression(code)
        if expression is None:
            return None
        entries = self.entries([self._edition.place(each.id) for each in expression.focus])
        display = expressions.written(expression, self._term)
        values = [value for each in entries for value in each.properties if value.code not in _OF_CONCEPTS]
        return Entry(
            code=code,
            display=display,
            properties=tuple(dict.fromkeys((*values, *self._said(expression), *self._around(expression)))),
            active=all(each.active for each in entries),
        )

    def holds(self, filter: Filter, code: str) -> bool:
        expression = self._expression(code)
        return expression is not None and self._filters.holds(filter, expression)

    def _expression(self, code: str) -> Expression | None:
        """An expression that the edition understands; None for what is not meant to be one."""
        if not expressions.looks_like(code):
            return None
        try:
            found = expressions.parse(code)
            expressions.check(self._edition, found)
        except ExpressionError as error:
            text = f"Not a valid expression: {error.message}"
            raise Failure(Issue("information", "code-invalid", text, "invalid-code")) from None
        return found

    def _said(self, expression: Expression) -> list[PropertyValue]:
        """Its own attributes."""
        found = []
        for each in expression.attributes():
            code, value = str(each.name.id), each.value
            if isinstance(value, expressions.Concept):
                found.append(PropertyValue(code, str(value.id), "code"))
            elif isinstance(value, Expression):
                found.append(PropertyValue(code, expressions.written(value, self._term), "string"))
            else:
                found.append(concrete(code, value.value))
        return found

    def _around(self, expression: Expression) -> list[PropertyValue]:
        """What is known of where it stands: the neighbours of its focus concepts."""
        found = []
        for place in (self._edition.place(each.id) for each in expression.focus):
            for name, near in (("parent", self.parents(place)), ("child", self.children(place))):
                found += [PropertyValue(name, str(self._edition.id(each)), "code") for each in near]
        return found

    def _term(self, id: int) -> str:
        return self._entries.display(self._edition.place(id))


class InOrder(Sequence[int]):
    """A set of places in display order; only what is asked for is put in order."""

    def __init__(self, edition: Edition, found: BitMap) -> None:
        self._edition = edition
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, int):
            return self[at : at + 1 or None][0]
        start, stop, step = at.indices(len(self))
        return self._edition.page(self._found, start, max(stop - start, 0))[::step]

    def __iter__(self) -> Iterator[int]:
        return iter(self._edition.page(self._found, 0, len(self._found)))
