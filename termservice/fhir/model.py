"""Code systems and value sets as the operations need them: frozen, plain, read once from a resource or a store.

Words are FHIR R5's (CodeSystem, ValueSet.compose). Extensions travel as the JSON they came in: what is passed on, is
passed on unread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Json = Mapping[str, Any]
CONCEPT_PROPERTIES = "http://hl7.org/fhir/concept-properties#"
"""Before the names of properties of concepts that FHIR defines."""


@dataclass(frozen=True, slots=True)
class Coding:
    """A code as it is sent: the same shape whether it names a concept, a use or an issue type."""

    system: str = ""
    code: str = ""
    version: str = ""
    display: str = ""


Value = str | bool | int | float | Decimal | Coding


@dataclass(frozen=True, slots=True)
class Designation:
    value: str
    language: str = ""
    """BCP 47; empty where none is stated."""
    use: Coding | None = None
    extensions: tuple[Json, ...] = ()
    status: str = ""
    """Its own status where one is stated: `deprecated`, `withdrawn`, `inactive`. With one of these it is no longer a
    correct name: known to validation, shown nowhere."""
    minor: bool = False
    """A correct name that expansions leave out and look-ups tell: an acceptable synonym beside the preferred ones."""


@dataclass(frozen=True, slots=True)
class PropertyValue:
    """One value of one property. `type` is FHIR's name of the value's type: `code`, `string`, `boolean`, …"""

    code: str
    value: Value
    type: str = "string"


@dataclass(frozen=True, slots=True)
class PropertyDef:
    """CodeSystem.property."""

    code: str
    uri: str = ""
    type: str = "string"
    description: str = ""


@dataclass(frozen=True, slots=True)
class FilterDef:
    """CodeSystem.filter: what a value set may ask for by."""

    code: str
    operators: tuple[str, ...]
    value: str = ""
    """What the value is, for people."""


@dataclass(frozen=True, slots=True)
class Entry:
    """All that a code system (with its supplements) says of one concept."""

    code: str
    display: str = ""
    """In the code system's own language; empty where the concept has none."""
    definition: str = ""
    designations: tuple[Designation, ...] = ()
    """The other names; `display` is not among them."""
    properties: tuple[PropertyValue, ...] = ()
    """As stated; parents and children are asked of the provider."""
    active: bool = True
    abstract: bool = False
    status: str = ""
    """The concept's own status where one is stated: `retired`, `deprecated`, …"""
    extensions: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What code systems and value sets both say of themselves."""

    url: str
    version: str = ""
    name: str = ""
    title: str = ""
    status: str = "active"
    experimental: bool = False
    standards_status: str = ""
    """The extension structuredefinition-standards-status: `deprecated`, `withdrawn`, …"""
    language: str = ""
    """Of a code system: of displays and definitions that state no other."""

    @property
    def canonical(self) -> str:
        return canonical(self.url, self.version)


@dataclass(frozen=True, slots=True)
class Meta(Head):
    """A code system's head."""

    content: str = "complete"
    """FHIR's: complete, fragment, example, supplement, not-present."""
    case_sensitive: bool = True
    hierarchy_meaning: str = ""
    supplements: str = ""
    """Of a supplement: the canonical of what it supplements."""
    properties: tuple[PropertyDef, ...] = ()
    filters: tuple[FilterDef, ...] = ()
    polyhierarchy: bool = False
    """Whether concepts commonly have several parents: expansions are then not nested, which would show them in one
    place only."""
    grammar: bool = False
    """Whether codes may be expressions, so that what filters select has no end (`Provider.parse`, `Provider.holds`)."""
    edition: str = ""
    """What people call the edition where the version does not say (`International Edition`)."""
    in_messages: str = ""
    """How messages name the version, where otherwise than `version`."""


@dataclass(frozen=True, slots=True)
class Filter:
    """ValueSet.compose.include.filter."""

    property: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class ConceptRef:
    """ValueSet.compose.include.concept: a code listed, with what the value set itself says of it."""

    code: str
    display: str = ""
    designations: tuple[Designation, ...] = ()
    extensions: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Include:
    """One include or exclude of a compose. Without `concepts` and `filters` it means all of the system."""

    system: str = ""
    version: str = ""
    """As stated: exact, with wildcards (`1.x.x`), or empty."""
    concepts: Sequence[ConceptRef] = ()
    filters: tuple[Filter, ...] = ()
    valuesets: tuple[str, ...] = ()
    """Canonicals; what is meant is in all of them (and in the system, where one is named)."""
    expression: str = ""
    """Where in the resource it stands: `ValueSet.compose.include[0]`."""


@dataclass(frozen=True, slots=True)
class ValueSet(Head):
    """A value set's head and its rule."""

    includes: tuple[Include, ...] = ()
    excludes: tuple[Include, ...] = ()
    inactive: bool = True
    """compose.inactive: whether inactive codes belong to it."""
    supplements: tuple[str, ...] = ()
    """Canonicals of the supplements it needs (extension valueset-supplement)."""
    expansion_parameters: tuple[tuple[str, str | bool], ...] = ()
    """What its author asks of expansions (extension valueset-expansion-parameter): name and value."""
    resource: Json = field(default_factory=dict)
    """The resource it was read from, in R5; heads of expansions are taken from here."""


def canonical(url: str, version: str = "") -> str:
    """`url|version`, or the URL alone."""
    return f"{url}|{version}" if version else url


def parted(canonical: str) -> tuple[str, str]:
    """URL and version (empty where there is none) of a canonical."""
    url, _, version = canonical.partition("|")
    return url, version
