"""Packages and their files: names, headers, and which states of a component go into Snapshot, Full and Delta.

Source: SNOMED CT Release File Specification ("Release Package Structure", "Release File Naming Convention").
Everything is written as it comes; nothing but a few thousand lines is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, NamedTuple

from benchmarks.rf2.times import Moment

_COMMON = "id effectiveTime active moduleId"
_MEMBER = f"{_COMMON} refsetId referencedComponentId"
_DESCRIPTION = f"{_COMMON} conceptId languageCode typeId term caseSignificanceId"
_EDGE = "relationshipGroup typeId characteristicTypeId modifierId"
FILES = {
    "Concept": ("Terminology/sct2_Concept_{}", f"{_COMMON} definitionStatusId"),
    "Description-en": ("Terminology/sct2_Description_{}-en", _DESCRIPTION),
    "Description-sv": ("Terminology/sct2_Description_{}-sv", _DESCRIPTION),
    "TextDefinition": ("Terminology/sct2_TextDefinition_{}-en", _DESCRIPTION),
    "Relationship": ("Terminology/sct2_Relationship_{}", f"{_COMMON} sourceId destinationId {_EDGE}"),
    "StatedRelationship": ("Terminology/sct2_StatedRelationship_{}", f"{_COMMON} sourceId destinationId {_EDGE}"),
    "ConcreteValue": ("Terminology/sct2_RelationshipConcreteValues_{}", f"{_COMMON} sourceId value {_EDGE}"),
    "Owl": ("Terminology/sct2_sRefset_OWLExpression{}", f"{_MEMBER} owlExpression"),
    "Identifier": (
        "Terminology/sct2_Identifier_{}",
        "alternateIdentifier effectiveTime active moduleId identifierSchemeId referencedComponentId",
    ),
    "Simple": ("Refset/Content/der2_Refset_Simple{}", _MEMBER),
    "Association": ("Refset/Content/der2_cRefset_Association{}", f"{_MEMBER} targetComponentId"),
    "AttributeValue": ("Refset/Content/der2_cRefset_AttributeValue{}", f"{_MEMBER} valueId"),
    "Language-en": ("Refset/Language/der2_cRefset_Language{}-en", f"{_MEMBER} acceptabilityId"),
    "Language-sv": ("Refset/Language/der2_cRefset_Language{}-sv", f"{_MEMBER} acceptabilityId"),
    "ExtendedMap": (
        "Refset/Map/der2_iisssccRefset_ExtendedMap{}",
        f"{_MEMBER} mapGroup mapPriority mapRule mapAdvice mapTarget correlationId mapCategoryId",
    ),
    "SimpleMap": ("Refset/Map/der2_sRefset_SimpleMap{}", f"{_MEMBER} mapTarget"),
    "RefsetDescriptor": (
        "Refset/Metadata/der2_cciRefset_RefsetDescriptor{}",
        f"{_MEMBER} attributeDescription attributeType attributeOrder",
    ),
    "DescriptionType": (
        "Refset/Metadata/der2_ciRefset_DescriptionType{}",
        f"{_MEMBER} descriptionFormat descriptionLength",
    ),
    "ModuleDependency": (
        "Refset/Metadata/der2_ssRefset_ModuleDependency{}",
        f"{_MEMBER} sourceEffectiveTime targetEffectiveTime",
    ),
}
"""Kind of file → its folder and name, with a place for the release type, and its columns."""
_SWEDISH_ONLY = ("Description-sv", "Language-sv")
_INTERNATIONAL_ONLY = ("ExtendedMap", "SimpleMap")
_HELD = 4096


class State(NamedTuple):
    """What is said of a component from a moment on."""

    since: Moment
    active: bool
    rest: str
    """The cells after moduleId, tabs between them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one file of one release, without the header."""

    snapshot: int
    active: int
    """Rows of the Snapshot that are active."""
    full: int
    delta: int
    """Rows that changed with this release; 0 for the first."""


class Table:
    """One kind of file in the releases of one package."""

    def __init__(self, kind: str, folders: Sequence[Path], owner: str, releases: Sequence[Moment], full: bool) -> None:
        self._full = full
        self._files: dict[tuple[str, int], IO[bytes]] = {}
        path, columns = FILES[kind]
        for folder, (slot, time) in zip(folders, releases, strict=True):
            for type_ in ("Snapshot", *(["Full"] if full else []), *(["Delta"] if slot else [])):
                place = folder / type_ / f"{path.format(type_)}_{owner}_{time}.txt"
                place.parent.mkdir(parents=True, exist_ok=True)
                self._files[type_, slot] = file = place.open("wb", buffering=1 << 18)
                file.write(columns.replace(" ", "\t").encode() + b"\r\n")
        slots = len(releases)
        self._lasting: list[list[str]] = [[] for _ in range(slots)]
        self._born, self._stated, self._died, self._again = ([0] * slots for _ in range(4))

    def add(self, since: Moment, id_: str, module: str, rest: str) -> None:
        """A component that never changes."""
        slot, time = since
        lines = self._lasting[slot]
        lines.append(f"{id_}\t{time}\t1\t{module}\t{rest}\r\n")
        self._born[slot] += 1
        if len(lines) >= _HELD:
            self._write(slot)

    def change(self, id_: str, module: str, states: Sequence[State]) -> None:
        """A component of several states in order of time; of one slot after the first, one at most."""
        lines = [(state.since.slot, _line(id_, module, state)) for state in states]
        for type_, slot in self._files:
            if type_ == "Snapshot":
                self._put(type_, slot, [line for since, line in lines if since <= slot][-1:])
            elif type_ == "Full":
                self._put(type_, slot, [line for since, line in lines if since <= slot])
            else:
                self._put(type_, slot, [line for since, line in lines if since == slot])
        self._count(states)

    def close(self) -> None:
        for slot in range(len(self._lasting)):
            self._write(slot)
        for file in self._files.values():
            file.close()

    def counts(self) -> tuple[Counts, ...]:
        """Of each release."""
        made, rows, active, full = [], 0, 0, 0
        for slot, born in enumerate(self._born):
            rows += born
            active += born - self._died[slot]
            full += born + self._again[slot]
            made.append(Counts(rows, active, full, self._stated[slot] + born if slot else 0))
        return tuple(made)

    def _count(self, states: Sequence[State]) -> None:
        self._born[states[0].since.slot] += 1
        self._died[states[0].since.slot] += not states[0].active
        for before, state in pairwise(states):
            slot = state.since.slot
            self._again[slot] += 1
            self._stated[slot] += 1
            self._died[slot] += before.active - state.active

    def _put(self, type_: str, slot: int, lines: Sequence[str]) -> None:
        self._files[type_, slot].write("".join(lines).encode())

    def _write(self, since: int) -> None:
        """What is held of a slot goes into that release and all later ones."""
        text = "".join(self._lasting[since]).encode()
        self._lasting[since].clear()
        for (type_, slot), file in self._files.items():
            if slot == since or (slot > since and type_ != "Delta"):
                file.write(text)


class Package:
    """The releases of one publisher's package; its tables by kind."""

    def __init__(self, name: str, owner: str, releases: Sequence[Moment], full: bool, whole: bool = False) -> None:
        """`name` is the folder, with a place for the date; `whole`: every kind of file is in it."""
        self.folders = [Path(name.format(moment.time)) for moment in releases]
        absent = () if whole else _SWEDISH_ONLY if owner == "INT" else _INTERNATIONAL_ONLY
        self.tables = {kind: Table(kind, self.folders, owner, releases, full) for kind in FILES if kind not in absent}

    def close(self) -> None:
        for table in self.tables.values():
            table.close()

    def counts(self, slot: int) -> dict[str, Counts]:
        return {kind: table.counts()[slot] for kind, table in self.tables.items()}


def _line(id_: str, module: str, state: State) -> str:
    return f"{id_}\t{state.since.time}\t{int(state.active)}\t{module}\t{state.rest}\r\n"
