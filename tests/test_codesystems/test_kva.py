"""KVÅ: every form of its releases, and that a code is the same in all of them."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

import codesystems
from codesystems.files import Package
from codesystems.kva import LOADER
from codesystems.kva_formats.identity import SHARED, canonical, identity, parents, part_of, split
from codesystems.loader import Candidate
from codesystems.model import CodeSystemContent, Concept, Hints
from codesystems.report import ReleaseError, Report
from codesystems.versions import effective_date

SAMPLES = Path(codesystems.__file__).parent / "samples" / "kva"
KKA_TSV, KMA_TSV = "kva-kirurgiska-atgarder-kka.tsv", "kva-medicinska-atgarder-kma.tsv"


def identify(path: Path) -> list[Candidate]:
    with Package(path) as package:
        return list(LOADER.identify(package, Hints()))


def read(path: Path, at: int = 0) -> tuple[CodeSystemContent, Report]:
    """The content of the candidate number `at` under `path`."""
    with Package(path) as package:
        return read_candidate(list(LOADER.identify(package, Hints()))[at])


def read_candidate(candidate: Candidate) -> tuple[CodeSystemContent, Report]:
    version = candidate.version or "2007"
    effective = candidate.effective or effective_date(version)
    report = Report()
    return LOADER.read(replace(candidate, version=version, effective=effective), report), report


def concepts(content: CodeSystemContent) -> dict[str, Concept]:
    return {concept.code: concept for concept in content.concepts}


def display(concept: Concept) -> str:
    return concept.designations[0].value


def values(concept: Concept, column: str) -> list[str]:
    return [value.value for value in concept.properties if value.code == column]


def table(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(rows) + "\n", encoding=encoding)
    return path


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


# identity -----------------------------------------------------------------------------------------------


def test_shared_headings() -> None:
    assert len(SHARED) == 49
    assert {"A", "AA", "DW", "Z", "ZX"} <= SHARED
    assert not {"B", "AF", "P", "ZZ", "XS"} & SHARED


@pytest.mark.parametrize(
    ("written", "code", "part"),
    [
        ("JFB00", "JFB00", "kkå-code"),
        (" jfb00\u00a0", "JFB00", "kkå-code"),
        ("AC046 ", "AC046", "kmå-code"),
        ("JFB", "JFB", "kkå-group"),
        ("VA9", "VA9", "kmå-group"),
        ("EMA", "EMA", "kkå-listed-group"),
        ("JF", "JF", "kkå-section"),
        ("XA", "XA", "kkå-section"),
        ("XS", "XS", "kmå-section"),
        ("P", "P", "kmå-chapter"),
        ("J", "J", "kkå-chapter"),
        ("kkå:aa", "KKÅ:AA", "kkå-section"),
        ("KMÅ:AA", "KMÅ:AA", "kmå-section"),
        ("KMÅ:A", "KMÅ:A", "kmå-chapter"),
        ("KKÅ:JF", "JF", "kkå-section"),
    ],
)
def test_canonical_codes(written: str, code: str, part: str) -> None:
    assert LOADER.canonical(written) == code
    assert LOADER.part(code) == part
    assert canonical(code) == code


def test_a_heading_keeps_its_code_when_the_other_classification_takes_it_up() -> None:
    assert identity("JF", "KKÅ") == "JF"
    assert identity("JF", "KMÅ") == "KMÅ:JF"
    assert identity("AF", "KKÅ") == "KKÅ:AF"
    assert split("KMÅ:JF") == ("KMÅ", "JF")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("JFB00", ["JFB", "JF", "J"]),
        ("AAA00", ["AAA", "KKÅ:AA", "KKÅ:A"]),
        ("AA001", ["AA0", "KMÅ:AA", "KMÅ:A"]),
        ("LA001", ["LA0", "KMÅ:LA", "KMÅ:L"]),
        ("VA9", ["KMÅ:VA", "KMÅ:V"]),
        ("KKÅ:AA", ["KKÅ:A"]),
        ("J", []),
    ],
)
def test_parents_follow_from_the_code(code: str, expected: list[str]) -> None:
    found = parents(code)
    assert [parent.code for parent in found] == expected
    assert [parent.rank for parent in found] == list(range(len(expected)))


def test_shape_is_what_the_formats_say() -> None:
    content, _ = read(SAMPLES / "2021")
    for concept in content.concepts:
        shape = LOADER.shape(concept.code)
        assert (shape.level, shape.sort_key, shape.abstract) == (
            concept.level,
            concept.sort_key,
            concept.abstract,
        )
        assert part_of(concept.code) == concept.part


# text release -------------------------------------------------------------------------------------------


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


# today's tsv --------------------------------------------------------------------------------------------


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


# lists of codes -----------------------------------------------------------------------------------------

OLD = ["KOD;TXT;BSK;HÄNDELSE", "AA001;Mätning;Av smärta, oro;0", "AA002;Ny, mätning;;1", "JFB00 ;Resektion;;2"]


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


# real releases ------------------------------------------------------------------------------------------


@pytest.mark.live
@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("2005-06", {"kkå-code": 5809, "kmå-code": 2643}),
        ("2009", {"kkå-code": 5797, "kmå-code": 3532}),
        ("2012", {"kkå-code": 6009, "kmå-code": 3646}),
        ("2026", {"kkå-code": 7113, "kmå-code": 4773, "kkå-listed-group": 2}),
        ("2026-01-kma", {"kmå-code": 4773, "kmå-group": 32, "kmå-section": 121, "kmå-chapter": 9}),
    ],
)
def test_real_releases(shared_data: Path, folder: str, expected: dict[str, int]) -> None:
    content, report = read(shared_data / "kva" / folder)
    assert Counter(concept.part for concept in content.concepts) == expected
    assert "unusual-code" not in report.warnings
    assert "orphan" not in report.warnings


@pytest.mark.live
def test_real_text_release(shared_data: Path) -> None:
    content, report = read(shared_data / "kva" / "2021")
    counts = Counter(concept.part for concept in content.concepts)
    assert (counts["kkå-code"], counts["kmå-code"], counts["kmå-group"]) == (6627, 4505, 31)
    assert len(content.concepts) == 12_796
    assert sum(concept.code.startswith(("KKÅ:", "KMÅ:")) for concept in content.concepts) == 98
    assert not report.warnings


@pytest.mark.live
def test_real_codes_do_not_move_between_forms(shared_data: Path) -> None:
    found = [concepts(read(shared_data / "kva" / folder)[0]) for folder in ("2021", "2026-01-kma", "2026")]
    for first, second in ((found[0], found[1]), (found[0], found[2]), (found[1], found[2])):
        assert not [code for code in set(first) & set(second) if first[code].parents != second[code].parents]


@pytest.mark.live
def test_three_real_releases_in_one_folder(shared_data: Path) -> None:
    found = identify(shared_data / "kva" / "2007")
    assert [candidate.version for candidate in found] == ["2007", "2008", None]
    counts = [len(read_candidate(candidate)[0].concepts) for candidate in found]
    assert counts == [8770, 8867, 8396]


@pytest.mark.live
def test_two_real_forms_of_one_release(shared_data: Path) -> None:
    text, book = identify(shared_data / "kva" / "2012")
    assert (text.version, book.version) == ("2012", "2012")
    assert text.rank > book.rank


@pytest.mark.live
def test_no_other_real_file_is_claimed(shared_data: Path) -> None:
    for folder in ("icd-10-se", "icf", "ksi", "ksh97-p", "urval", "norddrg", "kva/changes", "kva/conversion"):
        assert identify(shared_data / folder) == []
