"""A code system that came as a resource: the concepts of a CodeSystem in memory, as a provider.

Which properties mean what is told by the URI they are defined with, else by FHIR's own names for them
(http://hl7.org/fhir/concept-properties).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyroaring import BitMap

from termservice.fhir import reading
from termservice.fhir.filters import selected, text_matches
from termservice.fhir.model import CONCEPT_PROPERTIES, Entry, Filter, Json, Meta, PropertyValue
from termservice.lazy import lazy

RETIRED = frozenset({"retired", "inactive"})
"""Statuses of concepts that are not active."""


class MemoryProvider:
    """The concepts of one CodeSystem resource, numbered in its order."""

    def __init__(self, resource: Json) -> None:
        """Raises `issues.Failure` where the resource is not of its shape."""
        self._meta = reading.meta(resource)
        self._roles = _roles(self._meta)
        self._entries: list[Entry] = []
        self._numbers: dict[str, int] = {}
        nested: list[tuple[int, str]] = []
        for concept, parent in reading.concepts(resource):
            entry = self._entry(concept)
            self._numbers.setdefault(self._key(entry.code), len(self._entries))
            if parent:
                nested.append((len(self._entries), parent))
            self._entries.append(entry)
        self._parents: list[list[int]] = [[] for _ in self._entries]
        self._children: list[list[int]] = [[] for _ in self._entries]
        self._join(nested)

    @property
    def meta(self) -> Meta:
        return self._meta

    @property
    def size(self) -> int:
        """How many concepts there are."""
        return len(self._entries)

    def number(self, code: str) -> int | None:
        return self._numbers.get(self._key(code))

    def entries(self, numbers: Sequence[int]) -> Sequence[Entry]:
        return [self._entries[number] for number in numbers]

    def brief(self, numbers: Sequence[int]) -> Sequence[Entry]:
        return self.entries(numbers)

    def everything(self) -> BitMap:
        return BitMap(range(len(self._entries)))

    def inactive(self) -> BitMap:
        return self._inactive.copy()

    def abstract(self) -> BitMap:
        return self._abstract.copy()

    def select(self, filter: Filter) -> BitMap:
        return selected(self, self._entries, filter)

    def text(self, query: str, language: str = "", within: BitMap | None = None) -> Sequence[int]:
        numbers = range(len(self._entries)) if within is None else within
        return [number for number in numbers if text_matches(self._entries[number], query)]

    def ordered(self, numbers: BitMap) -> Sequence[int]:
        return list(numbers)

    def parents(self, number: int) -> Sequence[int]:
        return self._parents[number]

    def children(self, number: int) -> Sequence[int]:
        return self._children[number]

    def is_ancestor(self, ancestor: int, number: int) -> bool:
        seen, waiting = {number}, [number]
        while waiting:
            for parent in self._parents[waiting.pop()]:
                if parent == ancestor:
                    return True
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return False

    def parse(self, code: str) -> Entry | None:
        return None

    def holds(self, filter: Filter, code: str) -> bool:
        return False

    def role(self, name: str) -> str:
        """The code of the property that means FHIR's `name` here."""
        return self._roles.get(name, name)

    @lazy
    def _inactive(self) -> BitMap:
        return BitMap(number for number, entry in enumerate(self._entries) if not entry.active)

    @lazy
    def _abstract(self) -> BitMap:
        return BitMap(number for number, entry in enumerate(self._entries) if entry.abstract)

    def _key(self, code: str) -> str:
        return code if self._meta.case_sensitive else code.casefold()

    def _entry(self, concept: Json) -> Entry:
        values = tuple(reading.property_values(concept))
        if not values:
            return reading.entry(concept, values)
        status = next((str(each.value) for each in values if each.code == self.role("status")), "")
        inactive = status in RETIRED or _true(values, self.role("inactive"))
        abstract = _true(values, self.role("notSelectable"))
        return reading.entry(concept, values, active=not inactive, abstract=abstract, status=status)

    def _join(self, nested: list[tuple[int, str]]) -> None:
        """Parents, by nesting and by properties (parent, child, subsumedBy)."""
        pairs = dict.fromkeys((number, self.number(parent)) for number, parent in nested)
        upward, downward = {self.role("parent"), self.role("subsumedBy")}, self.role("child")
        for number, entry in enumerate(self._entries):
            for each in entry.properties:
                if each.code in upward:
                    pairs[number, self.number(str(each.value))] = None
                elif each.code == downward and (child := self.number(str(each.value))) is not None:
                    pairs[child, number] = None
        for number, parent in pairs:
            if parent is not None and parent != number:
                self._parents[number].append(parent)
                self._children[parent].append(number)


def _roles(meta: Meta) -> dict[str, str]:
    """FHIR's name of a property to the code it has in this code system."""
    return {
        each.uri.removeprefix(CONCEPT_PROPERTIES): each.code
        for each in meta.properties
        if each.uri.startswith(CONCEPT_PROPERTIES)
    }


def _true(values: Sequence[PropertyValue], code: str) -> bool:
    return any(each.code == code and each.value in (True, "true") for each in values)
