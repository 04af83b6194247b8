"""Value sets and their members in the store: tables of facts, versioned as all others are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from codesystems.loader import meeting_key
from codesystems.valuesets import DEFINITION, MEMBERS, Member, ValueSetContent
from termservice.store import catalog, splice
from termservice.store.catalog import System
from termservice.store.schema import DEFINED, MEMBER, value_hash
from termservice.store.write import Written

_COLUMNS = "s.short, m.code, m.display, m.comment, m.ext_id"
_MEMBERS = "member m JOIN system s ON s.id = m.system WHERE m.valueset = :valueset"
_HOLDS = "m.vf <= :pos AND m.vt > :pos"
_ORDER = "ORDER BY s.short, m.code_key, m.code"
_COMPOSE, _VERSIONS = "compose", "versions"
_values = attrgetter("system", "code", "display", "comment", "id")


@dataclass(frozen=True, slots=True)
class Defined:
    """What defines a value set besides its members."""

    compose: str
    """FHIR's compose as JSON; empty where it is enumerated."""
    versions: Mapping[str, str]
    """Short id of a code system → the version of it that is pinned."""


def valuesets(connection: sqlite3.Connection) -> list[System]:
    """Every value set the store knows, by short id."""
    return catalog.systems(connection, catalog.VALUE_SET)


def write_valueset(connection: sqlite3.Connection, content: ValueSetContent, release_id: int) -> Written:
    """Splice `content` into the store as an activated version of its value set. Inside a transaction.

    A delta is put onto the version before it; without one it is taken as the whole.
    """
    number = catalog.save_valueset(connection, content.system, content.codesystems)
    pos = catalog.place(connection, number, content.version, content.effective)
    said = stated_members(connection, number, pos, content)
    systems = {short: catalog.number_of(connection, short) for short in {each.system for each in said}}
    units = catalog.unit_ids(connection, number, [MEMBERS, DEFINITION])
    insertion = splice.Insertion(connection, pos, units.values())
    insertion.put(MEMBER, [number], ((*row, units[MEMBERS]) for row in _rows(said, number, systems)))
    insertion.put(DEFINED, [number], ((*row, units[DEFINITION]) for row in _definition(content, number)))
    catalog.add_version(
        connection, number, pos, content.version, content.effective, release_id, partial=False, concepts=len(said)
    )
    alone = content.delta and not count(connection, number, pos - 1)
    return Written(insertion.stated, insertion.rows_added, insertion.facts_changed, insertion.differing, alone)


def stated_members(connection: sqlite3.Connection, number: int, pos: int, content: ValueSetContent) -> Sequence[Member]:
    """What a release at `pos` says the members are: its own, of a delta together with those of the version before that
    it does not speak of."""
    if not content.delta:
        return content.members
    spoken = content.removed | {each.id for each in content.members}
    return (*(each for each in members(connection, number, pos - 1) if each.id not in spoken), *content.members)


def members(
    connection: sqlite3.Connection, number: int, pos: int, offset: int = 0, limit: int | None = None
) -> list[Member]:
    """A stretch of a value set's members at `pos`, in order of code system and code; without `limit` to the end."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM {_MEMBERS} AND {_HOLDS} {_ORDER} LIMIT :limit OFFSET :offset",
        {"valueset": number, "pos": pos, "offset": offset, "limit": -1 if limit is None else limit},
    )
    return [Member(*row) for row in rows]


def count(connection: sqlite3.Connection, number: int, pos: int) -> int:
    """How many members there are at `pos`."""
    return sum(counts(connection, number, pos).values())


def counts(connection: sqlite3.Connection, number: int, pos: int) -> dict[str, int]:
    """How many members of each code system there are at `pos`, by its short id."""
    rows = connection.execute(
        f"SELECT s.short, count(*) FROM {_MEMBERS} AND {_HOLDS} GROUP BY s.short ORDER BY s.short",
        {"valueset": number, "pos": pos},
    )
    return dict(rows.fetchall())


def defined(connection: sqlite3.Connection, number: int, pos: int) -> Defined:
    """What else defines a value set at `pos`."""
    rows = connection.execute(
        "SELECT name, value FROM definition WHERE valueset=? AND vf<=? AND vt>?", (number, pos, pos)
    )
    found = dict(rows.fetchall())
    return Defined(found.get(_COMPOSE, ""), json.loads(found.get(_VERSIONS, "{}")))


def changed(connection: sqlite3.Connection, number: int, a: int, b: int) -> list[tuple[Member, bool]]:
    """(member, whether it was added) of every code that is a member at only one of `a` and `b`, in order of code system
    and code. A member that is only called otherwise is none of them."""
    at_a, at_b = "(m.vf <= :a AND m.vt > :a)", "(m.vf <= :b AND m.vt > :b)"
    rows = connection.execute(
        f"SELECT {at_b}, {_COLUMNS} FROM {_MEMBERS} AND {at_a} <> {at_b} {_ORDER}",
        {"valueset": number, "a": a, "b": b},
    )
    found = [(Member(*row), bool(added)) for added, *row in rows]
    sides = {side: {(each.system, each.code) for each, added in found if added == side} for side in (True, False)}
    return [(each, added) for each, added in found if (each.system, each.code) not in sides[not added]]


def differing(
    connection: sqlite3.Connection, number: int, pos: int, content: ValueSetContent
) -> set[tuple[object, ...]]:
    """Members and definitions that only the store or only the release has, as what a verification names."""
    told = {("member", *_values(each)) for each in stated_members(connection, number, pos, content)}
    held = {("member", *_values(each)) for each in members(connection, number, pos)}
    here = defined(connection, number, pos)
    for side, compose, versions in ((told, content.compose, content.systems), (held, here.compose, here.versions)):
        side.add(("definition", compose, *sorted(versions.items())))
    return told ^ held


def _rows(members: Iterable[Member], number: int, systems: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    """Rows without unit. A member is one fact: whatever is said of it makes it another."""
    for each in members:
        identity = value_hash(json.dumps(_values(each), ensure_ascii=False))
        key = meeting_key(each.system, each.code)
        yield key, number, systems[each.system], identity, each.code, each.display, each.comment, each.id


def _definition(content: ValueSetContent, number: int) -> Iterator[tuple[object, ...]]:
    versions = json.dumps(content.systems, ensure_ascii=False, sort_keys=True) if content.systems else ""
    for name, value in ((_COMPOSE, content.compose), (_VERSIONS, versions)):
        if value:
            yield number, name, value_hash(value), value
