"""A version in outline: every active code with its title and its chapter, to be held against another version.

Every function takes a connection inside a transaction and a position; see `store.read` for what holds there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from termservice.store import maps, read, valuesets
from termservice.store.catalog import System

_TITLED = """
    SELECT c.id, c.code, coalesce(
        (SELECT value FROM designation d WHERE d.cid = c.id AND d.use = 'display' AND d.vf <= :p AND d.vt > :p
         ORDER BY d.lang <> :lang, d.lang LIMIT 1), '')
    FROM unit u JOIN state s ON s.unit = u.id AND s.vf <= :p AND s.vt > :p AND s.active JOIN concept c ON c.id = s.cid
    WHERE u.system_id = :system
"""

Row = tuple[str, str, str]
"""(code, title, chapter); the chapter is empty where there are none."""


def concepts(connection: sqlite3.Connection, system: System, pos: int) -> Iterator[Row]:
    """Every active code of a code system with its title in the system's language (else any) and its chapter."""
    rows = connection.execute(_TITLED, {"system": system.id, "p": pos, "lang": system.lang}).fetchall()
    above = _chapters(connection, system.id, pos)
    names = {cid: code for cid, code, _ in rows}
    for cid, code, title in rows:
        yield code, title, names.get(above.get(cid, 0), "")


def elements(connection: sqlite3.Connection, map_id: int, pos: int) -> Iterator[Row]:
    """Every source code of a map; its targets stand for the title."""
    targets: dict[str, list[str]] = {}
    for element in maps.all_elements(connection, map_id, pos):
        targets.setdefault(element.source, []).append(f"{element.relationship} {element.target}")
    for source, found in targets.items():
        yield source, ", ".join(sorted(found)), ""


def members(connection: sqlite3.Connection, number: int, pos: int) -> Iterator[Row]:
    """Every member of a value set, under its title in the set; the code system stands for the chapter."""
    for member in valuesets.members(connection, number, pos):
        yield f"{member.system} {member.code}", member.display, member.system


def _chapters(connection: sqlite3.Connection, system_id: int, pos: int) -> dict[int, int]:
    """The chapter above each concept, the chapters themselves included: the roots, or what is below a single root. Of
    several parents the one entered first in the store is followed."""
    cids, pairs = read.hierarchy(connection, system_id, pos)
    parent: dict[int, int] = {}
    for child, above in pairs:
        parent[child] = min(above, parent.get(child, above))
    roots = [cid for cid in cids if cid not in parent]
    tops = set(roots)
    if len(roots) == 1:
        tops = {child for child, above in parent.items() if above == roots[0]}
    found = {top: top for top in tops}
    for cid in cids:
        way = []
        here: int | None = cid
        while here is not None and here not in found:
            way.append(here)
            found[here] = 0  # seen: ends a walk in a circle
            here = parent.get(here)
        top = found.get(here, 0) if here is not None else 0
        found.update(dict.fromkeys(way, top))
    return {cid: top for cid, top in found.items() if top}
