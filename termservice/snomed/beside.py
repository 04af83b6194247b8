"""An edition's arrays, built by another process from the release's files while this one writes its facts to the store.

Both read the whole release, and neither needs what the other makes until the facts are in: on two processors a load
takes as long as the longer of the two. Small releases are not worth a process, and one processor is not shared.
"""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from types import TracebackType

from codesystems.loader import Candidate
from codesystems.report import Report
from codesystems.snomed_rows import rows
from termservice import editions
from termservice.snomed.building import build

WORTHWHILE = 32 * 2**20
"""Bytes of the smallest release that is worth a process."""


class Beside:
    """Builds arrays one release after another, each in a process of its own. A context manager: what nobody took is
    gone afterwards, and no process goes on."""

    def __init__(self, folder: Path) -> None:
        """`folder` is its own, on the file system that the arrays are to be on; it may be there from a load that was
        interrupted."""
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Beside:
        shutil.rmtree(self._folder, ignore_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()
        self._running.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self, digest: str, candidate: Candidate) -> None:
        """Begin with a release, whose files must stay where they are until it is taken. Where another one is being
        built, that is waited for; where there is nothing to gain, and of what is no edition, nothing happens."""
        if not _worthwhile(candidate) or digest in self._running:
            return
        for process in self._running.values():
            process.wait()
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", __spec__.name, str(self._path(digest))]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        self._running[digest] = process
        with suppress(BrokenPipeError), process.stdin or BytesIO() as sink:  # one that has ended is found out later
            pickle.dump(candidate, sink)

    def take(self, digest: str) -> Path | None:
        """The folder of a release's arrays, complete, to be moved away. None where they were not built here, or could
        not be: building them again says why."""
        process = self._running.pop(digest, None)
        if process is None or process.wait() != 0:
            return None
        return self._path(digest)

    def _path(self, digest: str) -> Path:
        # of this process alone: one that was killed may have left another that still writes the same arrays
        return self._folder / f"{digest[:16]}-{os.getpid()}"


def _worthwhile(candidate: Candidate) -> bool:
    if not candidate.indexed or not editions.is_edition(candidate.codesystem):
        return False
    files = (*candidate.files, *(file for base in candidate.base for file in base.files))
    several = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return several > 1 and sum(file.local.stat().st_size for file in files) >= WORTHWHILE


if __name__ == "__main__":
    build(Path(sys.argv[1]), rows(pickle.load(sys.stdin.buffer), Report()))
