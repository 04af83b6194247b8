"""A synthetic edition of SNOMED CT in Release Format 2, of any size, for measurements and tests.

    python -m benchmarks.synthetic_rf2 FOLDER --concepts 370000 [--seed 1] [--releases 2] [--extension] [--full]

FOLDER gets one package for each release of a Swedish edition, half a year apart, that carries the International
Edition within; with `--extension` the two are packages of their own, the Swedish one built on the international one
as its module dependency refset says. Packages hold a Snapshot, from the second release on a Delta, and with `--full`
a Full. Some 3 % of the concepts change with each release. Root, top-level hierarchies, attributes and metadata have
their well-known ids and names; all else is invented, and nothing is taken from SNOMED CT. The same seed and size give
the same bytes.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rf2.definitions import Definitions
from benchmarks.rf2.descriptions import Descriptions
from benchmarks.rf2.edition import Edition
from benchmarks.rf2.files import Counts
from benchmarks.rf2.hierarchy import EXTENSION, Plan, edges
from benchmarks.rf2.refsets import Refsets


@dataclass(frozen=True)
class PackageMade:
    path: Path
    files: dict[str, Counts]
    """By kind of file, as `benchmarks.rf2.files.FILES` names them."""


@dataclass(frozen=True)
class ReleaseMade:
    """One release of the edition: what is active at its time, and what came with it."""

    version: str
    """Its effective time, YYYYMMDD."""
    packages: tuple[PackageMade, ...]
    """The International Edition's, where it has one, before the extension's."""
    concepts: int
    """Active, as all that follow; the well-known ones count."""
    descriptions: int
    """Without text definitions."""
    is_a: int
    attributes: int
    """Relationships other than is-a, concrete values too."""
    introduced: int
    inactivated: int
    """Concepts of either kind since the release before; 0 in the first."""
    moved: int
    """Concepts one of whose parents was exchanged."""


@dataclass(frozen=True)
class Made:
    plan: Plan
    releases: tuple[ReleaseMade, ...]


def generate(folder: Path, plan: Plan, *, extension: bool = False, full: bool = False) -> Made:
    """Writes the packages into `folder`. Raises `FileExistsError` where it holds anything."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    edition = Edition(folder, plan, extension=extension, full=full)
    writers = Definitions(edition), Refsets(edition), Descriptions(edition)
    for concept in edition.hierarchy.concepts:
        for writer in writers:
            writer.write(concept)
    writers[1].about_the_package()
    edition.close()
    return Made(plan, tuple(_made(edition, slot) for slot in range(plan.releases)))


def _made(edition: Edition, slot: int) -> ReleaseMade:
    packages = tuple(PackageMade(package.folders[slot], package.counts(slot)) for package in edition.packages)
    concepts = edition.hierarchy.concepts
    is_a = [edge for concept in concepts for edge in edges(concept)]
    parents = sum(since.slot <= slot and not (until and until.slot <= slot) for _, since, until in is_a)
    return ReleaseMade(
        version=edition.calendars[EXTENSION].releases[slot].time,
        packages=packages,
        concepts=_active(packages, "Concept"),
        descriptions=_active(packages, "Description-en", "Description-sv"),
        is_a=parents,
        attributes=_active(packages, "Relationship", "ConcreteValue") - parents,
        introduced=sum(concept.born.slot == slot for concept in concepts) if slot else 0,
        inactivated=sum(concept.died is not None and concept.died.slot == slot for concept in concepts) if slot else 0,
        moved=sum(concept.moved is not None and concept.moved.when.slot == slot for concept in concepts),
    )


def _active(packages: tuple[PackageMade, ...], *kinds: str) -> int:
    return sum(package.files[kind].active for package in packages for kind in kinds if kind in package.files)


def describe(made: Made) -> str:
    lines = []
    for release in made.releases:
        lines.append(
            f"{release.version}: {release.concepts:,} active concepts, {release.descriptions:,} descriptions, "
            f"{release.is_a:,} is-a, {release.attributes:,} attributes; concepts +{release.introduced:,} "
            f"-{release.inactivated:,}, {release.moved:,} moved"
        )
        for package in release.packages:
            lines.append(f"  {package.path}")
            for kind, rows in package.files.items():
                said = f"{rows.snapshot:>11,} rows {rows.active:>11,} active {rows.delta:>9,} in the Delta"
                lines.append(f"    {kind:<18}{said}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the packages go; empty or not there yet")
    parser.add_argument("--concepts", type=int, default=370_000, help="active in the first release (default: 370000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--releases", type=int, default=2, help="how many, half a year apart (default: 2)")
    parser.add_argument("--extension", action="store_true", help="the International Edition as a package of its own")
    parser.add_argument("--full", action="store_true", help="Full besides Snapshot and Delta")
    options = parser.parse_args()
    gc.disable()  # nothing here is garbage, and it would be looked through again and again
    start = time.perf_counter()
    try:
        plan = Plan(options.concepts, options.seed, options.releases)
        made = generate(options.folder, plan, extension=options.extension, full=options.full)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    print(describe(made))
    size = sum(path.stat().st_size for path in options.folder.rglob("*.txt"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{time.perf_counter() - start:.0f} s, {peak} MB of memory, {size >> 20:,} MB on disk")
    return 0


if __name__ == "__main__":
    sys.exit(main())
