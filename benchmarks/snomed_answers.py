"""Times of answers over SNOMED CT in process: type-ahead, expressions, look-up, subsumption, changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.search import LETTERS
from termservice.answers import When
from termservice.service import TerminologyService

SYSTEM = "snomed-ct"
ROOT = "138875005"
EXPRESSIONS = (
    ("children of the root", f"< {ROOT}"),
    ("root AND attribute", f"<< {ROOT} AND (< {ROOT} : 363698007 = *)"),
    ("refinement", "<< 404684003 : 363698007 = << 123037004"),
    ("grouped refinement", "<< 404684003 : { 363698007 = << 123037004, 116676008 = * }"),
    ("MINUS", "<< 404684003 MINUS << 64572001"),
    ("members", "^ 816080008"),
)
"""Concepts that every edition has; the names are for people."""
_SAMPLED = 400
_WORST_MS = 100


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    target: float | None = None
    """At most this; None where the figure is only told."""

    @property
    def met(self) -> bool:
        return self.target is None or self.value <= self.target

    def __str__(self) -> str:
        told = f"{self.name:<44}{self.value:>9.4g} {self.unit:<3}"
        if self.target is None:
            return told
        return f"{told} target {self.target:>6g} {'met' if self.met else 'MISSED'}"


@dataclass(frozen=True, slots=True)
class Sample:
    """Active concepts from all over the edition."""

    codes: tuple[str, ...]
    texts: tuple[str, ...]
    """Their names, as shown."""


def sampled(home: Path) -> Sample:
    random = Random(1)
    found: dict[str, str] = {}
    service = TerminologyService(home)
    try:
        for _ in range(_SAMPLED):
            after = str(random.randrange(10**8, 10**9))
            page = service.concepts(SYSTEM, after=after, limit=5, lang=("sv", "en")).items
            found.update({each.code: each.display for each in page[:1] if each.active})
    finally:
        service.close()
    return Sample(tuple(found), tuple(found.values()))


def answers(home: Path) -> Iterator[Figure]:
    sample = sampled(home)
    service = TerminologyService(home)

    def typed(text: str) -> None:
        service.search(text, systems=[SYSTEM])

    try:
        typed("x")
        service.ecl(SYSTEM, EXPRESSIONS[0][1])
        keys = [text[:end] for text in sample.texts for end in range(1, min(len(text), 25) + 1)]
        typing = _milliseconds(typed, keys)
        yield Figure("type-ahead at every key, p50", _part(typing, 0.5), "ms")
        yield Figure("type-ahead at every key, p99", _part(typing, 0.99), "ms", 15)
        yield Figure("one letter, worst", max(_milliseconds(typed, LETTERS)), "ms", 60)
        for name, expression in EXPRESSIONS:
            asked = _milliseconds(lambda each: service.ecl(SYSTEM, each), [expression] * 5)
            yield Figure(f"ECL, {name}", _part(asked, 0.5), "ms", _WORST_MS)
        # The first one imports what reads the publishers' files, which says what is in an attribute.
        first = _milliseconds(lambda code: service.concept(SYSTEM, code), sample.codes[:1])
        yield Figure("look-up, the first of a process", first[0], "ms")
        looked_up = _milliseconds(lambda code: service.concept(SYSTEM, code), sample.codes)
        yield Figure("look-up, p99", _part(looked_up, 0.99), "ms")
        subsumed = _milliseconds(lambda code: service.subsumes(SYSTEM, ROOT, code), sample.codes)
        yield Figure("subsumes, p99", _part(subsumed, 0.99), "ms")
        versions = [version.version for version in service.versions(SYSTEM).items]
        if len(versions) > 1:
            start = time.perf_counter()
            service.changes(SYSTEM, When(versions[1]), When(versions[0]), limit=1)
            yield Figure("changes between two releases", time.perf_counter() - start, "s", 5)
    finally:
        service.close()


def _milliseconds(ask: Callable[[str], object], each: Sequence[str]) -> list[float]:
    """Of processor time of this thread: other work on the machine counts little."""
    times = []
    for one in each:
        start = time.thread_time()
        ask(one)
        times.append((time.thread_time() - start) * 1000)
    return sorted(times)


def _part(ordered: Sequence[float], part: float) -> float:
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]
