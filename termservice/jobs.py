"""Changes of the store that are begun over the network: each in a process of its own, with its state in a file.

An activation may index for minutes. A worker that did it would answer nobody meanwhile, and a client that waited would
give up; so it is begun, and asked after. One at a time: the process holds a lock for as long as it lives, so that one
that ended without a word is noticed.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from codesystems.report import ReleaseError
from termservice import audit, config, lifecycle, logs, timeline
from termservice.errors import NotFound, Refused, TermserviceError

FOLDER = "jobs"
_LOCK = "lock"
_KEPT = 100
"""How many states are kept."""
_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    action: str
    system: str | None
    version: str | None
    actor: str
    status: str
    """running, done or failed."""
    started: str
    ended: str | None = None
    message: str | None = None


def _activate(home: Path, job: Job) -> str:
    row = lifecycle.activate(home, job.system or "", job.version, job.actor)
    return f"{row.system} {row.version} is active, in force from {row.effective}"


def _rollback(home: Path, job: Job) -> str:
    row = lifecycle.rollback(home, job.system or "", job.version, job.actor)
    return f"{row.system} {row.version} is rolled back"


def _reindex(home: Path, job: Job) -> str:
    number = lifecycle.reindex(home, job.system)
    audit.note(home, "indexed", job.system or "all", job.actor)
    return f"indexed; revision {number}"


ACTIONS: dict[str, Callable[[Path, Job], str]] = {"activate": _activate, "rollback": _rollback, "reindex": _reindex}


def start(home: Path, action: str, system: str | None, version: str | None, actor: str) -> Job:
    """Begin one of `ACTIONS`. Raises `Refused` while another is at work."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / _LOCK, "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("another change is at work; begin this one when that has ended") from None
        now = timeline.now()
        number = f"{re.sub('[^0-9T]', '', now[:19])}-{secrets.token_hex(4)}"
        job = Job(number, action, system, version, actor, "running", now)
        _sweep(folder)
        _write(folder, job)
        command = [sys.executable, "-m", "termservice.jobs", str(home.resolve()), number]
        # the lock goes with the open file, which the process inherits: it is let go when that ends, however it ends
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, pass_fds=[lock.fileno()], start_new_session=True, close_fds=True
        )
    threading.Thread(target=process.wait, daemon=True).start()  # or it would stay behind as a zombie
    return job


def job(home: Path, number: str) -> Job:
    """The state of one. Raises `NotFound`."""
    path = home / FOLDER / f"{number}.json"
    if not _ID.fullmatch(number) or not path.exists():
        raise NotFound(f"there is no job {number!r}")
    return _looked_after(home / FOLDER, _read(path))


def jobs(home: Path) -> list[Job]:
    """The latest, newest first."""
    folder = home / FOLDER
    return [_looked_after(folder, _read(path)) for path in _states(folder)]


def run(home: Path, number: str) -> None:
    """Do what was begun, in the process that was started for it, and leave its outcome."""
    folder = home / FOLDER
    begun = _read(folder / f"{number}.json")
    try:
        status, message = "done", ACTIONS[begun.action](home, begun)
    except (TermserviceError, ReleaseError, OSError) as error:
        status, message = "failed", str(error)
        told = " ".join(filter(None, (begun.system, begun.version)))
        audit.note(home, f"{begun.action} failed", f"{told}: {error}", begun.actor)
    _write(folder, replace(begun, status=status, message=message, ended=timeline.now()))


def _looked_after(folder: Path, found: Job) -> Job:
    """The state, told as failed where nobody is at work on it any more."""
    if found.status != "running":
        return found
    with open(folder / _LOCK, "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return found
    again = _read(folder / f"{found.id}.json")  # it may have ended between the two looks
    return again if again.status != "running" else replace(again, status="failed", message="ended without a word")


def _states(folder: Path) -> list[Path]:
    return sorted((path for path in folder.glob("*.json") if _ID.fullmatch(path.stem)), reverse=True)


def _sweep(folder: Path) -> None:
    for path in _states(folder)[_KEPT - 1 :]:
        path.unlink()


def _read(path: Path) -> Job:
    return Job(**json.loads(path.read_text("utf-8")))


def _write(folder: Path, state: Job) -> None:
    path = folder / f"{state.id}.json"
    written = path.with_suffix(".new")
    written.write_text(json.dumps(asdict(state), ensure_ascii=False), "utf-8")
    os.replace(written, path)


if __name__ == "__main__":
    logs.configure(config.read().log.format)
    run(Path(sys.argv[1]), sys.argv[2])
