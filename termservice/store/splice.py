"""Putting a version into the intervals and taking it out again.

Intervals of a unit are the maximal runs over the positions that cover it, so the rows are the same whatever the
order of loading. For each unit, `a` is the covering position before the one at hand and `b` the one after (END
where there is none); only rows that begin or end at `a`, `b` or the position itself are touched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from termservice.store.schema import FACTS, FactTable
from termservice.timeline import END

CONTEXT = "CREATE TEMP TABLE IF NOT EXISTS context (unit INTEGER PRIMARY KEY, a INTEGER, b INTEGER NOT NULL)"


def prepare(connection: sqlite3.Connection) -> None:
    """Make the empty staging tables, private to the connection."""
    connection.execute(CONTEXT)
    for table in FACTS:
        connection.execute(table.stage_ddl())
        connection.execute(f"DELETE FROM {table.stage}")


@dataclass(frozen=True, slots=True)
class Spliced:
    """What inserting a version did: rows the store grew by, and facts that begin or end at it."""

    rows_added: int
    facts_changed: int
    differing: int
    """Those of the changed facts that some release before spoke of."""


def insert(connection: sqlite3.Connection, pos: int, units: Iterable[int]) -> Spliced:
    """Splice in the staged facts as what holds at `pos` for `units`, and record the coverage."""
    _context(connection, pos, units)
    connection.execute("INSERT INTO covers (unit, pos) SELECT unit, ? FROM context", (pos,))
    done = []
    for table in FACTS:
        done.append(_insert_facts(connection, table, pos))
        connection.execute(f"DELETE FROM {table.stage}")
    return Spliced(
        sum(each.rows_added for each in done),
        sum(each.facts_changed for each in done),
        sum(each.differing for each in done),
    )


def remove(connection: sqlite3.Connection, system_id: int, pos: int) -> None:
    """Splice out what only the version at `pos` said, and its coverage."""
    units = connection.execute(
        "SELECT unit FROM covers JOIN unit ON unit.id = covers.unit WHERE system_id=? AND pos=?", (system_id, pos)
    ).fetchall()
    connection.execute(CONTEXT)
    _context(connection, pos, [unit for (unit,) in units])
    connection.execute("DELETE FROM covers WHERE pos=? AND unit IN (SELECT unit FROM context)", (pos,))
    for table in FACTS:
        _remove_facts(connection, table, pos)


def move(connection: sqlite3.Connection, system_id: int, old: int, new: int) -> None:
    """Give the version at `old` the free position `new` with nothing between them (same-day order)."""
    units = "SELECT id FROM unit WHERE system_id = :system"
    values = {"system": system_id, "old": old, "new": new}
    connection.execute(f"UPDATE covers SET pos=:new WHERE pos=:old AND unit IN ({units})", values)
    connection.execute("UPDATE version SET pos=:new WHERE pos=:old AND system_id=:system", values)
    for table in FACTS:
        connection.execute(f"UPDATE {table.name} SET vf=:new WHERE vf=:old AND unit IN ({units})", values)
        connection.execute(f"UPDATE {table.name} SET vt=:new WHERE vt=:old AND unit IN ({units})", values)


def _context(connection: sqlite3.Connection, pos: int, units: Iterable[int]) -> None:
    connection.execute("DELETE FROM context")
    connection.executemany(
        """INSERT INTO context SELECT :unit,
            (SELECT max(pos) FROM covers WHERE unit = :unit AND pos < :pos),
            coalesce((SELECT min(pos) FROM covers WHERE unit = :unit AND pos > :pos), :end)""",
        [{"unit": unit, "pos": pos, "end": END} for unit in units],
    )


def _same(table: FactTable, left: str, right: str) -> str:
    return " AND ".join(f"{left}.{column} IS {right}.{column}" for column in table.identity)


def _insert_facts(connection: sqlite3.Connection, table: FactTable, pos: int) -> Spliced:
    t, s = table.name, table.stage
    columns = ", ".join((*table.key, *table.values))
    prefixed = ", ".join(f"{t}.{column}" for column in (*table.key, *table.values))
    gone = (
        f"{t}.unit = c.unit AND {t}.vf <= c.a AND {t}.vt > c.a AND NOT EXISTS "
        f"(SELECT 1 FROM {s} s WHERE {_same(table, 's', t)})"
    )
    bind = {"pos": pos}
    split = connection.execute(  # held before and after, not now: two spans with a gap
        f"INSERT INTO {t} ({columns}, unit, vf, vt) SELECT {prefixed}, {t}.unit, c.b, {t}.vt "
        f"FROM context c JOIN {t} ON {gone} AND {t}.vt > c.b", bind,
    ).rowcount  # fmt: skip
    ended = connection.execute(f"UPDATE {t} SET vt = :pos FROM context c WHERE {gone}", bind).rowcount
    moved = connection.execute(  # holds from here on, not only from the next version
        f"UPDATE {t} SET vf = :pos FROM context c WHERE {t}.unit = c.unit AND {t}.vf = c.b AND EXISTS "
        f"(SELECT 1 FROM {s} s WHERE {_same(table, 's', t)})", bind,
    ).rowcount  # fmt: skip
    staged = ", ".join(f"s.{column}" for column in (*table.key, *table.values))
    new = connection.execute(
        f"INSERT INTO {t} ({columns}, unit, vf, vt) SELECT {staged}, s.unit, :pos, c.b "
        f"FROM {s} s JOIN context c ON c.unit = s.unit WHERE NOT EXISTS "
        f"(SELECT 1 FROM {t} WHERE {_same(table, t, 's')} AND {t}.vf <= :pos AND {t}.vt > :pos)", bind,
    ).rowcount  # fmt: skip
    (begun,) = connection.execute(
        f"SELECT count(*) FROM context c JOIN {t} ON {t}.unit = c.unit AND {t}.vf = :pos WHERE c.a IS NOT NULL", bind
    ).fetchone()
    return Spliced(split + new, ended + moved + new, ended + begun)


def _remove_facts(connection: sqlite3.Connection, table: FactTable, pos: int) -> None:
    t = table.name
    bind = {"pos": pos}
    later = f"SELECT u.vt FROM {t} u WHERE {_same(table, 'u', t)} AND u.vf = c.b"
    connection.execute(  # held before, not at pos: up to the next version, or on with the span that begins there
        f"UPDATE {t} SET vt = coalesce(({later}), c.b) FROM context c WHERE {t}.unit = c.unit AND {t}.vt = :pos",
        bind,
    )
    connection.execute(
        f"""DELETE FROM {t} WHERE unit IN (SELECT unit FROM context) AND vf = (SELECT b FROM context c
            WHERE c.unit = {t}.unit) AND EXISTS (SELECT 1 FROM {t} u WHERE {_same(table, "u", t)}
            AND u.vf < {t}.vf AND u.vt > {t}.vf)"""
    )
    connection.execute(  # held at pos only
        f"""DELETE FROM {t} WHERE vf = :pos AND unit IN (SELECT unit FROM context)
            AND vt = (SELECT b FROM context c WHERE c.unit = {t}.unit)""", bind,
    )  # fmt: skip
    connection.execute(f"UPDATE {t} SET vf = c.b FROM context c WHERE {t}.unit = c.unit AND {t}.vf = :pos", bind)
