"""Urval workbooks: which sheets and rows are members, what the instructions say, what is left out and said."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from codesystems.files import Package
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report
from codesystems.urval import LOADER

TITLE = "Urval ur ICF och KVÅ för prov 2026 version 1.0  (2025-11-06)"
ICF = (("ICF-kod", "ICF-titel", "Urval"), ("b", "KROPP", None), ("b134", "Sömn", 1))
KVA = (
    ("Nivåer", "KVÅ-kod ", "Titel/Kodtext", "Urval", "ICF-kod"),
    (1, None, "UTREDNING"),
    (3, "av035", "Mätning", "1"),
)


@pytest.fixture
def package(tmp_path: Path) -> Any:
    """Writes a workbook: the instructions' texts, then sheets by name."""

    def writing(texts: Any = (TITLE,), name: str = "prov.xlsx", **sheets: Any) -> Package:
        book = openpyxl.Workbook()
        first = book.active
        assert first is not None
        first.title = "ANVISNINGAR"
        for text in texts:
            first.append([text])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title.replace("_", " "))
            for row in rows:
                sheet.append(list(row))
        book.save(tmp_path / name)
        return Package(tmp_path)

    return writing


def read(package: Package, hints: Hints | None = None) -> tuple[Any, Report]:
    report = Report()
    with package:
        (candidate,) = LOADER.identify(package, hints or Hints())
        return LOADER.read(candidate, report), report


def codes(content: Any) -> list[tuple[str, str]]:
    return [(member.system, member.code) for member in content.members]


def test_rows_with_a_code_and_a_one_are_members(package: Any) -> None:
    content, report = read(package(Urval_ICF=ICF, Urval_KVÅ=KVA))
    assert codes(content) == [("icf", "b134"), ("kva", "AV035")]
    assert [member.display for member in content.members] == ["Sömn", "Mätning"]
    assert (content.systems, content.compose, report.warnings) == ({}, "", {})


def test_without_a_column_every_row_with_a_code_is_but_components_of_icf(package: Any) -> None:
    icf = (("ICF-kod", "ICF-kategori"), ("b", "KROPP"), ("b1", "Psyke"), ("b134 ", "Sömn"), (None, "Rubrik"))
    content, _ = read(package(Urval_ICF=icf))
    assert codes(content) == [("icf", "b1"), ("icf", "b134")]


def test_other_sheets_hold_no_members_and_are_named(package: Any) -> None:
    other = (("KVÅ-kod", "Kodtext"), ("XS910", "Yrke"))
    content, report = read(package(Urval_KVÅ=KVA, Yrken=other, Tillagda=other, Urval_av_något=(("Text",),)))
    assert codes(content) == [("kva", "AV035")]
    assert [note.partition(":")[0] for note in report.notes] == [
        f"prov.xlsx[{name}]" for name in ("Yrken", "Tillagda", "Urval av något")
    ]


def test_comments_stand_together(package: Any) -> None:
    rows = (("KSI-kod", "KSI-titel", "Kommentar", "Kommentar - Info"), ("SMA.AA.ZZ", "Tvätta", "Ny\n kod", "Se SMB"))
    content, _ = read(package(texts=["Urval ur KSI för hemtjänst 2026"], Urval=rows))
    assert [(member.system, member.comment) for member in content.members] == [("ksi", "Ny kod | Se SMB")]


@pytest.mark.parametrize(
    ("texts", "own", "version", "effective"),
    [
        ([TITLE], "urval-icf-kva-prov", "2026-1.0", date(2026, 1, 1)),
        (["Urval ur ICF för unga och äldre 2023 version 1.0.2 (2023-03-01)"], "urval-icf-unga-och-aldre", "2023-1.0.2",
         date(2023, 3, 1)),
        (["Urval ur  KVÅ för\nrehab 2024"], "urval-kva-rehab", "2024", date(2024, 1, 1)),
        ([TITLE, "Detta ersätter 2025 fr.o.m. 1/2 2026."], "urval-icf-kva-prov", "2026-1.0", date(2026, 2, 1)),
    ],
)  # fmt: skip
def test_what_the_instructions_say(package: Any, texts: list[str], own: str, version: str, effective: date) -> None:
    with package(texts=texts, Urval_KVÅ=KVA) as written:
        (found,) = LOADER.identify(written, Hints())
    assert (found.valueset.id, found.version, found.effective) == (own, version, effective)
    assert found.valueset.url == f"urn:valueset:{own}"


def test_the_operators_word_goes_before(package: Any) -> None:
    said = Hints(version="2026-2", effective=date(2026, 5, 1), columns={"valueset": "Mitt urval"})
    content, _ = read(package(Urval_KVÅ=KVA), said)
    assert (content.system.id, content.version, content.effective) == ("mitt-urval", "2026-2", date(2026, 5, 1))


def test_a_count_that_is_not_the_publishers_is_reported(package: Any) -> None:
    texts = [TITLE, "innehåller totalt 1 ICF-kategori, och totalt 7 KVÅ-koder", "utifrån ICF version 2026"]
    _, report = read(package(texts=texts, Urval_ICF=ICF, Urval_KVÅ=KVA))
    (finding,) = report.warnings.values()
    assert (finding.kind, finding.count) == ("count", 1)
    assert "1 codes of KVÅ are selected, the instructions say 7" in finding.examples[0]
    assert "made from ICF 2026" in report.notes


@pytest.mark.parametrize(
    ("texts", "sheets", "message"),
    [
        ([TITLE], {"Blad": KVA}, 'no sheet is called "Urval …"'),
        ([TITLE], {"Urval": KVA[:2]}, "no members"),
        ([TITLE], {"Urval": (("KVÅ-kod", "Kodtext"),)}, "no members"),
        ([TITLE.replace("11-06", "13-06")], {"Urval": KVA}, "2025-13-06, which is no day"),
        ([TITLE, "gäller fr.o.m. 31/2 2026"], {"Urval": KVA}, "2026-02-31, which is no day"),
    ],
)
def test_what_is_refused(package: Any, texts: list[str], sheets: dict[str, Any], message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        read(package(texts=texts, **sheets))


@pytest.mark.parametrize("text", ["Urval", "Urval ur ICF 2026", "Läs mig", "Om urval ur ICF för prov 2026"])
def test_other_workbooks_are_left_alone(package: Any, text: str) -> None:
    with package(texts=[text], Urval=KVA) as written:
        assert list(LOADER.identify(written, Hints())) == []


def test_a_code_selected_twice_counts_once(package: Any) -> None:
    content, report = read(
        package(Urval_KVÅ=(*KVA, (3, "AV035", "Mätning", 1), (3, "AV035", "Annat", 1), (3, None, "?", 1)))
    )
    assert codes(content) == [("kva", "AV035")]
    assert {finding.kind: finding.count for finding in report.warnings.values()} == {
        "duplicate-row": 1,
        "repeated-code": 1,
        "no-code": 1,
    }
