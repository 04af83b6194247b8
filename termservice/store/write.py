"""Writing one version's facts: values from a loader become rows, the splice does the rest."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from codesystems.model import (
    CodeSystemContent,
    Concept,
    StatedChange,
    StatedContent,
    Unit,
    designation_kind,
    parent_kind,
    property_kind,
)
from termservice.store import catalog, splice, unchanged
from termservice.store.numbers import Numbers
from termservice.store.schema import DESIGNATION, EDGE, PROPERTY, STATE, VALIDITY, FactTable, value_hash

T = TypeVar("T")
CHUNK = 1_000
"""Concepts spliced in at a time; what a release states may be built while it is walked."""
CONCEPT_FACTS = (STATE, DESIGNATION, EDGE, PROPERTY, VALIDITY)
STATEMENT_COLUMNS = "code, type, date, other_code, automatic, automatic_back, path, row"


@dataclass(frozen=True, slots=True)
class Written:
    """What writing a version did."""

    facts: int
    """Facts the version states."""
    rows_added: int
    facts_changed: int
    """Facts that begin or end with it."""
    differing: int
    """Those of the changed facts that some release before spoke of."""
    alone: bool = False
    """True where only changes were delivered and there was no version before to put them on."""


def write_version(
    connection: sqlite3.Connection, content: CodeSystemContent, release_id: int, *, partial: bool
) -> Written:
    """Splice `content` into the store as an activated version of its code system. Inside a transaction."""
    system = content.system
    system_id = catalog.save_system(connection, system, content.properties)
    pos = catalog.place(connection, system_id, content.version, content.effective)
    units = catalog.unit_ids(connection, system_id, content.covers)
    numbers = Numbers(connection, system_id, system.code_rule)
    notes = {p.code for p in content.properties if p.note}
    identifiers = {p.code for p in content.properties if p.identifier}
    insertion = splice.Insertion(connection, pos, units.values())
    known = unchanged.Fingerprints(connection, content.concepts)
    same = known.same_as(system_id, insertion.after, units.values(), numbers.by_code)
    stated = sum((part, "state") in units for part in numbers.repeat(same.codes))
    for concepts in batches(same.others(content.concepts), CHUNK):
        cids = numbers.enter(concepts)
        stated += sum((concept.part, "state") in units for concept in concepts)
        rows = facts(concepts, numbers.by_code, units, content, notes)
        for table, stated_rows in rows.items():
            insertion.put(table, cids, stated_rows)
        connection.executemany(
            "INSERT OR IGNORE INTO identifier VALUES (?, ?)",
            [(vh, cid) for cid, code, vh, *_ in rows[PROPERTY] if code in identifiers] if identifiers else (),
        )
    if not insertion.first:
        for cids in batches(numbers.unstated(), CHUNK):
            for table in CONCEPT_FACTS:
                insertion.put(table, cids, ())
    catalog.add_version(
        connection, system_id, pos, content.version, content.effective, release_id, partial=partial, concepts=stated
    )
    _write_stated(connection, content.stated, release_id, system_id)
    stated_facts = same.facts - insertion.found + insertion.stated if len(same) else insertion.stated
    known.keep(release_id, stated_facts, numbers.by_code)
    return Written(stated_facts, insertion.rows_added, insertion.facts_changed, insertion.differing)


def write_statements(connection: sqlite3.Connection, content: StatedContent, release_id: int) -> None:
    """Make the statements of a delivery that holds no version count."""
    system_id = catalog.save_system(connection, content.system, ())
    _write_stated(connection, content.stated, release_id, system_id)


def remove_statements(connection: sqlite3.Connection, release_id: int) -> None:
    """What a release stated of changes no longer counts."""
    connection.execute("DELETE FROM stated WHERE release_id=?", (release_id,))


def remove_version(connection: sqlite3.Connection, system_id: int, pos: int) -> None:
    """Take a version out of the intervals, and its release's statements with it; the originals stay."""
    connection.execute(
        "DELETE FROM stated WHERE release_id = (SELECT release_id FROM version WHERE system_id=? AND pos=?)",
        (system_id, pos),
    )
    splice.remove(connection, system_id, pos)
    connection.execute("DELETE FROM version WHERE system_id=? AND pos=?", (system_id, pos))
    catalog.close_gap(connection, system_id, pos)


def facts(
    concepts: Iterable[Concept],
    cids: Mapping[str, int],
    units: Mapping[Unit, int],
    content: CodeSystemContent,
    notes: set[str],
) -> dict[FactTable, list[splice.Row]]:
    """The rows that concepts make, as their values in column order and the unit; `notes` are the prose properties.

    What its release does not cover (a list of synonyms states no codes) is no row.
    """
    rows: dict[FactTable, list[splice.Row]] = {table: [] for table in CONCEPT_FACTS}
    states, names, edges, properties, validity = rows.values()
    own = content.system.language
    for concept in concepts:
        cid, part = cids[concept.code], concept.part
        unit = units.get((part, "state"))
        if unit is not None:
            states.append((cid, concept.active, concept.abstract, concept.level, concept.sort_key, unit))
        for d in concept.designations:
            language = d.language or own
            unit = units[part, designation_kind(d.use, language)]
            names.append((cid, d.use, language, value_hash(d.value), d.value, unit))
        for p in concept.parents:
            edges.append((cid, p.rank, cids[p.code], units[part, parent_kind(p.rank)]))
        if concept.valid_from or concept.valid_to:
            start = concept.valid_from.isoformat() if concept.valid_from else None
            end = concept.valid_to.isoformat() if concept.valid_to else None
            validity.append((cid, start, end, units[part, "validity"]))
        for code, value in _properties(concept, notes):
            properties.append((cid, code, value_hash(value), value, units[part, property_kind(code)]))
    return rows


def _properties(concept: Concept, notes: set[str]) -> Iterator[tuple[str, str]]:
    """Prose is one fact, the ordered list of its paragraphs; other values are a fact each."""
    prose: dict[str, list[str]] = {}
    for p in concept.properties:
        if p.code in notes:
            prose.setdefault(p.code, []).append(p.value)
        else:
            yield p.code, p.value
    for code, values in prose.items():
        yield code, json.dumps(values, ensure_ascii=False)


def statement_rows(stated: Iterable[StatedChange]) -> Iterator[tuple[object, ...]]:
    """Statements as the store keeps them, in the order of `STATEMENT_COLUMNS`."""
    for s in stated:
        day = s.date.isoformat() if s.date else None
        yield s.code, s.type, day, s.other_code, s.automatic, s.automatic_back, s.file, s.row


def _write_stated(
    connection: sqlite3.Connection, stated: Iterable[StatedChange], release_id: int, system_id: int
) -> None:
    remove_statements(connection, release_id)
    connection.executemany(
        f"INSERT INTO stated (release_id, system_id, {STATEMENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((release_id, system_id, *row) for row in statement_rows(stated)),
    )


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items, the last one shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
