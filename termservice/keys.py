"""API keys: made here, shown once, kept as digests in one file of the home folder.

A key is `ts_`, its public id, `_` and 256 random bits. Of the bits only the SHA-256 is kept. A slow hash (scrypt,
argon2) makes guessing what people think up expensive; 256 random bits cannot be guessed at any price, and a fast hash
costs a request nothing (OWASP's Password Storage Cheat Sheet is about passwords; NIST SP 800-63B, 5.1.2.2 asks for
salted slow hashes only below 112 bits).
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from termservice import timeline
from termservice.errors import NotFound, Refused, StoreError

Scope = Literal["read", "admin"]
FILE_NAME = "keys.json"
_FORM = re.compile(r"ts_([a-z2-7]{10})_([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[\w.@+-][\w .@+-]{0,79}")
_LOOK_AGAIN = 1.0
"""Seconds after which the file's time is looked at again: how long a revoked key may go on."""
_NOBODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key."""

    id: str
    name: str
    """Whose it is: stands in logs and in the audit log, where the key itself never does."""
    scope: Scope
    digest: str
    created: str
    expires: str | None = None
    """The last day on which it is good, by the calendar of Sweden."""
    revoked: str | None = None

    def good(self, day: date) -> bool:
        return self.revoked is None and (self.expires is None or day.isoformat() <= self.expires)


class Keyring:
    """Says whose a key is; follows the file, so that a key added or revoked counts within a second. For threads."""

    def __init__(
        self, home: Path, *, today: Callable[[], date] = timeline.today, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = home / FILE_NAME
        self._today = today
        self._clock = clock
        self._looked = -_LOOK_AGAIN
        self._state: tuple[int, int] | None = None
        self._keys: Mapping[str, Key] = {}

    def holder(self, presented: str) -> Key | None:
        """The key that was presented, where it is one of ours and good today. Raises `StoreError`."""
        match = _FORM.fullmatch(presented)
        if match is None:
            return None
        self._follow()
        known = self._keys.get(match[1])
        # compared also where the id is unknown, so that how long it takes does not tell which ids there are
        same = hmac.compare_digest(_digest(presented), known.digest if known else _NOBODY)
        return known if known is not None and same and known.good(self._today()) else None

    def _follow(self) -> None:
        now = self._clock()
        if now - self._looked < _LOOK_AGAIN:
            return
        self._looked = now
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._keys, self._state = {}, None
            return
        state = (found.st_mtime_ns, found.st_ino)
        if state != self._state:
            self._keys = {key.id: key for key in _read(self._path)}
            self._state = state


def add(home: Path, name: str, scope: Scope, expires: date | None = None) -> tuple[str, Key]:
    """Make a key; it, to be shown this once, and what is kept of it. Raises `Refused` where the name is in use."""
    if not _NAME.fullmatch(name):
        raise Refused(f"{name!r} is no name for a key: letters, digits, spaces and . @ + - _, at most 80")
    if expires is not None and expires < timeline.today():
        raise Refused(f"{expires} has passed: the key would never be good")
    with _changing(home) as keys:
        if any(key.name == name and key.revoked is None for key in keys):
            raise Refused(f"there is a key named {name!r}; revoke it first, or take another name")
        number = _id()
        secret = f"ts_{number}_{secrets.token_urlsafe(32)}"
        made = Key(number, name, scope, _digest(secret), timeline.now(), expires.isoformat() if expires else None)
        keys.append(made)
    return secret, made


def revoke(home: Path, named: str) -> Key:
    """Take a key out of use, by its id or its name. Raises `NotFound`."""
    with _changing(home) as keys:
        for place, key in enumerate(keys):
            if named in (key.id, key.name) and key.revoked is None:
                keys[place] = replace(key, revoked=timeline.now())
                return keys[place]
        raise NotFound(f"no key in use has the id or name {named!r}")


def listed(home: Path) -> list[Key]:
    """Every key ever made, oldest first."""
    path = home / FILE_NAME
    return _read(path) if path.exists() else []


@contextmanager
def _changing(home: Path) -> Iterator[list[Key]]:
    """The keys, written back as one file that replaces the other; one change at a time."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE_NAME
    with open(os.open(home / f"{FILE_NAME}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = listed(home)
        yield keys
        written = home / f"{FILE_NAME}.new"
        written.unlink(missing_ok=True)
        with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({"keys": [asdict(key) for key in keys]}, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():  # the server may run as another user, whom the operator gave the file
            found = path.stat()
            os.chmod(written, found.st_mode & 0o660)
            if os.geteuid() == 0:
                os.chown(written, found.st_uid, found.st_gid)
        os.replace(written, path)


def _read(path: Path) -> list[Key]:
    try:
        return [Key(**each) for each in json.loads(path.read_text("utf-8"))["keys"]]
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror or error})") from error
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{path} is damaged ({type(error).__name__}): no key can be checked") from error


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _id() -> str:
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(10))
