"""KVÅ as text, one file for each level."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from codesystems.report import ReleaseError
from tests.test_codesystems.test_kva.releases import SAMPLES, concepts, display, identify, read, table, values


def test_text_release() -> None:
    (candidate,) = identify(SAMPLES / "2021")
    assert (candidate.form, candidate.version, candidate.missing) == ("text", "2021", ())
    assert len(candidate.files) == 8
    content, report = read(SAMPLES / "2021")
    assert Counter(concept.level for concept in content.concepts) == {
        "chapter": 8,
        "section": 10,
        "group": 6,
        "code": 26,
    }
    found = concepts(content)
    assert display(found["KKÅ:AA"]) == "Ingrepp på skallen och hjärnan"
    assert display(found["KMÅ:AA"]) == "Hjärna och nervsystem"
    assert "AA" not in found
    assert found["UJ"].abstract and not found["UJD02"].abstract
    assert display(found["AV036"]) == '"Snabbspår" till sjuksköterska'
    assert values(found["JEA00"], "Beskrivning") == ["Borttagande av blindtarmens bihang med öppen teknik"]
    assert not report.warnings
    assert [concept.code for concept in sorted(content.concepts, key=lambda c: c.sort_key)][:4] == [
        "KKÅ:A",
        "KKÅ:AA",
        "AAA",
        "AAA00",
    ]


def test_text_covers_descriptions_only_where_the_file_has_them() -> None:
    content, _ = read(SAMPLES / "2021")
    described = {part for part, kind in content.covers if kind == "property:Beskrivning"}
    assert described == {
        "kkå-section",
        "kkå-group",
        "kkå-listed-group",
        "kkå-code",
        "kmå-chapter",
        "kmå-code",
    }
    assert ("kmå-code", "parent:2") in content.covers
    assert not any(kind == "property:Utesluter" for _, kind in content.covers)


@pytest.mark.parametrize(("folder", "missing"), [("kka-2021-text", "KMÅ"), ("kma-2021-text", "KKÅ")])
def test_one_half_misses_the_other(folder: str, missing: str) -> None:
    (candidate,) = identify(SAMPLES / "2021" / folder)
    assert candidate.missing == (missing,)
    assert candidate.version == "2021"
    assert candidate.rank < 0
    content, _ = read(SAMPLES / "2021" / folder)
    assert not any(part.startswith(missing.lower()) for part, _ in content.covers)


def test_halves_in_zips_and_a_copy_in_folders_are_two_forms_of_one_version(tmp_path: Path) -> None:
    for folder in ("kka-2021-text", "kma-2021-text"):
        with zipfile.ZipFile(tmp_path / f"{folder}.zip", "w") as archive:
            for file in sorted((SAMPLES / "2021" / folder).iterdir()):
                archive.write(file, file.name)
        shutil.copytree(SAMPLES / "2021" / folder, tmp_path / folder)
    found = identify(tmp_path)
    assert [(candidate.version, candidate.missing) for candidate in found] == [("2021", ())] * 2
    assert len({".zip!" in file.path for file in found[0].files}) == 1


def test_a_missing_level_is_named(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "2021", tmp_path / "2021")
    (tmp_path / "2021" / "kka-2021-text" / "level3.txt").unlink()
    (candidate,) = identify(tmp_path / "2021")
    assert candidate.missing == ("KKÅ level3",)
    content, report = read(tmp_path / "2021")
    assert "orphan" not in report.warnings
    assert ("kkå-group", "state") not in content.covers
    assert ("kkå-section", "state") in content.covers


def test_headings_alone_are_told_apart_by_names(tmp_path: Path) -> None:
    folder = tmp_path / "kma-2022"
    folder.mkdir()
    shutil.copy(SAMPLES / "2021" / "kma-2021-text" / "level2.txt", folder)
    (candidate,) = identify(folder)
    assert candidate.missing == ("KKÅ", "KMÅ level1", "KMÅ level3", "KMÅ level4")


def test_codes_decide_against_a_folder_name(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "2021" / "kma-2021-text", tmp_path / "kka-2021-text")
    (candidate,) = identify(tmp_path)
    assert candidate.missing == ("KKÅ",)


def test_ragged_and_faulty_text_rows_are_reported(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "2021", tmp_path / "2021")
    level4 = tmp_path / "2021" / "kma-2021-text" / "level4.txt"
    table(
        level4,
        "\ufeffKod:\t\tKodtext:",
        "AA001\t\tSmärtmätning\tUnder ingen rubrik",
        "AA002\tvad\tTredje\t\tfemte",
        "AA001\t\tSmärtmätning\tUnder ingen rubrik",
        "\t\tUtan kod",
        "AB1\t\tFel nivå",
        "AD001\t\tUtan avsnitt",
        "AA003\t\t",
        "",
    )
    content, report = read(tmp_path / "2021")
    counts = {kind: finding.count for kind, finding in report.warnings.items()}
    assert counts == {
        "no-header": 1,
        "ragged-row": 1,
        "duplicate-row": 1,
        "row-without-code": 1,
        "unusual-code": 1,
        "no-title": 1,
        "orphan": 2,
    }
    assert report.warnings["ragged-row"].examples[0].startswith("kma-2021-text/level4.txt:3:")
    assert "AD001 has the parent KMÅ:AD" in "".join(report.warnings["orphan"].examples)
    assert ("kmå-code", "property:Beskrivning") in content.covers


def test_two_titles_are_refused(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "2021", tmp_path / "2021")
    level4 = tmp_path / "2021" / "kma-2021-text" / "level4.txt"
    table(level4, "Kod:\t\tKodtext:", "AA001\t\tEn", "AA001\t\tAnnan")
    with pytest.raises(ReleaseError, match=r"level4\.txt:3: AA001 has two titles: 'En'"):
        read(tmp_path / "2021")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Kod:\t\tText:\nAA\t\tNervsystem\n", r"level2\.txt:1: missing column\(s\) Kod, Kodtext; found kod, text"),
        (b"Kod:\t\tKodtext:\nAA\t\tr\xc3\xb6r\nAB\t\tr\xff\xc3\xb6r \xc3\xb6\n", r"level2\.txt:3: not valid UTF-8"),
        (b"", r"level2\.txt:1: missing column"),
    ],
)
def test_broken_text_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    shutil.copytree(SAMPLES / "2021", tmp_path / "2021")
    (tmp_path / "2021" / "kma-2021-text" / "level2.txt").write_bytes(content)
    with pytest.raises(ReleaseError, match=message):
        read(tmp_path / "2021")
