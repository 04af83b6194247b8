"""SNOMED CT's maps: which there are in a package, what a row says, and that all release types say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from codesystems import icd10, rf2_refsets, snomed
from codesystems.files import Package
from codesystems.golden import SAMPLES
from codesystems.loader import Candidate
from codesystems.maps import MapContent, MapElement
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report
from codesystems.snomed_maps import LOADER

ICD10, ICDO, CTV3 = "447562003", "446608001", "900000000000497000"
COMMON = "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId"
SIMPLE = f"{COMMON}\tmapTarget"
EXTENDED = f"{COMMON}\tmapGroup\tmapPriority\tmapRule\tmapAdvice\tmapTarget\tcorrelationId\tmapCategoryId"
FULL = "der2_iisssccRefset_ExtendedMapFull_INT_20200131.txt"
SNAPSHOT = "der2_sRefset_SimpleMapSnapshot_INT_20200131.txt"
DELTA = "der2_sRefset_SimpleMapDelta_INT_20200131.txt"
CONCEPT, MODULE = "138875005", "900000000000207008"


def candidates(path: Path, hints: Hints | None = None) -> list[Candidate]:
    with Package(path) as package:
        return list(LOADER.identify(package, hints or Hints()))


def read(path: Path, hints: Hints | None = None) -> list[tuple[MapContent, Report]]:
    contents = []
    with Package(path) as package:
        for candidate in LOADER.identify(package, hints or Hints()):
            report = Report()
            contents.append((LOADER.read(candidate, report), report))
    return contents


def write(folder: Path, name: str, header: str, rows: Iterable[str]) -> Path:
    (folder / name).write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return folder / name


def simple(member: str, target: str, *, time: str = "20200131", active: int = 1, refset: str = ICDO) -> str:
    return f"{member}\t{time}\t{active}\t{MODULE}\t{refset}\t{CONCEPT}\t{target}"


def extended(
    target: str = "A00.0", correlation: str = "447561005", category: str = "", group: str = "1", rule: str = "TRUE"
) -> str:
    member = f"m\t20200131\t1\t{MODULE}\t{ICD10}\t{CONCEPT}"
    return f"{member}\t{group}\t1\t{rule}\tADVICE\t{target}\t{correlation}\t{category}"


def one(tmp_path: Path, row: str) -> tuple[MapElement, Report]:
    ((content, report),) = read(write(tmp_path, FULL, EXTENDED, [row]))
    (element,) = content.elements
    return element, report


def after(before: MapContent, delta: MapContent) -> dict[str, MapElement]:
    """What a delta makes of the version before."""
    elements = {element.id: element for element in before.elements if element.id not in delta.removed}
    return elements | {element.id: element for element in delta.elements}


def by_id(content: MapContent) -> dict[str, MapElement]:
    return {element.id: element for element in content.elements}


def test_a_file_with_several_refsets_is_several_maps(tmp_path: Path) -> None:
    rows = [simple("a", "C47.5"), simple("b", "XaBcD", refset=CTV3), simple("c", "x", refset="733900009")]
    found = candidates(write(tmp_path, SNAPSHOT, SIMPLE, rows))
    assert [candidate.system.id for candidate in found] == [
        "snomed-ct-to-icd-o",
        "snomed-ct-to-ctv3",
        "snomed-ct-map-733900009",
    ]
    last = found[2].conceptmap
    assert (last.source, last.target.id) == (snomed.SYSTEM, "snomed-ct-map-733900009-codes")
    assert last.url == "http://snomed.info/sct?fhir_cm=733900009"
    assert {(each.version, each.effective, each.form) for each in found} == {
        ("20200131", date(2020, 1, 31), "Snapshot")
    }


def test_modules_in_files_of_their_own_are_one_map(tmp_path: Path) -> None:
    write(tmp_path, SNAPSHOT, SIMPLE, [simple("a", "C47.5")])
    write(tmp_path, SNAPSHOT.replace("INT", "SE1000052"), SIMPLE, [simple("b", "C47.6")])
    ((content, _),) = read(tmp_path)
    assert sorted(by_id(content)) == ["a", "b"]


def test_a_map_to_snomed_ct_is_a_map_from_the_other_system(tmp_path: Path) -> None:
    rows = [simple("a", "K1", refset="816210007")]
    ((content, report),) = read(write(tmp_path, SNAPSHOT, f"{COMMON}\tmapSource", rows))
    assert (content.system.source.id, content.system.target) == ("snomed-ct-map-816210007-codes", snomed.SYSTEM)
    assert [(each.source, each.target) for each in content.elements] == [("K1", CONCEPT)]
    assert (content.source_version, report.warnings) == ("", {})


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "der2_cRefset_LanguageSnapshot-en_INT_20200131.txt", f"{COMMON}\tacceptabilityId", [])
    write(tmp_path, "readme.txt", "mapTarget of a refsetId", [])
    write(tmp_path, DELTA, SIMPLE, [])
    assert candidates(tmp_path) == []


def test_a_map_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"missing column\(s\) mapTarget; found id, "):
        read(write(tmp_path, SNAPSHOT, COMMON, [simple("a", "")]))


def test_without_a_name_the_newest_effective_time_is_the_version(tmp_path: Path) -> None:
    rows = [simple("a", "C1", time="20190731"), simple("b", "C2")]
    (candidate,) = candidates(write(tmp_path, "map.txt", SIMPLE, rows))
    assert (candidate.version, candidate.form) == ("20200131", "Snapshot")
    (candidate,) = candidates(write(tmp_path, "map.txt", SIMPLE, [simple("a", "C1", time="")]))
    assert candidate.version is None


@pytest.mark.parametrize(
    ("correlation", "relationship"),
    [
        ("447557004", "equivalent"),
        ("447558009", "source-is-narrower-than-target"),
        ("447559001", "source-is-broader-than-target"),
        ("447560006", "related-to"),
        ("447561005", "related-to"),
        ("1193548004", "equivalent"),
        ("", "related-to"),
    ],
)
def test_the_correlation_is_the_relationship(tmp_path: Path, correlation: str, relationship: str) -> None:
    element, report = one(tmp_path, extended(correlation=correlation))
    assert (element.relationship, report.warnings) == (relationship, {})


def test_all_that_a_row_says_is_kept(tmp_path: Path) -> None:
    element, _ = one(tmp_path, extended("G01*", "447560006", "447639009", group="2", rule="OTHERWISE TRUE"))
    assert element == MapElement(
        source=CONCEPT,
        target="G01",
        relationship="related-to",
        group=2,
        priority=1,
        rule="OTHERWISE TRUE",
        advice="ADVICE",
        comment="447639009 | Map of source concept is context dependent |; "
        "447560006 | Partial overlap between SNOMED CT source code and target code |; written G01*",
        id="m",
    )


@pytest.mark.parametrize(
    ("correlation", "category", "reason"),
    [
        ("447561005", "447638001", "447638001 | Map source concept cannot be classified with available data |"),
        ("447556008", "", "447556008 | SNOMED CT source code not mappable to target coding scheme |"),
        ("447561005", "", "ADVICE"),
    ],
)
def test_no_target_is_said_with_the_reason(tmp_path: Path, correlation: str, category: str, reason: str) -> None:
    element, report = one(tmp_path, extended("", correlation, category))
    assert (element.target, element.relationship, element.comment) == ("", "unmapped", reason)
    assert report.warnings == {}


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (extended(correlation="138875005"), "unknown-correlation"),
        (extended(correlation="447556008"), "target-of-unmapped"),
        (extended().replace(CONCEPT, "138875006"), "check-digit"),
        (extended().replace(CONCEPT, "680946014"), "no-concept"),
    ],
)
def test_what_is_wrong_is_reported(tmp_path: Path, row: str, kind: str) -> None:
    _, report = one(tmp_path, row)
    assert {name: finding.count for name, finding in report.warnings.items()} == {kind: 1}


def test_members_that_repeat_each_other_are_reported(tmp_path: Path) -> None:
    ((content, report),) = read(write(tmp_path, SNAPSHOT, SIMPLE, [simple("a", "C1"), simple("b", "C1")]))
    assert len(content.elements) == 2
    assert report.warnings["repeated-member"].examples == [f"{SNAPSHOT}:3: b says the same as a"]


@pytest.mark.parametrize("row", [extended(group="one"), extended(group="²"), extended(group="1" * 5000)])
def test_a_group_that_is_no_number_is_refused(tmp_path: Path, row: str) -> None:
    with pytest.raises(ReleaseError, match=":2: mapGroup is "):
        one(tmp_path, row)


def test_a_refset_that_is_no_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="refsetId 'x' is no SCTID"):
        candidates(write(tmp_path, SNAPSHOT, SIMPLE, [simple("a", "C1", refset="x")]))


def test_a_delta_ends_members_and_must_say_which(tmp_path: Path) -> None:
    ((content, _),) = read(write(tmp_path, DELTA, SIMPLE, [simple("a", "C1", active=0), simple("b", "C2")]))
    assert (content.delta, content.removed, list(by_id(content))) == (True, {"a"}, ["b"])
    with pytest.raises(ReleaseError, match="member without id"):
        read(write(tmp_path, DELTA, SIMPLE, [simple("", "C1", active=0)]))


def test_rows_later_than_their_release_are_reported_and_kept(tmp_path: Path) -> None:
    ((content, report),) = read(write(tmp_path, DELTA, SIMPLE, [simple("a", "C1", time="20200731")]))
    assert len(content.elements) == 1
    assert "later-than-release" in report.warnings


FULL_ROWS = [
    simple("a", "C1", time="20190131"),
    simple("a", "C2", time="20190731"),
    simple("b", "C3", time="20190731"),
    simple("a", "C2", time="20200131", active=0),
]
SIMPLE_FULL = SNAPSHOT.replace("Snapshot", "Full")


def targets(content: MapContent) -> list[str]:
    return [element.target for element in content.elements]


def test_a_full_holds_the_map_as_it_was_on_every_day(tmp_path: Path) -> None:
    found = read(write(tmp_path, SIMPLE_FULL, SIMPLE, FULL_ROWS))
    assert [(content.version, targets(content)) for content, _ in found] == [
        ("20190131", ["C1"]),
        ("20190731", ["C2", "C3"]),
        ("20200131", ["C3"]),
    ]
    assert not any(report.warnings for _, report in found)


def test_the_release_of_a_day_says_best_what_held_then(tmp_path: Path) -> None:
    ranks = {
        (candidate.version, candidate.form): candidate.rank
        for name in (SIMPLE_FULL, SNAPSHOT, DELTA)
        for candidate in candidates(write(tmp_path, name, SIMPLE, FULL_ROWS))
    }
    own = [ranks["20200131", form] for form in ("Full", "Snapshot", "Delta")]
    assert own == sorted(own, reverse=True)
    assert own[1] > ranks["20190731", "Full"] > own[2]


def test_the_newest_row_is_the_version_where_a_full_is_older_by_name(tmp_path: Path) -> None:
    found = read(write(tmp_path, SIMPLE_FULL.replace("20200131", "20190731"), SIMPLE, FULL_ROWS))
    assert [content.version for content, _ in found] == ["20190131", "20190731", "20200131"]


def test_a_large_full_is_read_once_and_on_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rf2_refsets, "HISTORY_ROWS", 7)
    path = write(tmp_path, SIMPLE_FULL, SIMPLE, FULL_ROWS)
    (candidate,) = candidates(path)
    assert candidate.version == "20200131"
    assert candidate.notes == (
        "snomed-ct-to-icd-o as it was earlier is in the Full too: load it with --version 20190131, 20190731",
    )
    ((content, _),) = read(path, Hints(version="20190731"))
    assert (content.version, targets(content)) == ("20190731", ["C2", "C3"])


def test_every_version_is_found_again_by_its_name_and_day(tmp_path: Path) -> None:
    path = write(tmp_path, SIMPLE_FULL, SIMPLE, FULL_ROWS)
    for content, _ in read(path):
        (again,) = read(path, Hints(version=content.version, effective=content.effective))
        assert again[0] == content


def test_a_version_of_another_name_is_the_newest(tmp_path: Path) -> None:
    path = write(tmp_path, SIMPLE_FULL, SIMPLE, FULL_ROWS)
    (candidate,) = candidates(path, Hints(version="2014"))
    assert (candidate.version, candidate.rank) == ("20200131", 4)


def test_the_sample_delta_and_full_make_the_newest_map() -> None:
    folder = SAMPLES / "snomed-ct-to-icd-10"
    before = read(folder / "2020-01")[-1][0]
    ((delta, _),) = read(folder / "2020-07")
    merged = after(before, delta)
    assert before.system == delta.system
    assert before.system.target is icd10.SYSTEM
    assert len(merged) == len(before.elements) - 1 + 3


@pytest.mark.live
def test_full_and_delta_make_the_expected_full_and_snapshot(shared_data: Path) -> None:
    folder = shared_data / "snomed-ct/extended-map"
    ((delta, _),) = read(folder / "der2_iisssccRefset_ExtendedMapDelta_INT_20140731.txt")
    fulls = [content for content, _ in read(folder / "der2_iisssccRefset_ExtendedMapFull_INT_20140131.txt")]
    expected = [content for content, _ in read(folder / "expected-der2_iisssccRefset_ExtendedMapFull_INT_20140731.txt")]
    ((snapshot, _),) = read(folder / "expected-der2_iisssccRefset_ExtendedMapSnapshot_INT_20140731.txt")
    assert [(content.version, len(content.elements)) for content in expected] == [
        ("20130731", 11),
        ("20140131", 12),
        ("20140731", 15),
    ]
    assert expected[:-1] == fulls
    assert after(fulls[-1], delta) == by_id(expected[-1])
    assert expected[-1].elements == snapshot.elements


@pytest.mark.live
def test_the_map_to_icpc_2(shared_data: Path) -> None:
    ((content, report),) = read(shared_data / "snomed-ct/se-2016-samples")
    assert (content.system.id, content.version, content.delta) == ("snomed-ct-to-icpc-2", "20140731", True)
    assert Counter(element.relationship for element in content.elements) == {"related-to": 4359, "unmapped": 50}
    assert report.warnings == {}


@pytest.mark.live
def test_two_releases_of_a_simple_map(shared_data: Path) -> None:
    folder = shared_data / "snomed-ct/two-releases/expectedoutput"
    ((first, _),) = read(folder / "der2_sRefset_SimpleMapFull_INT_20140131.txt")
    (_, old), (second, report) = read(folder / "der2_sRefset_SimpleMapFull_INT_20140731.txt")
    ((delta, _),) = read(folder / "der2_sRefset_SimpleMapDelta_INT_20140731.txt")
    ((snapshot, _),) = read(folder / "der2_sRefset_SimpleMapSnapshot_INT_20140731.txt")
    assert (len(first.elements), len(second.elements)) == (27, 33)
    assert after(first, delta) == by_id(second)
    assert second.elements == snapshot.elements
    assert (old.warnings["check-digit"].count, report.warnings["check-digit"].count) == (8, 9)
