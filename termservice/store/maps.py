"""Maps and their elements in the store: one table of facts, versioned as all others are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

from orjson import loads

from codesystems.loader import meeting_key
from codesystems.maps import ELEMENTS, MapContent, MapElement
from termservice.store import catalog, splice
from termservice.store.catalog import System
from termservice.store.schema import ELEMENT, value_hash
from termservice.store.write import Written

_COLUMNS = "source, target, relationship, grp, priority, rule, advice, comment, source_display, target_display, ext_id"


# one row, whatever there is: each row stepped to gives up the interpreter's lock, which concurrent readers wait for
_TOUCHING = f"""SELECT json_group_array(json_array(map, vf, vt, backward, {_COLUMNS})) FROM (
    SELECT 0 AS backward, * FROM element WHERE source_key = :key
    UNION ALL SELECT 1, * FROM element WHERE target_key = :key)"""


@dataclass(frozen=True, slots=True)
class Map:
    """A map with its activated versions. `source` and `target` are short ids."""

    line: System
    source: str
    target: str

    @property
    def short(self) -> str:
        return self.line.short


@dataclass(frozen=True, slots=True)
class Held:
    """A row of a map, and when it holds."""

    map: int
    vf: int
    vt: int
    backward: bool
    """It was found by its target."""
    element: MapElement


def maps(connection: sqlite3.Connection) -> list[Map]:
    """Every map the store knows, by short id."""
    ends = {
        map_id: (source, target)
        for map_id, source, target in connection.execute(
            "SELECT m.system_id, s.short, t.short FROM map m JOIN system s ON s.id = m.source_id "
            "JOIN system t ON t.id = m.target_id"
        )
    }
    return [Map(line, *ends[line.id]) for line in catalog.systems(connection, catalog.CONCEPT_MAP)]


def write_map(connection: sqlite3.Connection, content: MapContent, release_id: int) -> Written:
    """Splice `content` into the store as an activated version of its map. Inside a transaction.

    A delta is put onto the version before it; without one it is taken as the whole.
    """
    map_id = catalog.save_map(connection, content.system)
    pos = catalog.place(connection, map_id, content.version, content.effective)
    elements = stated_elements(connection, map_id, pos, content)
    units = catalog.unit_ids(connection, map_id, [ELEMENTS])
    insertion = splice.Insertion(connection, pos, units.values())
    insertion.put(ELEMENT, [map_id], ((*row, units[ELEMENTS]) for row in _rows(content, map_id, elements)))
    catalog.add_version(
        connection, map_id, pos, content.version, content.effective, release_id, partial=False, concepts=len(elements),
        source_version=content.source_version, target_version=content.target_version,
    )  # fmt: skip
    alone = content.delta and not count(connection, map_id, pos - 1)
    return Written(insertion.stated, insertion.rows_added, insertion.facts_changed, insertion.differing, alone)


def touching(connection: sqlite3.Connection, key: str) -> list[Held]:
    """Every row of any map at any time whose source, or else target, has this meeting key; of a map in order of group
    and priority, backwards in order of source."""
    (text,) = connection.execute(_TOUCHING, {"key": key}).fetchone()
    found = [Held(number, vf, vt, bool(backward), MapElement(*row)) for number, vf, vt, backward, *row in loads(text)]
    return sorted(found, key=_order)


def page(connection: sqlite3.Connection, map_id: int, pos: int, offset: int, limit: int) -> list[MapElement]:
    """A stretch of the map's elements in order of source code."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM element WHERE map=? AND vf<=? AND vt>? "
        "ORDER BY source_key, grp, priority, target_key, vh LIMIT ? OFFSET ?",
        (map_id, pos, pos, limit, offset),
    )
    return [MapElement(*row) for row in rows]


def all_elements(connection: sqlite3.Connection, map_id: int, pos: int) -> Iterator[MapElement]:
    """Every element at `pos`, in no order."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM element WHERE map=? AND vf<=? AND vt>?", (map_id, pos, pos))
    return (MapElement(*row) for row in rows)


def outline(connection: sqlite3.Connection, map_id: int, pos: int) -> list[tuple[str, str, str, str]]:
    """(source key, target key, target, relationship) of every element at `pos`."""
    return connection.execute(
        "SELECT source_key, target_key, target, relationship FROM element WHERE map=? AND vf<=? AND vt>?",
        (map_id, pos, pos),
    ).fetchall()


def count(connection: sqlite3.Connection, map_id: int, pos: int) -> int:
    """How many elements hold at `pos`."""
    row = connection.execute("SELECT count(*) FROM element WHERE map=? AND vf<=? AND vt>?", (map_id, pos, pos))
    return int(row.fetchone()[0])


def stated_elements(connection: sqlite3.Connection, map_id: int, pos: int, content: MapContent) -> Sequence[MapElement]:
    """What a release at `pos` says the map is: its elements, of a delta together with those of the version before
    that it does not speak of."""
    if not content.delta:
        return content.elements
    spoken = content.removed | {each.id for each in content.elements}
    before = [each for each in all_elements(connection, map_id, pos - 1) if each.id not in spoken]
    return (*before, *content.elements)


def differing(connection: sqlite3.Connection, map_id: int, pos: int, content: MapContent) -> set[tuple[object, ...]]:
    """Elements that only the store or only the release has, as what a verification names."""
    told = {("element", *astuple(each)) for each in stated_elements(connection, map_id, pos, content)}
    return told ^ {("element", *astuple(each)) for each in all_elements(connection, map_id, pos)}


def _order(held: Held) -> tuple[str, int, int, str]:
    element = held.element
    return element.source if held.backward else "", element.group, element.priority, element.target


def _rows(content: MapContent, map_id: int, elements: Iterable[MapElement]) -> Iterator[tuple[object, ...]]:
    """Rows without unit. An element is one fact: whatever it says makes it another."""
    source, target = content.system.source.id, content.system.target.id
    for each in elements:
        values = astuple(each)
        identity = value_hash(json.dumps(values, ensure_ascii=False))
        target_key = meeting_key(target, each.target) if each.target else ""
        yield meeting_key(source, each.source), map_id, identity, target_key, *values
