"""Which form of KVÅ goes before which, and what is not KVÅ."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.test_codesystems.test_kva.releases import KKA_TSV, OLD, SAMPLES, identify, table, workbook


def test_a_partial_form_never_outranks_a_whole_one(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "2026", tmp_path / "2026")
    workbook(tmp_path / "2026" / "kva.xlsx", {"KVÅ": [line.split(";") for line in OLD]})
    ranks = {candidate.form: candidate.rank for candidate in identify(tmp_path / "2026")}
    assert ranks["tsv"] > ranks["workbook"]
    (tmp_path / "2026" / KKA_TSV).unlink()
    ranks = {candidate.form: candidate.rank for candidate in identify(tmp_path / "2026")}
    assert ranks["tsv"] < ranks["workbook"]


@pytest.mark.parametrize(
    "rows",
    [
        ["Kod;Titel", "A00;Kolera", "A000;Klassisk kolera"],
        ["Kod;Titel", "SA-SC;Kapitel", "SA1;Mål", "SA1.AA.ZZ;Aktivitet"],
        ["Kod;Titel", "AA;Rubrik", "AB;Rubrik"],
        ["KVÅ-kod;Titel", "AA001;Mätning"],
        ["IN/OUT;CODE;TEXT", "OUT;ABC28;Inläggning"],
        ["Datum;Kod;Kodtext;Ändrad kodtext", "2020-12-09;VUC31;Fel;Rätt"],
        ["Kod;Titel"],
    ],
)
def test_other_tables_are_not_claimed(tmp_path: Path, rows: list[str]) -> None:
    table(tmp_path / "kva-2020.csv", *rows)
    assert identify(tmp_path) == []


def test_other_files_are_not_claimed(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 not really")
    (tmp_path / "notes.txt").write_text("")
    table(tmp_path / "level1.txt", "something", "else")
    table(tmp_path / "level4.txt", "Kod:\t\tKodtext:", "b110\t\tMedvetande")
    assert identify(tmp_path) == []
