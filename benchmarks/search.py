"""How long searches take in process, over one or more search indexes.

    python -m benchmarks.search [FOLDER ...]

FOLDER is a folder that `index.build.build_index` wrote. Every query goes to all of them, as one search over many
code systems does: strictly first, and leniently where none of them found anything. Without folders an index of
made-up terms is built first. Processor time of the thread is measured, so that other work on the machine counts
little. Prints milliseconds; run it on an idle machine to compare.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

from index.build import build_index
from index.engine import Entry, SearchIndex, SearchRequest, State, Text
from index.hits import merged
from index.opening import open_index

ALWAYS = (0, 9_999_12_31_99)
LETTERS = "abcdefghijklmnopqrstuvwxyzåäö"
SYLLABLES = ["".join(pair) for pair in product("bdfghklmnprstv", "aeiouyåäö")]


def made_up(terms: int, seed: int = 1) -> list[Entry]:
    """Concepts with names of one to six words; a few words are everywhere, most are rare."""
    random.seed(seed)
    words = ["".join(random.choices(SYLLABLES, k=random.randint(2, 5))) for _ in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(words))]
    entries = []
    for number in range(terms):
        name = " ".join(random.choices(words, weights, k=random.randint(1, 6))).capitalize()
        states, texts = (State(*ALWAYS, True, False),), (Text(name, "display", "sv", (ALWAYS,)),)
        code = f"{LETTERS[number % 26]}{number:05}"
        entries.append(Entry(number, code, code.upper(), "", code, states, texts))
    return entries


def sample_texts(indexes: Sequence[SearchIndex], at: int, wanted: int) -> list[str]:
    """Texts of the indexes, from anywhere among those that begin with some letters."""
    found = set()
    for index, pair in product(indexes, product(LETTERS, LETTERS)):
        query = "".join(pair)
        total = index.search(SearchRequest(query, at, limit=0, lenient=False)).total
        if total:
            request = SearchRequest(query, at, limit=3, offset=random.randrange(total), lenient=False)
            found.update(hit.text for hit in index.search(request).hits)
    return random.sample(sorted(found), min(wanted, len(found)))


def ask(indexes: Sequence[SearchIndex], query: str, at: int) -> int:
    key = "".join(char for char in query if char.isalnum()).upper()
    for lenient in (False, True):
        results = [index.search(SearchRequest(query, at, key, former=True, lenient=lenient)) for index in indexes]
        if total := sum(result.total for result in results):
            merged(results, 0, 20)
            return total
    return 0


def measure(name: str, queries: list[str], one: Callable[[str], int]) -> None:
    times = []
    for query in queries:
        start = time.thread_time()
        one(query)
        times.append((time.thread_time() - start) * 1000)
    ordered = sorted(times)
    p50, p95, p99 = (ordered[int(len(ordered) * part)] for part in (0.5, 0.95, 0.99))
    worst = queries[times.index(ordered[-1])][:30]
    print(f"{name:<28}{len(queries):>6} queries   p50 {p50:6.2f}   p95 {p95:6.2f}   p99 {p99:6.2f}   "
          f"worst {ordered[-1]:6.2f} ({worst!r})")  # fmt: skip


def misspelt(text: str) -> str:
    at = min(5, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--at", type=int, default=9_999_12_31_98, help="position searched; the end by default")
    parser.add_argument("--terms", type=int, default=60_000, help="made-up terms, without folders")
    options = parser.parse_args()
    random.seed(2)
    with tempfile.TemporaryDirectory() as scratch:
        if not options.folders:
            entries = made_up(options.terms)
            start = time.process_time()
            build_index(Path(scratch) / "index", entries)
            print(f"built {options.terms} made-up terms in {time.process_time() - start:.1f} s")
            options.folders = [Path(scratch) / "index"]
        indexes = [open_index(folder) for folder in options.folders]
        run(indexes, options.at)
        for index in indexes:
            index.close()


def run(indexes: Sequence[SearchIndex], at: int) -> None:
    def one(query: str) -> int:
        return ask(indexes, query, at)

    one("x")
    pairs = [first + second for first, second in product(LETTERS, LETTERS)]
    measure("one and two letters, cold", [*LETTERS, *pairs], one)
    measure("one and two letters, warm", [*LETTERS, *pairs], one)
    texts = sample_texts(indexes, at, 400)
    typed = [text[:end] for text in texts[:200] for end in range(1, min(len(text), 25) + 1)]
    measure("type-ahead, every key", typed, one)
    begun = [" ".join(word[: random.randint(2, 6)] for word in text.split()[:3]) for text in texts[200:]]
    measure("several prefixes", begun, one)
    measure("whole texts", [text[:80] for text in texts], one)
    measure("misspelt", [misspelt(text[:30]) for text in texts if len(text) > 8], one)
    measure("fillers", [f"en patient med {text[:30]} som söker hjälp" for text in texts], one)


if __name__ == "__main__":
    main()
