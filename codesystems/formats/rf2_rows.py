"""What the arrays of an edition are built from: one tuple for each component or member, in its newest state.

Columns are those of Release Format 2, with identifiers as integers and times as YYYYMMDD (0 where there is none).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from codesystems.formats.rf2_columns import Bools, Ints

ROOT = 138875005
IS_A = 116680003
INFERRED = 900000000000011006
FULLY_SPECIFIED_NAME = 900000000000003001
SYNONYM = 900000000000013009
DEFINITION = 900000000000550004
PREFERRED = 900000000000548007
ACCEPTABLE = 900000000000549004
PRIMITIVE = 900000000000074008
DEFINED = 900000000000073002


class ConceptRow(NamedTuple):
    id: int
    time: int
    active: bool
    module: int
    status: int
    """definitionStatusId."""


class RelationshipRow(NamedTuple):
    """Only active ones that are inferred count; others may be given."""

    active: bool
    source: int
    destination: int
    group: int
    type: int
    characteristic: int


class ConcreteRow(NamedTuple):
    active: bool
    source: int
    value: str
    """As published: `#12.5`, `"text"`, `true`."""
    group: int
    type: int
    characteristic: int


class DescriptionRow(NamedTuple):
    """Text definitions too: their type says so."""

    id: int
    time: int
    active: bool
    module: int
    concept: int
    language: str
    type: int
    term: str
    case: int


class MemberShape(NamedTuple):
    """A refset's own columns, after referencedComponentId."""

    names: tuple[str, ...] = ()
    kinds: str = ""
    """For each `c` (component), `i` (integer) or `s` (string), as the file's name says: `iisssccRefset`."""


class MemberRow(NamedTuple):
    time: int
    active: bool
    module: int
    refset: int
    component: int
    shape: MemberShape
    cells: tuple[str, ...]


LANGUAGE_SHAPE = MemberShape(("acceptabilityId",), "c")
"""Refsets of this shape say how acceptable descriptions are, and are kept as that."""


class LanguageRows(NamedTuple):
    """Members of language refsets, a good many at once: they are two for every description."""

    active: Bools
    refset: Ints
    component: Ints
    acceptability: Ints


@dataclass(slots=True)
class Rows:
    """One version of an edition. Each iterable is read once, in this order."""

    concepts: Iterable[ConceptRow] = ()
    relationships: Iterable[RelationshipRow] = ()
    concretes: Iterable[ConcreteRow] = ()
    descriptions: Iterable[DescriptionRow] = ()
    members: Iterable[MemberRow] = ()
    """Those of language refsets may be here as well."""
    language: Iterable[LanguageRows] = ()
