"""SNOMED CT at full size: a synthetic edition loaded, its next release loaded, served and asked.

    python -m benchmarks.snomed [--packages FOLDER] [--concepts 370000] [--home FOLDER]

FOLDER holds the packages of two releases, as `benchmarks.synthetic_rf2` makes them; else they are made. Each load
and the server are processes of their own. Every figure stands beside its target, which is for 370 000 concepts on two
processors; the exit code is 1 where one is missed. A home that has a store already is asked without loading.
"""

from __future__ import annotations

import argparse
import compileall
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from benchmarks import processes
from benchmarks.rf2.hierarchy import Plan
from benchmarks.snomed_answers import EXPRESSIONS, SYSTEM, Figure, Sample, answers, sampled
from benchmarks.synthetic_rf2 import generate
from termservice.store.database import FILE_NAME

CONCEPTS = 370_000
_MB = 1e6
_ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="termservice-bench-") as scratch:
        home = options.home or Path(scratch) / "home"
        figures = []
        if not (home / FILE_NAME).exists():
            packages = options.packages or _made(Path(scratch) / "packages", options.concepts)
            figures += _told(loads(home, packages))
        figures += _told(sizes(home))
        figures += _told(served(home, sampled(home)))
        figures += _told(answers(home))
    missed = [figure for figure in figures if not figure.met]
    print(f"{len(figures) - len(missed)} of {len(figures)} within their targets")
    return 1 if missed else 0


def loads(home: Path, packages: Path) -> Iterator[Figure]:
    """Load the Snapshots of a folder of packages, oldest first, each in a process of its own."""
    snapshots = sorted(packages.glob("*/Snapshot"), key=lambda folder: folder.parent.name)
    if not snapshots:
        raise SystemExit(f"{packages} holds no package with a Snapshot")
    for number, snapshot in enumerate(snapshots):
        taken = processes.run([*_program(home), "load", str(snapshot)])
        if taken.status:
            raise SystemExit(f"loading {snapshot} ended with {taken.status}")
        name = "import" if number == 0 else f"release {number + 1}"
        yield Figure(name, taken.seconds, "s", 60 if number else 180)
        yield Figure(f"{name}, processor time", taken.processor, "s")
        yield Figure(f"{name}, peak of all processes", taken.peak, "MB", 2048)


def sizes(home: Path) -> Iterator[Figure]:
    yield Figure("store", (home / FILE_NAME).stat().st_size / _MB, "MB", 1500)
    for folder in ("index", "editions", "originals"):
        files = (path for path in (home / folder).rglob("*") if path.is_file())
        yield Figure(folder, sum(path.stat().st_size for path in files) / _MB, "MB")


def served(home: Path, sample: Sample) -> Iterator[Figure]:
    """Of one worker: when it can answer, and what it holds after look-ups, searches and expressions."""
    for package in ("codesystems", "index", "termservice"):
        compileall.compile_dir(_ROOT / package, quiet=1)  # an installed program is compiled
    with _serving(home) as (process, address):
        start = time.perf_counter()
        while not _ready(address):
            if process.poll() is not None or time.perf_counter() - start > 60:
                raise SystemExit("the server did not start")
            time.sleep(0.02)
        yield Figure("server ready", time.perf_counter() - start, "s", 2)
        system = f"{address}/api/v1/codesystems/{SYSTEM}"
        for code in sample.codes:
            _get(f"{system}/concepts/{code}")
        for text in sample.texts:
            _get(f"{address}/api/v1/search?system={SYSTEM}&q={quote(text[:12])}")
        for _, expression in EXPRESSIONS:
            _get(f"{system}/ecl?limit=20&expression={quote(expression)}")
        own = max(map(processes.own_memory, processes.tree(process.pid)))
        yield Figure("serving process, memory of its own", own, "MB", 400)


@contextmanager
def _serving(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [*_program(home), "serve", "--port", port, "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _ready(address: str) -> bool:
    with suppress(OSError):
        return _get(f"{address}/readyz") is not None
    return False


def _get(address: str) -> object:
    with urllib.request.urlopen(address) as response:
        return json.load(response)


def _program(home: Path) -> list[str]:
    return [shutil.which("termservice", path=str(Path(sys.executable).parent)) or "termservice", "--home", str(home)]


def _made(folder: Path, concepts: int) -> Path:
    made = generate(folder, Plan(concepts, 1, 2))
    active = ", ".join(f"{release.version} {release.concepts:,}" for release in made.releases)
    print(f"made an edition of {active} concepts", flush=True)
    return folder


def _told(figures: Iterator[Figure]) -> list[Figure]:
    found = []
    for figure in figures:
        print(figure, flush=True)
        found.append(figure)
    return found


def _options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, help="a folder of packages with Snapshots (default: they are made)")
    parser.add_argument("--concepts", type=int, default=CONCEPTS, help=f"of what is made (default: {CONCEPTS})")
    parser.add_argument("--home", type=Path, help="where it is loaded, to be kept (default: a temporary folder)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
