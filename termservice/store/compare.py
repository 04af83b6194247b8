"""The facts of one version, from the store and from a release, compared; statements likewise."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from codesystems.model import CodeSystemContent, Concept, StatedChange
from termservice.store import write

Fact = tuple[object, ...]
"""(table, code, values…)"""
_ALIVE = "vf <= :p AND vt > :p AND +unit IN (SELECT value FROM json_each(:units))"
_QUERIES = {
    table: f"SELECT {columns} FROM json_each(:cids) j CROSS JOIN {table} f ON f.cid = j.value "
    f"JOIN concept c ON c.id = f.cid {more} WHERE {_ALIVE}"
    for table, columns, more in (
        ("state", "c.code, active, abstract, level, sort_key", ""),
        ("designation", "c.code, use, lang, f.value", ""),
        ("edge", "c.code, rank, p.code", "JOIN concept p ON p.id = f.parent"),
        ("property", "c.code, prop, f.value", ""),
        ("validity", "c.code, stated_from, stated_to", ""),
    )
}


def differing(connection: sqlite3.Connection, system_id: int, pos: int, content: CodeSystemContent) -> Iterator[Fact]:
    """Facts that only the release or only the store has at `pos`, for the units that the version there itself covers;
    some concepts at a time, since an edition of SNOMED CT states millions."""
    known = dict(connection.execute("SELECT code, id FROM concept WHERE system_id=?", (system_id,)).fetchall())
    unstated = set(known.values())
    stored = _Stored(connection, system_id, pos)
    for concepts in write.batches(content.concepts, write.CHUNK):
        cids = {known[concept.code] for concept in concepts if concept.code in known}
        yield from _stated(concepts, content) ^ stored.facts(cids & unstated)
        unstated -= cids
    for rest in write.batches(sorted(unstated), write.CHUNK):
        yield from stored.facts(rest)


class _Stored:
    """What the store holds at a position."""

    def __init__(self, connection: sqlite3.Connection, system_id: int, pos: int) -> None:
        units = "SELECT unit FROM covers JOIN unit u ON u.id = covers.unit WHERE system_id=? AND pos=?"
        self._units = json.dumps([unit for (unit,) in connection.execute(units, (system_id, pos))])
        self._connection, self._pos = connection, pos

    def facts(self, cids: Iterable[int]) -> set[Fact]:
        """Of these concepts, in the units that the version itself covers."""
        bind = {"cids": json.dumps(list(cids)), "units": self._units, "p": self._pos}
        return {(table, *row) for table, query in _QUERIES.items() for row in self._connection.execute(query, bind)}


def _stated(concepts: Sequence[Concept], content: CodeSystemContent) -> set[Fact]:
    """What a release states of some of its concepts, in the same form."""
    names = list(dict.fromkeys([c.code for c in concepts] + [p.code for c in concepts for p in c.parents]))
    codes = {code: number for number, code in enumerate(names)}
    units = dict.fromkeys(content.covers, 0)
    notes = {p.code for p in content.properties if p.note}
    facts: set[Fact] = set()
    for table, rows in write.facts(concepts, codes, units, content, notes).items():
        for row in rows:
            values = dict(zip(table.said, row, strict=False))
            values["cid"] = names[values["cid"]]
            if "parent" in values:
                values["parent"] = names[values["parent"]]
            facts.add((table.name, *(values[column] for column in table.said if column != "vh")))
    return facts


def differing_statements(
    connection: sqlite3.Connection, release_id: int, stated: Iterable[StatedChange]
) -> Counter[tuple[object, ...]]:
    """Statements that only the store or only the release has, with how often."""
    query = f"SELECT {write.STATEMENT_COLUMNS} FROM stated WHERE release_id=?"
    stored = Counter(connection.execute(query, (release_id,)))
    told = Counter(write.statement_rows(stated))
    return (stored - told) + (told - stored)
