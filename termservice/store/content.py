"""A version read in sets of concept numbers, and many concepts of it at once with all that is said of them.

Every function takes a connection inside a read snapshot and a position; see `store.read` for what holds there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from codesystems.model import property_kind
from termservice.store.read import StateRow, state_row

_AT = "{t}.vf <= :p AND {t}.vt > :p"


def _at(table: str) -> str:
    return _AT.format(t=table)


@dataclass(frozen=True, slots=True)
class Full:
    """All that holds of one concept at a position, but for its place in the hierarchy."""

    cid: int
    code: str
    part: str
    state: StateRow
    """As it is at the position."""
    states: list[StateRow]
    """All times it existed, oldest first."""
    names: tuple[tuple[str, str, str], ...]
    """(use, language, value), displays first."""
    properties: tuple[tuple[str, str], ...]
    """(property, value); of a note the value is a JSON list of paragraphs."""
    stated_from: str | None
    stated_to: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """What a concept is called at a position, and whether it is in use there."""

    cid: int
    code: str
    active: bool
    abstract: bool
    names: tuple[tuple[str, str, str], ...]
    """(use, language, value), displays first."""
    stated_from: str | None
    stated_to: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The concepts of a version that are alike in these respects."""

    level: str
    active: bool
    abstract: bool
    cids: list[int]


_FULL = f"""
    SELECT json_group_array(json_array(c.id, c.code, c.part,
        (SELECT json_group_array(json_array(vf, vt, active, abstract, level, sort_key)) FROM state WHERE cid = c.id),
        (SELECT json_group_array(json_array(use, lang, value)) FROM designation d WHERE d.cid = c.id AND {_at("d")}),
        (SELECT json_group_array(json_array(prop, value)) FROM property f WHERE f.cid = c.id AND {_at("f")}),
        (SELECT json_array(stated_from, stated_to) FROM validity v WHERE v.cid = c.id AND {_at("v")})))
    FROM json_each(:ids) j CROSS JOIN concept c ON c.id = j.value JOIN state s ON s.cid = c.id AND {_at("s")}
"""

_NAMED = f"""
    SELECT json_group_array(json_array(c.id, c.code, s.active, s.abstract,
        (SELECT json_group_array(json_array(use, lang, value)) FROM designation d WHERE d.cid = c.id AND {_at("d")}),
        (SELECT json_array(stated_from, stated_to) FROM validity v WHERE v.cid = c.id AND {_at("v")})))
    FROM json_each(:ids) j CROSS JOIN concept c ON c.id = j.value JOIN state s ON s.cid = c.id AND {_at("s")}
"""


def keyed(connection: sqlite3.Connection, system_id: int, keys: Iterable[str]) -> dict[str, list[int]]:
    """By comparison key, the numbers of the concepts whose code has it, whenever they existed."""
    found: dict[str, list[int]] = {}
    rows = connection.execute(
        """SELECT c.norm, c.id FROM json_each(?) j CROSS JOIN concept c ON c.system_id = ? AND c.norm = j.value
           ORDER BY c.code""",
        (orjson.dumps(sorted(keys)).decode(), system_id),
    )
    for key, cid in rows:
        found.setdefault(key, []).append(cid)
    return found


def number(connection: sqlite3.Connection, system_id: int, code: str, pos: int) -> int | None:
    """The number of the concept of exactly this code; None where the version does not hold it."""
    row = connection.execute(
        f"""SELECT c.id FROM concept c JOIN state s ON s.cid = c.id AND {_at("s")}
            WHERE c.system_id = :system AND c.code = :code""",
        {"system": system_id, "code": code, "p": pos},
    ).fetchone()
    return int(row[0]) if row else None


def full(connection: sqlite3.Connection, cids: Sequence[int], pos: int) -> list[Full]:
    """All of these concepts, in the order given; those that do not exist at `pos` are left out."""
    bind = {"ids": orjson.dumps([int(cid) for cid in cids]).decode(), "p": pos}
    (rows,) = connection.execute(_FULL, bind).fetchone()
    found = {row[0]: _full(pos, *row) for row in orjson.loads(rows)}
    return [found[cid] for cid in cids if cid in found]


def named(connection: sqlite3.Connection, cids: Sequence[int], pos: int) -> list[Named]:
    """What these concepts are called, in the order given; those that do not exist at `pos` are left out."""
    bind = {"ids": orjson.dumps([int(cid) for cid in cids]).decode(), "p": pos}
    (rows,) = connection.execute(_NAMED, bind).fetchone()
    found = {
        cid: Named(cid, code, bool(active), bool(abstract), _sorted(names), *(stated or (None, None)))
        for cid, code, active, abstract, names, stated in orjson.loads(rows)
    }
    return [found[cid] for cid in cids if cid in found]


def _sorted(names: Iterable[Sequence[str]]) -> tuple[tuple[str, str, str], ...]:
    """(use, language, value), displays first."""
    found = ((use, lang, value) for use, lang, value in names)
    return tuple(sorted(found, key=lambda name: (name[0] != "display", name)))


def _full(
    pos: int,
    cid: int,
    code: str,
    part: str,
    times: list[list[Any]],
    names: list[list[str]],
    properties: list[list[str]],
    stated: list[str | None] | None,
) -> Full:
    states = [state_row(*time) for time in sorted(times)]
    return Full(
        cid=cid,
        code=code,
        part=part,
        state=next(state for state in states if state.vf <= pos < state.vt),
        states=states,
        names=_sorted(names),
        properties=tuple(sorted((code, value) for code, value in properties)),
        stated_from=stated[0] if stated else None,
        stated_to=stated[1] if stated else None,
    )


def groups(connection: sqlite3.Connection, system_id: int, pos: int) -> Iterator[Group]:
    """Every concept that exists at `pos`, by level, activity and abstractness."""
    rows = connection.execute(
        f"""SELECT s.level, s.active, s.abstract, json_group_array(s.cid)
            FROM unit u JOIN state s ON s.unit = u.id AND {_at("s")} WHERE u.system_id = :system GROUP BY 1, 2, 3""",
        {"system": system_id, "p": pos},
    )
    for level, active, abstract, cids in rows:
        yield Group(level, bool(active), bool(abstract), orjson.loads(cids))


def outside(connection: sqlite3.Connection, system_id: int, pos: int, day: str) -> list[int]:
    """Those whose validity, as stated at `pos`, does not hold a day (ISO)."""
    (cids,) = connection.execute(
        f"""SELECT json_group_array(v.cid) FROM unit u JOIN validity v ON v.unit = u.id AND {_at("v")}
            WHERE u.system_id = :system AND (v.stated_from > :day OR v.stated_to < :day)""",
        {"system": system_id, "p": pos, "day": day},
    ).fetchone()
    found: list[int] = orjson.loads(cids)
    return found


def values(
    connection: sqlite3.Connection, system_id: int, pos: int, code: str, value: str | None = None
) -> Iterator[tuple[str, list[int]]]:
    """Every value of a property as it is kept (of a note a JSON list of paragraphs), or this one only, and who has
    it."""
    rows = connection.execute(
        f"""SELECT f.value, json_group_array(f.cid) FROM unit u JOIN property f ON f.unit = u.id AND {_at("f")}
            WHERE u.system_id = :system AND u.kind = :kind AND (:value IS NULL OR f.value = :value) GROUP BY f.value""",
        {"system": system_id, "p": pos, "kind": property_kind(code), "value": value},
    )
    for found, cids in rows:
        yield found, orjson.loads(cids)
