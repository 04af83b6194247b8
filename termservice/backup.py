"""The whole home folder as one file, taken while the service runs, and put back into an empty home."""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from pathlib import Path

from termservice import keys, lifecycle
from termservice.errors import Refused, StoreError
from termservice.ingest import Progress, silent
from termservice.originals import Originals
from termservice.scratch import scratch_file, scratch_folder
from termservice.store import catalog
from termservice.store.database import FILE_NAME, Database, check_file

MANIFEST = "termservice-backup"
SCRATCH, RESTORING = ".backup-", ".restore-"
"""What the folders and files that are worked in begin with."""
ORIGINAL = re.compile(r"originals/[0-9a-f]{2}/[0-9a-f]{64}")


def backup(home: Path, target: Path) -> int:
    """Write store, originals and API keys (not the indexes, which are built from the store) into the zip `target`; its
    size.

    The file appears under its name only when it is complete, and only its owner may read it. Raises `StoreError` where
    an original is missing.
    """
    database = Database(home / FILE_NAME)
    try:
        database.connection()
        with scratch_file(target.resolve().parent, SCRATCH) as unfinished, scratch_folder(home, SCRATCH) as folder:
            copy = folder / FILE_NAME
            database.copy_to(copy)
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                archive.writestr(MANIFEST, "1\n")
                archive.write(copy, FILE_NAME)
                if keys.listed(home):
                    archive.write(home / keys.FILE_NAME, keys.FILE_NAME)
                for sha256 in _wanted(copy):
                    path = home / "originals" / sha256[:2] / sha256
                    if not path.exists():
                        raise StoreError(f"original {sha256[:12]}… is missing; run 'termservice verify'")
                    archive.write(path, f"originals/{sha256[:2]}/{sha256}")
            os.replace(unfinished, target)
    finally:
        database.close()
    return target.stat().st_size


def restore(home: Path, source: Path, progress: Progress = silent) -> int:
    """Put a backup into `home`, which holds no store yet, and build its indexes; the revision.

    Raises `Refused` where there is a store or a file of keys already, or where `source` is no whole backup.
    """
    for what, name in (("store", FILE_NAME), ("file of API keys", keys.FILE_NAME)):
        if (home / name).exists():
            raise Refused(f"there is a {what} at {home} already: restore into an empty folder")
    home.mkdir(parents=True, exist_ok=True)
    with scratch_folder(home, RESTORING) as scratch:
        try:
            _unpack(source, scratch)
            for sha256 in _wanted(scratch / FILE_NAME):
                if Originals(scratch / "originals").damaged(sha256):
                    raise StoreError(f"original {sha256[:12]}… is missing or changed")
            keys.listed(scratch)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, StoreError) as error:
            raise Refused(f"{source} is no whole backup: {error}") from error
        for path in sorted((scratch / "originals").glob("??/*")):
            target = home / path.relative_to(scratch)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)
        if (scratch / keys.FILE_NAME).exists():
            (scratch / keys.FILE_NAME).chmod(0o600)
            os.replace(scratch / keys.FILE_NAME, home / keys.FILE_NAME)
        os.replace(scratch / FILE_NAME, home / FILE_NAME)
    return lifecycle.reindex(home, None, progress)


def _wanted(store: Path) -> list[str]:
    """sha256 of every original that the releases in a store need. Raises `StoreError` where it is not a sound one."""
    check_file(store)
    database = Database(store)
    try:
        with database.read() as connection:
            return sorted(catalog.kept_files(connection))
    finally:
        database.close()


def _unpack(source: Path, folder: Path) -> None:
    """Unpack members with the names a backup has, and no others."""
    with zipfile.ZipFile(source) as archive:
        if MANIFEST not in archive.namelist():
            raise StoreError("its contents are not those of a backup")
        for name in archive.namelist():
            if name in (FILE_NAME, keys.FILE_NAME) or ORIGINAL.fullmatch(name):
                archive.extract(name, folder)
            elif name != MANIFEST:
                raise StoreError(f"unexpected member {name[:100]!r}")
