"""All measurements, one after the other, on one store of real releases: python -m benchmarks [--full-size]

With `--full-size` also those over a made-up edition of SNOMED CT of the real one's size, which take some minutes more.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import data
from termservice import ingest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full-size", action="store_true", help="a whole edition of SNOMED CT too")
    full_size = parser.parse_args().full_size
    with tempfile.TemporaryDirectory(prefix="termservice-bench-") as folder:
        home = Path(folder) / "home"
        run("load", str(home))
        indexes = sorted(str(path) for path in (home / "index").iterdir())
        run("search", *indexes)
        run("relevance", str(home), str(data.shared() / "relevance" / "dev.jsonl"))
        run("checklist", str(home))
        run("recode")
        run("bulk")
        run("memory", str(home))
        run("page", "--home", str(home))
        ingest.load(home, data.paths(data.MAPS), ingest.Options())  # last: what is above is measured without them
        run("http", "--home", str(home))
        run("http", "--home", str(home), "--paths", "15000")
    if full_size:
        run("search_scale")
        run("snomed")


def run(name: str, *arguments: str) -> None:
    """Each in a process of its own, so that none warms another up."""
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=False)


if __name__ == "__main__":
    main()
