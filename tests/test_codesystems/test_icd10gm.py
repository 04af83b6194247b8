"""ICD-10-GM's table files, 27 columns until 2012 and 30 since."""

import shutil
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from codesystems import golden
from codesystems.files import Package
from codesystems.icd10gm import LAYOUTS, LOADER, PROPERTIES, UMBRELLA, UMBRELLA_BLOCKS
from codesystems.model import Designation, Hints, Parent, Property
from codesystems.report import ReleaseError, Report

SAMPLE = golden.SAMPLES / "icd-10-gm" / "2015"
KODES = "icd10gm2015syst_kodes.txt"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SAMPLE, tmp_path / "release")


def identify(path, hints=None):
    with Package(path) as package:
        return list(LOADER.identify(package, hints or Hints()))


def read(path):
    with Package(path) as package:
        (candidate,) = LOADER.identify(package, Hints())
        report = Report()
        known = replace(candidate, version=candidate.version or "2015", effective=date(2015, 1, 1))
        return LOADER.read(known, report), report


def edit(path, change):
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode())


def to_2012(folder):
    """The same release in the layout of 2012: other names, three columns fewer."""
    for path in list(folder.iterdir()):
        kind = path.stem.rpartition("_")[2]
        rows = path.read_text(encoding="utf-8").splitlines()
        if kind == "kodes":
            rows = [";".join(cells[:9] + cells[12:]) for cells in (row.split(";") for row in rows)]
        path.unlink()
        (folder / f"icd10gmsyst_{kind}2012.txt").write_text("\r\n".join(rows), encoding="cp1252")


def test_files_of_a_folder_are_one_release(folder):
    (candidate,) = identify(folder)
    assert sorted(file.name.rpartition("_")[2] for file in candidate.files) == [
        "gruppen.txt",
        "kapitel.txt",
        "kodes.txt",
    ]
    assert (candidate.version, candidate.form, candidate.missing) == ("2015", "metadata", ())


def test_a_zip_by_the_year_in_its_file_names_whatever_the_date_in_its_own(tmp_path):
    archive = tmp_path / "x1gma2015-20141015.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in SAMPLE.iterdir():
            target.write(path, f"Klassifikationsdateien/{path.name}")
        target.writestr("icd10gm2015syst_ueberleitung_liesmich.txt", "nicht dies")
        target.writestr("Klassifikationsdateien/morbl_2015.txt", "001;Cholera")
    (candidate,) = identify(archive)
    assert candidate.version == "2015"
    assert len(candidate.files) == 3


def test_transition_tables_are_not_claimed(tmp_path):
    for name in ("icd10gm2014syst.txt", "icd10gm2015syst.txt", "icd10gm2015syst_umsteiger_2014_2015.txt"):
        (tmp_path / name).write_text("A00.0;A00.0;A;A\r\n")
    assert identify(tmp_path) == []


def test_a_part_of_a_release_says_what_is_missing(folder):
    (folder / "icd10gm2015syst_gruppen.txt").unlink()
    (candidate,) = identify(folder)
    assert candidate.missing == ("gruppen",)
    content, _ = read(folder)
    assert ("category", "parent") not in content.covers
    assert ("block", "state") not in content.covers
    assert ("subcategory", "parent") in content.covers


def test_titles_parents_levels_and_headings(folder):
    content, report = read(folder)
    found = {concept.code: concept for concept in content.concepts}
    deep = found["E10.01"]
    assert deep.designations == (
        Designation("Diabetes mellitus, Typ 1: Mit Koma: Als entgleist bezeichnet"),
        Designation("Als entgleist bezeichnet", "short"),
    )
    assert found["A00.0"].designations == (Designation("Klassische Cholera"),)
    assert deep.parents == (Parent("E10.0"),)
    assert found["E10"].parents == (Parent("E10-E14"),)
    assert [parent.code for parent in found["E10-E14"].parents] == ["IV"]
    assert {code for code, concept in found.items() if not concept.abstract} == {
        "A00.0",
        "A00.1",
        "A00.9",
        "B95.0",
        "E10.01",
        "U99.0",
    }
    assert not report.warnings


def test_a_block_leaves_room_for_the_blocks_around_it(folder):
    content, _ = read(folder)
    assert ("block", "parent") not in content.covers
    assert all(LOADER.part(code) == UMBRELLA for code in UMBRELLA_BLOCKS)
    assert UMBRELLA not in {part for part, _ in content.covers}


def test_properties_without_what_says_nothing(folder):
    content, _ = read(folder)
    found = {concept.code: concept for concept in content.concepts}
    assert found["B95.0"].properties[:3] == (Property("Code", "B95.0!"), Property("P295", "Z"), Property("P301", "Z"))
    marks = {
        code: [prop for prop in found[code].properties if prop.value in ("true", "false")]
        for code in ("A00.0", "U99.0", "E10")
    }
    assert marks == {
        "A00.0": [Property("Exot", "true"), Property("IfSGMeldung", "true")],
        "U99.0": [Property("Belegt", "false")],
        "E10": [],
    }
    assert not any(prop.value in ("9", "999", "9999", "UNDEF") for c in content.concepts for prop in c.properties)
    assert {("category", f"property:{definition.code}") for definition in PROPERTIES} <= content.covers


def test_the_layout_of_2012_gives_the_same_but_own_titles(folder):
    new, _ = read(folder)
    to_2012(folder)
    old, report = read(folder)

    def without_short(concept):
        return replace(concept, designations=tuple(d for d in concept.designations if d.use != "short"))

    assert {c.code: c for c in old.concepts} == {c.code: without_short(c) for c in new.concepts}
    assert identify(folder)[0].version == "2012"
    assert ("subcategory", "designation:short:de") not in old.covers
    assert "cp1252" in " ".join(report.notes)


def test_another_number_of_columns_is_refused(folder):
    edit(folder / KODES, lambda text: text.replace("\n", ";J\n"))
    with pytest.raises(ReleaseError, match=r"kodes\.txt:1: 31 columns, where 27 or 30 are known"):
        read(folder)


def test_faults_are_reported_with_their_place(folder):
    def damage(text):
        rows = text.splitlines()
        rows[1] += ";mehr"
        rows[2] = rows[2].rpartition(";")[0]
        rows[3] = rows[3].replace(";A00.9;A00.9;", ";A00.9;;")
        rows[4] = rows[4].replace(";B95;", ";B00;", 1)
        return "\r\n".join(rows)

    edit(folder / KODES, damage)
    content, report = read(folder)
    assert report.warnings["ragged-row"].count == 2
    assert report.warnings["row-without-code"].count == 1
    assert f"{KODES}:5: B95 is in the group B00" in report.warnings["unknown-group"].examples[0]
    assert "A00.9" not in {concept.code for concept in content.concepts}


@pytest.mark.parametrize(
    ("kind", "before", "after", "message"),
    [
        ("kodes", ";A00.0;A000;", ";Cholera;A000;", "'Cholera' in field 7 is no code"),
        ("kapitel", "01;", "99;", "'99' is no chapter"),
        ("gruppen", "A00;A09", "A00;", "'A00-' is no group"),
    ],
)
def test_what_is_no_code_is_refused(folder, kind, before, after, message):
    edit(folder / f"icd10gm2015syst_{kind}.txt", lambda text: text.replace(before, after))
    with pytest.raises(ReleaseError, match=message):
        read(folder)


def test_the_columns_are_those_described():
    assert {len(names): number for number, names in LAYOUTS.items()} == {27: 27, 30: 30}


@pytest.mark.live
@pytest.mark.parametrize(
    ("name", "version", "codes"),
    [
        ("x1gma2012.zip", "2012", 15_643),
        ("x1gma2013.zip", "2013", 15_668),
        ("x1gma2014-20131015.zip", "2014", 15_688),
        ("x1gmt2015.zip", "2015", 15_761),
    ],
)
def test_real_releases(shared_data, name, version, codes):
    path = shared_data / "icd-10-gm" / name
    content, report = read(path)
    levels = [concept.level for concept in content.concepts]
    assert (levels.count("chapter"), levels.count("block")) == (22, 241)
    assert levels.count("category") + levels.count("subcategory") == codes
    assert all(concept.parents for concept in content.concepts if concept.level != "chapter")
    assert content.version == version
    assert not report.warnings


@pytest.mark.live
@pytest.mark.parametrize("name", ["x1ueb2011_2012.zip", "x1gua2013.zip", "x1gua2014.zip", "x1gut2015.zip"])
def test_real_transition_zips_are_left_alone(shared_data, name):
    assert identify(shared_data / "icd-10-gm" / name) == []
