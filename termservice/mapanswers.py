"""What the service answers about maps: plain frozen values whose field names are those of the REST answers.

As in `answers`: dates are ISO 8601 text, field order here is the order in JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from termservice.answers import Successor
from termservice.maprules import Need


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a chain of maps."""

    map: str
    map_version: str
    reversed: bool
    """True where the map is read from target to source."""
    system: str
    code: str
    """Where the step begins."""
    target_system: str
    target_code: str
    relationship: str
    """As the publisher states it of the two, turned round where the map is reversed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A code that a combined target is made of."""

    code: str
    display: str | None
    active: bool | None


@dataclass(frozen=True, slots=True)
class Match:
    """A target for the code asked about."""

    system: str
    version: str | None
    """The version of the target system that `status` is of; None where that system is not loaded."""
    code: str
    """As the map has it; a combination is one code with `parts`."""
    display: str | None
    relationship: str
    """FHIR R5's words, read from the code asked about to this one."""
    rule: str
    advice: str
    group: int
    priority: int
    map: str
    """Of a chain the map of its last step."""
    map_version: str
    via: Sequence[Hop]
    """Every step of a chain; empty where a map leads straight from the one code to the other."""
    reversed: bool
    """True where the map was made for the other direction."""
    outcome: str
    """`applies`, or `depends` where the rule waits for what `needs` lists."""
    status: str
    """current, inactive, withdrawn, not-yet-introduced, unknown-code, or not-loaded."""
    active: bool | None
    """Whether the target can be used in `version`; None where nobody here knows."""
    comment: str = ""
    needs: Sequence[Need] = ()
    parts: Sequence[Part] = ()
    successors: Sequence[Successor] = ()
    """Of a target that is withdrawn: what publishers say follows it."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A map's statement that a code has no target."""

    target_system: str
    map: str
    map_version: str
    reason: str
    rule: str = ""
    outcome: str = "applies"
    needs: Sequence[Need] = ()
    via: Sequence[Hop] = ()


@dataclass(frozen=True, slots=True)
class TranslateAnswer:
    """What a code is called in other systems."""

    system: str
    version: str | None
    """The version of the code's own system; None where that is not loaded."""
    revision: int
    code: str
    display: str | None
    active: bool | None
    target: str | None
    """The system asked for; None for all."""
    result: bool
    """True where there is a match that holds or may hold and is not `not-related-to`."""
    message: str | None
    """Why there is none, or what to look out for."""
    matches: Sequence[Match]
    unmapped: Sequence[Unmapped] = ()
    needs: Sequence[Need] = ()
    """All that would decide rules left open."""
    successors: Sequence[Successor] = ()
    """Of a code that is itself withdrawn."""


@dataclass(frozen=True, slots=True)
class ElementAnswer:
    """A row of a map."""

    map: str
    map_version: str
    source_system: str
    source: str
    source_display: str | None
    target_system: str
    target: str
    """Empty where the map says that there is none."""
    target_display: str | None
    relationship: str
    group: int
    priority: int
    rule: str
    advice: str
    comment: str
    direction: str = "forward"
    """Seen from the concept asked about: `forward` where it is the source, `backward` where it is the target."""


@dataclass(frozen=True, slots=True)
class ConceptMaps:
    """Every row of every map that has a concept on either side."""

    system: str
    version: str | None
    revision: int
    code: str
    display: str | None
    total: int
    items: Sequence[ElementAnswer]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a version of a map reaches."""

    elements: int
    source_codes: int
    """Distinct source codes that the map speaks of."""
    mapped: int
    """Those with at least one target."""
    unmapped: int
    """Those that the map says have none."""
    source_concepts: int | None
    """Active concepts of the source system in force; None where it is not loaded."""
    source_concepts_mapped: int | None
    """Those of them that have a target."""
    target_codes: int
    """Distinct targets."""
    targets_current: int | None
    """Those that can be used in the target system's version in force; None where it is not loaded."""
    targets_gone: int | None
    """Those that are not active there any more, or not there at all."""
    relationships: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapInfo:
    id: str
    url: str
    title: str
    publisher: str
    language: str
    source: str
    target: str
    version: str | None
    """The version in force today; None where only future versions are loaded."""
    effective_date: str | None
    source_version: str
    """What the publisher made it for; empty where it does not say."""
    target_version: str
    versions: int
    revision: int
    coverage: Coverage | None
    aliases: Sequence[str] = ()
    copyright: str = ""
