"""Sums of the tables that nothing else vouches for: what is there is what was written.

Facts and statements are compared with the publishers' files, and what is built from them with its own sums; releases,
names, versions and the log have nothing to be compared with. They are small, and summed at the end of every write.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection

TABLES = (
    "system", "name", "map", "property_def", "release", "file", "version", "unit", "covers", "artefact", "seen",
    "audit",
)  # fmt: skip
_KEY = "sum of "


def write(connection: sqlite3.Connection, but: Collection[str] = ()) -> None:
    """Sum every table `but` those that were not what was written before: that is still to be told."""
    found = [(_KEY + table, _sum(connection, table)) for table in _present(connection) if table not in but]
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", found)


def differing(connection: sqlite3.Connection) -> list[str]:
    """The tables that are not what was written; none in a store of a program that summed nothing."""
    known = dict(connection.execute("SELECT key, value FROM meta WHERE key LIKE ?", (f"{_KEY}%",)).fetchall())
    if not known:
        return []
    return [table for table in _present(connection) if known.get(_KEY + table) != _sum(connection, table)]


def _present(connection: sqlite3.Connection) -> list[str]:
    """Those that a store has; one of an older schema lacks some."""
    present = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [table for table in TABLES if table in present]


def _sum(connection: sqlite3.Connection, table: str) -> str:
    digest = hashlib.sha256()
    for row in connection.execute(f"SELECT * FROM {table}"):
        digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
