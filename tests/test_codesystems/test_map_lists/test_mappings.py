"""Any map in a table: its columns told by the command line, by a plain header or by a TOML file."""

from datetime import date

import pytest

from codesystems import icd10se, kva, lists
from codesystems.map_lists import LOADER
from codesystems.maps import MapElement
from codesystems.model import Hints
from codesystems.report import ReleaseError
from tests.test_codesystems.test_map_lists.tables import COLUMNS, ENDS, TABLE, TOML


def hints(system=None, **columns):
    return Hints(system, "2026", columns={**ENDS, **{name.replace("_", "-"): c for name, c in columns.items()}})


# --- the command line


def test_columns_from_the_command_line(read):
    content, report = read(TABLE, Hints("min-karta", "2026", columns=COLUMNS))
    assert content.elements == (
        MapElement("AV035", "I21.9", "equivalent"),
        MapElement("DU008", relationship="unmapped", comment="ICD: –"),
    )
    assert (content.system.id, content.system.url) == ("min-karta", "urn:conceptmap:min-karta")
    assert (content.system.source, content.system.target) == (kva.SYSTEM, icd10se.ICD10SE)
    assert not report.warnings


def test_a_map_without_a_name_is_called_by_its_systems(read):
    content, _ = read(TABLE, Hints(columns=COLUMNS))
    assert content.system.id == "kva-to-icd-10-se"
    assert content.system.title == f"{kva.SYSTEM.title} → {icd10se.ICD10SE.title}"


@pytest.mark.parametrize("name", ["icd-10-se", icd10se.ICD10SE.url, *icd10se.ICD10SE.aliases])
def test_systems_are_known_by_all_their_names(read, name):
    content, _ = read(TABLE, Hints(columns={**COLUMNS, "to": name}))
    assert content.system.target == icd10se.ICD10SE


def test_a_system_nobody_knows(read):
    content, _ = read("source,target\na 1,x9\n", Hints(columns={"from": "https://region.example/Enhet", "to": "1.2.3"}))
    assert (content.system.source.id, content.system.source.url) == ("enhet", "https://region.example/Enhet")
    assert (content.system.target.id, content.system.target.url) == ("1-2-3", "urn:oid:1.2.3")
    assert content.elements == (MapElement("a 1", "x9"),)


def test_a_candidate_is_found_again_by_its_columns_alone(identify):
    (before,) = identify({"karta.csv": TABLE}, Hints("min-karta", "2026", columns=COLUMNS))
    (again,) = identify({"karta.csv": TABLE}, Hints("min-karta", "2026", columns=before.columns))
    assert before.columns == COLUMNS
    assert again == before


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"from": "kva", "source": "Kod", "target": "ICD"}, "which code systems are mapped"),
        ({"source": "Kod", "target": "ICD"}, "which code systems are mapped"),
        ({**ENDS, "source": "Kod"}, r"--column: no column is named as target \(target ="),
        ({**COLUMNS, "colour": "Hur"}, "'colour' is no field of a map; known: source, target, relationship"),
        ({**COLUMNS, "comment": "hur"}, "named for two things: Hur, hur"),
        ({**COLUMNS, "from": "!"}, "'!' is no id for a code system"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(identify, columns, message):
    with pytest.raises(ReleaseError, match=message):
        identify({"karta.csv": TABLE}, Hints(columns=columns))


@pytest.mark.parametrize(("name", "message"), [("!", "'!' is no id for a map"), ("kva", "kva is a code system")])
def test_a_name_that_cannot_be_is_refused(identify, name, message):
    with pytest.raises(ReleaseError, match=message):
        identify({"karta.csv": TABLE}, Hints(name, columns=COLUMNS))


def test_a_missing_column_is_named_with_those_found(read):
    with pytest.raises(ReleaseError, match=r"karta\.csv: missing column\(s\) Diagnos; found Kod, ICD, Hur"):
        read(TABLE, hints(source="Kod", target="Diagnos"))


def test_a_column_nobody_named_is_reported(read):
    _, report = read(TABLE, hints(source="Kod", target="ICD"))
    assert "'Hur' is not read" in report.warnings["unknown-column"].examples[0]


def test_of_several_files_those_with_the_columns_for_codes_are_meant(identify):
    files = {"a.csv": TABLE, "b.csv": "Kod;Titel\nA;a\n", "läsmig.txt": "Kod står för kod\n"}
    assert [candidate.files[0].path for candidate in identify(files, Hints(columns=COLUMNS))] == ["a.csv"]


# --- a header that speaks for itself


@pytest.mark.parametrize(
    "header",
    ["source,target", "Källkod,Målkod", "FRÅN,TILL", "source_code,target_code,relationship,priority,comment"],
)
def test_an_obvious_header_needs_only_the_systems(read, header):
    content, report = read(f"{header}\nav035,I219\n", Hints(columns=ENDS))
    assert content.elements == (MapElement("AV035", "I21.9"),)
    assert not report.warnings


def test_every_obvious_column_is_read(read):
    header = "source;source_display;target;target_display;relationship;group;priority;rule;advice;comment"
    content, report = read(f"{header}\nav035;Mätning;I219;Infarkt;wider;2;3;TRUE;Tänk;Efter\n", Hints(columns=ENDS))
    assert content.elements == (
        MapElement(
            "AV035", "I21.9", "source-is-narrower-than-target", 2, 3, "TRUE", "Tänk", "Efter", "Mätning", "Infarkt"
        ),
    )
    assert not report.warnings


@pytest.mark.parametrize("given", [Hints(), Hints("min-karta"), Hints("min-karta", "2026")])
def test_without_systems_nothing_is_claimed(identify, given):
    assert identify({"karta.csv": "source,target\nA,B\n"}, given) == []


def test_a_header_that_says_too_little_is_not_claimed(identify):
    files = {"a.csv": "source,titel\nA,B\n", "b.csv": "", "c.xlsx": b"PK\x03\x04 not a workbook"}
    assert identify(files, Hints(columns=ENDS)) == []


# --- a TOML file beside the table


@pytest.mark.parametrize(("toml", "at"), [("karta.toml", ""), ("karta.toml", "karta.csv"), ("conceptmap.toml", "")])
def test_a_toml_beside_the_table(read, toml, at):
    content, report = read({"karta.csv": TABLE, toml: TOML}, at=at)
    assert [element.target for element in content.elements] == ["I21.9", ""]
    assert not report.warnings


def test_a_folders_toml_holds_for_the_tables_that_have_its_columns(identify):
    files = {"a.csv": TABLE, "b.csv": "Kod\n1\n", "inre/c.csv": TABLE, "conceptmap.toml": TOML}
    (candidate,) = identify(files)
    assert [file.path for file in candidate.files] == ["a.csv", "conceptmap.toml"]
    assert candidate.columns == COLUMNS


def test_everything_a_toml_can_say(read):
    toml = """
version = "2026-04"
effective = 2026-04-15
separator = ","
ignore = ["Rad"]
[map]
id = "region-norr-kva"
url = "https://region.example/karta"
title = "Karta"
publisher = "Regionen"
language = "en"
aliases = ["1.2.3"]
copyright = "Fri"
source = "kva"
target = "icd-10-se"
source_version = "2025"
target_version = "2026"
relationship = "likvärdig"
[columns]
source = "Kod"
target = "Mål"
target-display = "Text"
relationship = "Hur"
[relationships]
"~" = "relatedto"
"""
    rows = '1;AV035;"I219, E11.9";"Infarkt, Diabetes";~\n2;DU007;J18.9;Lunga, ospecificerad;\n'
    content, report = read({"k.csv": f"Rad;Kod;Mål;Text;Hur\n{rows}", "k.toml": toml})
    assert (content.version, content.effective) == ("2026-04", date(2026, 4, 15))
    assert (content.source_version, content.target_version) == ("2025", "2026")
    system = content.system
    assert (system.id, system.url, system.title) == ("region-norr-kva", "https://region.example/karta", "Karta")
    assert (system.publisher, system.language, system.aliases, system.copyright) == (
        "Regionen",
        "en",
        ("1.2.3",),
        "Fri",
    )
    assert content.elements == (
        MapElement("AV035", "I21.9", target_display="Infarkt"),
        MapElement("AV035", "E11.9", target_display="Diabetes"),
        MapElement("DU007", "J18.9", "equivalent", target_display="Lunga, ospecificerad"),
    )
    assert not report.warnings


def test_the_command_line_goes_before_the_toml(read):
    table = "Kod;ICD;Hur;Annan\nA00;B01;;C02\n"
    given = Hints("annan", "9", date(2027, 1, 1), {"from": "icd-10", "target": "Annan"})
    content, _ = read({"karta.csv": table, "karta.toml": TOML}, given)
    assert (content.system.id, content.version, content.effective) == ("annan", "9", date(2027, 1, 1))
    assert content.system.source.id == "icd-10"
    assert content.elements == (MapElement("A00", "C02"),)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[map\n", r"karta\.toml: not valid TOML"),
        ("[map]\n[columns]\nsource = 'Kod'\ntarget = 'ICD'\n", r"karta\.toml: which code systems are mapped"),
        ("[map]\nsource = 'kva'\ntarget = 'icf'\n", r"karta\.toml: no column is named as source"),
        (TOML + "[colours]\na = 'b'\n", "colours is not known here"),
        (TOML.replace("[map]", "[map]\nname = 'x'"), r"\[map\] name is not known here"),
        (TOML.replace("[map]", "[map]\nid = 'kva'"), r"karta\.toml: kva is a code system"),
        (TOML.replace("[map]", "[map]\nrelationship = 'kind of'"), r"\[map\] relationship is 'kind of', not one of"),
        (TOML + "[relationships]\n'~' = 'kind of'\n", r"\[relationships\] ~ is 'kind of', not one of related-to"),
    ],
)
def test_a_toml_that_is_wrong_is_refused_with_its_place(identify, toml, message):
    with pytest.raises(ReleaseError, match=message):
        identify({"karta.csv": TABLE, "karta.toml": toml})


# --- lists of codes and maps are not mistaken for each other


LIST = "kod;titel;källkod;målkod\nA;a;b;c\n"
LIST_TOML = "[system]\nid = 'x'\n[columns]\ncode = 'kod'\ndisplay = 'titel'\n"


@pytest.mark.parametrize(
    ("files", "given", "owner"),
    [
        ({"a.csv": LIST}, Hints("x"), "lists"),
        ({"a.csv": LIST}, Hints("x", columns={"code": "kod", "display": "titel"}), "lists"),
        ({"a.csv": LIST}, Hints("x", columns=ENDS), "map_lists"),
        ({"a.csv": LIST}, Hints("x", columns={**ENDS, "source": "kod", "target": "titel"}), "map_lists"),
        ({"a.csv": LIST, "a.toml": LIST_TOML}, Hints(), "lists"),
        ({"a.csv": TABLE, "a.toml": TOML}, Hints(), "map_lists"),
        ({"a.csv": TABLE, "conceptmap.toml": TOML}, Hints(), "map_lists"),
        ({"a.csv": LIST, "a.toml": LIST_TOML, "conceptmap.toml": TOML}, Hints(), "lists"),
        ({"a.csv": TABLE, "a.toml": TOML, "codesystem.toml": LIST_TOML}, Hints(), "map_lists"),
    ],
)
def test_a_table_is_a_list_or_a_map(identify, files, given, owner):
    found = [each.loader.name for loader in (lists.LOADER, LOADER) for each in identify(files, given, loader=loader)]
    assert found == [owner]
