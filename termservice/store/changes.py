"""What changed: all rows of one concept over time, and the rows in which two positions differ."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from termservice.timeline import END


@dataclass(frozen=True, slots=True)
class Held:
    """A value and when it held. `name` is what it is a value of: a property, `use:language`, a parent's rank."""

    name: str
    value: str
    unit: int
    vf: int
    vt: int


@dataclass(frozen=True, slots=True)
class Differing:
    """A fact that holds at only one of two positions."""

    cid: int
    name: str
    value: str
    unit: int
    old: bool
    """It holds at the earlier position, not at the later one."""
    at: int
    """The position at which that changed."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A publisher's statement, with the release that makes it."""

    code: str
    type: str
    date: str | None
    other_code: str
    automatic: bool | None
    automatic_back: bool | None
    path: str
    row: int
    release: str
    version: str


_SOURCES = {
    "designation": ("use || ':' || lang", "value"),
    "edge": ("rank", "(SELECT code FROM concept WHERE id = parent)"),
    "property": ("prop", "value"),
    "validity": ("'validity'", "coalesce(stated_from, '') || '/' || coalesce(stated_to, '')"),
    "state": ("'state'", "active || '/' || abstract || '/' || level"),
}


def held(connection: sqlite3.Connection, table: str, cid: int) -> list[Held]:
    """Everything one table ever said of a concept, oldest first."""
    name, value = _SOURCES[table]
    rows = connection.execute(
        f"SELECT CAST({name} AS TEXT), {value}, unit, vf, vt FROM {table} WHERE cid=? ORDER BY vf", (cid,)
    )
    return [Held(*row) for row in rows]


def differing(connection: sqlite3.Connection, system_id: int, table: str, a: int, b: int) -> Iterator[Differing]:
    """Facts of a code system that hold at `a` or at `b` but not both, `a` before `b`; one that a gap between them
    interrupted holds at both."""
    name, value = _SOURCES[table]
    # what begins or ends in between is found by the indexes of both: most facts of a large system do neither
    columns = f"cid, CAST({name} AS TEXT), {value}, t.unit, vf, vt"
    units = f"FROM unit u CROSS JOIN {table} t ON t.unit = u.id WHERE u.system_id = :system"
    rows = connection.execute(
        f"""SELECT {columns} {units} AND vt <> {END} AND vt > :a AND vt <= :b AND vf <= :a
            UNION ALL SELECT {columns} {units} AND vf > :a AND vf <= :b AND vt > :b ORDER BY 1, 2, 3""",
        {"system": system_id, "a": a, "b": b},
    ).fetchall()
    both: dict[tuple[int, str, str], int] = {}
    for cid, key, text, *_ in rows:
        both[cid, key, text] = both.get((cid, key, text), 0) + 1
    for cid, key, text, unit, vf, vt in rows:
        if both[cid, key, text] == 1:
            old = vf <= a < vt
            yield Differing(cid, key, text, unit, old, vt if old else vf)


def ended_by(connection: sqlite3.Connection, cids: Iterable[int], pos: int) -> set[int]:
    """Which of these concepts existed for a time that ended at `pos` or before."""
    rows = connection.execute(
        "SELECT DISTINCT s.cid FROM json_each(?) j CROSS JOIN state s ON s.cid = j.value WHERE s.vt <= ?",
        (json.dumps(list(cids)), pos),
    )
    return {cid for (cid,) in rows}


def under(connection: sqlite3.Connection, parents: Iterable[int], a: int, b: int) -> list[tuple[int, int]]:
    """(concept, parent) of what is stated to be directly under one of these at `a` or at `b`."""
    rows: list[tuple[int, int]] = connection.execute(
        """SELECT e.cid, e.parent FROM json_each(:parents) j CROSS JOIN edge e ON e.parent = j.value
           WHERE (e.vf <= :a AND e.vt > :a) OR (e.vf <= :b AND e.vt > :b)""",
        {"parents": json.dumps(list(parents)), "a": a, "b": b},
    ).fetchall()
    return rows


def parent_states(connection: sqlite3.Connection, cid: int) -> list[Held]:
    """When each of a concept's parents, of any time, existed; `name` is the parent's code."""
    rows = connection.execute(
        """SELECT c.code, '', s.unit, s.vf, s.vt FROM (SELECT DISTINCT parent FROM edge WHERE cid = ?) e
           JOIN concept c ON c.id = e.parent JOIN state s ON s.cid = e.parent ORDER BY s.vf""",
        (cid,),
    )
    return [Held(*row) for row in rows]


def covered(connection: sqlite3.Connection, system_id: int) -> dict[int, list[int]]:
    """The positions that speak of each unit, ascending."""
    found: dict[int, list[int]] = {}
    for unit, pos in connection.execute(
        "SELECT unit, pos FROM covers JOIN unit ON unit.id = covers.unit WHERE system_id=? ORDER BY pos", (system_id,)
    ):
        found.setdefault(unit, []).append(pos)
    return found


def stated(connection: sqlite3.Connection, system_id: int, code: str | None = None) -> list[Stated]:
    """What publishers state of one code, or of all of a code system, by date; of activated releases only.

    A succession on a day that every release since repeats (SNOMED CT's associations) is there once, as stated first.
    """
    only, values = ("AND s.code = ?", (system_id, code)) if code is not None else ("", (system_id,))
    rows = connection.execute(
        f"""SELECT s.code, s.type, s.date, s.other_code, s.automatic, s.automatic_back, s.path, s.row, r.title,
                r.version
            FROM stated s JOIN release r ON r.id = s.release_id AND r.status = 'active'
            WHERE s.system_id = ? {only} ORDER BY s.date, s.code, r.effective, s.path, s.row""",
        values,
    )
    found: dict[tuple[object, ...], Stated] = {}
    for number, (said, kind, day, other, automatic, back, path, line, release, version) in enumerate(rows):
        each = Stated(said, kind, day, other, _flag(automatic), _flag(back), path, line, release, version)
        repeated = bool(each.date and each.other_code)
        key = (each.code, each.type, each.date, each.other_code, each.automatic, each.automatic_back)
        found.setdefault(key if repeated else (number,), each)
    return list(found.values())


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def changed_after(connection: sqlite3.Connection, system_id: int, pos: int, properties: Iterable[str]) -> list[int]:
    """Concepts of which anything that a search may find (states, names, validity, these properties) begins or ends
    after a position."""
    tables = ("state", "designation", "validity", "property")
    units = "JOIN unit u ON u.id = t.unit WHERE u.system_id = :system"
    sides = (f"{units} AND t.vf > :pos", f"{units} AND t.vt > :pos AND t.vt <> {END}")
    of = {"property": "AND t.prop IN (SELECT value FROM json_each(:properties))"}
    found = " UNION ".join(f"SELECT t.cid FROM {t} t {side} {of.get(t, '')}" for t in tables for side in sides)
    bind = {"system": system_id, "pos": pos, "properties": json.dumps(list(properties))}
    return [cid for (cid,) in connection.execute(f"{found} ORDER BY 1", bind)]
