"""The number of a concept is the same in two releases just where they say the same of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.rf2.hierarchy import Plan
from benchmarks.synthetic_rf2 import generate
from codesystems.files import Package
from codesystems.model import CodeSystemContent, Concept, Hints
from codesystems.report import Report
from codesystems.snomed import LOADER
from codesystems.snomed_concepts import Concepts

Numbered = dict[str, tuple[int, Concept]]


def read(folder: Path) -> CodeSystemContent:
    with Package(folder) as package:
        (candidate,) = LOADER.identify(package, Hints())
        return LOADER.read(candidate, Report())


def numbered(folder: Path) -> Numbered:
    made = read(folder).concepts
    assert isinstance(made, Concepts)
    return {concept.code: (number, concept) for number, concept in zip(made.fingerprints().tolist(), made, strict=True)}


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    made = generate(tmp_path_factory.mktemp("fingerprints"), Plan(1500, 3, 2))
    return [release.packages[0].path / "Snapshot" for release in made.releases]


def test_two_releases(releases: list[Path]) -> None:
    before, after = map(numbered, releases)
    both = before.keys() & after.keys()
    same = {code for code in both if before[code][0] == after[code][0]}
    assert 0.9 * len(both) < len(same) < len(both)
    assert all(before[code][1] == after[code][1] for code in same)
    differing = {code for code in both if before[code][1] != after[code][1]}
    assert differing and not differing & same


def test_numbers_stand_for_little_else(releases: list[Path]) -> None:
    numbers = [number for number, _ in numbered(releases[0]).values()]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("pattern", "old", "new"),
    [
        ("*_Concept_*", "\t900000000000074008", "\t900000000000073002"),
        ("*_Description_*-sv_*", "\tsv\t", "\tda\t"),
        ("*_Relationship_*", "\t1\t363698007", "\t7\t363698007"),
        ("*cRefset_Language*-sv_*", "900000000000548007", "900000000000549004"),
        ("*OWLExpression*", "SubClassOf", "EquivalentClasses"),
        ("*RelationshipConcreteValues*", "\t#", "\t#9"),
    ],
)
def test_every_column_counts(releases: list[Path], tmp_path: Path, pattern: str, old: str, new: str) -> None:
    before = numbered(releases[0])
    for path in releases[0].rglob("*.txt"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (path,) = tmp_path.glob(pattern)
    lines = path.read_bytes().decode().split("\n")
    at = next(number for number, line in enumerate(lines) if number and old in line and line.split("\t")[2] == "1")
    lines[at] = new.join(lines[at].rsplit(old, 1))
    path.write_bytes("\n".join(lines).encode())
    after = numbered(tmp_path)
    changed = {code for code in before if before[code][0] != after[code][0]}
    assert len(changed) == 1
    assert {code for code in before if before[code][1] != after[code][1]} <= changed
