"""The audit log: who changed what in a home folder, when, and with which outcome. Kept in the store, carried over by
`rebuild`, never shortened."""

from __future__ import annotations

import logging
import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from termservice.errors import TermserviceError
from termservice.store import Connection, DatabaseError, catalog
from termservice.store.database import FILE_NAME, Database
from termservice.store.database import revision as current_revision

LOG = logging.getLogger(__name__)
LOADS = ("loaded", "corrected", "held", "refused")
_LONGEST_REASON = 500


class Loaded(Protocol):
    """What is entered of a release that was to be loaded."""

    path: str
    status: str
    system: str | None
    version: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    at: str
    actor: str
    """`cli:` and the user of the operating system, `key:` and the name of an API key, or `sync`."""
    action: str
    revision: int
    """Of the store when it was done: what it led to, where it changed what is answered."""
    detail: str


def operator() -> str:
    """Who runs this process, by the operating system (the environment could say anything)."""
    number = os.geteuid()
    try:
        return f"cli:{pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"cli:{number}"


def note(home: Path, action: str, detail: str, actor: str | None = None) -> None:
    """Enter something that was done outside a change of the store."""
    database = Database.create(home / FILE_NAME)
    try:
        with database.write() as connection:
            catalog.audit(connection, action, None, current_revision(connection), actor or operator(), detail)
    finally:
        database.close()


def note_loads(connection: Connection, outcomes: Iterable[Loaded], actor: str) -> None:
    """Enter what became of releases, in the transaction that loaded them: also of those that are held or refused, and
    why."""
    number = current_revision(connection)
    for each in outcomes:
        if each.status in LOADS:
            named = " ".join(filter(None, (each.system, each.version, f"from {each.path}")))
            why = f": {each.message[:_LONGEST_REASON]}" if each.message else ""
            catalog.audit(connection, each.status, None, number, actor, named + why)


def note_refusals(database: Database, outcomes: Iterable[Loaded], actor: str) -> None:
    """The same where all was refused before there was a transaction. That the log cannot be written to is only logged:
    it must not hide why they were refused."""
    try:
        with database.write() as connection:
            note_loads(connection, outcomes, actor)
    except (TermserviceError, DatabaseError, OSError) as error:
        LOG.warning("not entered in the audit log: %s", error)


def entries(home: Path, limit: int) -> list[Entry]:
    """The latest, newest first. Raises `StoreError`."""
    database = Database(home / FILE_NAME)
    try:
        with database.read() as connection:
            return [Entry(*row) for row in catalog.audits(connection, limit)]
    finally:
        database.close()
