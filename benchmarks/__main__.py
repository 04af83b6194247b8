"""All measurements, one after the other, on one store of real releases: python -m benchmarks"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import data


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="termservice-bench-") as folder:
        home = Path(folder) / "home"
        run("load", str(home))
        indexes = sorted(str(path) for path in (home / "index").iterdir())
        run("search", *indexes)
        run("relevance", str(home), str(data.shared() / "relevance" / "dev.jsonl"))
        run("checklist", str(home))
        run("memory", str(home))
        run("http", "--home", str(home))


def run(name: str, *arguments: str) -> None:
    """Each in a process of its own, so that none warms another up."""
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=False)


if __name__ == "__main__":
    main()
