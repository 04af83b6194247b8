"""One very large version, and the next with 3 % changes, written into an empty store.

python -m benchmarks.bulk [CONCEPTS]

The content is as large as SNOMED CT's for each concept, invented from a seed and built while it is walked. Figures
are given as shares of what SQLite alone does on the same machine: rows into one table without secondary indexes.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from codesystems.model import (
    CodeSystem,
    CodeSystemContent,
    Concept,
    Designation,
    DesignationUse,
    Parent,
    Property,
    PropertyDef,
    Unit,
    designation_kind,
    property_kind,
)
from termservice.store import health, write
from termservice.store.database import FILE_NAME, Database, savepoint

SYSTEM = CodeSystem("large", "urn:large", "Large", "Nobody", "en", code_rule="exact")
PART = "large"
ATTRIBUTES = tuple(f"attribute-{number}" for number in range(100))
PLAIN = ("effectiveTime", "moduleId", "definitionStatusId", "axiom", "member", "inactivationIndicator")
NAMES: tuple[tuple[DesignationUse, str], ...] = (
    ("fsn", "en"), ("display", "sv"), ("synonym", "en"), ("display", "en"), ("synonym", "sv"),
)  # fmt: skip
COVERS: frozenset[Unit] = frozenset(
    (PART, kind)
    for kind in (
        "state", "parent", *(designation_kind(*name) for name in NAMES),
        *(property_kind(code) for code in (*PLAIN, *ATTRIBUTES)),
    )
)  # fmt: skip
DAYS = (date(2025, 5, 31), date(2025, 11, 30))
DEFAULT = 50_000
TABLES = ("state", "designation", "edge", "property")


class Edition(Sequence[Concept]):
    """The concepts of the first release or the second, made anew at every walk."""

    def __init__(self, concepts: int, release: int) -> None:
        self.concepts = concepts
        self.release = release

    def __len__(self) -> int:
        return sum(1 for number in range(self.concepts) if self._exists(number))

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]

    def __iter__(self) -> Iterator[Concept]:
        random = Random(1)
        words = ["".join(random.choices("abcdefghiklmnoprstuvy", k=random.randint(4, 13))) for _ in range(5_000)]
        for number in range(self.concepts):
            concept = self._concept(number, random, words)
            if self._exists(number):
                yield concept

    def _exists(self, number: int) -> bool:
        return number % 100 != 7 or self.release > 0

    def _concept(self, number: int, random: Random, words: list[str]) -> Concept:
        active = random.random() < 0.75
        names = [NAMES[n % len(NAMES)] for n in range(random.choice((2, 3, 3, 4, 4)))]
        values = [" ".join(random.choices(words, k=random.choice((2, 3, 4, 6)))) for _ in names]
        above = {random.randrange(self.concepts) for _ in range(random.choice((1, 1, 2, 2, 2)))} if active else set()
        properties = [
            Property("effectiveTime", f"20{random.randrange(10, 25)}0731"),
            Property("moduleId", "900000000000207008"),
            Property("definitionStatusId", "900000000000074008"),
        ]
        if active:
            axiom = f"EquivalentClasses(:{_code(number)} ObjectIntersectionOf("
            properties.append(Property("axiom", axiom + " ".join(f":{_code(parent)}" for parent in above) + "))"))
            properties += [
                Property(random.choice(ATTRIBUTES), f"{group}:{_code(random.randrange(self.concepts))}")
                for group in range(random.choice((0, 1, 2, 2)))
            ]
        else:
            properties.append(Property("inactivationIndicator", "900000000000482003"))
        memberships = random.choice((1, 2, 2))
        properties += [Property("member", f"{random.randrange(30)}031000052103") for _ in range(memberships)]
        if self.release and number % 100 < 3:  # what the second release changes
            values[-1] += " again"
            properties[0] = Property("effectiveTime", "20251130")
            active = active and number % 5 != 0
        return Concept(
            _code(number), PART,
            tuple(Designation(value, use, language) for (use, language), value in zip(names, values, strict=True)),
            tuple(Parent(_code(parent)) for parent in above), tuple(properties), active=active,
        )  # fmt: skip


def content(concepts: int, release: int) -> CodeSystemContent:
    properties = tuple(PropertyDef(code, code) for code in (*PLAIN, *ATTRIBUTES))
    return CodeSystemContent(SYSTEM, str(DAYS[release]), DAYS[release], COVERS, Edition(concepts, release), properties)


def main(concepts: int) -> None:
    before = anonymous_mb()
    with tempfile.TemporaryDirectory(prefix="termservice-bench-") as folder:
        reference = plain_rows_per_second(Path(folder) / "plain.db")
        print(f"SQLite alone: {reference:,.0f} rows/s")
        database = Database.create(Path(folder) / FILE_NAME)
        for release in range(len(DAYS)):
            made = content(concepts, release)
            start = time.perf_counter()
            sum(1 for _ in made.concepts)
            walk = time.perf_counter() - start
            with peak_memory(before) as peak:
                written, seconds = load(database, made, release + 1)
            own = seconds - walk
            print(
                f"release {release + 1}: {written.facts:,} facts, {written.rows_added:,} rows added, "
                f"{written.facts_changed:,} changed: {own:.1f} s beside {walk:.1f} s for the content itself, "
                f"{written.facts / own:,.0f} facts/s = {written.facts / own / reference:.0%} of SQLite alone; "
                f"at most {peak[0]:.0f} MB"
            )
        size = database.path.stat().st_size
        rows = sum(database.connection().execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in TABLES)
        print(f"store: {size / 1e6:,.0f} MB, {size / rows:.0f} bytes a row")
        problems = [] if concepts > DEFAULT else list(health.problems(database.connection()))
        database.close()
    if problems:
        sys.exit("\n".join(problems))


def load(database: Database, made: CodeSystemContent, release_id: int) -> tuple[write.Written, float]:
    """What writing did, and how long it took with its commit."""
    start = time.perf_counter()
    with database.write() as connection:
        connection.execute(
            "INSERT INTO release VALUES (?, ?, '', '', '', '', '', '', 0, '', '{}', 'active', '{}')",
            (release_id, made.version),
        )
        with savepoint(connection):
            written = write.write_version(connection, made, release_id, partial=False)
    return written, time.perf_counter() - start


def plain_rows_per_second(path: Path) -> float:
    """How fast SQLite takes rows of a fact's size, in order of their key, into one table."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(
        "CREATE TABLE plain (cid, prop, vh, value, unit, vf, vt, PRIMARY KEY (cid, prop, vh)) WITHOUT ROWID"
    )
    rows = [(n, "attribute", n * 77, "a value of some length", 5, 2025053100, 9999123199) for n in range(500_000)]
    start = time.perf_counter()
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")
    taken = time.perf_counter() - start
    connection.close()
    path.unlink()
    return len(rows) / taken


@contextmanager
def peak_memory(before: float) -> Iterator[list[float]]:
    """The most memory of its own the process came to have inside, in MB beyond `before`."""
    peak = [0.0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], anonymous_mb() - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def anonymous_mb() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


def _code(number: int) -> str:
    return f"{100_000_000 + number * 9_973 % 899_999_981}0{number % 10}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
