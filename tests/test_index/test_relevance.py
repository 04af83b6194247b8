"""The judged queries on real releases: right answers first, in every category."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from codesystems.codes import code_key
from codesystems.files import Package
from codesystems.loader import home_of
from codesystems.model import CodeSystemContent, Hints
from codesystems.report import Report
from codesystems.versions import effective_date
from index.build import build_index
from index.engine import Entry, SearchIndex, SearchRequest, State, Text
from index.opening import open_index

JUDGED = {"icd-10-se": "2021", "kva": "2021", "icf": "2019", "ksh97-p": "2019"}
ALWAYS = (0, 10)


def content(system: str, version: str, folder: Path) -> CodeSystemContent:
    loader = home_of(system)
    assert loader is not None
    with Package(folder) as package:
        found = max(loader.identify(package, Hints()), key=lambda candidate: candidate.rank)
        named = replace(found, version=version, effective=effective_date(version))
        return loader.read(named, Report())


def entries(release: CodeSystemContent) -> Iterator[Entry]:
    notes = {definition.code for definition in release.properties if definition.note}
    for number, concept in enumerate(release.concepts):
        texts = [Text(d.value, d.use, d.language or "sv", (ALWAYS,)) for d in concept.designations]
        texts += [Text(p.value, "note", "sv", (ALWAYS,)) for p in concept.properties if p.code in notes]
        states = (State(*ALWAYS, concept.active, concept.abstract),)
        key = code_key(concept.code, release.system.code_rule)
        yield Entry(number, concept.code, key, concept.level, concept.sort_key, states, tuple(texts))


@pytest.fixture(scope="module")
def indexes(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SearchIndex]]:
    folder = tmp_path_factory.mktemp("judged")
    for system, version in JUDGED.items():
        build_index(folder / system, entries(content(system, version, shared_data / system / version)))
    opened = {system: open_index(folder / system) for system in JUDGED}
    yield opened
    for index in opened.values():
        index.close()


@pytest.mark.live
def test_judged_queries(shared: Path, indexes: dict[str, SearchIndex]) -> None:
    lines = (shared / "relevance" / "dev.jsonl").read_text("utf-8").splitlines()
    first, five, missed = defaultdict(list), defaultdict(list), []
    for row in map(json.loads, lines):
        (system,) = row["systems"]
        wanted = {code.strip().upper() for code in row["relevant"]}
        request = SearchRequest(row["query"], 5, code_key(row["query"]), limit=5)
        good = [hit.code.strip().upper() in wanted for hit in indexes[system].search(request).hits]
        first[row["category"]].append(good[:1] == [True])
        five[row["category"]].append(any(good))
        if not any(good):
            missed.append(f"{system} {row['query']!r}")
    assert _mean(first) >= 0.90, missed
    assert _mean(five) >= 0.97, missed
    assert all(sum(found) / len(found) >= 0.85 for found in five.values()), missed


def _mean(by_category: dict[str, list[bool]]) -> float:
    everything = [found for category in by_category.values() for found in category]
    return sum(everything) / len(everything)
