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


NOW = When()


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
class AttributeAnswer:
    """What relates a concept to another one of its code system, or to a number or text."""

    group: int
    """Attributes of one role group belong together; those of group 0 stand each alone."""
    code: str
    display: str
    """What the attribute is called."""
    type: str
    """Of the value: `code`, or that of a number or text."""
    value: str | int | bool | float
    value_display: str | None
    """What the value is called where it is a code."""


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
    attributes: Sequence[AttributeAnswer] = ()
    """In order of role group; none where the code system has no such thing."""


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
    left_out: Sequence[str]
    """Words of the query that none of the concepts found holds."""
    partial: bool
    """No concept holds all the words: those found hold most of them."""
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
    valid_now: bool | None = None
    """Whether it may be used today."""
    display_now: str | None = None
    wording: str | None = None
    """Where it is called something else today: `cosmetic` or `text`."""
    successors: Sequence[str] = ()
    """What the publisher says follows it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose word a change is: `computed` from the releases, or the `publisher`'s, with file and row."""

    by: str
    release: str | None = None
    file: str | None = None
    row: int | None = None


COMPUTED = Source("computed")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a concept. A computed one lies somewhere between two loaded versions."""

    date: str | None
    """Effective date of `version`, or the day the publisher states."""
    after_version: str | None
    """The last version before it that speaks of the same."""
    version: str | None
    type: str
    """introduced, withdrawn, reintroduced, retitled, moved, note-changed, property-changed; of the publisher also
    changed, unchanged, replaced-by, split, merged."""
    property: str | None
    """Which note or property; a designation of another use or language as `synonym:sv`."""
    before: object
    after: object
    """Titles and codes as text, parents and values as lists; what a code is replaced by."""
    wording: str | None
    """Of a retitling: `cosmetic` where only case, space or punctuation differ, else `text`."""
    source: Source
    automatic: bool | None = None
    """Whether the publisher calls the transition automatic, from the old code to the new."""
    automatic_back: bool | None = None
    """The same from the new code to the old."""


@dataclass(frozen=True, slots=True)
class Successor:
    """What the publisher says became of a code."""

    code: str
    display: str | None
    type: str
    automatic: bool | None
    active: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A current code near a withdrawn one; our guess, not the publisher's word."""

    code: str
    display: str
    reason: str
    """same-title, parent, or sibling-code."""


@dataclass(frozen=True, slots=True)
class HistoryAnswer:
    system: str
    code: str
    revision: int
    display: str
    """Its last title."""
    active: bool
    periods: Sequence[dict[str, object]]
    """{from, from_known, first_version, after_version, to, last_version, until_version}: `from` and `to` are the first
    and last day, inclusive; it was not yet in `after_version` and no longer in `until_version`."""
    events: Sequence[Event]
    """Oldest first."""
    successors: Sequence[Successor]
    suggestions: Sequence[Suggestion]


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change of one code between two versions."""

    code: str
    display: str
    type: str
    """As of events; `first-stated` for what no release up to the earlier version speaks of at all."""
    date: str | None
    version: str | None
    """The version it came with."""
    before: object
    after: object
    """Titles as text, parents as a list, notes and properties as {property: values}."""
    wording: str | None
    source: Source


@dataclass(frozen=True, slots=True)
class ChangesAnswer:
    system: str
    after_version: str
    """The version compared from."""
    version: str
    """The version compared to."""
    revision: int
    counts: dict[str, int]
    """By type, before `type` is filtered, after `under` is."""
    total: int
    items: Sequence[Change]
    next: str | None = None
