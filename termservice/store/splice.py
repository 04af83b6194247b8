"""Putting a version into the intervals and taking it out again.

Intervals of a unit are the maximal runs over the positions that cover it, so the rows are the same whatever the
order of loading. For each unit, `a` is the covering position before the one at hand and `b` the one after (END
where there is none); only rows that begin or end at `a`, `b` or the position itself are touched.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from termservice.store.schema import FACTS, FactTable
from termservice.timeline import END

Row = tuple[Any, ...]
_ENDED = f"vt <> {END}"
"""Said of every end that is looked for: the index of ends has only these."""


class Span(NamedTuple):
    """The covering positions of a unit on both sides of the one at hand."""

    a: int | None
    b: int


class Insertion:
    """A version being put in: `put` its facts, all that it says of an owner (a concept, a map) at once.

    It counts what is stated and what the version before said of the same owners, the rows the store grows by, the
    facts that begin or end with it, and those of them that some release before spoke of.
    """

    def __init__(self, connection: sqlite3.Connection, pos: int, units: Iterable[int]) -> None:
        """Records that the version covers `units`."""
        self._connection = connection
        self._pos = pos
        self._spans = {unit: _around(connection, unit, pos) for unit in units}
        self._units = json.dumps(list(self._spans))
        connection.executemany("INSERT INTO covers VALUES (?, ?)", [(unit, pos) for unit in self._spans])
        self._last = all(span.b == END for span in self._spans.values())
        self.first = self._last and all(span.a is None for span in self._spans.values())
        """No other version covers any of it, so that the store holds nothing to compare with."""
        before = {span.a for span in self._spans.values()} - {None}
        self.after = before.pop() if self._last and len(before) == 1 else None
        """The version that is directly before this one in all units that any version before it covers, where this one
        is the last."""
        self.stated = self.found = self.rows_added = self.facts_changed = self.differing = 0

    def put(self, table: FactTable, owners: Iterable[object], stated: Iterable[Row]) -> None:
        """Splice in the rows `stated` (key, values, unit), which are all that the version says of `owners`;
        what it does not say of them ends."""
        if self.first:
            added = self._insert(table, stated, END)
            self.stated += added
            self.facts_changed += added
            return
        size = len(table.identity)
        said = {row[:size]: row for row in stated}
        before = self._found(table, owners, "t.vf < :pos AND t.vt > :pos")
        after = set() if self._last else self._found(table, owners, f"t.vf = {_next('t', ':pos')}")
        self.found += len(before)
        self._end(table, before - said.keys())
        self._begin(table, [said[fact] for fact in said.keys() - before], after)
        self.stated += len(said)

    def _found(self, table: FactTable, owners: Iterable[object], when: str) -> set[Row]:
        """The identities of what the store holds of `owners` in the units covered."""
        columns = ", ".join(f"t.{column}" for column in table.identity)
        return set(
            self._connection.execute(
                f"SELECT {columns} FROM json_each(:owners) j CROSS JOIN {table.name} t ON t.{table.owner} = j.value "
                f"WHERE {when} AND +t.unit IN (SELECT value FROM json_each(:units))",
                {"owners": json.dumps(list(owners)), "units": self._units, "pos": self._pos},
            )
        )

    def _end(self, table: FactTable, gone: set[Row]) -> None:
        """What held before and is not said any more; where it goes on from the next version, in two rows."""
        pos, t = self._pos, table.name
        keys = [fact[: len(table.key)] for fact in gone]
        held = f"{_named(table)} AND vf < {pos} AND vt > {pos}"
        columns = ", ".join(table.said)
        later = _next(t, pos)
        split = self._connection.executemany(
            f"INSERT INTO {t} ({columns}, unit, vf, vt) SELECT {columns}, unit, {later}, vt FROM {t} "
            f"WHERE {held} AND vt > {later}",
            keys,
        ).rowcount
        self._connection.executemany(f"UPDATE {t} SET vt = {pos} WHERE {held}", keys)
        self.rows_added += split
        self.facts_changed += len(gone)
        self.differing += len(gone)

    def _begin(self, table: FactTable, new: Iterable[Row], after: set[Row]) -> None:
        """What is said and did not hold before; what the next version says too now holds from here on."""
        width, size = len(table.key), len(table.identity)
        moved: list[Row] = []
        fresh: dict[int, list[Row]] = {}
        for row in new:
            a, b = self._spans[row[-1]]
            self.facts_changed += 1
            self.differing += a is not None
            if row[:size] in after:
                moved.append((*row[:width], b))
            else:
                fresh.setdefault(b, []).append(row)
        self._connection.executemany(
            f"UPDATE {table.name} SET vf = {self._pos} WHERE {_named(table)} AND vf = ?", moved
        )
        for b, rows in fresh.items():
            self._insert(table, rows, b)

    def _insert(self, table: FactTable, rows: Iterable[Row], b: int) -> int:
        """Facts that hold from here on until `b`; how many. What is said twice is one."""
        columns = ", ".join((*table.said, "unit", "vf", "vt"))
        marks = "?, " * (len(table.said) + 1)
        added = self._connection.executemany(
            f"INSERT INTO {table.name} ({columns}) VALUES ({marks}{self._pos}, {b}) ON CONFLICT DO NOTHING", rows
        ).rowcount
        self.rows_added += added
        return added


def remove(connection: sqlite3.Connection, system_id: int, pos: int) -> None:
    """Splice out what only the version at `pos` said, and its coverage."""
    units = connection.execute(
        "SELECT unit FROM covers JOIN unit ON unit.id = covers.unit WHERE system_id=? AND pos=?", (system_id, pos)
    ).fetchall()
    around = [{"unit": unit, "pos": pos, "b": _around(connection, unit, pos).b} for (unit,) in units]
    connection.executemany("DELETE FROM covers WHERE pos=:pos AND unit=:unit", around)
    for table in FACTS:
        for statement in _removals(table):
            connection.executemany(statement, around)


def move(connection: sqlite3.Connection, system_id: int, old: int, new: int) -> None:
    """Give the version at `old` the free position `new` with nothing between them (same-day order)."""
    units = "SELECT id FROM unit WHERE system_id = :system"
    values = {"system": system_id, "old": old, "new": new}
    connection.execute(f"UPDATE covers SET pos=:new WHERE pos=:old AND unit IN ({units})", values)
    connection.execute("UPDATE version SET pos=:new WHERE pos=:old AND system_id=:system", values)
    for table in FACTS:
        connection.execute(f"UPDATE {table.name} SET vf=:new WHERE vf=:old AND unit IN ({units})", values)
        connection.execute(f"UPDATE {table.name} SET vt=:new WHERE {_ENDED} AND vt=:old AND unit IN ({units})", values)


def _around(connection: sqlite3.Connection, unit: int, pos: int) -> Span:
    row = connection.execute(
        """SELECT (SELECT max(pos) FROM covers WHERE unit = :unit AND pos < :pos),
            coalesce((SELECT min(pos) FROM covers WHERE unit = :unit AND pos > :pos), :end)""",
        {"unit": unit, "pos": pos, "end": END},
    ).fetchone()
    return Span(*row)


def _removals(table: FactTable) -> Iterator[str]:
    """What takes a position out of a unit: one statement after the other."""
    t = table.name
    same = " AND ".join(f"u.{column} IS {t}.{column}" for column in table.identity)
    later = f"SELECT u.vt FROM {t} u WHERE {same} AND u.vf = :b"
    # held before, not at pos: up to the next version, or on with the span that begins there
    yield f"UPDATE {t} SET vt = coalesce(({later}), :b) WHERE unit = :unit AND vt = :pos AND {_ENDED}"
    earlier = f"SELECT 1 FROM {t} u WHERE {same} AND u.vf < {t}.vf AND u.vt > {t}.vf"
    yield f"DELETE FROM {t} WHERE unit = :unit AND vf = :b AND EXISTS ({earlier})"
    yield f"DELETE FROM {t} WHERE unit = :unit AND vf = :pos AND vt = :b"  # held at pos only
    yield f"UPDATE {t} SET vf = :b WHERE unit = :unit AND vf = :pos"


def _named(table: FactTable) -> str:
    """All rows of one key."""
    return " AND ".join(f"{column} = ?" for column in table.key)


def _next(table: str, pos: object) -> str:
    """The next position that covers a row's unit."""
    return f"(SELECT min(pos) FROM covers WHERE covers.unit = {table}.unit AND covers.pos > {pos})"
