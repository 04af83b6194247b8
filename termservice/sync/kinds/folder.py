"""A folder that is watched: every file and folder directly in it is a delivery, once nobody writes to it any more."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from codesystems.files import file_digest
from termservice import space
from termservice.sync.downloads import Fetched, Seen, Validators, folder_digest
from termservice.sync.problems import Failure, Waiting
from termservice.sync.source import Offer, Source, Tools
from termservice.sync.tables import Table

UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download", ".swp")
"""What programs that copy call a file until it is whole."""

Listing = list[tuple[str, int, int]]
"""(path, size, time of the last change in nanoseconds)"""


@dataclass(frozen=True, slots=True)
class FolderSource(Source):
    kind = "folder"

    folder: Path
    settle: int
    """Seconds without a change after which a delivery is taken to be whole."""
    max_size: int

    @classmethod
    def read(cls, table: Table) -> Self:
        return cls(table.path("path"), table.duration("settle", "60s"), table.size("max_size", "8 GB"))

    def offers(self, tools: Tools) -> Sequence[Offer]:
        """Raises `Failure` where the folder is not there: a share that is not mounted is not an empty one."""
        if not self.folder.is_dir():
            raise Failure(f"{self.folder} is not there, or not a folder")
        found = []
        for path in sorted(self.folder.iterdir()):
            if path.name.startswith(".") or path.name.lower().endswith(UNFINISHED):
                continue
            listing = _listing(path)
            if listing:
                day = datetime.fromtimestamp(max(changed for _, _, changed in listing) / 1e9, UTC).date()
                found.append(Offer(path.name, path.name, _mark(listing), published=day))
        return found

    def fetch(self, offer: Offer, folder: Path, have: Validators, tools: Tools, seen: Seen) -> Fetched | None:
        """Copy it, so that what is loaded cannot change meanwhile."""
        path = self.folder / offer.key
        before = _listing(path)
        size = sum(size for _, size, _ in before)
        if size > self.max_size:
            raise Failure(f"{path} is {size} bytes, more than max_size allows ({self.max_size})")
        newest = max((changed for _, _, changed in before), default=0) / 1e9
        if tools.clock() - newest < self.settle or any(name.lower().endswith(UNFINISHED) for name, _, _ in before):
            raise Waiting(f"{path} changed less than {self.settle} s ago: looked at again in the next pass")
        target = folder / offer.name
        _clear(target)
        folder.mkdir(parents=True, exist_ok=True)
        space.require(folder, size)
        digests = {}
        done = 0
        for name, bytes_, _ in before:
            copy = target / name if name else target
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path / name if name else path, copy)
            digests[name] = file_digest(copy)
            done += bytes_
            seen(done, size)
        if _listing(path) != before:
            raise Waiting(f"{path} changed while it was copied: looked at again in the next pass")
        return Fetched(target, digests.get("") or folder_digest(digests), Validators())


def _listing(path: Path) -> Listing:
    """The files at a path, which may go away while they are looked at. A file's own change counts, and that of its
    entry, which programs that keep times cannot set. Links are not followed: whoever may write here need not be one
    who may read everywhere."""
    return sorted(_files(path))


def _files(path: Path) -> Iterator[tuple[str, int, int]]:
    names = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    for each in names if not path.is_symlink() else ():
        if each.is_symlink():
            continue
        try:
            found = os.stat(each)
        except FileNotFoundError:
            continue
        inside = "" if each == path else each.relative_to(path).as_posix()
        yield inside, found.st_size, max(found.st_mtime_ns, found.st_ctime_ns)


def _mark(listing: Listing) -> str:
    return hashlib.sha256(repr(listing).encode()).hexdigest()


def _clear(target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


SOURCE = FolderSource
