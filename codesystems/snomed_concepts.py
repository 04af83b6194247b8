"""The concepts of one version of an edition, made one after another from columns: an edition has half a million, and
never all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, overload

import numpy as np

from codesystems.formats.rf2_cells import Texts
from codesystems.formats.rf2_columns import Bools, Ints
from codesystems.model import Concept, Parent, Property
from codesystems.snomed_fingerprints import Fingerprints
from codesystems.snomed_names import Names, between, designations, fully_specified, sort_key, tag

PART = "all"
COMPONENT = "component"
_BATCH = 4096
Fact = tuple[int, str, str]
"""Place of a concept, property, value."""


class Facts(Protocol):
    """Values of properties, by place of the concept."""

    def between(self, first: int, end: int) -> Iterator[Fact]: ...

    def fingerprint(self, into: Fingerprints) -> None: ...


class Columns:
    """Values whose texts are made of numbers and texts of a row. Rows are in order of place."""

    def __init__(self, code: str, place: Ints, values: Texts) -> None:
        self._code, self._place, self._values = code, place, values

    def between(self, first: int, end: int) -> Iterator[Fact]:
        rows = between(self._place, first, end)
        for place, value in zip(self._place[rows].tolist(), self._values.take(rows), strict=True):
            yield place, self._code, value.strip()

    def fingerprint(self, into: Fingerprints) -> None:
        into.add(self._code, self._place, self._values)


class Attributes:
    """Attribute relationships: `<group>:<destination>`."""

    def __init__(self, place: Ints, type_: Ints, group: Ints, value: Ints | Texts) -> None:
        self._place, self._type, self._group, self._value = place, type_, group, value

    def between(self, first: int, end: int) -> Iterator[Fact]:
        rows = between(self._place, first, end)
        value = self._value.take(rows) if isinstance(self._value, Texts) else self._value[rows].tolist()
        columns = (self._place[rows].tolist(), self._type[rows].tolist(), self._group[rows].tolist(), value)
        for place, type_, group, each in zip(*columns, strict=True):
            yield place, str(type_), f"{group}:{each}"

    def fingerprint(self, into: Fingerprints) -> None:
        into.add("attribute", self._place, self._type, self._group, self._value)


class Components:
    """Module, definition status and effectiveTime of concepts, in one value."""

    def __init__(self, module: Ints, status: Ints, time: Ints) -> None:
        self._columns = (module, status, time)

    def between(self, first: int, end: int) -> Iterator[Fact]:
        columns = (column[first:end].tolist() for column in self._columns)
        for place, (module, status, time) in enumerate(zip(*columns, strict=True), start=first):
            yield place, COMPONENT, f"{module}|{status}|{time or ''}"

    def fingerprint(self, into: Fingerprints) -> None:
        into.add(COMPONENT, np.arange(len(self._columns[0])), *self._columns)


class Definitions:
    """Text definitions, a property for each language."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def between(self, first: int, end: int) -> Iterator[Fact]:
        for place, found in self._names.definitions.between(first, end, self._names.languages):
            yield place, definition_code(found.language), found.term

    def fingerprint(self, into: Fingerprints) -> None:
        self._names.definitions.fingerprint("definition", into, self._names.languages)


def definition_code(language: str) -> str:
    return "definition" if language == "en" else f"definition-{language}"


class Concepts(Sequence[Concept]):
    """Concepts in order of identifier; walking through them again makes them again."""

    def __init__(self, ids: Ints, active: Bools, names: Names, parents: tuple[Ints, Ints], facts: list[Facts]) -> None:
        self._ids, self._active, self._names, self._facts = ids, active, names, facts
        self._child, self._parent = parents
        """Place of the child, and SCTID of the parent; in order of both."""

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, at: int) -> Concept: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Concept]: ...
    def __getitem__(self, at: int | slice) -> Concept | Sequence[Concept]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        place = range(len(self))[at]
        return next(self._between(place, place + 1))

    def __iter__(self) -> Iterator[Concept]:
        for first in range(0, len(self), _BATCH):
            yield from self._between(first, min(first + _BATCH, len(self)))

    def fingerprints(self) -> Ints:
        """A number for each concept, in order, that is the same in another release that says the same of it."""
        into = Fingerprints(len(self))
        into.add("active", np.arange(len(self)), self._active)
        into.add("parent", self._child, self._parent)
        self._names.fingerprint(into)
        for facts in self._facts:
            facts.fingerprint(into)
        return into.found

    def codes(self) -> Iterator[tuple[str, str]]:
        """Code and part of all concepts, and of the parents that have no row (of no part), without making concepts."""
        for parent in np.setdiff1d(self._parent, self._ids).tolist():
            yield str(parent), ""
        for id_ in self._ids.tolist():
            yield str(id_), PART

    def _between(self, first: int, end: int) -> Iterator[Concept]:
        values: list[list[tuple[str, str]]] = [[] for _ in range(end - first)]
        for facts in self._facts:
            for place, code, value in facts.between(first, end):
                if value:
                    values[place - first].append((code, value))
        parents: list[list[Parent]] = [[] for _ in range(end - first)]
        rows = between(self._child, first, end)
        for place, parent in zip(self._child[rows].tolist(), self._parent[rows].tolist(), strict=True):
            parents[place - first].append(Parent(str(parent)))
        columns = (self._ids[first:end].tolist(), self._active[first:end].tolist(), self._names.between(first, end))
        for id_, active, names, above, said in zip(*columns, parents, values, strict=True):
            code, name = str(id_), fully_specified(names)
            yield Concept(
                code=code,
                part=PART,
                designations=designations(names, self._names.refsets),
                parents=tuple(above),
                properties=tuple([Property(*fact) for fact in dict.fromkeys(said)]),
                active=active,
                level=tag(name),
                sort_key=sort_key(name, code),
            )
