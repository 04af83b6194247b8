"""What the files of a folder were when it was built: sums of their bytes, kept in the folder itself.

Files that are memory-mapped or read by other libraries do not notice a changed byte; whoever checks the folder does.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codesystems.files import file_digest
from termservice.errors import StoreError
from termservice.store import Connection, catalog

FILE = "checksums.json"
ODD = (
    ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, TypeError, ValueError, struct.error,
)  # fmt: skip
"""What comes of a changed byte where nobody expects one."""


def write(folder: Path) -> None:
    """Keep the sums of all that is in `folder` now; on the disk when this returns."""
    with open(folder / FILE, "w", encoding="utf-8") as out:
        json.dump({name: file_digest(folder / name) for name in _names(folder)}, out)
        out.flush()
        os.fsync(out.fileno())


def differing(folder: Path) -> Iterator[str]:
    """Each file that is not what it was, and how. Raises `StoreError` where the folder does not say what it was."""
    try:
        known = dict(json.loads((folder / FILE).read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise StoreError(f"{folder.name} has no readable checksums ({error}): run 'termservice reindex'") from None
    present = _names(folder)
    for name in sorted(known.keys() | present):
        if name not in known:
            yield f"{name} was added"
        elif name not in present:
            yield f"{name} is missing"
        elif file_digest(folder / name) != known[name]:
            yield f"{name} is changed"


def whole(folder: Path) -> bool:
    """Whether all files are what they were."""
    try:
        return not any(True for _ in differing(folder))
    except (StoreError, OSError):
        return False


def damaged(connection: Connection, home: Path) -> Iterator[str]:
    """What is wrong with the folders built from the store's facts, a line each."""
    for system, _, _, path in catalog.artefacts(connection):
        try:
            for line in differing(home / path):
                yield f"{path}/{line}: run 'termservice reindex {system}'"
        except (StoreError, OSError) as error:
            yield f"{path}: {error}"


@contextmanager
def told(connection: Connection, home: Path) -> Iterator[None]:
    """Damage stays unseen until something odd comes of it: whatever fails inside is `StoreError` where a folder is
    damaged, and as it was where none is."""
    try:
        yield
    except ODD as error:
        if (wrong := next(damaged(connection, home), None)) is not None:
            raise StoreError(wrong) from error
        raise


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {FILE}
