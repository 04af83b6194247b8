"""What the value-set engine asks of a code system, wherever its concepts are kept.

A provider numbers its concepts; sets of concepts are bitmaps of those numbers (`&`, `|`, `-`, `in`, `len`), which hold
for a code system of four codes in the request and for SNOMED CT alike. Numbers mean something only to the provider
that gave them; the sets it gives are not the caller's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pyroaring import BitMap

from termservice.fhir.model import Entry, Filter, Meta


class Provider(Protocol):
    """One version of one code system."""

    @property
    def meta(self) -> Meta: ...

    def number(self, code: str) -> int | None:
        """The number of a code as it was sent (any case where the system is not case sensitive); None where the
        version does not hold it. What is not the concept's own spelling is told by comparing with its entry."""

    def entries(self, numbers: Sequence[int]) -> Sequence[Entry]:
        """In the order of `numbers`."""

    def brief(self, numbers: Sequence[int]) -> Sequence[Entry]:
        """As `entries`, but definitions and properties may be left out: for those who show or check names only."""

    def everything(self) -> BitMap:
        """Every concept, inactive and abstract ones too."""

    def inactive(self) -> BitMap: ...

    def abstract(self) -> BitMap:
        """Concepts that are not to be recorded as such."""

    def select(self, filter: Filter) -> BitMap:
        """The concepts a filter names. Raises `issues.Failure` for a property, an operator or a value that the
        code system does not know."""

    def text(self, query: str, language: str = "", within: BitMap | None = None) -> Sequence[int]:
        """The concepts that what was typed finds, best first; only those of `within` where that is given."""

    def ordered(self, numbers: BitMap) -> Sequence[int]:
        """In the code system's own order."""

    def parents(self, number: int) -> Sequence[int]: ...

    def children(self, number: int) -> Sequence[int]:
        """In the code system's own order."""

    def is_ancestor(self, ancestor: int, number: int) -> bool:
        """Whether `ancestor` is a proper ancestor of `number`."""

    def parse(self, code: str) -> Entry | None:
        """A code that is no concept but an expression of the system's grammar (SNOMED CT's postcoordinated
        expressions): what can be said of it, None where it is none. Raises `issues.Failure` with what is wrong in an
        expression that is meant to be one."""

    def holds(self, filter: Filter, code: str) -> bool:
        """Whether an expression (what `parse` knows) is among what a filter selects. Raises as `select` and `parse`."""
