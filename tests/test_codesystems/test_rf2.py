"""Release Format 2: names, rows by column, check digits, the state of things on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesystems.files import SourceFile
from codesystems.formats import rf2
from codesystems.formats.tables import Columns
from codesystems.report import ReleaseError, Report

HEADER = "id\teffectiveTime\tactive\tmoduleId\trefsetId\tmapTarget"
COLUMNS = Columns(("refsetId",), ("mapTarget", "mapRule"))


def file_of(
    folder: Path, content: str | bytes, name: str = "der2_sRefset_SimpleMapFull_INT_20200131.txt"
) -> SourceFile:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return SourceFile(name, path)


def read(folder: Path, content: str | bytes, columns: Columns = COLUMNS) -> tuple[list[rf2.Row], Report]:
    report = Report()
    return list(rf2.read(file_of(folder, content), columns, report)), report


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "der2_iisssccRefset_ExtendedMapSnapshot_INT_20140731.txt",
            rf2.FileName("iisssccRefset", "ExtendedMap", "Snapshot", "", "INT", date(2014, 7, 31)),
        ),
        (
            "sct2_Description_Full-sv_SE1000052_20161130.txt",
            rf2.FileName("Description", "", "Full", "sv", "SE1000052", date(2016, 11, 30)),
        ),
        (
            "xder2_cRefset_LanguageDelta-en-US_INT_20140731.txt",
            rf2.FileName("cRefset", "Language", "Delta", "en-US", "INT", date(2014, 7, 31), unpublished=True),
        ),
        (
            "expected-der2_iisssccRefset_ExtendedMapFull_INT_20140731.txt",
            rf2.FileName("iisssccRefset", "ExtendedMap", "Full", "", "INT", date(2014, 7, 31)),
        ),
        (
            "rel2_Refset_UrvalHalso-OchSjukvardSimpleRefsetDelta_SE1000052_20161130.txt",
            rf2.FileName("Refset", "UrvalHalso-OchSjukvardSimpleRefset", "Delta", "", "SE1000052", date(2016, 11, 30)),
        ),
    ],
)
def test_a_name_says_what_a_file_holds(name: str, expected: rf2.FileName) -> None:
    assert rf2.parse_name(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "se_manifest.xml",
        "Readme_20140131.txt",
        "der2_sRefset_SimpleMap_INT_20140131.txt",
        "der2_sRefset_SimpleMapFull_INT_20141399.txt",
        "der2_sRefset_SimpleMapFull_INT_20140131.txt.bak",
        "under2_sRefset_SimpleMapFull_INT_20140131.txt",
    ],
)
def test_other_names_say_nothing(name: str) -> None:
    assert rf2.parse_name(name) is None


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    rows, report = read(
        tmp_path, "MAPTARGET\tactive\tid\trefSetId\tmoduleId\teffectiveTime\nA00\t1\tx\t7\t9\t20200131\n"
    )
    assert rows == [
        rf2.Row("der2_sRefset_SimpleMapFull_INT_20200131.txt", 2, "x", "20200131", True, "9", ("7", "A00", ""))
    ]
    assert str(rows[0].where) == "der2_sRefset_SimpleMapFull_INT_20200131.txt:2"
    assert report.warnings == {}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("tab", ["", "\t"])
def test_line_ends_marks_and_last_tabs_do_not_matter(tmp_path: Path, end: str, mark: str, tab: str) -> None:
    text = mark + HEADER + tab + end + 'x\t20200131\t0\t9\t7\t"quoted" ' + tab + end + end
    rows, report = read(tmp_path, text)
    assert [(row.active, row.cells[1]) for row in rows] == [(False, '"quoted"')]
    assert report.warnings == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r":1: missing column\(s\) id, effectiveTime, active, moduleId, refsetId; found none"),
        ("id\teffectiveTime\tactive\trefsetId\n", r"missing column\(s\) moduleId; found id, effectivetime, active"),
        (f"{HEADER}\nx\t20200131\t2\t9\t7\tA\n", ":2: active is '2', neither 0 nor 1"),
        (f"{HEADER}\nx\t20201331\t1\t9\t7\tA\n", ":2: effectiveTime "),
        (f"{HEADER}\nx\t00200131\t1\t9\t7\tA\n", ":2: effectiveTime '00200131' is no date YYYYMMDD"),
        (f"{HEADER}\nx\t2020-01-31\t1\t9\t7\tA\n", ":2: effectiveTime '2020-01-31' is no date YYYYMMDD"),
        (HEADER.encode() + b"\nx\t20200131\t1\t9\t7\t\xe5\n", ":2: not valid UTF-8"),
        (HEADER.encode() + b"\nx\t20200131\t1\t9\t7\t\x00\n", ":2: a NUL byte"),
    ],
)
def test_broken_files_are_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        read(tmp_path, content)


def test_odd_rows_and_columns_are_reported(tmp_path: Path) -> None:
    rows, report = read(tmp_path, f"{HEADER}\tnew\nx\t20200131\t1\t9\t7\n\ny\t20200131\t1\t9\t7\tA\tn\textra\n")
    assert [(row.id, row.cells) for row in rows] == [("x", ("7", "", "")), ("y", ("7", "A", ""))]
    assert {finding.kind: finding.count for finding in report.warnings.values()} == {
        "unknown-column": 1,
        "ragged-row": 2,
    }
    assert report.warnings["ragged-row"].examples[1].endswith(":4: 8 cells under 7 columns")


def states(folder: Path, rows: list[str], until: str = "") -> tuple[dict[str, str], Report]:
    found, report = read(folder, "\n".join([HEADER, *rows]))
    return {key: row.cells[1] for key, row in rf2.newest(found, report, until).items()}, report


ROWS = ["x\t20200131\t1\t9\t7\tB", "x\t20190731\t1\t9\t7\tA", "y\t20200131\t0\t9\t7\tC"]


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("", {"x": "B", "y": "C"}),
        ("20200131", {"x": "B", "y": "C"}),
        ("20200130", {"x": "A"}),
        ("20190731", {"x": "A"}),
        ("20190730", {}),
    ],
)
def test_the_newest_state_until_a_day_counts(tmp_path: Path, until: str, expected: dict[str, str]) -> None:
    found, report = states(tmp_path, ROWS, until)
    assert found == expected
    assert report.warnings == {}


def test_two_states_of_one_day_are_reported(tmp_path: Path) -> None:
    found, report = states(tmp_path, [*ROWS, ROWS[0], "y\t20200131\t1\t9\t7\tD"])
    assert found == {"x": "B", "y": "D"}
    assert report.warnings["duplicate-row"].examples[0].endswith(":5: x of 20200131 is at " + NAME + ":2")
    assert report.warnings["contradicting-rows"].count == 1


NAME = "der2_sRefset_SimpleMapFull_INT_20200131.txt"


def test_rows_without_id_stand_for_themselves(tmp_path: Path) -> None:
    found, report = states(tmp_path, ["\t\t1\t9\t7\tA", "\t\t1\t9\t7\tA"])
    assert list(found.values()) == ["A", "A"]
    assert report.warnings == {}


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("138875005", True),  # SNOMED CT Concept
        ("900000000000207008", True),
        ("45991000052106", True),
        ("138875006", False),
        ("138857005", False),
        ("800008001", False),
        ("236", False),
        ("0138875005", False),
        ("", False),
        ("١٣٨٨٧٥٠٠٥", False),
    ],
)
def test_check_digits(text: str, right: bool) -> None:
    assert rf2.is_sctid(text) is right


@given(st.from_regex(r"[1-9][0-9]{5,16}", fullmatch=True), st.data())
def test_the_check_digit_finds_every_wrong_digit_and_every_swap(digits: str, data: st.DataObject) -> None:
    whole = next(digits + last for last in "0123456789" if rf2.verhoeff(digits + last))
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != whole[at]]))
    assert not rf2.verhoeff(whole[:at] + other + whole[at + 1 :])
    if at and whole[at - 1] != whole[at]:
        assert not rf2.verhoeff(whole[: at - 1] + whole[at] + whole[at - 1] + whole[at + 1 :])


def test_the_partition_says_what_an_id_names() -> None:
    assert rf2.is_concept_id("138875005") and rf2.is_concept_id("45991000052106")
    assert not rf2.is_concept_id("680946014")


def test_the_header_of_what_is_no_text_is_empty(tmp_path: Path) -> None:
    assert rf2.header(file_of(tmp_path, b"\xff\xfe\x00")) == ()
    assert rf2.header(file_of(tmp_path, HEADER + "\r\n"))[-1] == "maptarget"


@pytest.mark.live
def test_ids_of_a_real_release(shared_data: Path) -> None:
    """9 of the 33 concept ids of the sample of two releases have a wrong check digit."""
    path = shared_data / "snomed-ct/two-releases/expectedoutput/der2_sRefset_SimpleMapSnapshot_INT_20140731.txt"
    rows = list(
        rf2.read(SourceFile(path.name, path), Columns(("referencedComponentId",), ignore=("refsetId",)), Report())
    )
    ids = {row.cells[0] for row in rows}
    assert (len(ids), sum(not rf2.is_sctid(each) for each in ids)) == (33, 9)
