"""The values of value sets: a ValueSet, its members, and one release of it.

Words are FHIR's (ValueSet, compose, expansion). A value set is enumerated (its members are listed, with codes of any
number of code systems) or intensional (a rule says which they are, FHIR's `compose`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from codesystems.model import CodeSystem, StatedChange, Unit

MEMBERS: Unit = ("all", "member")
DEFINITION: Unit = ("all", "definition")
"""What every release of a value set covers: all its members, and what else defines it."""


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A value set's identity. Its short id and URLs live in one name space with those of code systems and maps."""

    id: str
    """Short id used in URLs and on the command line: `urval-icf-kva-nutrition-och-undernaring`."""
    url: str
    """Canonical URL; `urn:valueset:<id>` where the publisher has none."""
    title: str
    publisher: str
    language: str = "sv"
    """BCP 47 language of displays and comments."""
    aliases: tuple[str, ...] = ()
    copyright: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """One code of a value set, as the file has it."""

    system: str
    """Short id of the code system, one of `ValueSetContent.codesystems`."""
    code: str
    """The publisher's canonical form of the code."""
    display: str = ""
    """The title in the file, shown where the code system itself is not loaded."""
    comment: str = ""
    """What else the file says of the member, for people."""
    id: str = ""
    """The publisher's own id of the row (RF2's UUID)."""


@dataclass(frozen=True, slots=True)
class ValueSetContent:
    """One version of one value set as its release states it. All of it: what is not here no longer holds."""

    system: ValueSet
    version: str
    effective: date
    members: Sequence[Member]
    """Each code of a code system once."""
    codesystems: Sequence[CodeSystem] = ()
    """Every code system that members are of, whether or not it is loaded."""
    systems: Mapping[str, str] = field(default_factory=dict)
    """Short id of a code system → the version of it that the publisher pinned; only those that are pinned."""
    compose: str = ""
    """Of an intensional value set FHIR's `compose` as JSON, keys sorted; then there are no members."""
    delta: bool = False
    """True where only what changed since the version before is delivered: `members` replace those of the same id,
    `removed` no longer hold."""
    removed: frozenset[str] = frozenset()
    """Ids of rows that a delta ends."""
    stated: tuple[StatedChange, ...] = ()
    """Value sets state nothing of codes; here so that every content has it."""


def valueset_url(valueset_id: str) -> str:
    """The canonical URL of a value set whose publisher has none."""
    return f"urn:valueset:{valueset_id}"
