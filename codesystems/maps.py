"""The values of cross-maps: a ConceptMap, its elements, and one release of it.

Words are FHIR R5's (ConceptMap, relationship, source, target); group, priority, rule and advice are those of
SNOMED CT's extended maps (RF2 specification, "Complex and extended map reference sets").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from codesystems.model import CodeSystem, StatedChange, Unit

Relationship = Literal[
    "equivalent",
    "source-is-narrower-than-target",
    "source-is-broader-than-target",
    "related-to",
    "not-related-to",
    "unmapped",
]
"""`related-to` also where the publisher does not say how; `unmapped` where it says that there is no target."""
ELEMENTS: Unit = ("all", "element")
"""What every release of a map covers: the whole map."""


@dataclass(frozen=True, slots=True)
class ConceptMap:
    """A map's identity. Its short id and URLs live in one name space with those of code systems."""

    id: str
    """Short id used in URLs and on the command line: `icd-10-to-icd-11`."""
    url: str
    """Canonical URL; `urn:conceptmap:<id>` where the publisher has none."""
    title: str
    publisher: str
    source: CodeSystem
    """The system mapped from, whether or not it is loaded; of its own home where it has one."""
    target: CodeSystem
    language: str = "sv"
    """BCP 47 language of advice, comments and displays."""
    aliases: tuple[str, ...] = ()
    copyright: str = ""


@dataclass(frozen=True, slots=True)
class MapElement:
    """One row of a map: a source code and one target for it, as the file has them."""

    source: str
    """The publisher's canonical form of the code, or the URI where the file has no code."""
    target: str = ""
    """The same; a cluster as the file writes it (`1A00&XN8P1`). Empty where there is none."""
    relationship: Relationship = "related-to"
    group: int = 1
    """Targets of different groups are all meant; of one group the first whose rule holds."""
    priority: int = 1
    """Order within the group."""
    rule: str = ""
    """As published; empty where the target holds always."""
    advice: str = ""
    comment: str = ""
    """What else the file says of the row, for people (`map category 447637006`); the reason of `unmapped`."""
    source_display: str = ""
    """Titles as the file has them, shown where the code system itself is not loaded."""
    target_display: str = ""
    id: str = ""
    """The publisher's own id of the row (RF2's UUID)."""


@dataclass(frozen=True, slots=True)
class MapContent:
    """One version of one map as its release states it. All of it: what is not here no longer holds."""

    system: ConceptMap
    version: str
    effective: date
    elements: Sequence[MapElement]
    source_version: str = ""
    """The version of the source system that the publisher made it for; empty where it does not say."""
    target_version: str = ""
    delta: bool = False
    """True where only what changed since the version before is delivered: `elements` replace those of the same
    id, `removed` no longer hold."""
    removed: frozenset[str] = frozenset()
    """Ids of rows that a delta ends."""
    stated: tuple[StatedChange, ...] = ()
    """Maps state nothing of codes; here so that every content has it."""


def map_url(map_id: str) -> str:
    """The canonical URL of a map whose publisher has none."""
    return f"urn:conceptmap:{map_id}"
