"""Any list in a table, read by a mapping from the command line, a TOML file or a plain header."""

from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from codesystems.files import Package
from codesystems.lists import LOADER
from codesystems.model import CodeSystem, Designation, Hints, Parent, Property, PropertyDef
from codesystems.report import ReleaseError, Report

COLUMNS = {"code": "Nr", "display": "Klartext"}
TABLE = "Nr;Klartext;Under\nA;Överst;\nA1;Därunder;A\n"
TOML = '[system]\nid = "enheter"\n[columns]\ncode = "Nr"\ndisplay = "Klartext"\nparent = "Under"\n'


@pytest.fixture
def identify(tmp_path):
    """Writes files into a folder and asks for candidates; `at` narrows the package to one of them."""

    def identifying(files, hints=None, at=""):
        for name, text in files.items():
            path = tmp_path / "listor" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with Package(tmp_path / "listor" / at) as package:
            return list(LOADER.identify(package, hints or Hints()))

    return identifying


@pytest.fixture
def read(identify):
    def reading(files, hints=None, at="", effective=date(2026, 1, 1)):
        (candidate,) = identify(files if isinstance(files, dict) else {"lista.csv": files}, hints, at)
        report = Report()
        known = replace(candidate, version=candidate.version or "2026", effective=candidate.effective or effective)
        return LOADER.read(known, report), report

    return reading


def hints(system="min-lista", **columns):
    return Hints(system=system, version="2026", columns={name.replace("_", "-"): c for name, c in columns.items()})


def concepts(content):
    return {concept.code: concept for concept in content.concepts}


# --- the command line


def test_columns_from_the_command_line(read):
    content, report = read(TABLE, hints(code="Nr", display="Klartext", parent="Under"))
    found = concepts(content)
    assert content.system == CodeSystem("min-lista", "urn:codesystem:min-lista", "min-lista", "")
    assert found["A1"].designations == (Designation("Därunder"),)
    assert found["A1"].parents == (Parent("A"),)
    assert found["A"].parents == ()
    assert content.covers == {("all", kind) for kind in ("state", "designation:display:sv", "parent")}
    assert not report.warnings


def test_a_missing_column_is_named_with_those_found(read):
    with pytest.raises(ReleaseError, match=r"lista\.csv: missing column\(s\) Benämning; found Nr, Klartext, Under"):
        read(TABLE, hints(code="Nr", display="Benämning"))


def test_a_column_nobody_named_is_reported(read):
    _, report = read(TABLE, hints(**COLUMNS))
    assert "'Under' is not read" in report.warnings["unknown-column"].examples[0]


def test_properties_and_notes_from_the_command_line(read):
    columns = {**COLUMNS, "property.Nivå": "Under", "note.Obs": "Obs"}
    content, _ = read("Nr;Klartext;Under;Obs\nA;a;1;se B\n", Hints(system="x", columns=columns))
    assert concepts(content)["A"].properties == (Property("Nivå", "1"), Property("Obs", "se B"))
    assert content.properties == (PropertyDef("Nivå", "Nivå"), PropertyDef("Obs", "Obs", note=True))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Hints(columns=COLUMNS), "which code system"),
        (Hints(system="x", columns={"display": "Klartext"}), "no column is named as code"),
        (Hints(system="x", columns={**COLUMNS, "colour": "Under"}), "'colour' is no field of a list; known: code"),
        (Hints(system="x", columns={**COLUMNS, "parent": "klartext"}), "named for two things"),
        (Hints(system="!", columns=COLUMNS), "'!' is no id"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(identify, given, message):
    with pytest.raises(ReleaseError, match=message):
        identify({"lista.csv": TABLE}, given)


def test_of_several_files_those_with_the_code_column_are_meant(identify):
    files = {"a.csv": TABLE, "b.csv": "Annat;Helt\n1;2\n", "läsmig.txt": "Nr står för nummer\n"}
    assert [candidate.files[0].path for candidate in identify(files, hints(**COLUMNS))] == ["a.csv"]


def test_a_list_of_a_known_system_speaks_its_language(read):
    content, _ = read("Kod;Titel\nA000;Kolera\nA00;Kolera\nI;Kapitel\n", hints("icd-10", code="Kod", display="Titel"))
    assert [(concept.code, concept.level, concept.abstract) for concept in content.concepts] == [
        ("A00.0", "subcategory", False),
        ("A00", "category", False),
        ("I", "chapter", True),
    ]
    assert content.system.id == "icd-10"
    assert "all" not in {concept.part for concept in content.concepts}


# --- a header that speaks for itself


@pytest.mark.parametrize(
    "header",
    ["code,display", "Kod,Titel", "KOD,Benämning", "code,label,label_en,parent_code,valid_from,valid_to"],
)
def test_an_obvious_header_needs_only_the_system(read, header):
    content, report = read(f"{header}\nA,Överst\n", Hints(system="min-lista"))
    assert concepts(content)["A"].designations == (Designation("Överst"),)
    assert not report.warnings


def test_the_normalised_table_is_read_whole(read):
    rows = "A,Överst,Top,,,\nA1,Därunder,Below,A,2001-01-01,2025-12-31\nA2,Kvar,,A,,2031-12-31\n"
    content, report = read(f"code,label,label_en,parent_code,valid_from,valid_to\n{rows}", Hints(system="x"))
    found = concepts(content)
    assert found["A1"].designations == (Designation("Därunder"), Designation("Below", language="en"))
    assert (found["A1"].parents, found["A1"].active) == ((Parent("A"),), False)
    assert (found["A1"].valid_from, found["A1"].valid_to) == (date(2001, 1, 1), date(2025, 12, 31))
    assert (found["A2"].active, found["A2"].valid_to) == (True, date(2031, 12, 31))
    assert not report.warnings


@pytest.mark.parametrize("given", [Hints(), Hints(version="2026")])
def test_without_a_system_or_mapping_nothing_is_claimed(identify, given):
    assert identify({"lista.csv": "kod;titel\nA;a\n", "readme.txt": "kod titel"}, given) == []


def test_a_header_that_says_too_little_is_not_claimed(identify):
    assert identify({"lista.csv": TABLE}, Hints(system="x")) == []
    assert identify({"lista.csv": "", "b.xlsx": b"PK\x03\x04 not a workbook"}, Hints(system="x")) == []


# --- a TOML file beside the list


def test_a_toml_of_the_same_name(read):
    content, report = read({"lista.csv": TABLE, "lista.toml": TOML})
    assert list(concepts(content)) == ["A", "A1"]
    assert content.system.id == "enheter"
    assert not report.warnings


def test_a_toml_beside_a_file_pointed_at(read):
    content, _ = read({"lista.csv": TABLE, "lista.toml": TOML}, at="lista.csv")
    assert content.system.id == "enheter"


@pytest.mark.parametrize("name", ["codesystem.toml", "CodeSystem.TOML"])
def test_a_folders_toml_holds_for_the_lists_that_have_its_columns(identify, name):
    files = {"a.csv": TABLE, "b.csv": "Annat\n1\n", "inre/c.csv": TABLE, name: TOML}
    (candidate,) = identify(files)
    assert [file.path for file in candidate.files] == ["a.csv", name]
    assert candidate.columns == {"code": "Nr", "display": "Klartext", "parent": "Under"}


def test_everything_a_toml_can_say(read):
    toml = """
version = "2026-04"
effective = 2026-04-15
separator = ","
ignore = ["Löpnr"]
[system]
id = "enheter"
url = "https://region.example/enheter"
title = "Enheter"
publisher = "Regionen"
language = "en"
aliases = ["1.2.3"]
code_rule = "exact"
[columns]
code = "Nr"
display = "Name"
display-sv = "Namn"
synonym = "Också"
short = "Kort"
level = "Nivå"
abstract = "Rubrik"
active = "Gäller"
[properties]
Storlek = { column = "Antal", type = "integer", title = "Antal anställda" }
Not = { column = "Text", note = true }
Plats = "Ort"
"""
    header = "Löpnr;Nr;Name;Namn;Också;Kort;Nivå;Rubrik;Gäller;Antal;Text;Ort"
    row = "1;A;Ward;Avdelning;Ett, Två ;W;enhet;nej;ja;12;Se B;Umeå"
    content, report = read({"l.csv": f"{header}\n{row}\n", "l.toml": toml})
    assert (content.version, content.effective) == ("2026-04", date(2026, 4, 15))
    assert content.system == CodeSystem(
        "enheter", "https://region.example/enheter", "Enheter", "Regionen", "en", ("1.2.3",), "exact"
    )
    assert concepts(content)["A"].designations == (
        Designation("Ward"),
        Designation("Avdelning", language="sv"),
        Designation("Ett", "synonym"),
        Designation("Två", "synonym"),
        Designation("W", "short"),
    )
    assert concepts(content)["A"].level == "enhet"
    assert concepts(content)["A"].properties == (
        Property("Storlek", "12"),
        Property("Not", "Se B"),
        Property("Plats", "Umeå"),
    )
    assert content.properties[0] == PropertyDef("Storlek", "Antal anställda", "integer")
    assert not report.warnings


def test_the_command_line_goes_before_the_toml(read):
    columns = {"display": "Annan", "note.K": "Klartext"}
    content, _ = read(
        {"lista.csv": "Nr;Klartext;Under;Annan\nA;a;;b\n", "lista.toml": TOML},
        Hints(system="annat", version="9", effective=date(2027, 1, 1), columns=columns),
    )
    assert (content.system.id, content.version, content.effective) == ("annat", "9", date(2027, 1, 1))
    assert concepts(content)["A"].designations == (Designation("b"),)
    assert concepts(content)["A"].properties == (Property("K", "a"),)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[system\n", r"lista\.toml: not valid TOML .*line 1"),
        (b"id = '\xff'", "not valid TOML"),
        ("id = " + "9" * 5000, "not valid TOML"),
        ("[columns]\ncode = 'Nr'\n", r"\[system\] has no id"),
        ("[system]\nid = 'x'\n", "no column is named as code"),
        ("[system]\nid = 7\n[columns]\ncode = 'Nr'\n", r"\[system\] id is 7, not text"),
        ("columns = 'Nr'\n[system]\nid = 'x'\n", "columns is no table"),
        (TOML + "[colours]\na = 'b'\n", "colours is not known here"),
        (TOML.replace("id =", "name = 'x'\nid ="), r"\[system\] name is not known here"),
        ("effective = 'soon'\n" + TOML, "effective is 'soon', not a date"),
        ("ignore = 'a'\n" + TOML, "ignore is no list of texts"),
        (TOML.replace("id =", "code_rule = 'any'\nid ="), "code_rule is 'any', not loose or exact"),
        (TOML + "[properties]\nX = { column = 'X', type = 'colour' }\n", "type is 'colour', not one of string"),
        (TOML + "[properties]\nX = { column = 'X', note = 'yes' }\n", "note is 'yes', not true or false"),
        (TOML + "[properties]\nX = 4\n", r"\[properties\] X is no table"),
    ],
)
def test_a_toml_that_is_wrong_is_refused_with_its_place(identify, toml, message):
    with pytest.raises(ReleaseError, match=message):
        identify({"lista.csv": TABLE, "lista.toml": toml})


# --- rows


def test_workbooks_and_other_sheets(read, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Om listan"])
    sheet = book.create_sheet("Koder")
    for row in (["Nr", "Klartext", "Öppnad"], [1, "Ett", date(2020, 5, 1)], ["02", "Två", None]):
        sheet.append(row)
    book.save(tmp_path / "bok.xlsx")
    columns = {**COLUMNS, "valid-from": "Öppnad"}
    content, _ = read({"bok.xlsx": (tmp_path / "bok.xlsx").read_bytes()}, Hints(system="x", columns=columns))
    assert {code: concept.valid_from for code, concept in concepts(content).items()} == {
        "1": date(2020, 5, 1),
        "02": None,
    }


def test_what_cannot_be_read_is_reported(read):
    toml = (
        "[system]\nid = 'x'\n[columns]\ncode = 'Nr'\ndisplay = 'T'\nabstract = 'R'\nvalid-from = 'F'\n"
        "[properties]\nAntal = { column = 'N', type = 'integer' }\nJa = { column = 'J', type = 'boolean' }\n"
        "Dag = { column = 'D', type = 'dateTime' }\n"
    )
    rows = "A;a;kanske;igår;många;ibland;sen\nB;;nej;2020-01-01;3;ja;20200101\n;c;;;;;\nC;d;;;;;\nC;d;;;;;\n"
    content, report = read({"l.csv": f"Nr;T;R;F;N;J;D\n{rows}", "l.toml": toml})
    found = concepts(content)
    assert found["A"].properties == (Property("Antal", "många"), Property("Ja", "ibland"), Property("Dag", "sen"))
    assert found["B"].properties == (Property("Antal", "3"), Property("Ja", "true"), Property("Dag", "2020-01-01"))
    assert (found["A"].valid_from, found["B"].valid_from) == (None, date(2020, 1, 1))
    assert {kind: finding.count for kind, finding in report.warnings.items()} == {
        "bad-date": 2,
        "bad-value": 3,
        "no-title": 1,
        "row-without-code": 1,
        "duplicate-row": 1,
    }


def test_the_same_code_with_two_titles_is_refused(read):
    with pytest.raises(ReleaseError, match=r"lista\.csv:3: A has two titles"):
        read("kod;titel\nA;ett\nA;två\n", Hints(system="x"))


@pytest.mark.parametrize(("cell", "active"), [("ja", True), ("0", False), ("Nej", False), ("x", True), ("", True)])
def test_active(read, cell, active):
    content, _ = read(f"Nr;Klartext;G\nA;a;{cell}\n", hints(code="Nr", display="Klartext", active="G"))
    assert concepts(content)["A"].active is active


@pytest.mark.parametrize(
    ("system", "short", "url"),
    [
        ("https://region.example/kodverk/Lista", "lista", "https://region.example/kodverk/Lista"),
        ("urn:oid:1.2.752.99.1", "1-2-752-99-1", "urn:oid:1.2.752.99.1"),
        ("1.2.752.99.1", "1-2-752-99-1", "urn:oid:1.2.752.99.1"),
        ("Vår lista", "var-lista", "urn:codesystem:var-lista"),
    ],
)
def test_a_new_system_by_id_url_or_oid(read, system, short, url):
    content, _ = read("kod;titel\nA;a\n", Hints(system=system))
    assert (content.system.id, content.system.url) == (short, url)


@pytest.mark.live
def test_a_real_normalised_table(shared_data):
    with Package(shared_data / "ksi" / "2026-06" / "ksi.csv") as package:
        (candidate,) = LOADER.identify(package, Hints(system="prov", version="2026-06"))
        content = LOADER.read(replace(candidate, effective=date(2026, 6, 1)), Report())
    assert len(content.concepts) == 2_074
