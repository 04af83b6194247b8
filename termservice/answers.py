"""What the service answers: plain frozen values whose field names are those of the REST answers.

Dates are ISO 8601 text. `system`, `version` and `revision` say where an answer comes from. Serialised as they
stand (orjson knows dataclasses), so field order here is the order in JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class When:
    """Which content is asked for: a named version, the one in force on a date (ISO), or (neither) today's."""

    version: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class CodeSystemInfo:
    id: str
    url: str
    title: str
    publisher: str
    language: str
    aliases: Sequence[str]
    version: str | None
    """The version in force today; None where only future versions are loaded."""
    effective_date: str | None
    concepts: int
    """Concepts in that version."""
    versions: int
    revision: int
    copyright: str = ""


@dataclass(frozen=True, slots=True)
class VersionInfo:
    version: str
    effective_date: str
    loaded_at: str
    concepts: int
    current: bool
    partial: bool
    title: str
    """Title of the release it came with."""


@dataclass(frozen=True, slots=True)
class DesignationAnswer:
    language: str
    use: str
    value: str


@dataclass(frozen=True, slots=True)
class NoteAnswer:
    """All prose of one kind: `code` is the publisher's column, `values` its paragraphs in order."""

    code: str
    title: str
    language: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class PropertyAnswer:
    code: str
    title: str
    type: str
    value: str | int | bool | float


@dataclass(frozen=True, slots=True)
class ConceptAnswer:
    system: str
    version: str
    """The version the content is of. For a withdrawn code asked for without version: the last that held it."""
    revision: int
    code: str
    display: str
    active: bool
    abstract: bool
    level: str
    parents: Sequence[str]
    children_count: int
    designations: Sequence[DesignationAnswer]
    notes: Sequence[NoteAnswer]
    properties: Sequence[PropertyAnswer]
    valid_from: str | None
    """The publisher's date where stated, else the effective date of the first version of this period."""
    from_known: bool
    """False where the code may be older than `valid_from`: nothing loaded before it could have said."""
    valid_to: str | None
    """The last day, inclusive; None while it goes on."""
    not_stated: Sequence[str]
    """Kinds of note and property that no release up to this version states either way."""
    successors: Sequence[str]


@dataclass(frozen=True, slots=True)
class ConceptSummary:
    code: str
    display: str
    active: bool
    abstract: bool
    level: str
    parents: Sequence[str]
    children_count: int | None = None
    """Only where a tree is asked for (roots, children, ancestors)."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list. `next` is what to ask for next: the offset, or the code for `after`; None at the end."""

    system: str
    version: str
    revision: int
    total: int
    items: Sequence[T]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A list that belongs to no one version (code systems, versions)."""

    revision: int
    total: int
    items: Sequence[T]
    next: str | None = None
    system: str | None = None


@dataclass(frozen=True, slots=True)
class SubsumesAnswer:
    system: str
    version: str
    revision: int
    outcome: str
    """equivalent, subsumes, subsumed-by or not-subsumed (FHIR's words)."""
    codeA: str
    codeB: str


@dataclass(frozen=True, slots=True)
class Matched:
    text: str
    use: str
    language: str


@dataclass(frozen=True, slots=True)
class SearchItem:
    system: str
    version: str
    code: str
    display: str
    matched: Matched
    active: bool
    abstract: bool
    level: str
    score: float


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    revision: int
    versions: dict[str, str]
    """The version searched of each code system."""
    total: int
    items: Sequence[SearchItem]
    next: str | None
    """Offset of the next page as text, None on the last one."""
    suggestion: str | None
    took_ms: float


@dataclass(frozen=True, slots=True)
class ValidateAnswer:
    """Whether a code is valid: it is in the version, active and (with `display`) called that."""

    system: str
    version: str | None
    revision: int
    code: str
    result: bool
    display: str | None
    message: str | None
    active: bool | None = None
    abstract: bool | None = None
