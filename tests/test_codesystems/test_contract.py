"""What every loader promises, over every sample release: `codesystems/samples/<system>/<release>/`.

A new loader is covered as soon as its samples exist; nothing is listed here.
"""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from dataclasses import astuple
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesystems.codes import code_key
from codesystems.files import Package
from codesystems.golden import EXPECTED, SAMPLES, Reading, expected, identified, read_release, releases
from codesystems.loader import Candidate, Loader, home_of, loaders
from codesystems.maps import ConceptMap, MapContent, Relationship
from codesystems.model import ChangeType, CodeSystem, CodeSystemContent, StatedContent, kinds_of
from codesystems.report import ReleaseError, Report
from codesystems.valuesets import ValueSet, ValueSetContent

RELEASES = releases()
SYSTEMS = sorted({folder.parent for folder in RELEASES})
FILES = sorted(file for folder in RELEASES for file in folder.rglob("*") if file.is_file())
HOMES = [loader for loader in loaders() if loader.systems]
CUTS = (0, 1, 100, 0.3, 0.6, 0.9, 0.99)
FLIPS = 12

each_release = pytest.mark.parametrize("folder", RELEASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
each_system = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SAMPLES)))
each_home = pytest.mark.parametrize("loader", HOMES, ids=lambda loader: loader.name)


class Version(NamedTuple):
    """A reading that gave a version."""

    candidate: Candidate
    content: CodeSystemContent
    report: Report


@cache
def read_all(folder: Path) -> list[Reading]:
    return read_release(folder)


def read(folder: Path) -> list[Version]:
    return [
        Version(reading.candidate, reading.content, reading.report)
        for reading in read_all(folder)
        if isinstance(reading.content, CodeSystemContent)
    ]


def maps(folder: Path) -> list[MapContent]:
    return [reading.content for reading in read_all(folder) if isinstance(reading.content, MapContent)]


def valuesets(folder: Path) -> list[ValueSetContent]:
    return [reading.content for reading in read_all(folder) if isinstance(reading.content, ValueSetContent)]


def home(reading: Reading | Version) -> Loader:
    return home_of(reading.content.system.id) or reading.candidate.loader


@each_home
def test_every_code_system_with_a_home_has_samples(loader: Loader) -> None:
    named = {system.name for system in SYSTEMS}
    assert named & {system.id for system in loader.systems}, f"no sample release for {loader.name}"


@each_release
def test_each_file_is_claimed_by_one_loader(folder: Path) -> None:
    with Package(folder) as package:
        found = identified(package)
        claims = Counter(path for path, _ in {(file.path, each.loader.name) for each in found for file in each.files})
        assert {file.path: claims[file.path] for file in package.files} == {file.path: 1 for file in package.files}
        # one workbook may hold the errata of several code systems, one file several versions of a map
        twice = Counter((file.path, each.system.id, each.version) for each in found for file in each.files)
        assert set(twice.values()) == {1}


@each_release
def test_a_release_is_one_candidate_of_its_code_system(folder: Path) -> None:
    found = [reading.content for reading in read_all(folder)]
    assert folder.parent.name in {content.system.id for content in found}
    assert set(Counter((content.system.id, content.version) for content in found).values()) == {1}
    versions = [each for each in read_all(folder) if not isinstance(each.content, MapContent)]
    once = Counter(system for system, _ in {(each.content.system.id, each.candidate.files) for each in versions})
    assert set(once.values()) <= {1}  # but the same files may hold earlier versions too


@each_release
def test_identifying_says_what_reading_gives(folder: Path) -> None:
    for reading in read_all(folder):
        candidate, content = reading.candidate, reading.content
        assert candidate.states_only == isinstance(content, StatedContent)
        assert isinstance(candidate.system, ConceptMap) == isinstance(content, MapContent)
        assert isinstance(candidate.system, ValueSet) == isinstance(content, ValueSetContent)
        assert (content.system, content.version) == (candidate.system, candidate.version)
        assert content.effective == candidate.effective
        assert isinstance(content.effective, date)


@each_release
def test_statements_name_a_code_and_a_place(folder: Path) -> None:
    for reading in read_all(folder):
        assert reading.content.stated or not isinstance(reading.content, StatedContent)
        paths = {file.path for file in reading.candidate.files}
        for change in reading.content.stated:
            assert change.type in get_args(ChangeType)
            assert change.file in paths and change.row > 0
            for code in filter(None, (change.code, change.other_code)):
                assert code == home(reading).canonical(code)


@each_release
def test_statements_go_by_a_name_that_is_no_version(folder: Path) -> None:
    versions = {found.content.version for other in RELEASES for found in read(other) if other.parent == folder.parent}
    for reading in read_all(folder):
        if isinstance(reading.content, StatedContent):
            assert reading.candidate.version not in versions


@each_release
def test_all_that_is_said_is_covered(folder: Path) -> None:
    for reading in read(folder):
        content = reading.content
        silent = set() if any(kind == "state" for _, kind in content.covers) else {"state"}
        for concept in content.concepts:
            kinds = kinds_of(concept, content.system.language) - silent
            missing = {(concept.part, kind) for kind in kinds} - content.covers
            assert not missing, concept.code


@each_release
def test_a_release_without_codes_says_that_it_is_partial(folder: Path) -> None:
    for reading in read(folder):
        lists_codes = any(kind == "state" for _, kind in reading.content.covers)
        assert lists_codes or reading.candidate.missing


@each_release
def test_the_part_follows_from_the_code(folder: Path) -> None:
    for reading in read(folder):
        part = home(reading).part
        assert [(c.code, c.part) for c in reading.content.concepts] == [
            (c.code, part(c.code)) for c in reading.content.concepts
        ]


@each_release
def test_level_order_and_kind_follow_from_the_code_where_the_home_says_so(folder: Path) -> None:
    for reading in read(folder):
        for concept in reading.content.concepts:
            shape = home(reading).shape(concept.code)
            if shape is not None:
                assert (concept.level, concept.sort_key) == (shape.level, shape.sort_key), concept.code
                assert shape.abstract in (None, concept.abstract), concept.code


@each_system
def test_a_code_is_the_same_kind_of_thing_in_every_release(system: Path) -> None:
    seen: dict[tuple[str, str], tuple[str, str, str, bool]] = {}
    for folder in RELEASES:
        for reading in read(folder) if folder.parent == system else ():
            for concept in reading.content.concepts:
                kind = (concept.part, concept.level, concept.sort_key, concept.abstract)
                assert seen.setdefault((reading.content.system.id, concept.code), kind) == kind, concept.code


@each_release
def test_codes_are_canonical_and_their_own_keys(folder: Path) -> None:
    for reading in read(folder):
        codes = [concept.code for concept in reading.content.concepts]
        assert codes == [home(reading).canonical(code) for code in codes]
        keys = Counter(code_key(code, reading.content.system.code_rule) for code in codes)
        assert [key for key, count in keys.items() if count > 1] == []
        assert "" not in keys


@each_release
def test_parents_are_in_the_version_or_reported(folder: Path) -> None:
    for reading in read(folder):
        codes = {concept.code for concept in reading.content.concepts}
        lost = [c.code for c in reading.content.concepts if c.parents and not codes & {p.code for p in c.parents}]
        assert not lost or "orphan" in reading.report.warnings, lost
        assert not [c.code for c in reading.content.concepts if c.code in {p.code for p in c.parents}]


@each_release
def test_texts_are_trimmed_and_said_once(folder: Path) -> None:
    for reading in read(folder):
        for concept in reading.content.concepts:
            names = [(name.value, name.use, name.language) for name in concept.designations]
            facts = [(fact.code, fact.value) for fact in concept.properties]
            assert len(set(names)) == len(names) and len(set(facts)) == len(facts), concept.code
            values = [name.value for name in concept.designations] + [fact.value for fact in concept.properties]
            assert all(value and value == value.strip() for value in values), concept.code


@each_release
def test_one_display_for_each_language(folder: Path) -> None:
    for reading in read(folder):
        for concept in reading.content.concepts:
            shown = Counter(name.language for name in concept.designations if name.use == "display")
            assert max(shown.values(), default=0) <= 1, concept.code


@each_release
def test_properties_are_declared_and_of_their_type(folder: Path) -> None:
    for reading in read(folder):
        types = {definition.code: definition.type for definition in reading.content.properties}
        for concept in reading.content.concepts:
            for fact in concept.properties:
                assert is_of(types[fact.code], fact.value), (concept.code, fact)


def is_of(kind: str, value: str) -> bool:
    if kind == "boolean":
        return value in ("true", "false")
    if kind == "integer":
        return int(value) is not None
    if kind == "dateTime":
        return date.fromisoformat(value[:10]) is not None
    return kind in ("string", "code", "decimal")


@each_release
def test_a_map_element_has_a_source_and_a_target_unless_it_says_that_there_is_none(folder: Path) -> None:
    for content in maps(folder):
        assert content.elements or content.removed
        for element in content.elements:
            assert element.source
            assert element.relationship in get_args(Relationship)
            assert (element.relationship == "unmapped") == (not element.target), element
            assert element.target or element.comment, f"{element.source}: no reason"
            assert element.group > 0 and element.priority > 0


@each_release
def test_codes_of_maps_are_canonical(folder: Path) -> None:
    for content in maps(folder):
        for element in content.elements:
            assert is_as_its_home_has_it(content.system.source, element.source), element
            assert not element.target or is_as_its_home_has_it(content.system.target, element.target), element


def is_as_its_home_has_it(system: CodeSystem, code: str) -> bool:
    """Canonical; or a URI or a combination of codes, which stay as the file writes them."""
    home = home_of(system.id)
    return home is None or "://" in code or len(home.parts(code)) > 1 or home.canonical(code) == code


@each_release
def test_a_map_says_a_thing_once(folder: Path) -> None:
    for content in maps(folder):
        assert len(set(content.elements)) == len(content.elements)
        ids = Counter(element.id for element in content.elements if element.id)
        assert [id for id, count in ids.items() if count > 1] == []
        assert not content.removed & ids.keys()
        if content.delta:
            assert all(element.id for element in content.elements)
        else:
            assert not content.removed


@each_release
def test_texts_of_maps_are_trimmed(folder: Path) -> None:
    for content in maps(folder):
        for element in content.elements:
            texts = [value for value in astuple(element) if isinstance(value, str)]
            assert texts == [text.strip() for text in texts]


@each_release
def test_a_value_set_lists_codes_or_is_a_rule(folder: Path) -> None:
    for content in valuesets(folder):
        assert bool(content.compose) != bool(content.members or content.removed)
        if content.compose:
            compose = json.loads(content.compose)
            assert compose["include"]
            assert content.compose == json.dumps(compose, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@each_release
def test_members_are_canonical_said_once_and_of_systems_that_are_named(folder: Path) -> None:
    for content in valuesets(folder):
        systems = {system.id: system for system in content.codesystems}
        assert {member.system for member in content.members} == systems.keys()
        assert content.systems.keys() <= systems.keys()
        codes = Counter((member.system, member.code) for member in content.members)
        assert set(codes.values()) <= {1}
        for member in content.members:
            assert member.code and is_as_its_home_has_it(systems[member.system], member.code), member
            texts = astuple(member)
            assert list(texts) == [text.strip() for text in texts]
        if content.delta:
            assert all(member.id for member in content.members)
        else:
            assert not content.removed


def test_value_sets_are_of_one_identity_and_of_systems_as_their_homes_have_them() -> None:
    contents = [content for folder in RELEASES for content in valuesets(folder)]
    systems = {system for loader in HOMES for system in loader.systems}
    found = {content.system for content in contents} | {
        content.system for folder in RELEASES for content in maps(folder)
    }
    names = Counter(name for each in (*found, *systems) for name in {each.id, each.url, *each.aliases})
    assert [name for name, count in names.items() if count > 1] == []
    spoken = {system for content in contents for system in content.codesystems}
    assert len(spoken | systems) == len({system.id for system in spoken | systems})


def test_maps_are_of_one_identity_and_of_systems_as_their_homes_have_them() -> None:
    found = {content.system for folder in RELEASES for content in maps(folder)}
    systems = {system for loader in HOMES for system in loader.systems}
    names = Counter(name for each in (*found, *systems) for name in {each.id, each.url, *each.aliases})
    assert [name for name, count in names.items() if count > 1] == []
    sides = {side for each in found for side in (each.source, each.target)}
    assert len(sides | systems) == len({side.id for side in sides | systems})


@each_system
def test_reading_gives_what_is_expected(system: Path) -> None:
    assert (system / EXPECTED).exists(), f"run python -m codesystems.golden {system.name}"
    assert expected(system).splitlines() == (system / EXPECTED).read_text(encoding="utf-8").splitlines()


@each_file
def test_a_damaged_file_is_read_or_refused(file: Path, tmp_path: Path) -> None:
    """Cut short, out of order, or with bytes changed on the way: nothing but `ReleaseError` escapes."""
    folder = next(parent for parent in file.parents if parent in RELEASES)
    copy = tmp_path / folder.parent.name / folder.name
    shutil.copytree(folder, copy)
    victim, whole = copy / file.relative_to(folder), file.read_bytes()
    outcomes = Counter(outcome(copy, victim, damaged) for damaged in damages(whole, seed=file.name))
    assert outcomes.keys() <= {"read", "refused"}


def damages(whole: bytes, seed: str) -> list[bytes]:
    cuts = [whole[: int(cut * len(whole)) if isinstance(cut, float) else cut] for cut in CUTS]
    dice = random.Random(seed)
    return [*cuts, shuffled(whole, dice), *(flipped(whole, dice) for _ in range(FLIPS if whole else 0))]


def shuffled(whole: bytes, dice: random.Random) -> bytes:
    rows = whole.splitlines(keepends=True)
    dice.shuffle(rows)
    return b"".join(rows)


def flipped(whole: bytes, dice: random.Random) -> bytes:
    damaged = bytearray(whole)
    for _ in range(dice.choice((1, 3, 20))):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return bytes(damaged)


def outcome(folder: Path, victim: Path, damaged: bytes) -> str:
    victim.write_bytes(damaged)
    try:
        read_release(folder)
    except ReleaseError:
        return "refused"
    return "read"


@each_home
@settings(deadline=None)
@given(text=st.text(max_size=20))
def test_any_text_can_be_made_canonical(loader: Loader, text: str) -> None:
    code = loader.canonical(text)
    assert loader.canonical(code) == code
    assert isinstance(loader.part(code), str)
    loader.shape(code)
