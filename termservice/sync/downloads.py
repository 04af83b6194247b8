"""One file from a server to disk: only if it is new, taken up where it broke off, whole and as announced."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from urllib3 import BaseHTTPResponse

from codesystems.files import file_digest
from termservice import space
from termservice.sync.credentials import shown
from termservice.sync.problems import Failure
from termservice.sync.web import Passing, Target, Web, length

NOT_MODIFIED, PARTIAL, BEYOND = 304, 206, 416
_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]+)/([0-9]+|\*)")

Seen = Callable[[int, int], None]
"""Told of the bytes that are here, and of how many there will be (0 where that is not known)."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server says by which it knows a content again (RFC 9110, section 8.8)."""

    etag: str = ""
    last_modified: str = ""

    @classmethod
    def of(cls, response: BaseHTTPResponse) -> Validators:
        return cls(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))

    def unless_same(self) -> dict[str, str]:
        """Headers that ask for the content only where it is another."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}

    def rest_from(self, start: int) -> dict[str, str]:
        """Headers that ask for the rest, if it is still the same content; none where that cannot be asked."""
        same = self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified
        return {"Range": f"bytes={start}-", "If-Range": same} if same and start else {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be fetched, and what is known of it."""

    target: Target
    max_size: int
    sha256: str = ""
    size: int | None = None
    have: Validators = Validators()
    """Of the content that was taken before."""


@dataclass(frozen=True, slots=True)
class Fetched:
    path: Path
    sha256: str
    validators: Validators


def download(web: Web, wanted: Wanted, path: Path, seen: Seen) -> Fetched | None:
    """Fetch to `path`; None where the server says that it is what was taken before.

    What is not whole stays beside it as `.part` and is taken up the next time, also by another process. Raises
    `Failure`.
    """
    part, notes = path.with_name(path.name + ".part"), path.with_name(path.name + ".part.json")
    if wanted.size is not None and wanted.size > wanted.max_size:
        raise Failure(f"{shown(wanted.target.url)} is {wanted.size} bytes, more than max_size ({wanted.max_size})")
    path.parent.mkdir(parents=True, exist_ok=True)
    validators = web.tried(lambda: _attempt(web, wanted, part, notes, seen), wanted.target)
    if validators is None:
        return None
    digest = file_digest(part)
    _check(wanted, part, digest)
    os.replace(part, path)
    notes.unlink(missing_ok=True)
    return Fetched(path, digest, validators)


def folder_digest(digests: Mapping[str, str]) -> str:
    """One sha256 for several files, from the sha256 of each by its path."""
    return hashlib.sha256(
        "".join(f"{name}\0{digest}\n" for name, digest in sorted(digests.items())).encode()
    ).hexdigest()


def _attempt(web: Web, wanted: Wanted, part: Path, notes: Path, seen: Seen) -> Validators | None:
    """Fetch what is missing. None where nothing is new."""
    before = _noted(notes, wanted.target)
    had = part.stat().st_size if before and part.exists() else 0
    asking = before.rest_from(had) if before else {}
    headers = asking or wanted.have.unless_same()
    with web.answer(wanted.target, {"Accept": "*/*", **headers}, also=(NOT_MODIFIED, BEYOND)) as response:
        if response.status == NOT_MODIFIED:
            if wanted.have.unless_same():
                return None
            raise Failure(f"{shown(wanted.target.url)} answers 304 though nothing was taken before")
        had = _continued(response, had, part)
        validators = Validators.of(response)
        if not had:
            notes.write_text(json.dumps({"url": _digest(wanted.target.url), **asdict(validators)}))
        declared = length(response)
        total = wanted.size or 0 if declared is None else had + declared
        space.require(part.parent, total - had)
        with part.open("ab" if had else "wb") as sink:
            for chunk in web.body(response, wanted.target, wanted.max_size, had):
                sink.write(chunk)
                had += len(chunk)
                seen(had, total)
            sink.flush()
            os.fsync(sink.fileno())
    return validators


def _continued(response: BaseHTTPResponse, had: int, part: Path) -> int:
    """How much of what is here the answer goes on from."""
    if response.status == BEYOND:  # what is here is no beginning of what there is
        part.unlink(missing_ok=True)
        raise Passing("the rest of a file cannot be had: from the beginning")
    if response.status != PARTIAL:
        return 0
    match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if not match or int(match[1]) != had:
        part.unlink(missing_ok=True)
        raise Passing("another part of the file was sent than asked for: from the beginning")
    return had


def _check(wanted: Wanted, part: Path, digest: str) -> None:
    """Raises `Failure` where a file is not what was announced; it is then fetched anew."""
    size, name = part.stat().st_size, shown(wanted.target.url)
    problem = None
    if wanted.sha256 and digest != wanted.sha256.lower():
        problem = f"{name} has sha256 {digest}, but {wanted.sha256.lower()} was announced"
    elif wanted.size is not None and size != wanted.size:
        problem = f"{name} is {size} bytes, but {wanted.size} were announced"
    elif not size:
        problem = f"{name} is empty"
    if problem:
        part.unlink()
        raise Failure(problem)


def _noted(notes: Path, target: Target) -> Validators | None:
    """What was noted of a beginning that is here; None where there is none, or of something else."""
    try:
        found = json.loads(notes.read_text())
        return Validators(found["etag"], found["last_modified"]) if found["url"] == _digest(target.url) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest(url: str) -> str:
    """A URL known again without being kept: it may hold a secret."""
    return hashlib.sha256(url.encode()).hexdigest()
