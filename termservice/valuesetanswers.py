"""What the service answers about value sets: plain frozen values whose field names are those of the REST answers.

As in `answers`: dates are ISO 8601 text, field order here is the order in JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from termservice.answers import Successor


@dataclass(frozen=True, slots=True)
class Source:
    """A code system that members are of."""

    system: str
    url: str
    version: str | None
    """The version that the publisher pinned; None where codes count as they stand on the day."""
    members: int


@dataclass(frozen=True, slots=True)
class ValueSetInfo:
    id: str
    url: str
    title: str
    publisher: str
    language: str
    version: str | None
    """The version in force today; None where only future versions are loaded."""
    effective_date: str | None
    members: int
    """Codes listed in that version; 0 where a rule says which are meant."""
    systems: Sequence[Source]
    compose: Any
    """FHIR's compose of an intensional value set; None where its members are listed."""
    versions: int
    revision: int
    aliases: Sequence[str] = ()
    copyright: str = ""


@dataclass(frozen=True, slots=True)
class MemberAnswer:
    """A code of a value set, as it stands in its code system on the day asked about."""

    system: str
    code: str
    display: str | None
    """The concept's own, else the one in the value set's file."""
    active: bool | None
    """Whether it can be used; None where nobody here knows."""
    abstract: bool
    status: str
    """current, inactive, withdrawn, not-yet-introduced, unknown-code, or not-loaded."""
    comment: str
    successors: Sequence[Successor] = ()
    """Of a code that is withdrawn: what publishers say follows it."""

    @property
    def needs_person(self) -> bool:
        return self.status != "current"


@dataclass(frozen=True, slots=True)
class MembersAnswer:
    """A stretch of the members of a version, in order of code system and code."""

    valueset: str
    version: str
    revision: int
    date: str
    """The day that members are judged on."""
    systems: dict[str, str | None]
    """The version of each code system that they are judged in; None where it is not loaded or nothing was in force."""
    total: int
    items: Sequence[MemberAnswer]
    next: str | None


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A code that joined or left a value set."""

    type: str
    """added or removed."""
    system: str
    code: str
    display: str | None
    comment: str
    """What the file says of it, for one that left the last one that held it."""


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """What differs between two versions of a value set."""

    valueset: str
    after_version: str
    version: str
    revision: int
    added: int
    removed: int
    definition_changed: bool
    """Whether the rule, or a pinned version of a code system, is another one."""
    total: int
    items: Sequence[MemberChange]
    next: str | None


@dataclass(frozen=True, slots=True)
class Include:
    """The members of one code system, for an engine that expands them."""

    system: str
    """Canonical URL."""
    version: str
    """Pinned by the publisher; empty where none is."""
    concepts: Sequence[tuple[str, str]]
    """(code, display as the file has it)."""


@dataclass(frozen=True, slots=True)
class ValueSetDefinition:
    """All that defines a version of a value set."""

    id: str
    url: str
    version: str
    title: str
    publisher: str
    language: str
    effective: str
    """ISO 8601 day."""
    copyright: str
    includes: Sequence[Include]
    compose: str
    """FHIR's compose as JSON of an intensional value set; empty where `includes` lists the members."""


@dataclass(frozen=True, slots=True)
class LoadedValueSet:
    """A version of a value set that is loaded."""

    id: str
    url: str
    version: str
    effective: str
