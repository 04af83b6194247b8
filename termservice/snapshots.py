"""One revision at a time: what a request reads the store by, and the registry of what that revision holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from termservice import checksums
from termservice.registry import Registry
from termservice.store import Connection
from termservice.store.database import Database

Reading = tuple[Connection, Registry]
Read = Callable[[], AbstractContextManager[Reading]]
"""What opens a snapshot, as `Snapshots.read` does."""


class Snapshots:
    """Of one store; safe for threads."""

    def __init__(self, home: Path, database: Database) -> None:
        self._home = home
        self._database = database
        self._registry = Registry(-1, {}, {})
        self._local = threading.local()

    def read(self) -> AbstractContextManager[Reading]:
        """A snapshot with the registry of its revision. Inside another one of the same thread it is that one, at next
        to no cost."""
        around: nullcontext[Reading] | None = getattr(self._local, "around", None)
        if around is not None and around.enter_result[0].in_transaction:
            return around
        return self._opened()

    @contextmanager
    def _opened(self) -> Iterator[Reading]:
        with self._database.read() as connection, checksums.told(connection, self._home):
            revision = self._database.revision()
            registry = self._registry
            if registry.revision != revision:
                registry = Registry.load(connection, revision)
                if revision > self._registry.revision:
                    self._registry = registry
            found = connection, registry
            self._local.around = nullcontext(found)
            try:
                yield found
            finally:
                self._local.around = None
