"""Files and folders for the time of one operation, also where that is killed: the next one clears what was left.

Whoever works in one holds a lock on it, which ends with its process, so that what is in use is left alone.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder in `parent`, gone afterwards. `prefix` says what it is for: others of that prefix that nobody works
    in any more are deleted."""
    with _scratch(parent, prefix, lambda: tempfile.mkdtemp(dir=parent, prefix=prefix)) as path:
        yield path


@contextmanager
def scratch_file(parent: Path, prefix: str) -> Iterator[Path]:
    """A new empty file in `parent` that only its owner may read; otherwise as `scratch_folder`. It may be renamed."""

    def make() -> str:
        handle, name = tempfile.mkstemp(dir=parent, prefix=prefix)
        os.close(handle)
        return name

    with _scratch(parent, prefix, make) as path:
        yield path


@contextmanager
def _scratch(parent: Path, prefix: str, make: Callable[[], str]) -> Iterator[Path]:
    for left in parent.glob(f"{prefix}*"):
        lock = _locked(left)
        if lock is not None:
            _delete(left)
            os.close(lock)
    path, lock = Path(make()), None
    while (lock := _locked(path)) is None:  # another one began just now, and took it for a left one
        path = Path(make())
    try:
        yield path
    finally:
        _delete(path)
        os.close(lock)


def _locked(path: Path) -> int | None:
    """The lock on what is at `path`; None where another process has it or it is gone."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), os.stat(path)):
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
