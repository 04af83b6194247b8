"""Simple reference sets of SNOMED CT without their edition: a value set each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codesystems.files import Package
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report
from codesystems.snomed_refsets import LOADER

HEADER = "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\n"
REFSET, OTHER, A, B, C = "11999999107", "109999999109", "19999999103", "29999999105", "39999999107"
NAME = "der2_Refset_{}SimpleRefset{}_SE1000052_{}.txt"


def table(*rows: tuple[str, str, int, str], refset: str = REFSET) -> str:
    return HEADER + "".join(
        f"{id}\t{time}\t{active}\t45991000052106\t{refset}\t{code}\n" for id, time, active, code in rows
    )


@pytest.fixture
def identify(tmp_path: Path) -> Any:
    def identifying(files: dict[str, str], hints: Hints | None = None) -> Any:
        for name, text in files.items():
            (tmp_path / "paket").mkdir(exist_ok=True)
            (tmp_path / "paket" / name).write_text(text, "utf-8")
        with Package(tmp_path / "paket") as package:
            return list(LOADER.identify(package, hints or Hints()))

    return identifying


def read(candidate: Any) -> tuple[list[str], Report]:
    report = Report()
    content = LOADER.read(replace(candidate, version=candidate.version or "1"), report)
    return [member.code for member in content.members], report


FULL = table(("1", "20240531", 1, A), ("2", "20240531", 1, B), ("2", "20250531", 0, B), ("3", "20250531", 1, C))


def test_a_snapshot_is_a_value_set(identify: Any) -> None:
    text = table(("1", "20240531", 1, A), ("2", "20250531", 0, B))
    (found,) = identify({NAME.format("Provtyper", "Snapshot", "20250531"): text})
    assert (found.valueset.id, found.valueset.url, found.valueset.title) == (
        f"snomed-ct-refset-{REFSET}",
        f"http://snomed.info/sct?fhir_vs=refset/{REFSET}",
        f"SNOMED CT {REFSET}: Provtyper",
    )
    assert (found.version, found.effective, found.form) == ("20250531", date(2025, 5, 31), "Snapshot")
    assert read(found)[0] == [A]


def test_a_full_says_what_it_was_before(identify: Any) -> None:
    earlier, last = identify({NAME.format("", "Full", "20250531"): FULL})
    assert [(each.version, read(each)[0]) for each in (earlier, last)] == [("20240531", [A, B]), ("20250531", [A, C])]
    (asked,) = identify({}, Hints(version="20240531"))
    assert asked.effective == date(2024, 5, 31)


def test_a_delta_says_what_joined_and_left(identify: Any) -> None:
    text = table(("2", "20250531", 0, B), ("3", "20250531", 1, C))
    (found,) = identify({NAME.format("", "Delta", "20250531"): text})
    content = LOADER.read(found, Report())
    assert (content.delta, content.removed, [member.code for member in content.members]) == (True, {"2"}, [C])
    (found,) = identify({NAME.format("", "Delta", "20250531"): table(("", "20250531", 1, C))})
    with pytest.raises(ReleaseError, match="without id"):
        LOADER.read(found, Report())


def test_each_refset_of_a_file_is_one(identify: Any) -> None:
    text = table(("1", "20250531", 1, A)) + table(("2", "20250531", 1, B), refset=OTHER).removeprefix(HEADER)
    found = identify({"vilket-namn-som-helst.txt": text})
    assert [(each.valueset.id[-5:], each.version, read(each)[0]) for each in found] == [
        (REFSET[-5:], "20250531", [A]), (OTHER[-5:], "20250531", [B]),
    ]  # fmt: skip
    with pytest.raises(ReleaseError, match="--valueset names only one"):
        identify({}, Hints(columns={"valueset": "mitt"}))


def test_the_operator_may_name_it(identify: Any) -> None:
    text = table(("1", "20250531", 1, A))
    (found,) = identify({NAME.format("", "Snapshot", "20250531"): text}, Hints(columns={"valueset": "Mina typer"}))
    assert (found.valueset.id, found.valueset.title, found.valueset.url[-11:]) == ("mina-typer", "Mina typer", REFSET)
    assert read(found)[0] == [A]


def test_members_that_are_no_concepts_are_left_out(identify: Any) -> None:
    rows = [("1", "20250531", 1, A), ("2", "20250531", 1, "680946014"), ("3", "20250531", 1, "29999999104")]
    (found,) = identify({NAME.format("", "Snapshot", "20250531"): table(*rows)})
    codes, report = read(found)
    assert (codes, report.warnings["no-concept"].count) == ([A], 2)


def test_what_comes_with_concepts_is_the_editions(identify: Any) -> None:
    concepts = "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\n"
    name = NAME.format("", "Snapshot", "20250531")
    assert (
        identify({name: table(("1", "20250531", 1, A)), "sct2_Concept_Snapshot_SE1000052_20250531.txt": concepts}) == []
    )


def test_other_refsets_are_left_alone(identify: Any) -> None:
    assert identify({"der2_cRefset_XSnapshot_SE1000052_20250531.txt": HEADER.strip() + "\tvalueId\n"}) == []
    assert identify({"anteckningar.txt": "id\tnamn\n", "tom.txt": ""}) == []


def test_a_refset_that_is_none_is_refused(identify: Any) -> None:
    with pytest.raises(ReleaseError, match="refsetId 'x' is no SCTID"):
        identify({"a.txt": table(("1", "20250531", 1, A), refset="x")})
