"""Loads that other processes end, in processes forked from one that has everything imported already."""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from termservice import ingest, space
from termservice.errors import TermserviceError

Load = tuple[Sequence[Path], ingest.Options]
LOADED, REFUSED = 0, 3
"""How a process ends; anything else is a fault."""

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


def start(home: Path, loads: Sequence[Load]) -> multiprocessing.process.BaseProcess:
    """Begin to load into a home, one after the other."""
    return _start(home, loads, {})


def finish(
    home: Path,
    loads: Sequence[Load],
    largest: int | None = None,
    memory: int | None = None,
    processor: int | None = None,
) -> int:
    """The same to the end, with so many bytes of memory and seconds of processor time at most; how it ended."""
    limits = {resource.RLIMIT_FSIZE: largest, resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: processor}
    process = _start(home, loads, {what: most for what, most in limits.items() if most is not None})
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _start(home: Path, loads: Sequence[Load], limits: dict[int, int]) -> multiprocessing.process.BaseProcess:
    process = _FORKS.Process(target=_load, args=(home, loads, limits))
    process.start()
    return process


def _load(home: Path, loads: Sequence[Load], limits: dict[int, int]) -> None:
    space.SPARE_BYTES = ingest.SPACE_FACTOR = 0  # else a small disk would be refused before it is full
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))
    try:
        results = [ingest.load(home, paths, options) for paths, options in loads]
    except (TermserviceError, OSError) as error:  # what the command line makes a line of
        with suppress(OSError):  # where output goes to a file, the limit holds for that too
            print(f"refused: {error}", flush=True)
        os._exit(REFUSED)
    os._exit(REFUSED if any(result.refused for result in results) else LOADED)
