"""The audit log: who changed what in a home folder, when, and with which outcome. Kept in the store, carried over by
`rebuild`, never shortened."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from termservice.store import catalog
from termservice.store.database import FILE_NAME, Database
from termservice.store.database import revision as current_revision


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


def entries(home: Path, limit: int) -> list[Entry]:
    """The latest, newest first. Raises `StoreError`."""
    database = Database(home / FILE_NAME)
    try:
        with database.read() as connection:
            return [Entry(*row) for row in catalog.audits(connection, limit)]
    finally:
        database.close()
