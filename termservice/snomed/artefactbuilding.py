"""Building the arrays of an edition's versions, as files of the store (`artefacts`)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from codesystems.report import ReleaseError, Report
from codesystems.snomed_rows import rows
from index import arrays
from termservice import checksums
from termservice.bases import Bases
from termservice.errors import StoreError
from termservice.indexing import EDITIONS
from termservice.searching import KIND
from termservice.snomed.arrays import ArraysError, Edition
from termservice.snomed.artefacts import ARRAYS, kind
from termservice.snomed.beside import Beside
from termservice.snomed.building import build as build_arrays
from termservice.snomed.numbers import Numbers
from termservice.snomed.numbers import save as save_numbers
from termservice.store import Connection, catalog, read
from termservice.store.catalog import System
from termservice.timeline import Version

Progress = Callable[[str, int, int], None]


def build_missing(
    connection: Connection,
    home: Path,
    system: System,
    revision: int,
    progress: Progress,
    bases: Bases,
    beside: Beside | None = None,
) -> None:
    """Write the arrays of every version of an edition that has none of its present content, from the kept originals, or
    take those that were built `beside`; forget those of versions that are gone.

    Raises `ReleaseError` or `StoreError` where an original cannot be read, or no edition can be built from it."""
    catalog.keep_artefacts(connection, system.id, {KIND, *map(kind, system.versions)})
    for version in system.versions:
        found = read.artefact(connection, system.id, kind(version))
        if found is not None and found[0] >= version.revision and _sound(home / found[1]):
            continue
        row = catalog.active_release(connection, system.short, version.version)
        if row is None:
            raise StoreError(f"{system.short} {version.version} has no release")
        progress(f"building {system.short} {version.short}", 0, 0)
        name = f"{EDITIONS}/{system.short}-{version.short}-{revision}"
        with _writing(home / name) as partial:
            _write_arrays(partial / ARRAYS, version, row, bases, beside)
            save_numbers(partial, Edition(partial / ARRAYS).ids, read.all_codes(connection, system.id))
        catalog.set_artefact(connection, system.id, kind(version), revision, name)


def forget_damaged(connection: Connection, home: Path, system: System) -> None:
    """Forget arrays of an edition that are not what they were when they were built, so that they are built again."""
    built = [(found, path) for short, found, _, path in catalog.artefacts(connection) if short == system.short]
    catalog.keep_artefacts(connection, system.id, [found for found, path in built if checksums.whole(home / path)])


@contextmanager
def _writing(folder: Path) -> Iterator[Path]:
    """A folder that gets its name when all of it is there and on the disk."""
    partial = folder.with_name(f"{folder.name}.partial")
    for left in (folder, partial):  # of a load that did not finish
        shutil.rmtree(left, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        checksums.write(partial)
        arrays.sync(partial)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _write_arrays(folder: Path, version: Version, row: catalog.ReleaseRow, bases: Bases, beside: Beside | None) -> None:
    built = beside.take(row.digest) if beside else None
    if built is not None:
        built.rename(folder)
        return
    try:
        build_arrays(folder, rows(bases.again(row), Report()))
    except ArraysError as error:
        raise ReleaseError(f"{version.version}: {error}") from error


def _sound(folder: Path) -> bool:
    try:
        Edition(folder / ARRAYS), Numbers(folder)
    except (ArraysError, OSError, ValueError):
        return False
    return True
