"""Errata of a year's code files, one workbook for several code systems."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from codesystems.errata import LOADER
from codesystems.files import Package
from codesystems.golden import SAMPLES, identified
from codesystems.loader import Candidate
from codesystems.model import Hints, StatedContent
from codesystems.report import Report
from codesystems.versions import effective_date

NAME = "andringar-i-kodtextfilerna-for-2021.xlsx"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLES / "icd-10-se/errata-2021" / NAME, tmp_path / NAME))


def edit(path: Path, change: Callable[[openpyxl.Workbook], object]) -> None:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def identify(path: Path) -> list[Candidate]:
    with Package(path) as package:
        return list(LOADER.identify(package, Hints()))


def read(path: Path, system: str) -> tuple[StatedContent, Report]:
    with Package(path) as package:
        (candidate,) = (each for each in LOADER.identify(package, Hints()) if each.system.id == system)
        report = Report()
        known = replace(candidate, effective=effective_date(candidate.version or ""))
        return LOADER.read(known, report), report


def stated(path: Path, system: str) -> list[tuple[str, str, str]]:
    return [(change.code, change.type, str(change.date)) for change in read(path, system)[0].stated]


def test_a_sheet_for_each_code_system(workbook: Path) -> None:
    found = [(each.system.id, each.version, each.states_only) for each in identify(workbook)]
    assert found == [(system, "errata-2021", True) for system in ("icd-10-se", "kva", "icf")]


def test_the_title_goes_before_the_name(workbook: Path) -> None:
    moved = workbook.rename(workbook.with_name("errata-1999.xlsx"))
    assert {each.version for each in identify(moved)} == {"errata-2021"}
    edit(moved, lambda book: book.remove(book["Info"]))
    assert {each.version for each in identify(moved)} == {"errata-1999"}
    last = moved.rename(moved.with_name("errata.xlsx"))
    assert {each.version for each in identify(last)} == {None}


def test_empty_and_unknown_sheets(workbook: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["ICF-filer"].delete_rows(2, 10)
        book["KVÅ-filer"].title = "ATC-filer"

    edit(workbook, change)
    (candidate,) = identify(workbook)
    assert (candidate.system.id, candidate.notes) == ("icd-10-se", (f"{NAME}[ATC-filer]: not read",))


@pytest.mark.parametrize("name", ["other.xlsx", "codes.txt"])
def test_other_files_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no workbook")
    assert identify(tmp_path) == []


def test_what_a_row_says(workbook: Path) -> None:
    assert stated(workbook, "kva") == [
        ("AAA00", "retitled", "2020-12-09"),
        ("AA001", "changed", "2020-12-16"),
        ("AAB", "withdrawn", "2020-12-23"),
        ("AA003", "changed", "2021-01-11"),  # the comment is about a mention of the code that goes
        ("AA002", "introduced", "2021-01-27"),
    ]
    assert stated(workbook, "icf") == [("b110", "retitled", "2021-01-29"), ("b114", "changed", "2021-01-29")]


def test_the_day_a_comment_names_goes_before_the_row_s(workbook: Path) -> None:
    assert stated(workbook, "icd-10-se") == [
        ("W0100-W0199", "changed", "2020-12-02"),
        ("U07", "retitled", "2021-02-01"),
    ]


def test_what_is_odd_is_reported(workbook: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["ICD-10-SE-filer"]["A2"] = "i vintras"
        book["ICD-10-SE-filer"].append([None, None, "Text", None, None])

    edit(workbook, change)
    assert stated(workbook, "icd-10-se")[0] == ("W0100-W0199", "changed", "None")
    _, report = read(workbook, "icd-10-se")
    assert {kind: finding.count for kind, finding in report.warnings.items()} == {
        "bad-date": 1,
        "row-without-code": 1,
    }


def test_beside_the_release_it_is_about(workbook: Path) -> None:
    for file in (SAMPLES / "icd-10-se/2021").iterdir():
        shutil.copy(file, workbook.parent)
    with Package(workbook.parent) as package:
        found = {(each.system.id, each.form, len(each.files), each.states_only) for each in identified(package)}
    assert found == {
        ("icd-10-se", "text", 5, False),
        ("icd-10-se", "errata", 1, True),
        ("icf", "errata", 1, True),
        ("kva", "errata", 1, True),
    }


@pytest.mark.live
def test_the_real_errata_of_2021(shared_data: Path) -> None:
    path = shared_data / "icd-10-se/2021" / NAME
    assert stated(path, "icd-10-se") == [
        ("V0100-V7899", "changed", "2020-12-02"),
        *((code, "retitled", "2021-02-01") for code in ("U11", "U11.9", "U12", "U12.9")),
    ]
    surgical = stated(path, "kva")
    assert len(surgical) == 18
    assert [each for each in surgical if each[1] in ("withdrawn", "introduced")] == [
        ("FDN", "withdrawn", "2020-12-23"),
        ("FDN02", "withdrawn", "2020-12-23"),
        ("FCA20", "introduced", "2021-01-27"),
    ]
    assert [code for code, kind, _ in surgical if kind == "retitled"] == [
        "VUC31", "VUK34", "VUL30", "VUV31", "VUV32", "VCC08", "ZV060",
    ]  # fmt: skip
    assert stated(path, "icf") == [
        ("b51058", "retitled", "2021-01-29"),
        ("b51059", "retitled", "2021-01-29"),
        ("d298A", "changed", "2021-01-29"),
    ]
