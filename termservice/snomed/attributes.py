"""Attribute relationships as arrays: active, inferred, with concepts or concrete values, by type and by source.

Every relationship belongs to one role group; one with group number 0 stands alone, and is a group of its own. Groups
are numbered over the whole edition, so that what holds of a group is a count or a mark for each number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index import arrays
from termservice.snomed.columns import Bools, Grouped, Ints, spans, starts_of

NUMBER, TEXT, BOOLEAN = 0, 1, 2
"""Kinds of concrete values."""
_COLUMNS = ("source", "destination", "type", "number", "group", "row")
_CONCRETE = ("source", "type", "number", "group", "kind", "amount")


class Attribute(NamedTuple):
    """One relationship of a concept. The value is a place, or what a concrete relationship says."""

    group: int
    type: int
    value: int | float | str | bool
    concrete: bool


class Raw(NamedTuple):
    """Relationships before they are put in order: places, and group numbers as published."""

    source: Ints
    destination: Ints
    type: Ints
    number: Ints


class RawConcrete(NamedTuple):
    source: Ints
    type: Ints
    number: Ints
    values: list[str]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some relationships: what each comes from, goes to, and its group among those of the edition."""

    source: Ints
    destination: Ints
    group: Ints


class Attributes:
    """Of one edition. `type` and the ends of relationships are places."""

    def __init__(self, folder: Path) -> None:
        self._by_type = {name: arrays.load(folder, f"attribute.{name}") for name in _COLUMNS}
        self._types = arrays.load(folder, "attribute.types")
        self._type_starts = arrays.load(folder, "attribute.types.starts")
        self._source_starts = arrays.load(folder, "attribute.source.starts")
        self.concrete = {name: arrays.load(folder, f"concrete.{name}") for name in _CONCRETE}
        self.texts = arrays.Strings(folder, "concrete.text")
        self._concrete_starts = arrays.load(folder, "concrete.starts")
        self.group_source = arrays.load(folder, "attribute.groups")
        """The concept of each group."""
        self._group_starts = starts_of(self.group_source, len(self._source_starts) - 1)

    def __len__(self) -> int:
        return len(self._by_type["source"])

    @property
    def types(self) -> list[int]:
        """Types of relationships between concepts."""
        return [int(place) for place in self._types]

    def of_types(self, types: Bools) -> Iterator[Rows]:
        """Relationships between concepts of the types marked, one type at a time, in order of destination."""
        for number in np.flatnonzero(types[self._types]):
            yield self._rows(slice(self._type_starts[number], self._type_starts[number + 1]))

    def concrete_rows(self, types: Bools, kind: int) -> Ints:
        """Rows of `concrete` of the types marked that hold a value of that kind."""
        return np.flatnonzero(types[self.concrete["type"]] & (self.concrete["kind"] == kind))

    def groups_of(self, sources: Ints) -> Ints:
        """The numbers of all groups of some concepts (places, sorted)."""
        return spans(self._group_starts[sources], self._group_starts[sources + 1])

    def of(self, source: int) -> list[Attribute]:
        """Of one concept, in order of group and type."""
        rows = self._by_type["row"][self._source_starts[source] : self._source_starts[source + 1]]
        number, type_, value = (self._by_type[name] for name in ("number", "type", "destination"))
        found = [Attribute(int(number[row]), int(type_[row]), int(value[row]), False) for row in rows]
        for row in range(self._concrete_starts[source], self._concrete_starts[source + 1]):
            in_group, kind = int(self.concrete["number"][row]), int(self.concrete["type"][row])
            found.append(Attribute(in_group, kind, self._value(row), True))
        return sorted(found, key=lambda each: (each.group, each.type))

    def _value(self, row: int) -> float | str | bool:
        amount = float(self.concrete["amount"][row])
        match int(self.concrete["kind"][row]):
            case 0:
                return amount
            case 1:
                return self.texts[int(amount)]
        return bool(amount)

    def _rows(self, at: slice) -> Rows:
        return Rows(*(self._by_type[name][at] for name in ("source", "destination", "group")))


def save(folder: Path, size: int, raw: Raw, concrete: RawConcrete) -> None:
    """Write the relationships of an edition of `size` concepts."""
    groups, sources = _numbered(
        np.concatenate([raw.source, concrete.source]), np.concatenate([raw.number, concrete.number])
    )
    arrays.save(folder, "attribute.groups", sources.astype(np.int32))
    _save_concrete(folder, size, concrete, groups[len(raw.source) :])
    order = np.lexsort((raw.source, raw.destination, raw.type))
    types, starts = np.unique(raw.type[order], return_index=True)
    columns = {"source": raw.source, "destination": raw.destination, "type": raw.type, "number": raw.number}
    for name, values in {**columns, "group": groups[: len(raw.source)]}.items():
        arrays.save(folder, f"attribute.{name}", values[order].astype(np.int32))
    by_source = Grouped(starts_of(raw.source, size), np.argsort(raw.source[order], kind="stable"))
    arrays.save(folder, "attribute.row", by_source.values.astype(np.int32))
    arrays.save(folder, "attribute.source.starts", by_source.starts)
    arrays.save(folder, "attribute.types", types.astype(np.int32))
    arrays.save(folder, "attribute.types.starts", np.append(starts, len(order)))


def _numbered(source: Ints, number: Ints) -> tuple[Ints, Ints]:
    """(group of each relationship, concept of each group); groups are numbered in order of concept."""
    order = np.lexsort((number, source))
    source, number = source[order], number[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (source[1:] != source[:-1]) | (number[1:] != number[:-1]) | (number[1:] == 0)
    groups = np.empty(len(order), dtype=np.int64)
    groups[order] = np.cumsum(first) - 1
    return groups, source[first]


def _save_concrete(folder: Path, size: int, raw: RawConcrete, groups: Ints) -> None:
    texts: dict[str, int] = {}
    parsed = [parsed_value(value) for value in raw.values]
    kind = np.array([each[0] for each in parsed], dtype=np.uint8)
    amount = np.array(
        [texts.setdefault(value, len(texts)) if isinstance(value, str) else value for _, value in parsed],
        dtype=np.float64,
    )
    order = np.lexsort((raw.type, raw.number, raw.source))
    columns = {"source": raw.source, "type": raw.type, "number": raw.number, "group": groups}
    for name, values in columns.items():
        arrays.save(folder, f"concrete.{name}", values[order].astype(np.int32))
    arrays.save(folder, "concrete.kind", kind[order])
    arrays.save(folder, "concrete.amount", amount[order])
    arrays.save(folder, "concrete.starts", starts_of(raw.source, size))
    arrays.save_strings(folder, "concrete.text", texts)


def parsed_value(value: str) -> tuple[int, float | str]:
    """(kind, value) of `#12.5`, `"text"` or `true`; what is none of these is text as it stands."""
    if value.casefold() in ("true", "false"):
        return BOOLEAN, float(value.casefold() == "true")
    if value.startswith("#"):
        try:
            return NUMBER, float(value[1:])
        except ValueError:
            return TEXT, value
    return TEXT, value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
