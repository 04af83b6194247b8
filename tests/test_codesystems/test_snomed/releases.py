"""Small releases of SNOMED CT, read and changed."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from codesystems.files import Package
from codesystems.golden import SAMPLES
from codesystems.loader import Candidate
from codesystems.model import CodeSystemContent, Concept, Hints
from codesystems.report import Report
from codesystems.snomed import LOADER

SAMPLE = SAMPLES / "snomed-ct"
SNAPSHOT, FULL = SAMPLE / "2024-11", SAMPLE / "2025-05"
SWEDISH = "http://snomed.info/sct/45991000052106/version/"
INT = "http://snomed.info/sct/900000000000207008/version/"
ANAEMIA, IRON, OLD, REFSET, SITE, DOSE = (
    "29999999105",
    "39999999107",
    "89999999106",
    "109999999109",
    "59999999104",
    "79999999109",
)
CONCEPTS = "Terminology/sct2_Concept_Snapshot_SE1000052_20241130.txt"
DEPENDENCIES = "Refset/Metadata/der2_ssRefset_ModuleDependencySnapshot_SE1000052_20241130.txt"


def candidates(path: Path, hints: Hints | None = None) -> list[Candidate]:
    with Package(path) as package:
        return list(LOADER.identify(package, hints or Hints()))


def one(path: Path, hints: Hints | None = None) -> Candidate:
    (candidate,) = candidates(path, hints)
    return candidate


def content(candidate: Candidate, report: Report | None = None) -> CodeSystemContent:
    return LOADER.read(candidate, report or Report())


def concept(found: CodeSystemContent, code: str) -> Concept:
    return next(each for each in found.concepts if each.code == code)


def values(found: Concept) -> dict[str, list[str]]:
    said: defaultdict[str, list[str]] = defaultdict(list)
    for each in found.properties:
        said[each.code].append(each.value)
    return dict(said)


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_bytes().decode()
    assert old in text
    (folder / name).write_bytes(text.replace(old, new).encode())


def renamed(folder: Path, old: str, new: str) -> None:
    for path in [path for path in folder.rglob("*") if old in path.name]:
        path.rename(path.with_name(path.name.replace(old, new)))


def without_root(folder: Path) -> None:
    """Make an extension of it: it no longer carries all that its rows refer to."""
    text = (folder / CONCEPTS).read_text("utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("138875005")]
    (folder / CONCEPTS).write_text("\n".join(kept) + "\n", "utf-8")
