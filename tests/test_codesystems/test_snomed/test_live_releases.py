"""Real and fictitious releases of SNOMED CT, against the plainest reading of the same files."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from codesystems.loader import Base
from codesystems.model import CodeSystemContent, Hints
from codesystems.report import ReleaseError, Report
from codesystems.snomed_rows import rows
from tests.test_codesystems.test_snomed.releases import INT, candidates, content, one, values

IS_A, FSN, INFERRED = "116680003", "900000000000003001", "900000000000011006"
PREFERRED, US = "900000000000548007", "900000000000509007"


class Plain(NamedTuple):
    """A release read in the plainest way: for each kind of file its rows by id, the newest not after a day."""

    states: dict[str, dict[str, dict[str, str]]]

    def active(self, kind: str) -> list[dict[str, str]]:
        return [row for row in self.states[kind].values() if row["active"] == "1"]


def plain(folder: Path, pattern: str, until: str = "9") -> Plain:
    states: defaultdict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for path in sorted(folder.rglob(pattern)):
        lines = path.read_bytes().decode().replace("\r\n", "\n").split("\n")
        header = lines[0].split("\t")
        kind = path.name.split("_")[1] if path.name.startswith("sct2") else "Refset"
        kind = {"cRefset": "Language"}.get(path.name.split("_")[1], kind) if "Language" in path.name else kind
        for line in filter(None, lines[1:]):
            row = dict(zip(header, line.split("\t"), strict=True))
            before = states[kind].get(row["id"])
            if row["effectiveTime"] <= until and (before is None or before["effectiveTime"] <= row["effectiveTime"]):
                states[kind][row["id"]] = row
    return Plain(states)


def assert_same(found: CodeSystemContent, expected: Plain) -> None:
    concepts = {each.code: each for each in found.concepts}
    assert {code: each.active for code, each in concepts.items()} == {
        code: row["active"] == "1" for code, row in expected.states["Concept"].items()
    }
    parents: defaultdict[str, set[str]] = defaultdict(set)
    attributes: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in expected.active("Relationship"):
        if row["characteristicTypeId"] == INFERRED and row["typeId"] == IS_A:
            parents[row["sourceId"]].add(row["destinationId"])
        elif row["characteristicTypeId"] == INFERRED:
            attributes[row["sourceId"]].add((row["typeId"], f"{row['relationshipGroup']}:{row['destinationId']}"))
    for row in expected.active("RelationshipConcreteValues"):
        attributes[row["sourceId"]].add((row["typeId"], f"{row['relationshipGroup']}:{row['value']}"))
    terms: defaultdict[str, set[str]] = defaultdict(set)
    shown: defaultdict[str, set[str]] = defaultdict(set)
    preferred = {
        row["referencedComponentId"]
        for row in expected.active("Language")
        if row["acceptabilityId"] == PREFERRED and row["refsetId"] == US
    }
    for row in expected.active("Description"):
        terms[row["conceptId"]].add(row["term"].strip())
        if row["id"] in preferred and row["typeId"] != FSN:
            shown[row["conceptId"]].add(row["term"].strip())
    assert any(terms.values())
    assert any(parents.values())
    for code, each in concepts.items():
        assert {parent.code for parent in each.parents} == parents[code]
        assert {(said.code, said.value) for said in each.properties if ":" in said.value[:3]} == attributes[code]
        assert {name.value for name in each.designations} == terms[code]
        english = {name.value for name in each.designations if name.use == "display" and name.language == "en"}
        assert english <= shown[code] if shown[code] else True
        state = expected.states["Concept"][code]
        packed = f"{state['moduleId']}|{state['definitionStatusId']}|{state['effectiveTime']}"
        assert values(each)["component"] == [packed]


@pytest.mark.live
def test_the_real_subset_reads_back_exactly(shared_data: Path) -> None:
    folder = shared_data / "snomed-ct/subset-20250909"
    report = Report()
    uri = "http://snomed.info/xsct/31000003106/version/20250909"
    found = content(one(folder, Hints(version=uri)), report)
    assert (len(found.concepts), found.version) == (2258, uri)
    assert_same(found, plain(folder, "*2_*.txt"))
    assert not report.warnings
    assert one(folder).version == "http://snomed.info/sct/31000003106/version/20250909"


@pytest.mark.live
def test_rows_of_the_real_subset_are_all_of_its_files(shared_data: Path) -> None:
    folder = shared_data / "snomed-ct/subset-20250909"
    found = rows(one(folder), Report())
    expected = plain(folder, "*2_*.txt").states
    assert len(list(found.concepts)) == len(expected["Concept"])
    assert len(list(found.relationships)) == len(expected["Relationship"])
    assert len(list(found.concretes)) == len(expected["RelationshipConcreteValues"])
    texts = {**expected["Description"], **expected["TextDefinition"]}
    assert {(str(row.id), row.term) for row in found.descriptions} == {
        (id, row["term"].strip()) for id, row in texts.items()
    }
    assert sum(len(rows.active) for rows in found.language) == len(expected["Language"])
    assert len(list(found.members)) == len(expected["Refset"]) + len(expected["sRefset"])


@pytest.mark.live
def test_the_fictitious_full_gives_every_state(shared_data: Path) -> None:
    folder = shared_data / "snomed-ct/mini-full/Full"
    found = candidates(folder)
    days = ["20020131", "20020731", "20040131", "20040731", "20050131", "20060131", "20110131", "20180731"]
    assert [each.version for each in found] == [f"{INT}{day}" for day in days]
    sizes = []
    for candidate, day in zip(found, days, strict=True):
        read = content(candidate)
        known = set(plain(folder, "*2_*.txt", day).states["Concept"])
        sizes.append(len(read.concepts))
        assert {each.code for each in read.concepts} == known
        assert_same(read, plain(folder, "*2_*.txt", day))
    assert sizes == [88, 89, 90, 97, 99, 99, 102, 102]


@pytest.mark.live
def test_the_row_of_the_fictitious_delta_that_contradicts_is_reported(shared_data: Path) -> None:
    full = candidates(shared_data / "snomed-ct/mini-full/Full")[-1]
    delta = one(shared_data / "snomed-ct/mini-full/Delta")
    report = Report()
    found = content(replace(delta, base=(Base(full.files, date(2018, 7, 31)),)), report)
    assert report.warnings["contradicting-rows"].count == 1
    assert "131148009 of 20050131" in report.warnings["contradicting-rows"].examples[0]
    changed = [each for each in found.concepts if each not in set(content(full).concepts)]
    assert [each.code for each in changed] == ["131148009"]


@pytest.mark.live
@pytest.mark.parametrize(("day", "size"), [("20140131", 27), ("20140731", 33)])
def test_both_of_two_releases_read_back_exactly(shared_data: Path, day: str, size: int) -> None:
    folder = shared_data / "snomed-ct/two-releases/expectedoutput"
    (candidate,) = [each for each in candidates(folder) if each.form == "Snapshot" and each.version == f"{INT}{day}"]
    report = Report()
    found = content(candidate, report)
    assert len(found.concepts) == size
    wrong = [each for each in report.warnings["check-digit"].examples if "concept " in each]
    assert len(wrong) == (9 if day == "20140731" else 8)
    relationships = plain(folder, f"sct2_Relationship_Snapshot*{day}.txt").active("Relationship")
    codes = {each.code for each in found.concepts}
    kept = [row for row in relationships if row["characteristicTypeId"] == INFERRED and row["sourceId"] in codes]
    assert sum(len(each.parents) for each in found.concepts) == sum(row["typeId"] == IS_A for row in kept)


@pytest.mark.live
def test_what_releases_are_made_from_is_no_release(shared_data: Path, tmp_path: Path) -> None:
    for path in (shared_data / "snomed-ct/two-releases").glob("rel2_*20140731.txt"):
        shutil.copy(path, tmp_path)
    candidate = replace(one(tmp_path), requires=())
    with pytest.raises(ReleaseError, match=r"Concept_Delta_INT_20140731.txt:2: id is .*, no number"):
        content(candidate)
