"""Postcoordinated expressions as trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Concept:
    id: int
    term: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Number:
    written: str
    """As it stands behind the `#`."""

    @property
    def value(self) -> float:
        return float(self.written)


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    name: Concept
    value: Concept | Expression | Text | Number | Truth


@dataclass(frozen=True, slots=True)
class Expression:
    """Focus concepts and their refinement. `status` is that of the definition, empty where it is not stated (which
    means equivalence)."""

    focus: tuple[Concept, ...]
    ungrouped: tuple[Attribute, ...] = ()
    groups: tuple[tuple[Attribute, ...], ...] = ()
    status: Literal["", "===", "<<<"] = ""

    @property
    def refined(self) -> bool:
        return bool(self.ungrouped or self.groups)

    def attributes(self) -> Iterator[Attribute]:
        """All of its own, those of nested expressions not among them."""
        yield from self.ungrouped
        for group in self.groups:
            yield from group
