"""Writing one version's facts: values from a loader become staged rows, the splice does the rest."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

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
from termservice.store import catalog, splice
from termservice.store.schema import DESIGNATION, EDGE, PROPERTY, STATE, VALIDITY, FactTable, value_hash

BATCH = 20_000
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


@dataclass(slots=True)
class Rows:
    """Rows waiting to be staged, by table."""

    connection: sqlite3.Connection
    waiting: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)
    staged: int = 0

    def add(self, table: FactTable, row: tuple[object, ...]) -> None:
        rows = self.waiting.setdefault(table.name, [])
        rows.append(row)
        if len(rows) >= BATCH:
            self.flush(table)

    def flush(self, table: FactTable) -> None:
        rows = self.waiting.pop(table.name, [])
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            before = self.connection.total_changes
            self.connection.executemany(f"INSERT OR IGNORE INTO {table.stage} VALUES ({marks})", rows)
            self.staged += self.connection.total_changes - before


def write_version(
    connection: sqlite3.Connection, content: CodeSystemContent, release_id: int, *, partial: bool
) -> Written:
    """Splice `content` into the store as an activated version of its code system. Inside a transaction."""
    system = content.system
    system_id = catalog.save_system(connection, system, content.properties)
    pos = catalog.place(connection, system_id, content.version, content.effective)
    units = catalog.unit_ids(connection, system_id, content.covers)
    codes = {p.code: "" for concept in content.concepts for p in concept.parents}
    codes.update((concept.code, concept.part) for concept in content.concepts)
    cids = catalog.concept_ids(connection, system_id, system.code_rule, codes.items())
    splice.prepare(connection)
    rows = Rows(connection)
    notes = {p.code for p in content.properties if p.note}
    stated = 0
    for concept in content.concepts:
        stated += (concept.part, "state") in units
        for table, row in facts(concept, cids, units, content, notes):
            rows.add(table, row)
    for table in (STATE, DESIGNATION, EDGE, PROPERTY, VALIDITY):
        rows.flush(table)
    spliced = splice.insert(connection, pos, units.values())
    catalog.add_version(
        connection, system_id, pos, content.version, content.effective, release_id, partial=partial, concepts=stated
    )
    _write_stated(connection, content.stated, release_id, system_id)
    return Written(rows.staged, spliced.rows_added, spliced.facts_changed, spliced.differing)


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
    concept: Concept, cids: dict[str, int], units: dict[Unit, int], content: CodeSystemContent, notes: set[str]
) -> Iterator[tuple[FactTable, tuple[object, ...]]]:
    """The rows one concept makes, in the column order of the staging tables; `notes` are the prose properties.

    What its release does not cover (a list of synonyms states no codes) is no row.
    """
    cid, part = cids[concept.code], concept.part
    unit = units.get((part, "state"))
    if unit is not None:
        yield STATE, (cid, concept.active, concept.abstract, concept.level, concept.sort_key, unit)
    for d in concept.designations:
        language = d.language or content.system.language
        unit = units[part, designation_kind(d.use, language)]
        yield DESIGNATION, (cid, d.use, language, value_hash(d.value), d.value, unit)
    for p in concept.parents:
        yield EDGE, (cid, p.rank, cids[p.code], units[part, parent_kind(p.rank)])
    if concept.valid_from or concept.valid_to:
        start = concept.valid_from.isoformat() if concept.valid_from else None
        end = concept.valid_to.isoformat() if concept.valid_to else None
        yield VALIDITY, (cid, start, end, units[part, "validity"])
    yield from _properties(concept, cid, units, notes)


def _properties(
    concept: Concept, cid: int, units: dict[Unit, int], notes: set[str]
) -> Iterator[tuple[FactTable, tuple[object, ...]]]:
    """Prose is one fact, the ordered list of its paragraphs; other values are a fact each."""
    prose: dict[str, list[str]] = {}
    for p in concept.properties:
        if p.code in notes:
            prose.setdefault(p.code, []).append(p.value)
        else:
            yield PROPERTY, (cid, p.code, value_hash(p.value), p.value, units[concept.part, property_kind(p.code)])
    for code, values in prose.items():
        text = json.dumps(values, ensure_ascii=False)
        yield PROPERTY, (cid, code, value_hash(text), text, units[concept.part, property_kind(code)])


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
