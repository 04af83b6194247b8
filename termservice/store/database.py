"""Opening the store's file: pragmas, schema stamp, read snapshots and the one write transaction."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from json import JSONDecodeError
from pathlib import Path

from termservice.errors import Refused, StoreError
from termservice.store import schema, sums

FILE_NAME = "store.db"
BUSY_SECONDS = 10
READ_CACHE_KB = 16_000
WRITE_CACHE_KB = 256_000
MMAP_BYTES = 1 << 30
_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)
_NO_ACCESS = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, *_NO_ROOM)
_DAMAGED_WORDS = ("Could not decode", "no such column", "no such table", "malformed database schema")
"""The last ones in a store of the right schema: its tables are not called what they were."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR)


class OlderSchema(StoreError):
    """The store was written by an older program and must be rebuilt from its originals."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"the store has schema {found}, this program has {schema.SCHEMA}: run 'termservice rebuild' (it reads "
            "the kept originals again; the old store is kept beside until that is done)"
        )


class Database:
    """One store file. Connections are per thread, opened on first use (after a fork).

    `older` opens a store of an older schema too, to be rebuilt.
    """

    def __init__(self, path: Path, *, older: bool = False) -> None:
        self.path = path
        self._older = older
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @classmethod
    def create(cls, path: Path) -> Database:
        """Open the store at `path`, making an empty one where there is none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        database = cls(path)
        if not path.exists() or path.stat().st_size == 0:
            try:
                connection = _connect(path)
            except sqlite3.OperationalError as error:
                raise StoreError(f"cannot create the store {path}: {error}") from error
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.executescript(f"BEGIN IMMEDIATE; {schema.ddl()} COMMIT;")
            except sqlite3.OperationalError as error:
                if "already exists" not in str(error):  # another process made it in the meantime
                    raise StoreError(f"cannot create the store {path}: {error}") from error
            finally:
                connection.close()
        return database

    def connection(self) -> sqlite3.Connection:
        """This thread's connection. Raises `StoreError` where the file is no store of this schema."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            if not self.path.exists():
                raise StoreError(f"no store at {self.path}: load a release first")
            self._local.connection = connection = self._opened()
            with self._lock:
                self._all.append(connection)
        return connection

    def unmapped(self) -> None:
        """Read the file piece by piece from now on in this thread, outside transactions: where all of it is read once,
        a map would keep all of it in memory."""
        self.connection().execute("PRAGMA mmap_size=0")

    def close(self) -> None:
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One snapshot: everything read inside is of one revision. May be nested."""
        connection = self.connection()
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        self._local.revision = None
        try:
            yield connection
        except (sqlite3.DatabaseError, JSONDecodeError, UnicodeDecodeError) as error:
            if _is_damage(error):
                raise StoreError(f"{self.path} is damaged ({error}): run 'termservice verify'") from error
            raise
        finally:
            del self._local.revision
            if connection.in_transaction:
                connection.execute("ROLLBACK")  # ends the snapshot; unlike COMMIT it works on a damaged file too

    def revision(self) -> int:
        """The revision of what is read; inside a snapshot it is looked up once."""
        known: int | None = getattr(self._local, "revision", None)
        if known is None:
            known = revision(self.connection())
            if hasattr(self._local, "revision"):
                self._local.revision = known
        return known

    @contextmanager
    def write(self, wait: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
        """The write transaction; all or nothing. Raises `Refused` where another one goes on for `wait` seconds."""
        connection = self.connection()
        connection.execute(f"PRAGMA busy_timeout={int(wait * 1000)}")
        connection.execute(f"PRAGMA cache_size=-{WRITE_CACHE_KB}")
        # a savepoint keeps the pages that change; where it does so in memory, every later statement looks through them
        connection.execute("PRAGMA temp_store=FILE")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY:
                raise StoreError(f"{self.path} cannot be written to: {error}") from error
            raise Refused(f"the store is being written to by another process ({error}); try again later") from error
        try:
            damaged = sums.differing(connection)
            yield connection
            sums.write(connection, damaged)
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if _is_damage(error) or (isinstance(error, sqlite3.Error) and _code(error) in _NO_ROOM):
                raise StoreError(f"nothing was changed in {self.path}: {error}") from error
            raise
        finally:
            connection.execute("PRAGMA temp_store=MEMORY")
            connection.execute(f"PRAGMA cache_size=-{READ_CACHE_KB}")
        connection.execute("PRAGMA busy_timeout=0")  # readers of older snapshots are not waited for
        with suppress(sqlite3.OperationalError):  # on a full disk: what was committed stays in the log for the next one
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

    def copy_to(self, target: Path) -> None:
        """A consistent copy of the store as a file of its own, while others read and write."""
        copy = sqlite3.connect(target)
        try:
            self.connection().backup(copy)
        finally:
            copy.close()

    def become(self, other: Database) -> None:
        """Take over everything from another store, schema too, in one transaction: readers go on, and see all of it or
        what was before. Raises `StoreError`."""
        connection = self.connection()
        try:
            other.connection().backup(connection)
            _truncate_log(connection)
        except sqlite3.Error as error:
            raise StoreError(f"nothing was changed in {self.path}: {error}") from error

    def _opened(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = None
        try:
            connection = _connect(self.path)
            self._check_schema(connection)
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, sqlite3.OperationalError) and _code(error) in _NO_ACCESS:
                raise StoreError(
                    f"{self.path} cannot be opened ({error}): is the disk full, or may it not be written to?"
                ) from error
            if isinstance(error, (sqlite3.DatabaseError, UnicodeDecodeError)):  # the latter in what SQLite complains of
                raise StoreError(f"{self.path} is not a usable store: {error}") from error
            raise
        return connection

    def _check_schema(self, connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT value FROM meta WHERE key='schema'").fetchone()
        if row is None or not row[0].isdigit():
            raise StoreError(f"{self.path} is not a usable store: it does not say which schema it has")
        found = int(row[0])
        if found > schema.SCHEMA:
            raise StoreError(
                f"the store has schema {found}, made by a newer program; this one knows {schema.SCHEMA}: upgrade it"
            )
        if found < schema.SCHEMA and not self._older:
            raise OlderSchema(found)


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """A part of the write transaction: everything inside is undone where it raises."""
    connection.execute("SAVEPOINT release")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # where the disk is full, SQLite has ended the whole transaction already
            connection.execute("ROLLBACK TO release")
            connection.execute("RELEASE release")
        raise
    connection.execute("RELEASE release")


def check_file(path: Path) -> None:
    """Raises `StoreError` where the file at `path` is not a sound store of this schema."""
    database = Database(path)
    try:
        for (line,) in database.connection().execute("PRAGMA integrity_check(1)"):
            if line != "ok":
                raise StoreError(f"the store is damaged: {line}")
    except sqlite3.DatabaseError as error:
        raise StoreError(f"the store is damaged: {error}") from error
    finally:
        database.close()


def revision(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT value FROM meta WHERE key='revision'").fetchone()[0])


def _truncate_log(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA busy_timeout=0")  # readers of older snapshots are not waited for
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for errors that are not SQLite's own."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _is_damage(error: BaseException) -> bool:
    """Whether the file is damaged, in what SQLite keeps or in texts that only their reader can tell to be wrong."""
    if isinstance(error, sqlite3.Error):
        return _code(error) in _DAMAGED or str(error).startswith(_DAMAGED_WORDS)
    return isinstance(error, (JSONDecodeError, UnicodeDecodeError))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA cache_size=-{READ_CACHE_KB}")
    connection.execute(f"PRAGMA mmap_size={MMAP_BYTES}")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection
