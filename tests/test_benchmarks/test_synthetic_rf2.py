"""The synthetic edition of SNOMED CT: whole, consistent through its releases, and the same each time."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.rf2 import wellknown
from benchmarks.rf2.files import FILES
from benchmarks.rf2.hierarchy import Plan
from benchmarks.synthetic_rf2 import Made, describe, generate
from codesystems.formats import rf2

Rows = dict[str, list[str]]
"""By id."""
REFERENCES = {
    "Concept": ("definitionStatusId",),
    "Description-en": ("conceptId", "typeId", "caseSignificanceId"),
    "Description-sv": ("conceptId", "typeId", "caseSignificanceId"),
    "TextDefinition": ("conceptId", "typeId", "caseSignificanceId"),
    "Relationship": ("sourceId", "destinationId", "typeId", "characteristicTypeId", "modifierId"),
    "ConcreteValue": ("sourceId", "typeId", "characteristicTypeId", "modifierId"),
    "Owl": ("referencedComponentId",),
    "Simple": ("referencedComponentId",),
    "Association": ("referencedComponentId", "targetComponentId"),
    "AttributeValue": ("valueId",),
    "Language-en": ("acceptabilityId",),
    "Language-sv": ("acceptabilityId",),
    "ExtendedMap": ("referencedComponentId", "correlationId", "mapCategoryId"),
    "SimpleMap": ("referencedComponentId",),
    "RefsetDescriptor": ("referencedComponentId", "attributeDescription", "attributeType"),
    "DescriptionType": ("referencedComponentId", "descriptionFormat"),
    "ModuleDependency": ("referencedComponentId",),
}
"""Columns whose cells are concepts, besides moduleId and refsetId."""


@dataclass(frozen=True)
class Edition:
    folder: Path
    made: Made

    def lines(self, slot: int, type_: str, kind: str) -> Iterator[list[str]]:
        """Of all packages of a release."""
        for package in self.made.releases[slot].packages:
            pattern, columns = FILES[kind]
            for path in package.path.glob(f"{type_}/{pattern.format(type_)}_*.txt"):
                text = path.read_bytes().decode()
                header, *rows = text.removesuffix("\r\n").split("\r\n")
                assert header.split("\t") == columns.split()
                for row in rows:
                    cells = row.split("\t")
                    assert len(cells) == len(columns.split())
                    yield cells

    def snapshot(self, slot: int, kind: str) -> Rows:
        rows: Rows = {}
        for cells in self.lines(slot, "Snapshot", kind):
            assert rows.setdefault(cells[0], cells) is cells, f"{cells[0]} twice in {kind}"
        return rows

    def active(self, slot: int, kind: str) -> list[list[str]]:
        return [cells for cells in self.snapshot(slot, kind).values() if cells[2] == "1"]


def made(folder: Path, concepts: int, seed: int = 1, releases: int = 2, extension: bool = True) -> Edition:
    return Edition(folder, generate(folder, Plan(concepts, seed, releases), extension=extension, full=True))


@pytest.fixture(scope="module", params=[True, False], ids=["two packages", "one package"])
def edition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return made(tmp_path_factory.mktemp("edition"), 1500, releases=3, extension=request.param)


def check_identifiers(edition: Edition, slot: int) -> None:
    partitions = {"Concept": "0", "Description-en": "1", "Description-sv": "1", "TextDefinition": "1"}
    partitions |= {"Relationship": "2", "ConcreteValue": "2"}
    taken: set[str] = set()
    for kind in FILES:
        rows = edition.snapshot(slot, kind)
        assert taken.isdisjoint(rows)
        taken.update(rows)
        for id_, cells in rows.items():
            if kind in partitions:
                assert rf2.is_sctid(id_)
                assert id_[-3:-1] == ("1" if cells[3] == wellknown.SWEDISH else "0") + partitions[kind]
            else:
                assert uuid.UUID(id_).version == 5


def check_references(edition: Edition, slot: int) -> None:
    concepts = edition.snapshot(slot, "Concept")
    for kind, columns in REFERENCES.items():
        names = FILES[kind][1].split()
        places = [names.index(name) for name in ("moduleId", *columns, *(["refsetId"] if "refsetId" in names else []))]
        for cells in edition.snapshot(slot, kind).values():
            assert all(cells[place] in concepts for place in places), cells
    described = {kind: edition.snapshot(slot, f"Description-{kind}") for kind in ("en", "sv")}
    described["en"] |= edition.snapshot(slot, "TextDefinition")
    for language, descriptions in described.items():
        for cells in edition.snapshot(slot, f"Language-{language}").values():
            assert cells[5] in descriptions
    for cells in edition.snapshot(slot, "AttributeValue").values():
        where = concepts if cells[4] == wellknown.CONCEPT_REASON else described["en"] | described["sv"]
        assert cells[5] in where


def check_hierarchy(edition: Edition, slot: int) -> None:
    """Every active concept reaches the root through active concepts, and none is above itself."""
    active = {cells[0] for cells in edition.active(slot, "Concept")}
    parents: dict[str, list[str]] = {code: [] for code in active}
    for cells in edition.active(slot, "Relationship"):
        assert cells[4] in active
        assert cells[5] in active
        if cells[7] == wellknown.IS_A:
            parents[cells[4]].append(cells[5])
    assert [code for code, above in parents.items() if not above] == [wellknown.ROOT]
    assert all(len(above) == len(set(above)) for above in parents.values())
    children: dict[str, list[str]] = {code: [] for code in active}
    left = {code: len(above) for code, above in parents.items()}
    for code, above in parents.items():
        for parent in above:
            children[parent].append(code)
    ready = [wellknown.ROOT]
    for code in ready:  # in topological order: what is in a cycle never gets ready
        for child in children[code]:
            left[child] -= 1
            if not left[child]:
                ready.append(child)
    assert set(ready) == active
    assert sorted(children[wellknown.ROOT]) == sorted(wellknown.TOP_LEVEL)


def check_releases(edition: Edition) -> None:
    """Each Snapshot is the one before and the Delta; the Full is every state there ever was."""
    count = edition.made.plan.releases
    for kind in FILES:
        for slot in range(count):
            full = list(edition.lines(slot, "Full", kind))
            newest: Rows = {}
            for cells in sorted(full, key=lambda cells: cells[1]):
                assert cells[1] != newest.get(cells[0], ["", ""])[1], "two states of a day"
                newest[cells[0]] = cells
            assert newest == edition.snapshot(slot, kind)
            if slot:
                delta = {cells[0]: cells for cells in edition.lines(slot, "Delta", kind)}
                assert edition.snapshot(slot - 1, kind) | delta == newest
                before = Counter(map(tuple, edition.lines(slot - 1, "Full", kind)))
                assert Counter(map(tuple, full)) - before == Counter(map(tuple, delta.values()))


def check_counts(edition: Edition) -> None:
    for slot, release in enumerate(edition.made.releases):
        for kind in FILES:
            counted = [package.files[kind] for package in release.packages if kind in package.files]
            assert sum(each.snapshot for each in counted) == len(edition.snapshot(slot, kind))
            assert sum(each.active for each in counted) == len(edition.active(slot, kind))
            assert sum(each.full for each in counted) == len(list(edition.lines(slot, "Full", kind)))
            assert sum(each.delta for each in counted) == len(list(edition.lines(slot, "Delta", kind)))
        relationships = edition.active(slot, "Relationship")
        is_a = sum(cells[7] == wellknown.IS_A for cells in relationships)
        assert release.is_a == is_a
        assert release.attributes == len(relationships) - is_a + len(edition.active(slot, "ConcreteValue"))
    known = len(wellknown.INTERNATIONAL_CONCEPTS + wellknown.SWEDISH_CONCEPTS)
    first, *later = edition.made.releases
    assert first.concepts == edition.made.plan.concepts + known
    for before, release in zip(edition.made.releases, later, strict=False):
        assert release.concepts == before.concepts + release.introduced - release.inactivated
        assert release.introduced > 0
        assert release.inactivated > 0


def test_identifiers(edition: Edition) -> None:
    check_identifiers(edition, 2)


def test_references(edition: Edition) -> None:
    for slot in range(3):
        check_references(edition, slot)


def test_hierarchy(edition: Edition) -> None:
    for slot in range(3):
        check_hierarchy(edition, slot)


def test_releases(edition: Edition) -> None:
    check_releases(edition)


def test_counts(edition: Edition) -> None:
    check_counts(edition)
    assert describe(edition.made).count("active concepts") == 3


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(concepts=st.integers(50, 400), seed=st.integers(0, 1 << 40), releases=st.integers(1, 4), extension=st.booleans())
def test_any_size_and_seed(
    tmp_path_factory: pytest.TempPathFactory, concepts: int, seed: int, releases: int, extension: bool
) -> None:
    small = made(tmp_path_factory.mktemp("small"), concepts, seed, releases, extension)
    for slot in range(releases):
        check_identifiers(small, slot)
        check_references(small, slot)
        check_hierarchy(small, slot)
    check_releases(small)
    check_counts(small)


def test_the_least_and_the_most(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="50 are the least"):
        Plan(49)
    with pytest.raises(ValueError, match="1 to 8"):
        Plan(50, releases=9)
    check_hierarchy(made(tmp_path, 50, releases=8), 7)
    with pytest.raises(FileExistsError):
        made(tmp_path, 50)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    def digests(name: str, seed: int) -> dict[str, str]:
        generate(tmp_path / name, Plan(300, seed), extension=True, full=True)
        return {
            str(path.relative_to(tmp_path / name)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (tmp_path / name).rglob("*.txt")
        }

    first = digests("first", 5)
    assert first == digests("second", 5)
    other = digests("other", 6)
    assert other.keys() == first.keys()
    assert other != first


def test_one_package_holds_the_rows_of_two(tmp_path: Path) -> None:
    apart, whole = made(tmp_path / "apart", 300), made(tmp_path / "whole", 300, extension=False)
    for kind in FILES:
        for type_ in ("Snapshot", "Full", "Delta"):
            assert sorted(apart.lines(1, type_, kind)) == sorted(whole.lines(1, type_, kind))


def test_international_edition_stands_alone(edition: Edition) -> None:
    if len(edition.made.releases[0].packages) == 1:
        pytest.skip("there is no international package")
    alone = Edition(edition.folder, _without_extension(edition.made))
    for slot in range(3):
        check_references(alone, slot)
        check_hierarchy(alone, slot)


def test_names_are_those_of_rf2(edition: Edition) -> None:
    for release in edition.made.releases:
        for package in release.packages:
            for path in package.path.rglob("*.txt"):
                name = rf2.parse_name(path.name)
                assert name is not None
                assert path.relative_to(package.path).parts[0] == name.release
                assert f"{name.released:%Y%m%d}" in package.path.name


def test_every_concept_has_one_name_in_force(edition: Edition) -> None:
    for slot in range(3):
        descriptions = edition.active(slot, "Description-en") + edition.active(slot, "Description-sv")
        names = {cells[0]: cells for cells in descriptions}
        fsn = Counter(cells[4] for cells in descriptions if cells[6] == wellknown.FSN)
        assert fsn == Counter(edition.snapshot(slot, "Concept").keys())
        preferred = Counter()
        for cells in edition.active(slot, "Language-en") + edition.active(slot, "Language-sv"):
            if cells[6] == wellknown.PREFERRED and names.get(cells[5], [""] * 7)[6] == wellknown.SYNONYM:
                preferred[cells[4], names[cells[5]][4]] += 1
        assert set(preferred.values()) == {1}
        for refset in (wellknown.US, wellknown.GB):
            assert {code for owner, code in preferred if owner == refset} == fsn.keys()


def test_inactive_concepts_say_why(edition: Edition) -> None:
    inactive = {cells[0] for cells in edition.snapshot(2, "Concept").values() if cells[2] == "0"}
    reasons = [cells[5] for cells in edition.active(2, "AttributeValue") if cells[4] == wellknown.CONCEPT_REASON]
    associations = edition.active(2, "Association")
    assert sorted(reasons) == sorted(inactive)
    assert {cells[5] for cells in associations} == inactive
    assert inactive.isdisjoint(cells[6] for cells in associations)
    kinds = {wellknown.SAME_AS, wellknown.REPLACED_BY, wellknown.POSSIBLY_EQUIVALENT}
    assert {cells[4] for cells in associations} == kinds | {wellknown.WAS_A, wellknown.MOVED_TO}


def test_axioms_say_what_relationships_say(edition: Edition) -> None:
    for slot in range(3):
        axioms = {cells[5]: cells[6] for cells in edition.active(slot, "Owl") if cells[4] == wellknown.OWL_AXIOM}
        defined = {cells[0] for cells in edition.active(slot, "Concept") if cells[4] == wellknown.DEFINED}
        assert axioms.keys() == {cells[0] for cells in edition.active(slot, "Concept")} - {wellknown.ROOT}
        assert defined == {code for code, axiom in axioms.items() if axiom.startswith("EquivalentClasses(")}
        for cells in edition.active(slot, "Relationship"):
            assert f":{cells[5]}" in axioms[cells[4]]
            assert cells[7] == wellknown.IS_A or f"(:{cells[7]} :{cells[5]})" in axioms[cells[4]]


def test_module_dependency_names_the_international_release(edition: Edition) -> None:
    built_on = [
        {(cells[6], cells[7]) for cells in edition.active(slot, "ModuleDependency") if cells[3] == wellknown.SWEDISH}
        for slot in range(3)
    ]
    assert built_on == [{("20241130", "20240901")}, {("20250531", "20250301")}, {("20251130", "20250901")}]


def test_shape_is_that_of_a_real_edition(tmp_path: Path) -> None:
    release = generate(tmp_path, Plan(6000, releases=1)).releases[0]
    assert 4.1 < release.descriptions / release.concepts < 4.5
    assert 1.45 < release.is_a / release.concepts < 1.7
    assert 2.5 < release.attributes / release.concepts < 4
    shapes = Edition(tmp_path, Made(Plan(6000, releases=1), (release,)))
    names = [len(cells[7]) for cells in shapes.active(0, "Description-en") if cells[6] == wellknown.FSN]
    assert 40 < sum(names) / len(names) < 60
    assert max(names) <= 255


def _without_extension(made: Made) -> Made:
    return replace(made, releases=tuple(replace(each, packages=each.packages[:1]) for each in made.releases))
