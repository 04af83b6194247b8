"""KVÅ and TÅL: one table, read as a map each way, every row found from one end or the other."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from codesystems.files import Package
from codesystems.formats.sheets import sheets
from codesystems.golden import SAMPLES, identified
from codesystems.kva_tal import FULL, LOADER, TO_KVA, TO_TAL
from codesystems.loader import Candidate
from codesystems.maps import MapContent, MapElement
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report

FOLDER = SAMPLES / "kva-to-tal/2004-12-21"
NAME = "Konvertering_KVA_TAL.xlsx"
HEADER = (
    "KVÅ-kod", "KVÅ-text", "Beskrivningstext", "TÅL-kod", "TÅL-text", "Kommentar",
    "R", "R1", "R2", "DRG", "MDC15", "Anm",
)  # fmt: skip


def read(path: Path) -> dict[str, tuple[MapContent, Report]]:
    found = {}
    with Package(path) as package:
        for candidate in LOADER.identify(package, Hints()):
            report = Report()
            found[candidate.system.id] = LOADER.read(candidate, report), report
    return found


def elements(path: Path, map_id: str) -> dict[tuple[str, str], MapElement]:
    return {(element.source, element.target): element for element in read(path)[map_id][0].elements}


def workbook(path: Path, *rows: Sequence[object], header: Sequence[str] = HEADER, sheet: str = FULL) -> Path:
    book = openpyxl.Workbook()
    book.active.title = sheet
    book.active.append(header)
    for row in rows:
        book.active.append(row)
    folder = path / "2004-12-21"
    folder.mkdir()
    book.save(folder / NAME)
    return folder


def row(kva: str, tal: str, relation: object, title: str = "Text") -> tuple[object, ...]:
    return kva, "Text", "", tal, title, "", relation, 1, 1, "", "", ""


def warnings(path: Path) -> dict[str, list[str]]:
    return {kind: finding.examples for kind, finding in read(path)["kva-to-tal"][1].warnings.items()}


def test_a_row_says_the_same_both_ways() -> None:
    there, back = elements(FOLDER, "kva-to-tal"), elements(FOLDER, "tal-to-kva")
    assert {pair: element.relationship for pair, element in there.items()} == {
        ("DR015", "V9211"): "equivalent",
        ("DD004", "V9122"): "source-is-narrower-than-target",
        ("DG017", "V9122"): "source-is-narrower-than-target",
        ("DF012", "V9337"): "source-is-broader-than-target",
        ("DF012", "V9338"): "source-is-broader-than-target",
        ("DT009", "V9425"): "related-to",
        ("DF017", ""): "unmapped",
    }
    assert {pair: element.relationship for pair, element in back.items()} == {
        ("V9211", "DR015"): "equivalent",
        ("V9122", "DD004"): "source-is-broader-than-target",
        ("V9122", "DG017"): "source-is-broader-than-target",
        ("V9337", "DF012"): "source-is-narrower-than-target",
        ("V9338", "DF012"): "source-is-narrower-than-target",
        ("V9425", "DT009"): "related-to",
        ("V9225", ""): "unmapped",
    }


def test_all_columns_are_kept() -> None:
    there, back = elements(FOLDER, "kva-to-tal"), elements(FOLDER, "tal-to-kva")
    assert there["DG017", "V9122"] == MapElement(
        "DG017",
        "V9122",
        "source-is-narrower-than-target",
        comment="R 2: KVÅ-kod är unik men inte TÅL-kod; R1 1; R2 2; DRG 1; Beskrivningstext: Gäller vuxna",
        source_display="Intubation",
        target_display="Intubation eller byte av tub",
    )
    assert there["DF012", "V9337"].advice == "något att observera vid konverteringen"
    assert there["DF012", "V9337"].comment.startswith("V9337 gäller nyfödda; R 3: ")
    assert back["V9225", ""].comment == "Ej ersatt; R 5: KVÅ- eller TÅL-kod är odefinierad; R2 1; DRG 1"
    assert back["V9225", ""].source_display == "Smärtbehandling"


def test_a_row_that_lacks_the_source_is_named() -> None:
    notes = {map_id: report.notes for map_id, (_, report) in read(FOLDER).items()}
    assert notes == {
        "kva-to-tal": ["tal-to-kva has 1 row(s) more, without a code of kva"],
        "tal-to-kva": ["kva-to-tal has 1 row(s) more, without a code of tal"],
    }


def test_the_version_is_in_the_names_above_else_the_day_of_the_last_save(tmp_path: Path) -> None:
    def versions(path: Path) -> list[tuple[Candidate, str | None]]:
        with Package(path) as package:
            return [(each, each.version) for each in identified(package)]

    assert [version for _, version in versions(FOLDER)] == ["2004-12-21"] * 2
    bare = tmp_path / "konvertering"
    bare.mkdir()
    shutil.copy(FOLDER / NAME, bare / NAME)
    saved = openpyxl.load_workbook(bare / NAME).properties.modified.date().isoformat()
    found = versions(bare)
    assert [version for _, version in found] == [saved] * 2
    assert found[0][0].notes == (f"{NAME}: the version is the day it was last saved",)


def test_what_the_table_contradicts_is_reported(tmp_path: Path) -> None:
    folder = workbook(
        tmp_path,
        row("DG001", "V9127", 1),
        row("DG001", "V9375", 1),
        row("DG002", "V9375", 2, "Annan text"),
        row("DG003", "V9376", 7),
        row("DG004", "", 1),
        row("DG005", "V9377", 5),
        row("DG005", "V9377", 5),
    )
    at = f"{NAME}[{FULL}]"
    assert warnings(folder) == {
        "two-titles": [f"{at}:4: V9375 is 'Annan text' here and 'Text' at {at}:3"],
        "not-unique": [f"{at}:3: R calls DG001 unique, here and at {at}:2"],
        "odd-relation": [
            f"{at}:5: R is '7' for DG003 and V9376",
            f"{at}:6: R is '1' for DG004 and no TÅL code",
            f"{at}:7: R is '5' for DG005 and V9377",
            f"{at}:8: R is '5' for DG005 and V9377",
        ],
        "duplicate-row": [f"{at}:8: DG005 → V9377 is at {at}:7"],
    }
    found = elements(folder, "kva-to-tal")
    assert found["DG003", "V9376"].relationship == found["DG005", "V9377"].relationship == "related-to"
    assert found["DG004", ""].relationship == "unmapped"


def test_a_row_that_only_another_sheet_has_is_kept_and_reported(tmp_path: Path) -> None:
    shutil.copy(FOLDER / NAME, tmp_path / NAME)
    book = openpyxl.load_workbook(tmp_path / NAME)
    book["Finns ej i KVÅ"].append(row("DX001", "V9999", 1))
    book.save(tmp_path / NAME)
    assert ("DX001", "V9999") in elements(tmp_path, "kva-to-tal")
    place = f"{NAME}[Finns ej i KVÅ]:3"
    assert warnings(tmp_path) == {
        "row-not-in-full-table": [f"{place}: a row of 'Finns ej i KVÅ' is not in the first table"]
    }


def test_a_missing_column_stops_the_load(tmp_path: Path) -> None:
    folder = workbook(tmp_path, ("DG001", "V9127"), header=("KVÅ-kod", "TÅL-kod"))
    with pytest.raises(
        ReleaseError, match=r"missing column.* KVÅ-text, TÅL-text, Kommentar, R; found KVÅ-kod, TÅL-kod"
    ):
        read(folder)


def test_other_workbooks_are_not_claimed(tmp_path: Path) -> None:
    assert read(workbook(tmp_path, ("A", "B"), header=("Kod", "Text"))) == {}


@pytest.mark.live
def test_every_row_of_the_real_table_is_found_as_it_is(shared_data: Path) -> None:
    folder = shared_data / "kva/conversion"
    with Package(folder) as package:
        grid = next(rows for name, rows in sheets(package.files[0]) if name == FULL)
    rows = [[*(cell.strip() for cell in cells), *[""] * (12 - len(cells))] for cells in grid[1:]]
    contents = read(folder)
    for map_id, at in (("kva-to-tal", 0), ("tal-to-kva", 3)):
        content = contents[map_id][0]
        assert (content.version, content.effective) == ("2004-12-21", date(2004, 12, 21))
        assert [(e.source, e.source_display, e.target, e.target_display) for e in content.elements] == [
            (cells[at], cells[at + 1], cells[3 - at], cells[4 - at]) for cells in rows if cells[at]
        ]
        for element, cells in zip(content.elements, [cells for cells in rows if cells[at]], strict=True):
            assert f"R {cells[6]}: " in element.comment and cells[5] in element.comment
            assert bool(element.advice) == (cells[11] == "x")
    there, back = (Counter(e.relationship for e in contents[map_id][0].elements) for map_id in contents)
    assert there == {
        "equivalent": 118,
        "source-is-narrower-than-target": 77,
        "source-is-broader-than-target": 2,
        "unmapped": 1,
    }
    assert back == {
        "equivalent": 118,
        "source-is-broader-than-target": 77,
        "source-is-narrower-than-target": 2,
        "unmapped": 18,
    }
    counts = {kind: finding.count for kind, finding in contents["kva-to-tal"][1].warnings.items()}
    assert counts == {"two-titles": 4, "not-unique": 4}


def test_the_two_maps_are_each_others_reverse() -> None:
    assert (TO_TAL.source, TO_TAL.target) == (TO_KVA.target, TO_KVA.source)
