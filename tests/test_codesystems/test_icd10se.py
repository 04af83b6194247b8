"""ICD-10-SE from each of the publisher's formats, by hand-made releases."""

import dataclasses
import zipfile
from datetime import date
from pathlib import Path

import pytest

from codesystems.files import Package
from codesystems.icd10se import LOADER
from codesystems.icd10se_formats.concepts import LINK, MARK, MARK_KIND, NOT_MAIN
from codesystems.icd10se_formats.tsv import COLUMNS
from codesystems.model import CodeSystemContent, Concept, Hints, Parent
from codesystems.report import ReleaseError, Report
from codesystems.versions import effective_date

SAMPLES = Path(__file__).resolve().parents[2] / "codesystems/samples/icd-10-se"


def identify(path: Path):
    with Package(path) as package:
        return sorted(LOADER.identify(package, Hints()), key=lambda found: (found.version or "", found.form))


def read(path: Path, report: Report | None = None, version: str | None = None) -> CodeSystemContent:
    with Package(path) as package:
        (candidate,) = LOADER.identify(package, Hints())
        version = version or candidate.version or "2026"
        candidate = dataclasses.replace(candidate, version=version, effective=effective_date(version))
        return LOADER.read(candidate, report or Report())


def by_code(content: CodeSystemContent) -> dict[str, Concept]:
    return {concept.code: concept for concept in content.concepts}


def display(concept: Concept) -> str:
    (value,) = [d.value for d in concept.designations if d.use == "display"]
    return value


def values(concept: Concept, prop: str) -> list[str]:
    return [p.value for p in concept.properties if p.code == prop]


def write(folder: Path, files: dict[str, str], encoding: str = "utf-8") -> Path:
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode(encoding))
    return folder


def tsv(*rows: dict[str, str], leave_out: str = "") -> str:
    """A table of today's layout; rows give the cells that are not empty."""
    columns = [str(column) for column in COLUMNS.required if column != leave_out]
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "\ufeff" + "".join("\t".join(f'"{cell}"' for cell in line) + "\n" for line in lines)


ANS = {
    "KSH97_KAT.ANS": "A00    Kolera\n",
    "KSH97_KOD.ANS": "A000   Klassisk kolera\n",
    "KSH97_KXX.ANS": "V0100  Fotgängare-idrott\n",
}
TEXT = {
    "digit3.txt": "A00\t\tKolera\n",
    "digit4.txt": "A000\t\tKlassisk kolera\n",
    "digit5.txt": "V0100\t\tFotgängare-idrott",
}


def test_the_samples_are_whole_and_clean():
    found = [(c.version, c.form, c.missing) for c in identify(SAMPLES)]
    assert found == [("2019", "ANS", ()), ("2021", "text", ()), ("2026", "tsv", ())]
    for version in ("2019", "2021", "2026"):
        report = Report()
        content = read(SAMPLES / version, report)
        assert not report.warnings
        assert {c.part for c in content.concepts} >= {"chapter", "block", "category", "subcategory", "extension"}


def test_what_follows_from_a_code_is_the_same_in_every_format():
    contents = [by_code(read(SAMPLES / version)) for version in ("2019", "2021", "2026")]
    common = contents[0].keys() & contents[1].keys() & contents[2].keys()
    assert len(common) > 20
    for code in common:
        same = {(c[code].active, c[code].abstract, c[code].level, c[code].sort_key) for c in contents}
        assert len(same) == 1, code
        assert len({c[code].parents for c in contents}) == 1, code


def test_ans_codes_titles_and_hierarchy():
    concepts = by_code(read(SAMPLES / "2019"))
    assert display(concepts["I21.9"]) == "Akut hjärtinfarkt, ospecificerad"
    assert concepts["09"].parents == ()
    assert values(concepts["09"], "range") == ["I00-I99"]
    assert concepts["I20-I25"].parents == (Parent("09"),)
    assert concepts["I21"].parents == (Parent("I20-I25"), Parent("09", 1))
    assert concepts["I21.9"].parents == (Parent("I21"),)
    assert concepts["S72.00"].parents == (Parent("S72.0"),)
    assert concepts["W01.00"].parents == (Parent("W01"),)
    assert concepts["UA3290"].parents == (Parent("UA3"),)
    assert concepts["UA3"].parents == (Parent("UA"), Parent("22", 1))
    assert concepts["UA"].parents == (Parent("22"),)


def test_text_has_marks_and_bare_chapter_titles():
    content = read(SAMPLES / "2021")
    concepts = by_code(content)
    assert display(concepts["09"]) == "Sjukdomar i hjärta och kärl"
    assert values(concepts["09"], "range") == ["I00-I99"]
    assert values(concepts["E11.2"], MARK) == ["†"]
    assert values(concepts["N08.3"], MARK) == ["*"]
    assert ("rehabilitation", "state") in content.covers


def test_tsv_keeps_every_column():
    content = read(SAMPLES / "2026")
    concepts = by_code(content)
    category = concepts["E11"]
    assert [(d.value, d.use, d.language) for d in category.designations] == [
        ("Diabetes typ 2", "display", ""),
        ("Diabetes mellitus typus 2", "synonym", "la"),
    ]
    assert values(category, "Innefattar") == ["Åldersdiabetes", "Diabetes som inte kräver insulin"]
    assert category.valid_from == date(1997, 1, 1)
    assert values(concepts["N08.3"], MARK) == ["*"]
    assert values(concepts["N08.3"], LINK) == ["E10.2", "E11.2"]
    assert values(concepts["N08.3"], NOT_MAIN) == ["Ja"]
    assert values(concepts["04"], "Innehåll") == ["Detta kapitel innehåller följande avsnitt:\nE10-E14 Diabetes"]
    assert "U11.0" in concepts  # from the file beside the main one


def test_no_format_speaks_of_what_it_cannot_say():
    ans, text, table = (read(SAMPLES / version).covers for version in ("2019", "2021", "2026"))
    assert not any(kind == MARK_KIND for _, kind in ans)
    assert ("subcategory", MARK_KIND) in text & table
    notes = ("subcategory", "property:Innefattar")
    assert notes in table
    assert notes not in text | ans
    assert not any(kind == "validity" for _, kind in text | ans)


@pytest.mark.parametrize(
    ("names", "form"),
    [
        (("ksh97_kat.ans", "ksh97_kod.ans", "ksh97_kxx.ans"), "ANS"),
        (("KSH97_KAT_2017.ANS", "KSH97_KOD_2017.ANS", "KSH97_KXX_2017.ANS"), "ANS"),
        (("KAT.txt", "KOD.txt", "KXX.txt"), "ANS"),
        (("icd10se-digit3-2022.txt", "icd10se-digit4-2022.txt", "icd10se-digit5-2022.txt"), "text"),
        (("Digit3.TXT", "Digit4.TXT", "Digit5.TXT"), "text"),
    ],
)
def test_file_names_may_vary(tmp_path, names, form):
    rows = (ANS if form == "ANS" else TEXT).values()
    write(tmp_path / "2022", dict(zip(names, rows, strict=True)))
    (found,) = identify(tmp_path / "2022")
    assert (found.form, found.missing, len(found.files)) == (form, (), 3)


def test_parts_in_folders_and_archives_are_one_release(tmp_path):
    folder = tmp_path / "icd-10-se-2019"
    write(folder, {f"{name[6:9]}/{name}": text for name, text in ANS.items() if "KXX" not in name})
    with zipfile.ZipFile(folder / "KXX.zip", "w") as archive:
        archive.writestr("KSH97_KXX.ANS", ANS["KSH97_KXX.ANS"])
    (found,) = identify(folder)
    assert (found.version, found.missing, len(found.files)) == ("2019", (), 3)


def test_releases_in_one_folder_are_told_apart(tmp_path):
    write(tmp_path / "a", ANS)
    write(tmp_path / "b", {**ANS, "KSH97_KAT.ANS": "A00    Gallfeber\n"})
    write(tmp_path / "2020", TEXT)
    assert [(found.version, found.form) for found in identify(tmp_path)] == [
        (None, "ANS"),
        (None, "ANS"),
        ("2020", "text"),
    ]


def test_the_same_release_beside_its_archive_is_read_once(tmp_path):
    folder = write(tmp_path / "2019", ANS)
    with zipfile.ZipFile(folder / "icd10se.zip", "w") as archive:
        for name, text in ANS.items():
            archive.writestr(name, text)
    (found,) = identify(folder)
    assert found.notes == ("icd10se.zip! holds the same files and is not read",)


def test_other_files_are_not_claimed(tmp_path):
    write(
        tmp_path,
        {
            "KSH97P_KOD.ANS": "A00-   Kolera\nA045   Enterit\n",
            "primarvard_KOD.ANS": "A00-   Kolera\nA02-P  Salmonella\nA045   Enterit\n",
            "kva-block.txt": "AA\tRygg\nAB\tHjärna\n",
            "kva.tsv": '"Kod"\t"Överordnad kod"\t"Titel"\n"AA"\t""\t"Rygg"\n',
            "kva.csv": "KOD;TEXT;HÄNDELSE\nAAA00;Ingrepp;0\n",
            "läsmig.txt": "Om koderna A00 och A01.\n",
            "bild.png": "\x00",
        },
    )
    assert identify(tmp_path) == []


def test_a_lone_file_lacks_the_others(tmp_path):
    write(tmp_path / "2021", TEXT)
    (found,) = identify(tmp_path / "2021" / "digit4.txt")
    assert (found.version, found.missing) == ("2021", ("digit3", "digit5"))


def test_a_second_copy_of_a_part_is_named(tmp_path):
    write(tmp_path / "2019", {**ANS, "kopia_KOD.ANS": ANS["KSH97_KOD.ANS"]})
    (found,) = identify(tmp_path / "2019")
    assert len(found.files) == 3
    assert found.notes == ("kopia_KOD.ANS is not read: KSH97_KOD.ANS is the same part of the release",)


def test_chapters_of_another_party_stand_in(tmp_path):
    chapters = {"diagnoskapitel.txt": "A00-B99Infektioner\nU00-U99Särskilda\nV01-Y98Yttre orsaker\n"}
    content = read(write(tmp_path / "2020", {**TEXT, **chapters}))
    assert [c.code for c in content.concepts if c.level == "chapter"] == ["01", "22", "20"]
    own = {"chapter.txt": "01\t\tInfektioner (A00-B99)\n"}
    (found,) = identify(write(tmp_path / "2020", own))
    assert found.notes == ("diagnoskapitel.txt is not read: chapters are read from chapter.txt",)


def test_absent_levels_are_not_spoken_of(tmp_path):
    report = Report()
    content = read(write(tmp_path / "2016", ANS), report)
    assert not any(part in ("chapter", "block") for part, _ in content.covers)
    assert ("category", "parent") not in content.covers
    assert ("category", "parent:1") in content.covers  # a chapter is a fixed range, known without its file
    assert report.notes == [
        "no chapters in this release: its hierarchy lacks that level",
        "no blocks in this release: its hierarchy lacks that level",
    ]
    assert set(report.warnings) == {"orphan"}  # V01.00 without V01


def test_codes_alone_know_their_category_and_claim_no_other(tmp_path):
    kod = {"KSH97_KOD.ANS": "A000   Klassisk kolera\nA000A  Svår\nV0100  Fotgängare\nY900   Låg halt\n"}
    report = Report()
    content = read(write(tmp_path / "2020", kod), report)
    concepts = by_code(content)
    assert concepts["A00.0"].parents == (Parent("A00"),)
    assert concepts["A00.0A"].parents == (Parent("A00.0"),)
    assert set(concepts) == {"A00.0", "A00.0A", "Y90.0"}
    assert {part for part, _ in content.covers} == {"subcategory", "extension", "rehabilitation", "external-moved"}
    assert set(report.warnings) == {"part-of-a-group"}


def test_extensions_without_subcategories_state_no_parent(tmp_path):
    content = read(write(tmp_path / "2021", {"digit5.txt": "A000A\t\tSvår\n"}))
    assert by_code(content)["A00.0A"].parents == ()
    assert ("extension", "parent") not in content.covers
    assert ("extension", "state") in content.covers


def test_codes_for_short_notice_alone_are_refused(tmp_path):
    folder = write(tmp_path / "2026", {"u.tsv": tsv({"Kod": "U11", "Titel": "Ledig"})})
    (found,) = identify(folder)
    assert found.missing == ("icd-10-se.tsv",)
    with pytest.raises(ReleaseError, match="load it together with the main file"):
        read(folder)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({**ANS, "KSH97_KXX.ANS": ""}, r"KSH97_KXX\.ANS: the file is empty"),
        ({**ANS, "KSH97_KOD.ANS": "A00\x000 Kolera\n"}, r"KSH97_KOD\.ANS:1: a NUL byte"),
        ({**ANS, "KSH97_KOD.ANS": "A000   Ett\nA000   Två\n"}, r"KSH97_KOD\.ANS:2: A00\.0 has two titles"),
        ({**TEXT, "digit4.txt": "A000\tKlassisk kolera\n"}, r"digit4\.txt: expected code, mark and title"),
        ({"t.tsv": tsv({"Kod": "A00", "Titel": "x"}, leave_out="Titel")}, r"missing column\(s\) Titel; found Kod"),
        (
            {"t.tsv": tsv({"Kod": "A00", "Titel": "Ett"}, {"Kod": "A00", "Titel": "Två"})},
            r"t\.tsv:3: A00 has two titles",
        ),
    ],
)
def test_what_cannot_be_loaded_is_refused(tmp_path, files, message):
    with pytest.raises(ReleaseError, match=message):
        read(write(tmp_path / "2019", files))


@pytest.mark.parametrize(
    ("files", "kind", "example"),
    [
        ({**ANS, "KSH97_KAT.ANS": "A00    Kolera\nV01    Fot\nA00    Kolera\n"}, "duplicate-row", "KAT.ANS:3: A00 is"),
        ({**ANS, "KSH97_KAT.ANS": "A00\nV01    Fot\n"}, "no-title", "KAT.ANS:1: A00 has no title"),
        ({**ANS, "KSH97_KAT.ANS": "A00    K\nV01    F\nA0X    F\n"}, "unknown-shape", "KAT.ANS:3: 'A0X'"),
        ({**ANS, "KSH97_KAT.ANS": "A00    K\nV01    F\n       F\n"}, "row-without-code", "KAT.ANS:3: no code"),
        ({**ANS, "KSH97_KAT.ANS": "V01    F\n"}, "orphan", "KOD.ANS:1: A00.0 has no parent"),
        ({**ANS, "KSH97_AVS.ANS": "Ö00-Ö00unknown\nA00-A09Tarm\nV01-V09Fot\n"}, "pseudo-row", "AVS.ANS:1: Ö00-Ö00"),
        ({**TEXT, "digit3.txt": "A00\t\tKolera\nV01\t\tFot\tmer\n"}, "ragged-row", "digit3.txt:2: 4 cells"),
        ({**TEXT, "digit3.txt": "A00\t+\tKolera\nV01\t\tFot\n"}, "unknown-mark", "digit3.txt:1: A00 has the mark '+'"),
        (
            {"t.tsv": tsv({"Kod": "A00", "Titel": "K", "Giltig från": "i fjol"}, {"Kod": "V01", "Titel": "F"})},
            "bad-date",
            "t.tsv:2: A00: Giltig från is 'i fjol'",
        ),
        (
            {"t.tsv": tsv({"Kod": "A00", "Titel": "K", "Överordnad kod": "A00-A09"})},
            "orphan",
            "t.tsv:2: A00 has the parent A00-A09, which has no row",
        ),
        ({"t.tsv": tsv({"Kod": "A00", "Titel": "K"}, {"Kod": "A00"})}, "empty-row", "t.tsv:3: A00 is repeated"),
        (
            {"t.tsv": tsv({"Kod": "A00", "Titel": "K", MARK: "okänd"})},
            "unknown-mark",
            "t.tsv:2: A00: 'okänd' names neither",
        ),
    ],
)
def test_what_is_odd_is_reported_with_its_place(tmp_path, files, kind, example):
    report = Report()
    read(write(tmp_path / "2019", files), report)
    assert example in report.warnings[kind].examples[0]


def test_a_code_without_category_is_placed_in_its_block(tmp_path):
    report = Report()
    files = {**ANS, "KSH97_KAT.ANS": "V01    Fotgängare\n", "KSH97_AVS.ANS": "A00-A09Tarm\nV01-V09Fotgängare\n"}
    concepts = by_code(read(write(tmp_path / "2019", files), report))
    assert concepts["A00.0"].parents == (Parent("A00-A09"),)
    assert report.warnings["orphan"].examples == ["KSH97_KOD.ANS:1: A00.0 has no category and is placed under A00-A09"]


def test_encodings_may_be_mixed_within_a_release(tmp_path):
    write(tmp_path / "2019", ANS, "cp1252")
    write(tmp_path / "2019", {"KSH97_KAT.ANS": "A00    Kolera på båt\nV01    Fotgängare\n"}, "utf-8")
    report = Report()
    concepts = by_code(read(tmp_path / "2019", report))
    assert display(concepts["A00"]) == "Kolera på båt"
    assert display(concepts["V01.00"]) == "Fotgängare-idrott"
    assert report.notes[0] == "KSH97_KXX.ANS: encoding cp1252"


def test_continuation_rows_may_stand_anywhere(tmp_path):
    rows = (
        {"Kod": "A02.2", "Exempel": "Andra"},
        {"Kod": "A02.2", "Titel": "Salmonella <i>lokal</i>", "Exempel": "Första"},
        {"Kod": "A02", "Titel": "Salmonella"},
        {"Kod": "A02.2", "Exempel": "<div>Tredje</div><div>rad två</div>"},
    )
    concept = by_code(read(write(tmp_path, {"icd.txt": tsv(*rows)})))["A02.2"]
    assert display(concept) == "Salmonella lokal"
    assert values(concept, "Exempel") == ["Första", "Andra", "Tredje\nrad två"]


@pytest.mark.parametrize(
    ("cell", "links"),
    [
        ("N16.0*", ["N16.0"]),
        ("N16.0*, M01.3*; G01*", ["N16.0", "M01.3", "G01"]),
        ("<div>N16.0* Njursjukdom, annan</div><div>M01.3*</div>", ["N16.0", "M01.3"]),
        ("M01.0*-M01.8*", ["M01.0*-M01.8*"]),
        ("Se kapitel 13", ["Se kapitel 13"]),
    ],
)
def test_links_are_codes(tmp_path, cell, links):
    folder = write(tmp_path, {"icd.tsv": tsv({"Kod": "A02", "Titel": "Salmonella", LINK: cell})})
    assert values(by_code(read(folder))["A02"], LINK) == links


def test_a_code_in_both_tables_is_taken_from_the_main_one(tmp_path):
    main = tsv({"Kod": "A00", "Titel": "Kolera"}, {"Kod": "U07", "Titel": "Covid-19"})
    beside = tsv({"Kod": "U07", "Titel": "Ledig kod"}, {"Kod": "U11", "Titel": "Ledig kod"})
    report = Report()
    concepts = by_code(read(write(tmp_path / "2026", {"a.tsv": beside, "b.tsv": main}), report))
    assert display(concepts["U07"]) == "Covid-19"
    assert "U11" in concepts
    assert report.warnings["duplicate-row"].count == 1


def test_events_are_stated(tmp_path):
    text = "KOD;TEXT;HÄNDELSE;NPKs förslag till grupperingsegenskaper\nA000;Kolera;0;\nA001;Ny;1;x\nA002;Ändrad;2;\n"
    text += 'A003;"Borttagen; helt";3;\nA004;Okänd;9;\n;;;\n;;;\n'
    report = Report()
    content = read(write(tmp_path, {"ICD2013.csv": text}, "cp1252"), report)
    concepts = by_code(content)
    assert content.version == "2013"
    assert [(c.code, c.type, c.date, c.row) for c in content.stated] == [
        ("A00.1", "introduced", date(2013, 1, 1), 3),
        ("A00.2", "retitled", date(2013, 1, 1), 4),
        ("A00.3", "withdrawn", date(2013, 1, 1), 5),
    ]
    assert not concepts["A00.3"].active
    assert concepts["A00.0"].parents == (Parent("A00"),)
    assert set(report.warnings) == {"unknown-event"}
