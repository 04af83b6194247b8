"""Members of reference sets that are about concepts or other components, with all their columns.

Refsets of the same columns share a table; the rows of one refset stand together, in order of component and then as
given. Language refsets are elsewhere: see `descriptions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypedDict

import numpy as np

from codesystems.formats.rf2_rows import MemberRow, MemberShape
from index import arrays
from termservice.snomed.columns import Coded, Ints, coded, joined, joined_columns, starts_of

NO_NUMBER = np.iinfo(np.int64).min
"""In a column of integers: the cell is empty or no integer."""
_WIDEST = 18


class Described(TypedDict):
    """A table, as the folder's description says it."""

    names: list[str]
    kinds: str


class Columns(Protocol):
    """Where the columns of a table come from."""

    def load(self, name: str) -> Ints: ...

    def texts(self, name: str) -> Sequence[str]: ...


class Stored:
    """The columns of one of an edition's tables."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder, self._name = folder, f"member.{number}"

    def load(self, name: str) -> Ints:
        return arrays.load(self._folder, f"{self._name}.{name}")

    def texts(self, name: str) -> Sequence[str]:
        return arrays.Strings(self._folder, f"{self._name}.{name}")


class Table:
    """Members of all refsets of one shape. Of the own columns, `c` are SCTIDs, `i` integers, `s` numbers in `texts`."""

    def __init__(self, columns: Columns, described: Described, *, stamped: bool = True) -> None:
        """`stamped`: it is kept of each member when it took effect and in which module."""
        self._load, self._texts = columns.load, columns.texts
        self.names = tuple(described["names"])
        self.kinds = described["kinds"]
        self.stamped = stamped
        self.refsets = [int(refset) for refset in self._load("refset")]
        self._starts = self._load("refset.starts")

    @cached_property
    def component(self) -> Ints:
        """SCTIDs."""
        return self._load("component")

    @cached_property
    def place(self) -> Ints:
        """Of the component; -1 where it is no concept of the edition."""
        return self._load("place")

    @cached_property
    def active(self) -> Ints:
        return self._load("active")

    @cached_property
    def time(self) -> Ints:
        return self._load("time")

    @cached_property
    def module(self) -> Coded:
        return Coded(self._load("module"), self._load("module.ids"))

    @cached_property
    def _columns(self) -> dict[int, Ints]:
        return {}

    def column(self, number: int) -> Ints:
        if number not in self._columns:
            self._columns[number] = self._load(f"column.{number}")
        return self._columns[number]

    def column_places(self, number: int) -> Ints:
        """Of a column of SCTIDs, the places; -1 where one is no concept of the edition."""
        key = -1 - number
        if key not in self._columns:
            self._columns[key] = self._load(f"column.{number}.place")
        return self._columns[key]

    def texts(self, number: int) -> Sequence[str]:
        """What the numbers of a column of texts stand for, sorted."""
        return self._texts(f"text.{number}")

    def field(self, name: str) -> int:
        """The number of an own column, whatever the case of its name; -1 where there is none."""
        return next((at for at, each in enumerate(self.names) if each.casefold() == name.casefold()), -1)

    def rows(self, refset: int) -> range:
        if refset not in self.refsets:
            return range(0)
        at = self.refsets.index(refset)
        return range(int(self._starts[at]), int(self._starts[at + 1]))

    def cells(self, row: int) -> tuple[int | str | None, ...]:
        """The own columns of one member; None for a number that is not there."""
        return tuple(self.cell(number, row) for number in range(len(self.names)))

    def cell(self, number: int, row: int) -> int | str | None:
        value = int(self.column(number)[row])
        if self.kinds[number] == "s":
            return self.texts(number)[value]
        return None if value == NO_NUMBER else value


class Members:
    """All tables of an edition."""

    def __init__(self, folder: Path, described: Sequence[Described]) -> None:
        self.tables = [Table(Stored(folder, number), each) for number, each in enumerate(described)]

    @cached_property
    def refsets(self) -> frozenset[int]:
        return frozenset(refset for table in self.tables for refset in table.refsets)

    def holding(self, refsets: frozenset[int]) -> list[Table]:
        """The tables with members of any of these refsets."""
        return [table for table in self.tables if not refsets.isdisjoint(table.refsets)]


@dataclass(slots=True)
class _Gathered:
    """One table while it is read: columns in parts, texts numbered as they come."""

    shape: MemberShape
    parts: list[tuple[Ints, ...]] = field(default_factory=list)
    cells: list[list[Ints]] = field(default_factory=list)
    texts: list[dict[str, int]] = field(default_factory=list)


class Gathering:
    """Collects members, table by table, and writes them."""

    def __init__(self) -> None:
        self._tables: dict[MemberShape, _Gathered] = {}

    def add(self, shape: MemberShape, rows: list[MemberRow]) -> None:
        """Members of one shape, a good many at a time."""
        table = self._tables.get(shape)
        if table is None:
            empty: list[list[Ints]] = [[] for _ in shape.names]
            table = self._tables[shape] = _Gathered(shape, cells=empty, texts=[{} for _ in shape.names])
        time, active, module, refset, component, _, cells = zip(*rows, strict=True)
        table.parts.append(tuple(np.array(each, np.int64) for each in (refset, component, active, time, module)))
        for number, values in enumerate(zip(*cells, strict=True)):
            if shape.kinds[number] == "s":
                known = table.texts[number]
                column = np.fromiter((known.setdefault(value, len(known)) for value in values), np.int64, len(values))
            else:
                column = np.fromiter(map(_integer, values), np.int64, len(values))
            table.cells[number].append(column)

    def save(self, folder: Path, places: Ints) -> list[Described]:
        """Write all tables. `places` are the SCTIDs of all concepts, sorted."""
        described: list[Described] = []
        for number, (shape, table) in enumerate(sorted(self._tables.items())):
            _save_table(folder, f"member.{number}", table, places)
            described.append({"names": list(shape.names), "kinds": shape.kinds})
        return described


def _save_table(folder: Path, name: str, table: _Gathered, places: Ints) -> None:
    refset, component, active, time, module = joined_columns(table.parts, 5)
    order = np.lexsort((component, refset))
    refsets, codes = np.unique(refset, return_inverse=True)
    arrays.save(folder, f"{name}.refset", refsets)
    arrays.save(folder, f"{name}.refset.starts", starts_of(codes.reshape(-1), len(refsets)))
    arrays.save(folder, f"{name}.component", component[order])
    arrays.save(folder, f"{name}.place", found_at(places, component[order]))
    arrays.save(folder, f"{name}.active", active[order].astype(np.bool_))
    arrays.save(folder, f"{name}.time", time[order].astype(np.int32))
    coded(module[order]).save(folder, f"{name}.module")
    for number, kind in enumerate(table.shape.kinds):
        column = joined(table.cells[number], np.int64)[order]
        if kind == "s":
            column = _save_texts(folder, f"{name}.text.{number}", table.texts[number])[column]
        elif kind == "c":
            arrays.save(folder, f"{name}.column.{number}.place", found_at(places, column))
        arrays.save(folder, f"{name}.column.{number}", column)


def _save_texts(folder: Path, name: str, texts: dict[str, int]) -> Ints:
    """Write texts in order; returns the number of each by the number it had."""
    ordered, rank = ranked(texts)
    arrays.save_strings(folder, name, ordered)
    return rank


def ranked(texts: dict[str, int]) -> tuple[list[str], Ints]:
    """Numbered texts in order, and the number of each in it by the number it had."""
    ordered = sorted(texts)
    rank = np.empty(len(ordered), dtype=np.int32)
    rank[np.fromiter((texts[each] for each in ordered), np.int64, len(ordered))] = np.arange(len(ordered))
    return ordered, rank


def found_at(places: Ints, ids: Ints) -> Ints:
    """Where each id is among sorted `places`; -1 where it is not."""
    at = np.searchsorted(places, ids)
    at[at == len(places)] = 0
    known = places[at] == ids if len(places) else np.zeros(len(ids), dtype=np.bool_)
    return np.where(known, at, -1).astype(np.int32)


def _integer(cell: str) -> int:
    try:
        return int(cell) if len(cell) <= _WIDEST else NO_NUMBER
    except ValueError:
        return NO_NUMBER
