"""Reading facts at a position. Every function takes a connection inside a read snapshot.

A fact holds at position p where vf <= p < vt. Of a concept's parents those of the lowest rank that exist at p count.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from termservice.store.schema import value_hash
from termservice.timeline import END

Only = Sequence[int] | None  # numbers of concepts; None for all


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """A concept's entry in the store, whether or not it exists at some position."""

    cid: int
    code: str
    part: str


@dataclass(frozen=True, slots=True)
class StateRow:
    vf: int
    vt: int
    active: bool
    abstract: bool
    level: str
    sort_key: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What lists show of a concept at a position."""

    cid: int
    code: str
    active: bool
    abstract: bool
    level: str
    names: tuple[tuple[str, str, str], ...]
    """(use, language, value) of displays and fully specified names."""
    parents: tuple[str, ...]
    stated_from: str | None
    stated_to: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a concept at a position."""

    states: list[StateRow]
    """All times it existed, oldest first."""
    designations: list[tuple[str, str, str]]
    """(use, language, value), displays first."""
    properties: list[tuple[str, str]]
    """(property, value); of a note the value is a JSON list of paragraphs."""
    parents: list[str]
    """Codes of the direct parents."""
    children: int
    stated_from: str | None
    stated_to: str | None


_AT = "{t}.vf <= :p AND {t}.vt > :p"


def _at(*tables: str) -> str:
    return " AND ".join(_AT.format(t=table) for table in tables)


_EXISTED = "EXISTS (SELECT 1 FROM state WHERE state.cid = concept.id)"
_EFFECTIVE = f"""NOT EXISTS (SELECT 1 FROM edge f JOIN state fs ON fs.cid = f.parent AND {_at("fs")}
    WHERE f.cid = e.cid AND f.rank < e.rank AND {_at("f")})"""
_CHILDREN = f"""FROM edge e JOIN state s ON s.cid = e.cid AND {_at("s")}
    WHERE e.parent = :cid AND {_at("e")} AND (e.rank = 0 OR {_EFFECTIVE})"""


# One row, whatever there is of a concept: each statement and each row that is stepped to gives up the interpreter's
# lock, which is what concurrent look-ups wait for.
_FACTS = f"""
    SELECT json_array(
        (SELECT json_group_array(json_array(vf, vt, active, abstract, level, sort_key)) FROM state WHERE cid = :cid),
        (SELECT json_group_array(json_array(use, lang, value)) FROM designation d WHERE cid = :cid AND {_at("d")}),
        (SELECT json_group_array(json_array(prop, value)) FROM property f WHERE cid = :cid AND {_at("f")}),
        (SELECT json_group_array(json_array(e.rank, c.code)) FROM edge e
            JOIN state s ON s.cid = e.parent AND {_at("s")} JOIN concept c ON c.id = e.parent
            WHERE e.cid = :cid AND {_at("e")}),
        (SELECT count(*) {_CHILDREN}),
        (SELECT json_array(stated_from, stated_to) FROM validity v WHERE cid = :cid AND {_at("v")}))
"""


_SUMMARY_PARENTS = f"""(SELECT json_group_array(json_array(e.rank, up.code)) FROM edge e
    JOIN state us ON us.cid = e.parent AND {_at("us")} JOIN concept up ON up.id = e.parent
    WHERE e.cid = c.id AND {_at("e")})"""
_SUMMARIES = f"""
    SELECT json_group_array(json_array(c.id, c.code, s.active, s.abstract, s.level,
        (SELECT json_group_array(json_array(use, lang, value)) FROM designation d
            WHERE d.cid = c.id AND use IN ('display', 'fsn') AND {_at("d")}),
        {{parents}},
        (SELECT json_array(stated_from, stated_to) FROM validity v WHERE v.cid = c.id AND {_at("v")})))
    FROM json_each(:ids) j CROSS JOIN concept c ON c.id = j.value JOIN state s ON s.cid = c.id AND {_at("s")}
"""
_WITH_PARENTS = _SUMMARIES.format(parents=_SUMMARY_PARENTS)
_WITHOUT_PARENTS = _SUMMARIES.format(parents="json_array()")


def find_code(connection: sqlite3.Connection, system_id: int, code: str) -> ConceptRow | None:
    """The concept of exactly this code, if an activated version holds it (not only as somebody's parent)."""
    row = connection.execute(
        f"SELECT id, code, part FROM concept WHERE system_id=? AND code=? AND {_EXISTED}", (system_id, code)
    ).fetchone()
    return ConceptRow(*row) if row else None


def numbers_of(connection: sqlite3.Connection, system_id: int, codes: Iterable[str]) -> list[int]:
    """The numbers of those of these codes that are known."""
    rows = connection.execute(
        "SELECT c.id FROM json_each(?) j CROSS JOIN concept c ON c.system_id = ? AND c.code = j.value",
        (json.dumps(list(codes)), system_id),
    )
    return [cid for (cid,) in rows]


def find_key(connection: sqlite3.Connection, system_id: int, key: str) -> list[ConceptRow]:
    """The concepts whose code has this comparison key; usually none or one."""
    rows = connection.execute(
        f"SELECT id, code, part FROM concept WHERE system_id=? AND norm=? AND {_EXISTED}", (system_id, key)
    )
    return sorted((ConceptRow(*row) for row in rows), key=lambda row: row.code)


def find_identifier(
    connection: sqlite3.Connection, system_id: int, properties: Sequence[str], value: str
) -> list[ConceptRow]:
    """The concepts that ever had this value of one of these properties."""
    marks = ", ".join("?" * len(properties))
    rows = connection.execute(
        f"""SELECT DISTINCT c.id, c.code, c.part FROM identifier i
            CROSS JOIN property p ON p.cid = i.cid AND p.prop IN ({marks}) AND p.vh = i.vh
            CROSS JOIN concept c ON c.id = i.cid WHERE i.vh=? AND p.value=? AND c.system_id=? ORDER BY c.code""",
        (*properties, value_hash(value), value, system_id),
    )
    return [ConceptRow(*row) for row in rows]


def identifiers(connection: sqlite3.Connection, cid: int, properties: Sequence[str]) -> list[str]:
    """All values a concept ever had of these properties."""
    marks = ", ".join("?" * len(properties))
    rows = connection.execute(
        f"SELECT DISTINCT value FROM property WHERE cid=? AND prop IN ({marks}) ORDER BY value", (cid, *properties)
    )
    return [value for (value,) in rows]


def near_keys(connection: sqlite3.Connection, system_id: int, key: str, limit: int) -> list[str]:
    """Codes whose comparison key begins with `key`, shortest first."""
    if not key:
        return []
    rows = connection.execute(
        f"SELECT code FROM concept WHERE system_id=? AND norm >= ? AND norm < ? AND {_EXISTED} "
        "ORDER BY length(norm), norm LIMIT ?",
        (system_id, key, key + "\U0010ffff", limit),
    )
    return [code for (code,) in rows]


def qualified(connection: sqlite3.Connection, system_id: int, key: str) -> list[str]:
    """Codes that are `key` behind a qualifier (`KKÅ:AA` for `AA`)."""
    rows = connection.execute(
        "SELECT code FROM concept WHERE system_id=? AND instr(norm, ':') > 0 "
        f"AND substr(norm, instr(norm, ':') + 1) = ? AND {_EXISTED}",
        (system_id, key),
    )
    return sorted(code for (code,) in rows)


def states(connection: sqlite3.Connection, cid: int) -> list[StateRow]:
    """All times a concept existed, oldest first."""
    rows = connection.execute(
        "SELECT vf, vt, active, abstract, level, sort_key FROM state WHERE cid=? ORDER BY vf", (cid,)
    )
    return [state_row(*row) for row in rows]


def facts(connection: sqlite3.Connection, cid: int, pos: int) -> Facts:
    """All states of a concept, and all that holds of it at a position."""
    (row,) = connection.execute(_FACTS, {"cid": cid, "p": pos}).fetchone()
    times, names, values, above, children, stated = orjson.loads(row)
    nearest = min(above)[0] if above else 0
    return Facts(
        states=[state_row(*time) for time in sorted(times)],
        designations=sorted(map(tuple, names), key=lambda name: (name[0] != "display", name)),
        properties=sorted(map(tuple, values)),
        parents=sorted(code for rank, code in above if rank == nearest),
        children=children,
        stated_from=stated[0] if stated else None,
        stated_to=stated[1] if stated else None,
    )


def state_row(vf: int, vt: int, active: int, abstract: int, level: str, sort_key: str) -> StateRow:
    return StateRow(vf, vt, bool(active), bool(abstract), level, sort_key)


def first_covered(connection: sqlite3.Connection, system_id: int, part: str, kind: str) -> int:
    """The first position whose release speaks of this unit; END where none does."""
    row = connection.execute(
        "SELECT min(pos) FROM covers JOIN unit ON unit.id = covers.unit WHERE system_id=? AND part=? AND kind=?",
        (system_id, part, kind),
    ).fetchone()
    return END if row[0] is None else int(row[0])


def kinds_covered(connection: sqlite3.Connection, system_id: int, pos: int) -> set[tuple[str, str]]:
    """The (part, kind) units that some release up to `pos` speaks of."""
    rows = connection.execute(
        "SELECT DISTINCT part, kind FROM unit JOIN covers ON covers.unit = unit.id WHERE system_id=? AND pos <= ?",
        (system_id, pos),
    )
    return {(part, kind) for part, kind in rows}


def count(connection: sqlite3.Connection, system_id: int, pos: int) -> int:
    """Concepts that exist at `pos`, inherited ones included."""
    row = connection.execute(
        f"SELECT count(*) FROM state s JOIN unit u ON u.id = s.unit WHERE u.system_id=:system AND {_at('s')}",
        {"system": system_id, "p": pos},
    ).fetchone()
    return int(row[0])


def code_page(connection: sqlite3.Connection, system_id: int, pos: int, after: str | None, limit: int) -> list[int]:
    """Numbers of concepts that exist at `pos`, in code order, from behind `after`."""
    rows = connection.execute(
        f"""SELECT c.id FROM concept c JOIN state s ON s.cid = c.id AND {_at("s")}
            WHERE c.system_id = :system AND c.code > :after ORDER BY c.code LIMIT :limit""",
        {"system": system_id, "p": pos, "after": after or "", "limit": limit},
    )
    return [cid for (cid,) in rows]


def all_codes(connection: sqlite3.Connection, system_id: int) -> Iterator[tuple[int, str]]:
    """(number, code) of every concept the code system ever had."""
    return connection.execute("SELECT id, code FROM concept WHERE system_id=?", (system_id,))


def active_names(
    connection: sqlite3.Connection, system_id: int, pos: int, identifiers: Sequence[str]
) -> tuple[list[str], list[str]]:
    """The codes of all active concepts at `pos`, and their values of these properties."""
    active = "FROM concept c JOIN state s ON s.cid = c.id AND s.vf <= :p AND s.vt > :p AND s.active"
    bind = {"p": pos, "system": system_id, "properties": json.dumps(list(identifiers))}
    codes = connection.execute(f"SELECT c.code {active} WHERE c.system_id = :system", bind)
    values = connection.execute(
        f"""SELECT p.value {active} JOIN property p ON p.cid = c.id AND p.vf <= :p AND p.vt > :p
            AND p.prop IN (SELECT value FROM json_each(:properties)) WHERE c.system_id = :system""",
        bind,
    )
    return [code for (code,) in codes], [value for (value,) in values]


def summaries(connection: sqlite3.Connection, cids: Sequence[int], pos: int, *, parents: bool = True) -> list[Summary]:
    """What lists show of these concepts, in the order given; those that do not exist at `pos` are left out.

    Without `parents` these are left empty, which is a third cheaper.
    """
    bind = {"ids": orjson.dumps([int(cid) for cid in cids]).decode(), "p": pos}
    (rows,) = connection.execute(_WITH_PARENTS if parents else _WITHOUT_PARENTS, bind).fetchone()
    found = {row[0]: _summary(*row) for row in orjson.loads(rows)}
    return [found[cid] for cid in cids if cid in found]


def _summary(
    cid: int,
    code: str,
    active: int,
    abstract: int,
    level: str,
    names: list[list[str]],
    above: list[list[Any]],
    stated: list[str | None] | None,
) -> Summary:
    nearest = min(above)[0] if above else 0
    return Summary(
        cid=cid,
        code=code,
        active=bool(active),
        abstract=bool(abstract),
        level=level,
        names=tuple((use, language, value) for use, language, value in names),
        parents=tuple(sorted(parent for rank, parent in above if rank == nearest)),
        stated_from=stated[0] if stated else None,
        stated_to=stated[1] if stated else None,
    )


def hierarchy(connection: sqlite3.Connection, system_id: int, pos: int) -> tuple[list[int], list[tuple[int, int]]]:
    """(concepts that exist at `pos` in display order, (child, parent) pairs that count)."""
    bind = {"system": system_id, "p": pos}
    cids = [
        cid
        for (cid,) in connection.execute(
            f"""SELECT s.cid FROM state s JOIN unit u ON u.id = s.unit JOIN concept c ON c.id = s.cid
                WHERE u.system_id=:system AND {_at("s")} ORDER BY s.sort_key, c.code""",
            bind,
        )
    ]
    alive = set(cids)
    best: dict[int, int] = {}
    pairs: list[tuple[int, int]] = []
    for cid, rank, parent in connection.execute(
        f"""SELECT e.cid, e.rank, e.parent FROM edge e JOIN unit u ON u.id = e.unit
            WHERE u.system_id=:system AND {_at("e")} ORDER BY e.rank""",
        bind,
    ):
        if cid in alive and parent in alive and best.setdefault(cid, rank) == rank:
            pairs.append((cid, parent))
    return cids, pairs


def _all(
    connection: sqlite3.Connection, table: str, columns: str, rest: str, system_id: int, only: Only, codes: str = ""
) -> Iterator[Any]:
    """Rows of a table of facts (`t`) with their concepts (`c`)."""
    these = "concept c" if only is None else "json_each(:only) j CROSS JOIN concept c ON c.id = j.value"
    return connection.execute(
        f"SELECT {columns} FROM {these} CROSS JOIN {table} t ON t.cid = c.id WHERE c.system_id = :system {rest}",
        {"system": system_id, "only": json.dumps(only), "codes": codes},
    )


_Times = tuple[ConceptRow, str, list[StateRow]]


def spans(connection: sqlite3.Connection, system_id: int, only: Only = None) -> Iterator[_Times]:
    """Every concept that ever existed with its comparison key and all its states, for the search index."""
    current: _Times | None = None
    columns = "c.id, c.code, c.part, c.norm, t.vf, t.vt, t.active, t.abstract, t.level, t.sort_key"
    for cid, code, part, norm, *state in _all(connection, "state", columns, "ORDER BY c.id, t.vf", system_id, only):
        if current is None or current[0].cid != cid:
            if current is not None:
                yield current
            current = (ConceptRow(cid, code, part), norm, [])
        current[2].append(state_row(*state))
    if current is not None:
        yield current


def all_designations(
    connection: sqlite3.Connection, system_id: int, only: Only = None
) -> Iterator[tuple[int, str, str, str, int, int]]:
    """(cid, use, language, value, vf, vt) of every name there ever was, by concept."""
    columns = "t.cid, t.use, t.lang, t.value, t.vf, t.vt"
    return _all(connection, "designation", columns, "ORDER BY t.cid, t.use, t.lang, t.vh, t.vf", system_id, only)


def all_properties(
    connection: sqlite3.Connection, system_id: int, codes: Iterable[str], only: Only = None
) -> Iterator[tuple[int, str, str, int, int]]:
    """(cid, property, value, vf, vt) of every value there ever was of these properties, by concept."""
    rest = "AND t.prop IN (SELECT value FROM json_each(:codes)) ORDER BY t.cid, t.prop, t.vh, t.vf"
    columns = "t.cid, t.prop, t.value, t.vf, t.vt"
    return _all(connection, "property", columns, rest, system_id, only, json.dumps(list(codes)))


def all_validity(
    connection: sqlite3.Connection, system_id: int, only: Only = None
) -> Iterator[tuple[int, str | None, str | None, int, int]]:
    """(cid, first day, last day, vf, vt) of every stated validity."""
    return _all(connection, "validity", "t.cid, t.stated_from, t.stated_to, t.vf, t.vt", "", system_id, only)


def artefact(connection: sqlite3.Connection, system_id: int, kind: str) -> tuple[int, str] | None:
    """(revision, path under the home folder) of a file built from the facts."""
    row: tuple[int, str] | None = connection.execute(
        "SELECT revision, path FROM artefact WHERE system_id=? AND kind=?", (system_id, kind)
    ).fetchone()
    return row
