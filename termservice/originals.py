"""Publishers' files kept as they came, by sha256, under the home folder.

Everything in the store can be made again from them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from codesystems.files import file_digest
from termservice.errors import StoreError

CHUNK = 1 << 20

INCOMING = ".incoming"
"""The file being written. There is one writer at a time, so one name does, and what a killed load left in it is
written over by the next."""


class Originals:
    """A folder of files named by their sha256. Writing is atomic, and for who holds the store's lock; the same content
    is kept once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def keep(self, source: Path) -> tuple[str, int]:
        """Copy a file in; (sha256, bytes)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        size = 0
        incoming = self.folder / INCOMING
        try:
            with incoming.open("wb") as sink, source.open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    sink.write(chunk)
                sink.flush()
                os.fsync(sink.fileno())
            target = self.path(digest.hexdigest())
            target.parent.mkdir(exist_ok=True)
            os.replace(incoming, target)
        except BaseException:
            incoming.unlink(missing_ok=True)
            raise
        return digest.hexdigest(), size

    def lay_out(self, files: Iterable[tuple[str, str]], folder: Path) -> None:
        """Put (path, sha256) files into `folder` under their own paths, to be read by a loader again.

        Raises `StoreError` where one is missing.
        """
        for path, sha256 in files:
            source = self.path(sha256)
            if not source.exists():
                raise StoreError(f"the original of {path} ({sha256[:12]}…) is missing from {self.folder}")
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, target)
            except OSError:
                shutil.copyfile(source, target)

    def damaged(self, sha256: str) -> str | None:
        """What is wrong with a kept file: missing or changed; None where it is whole."""
        path = self.path(sha256)
        if not path.exists():
            return "missing"
        return None if file_digest(path) == sha256 else "changed"

    def sweep(self, wanted: set[str]) -> int:
        """Delete what nobody needs any more; how many files."""
        gone = 0
        for path in self.folder.glob("??/*"):
            if path.name not in wanted:
                path.unlink()
                gone += 1
        return gone
