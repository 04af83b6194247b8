"""Change lists of IN and OUT rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codesystems.changelists import LOADER
from codesystems.files import Package
from codesystems.loader import Candidate
from codesystems.model import Hints, StatedContent
from codesystems.report import ReleaseError, Report

HEADER = "IN/OUT;CODE;D_CODE;CODE_W;D_CODE_W;AST;TEXT;USEDATE;RELDATE"
SURGICAL = "IN/OUT;CODE;NCSP;TEXT;usedate;reldate"


def identify(path: Path) -> list[Candidate]:
    with Package(path) as package:
        return list(LOADER.identify(package, Hints()))


def read(path: Path) -> tuple[StatedContent, Report]:
    with Package(path) as package:
        (candidate,) = LOADER.identify(package, Hints())
        report = Report()
        return LOADER.read(candidate, report), report


def row(kind: str, code: str, text: str, day: str) -> str:
    return f"{kind};{code};;;;;{text};{day if kind == 'IN' else ''};{day if kind == 'OUT' else ''}"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return tmp_path / "ICD_10_swe_changes2013.csv"


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_bytes("\r\n".join((header, *rows, "")).encode("cp850"))
    return path


OUT, IN = row("OUT", "A000", "Kolera", "31.12.2012"), row("IN", "A000", "Äkta kolera", "1.1.2013")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([IN], [("introduced", "2013-01-01", 2)]),
        ([OUT], [("withdrawn", "2013-01-01", 2)]),
        ([OUT, IN], [("retitled", "2013-01-01", 3)]),
        ([IN, OUT], [("retitled", "2013-01-01", 2)]),
        ([OUT, row("IN", "A000", "Kolera", "01.01.2013")], [("changed", "2013-01-01", 3)]),
        (
            [OUT, row("IN", "A000", "Deleted 2012/12/31 - Kolera", "1.1.2013")],
            [("withdrawn", "2013-01-01", 3)],
        ),
        (
            [OUT, row("IN", "A000", "Kolera", "1.7.2013")],
            [("introduced", "2013-07-01", 3), ("withdrawn", "2013-01-01", 2)],
        ),
    ],
)
def test_what_the_rows_of_a_code_say(listed: Path, rows: list[str], expected: list[tuple[str, str, int]]) -> None:
    content, report = read(write(listed, *rows))
    assert [(change.type, str(change.date), change.row) for change in content.stated] == expected
    assert {change.code for change in content.stated} == {"A00.0"}
    assert report.warnings == {}


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        (HEADER, [IN], ("icd-10-se", "changes-2013", date(2013, 1, 1))),
        (HEADER, [OUT], ("icd-10-se", "changes-2013", date(2013, 1, 1))),
        (SURGICAL, ["IN;AAA00;;Skalle;1.4.2013;"], ("kva", "changes-2013-04-01", date(2013, 4, 1))),
        (SURGICAL, ["IN;A000;;Kolera;1.1.2013;"], ("icd-10-se", "changes-2013", date(2013, 1, 1))),
        (SURGICAL, ["IN;AAA00;;Skalle;;"], ("kva", None, None)),
    ],
)
def test_codes_say_whose_and_dates_say_when(
    listed: Path, header: str, rows: list[str], expected: tuple[object, ...]
) -> None:
    (candidate,) = identify(write(listed, *rows, header=header))
    assert (candidate.system.id, candidate.version, candidate.effective) == expected
    assert candidate.states_only


@pytest.mark.parametrize("rows", [[], ["IN;123;;;;;Något annat;1.1.2013;"]])
def test_lists_of_other_codes_are_left_alone(listed: Path, rows: list[str]) -> None:
    assert identify(write(listed, *rows)) == []


def test_what_is_odd_is_reported(listed: Path) -> None:
    content, report = read(
        write(
            listed,
            IN,
            row("IN", "A000", "Kolera igen", "1.1.2013"),
            row("IN", "", "Utan kod", "1.1.2013"),
            "BOTH;A001;;;;;Kolera;1.1.2013;",
            "IN;A002;A003;;;;Kolera;1.1.2013;",
            "IN;A004;;;;;Kolera;31.2.2013;",
            "OUT;kolera!;;;;;Kolera;;1.1.2013",
        )
    )
    assert [(change.code, str(change.date)) for change in content.stated] == [
        ("A00.0", "2013-01-01"), ("A00.2", "2013-01-01"), ("A00.4", "None"), ("KOLERA!", "2013-01-02"),
    ]  # fmt: skip
    assert {kind: finding.count for kind, finding in report.warnings.items()} == dict.fromkeys(
        ("duplicate-row", "row-without-code", "unknown-event", "unread-cell", "bad-date", "unknown-shape"), 1
    )


def test_a_list_that_says_nothing_is_refused(listed: Path) -> None:
    with pytest.raises(ReleaseError, match="no changes found"):
        read(write(listed, "BOTH;A001;;;;;Kolera;1.1.2013;"))


def read_plainly(path: Path) -> dict[str, list[list[str]]]:
    """The rows of each code, without the loader."""
    found: dict[str, list[list[str]]] = {}
    for line in path.read_bytes().decode("cp850").splitlines()[1:]:
        cells = [cell.strip() for cell in line.split(";")]
        found.setdefault(cells[1], []).append(cells)
    return found


@pytest.mark.live
@pytest.mark.parametrize(
    ("path", "types"),
    [
        ("icd-10-se/older/ICD_10_swe_changes2013.csv", {"introduced": 109, "withdrawn": 86, "retitled": 18}),
        (
            "kva/changes/NCSP_swe_changes2013.csv",
            {"introduced": 11, "withdrawn": 61, "retitled": 40, "changed": 259},
        ),
    ],
)
def test_the_real_lists(shared_data: Path, path: str, types: dict[str, int]) -> None:
    content, _ = read(shared_data / path)
    by_type: dict[str, set[str]] = {}
    for change in content.stated:
        assert change.date == content.effective == date(2013, 1, 1)
        by_type.setdefault(change.type, set()).add(change.code.replace(".", ""))
    assert {kind: len(codes) for kind, codes in by_type.items()} == types
    rows = read_plainly(shared_data / path)
    assert {code for codes in by_type.values() for code in codes} == rows.keys()
    assert by_type["introduced"] == {code for code, listed in rows.items() if [each[0] for each in listed] == ["IN"]}


@pytest.mark.live
def test_codes_marked_as_deleted_are_gone(shared_data: Path) -> None:
    """They are in the list under a new title, and in none of the releases since."""
    content, _ = read(shared_data / "icd-10-se/older/ICD_10_swe_changes2013.csv")
    release = (shared_data / "icd-10-se/2015/KSH97_KOD.ANS").read_bytes().decode("cp1252").splitlines()
    listed = {line[:7].strip() for line in release}
    gone = {change.code.replace(".", "") for change in content.stated if change.type == "withdrawn"}
    assert len(gone) == 86
    assert gone & listed == set()
