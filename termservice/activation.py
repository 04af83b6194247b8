"""What a release says begins to count, and stops: a version's facts in the intervals, statements beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from codesystems.loader import Content
from codesystems.maps import MapContent
from codesystems.model import CodeSystemContent, StatedContent
from codesystems.report import ReleaseError
from codesystems.valuesets import ValueSetContent
from termservice.store import Connection, catalog
from termservice.store.catalog import CODE_SYSTEM, CONCEPT_MAP, VALUE_SET, ReleaseRow
from termservice.store.database import savepoint
from termservice.store.maps import write_map
from termservice.store.valuesets import write_valueset
from termservice.store.write import Written, remove_statements, remove_version, write_statements, write_version


class Judge(Protocol):
    """Looks at a release before and after it counts, in the transaction, and may have doubts."""

    def before(self, connection: Connection, content: Content) -> None: ...

    def doubts(self, connection: Connection, content: Content) -> Sequence[str]: ...


class Doubted(Exception):
    """A release does not count after all: the judge's doubts."""


def activate(
    connection: Connection, content: Content, release_id: int, *, partial: bool, judge: Judge | None = None
) -> tuple[Written, bool]:
    """Make a release count; one of the same name that did before is taken out and marked replaced.

    Returns what was written, and whether another was replaced. Raises `ReleaseError` where a partial release would
    take away what the other one covers, or where a version and a delivery of statements would share a name, and
    `Doubted`, with everything as it was, where the judge has doubts.
    """
    if judge is None:
        return _activate(connection, content, release_id, partial=partial)
    judge.before(connection, content)
    with savepoint(connection):
        done = _activate(connection, content, release_id, partial=partial)
        doubts = judge.doubts(connection, content)
        if doubts:
            raise Doubted("; ".join(doubts))
    return done


def _activate(connection: Connection, content: Content, release_id: int, *, partial: bool) -> tuple[Written, bool]:
    before = catalog.active_release(connection, content.system.id, content.version)
    if before is not None:
        _check(connection, before, content, partial=partial)
        take_out(connection, before)
        catalog.set_status(connection, before.id, "replaced")
    written = write(connection, content, release_id, partial=partial)
    catalog.set_status(connection, release_id, "active")
    return written, before is not None


def write(connection: Connection, content: Content, release_id: int, *, partial: bool) -> Written:
    """Write what a release says, whatever its status."""
    _check_kind(connection, content)
    if isinstance(content, MapContent):
        return write_map(connection, content, release_id)
    if isinstance(content, ValueSetContent):
        return write_valueset(connection, content, release_id)
    if isinstance(content, CodeSystemContent):
        return write_version(connection, content, release_id, partial=partial)
    write_statements(connection, content, release_id)
    return Written(0, 0, 0, 0)


def take_out(connection: Connection, row: ReleaseRow) -> None:
    """What an active release says no longer counts. Its status is left to the caller."""
    remove_statements(connection, row.id)
    version = None if row.states_only else catalog.active_at(connection, row.system, row.version)
    if version is not None:
        remove_version(connection, version[0], version[1])


def _check_kind(connection: Connection, content: Content) -> None:
    """Raises `ReleaseError` where one short id would name things of two kinds."""
    own = {MapContent: CONCEPT_MAP, ValueSetContent: VALUE_SET}.get(type(content), CODE_SYSTEM)
    named = [(content.system.id, own)]
    if isinstance(content, ValueSetContent):
        named += [(system.id, CODE_SYSTEM) for system in content.codesystems]
    for short, kind in named:
        held = catalog.kind_of(connection, short) or (own if short == content.system.id else kind)
        if held != kind:
            raise ReleaseError(
                f"{short} is the name of another kind of thing: code systems, maps and value sets each need their own"
            )


def _check(connection: Connection, before: ReleaseRow, content: Content, *, partial: bool) -> None:
    if before.states_only != isinstance(content, StatedContent):
        held, other = ("statements", "a version") if before.states_only else ("a version", "statements")
        raise ReleaseError(f"{content.version} is the name of {held} loaded before; {other} must have another name")
    version = catalog.active_at(connection, before.system, before.version)
    if not partial or version is None or not isinstance(content, CodeSystemContent):
        return
    lost = catalog.units_at(connection, version[0], version[1]) - content.covers
    if lost:
        parts = ", ".join(sorted({part for part, _ in lost}))
        raise ReleaseError(
            f"version {content.version} is loaded already from a release that also covers {parts}: load all "
            "parts together, or give this one a version of its own"
        )
