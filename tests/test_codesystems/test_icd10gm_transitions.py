"""ICD-10-GM's tables of transition: every row is a statement, by what the whole table says of its codes, and an
element of the map from year to year."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from codesystems.files import Package
from codesystems.formats.text import lines
from codesystems.icd10gm_transitions import ADVICE, LOADER, NO_TARGET, YEAR_TO_YEAR
from codesystems.maps import MapContent, MapElement
from codesystems.model import Hints, StatedChange, StatedContent
from codesystems.report import ReleaseError, Report

NAME = "icd10gm2015syst_umsteiger_2014_2015.txt"
ROWS = "A00.0;A00.0;A;A\n"


def read(path: Path) -> tuple[StatedContent, Report]:
    with Package(path) as package:
        (candidate,) = (each for each in LOADER.identify(package, Hints()) if each.states_only)
        report = Report()
        content = LOADER.read(candidate, report)
        assert isinstance(content, StatedContent)
        return content, report


def read_map(path: Path) -> tuple[MapContent, Report]:
    with Package(path) as package:
        (candidate,) = (each for each in LOADER.identify(package, Hints()) if each.system == YEAR_TO_YEAR)
        report = Report()
        content = LOADER.read(candidate, report)
        assert isinstance(content, MapContent)
        return content, report


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / NAME


def stated(table: Path, rows: str) -> list[tuple[str, str, str]]:
    table.write_text(rows, "utf-8")
    return [(change.code, change.type, change.other_code) for change in read(table)[0].stated]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A00.0;A00.0;A;A", [("A00.0", "unchanged", "")]),
        ("A00.0;A00.0;A;", [("A00.0", "changed", "")]),
        ("A00.0;A00.1;A;A", [("A00.0", "replaced-by", "A00.1")]),
        ("UNDEF;A00.1;;A", [("A00.1", "introduced", "")]),
        ("A00.0;UNDEF;;", [("A00.0", "withdrawn", "")]),
        ("A00.0;A00.0;;A\nA00.0;A00.1;;A", [("A00.0", "split", "A00.0"), ("A00.0", "split", "A00.1")]),
        ("A00.0;A00.1;A;\nA00.1;A00.1;A;", [("A00.0", "merged", "A00.1"), ("A00.1", "merged", "A00.1")]),
        (
            "A00.0;A00.1;;\nA00.0;A00.2;;\nA00.5;A00.1;A;",
            [("A00.0", "split", "A00.1"), ("A00.0", "split", "A00.2"), ("A00.5", "merged", "A00.1")],
        ),
        ("UNDEF;A00.1;;A\nUNDEF;A00.2;;A\nA00.3;UNDEF;;\nA00.4;UNDEF;;", [
            ("A00.1", "introduced", ""), ("A00.2", "introduced", ""),
            ("A00.3", "withdrawn", ""), ("A00.4", "withdrawn", ""),
        ]),
        ("U99.0;U69.1;A;A\nUNDEF;U99.0;;A", [("U99.0", "replaced-by", "U69.1"), ("U99.0", "introduced", "")]),
    ],
)  # fmt: skip
def test_what_a_row_says(table: Path, rows: str, expected: list[tuple[str, str, str]]) -> None:
    assert stated(table, rows) == expected


def test_both_flags_the_day_and_the_place_are_kept(table: Path) -> None:
    table.write_text(ROWS + "A00.1;A00.2;A;\n", "utf-8")
    content, report = read(table)
    assert (content.version, content.effective) == ("2014-2015", date(2015, 1, 1))
    assert content.stated[1] == StatedChange(
        "A00.1", "replaced-by", date(2015, 1, 1), NAME, 2, other_code="A00.2", automatic=True, automatic_back=False
    )
    assert report.warnings == {}


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("umsteiger_icd10gmsyst2011_icd10gmsyst2012.txt", "2011-2012"),
        ("ICD10GM2026SYST_UMSTEIGER_2025_2026.TXT", "2025-2026"),
        ("icd10gm2015syst_umsteiger_2015_2014.txt", None),
        ("icd10gm2015syst_umsteiger.txt", None),
        ("ops2015syst_umsteiger_2014_2015.txt", None),
        ("icd10gm2015syst.txt", None),
    ],
)
def test_the_years_are_in_the_name(tmp_path: Path, name: str, version: str | None) -> None:
    (tmp_path / name).write_text(ROWS, "utf-8")
    with Package(tmp_path) as package:
        found = list(LOADER.identify(package, Hints()))
    expected = [("icd-10-gm", version, True), ("icd-10-gm-year-to-year", version, False)] if version else []
    assert [(each.system.id, each.version, each.states_only) for each in found] == expected


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("UNDEF;UNDEF;;", "UNDEF passes into UNDEF"),
        ("A00.0;Kode;A;A", "'Kode' is neither a code of ICD-10-GM nor UNDEF"),
        (";A00.0;A;A", "'' is neither a code"),
        ("\n", "no changes found"),
    ],
)
def test_what_is_no_transition_stops_the_load(table: Path, rows: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        stated(table, rows)


def test_what_is_odd_is_reported(table: Path) -> None:
    table.write_text("A00.0;A00.0;A;A\nA00.1;A00.1;A;X\nA00.0;A00.0;A;A\nA00.3;A00.4\n", "utf-8")
    content, report = read(table)
    assert [(change.row, change.automatic_back) for change in content.stated] == [(1, True), (2, None), (4, False)]
    assert {kind: finding.examples for kind, finding in report.warnings.items()} == {
        "ragged-row": [f"{NAME}:4: 2 cells under 4 columns"],
        "unknown-flag": [f"{NAME}:2: 'X' is neither A nor empty"],
        "duplicate-row": [f"{NAME}:3: unchanged of A00.0 is stated already in line 1"],
    }


EQUIVALENT, NARROWER, BROADER = "equivalent", "source-is-narrower-than-target", "source-is-broader-than-target"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A00.0;A00.0;A;A", [("A00.0", "A00.0", EQUIVALENT)]),
        ("A00.0;A00.1;A;A", [("A00.0", "A00.1", EQUIVALENT)]),
        ("A00.0;A00.1;A;", [("A00.0", "A00.1", NARROWER)]),
        ("A00.0;A00.0;;A\nA00.0;A00.1;;A", [("A00.0", "A00.0", BROADER), ("A00.0", "A00.1", BROADER)]),
        ("A00.0;A00.1;;", [("A00.0", "A00.1", "related-to")]),
        ("A00.0;A00.1;X;A", [("A00.0", "A00.1", "related-to")]),
        ("A00.0;UNDEF;;", [("A00.0", "", "unmapped")]),
        ("A00.0;A00.1;A;A\nA00.1;A00.1;A;A", [("A00.0", "A00.1", NARROWER), ("A00.1", "A00.1", EQUIVALENT)]),
        ("A00.0;A00.1;A;A\nA00.0;A00.2;A;A", [("A00.0", "A00.1", BROADER), ("A00.0", "A00.2", BROADER)]),
        (
            "A00.0;A00.1;A;A\nA00.0;A00.2;;\nA00.3;A00.1;;",
            [("A00.0", "A00.1", "related-to"), ("A00.0", "A00.2", "related-to"), ("A00.3", "A00.1", "related-to")],
        ),
    ],
)
def test_what_a_row_says_as_an_element(table: Path, rows: str, expected: list[tuple[str, str, str]]) -> None:
    table.write_text(rows, "utf-8")
    elements = read_map(table)[0].elements
    assert [(element.source, element.target, element.relationship) for element in elements] == expected


def test_the_flags_stand_in_words_and_a_new_code_is_no_element(table: Path) -> None:
    table.write_text("A00.0;A00.0;A;A\nA00.1;UNDEF;;\nUNDEF;A00.2;;A\nA00.3;A00.3;;A\nA00.4;A00.4;X;\n", "utf-8")
    content, report = read_map(table)
    assert (content.version, content.source_version, content.target_version) == ("2014-2015", "2014", "2015")
    assert content.elements == (
        MapElement("A00.0", "A00.0", "equivalent", advice=ADVICE[True, True]),
        MapElement("A00.1", "", "unmapped", advice=ADVICE[False, False], comment=NO_TARGET),
        MapElement("A00.3", "A00.3", "source-is-broader-than-target", advice=ADVICE[False, True]),
        MapElement("A00.4", "A00.4", "related-to"),
    )
    assert report.notes == ["no elements for 1 codes that are new and have no predecessor"]
    assert report.counts == {"elements": 4, "codes without a predecessor": 1}
    assert list(report.warnings) == ["unknown-flag"]


KNOWN = {
    #                       rows, UNDEF, not automatic both ways
    "x1ueb2011_2012.zip": (13_348, 0, 11),
    "x1gua2013.zip": (13_417, 30, 139),
    "x1gua2014.zip": (13_381, 5, 23),
    "x1gut2015.zip": (13_440, 4, 74),
}


@pytest.mark.live
@pytest.mark.parametrize("name", KNOWN)
def test_every_row_of_the_real_tables(shared_data: Path, name: str) -> None:
    content, report = read(shared_data / "icd-10-gm" / name)
    undefined = Counter(change.type for change in content.stated if change.type in ("introduced", "withdrawn"))
    manual = [change for change in content.stated if not (change.automatic and change.automatic_back)]
    assert (len(content.stated), undefined.total(), len(manual)) == KNOWN[name]
    assert [change.row for change in content.stated] == list(range(1, len(content.stated) + 1))
    assert report.warnings == {}


@pytest.mark.live
def test_what_the_tables_of_2014_and_2015_say(shared_data: Path) -> None:
    types = {
        name: Counter(change.type for change in read(shared_data / "icd-10-gm" / name)[0].stated)
        for name in ("x1gua2014.zip", "x1gut2015.zip")
    }
    assert types == {
        "x1gua2014.zip": {"unchanged": 13_354, "split": 18, "introduced": 5, "replaced-by": 4},
        "x1gut2015.zip": {"unchanged": 13_361, "split": 70, "replaced-by": 5, "introduced": 4},
    }


RELATIONSHIPS = {
    "x1ueb2011_2012.zip": {EQUIVALENT: 13_337, BROADER: 11},
    "x1gua2013.zip": {EQUIVALENT: 13_277, BROADER: 50, NARROWER: 39, "related-to": 21, "unmapped": 10},
    "x1gua2014.zip": {EQUIVALENT: 13_358, BROADER: 18},
    "x1gut2015.zip": {EQUIVALENT: 13_366, BROADER: 70},
}


@pytest.mark.live
@pytest.mark.parametrize("name", RELATIONSHIPS)
def test_every_row_with_an_older_code_is_an_element(shared_data: Path, name: str) -> None:
    path = shared_data / "icd-10-gm" / name
    with Package(path) as package:
        (candidate, _) = LOADER.identify(package, Hints())
        rows = [line.split(";") for line in lines(candidate.files[0])]
    content, report = read_map(path)
    flags = {words: ["A" if flag else "" for flag in both] for both, words in ADVICE.items()}
    found = [[element.source, element.target or "UNDEF", *flags[element.advice]] for element in content.elements]
    assert found == [row for row in rows if row[0] != "UNDEF"]
    assert f"{content.source_version}-{content.target_version}" == content.version
    assert Counter(element.relationship for element in content.elements) == RELATIONSHIPS[name]
    assert report.warnings == {}
