"""KVÅ as lists of codes: the tables with events and the workbooks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.test_codesystems.test_kva.releases import OLD, concepts, identify, read, table, workbook


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "cp850", "utf-16"])
def test_old_list_with_events(tmp_path: Path, encoding: str) -> None:
    table(tmp_path / "kva2010.csv", *OLD, "JFB10;Borttagen åtgärd;;3", encoding=encoding)
    (candidate,) = identify(tmp_path)
    assert (candidate.form, candidate.version, candidate.missing) == ("list", "2010", ())
    content, report = read(tmp_path)
    found = concepts(content)
    assert set(found) == {"AA001", "AA002", "JFB00", "JFB10"}
    assert not found["JFB10"].active and found["JFB00"].active
    assert [(change.code, change.type, change.date, change.row) for change in content.stated] == [
        ("AA002", "introduced", date(2010, 1, 1), 3),
        ("JFB00", "changed", date(2010, 1, 1), 4),
        ("JFB10", "withdrawn", date(2010, 1, 1), 5),
    ]
    assert {part for part, _ in content.covers} == {"kkå-code", "kmå-code"}
    assert ("kkå-code", "property:Beskrivning") in content.covers
    assert not report.warnings
    assert any("headings" in note for note in report.notes)


def test_the_same_list_in_two_forms(tmp_path: Path) -> None:
    """The txt has a junk line first and quotes titles; the workbook is the poorer form."""
    rows = [line.split(";") for line in OLD]
    junk = "3\tkoder med filter\t\t"
    quoted = (["\t".join((code, f'"{title}"', note, event))] for code, title, note, event in rows[1:])
    table(tmp_path / "CSP2012.txt", junk, "\t".join(rows[0]), *(line for one in quoted for line in one))
    workbook(tmp_path / "CSP2012_5.xlsx", {"CSP2012": rows})
    found = identify(tmp_path)
    assert [(candidate.version, candidate.form) for candidate in found] == [("2012", "list"), ("2012", "workbook")]
    assert len({candidate.rank for candidate in found}) == 2
    contents = [read(tmp_path, at)[0] for at in (0, 1)]
    assert contents[0].concepts == contents[1].concepts
    assert "CSP2012.txt:1: above the header, not read: 3 koder med filter" in read(tmp_path)[1].notes


def test_two_releases_of_one_name_are_asked_about(tmp_path: Path) -> None:
    header: list[object] = ["KOD", "TXT", "Händelse_TXT"]
    first: list[list[object]] = [header, ["AA001", "Ett", "No change"], ["JFB00", "Två", "Insert"]]
    changes: list[list[object]] = [header, ["JFB00", "Två", "Insert"], ["AA009", "Borta", "Delete"]]
    workbook(tmp_path / "KVA07.xlsx", {"KVÅ_20070101": first, "ÄNDRINGAR": changes})
    workbook(tmp_path / "KVA2007.xlsx", {"KVÅ_080101": [*first, ["AA003", "Tre", "Update"]]})
    other: list[list[object]] = [header, ["AA001", "Ett", ""], ["JFB00", "Två", ""]]
    workbook(tmp_path / "KVA2007_inkl.xlsx", {"KVA2007": other})
    found = {candidate.files[0].name: candidate for candidate in identify(tmp_path)}
    assert found["KVA07.xlsx"].version == "2007"
    assert found["KVA07.xlsx"].effective == date(2007, 1, 1)
    assert found["KVA2007.xlsx"].version == "2008"
    assert found["KVA2007_inkl.xlsx"].version is None
    assert "KVA07.xlsx" in found["KVA2007_inkl.xlsx"].notes[0]
    content, report = read(tmp_path)
    assert set(concepts(content)) == {"AA001", "JFB00"}
    assert [(change.code, change.type) for change in content.stated] == [
        ("JFB00", "introduced"),
        ("AA009", "withdrawn"),
    ]
    assert any("ÄNDRINGAR" in note for note in report.notes)


def test_sheets_that_repeat_the_first_are_left_aside(tmp_path: Path) -> None:
    header: list[object] = ["KOD", "TEXT"]
    kka: list[list[object]] = [["JFB00", "Ett"], ["JFB10", "Två"]]
    kma: list[list[object]] = [["AA001", "Tre"]]
    sheets = {"alla": [header, *kka, *kma], "KKÅ": [header, *kka], "KMÅ": [header, *kma]}
    workbook(tmp_path / "kva-2006.xlsx", sheets)
    content, report = read(tmp_path)
    assert len(content.concepts) == 3
    assert sum("left aside" in note for note in report.notes) == 2
    workbook(tmp_path / "kva-2006.xlsx", {name: sheets[name] for name in ("KKÅ", "KMÅ")})
    assert len(read(tmp_path)[0].concepts) == 3


def test_workbook_of_today(tmp_path: Path) -> None:
    header: list[object] = ["Klassifikation", "Kod", "Titel", "Beskrivning", "Relaterad ICF-kod"]
    kka, kma = "KVÅ-kirurgiska åtgärder (KKÅ)", "KVÅ-medicinska åtgärder (KMÅ)"
    rows: list[list[object]] = [
        [kka, "AAA00", "Öppning"],
        [kka, "EMA", "En grupp bland koderna"],
        [kka, "JFB", "En annan grupp"],
        [kma, "AV144 ", "Mätning", "Av vikt", "b530, b540", "C00"],
    ]
    workbook(
        tmp_path / "kva-inkl-beskrivningstexter.xlsx",
        {"Läs mig": [["KVÅ 2026 (giltig från 2026-01-15)"]], "KVÅ": [header, *rows]},
    )
    (candidate,) = identify(tmp_path)
    assert (candidate.version, candidate.effective) == ("2026", date(2026, 1, 15))
    content, report = read(tmp_path)
    found = concepts(content)
    assert set(found) == {"AAA00", "EMA", "AV144"}
    assert {part for part, _ in content.covers} == {"kkå-code", "kmå-code", "kkå-listed-group"}
    assert [parent.code for parent in found["AV144"].parents] == ["AV1", "AV", "KMÅ:A"]
    assert {kind: finding.count for kind, finding in report.warnings.items()} == {
        "heading-in-code-list": 1,
        "ragged-row": 1,
    }


def test_unknown_events_and_mangled_titles_are_reported(tmp_path: Path) -> None:
    table(tmp_path / "kva-2011.csv", OLD[0], "AA001;Mätning (\\ett\\);;9", "JFB00;Resektion;;0")
    _, report = read(tmp_path)
    assert {kind: finding.count for kind, finding in report.warnings.items()} == {
        "unknown-event": 1,
        "backslash": 1,
    }
