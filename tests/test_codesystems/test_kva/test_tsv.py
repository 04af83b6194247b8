"""KVÅ in today's TSV, and that a code is the same there as in the text."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from codesystems.report import ReleaseError
from tests.test_codesystems.test_kva.releases import (
    KKA_TSV,
    KMA_TSV,
    SAMPLES,
    concepts,
    display,
    identify,
    read,
    table,
    values,
)


def test_tsv_release() -> None:
    (candidate,) = identify(SAMPLES / "2026")
    assert (candidate.form, candidate.version, candidate.missing) == ("tsv", "2026", ())
    content, report = read(SAMPLES / "2026")
    assert len(content.concepts) == 50
    assert not report.warnings
    found = concepts(content)
    assert values(found["UJD02"], "Exempel") == ["Undersökning vid magsår", "Kontroll efter blödning"]
    assert values(found["JEA01"], "Beskrivning") == ["Med titthålsteknik\nÄven när tekniken byts under ingreppet"]
    assert values(found["AV035"], "Relaterad ICF-kod") == ["b420", "b440"]
    assert values(found["DU008"], "Relaterad ICF-kod") == ["d810-d839"]
    assert values(found["VA9"], "Relaterad ICD-10-SE-kod") == ["C00-C14", "C30-C33"]
    assert display(found["AV036"]) == '"Snabbspår" till sjuksköterska'
    kinds = {(part, kind) for part, kind in content.covers if kind.startswith("property:")}
    assert ("kkå-code", "property:Kodningsinformation") in kinds
    assert ("kmå-code", "property:Kodningsinformation") not in kinds
    assert ("kkå-code", "property:Relaterad ICF-kod") not in kinds
    types = {definition.code: (definition.type, definition.note) for definition in content.properties}
    assert types["Relaterad ICF-kod"] == ("code", False)
    assert types["Utesluter"] == ("string", True)


def test_a_code_is_the_same_in_text_and_tsv() -> None:
    old, new = (concepts(read(SAMPLES / year)[0]) for year in ("2021", "2026"))
    assert set(old) - set(new) == {"JEA10"}
    assert set(new) - set(old) == {"JFB32"}
    for code in set(old) & set(new):
        assert replace(old[code], designations=(), properties=()) == replace(new[code], designations=(), properties=())
    retitled = {code for code in set(old) & set(new) if display(old[code]) != display(new[code])}
    assert retitled == {"UJD02"}


@pytest.mark.parametrize(("name", "missing"), [(KKA_TSV, "KMÅ"), (KMA_TSV, "KKÅ")])
def test_one_tsv_misses_the_other(name: str, missing: str) -> None:
    (candidate,) = identify(SAMPLES / "2026" / name)
    assert candidate.missing == (missing,)
    assert candidate.version == "2026"


def test_the_version_is_asked_for_where_nothing_says_it(tmp_path: Path) -> None:
    folder = tmp_path / "downloads" / "files"
    folder.mkdir(parents=True)
    shutil.copy(SAMPLES / "2026" / KMA_TSV, folder)
    (candidate,) = identify(folder)
    assert candidate.version is None


def tsv(folder: Path, *rows: str, header: str = "Kod\tÖverordnad kod\tTitel\tUtesluter\tRelaterad ICF-kod") -> Path:
    folder.mkdir(exist_ok=True)
    return table(folder / KMA_TSV, header, *rows)


def test_tsv_oddities_are_reported(tmp_path: Path) -> None:
    tsv(
        tmp_path / "2025",
        "A\t\tUtreda",
        "AA001\tAA\tSmärtmätning\t\tÖvergripande kod i avsnittet d110 - d199",
        "AA002\tDU\tFlyttad",
        "AA003\tAA\t",
        "AA001\t\t\tNågot annat",
        "AA001\tAB\t\tNågot mer",
        "X-1\tA\tKonstig kod",
        "\tA\tUtan kod",
        "DU\tD\tSamtal",
    )
    content, report = read(tmp_path / "2025")
    found = concepts(content)
    counts = {kind: finding.count for kind, finding in report.warnings.items()}
    assert counts == {
        "words-among-codes": 1,
        "second-parent": 1,
        "unusual-code": 1,
        "row-without-code": 1,
        "no-title": 1,
        "orphan": 3,
    }
    assert values(found["AA001"], "Utesluter") == ["Något annat", "Något mer"]
    assert values(found["AA001"], "Relaterad ICF-kod") == ["d110-d199"]
    assert [parent.code for parent in found["AA002"].parents] == ["DU"]


def test_a_stated_parent_above_an_existing_nearer_one_decides(tmp_path: Path) -> None:
    tsv(tmp_path / "2025", "A\t\tUtreda", "AA\tA\tHjärna", "AA0\tAA\tGrupp", "AA001\tAA\tMätning")
    content, _ = read(tmp_path / "2025")
    assert [(parent.code, parent.rank) for parent in concepts(content)["AA001"].parents] == [
        ("KMÅ:AA", 0),
        ("KMÅ:A", 1),
    ]


def test_a_missing_column_names_those_found(tmp_path: Path) -> None:
    tsv(tmp_path / "2025", "AA001\tSmärtmätning", header="Kod\tRubrik")
    with pytest.raises(ReleaseError, match=r"missing column\(s\) Titel; found Kod, Rubrik"):
        identify(tmp_path / "2025")


def test_headings_of_a_table_with_both_must_be_told_apart(tmp_path: Path) -> None:
    rows = ["A\t\tUtreda", "JFB00\tJFB\tResektion", "AA001\tAA\tMätning"]
    tsv(tmp_path / "2025", *rows)
    with pytest.raises(ReleaseError, match=r":2: A is a heading of KKÅ and of KMÅ"):
        read(tmp_path / "2025")
    header = "Klassifikation\tKod\tÖverordnad kod\tTitel"
    tsv(tmp_path / "2024", *(f"KVÅ-medicinska åtgärder (KMÅ)\t{row}" for row in rows), header=header)
    content, report = read(tmp_path / "2024")
    assert display(concepts(content)["KMÅ:A"]) == "Utreda"
    assert report.warnings["other-class"].count == 1
