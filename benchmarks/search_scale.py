"""Search over a terminology of the size of SNOMED CT: building, opening, memory and times of answers.

    python -m benchmarks.search_scale [--concepts 500000] [--folder FOLDER]

Made-up terms in Swedish and English (`benchmarks.bilingual`) are indexed in a process of its own, then searched in
process, active concepts only. Of the time to build, what it takes to make the terms is told apart: it is no part of it.
Answers are in milliseconds of the thread's processor time. With `--folder` the index is kept there, and one that is
there already is searched again.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.bilingual import TAGS, Terms
from benchmarks.search import LETTERS, measure, misspelt
from index.build import build_index
from index.engine import SearchRequest
from index.opening import open_index

AT = 2_030_01_01
_SAMPLED = 400
_BUILD = "--build-only"


def build(folder: Path, concepts: int) -> None:
    start = time.process_time()
    for _ in Terms().entries(concepts):
        pass
    making = time.process_time() - start
    start = time.process_time()
    build_index(folder, Terms().entries(concepts))
    took = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    built = f"{concepts:,} concepts: built in {took - making:.0f} s of processor time"
    print(f"{built} (their terms made in {making:.0f} s more), peak {peak} MB, {size / 1e6:.0f} MB on disk", flush=True)


def search(folder: Path, concepts: int) -> None:
    before = own_memory()
    start = time.perf_counter()
    index = open_index(folder)
    print(f"opened in {time.perf_counter() - start:.2f} s")

    def asker(**filters: object) -> Callable[[str], int]:
        def one(query: str) -> int:
            for lenient in (False, True):
                request = SearchRequest(query, AT, query.upper(), active=True, lenient=lenient, **filters)  # type: ignore[arg-type]
                if total := (result := index.search(request)).total:
                    list(result.hits)
                    return total
            return 0

        return one

    one = asker()
    start = time.perf_counter()
    one("x")
    print(f"first answer in {time.perf_counter() - start:.2f} s")
    measure("one letter", [*LETTERS], one)
    measure("one letter, Swedish", [*LETTERS], asker(language="sv"))
    measure("one letter, one level", [*LETTERS], asker(levels={TAGS[0]}))
    within = np.arange(concepts) % 3 == 0
    measure("one letter, a third", [*LETTERS], asker(within=within))
    every = max(concepts // _SAMPLED, 1)
    found = (e for e in Terms().entries(concepts) if e.number % every == 0 and e.states[0].active)
    sample = list(islice(found, _SAMPLED))
    for language in ("sv", "en"):
        texts = [text.value for entry in sample for text in entry.texts if text.language == language]
        random.seed(3)
        random.shuffle(texts)
        typed(language, texts[: _SAMPLED // 2], one)
    codes = [entry.code for entry in sample[:60]]
    measure("codes, every key", [code[:end] for code in codes for end in range(1, len(code) + 1)], one)
    print(f"memory of its own: {own_memory() - before:.0f} MB")
    index.close()


def typed(language: str, texts: list[str], one: Callable[[str], int]) -> None:
    keys = [text[:end] for text in texts for end in range(1, min(len(text), 25) + 1)]
    measure(f"type-ahead {language}, every key", keys, one)
    begun = [" ".join(word[: random.randint(1, 6)] for word in text.split()[:3]) for text in texts]
    measure(f"several prefixes {language}", begun, one)
    measure(f"whole terms {language}", texts, one)
    words = sorted({word for text in texts for word in text.split() if len(word) > 6})
    measure(f"words {language}", words, one)
    measure(f"misspelt words {language}", [misspelt(word) for word in words[:_SAMPLED]], one)
    measure(f"misspelt terms {language}", [misspelt(text) for text in texts if len(text) > 8], one)


def own_memory() -> float:
    """Megabytes that are in no file: mapped files are shared by all workers, and given back when memory is short."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--concepts", type=int, default=500_000)
    parser.add_argument("--folder", type=Path, help="where the index is kept")
    parser.add_argument(_BUILD, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build_only:
        build(options.folder, options.concepts)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "index"
        if not folder.exists():
            command = [sys.executable, "-m", "benchmarks.search_scale", _BUILD, "--folder", str(folder)]
            subprocess.run([*command, "--concepts", str(options.concepts)], check=True)
        search(folder, options.concepts)


if __name__ == "__main__":
    main()
