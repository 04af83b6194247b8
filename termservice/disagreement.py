"""Where the publisher's word about changes and its releases do not agree: both are kept, a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from termservice import diff
from termservice.answers import Change
from termservice.history import Line
from termservice.registry import Registry
from termservice.store import Connection, changes
from termservice.store.changes import Stated
from termservice.store.database import FILE_NAME, Database, revision
from termservice.timeline import Version

_SHOWN_BY = {
    "introduced": {"introduced", "reintroduced", "first-stated"},
    "withdrawn": {"withdrawn"},
    "retitled": {"retitled"},
}
"""Which computed changes bear a statement out."""


def disagreements(home: Path) -> list[str]:
    """Statements that the releases around their date do not bear out, a line each."""
    database = Database(home / FILE_NAME)
    try:
        with database.read() as connection:
            registry = Registry.load(connection, revision(connection))
            return [
                problem
                for system in registry.systems.values()
                for problem in _of(connection, registry.line(connection, system))
            ]
    finally:
        database.close()


def _of(connection: Connection, line: Line) -> Iterator[str]:
    compared: dict[tuple[int, int], dict[str, set[str]]] = {}
    for stated in changes.stated(connection, line.system.id):
        around = _around(line.system.versions, stated)
        if around is None or stated.type not in _SHOWN_BY:
            continue
        before, after = around
        if (before.pos, after.pos) not in compared:
            found = diff.between(connection, line, before.pos, after.pos, ())
            compared[before.pos, after.pos] = _types(found)
        shown = compared[before.pos, after.pos].get(stated.code, set())
        if not shown & _SHOWN_BY[stated.type]:
            seen = ", ".join(sorted(shown)) or "no change"
            yield (
                f"{line.system.short} {stated.code}: {stated.release} ({stated.path}:{stated.row}) states "
                f"{stated.type} on {stated.date}; {before.version} → {after.version} shows {seen}"
            )


def _around(versions: Sequence[Version], stated: Stated) -> tuple[Version, Version] | None:
    """The last version before the date stated and the first one from then on, where both are loaded."""
    if stated.date is None:
        return None
    before = [version for version in versions if version.effective < stated.date]
    after = [version for version in versions if version.effective >= stated.date]
    return (before[-1], after[0]) if before and after else None


def _types(found: Sequence[Change]) -> dict[str, set[str]]:
    by_code: dict[str, set[str]] = {}
    for change in found:
        by_code.setdefault(change.code, set()).add(change.type)
    return by_code
