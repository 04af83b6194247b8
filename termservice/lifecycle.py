"""A release's life after loading: activate, roll back, remove, read again from the kept originals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from codesystems.loader import Content
from codesystems.report import ReleaseError, Report
from termservice import activation, editions, indexing, ingest
from termservice.bases import HINT, Bases, check_unused, reopened
from termservice.discovery import guarded
from termservice.errors import NotFound, Refused, StoreError
from termservice.ingest import Progress, silent
from termservice.originals import Originals
from termservice.snomed import artefactbuilding
from termservice.store import Connection, catalog, sums
from termservice.store.catalog import ReleaseRow
from termservice.store.database import FILE_NAME, Database
from termservice.store.database import revision as current_revision

Change = Callable[[Connection], ReleaseRow]


def releases(home: Path, system: str | None = None) -> list[ReleaseRow]:
    """Every release received, of one code system, map or value set (by any of its names) or all. Raises `NotFound`."""
    with _opened(home) as database, database.read() as connection:
        return catalog.releases(connection, _held_short(connection, system) if system else None)


def reread(connection: Connection, originals: Originals, row: ReleaseRow) -> Content:
    """The content of a release, read again from its kept originals.

    Raises `StoreError` where an original is missing, `ReleaseError` where the loader no longer reads it.
    """
    with reopened(connection, originals, row) as candidate, guarded(candidate.loader):
        return candidate.loader.read(candidate, Report())


def activate(
    home: Path, system: str, version: str | None, actor: str = "cli", progress: Progress = silent
) -> ReleaseRow:
    """Put a held or rolled-back release in the intervals: the one of that version received last."""

    def change(connection: Connection) -> ReleaseRow:
        row = _pick(connection, system, version, ("held", "rolled-back"))
        with Bases(connection, Originals(home / "originals")) as bases:
            built = bases.anew(row)
            with guarded(built.candidate.loader):
                content = built.candidate.loader.read(built.candidate, Report())
        if built.on:
            catalog.set_hints(connection, row.id, {**row.hints, HINT: list(built.on)})
        activation.activate(connection, content, row.id, partial=row.partial)
        return row

    return _apply(home, "activated", change, actor, progress)


def rollback(
    home: Path, system: str, version: str | None, actor: str = "cli", progress: Progress = silent
) -> ReleaseRow:
    """Take a version (by default the latest) out of the intervals; its release is kept and can be activated again.

    A release that it had replaced comes back.
    """

    def change(connection: Connection) -> ReleaseRow:
        row = _pick(connection, system, version, ("active",))
        activation.take_out(connection, row)
        catalog.set_status(connection, row.id, "rolled-back")
        older = [
            r for r in catalog.releases(connection, row.system) if r.version == row.version and r.status == "replaced"
        ]
        if older:
            content = reread(connection, Originals(home / "originals"), older[-1])
            activation.activate(connection, content, older[-1].id, partial=older[-1].partial)
        return row

    return _apply(home, "rolled back", change, actor, progress)


def remove(home: Path, system: str, version: str | None, actor: str = "cli", progress: Progress = silent) -> ReleaseRow:
    """Forget a version altogether: every release of it, whatever its status, and originals nobody else needs."""

    def change(connection: Connection) -> ReleaseRow:
        row = _pick(connection, system, version, ("active", "held", "rolled-back", "replaced"))
        gone = [other for other in catalog.releases(connection, row.system) if other.version == row.version]
        check_unused(connection, gone)
        for other in gone:
            if other.status == "active":
                activation.take_out(connection, other)
            catalog.delete_release(connection, other.id)
        return row

    row = _apply(home, "removed", change, actor, progress)
    with _opened(home) as database, database.write() as connection:
        Originals(home / "originals").sweep(catalog.kept_files(connection))
    return row


def reindex(home: Path, system: str | None, progress: Progress = silent) -> int:
    """Build search indexes anew, and damaged arrays of SNOMED CT, of one code system or all; the revision."""
    with _opened(home) as database:
        with database.write() as connection:
            names = [s.short for s in catalog.systems(connection) if s.versions]
            if system is not None:
                names = [_short(connection, system)]
            for each in catalog.systems(connection):
                if each.short in names and editions.is_edition(each):
                    artefactbuilding.forget_damaged(connection, home, each)
            revision = ingest.finish(connection, home, names, progress, 0, len(names), whole=True)
            kept = [path for _, _, _, path in catalog.artefacts(connection)]
        indexing.sweep(home, kept, revision)
    return revision


def rebuild(home: Path, actor: str = "cli", progress: Progress = silent) -> int:
    """Make the store anew from the kept originals, for a store of an older schema; the number of releases read.

    The old store stays in place until the new one is complete, and nothing is loaded into it meanwhile. Who reads it
    sees the new one from one moment to the next, as with any load.
    """
    old = Database(home / FILE_NAME, older=True)
    old.connection()
    new_path = home / f"{FILE_NAME}.new"
    _delete(home, f"{FILE_NAME}.new*")
    try:
        new = Database.create(new_path)
        try:
            with old.write() as source, new.write() as target:
                count = _rebuilt(source, target, home, actor, progress)
            old.become(new)
        finally:
            new.close()
    finally:
        old.close()
        _delete(home, f"{FILE_NAME}.new*")
    return count


def _rebuilt(source: Connection, target: Connection, home: Path, actor: str, progress: Progress) -> int:
    if {"release", "file"}.intersection(sums.differing(source)):
        raise StoreError("what the store notes of its releases is damaged: restore a backup")
    originals = Originals(home / "originals")
    rows = sorted(catalog.releases(source), key=lambda row: row.id)
    numbers: dict[int, int] = {}
    catalog.set_revision(target, current_revision(source))
    for number, row in enumerate(rows):
        progress(f"reading {row.system} {row.version}", number, len(rows) * 2)
        numbers[row.id] = catalog.add_release(target, row, catalog.files(source, row.id))
        if row.status == "active":
            activation.write(target, reread(source, originals, row), numbers[row.id], partial=row.partial)
    names = [s.short for s in catalog.systems(target) if s.versions]
    revision = ingest.finish(target, home, names, progress, len(rows), len(rows) * 2)
    catalog.copy_audit(source, target, numbers)
    catalog.audit(target, "rebuilt", None, revision, actor, f"{len(rows)} releases")
    return len(rows)


def _delete(home: Path, pattern: str) -> None:
    for path in home.glob(pattern):
        path.unlink()


def _apply(home: Path, action: str, change: Change, actor: str, progress: Progress) -> ReleaseRow:
    """Run a change of one release, index what it touched, and note it in the audit log, all in one transaction."""
    with _opened(home) as database:
        try:
            with database.write() as connection:
                row = change(connection)
                touched = [] if row.states_only else [row.system]
                revision = ingest.finish(connection, home, touched, progress, 0, 1)
                catalog.audit(connection, action, row.id, revision, actor, f"{row.system} {row.version}")
                kept = [path for _, _, _, path in catalog.artefacts(connection)]
        except ReleaseError as error:
            raise Refused(str(error)) from error
        indexing.sweep(home, kept, revision)
    return row


@contextmanager
def _opened(home: Path) -> Iterator[Database]:
    database = Database(home / FILE_NAME)
    try:
        yield database
    finally:
        database.close()


def _short(connection: Connection, name: str) -> str:
    """The short id behind any of the names of a code system, map or value set."""
    kinds = (catalog.CODE_SYSTEM, catalog.CONCEPT_MAP, catalog.VALUE_SET)
    for system in (system for kind in kinds for system in catalog.systems(connection, kind)):
        if catalog.name_key(name) in map(catalog.name_key, system.names):
            return system.short
    edition = editions.default(system for system in catalog.systems(connection) if system.versions)
    if edition is not None and catalog.name_key(name) in map(catalog.name_key, editions.NAMES):
        return edition.short
    raise NotFound(f"no code system, map or value set {name!r} is loaded")


def _pick(connection: Connection, system: str, version: str | None, wanted: tuple[str, ...]) -> ReleaseRow:
    """The release of a version with one of these statuses; without version that of the one with the latest date.

    Statements without a version must be named.
    """
    rows = catalog.releases(connection, _held_short(connection, system))
    fitting = [row for row in rows if row.status in wanted and _meant(row, version)]
    if not fitting:
        have = ", ".join(f"{row.version} ({row.status})" for row in rows) or "nothing"
        which = f"{system} {version}" if version else system
        raise NotFound(f"no release of {which} that is {' or '.join(wanted)}; there is {have}")
    return max(fitting, key=lambda row: (row.effective, row.id))


def _meant(row: ReleaseRow, version: str | None) -> bool:
    return version in (row.version, row.version.rpartition("/")[2]) if version is not None else not row.states_only


def _held_short(connection: Connection, name: str) -> str:
    """As `_short`, also for a code system of which nothing was ever activated."""
    if any(row.system == name for row in catalog.releases(connection)):
        return name
    return _short(connection, name)
