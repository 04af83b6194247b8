"""Loading: all releases into an empty store, the same again, and what each release added.

    python -m benchmarks.load [HOME]

HOME (default: a temporary folder) must not hold a store yet; it is kept, for the other measurements.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks import data
from termservice import ingest


def main(home: Path) -> None:
    times = []
    steps: list[tuple[float, str]] = []
    for _ in range(2):
        start = time.perf_counter()
        result = ingest.load(
            home, data.paths(), ingest.Options(), lambda text, *_: steps.append((time.perf_counter(), text))
        )
        times.append(time.perf_counter() - start)
        if len(times) == 1:
            first = result
    print(f"{'release':<22}{'codes':>8}{'facts':>9}{'rows added':>12}{'changed':>9}{'ratio':>7}{'s':>7}")
    for found in first.outcomes:
        name = f"{found.system} {found.version}"
        ratio = found.rows_added / max(found.facts_changed, 1)
        print(
            f"{name:<22}{found.concepts:>8}{found.facts:>9}{found.rows_added:>12}{found.facts_changed:>9}"
            f"{ratio:>7.2f}{found.seconds:>7.2f}  {found.message or ''}"
        )
    began = next((at for at, text in steps if text.startswith("indexing")), steps[-1][0])
    print(f"load {times[0]:.1f} s, of that indexing {steps[-1][0] - began:.1f} s")
    print(f"the same again {times[1]:.2f} s: {times[1] / times[0]:.1%} of the first time")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="termservice-bench-") as folder:
            main(Path(folder))
