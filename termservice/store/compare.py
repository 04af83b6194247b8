"""The facts of one version as a set, from the store and from a release, to be compared; statements likewise."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from codesystems.model import CodeSystemContent, StatedChange
from termservice.store import write

Fact = tuple[object, ...]
"""(table, code, values…)"""


def stored_facts(connection: sqlite3.Connection, system_id: int, pos: int) -> set[Fact]:
    """What the store holds at `pos` for the units that the version at `pos` itself covers."""
    own = "unit IN (SELECT unit FROM covers JOIN unit u ON u.id = covers.unit WHERE system_id=:system AND pos=:p)"
    alive = f"vf <= :p AND vt > :p AND {own}"
    queries = {
        "state": f"SELECT code, active, abstract, level, sort_key FROM state JOIN concept c ON c.id=cid WHERE {alive}",
        "designation": f"SELECT code, use, lang, value FROM designation JOIN concept c ON c.id=cid WHERE {alive}",
        "edge": "SELECT c.code, rank, p.code FROM edge JOIN concept c ON c.id=cid JOIN concept p ON p.id=parent "
        f"WHERE {alive}",
        "property": f"SELECT code, prop, value FROM property JOIN concept c ON c.id=cid WHERE {alive}",
        "validity": f"SELECT code, stated_from, stated_to FROM validity JOIN concept c ON c.id=cid WHERE {alive}",
    }
    bind = {"system": system_id, "p": pos}
    return {(table, *row) for table, query in queries.items() for row in connection.execute(query, bind)}


def stated_facts(content: CodeSystemContent) -> set[Fact]:
    """What a release states, in the same form."""
    codes: dict[str, int] = {}
    names: list[str] = []
    for code in [c.code for c in content.concepts] + [p.code for c in content.concepts for p in c.parents]:
        if code not in codes:
            codes[code] = len(names)
            names.append(code)
    units = dict.fromkeys(content.covers, 0)
    notes = {p.code for p in content.properties if p.note}
    facts: set[Fact] = set()
    for table, rows in write.facts(content.concepts, codes, units, content, notes).items():
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
