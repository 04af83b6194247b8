"""A version in outline: every active code with its title and its chapter, to be held against another version.

Every function takes a connection inside a transaction and a position; see `store.read` for what holds there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from termservice.store import maps, valuesets
from termservice.store.catalog import System
from termservice.timeline import END

_ACTIVE = """
    SELECT c.id, c.code FROM unit u JOIN state s ON s.unit = u.id AND s.vf <= :p AND s.vt > :p AND s.active
    JOIN concept c ON c.id = s.cid WHERE u.system_id = :system
"""
_TITLES = """
    SELECT c.value, coalesce(
        (SELECT value FROM designation d WHERE d.cid = c.value AND d.use = 'display' AND d.vf <= :p AND d.vt > :p
         ORDER BY d.lang <> :lang, d.lang LIMIT 1), '')
    FROM json_each(:cids) c
"""
_RETITLED = f"""
    SELECT d.cid FROM unit u JOIN designation d ON d.unit = u.id AND d.vf > :since AND d.vf <= :p AND d.use = 'display'
    WHERE u.system_id = :system
    UNION SELECT d.cid FROM unit u JOIN designation d ON d.unit = u.id AND d.vt > :since AND d.vt <= :p
        AND d.vt <> {END} AND d.use = 'display' WHERE u.system_id = :system
"""
_EXISTING = """
    SELECT s.cid FROM unit u JOIN state s ON s.unit = u.id AND s.vf <= :p AND s.vt > :p WHERE u.system_id = :system
"""
_EDGES = """
    SELECT e.cid, e.rank, e.parent FROM unit u JOIN edge e ON e.unit = u.id AND e.vf <= :p AND e.vt > :p
    WHERE u.system_id = :system
"""

Row = tuple[str, str, str]
"""(code, title, chapter); the chapter is empty where there are none."""


def concepts(
    connection: sqlite3.Connection, system: System, pos: int, earlier: tuple[int, Mapping[str, str]] | None = None
) -> Iterator[Row]:
    """Every active code of a code system with its title in the system's language (else any) and its chapter.

    `earlier` is a position before this one and the titles at it, by code: only those that changed since are then read.
    """
    bind = {"system": system.id, "p": pos, "lang": system.lang}
    codes = dict(connection.execute(_ACTIVE, bind).fetchall())
    titles: dict[int, str] = {}
    wanted: Iterable[int] = codes
    if earlier is not None:
        since, known = earlier
        changed = {cid for (cid,) in connection.execute(_RETITLED, bind | {"since": since})}
        titles = {cid: known[code] for cid, code in codes.items() if code in known and cid not in changed}
        wanted = codes.keys() - titles.keys()
    titles.update(connection.execute(_TITLES, bind | {"cids": json.dumps(list(wanted))}))
    above = _chapters(connection, system.id, pos)
    for cid, code in codes.items():
        yield code, titles[cid], codes.get(above.get(cid, 0), "")


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
    several parents of the rank that counts the one entered first in the store is followed."""
    bind = {"system": system_id, "p": pos}
    cids = np.unique(np.fromiter((cid for (cid,) in connection.execute(_EXISTING, bind)), np.int64))
    edges = np.fromiter(connection.execute(_EDGES, bind), [("cid", np.int64), ("rank", np.int64), ("parent", np.int64)])
    edges = edges[np.isin(edges["cid"], cids) & np.isin(edges["parent"], cids)]
    edges = edges[np.lexsort((edges["parent"], edges["rank"], edges["cid"]))]
    children, first = np.unique(edges["cid"], return_index=True)
    nobody = len(cids)
    above = np.full(nobody + 1, nobody)
    above[np.searchsorted(cids, children)] = np.searchsorted(cids, edges["parent"][first])
    tops = np.flatnonzero(above[:nobody] == nobody)
    if len(tops) == 1:
        tops = np.flatnonzero(above[:nobody] == tops[0])
    above[tops] = tops
    for _ in range(nobody.bit_length()):  # each time twice as far up, to a chapter, to nobody or round a circle
        above = above[above]
    under = np.flatnonzero(np.isin(above[:nobody], tops))
    return dict(zip(cids[under].tolist(), cids[above[under]].tolist(), strict=True))
