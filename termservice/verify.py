"""Store, indexes and kept originals checked against each other; says what is wrong, mends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from codesystems.codes import code_key
from codesystems.maps import MapContent
from codesystems.model import StatedContent
from codesystems.report import ReleaseError
from codesystems.valuesets import ValueSetContent
from index.engine import SearchRequest
from termservice import checksums, lifecycle
from termservice.errors import StoreError, TermserviceError
from termservice.ingest import Progress, silent
from termservice.originals import Originals
from termservice.searching import Indexes
from termservice.store import Connection, DatabaseError, catalog, compare, health, maps, read, sums, valuesets
from termservice.store.catalog import ReleaseRow, System
from termservice.store.database import FILE_NAME, Database

SAMPLE = 50
"""Codes of each version that are looked for in the search index."""


def verify(home: Path, *, quick: bool = False, progress: Progress = silent) -> list[str]:
    """Everything found wrong, a line each; empty where all is well.

    `quick` leaves out reading every release again. Raises `StoreError` where the store cannot be opened at all.
    """
    database = Database(home / FILE_NAME)
    try:
        database.unmapped()
        with database.read() as connection:
            return list(_all(connection, home, quick, progress))
    finally:
        database.close()


def _all(connection: Connection, home: Path, quick: bool, progress: Progress) -> Iterator[str]:
    try:
        yield from health.problems(connection)
        yield from (f"store: the rows of {table} are not what was written" for table in sums.differing(connection))
        yield from _originals(connection, Originals(home / "originals"))
        yield from checksums.damaged(connection, home)
        systems = catalog.systems(connection)
        for number, system in enumerate(systems):
            progress(f"checking {system.short}", number, len(systems))
            if system.versions:  # else there are only statements of it, or nothing that counts
                yield from _index(connection, home, system)
            if not quick:
                yield from _content(connection, home, system)
        for kind in (catalog.CONCEPT_MAP, catalog.VALUE_SET) if not quick else ():
            for other in catalog.systems(connection, kind):
                progress(f"checking {other.short}", len(systems), len(systems))
                yield from _content(connection, home, other)
    except (DatabaseError, TermserviceError) as error:  # what was found before it still counts
        yield f"store: {error}"
    except Exception as error:  # damage comes out as anything
        yield f"store: cannot be read on ({error!r})"


def _originals(connection: Connection, originals: Originals) -> Iterator[str]:
    for row in catalog.releases(connection):
        for path, sha256, _ in catalog.files(connection, row.id):
            wrong = originals.damaged(sha256)
            if wrong:
                yield f"original {path} of {row.system} {row.version} is {wrong}"


def _index(connection: Connection, home: Path, system: System) -> Iterator[str]:
    """A sample of each version's codes must be found by the index."""
    indexes = Indexes(home)
    try:
        with checksums.told(connection, home):
            index = indexes.of(connection, system.id)
            for version in system.versions:
                cids = read.code_page(connection, system.id, version.pos, None, 100_000)
                step = max(1, len(cids) // SAMPLE)
                for found in read.summaries(connection, cids[::step], version.pos):
                    key = code_key(found.code, system.code_rule)
                    request = SearchRequest(found.code, version.pos, key, limit=50)
                    if found.cid not in {hit.number for hit in index.search(request).hits}:
                        yield f"search index of {system.short} does not find {found.code} of {version.version}"
                        break
    except (StoreError, OSError) as error:
        yield f"search index of {system.short}: {error}"
    finally:
        indexes.close()


def _content(connection: Connection, home: Path, system: System) -> Iterator[str]:
    """Of a code system, map or value set: each release's facts and statements must be those of its originals."""
    for row in catalog.releases(connection, system.short):
        if row.status == "active":
            yield from _release(connection, home, row)


def _release(connection: Connection, home: Path, row: ReleaseRow) -> Iterator[str]:
    """Of one release; what is read of it is gone afterwards."""
    try:
        content = lifecycle.reread(connection, Originals(home / "originals"), row)
    except (ReleaseError, TermserviceError) as error:
        yield f"{row.system} {row.version} cannot be read again: {error}"
        return
    if differing := compare.differing_statements(connection, row.id, content.stated):
        count, example = differing.total(), min(differing, key=repr)
        yield f"{row.system} {row.version}: {count} statements differ from the originals, such as {example}"
    if isinstance(content, StatedContent):
        return
    active = catalog.active_at(connection, row.system, row.version)
    if active is None or content.effective != date.fromisoformat(row.effective):
        yield f"{row.system} {row.version} is marked active but is not in the intervals"
        return
    wrong: Iterable[tuple[object, ...]]
    if isinstance(content, MapContent):
        wrong = maps.differing(connection, active[0], active[1], content)
    elif isinstance(content, ValueSetContent):
        wrong = valuesets.differing(connection, active[0], active[1], content)
    else:
        wrong = compare.differing(connection, active[0], active[1], content)
    count, first = 0, ""
    for fact in wrong:
        count, first = count + 1, min(first or repr(fact), repr(fact))
    if count:
        yield f"{row.system} {row.version}: {count} facts differ from the originals, such as {first}"
