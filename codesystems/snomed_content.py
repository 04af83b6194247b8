"""One version of an edition of SNOMED CT as values: what its rows mean, in the words of code systems.

What is kept of the rows themselves (identifiers of descriptions, columns of members) is in `snomed_rows`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from codesystems.formats.rf2_cells import distinct
from codesystems.formats.rf2_columns import Bools, Ints
from codesystems.formats.rf2_rows import DEFINED, INFERRED, IS_A, MemberShape
from codesystems.formats.rf2_tables import Table
from codesystems.loader import Candidate
from codesystems.model import (
    Attribute,
    CodeSystemContent,
    Property,
    PropertyDef,
    StatedChange,
    Unit,
    parent_kind,
    property_kind,
)
from codesystems.report import ReleaseError, Report
from codesystems.snomed_concepts import (
    COMPONENT,
    PART,
    Attributes,
    Columns,
    Components,
    Concepts,
    Definitions,
    Facts,
    definition_code,
)
from codesystems.snomed_fingerprints import Fingerprints
from codesystems.snomed_history import stated
from codesystems.snomed_names import Names, between, designations
from codesystems.snomed_tables import EditionTables

OWL, INACTIVATION, MEMBER_OF = "owlExpression", "inactivationIndicator", "memberOf"
_INACTIVATION_REFSET = 900000000000489007
_ASSOCIATION, _VALUE = ("targetComponentId",), ("valueId",)
_ORDERED = {"order", "linkedTo", "linkedToId"}
_COMPONENT_PARTS = (
    PropertyDef("moduleId", "Module", "code"),
    PropertyDef("definitionStatusId", "Definition status", "code"),
    PropertyDef("sufficientlyDefined", "Sufficiently defined", "boolean"),
    PropertyDef("effectiveTime", "Effective time"),
)


def content(candidate: Candidate, report: Report) -> CodeSystemContent:
    """Read a candidate whose base is there. Raises `ReleaseError`."""
    return _Reader(candidate, report).content()


def expanded(value: Property) -> tuple[Property, ...]:
    """What `component` was packed of; any other property as it is."""
    if value.code != COMPONENT:
        return (value,)
    module, status, time = value.value.split("|")
    values = (module, status, "true" if status == str(DEFINED) else "false", time)
    return tuple(Property(part.code, each) for part, each in zip(_COMPONENT_PARTS, values, strict=True) if each)


def attribute(value: Property) -> Attribute | None:
    """What `Attributes` packed: group and destination, or group and concrete value (`#12.5`, `"text"`, `true`)."""
    group, colon, said = value.value.partition(":")
    if not (value.code.isdecimal() and colon and group.isdecimal()):
        return None
    if said.startswith("#"):
        return _number(value.code, int(group), said[1:])
    if said in ("true", "false"):
        return Attribute(value.code, int(group), said == "true", "boolean")
    if said.startswith('"'):
        return Attribute(value.code, int(group), said.strip('"'), "string")
    return Attribute(value.code, int(group), said)


def _number(code: str, group: int, said: str) -> Attribute:
    """A number that is none stays as published."""
    try:
        return Attribute(code, group, int(said), "integer")
    except ValueError:
        pass
    try:
        number = float(said)
    except ValueError:
        return Attribute(code, group, said, "string")
    return Attribute(code, group, number, "decimal") if isfinite(number) else Attribute(code, group, said, "string")


@dataclass(slots=True)
class _Reader:
    candidate: Candidate
    report: Report
    tables: EditionTables = field(init=False)
    ids: Ints = field(init=False)
    facts: list[Facts] = field(default_factory=list)
    stated: list[StatedChange] = field(default_factory=list)
    attributes: set[int] = field(default_factory=set)
    """Types of attributes that any row has, active or not."""
    said: dict[str, str] = field(default_factory=dict)
    """Properties that the release speaks of, and their titles."""

    def content(self) -> CodeSystemContent:
        version, effective = self.candidate.dated()
        self.tables = EditionTables(self.candidate, self.report)
        concepts = self.tables.concepts()
        concepts = concepts.take(np.argsort(concepts.id))
        if not len(concepts):
            raise ReleaseError("no concepts found", self.candidate.files[0].path)
        self.ids = concepts.id
        self.facts.append(Components(concepts.module, concepts.numbers["definitionStatusId"], concepts.time))
        parents = self._relationships()
        self._concretes()
        names = Names(self.tables.descriptions(), self.tables.language(), self.ids, self.report)
        self.facts.insert(0, Definitions(names))
        self._refsets()
        if self.tables.has("owl"):
            self._values(OWL, "OWL expression", self.tables.owl(), "owlExpression")
        made = Concepts(self.ids, concepts.active, names, parents, self.facts)
        self.report.count("concepts", len(made))
        return CodeSystemContent(
            system=self.candidate.codesystem,
            version=version,
            effective=effective,
            covers=frozenset(self._covers(names)),
            concepts=made,
            properties=tuple(self._definitions(names)),
            stated=tuple(self.stated),
        )

    def _relationships(self) -> tuple[Ints, Ints]:
        """Takes the attributes; returns the is-a rows as places of children and SCTIDs of parents."""
        table = self._inferred(self.tables.relationships())
        source, type_ = table.numbers["sourceId"], table.numbers["typeId"]
        target, group = table.numbers["destinationId"], table.numbers["relationshipGroup"]
        place, known = self._places(source)
        self._warn_orphans("orphan-relationship", table, ~known, source)
        is_a = type_ == IS_A
        loops = known & is_a & (source == target)
        for row in np.flatnonzero(loops).tolist():
            self.report.warn("own-parent", f"{source[row]} is said to be its own parent", table.where(row))
        self._warn_orphans("orphan", table, known & is_a & ~self._places(target)[1], target)
        chosen = known & is_a & ~loops
        parents = _distinct(place[chosen], target[chosen])
        chosen = known & ~is_a
        columns = _distinct(place[chosen], group[chosen], type_[chosen], target[chosen])
        self.facts.append(Attributes(columns[0], columns[2], columns[1], columns[3]))
        return parents[0], parents[1]

    def _concretes(self) -> None:
        table = self._inferred(self.tables.concretes())
        place, known = self._places(table.numbers["sourceId"])
        self._warn_orphans("orphan-relationship", table, ~known, table.numbers["sourceId"])
        table, place = table.take(known), place[known]
        group, type_ = table.numbers["relationshipGroup"], table.numbers["typeId"]
        order = np.lexsort((table.id, type_, group, place))
        self.facts.append(Attributes(place[order], type_[order], group[order], table.texts["value"].take(order)))

    def _inferred(self, table: Table) -> Table:
        """The active rows that a classifier inferred; others were stated by an author, or are additional."""
        self.attributes.update(distinct(table.numbers["typeId"]).tolist())
        inferred = table.numbers["characteristicTypeId"] == INFERRED
        others = int((table.active & ~inferred).sum())
        if others:
            self.report.note(f"{others} active relationships are not inferred: they are no facts here")
        return table.take(table.active & inferred)

    def _refsets(self) -> None:
        for shape, table in self.tables.refsets():
            if shape.names == _ASSOCIATION:
                self.stated.extend(stated(table, self.ids, self.report))
            elif shape.names == _VALUE:
                reasons = table.take(table.numbers["refsetId"] == _INACTIVATION_REFSET)
                self._values(INACTIVATION, "Reason for inactivation", reasons, "valueId")
            elif _lists(shape):
                self._memberships(table)

    def _values(self, code: str, title: str, table: Table, column: str) -> None:
        """A property whose values are a text column of the active members."""
        self.said[code] = title
        table = table.take(table.active)
        place, known = self._places(table.numbers["referencedComponentId"])
        self._warn_orphans("orphan-member", table, ~known, table.numbers["referencedComponentId"])
        rows = np.flatnonzero(known)
        rows = rows[np.lexsort((*table.ids[rows].T, place[rows]))]
        self.facts.append(Columns(code, place[rows], table.texts[column].take(rows)))

    def _memberships(self, table: Table) -> None:
        """Refsets of concepts; members that are other components are in the rows only."""
        self.said[MEMBER_OF] = "Member of"
        table = table.take(table.active)
        place, known = self._places(table.numbers["referencedComponentId"])
        self.facts.append(_Memberships(*_distinct(place[known], table.numbers["refsetId"][known])))

    def _places(self, ids: Ints) -> tuple[Ints, Bools]:
        at = np.searchsorted(self.ids, ids)
        at[at == len(self.ids)] = 0
        return at.astype(np.int32), self.ids[at] == ids

    def _warn_orphans(self, kind: str, table: Table, rows: Bools, ids: Ints) -> None:
        for row in np.flatnonzero(rows).tolist():
            self.report.warn(kind, f"concept {ids[row]} has no row", table.where(row))

    def _covers(self, names: Names) -> Iterator[Unit]:
        yield from names.covers()
        yield PART, "state"
        yield PART, parent_kind(0)
        for code in (*self._properties(names), *(part.code for part in _COMPONENT_PARTS)):
            yield PART, property_kind(code)

    def _properties(self, names: Names) -> list[str]:
        definitions = sorted({definition_code(language) for language in (*names.definition_languages, "en")})
        return [*definitions, COMPONENT, *map(str, sorted(self.attributes - {IS_A})), *self.said]

    def _definitions(self, names: Names) -> Iterator[PropertyDef]:
        for code in self._properties(names):
            if code.startswith("definition"):
                _, _, language = code.partition("-")
                yield PropertyDef(code, f"Definition ({language})" if language else "Definition", note=True)
            elif code == COMPONENT:
                yield PropertyDef(code, "Module, definition status and effective time")
                yield from _COMPONENT_PARTS
            else:
                yield PropertyDef(code, self.said.get(code) or self._term(int(code), names))

    def _term(self, concept: int, names: Names) -> str:
        """What an attribute is called, in English where there is a name for it."""
        places, known = self._places(np.array([concept]))
        place = int(places[0])
        if not known[0]:
            return str(concept)
        found = designations(names.between(place, place + 1)[0], names.refsets)
        english = [name for name in found if name.language == "en"] or list(found)
        return english[0].value if english else str(concept)


class _Memberships:
    def __init__(self, place: Ints, refset: Ints) -> None:
        self._place, self._refset = place, refset

    def between(self, first: int, end: int) -> Iterator[tuple[int, str, str]]:
        rows = between(self._place, first, end)
        for place, refset in zip(self._place[rows].tolist(), self._refset[rows].tolist(), strict=True):
            yield place, MEMBER_OF, str(refset)

    def fingerprint(self, into: Fingerprints) -> None:
        into.add(MEMBER_OF, self._place, self._refset)


def _lists(shape: MemberShape) -> bool:
    """Whether members say no more than that they belong, and in which order."""
    return set(shape.names) <= _ORDERED


def _distinct(*columns: Ints) -> list[Ints]:
    """Rows in order of the columns, the first one first; the same row once."""
    order = np.lexsort(columns[::-1])
    columns = tuple(column[order] for column in columns)
    new = np.zeros(len(order), dtype=np.bool_)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return [column[new] for column in columns]
