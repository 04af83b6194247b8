"""One sync at a time: a lock that the system gives up by itself when its holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from termservice.sync.problems import Busy
from termservice.timeline import now


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock. Raises `Busy` where another process does, and says which."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(handle, 200, 0).decode("utf-8", "replace").strip()
            raise Busy(f"another sync is at work ({holder or 'just begun'})") from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} since {now()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
