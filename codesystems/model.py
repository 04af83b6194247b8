"""The values that loaders yield and the rest of the program works on: frozen, plain, complete.

Words are FHIR's (CodeSystem, concept, designation, property); column names are the publisher's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

DesignationUse = Literal["display", "synonym", "fsn", "short"]
PropertyType = Literal["string", "code", "boolean", "integer", "decimal", "dateTime"]
CodeRule = Literal["loose", "exact"]
ChangeType = Literal["introduced", "withdrawn", "retitled", "changed", "unchanged", "replaced-by", "split", "merged"]
"""What a publisher can state of a code. `unchanged` is said where it lists every code (a transition table).
Of `replaced-by`, `split` and `merged` the code is the old one, the other code the new one."""
Unit = tuple[str, str]
"""What a release can cover: (part, kind), a group of codes and a kind of fact about them."""


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """A code system's identity and all the names it answers to."""

    id: str
    """Short id used in URLs and on the command line: `icd-10-se`."""
    url: str
    """Canonical URL."""
    title: str
    publisher: str
    language: str = "sv"
    """BCP 47 language of titles and notes that state no other."""
    aliases: tuple[str, ...] = ()
    """Other canonical URLs and OIDs in use; OIDs without `urn:oid:`."""
    code_rule: CodeRule = "loose"
    """How codes are compared on the way in; see `codesystems.codes`."""
    copyright: str = ""
    abridges: str = ""
    """Short id of the code system that this one is a selection of: searches name that one first."""


@dataclass(frozen=True, slots=True)
class PropertyDef:
    """A property concepts of a code system can have. `note` marks prose meant for people (inclusions,
    exclusions, descriptions): shown under notes, searched below titles, kept as one ordered list."""

    code: str
    """The publisher's column name (`Innefattar`), or a FHIR-style name where the publisher has none."""
    title: str
    type: PropertyType = "string"
    note: bool = False
    identifier: bool = False
    """Its values name concepts as codes do (a URI): look-ups accept them."""


@dataclass(frozen=True, slots=True)
class Designation:
    """A name of a concept. `value` is as published but for white space at both ends."""

    value: str
    use: DesignationUse = "display"
    language: str = ""
    """BCP 47; empty means the code system's own language."""


@dataclass(frozen=True, slots=True)
class Property:
    """One value of one property. Dates are ISO 8601 text, booleans `true`/`false`, notes plain text
    with line breaks (never HTML)."""

    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a property says that relates its concept to another one, or to a number or text."""

    code: str
    """The kind of relation: a concept of the same code system."""
    group: int
    """Attributes of one role group belong together; those of group 0 stand each alone."""
    value: str | int | float | bool
    type: PropertyType = "code"
    """`code`: the value is a concept of the same code system."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A direct parent. Where a format may lack a level of the hierarchy, the loader states the nearest
    parent with rank 0 and the next level up with rank 1, 2, …: the lowest rank that exists counts."""

    code: str
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Concept:
    """All that one release says of one code."""

    code: str
    """The publisher's canonical form: the same through all formats and years of the system."""
    part: str
    """The group of codes it belongs to for coverage. A function of the code alone: the same code is in
    the same part in every release."""
    designations: tuple[Designation, ...] = ()
    parents: tuple[Parent, ...] = ()
    properties: tuple[Property, ...] = ()
    """In the publisher's order; of a note, all values together are one fact."""
    active: bool = True
    """False where the release lists the code as removed or retired."""
    abstract: bool = False
    """A heading that is not to be recorded as such."""
    level: str = ""
    """The publisher's or field's name of the level: chapter, block, category, subcategory, …"""
    sort_key: str = ""
    """Order among siblings and in listings, computed from the code, never a row number."""
    valid_from: date | None = None
    """The first day the publisher states for the code (`Giltig från`)."""
    valid_to: date | None = None
    """The last day the publisher states for the code (`throughDate`)."""


@dataclass(frozen=True, slots=True)
class StatedChange:
    """A change the publisher states in so many words (an event column, a change list)."""

    code: str
    type: ChangeType
    date: date | None
    file: str
    row: int
    other_code: str = ""
    """The other code of a replacement, split or merger."""
    automatic: bool | None = None
    """Whether the publisher calls the transition automatic; None where it does not say."""
    automatic_back: bool | None = None
    """The same of the way back, from the other code to this one."""


@dataclass(frozen=True, slots=True)
class CodeSystemContent:
    """One version of one code system as its release states it."""

    system: CodeSystem
    version: str
    effective: date
    covers: frozenset[Unit]
    """Every (part, kind) this release speaks of. Kinds: `state`; `designation:<use>:<language>`;
    `parent` (rank 0), `parent:1`, …; `property:<code>`; `validity`. A unit that is not covered keeps what
    earlier releases said of it; a covered unit without values says that there are none."""
    concepts: Sequence[Concept]
    properties: tuple[PropertyDef, ...] = ()
    stated: Sequence[StatedChange] = ()


@dataclass(frozen=True, slots=True)
class StatedContent:
    """A delivery that holds no version of a code system, only what its publisher states of changes: a change
    list, a table of transitions, errata."""

    system: CodeSystem
    version: str
    """The delivery's own name, never that of a version: `changes-2013`, `2013-2014`."""
    effective: date
    """The first day of the version that the changes lead to."""
    stated: Sequence[StatedChange]


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file, for messages: `digit4.txt:118` or `KVA07.xls[Blad1]:7`."""

    file: str
    line: int | None = None
    sheet: str = ""

    def __str__(self) -> str:
        sheet = f"[{self.sheet}]" if self.sheet else ""
        return f"{self.file}{sheet}" + (f":{self.line}" if self.line is not None else "")


@dataclass(frozen=True, slots=True)
class Hints:
    """What the operator said on the command line; loaders may use it while identifying."""

    system: str | None = None
    version: str | None = None
    effective: date | None = None
    columns: dict[str, str] = field(default_factory=dict)
    """Column mapping for plain lists: our field (`code`, `display`, `parent`, …) → the file's column."""


def designation_kind(use: str, language: str) -> str:
    return f"designation:{use}:{language}"


def parent_kind(rank: int) -> str:
    return "parent" if rank == 0 else f"parent:{rank}"


def property_kind(code: str) -> str:
    return f"property:{code}"


def kinds_of(concept: Concept, language: str) -> set[str]:
    """The kinds of fact that `concept` states; `language` is the code system's own."""
    kinds = {"state"}
    kinds.update(designation_kind(d.use, d.language or language) for d in concept.designations)
    kinds.update(parent_kind(p.rank) for p in concept.parents)
    kinds.update(property_kind(p.code) for p in concept.properties)
    if concept.valid_from or concept.valid_to:
        kinds.add("validity")
    return kinds
