"""Any map in a table, read by a mapping from the command line, a TOML file or a plain header."""

from collections import Counter
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesystems import icd10se, kva, lists
from codesystems.files import Package
from codesystems.map_lists import LOADER
from codesystems.map_rows import R4, R5, SWEDISH, WORDS
from codesystems.maps import MapElement
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report

TABLE = "Kod;ICD;Hur\nav035;I219;=\nDU008;;\n"
TOML = '[map]\nsource = "kva"\ntarget = "icd-10-se"\n[columns]\nsource = "Kod"\ntarget = "ICD"\nrelationship = "Hur"\n'
ENDS = {"from": "kva", "to": "icd-10-se"}
COLUMNS = {**ENDS, "source": "Kod", "target": "ICD", "relationship": "Hur"}


@pytest.fixture
def identify(tmp_path):
    """Writes files into a folder and asks for candidates; `at` narrows the package to one of them."""

    def identifying(files, hints=None, at="", loader=LOADER):
        for name, text in files.items():
            path = tmp_path / "kartor" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with Package(tmp_path / "kartor" / at) as package:
            return list(loader.identify(package, hints or Hints()))

    return identifying


@pytest.fixture
def read(identify):
    def reading(files, hints=None, at=""):
        (candidate,) = identify(files if isinstance(files, dict) else {"karta.csv": files}, hints, at)
        known = replace(
            candidate,
            version=candidate.version or "2026",
            effective=candidate.effective or date(2026, 1, 1),
        )
        report = Report()
        return LOADER.read(known, report), report

    return reading


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


# --- rows


@pytest.mark.parametrize(
    ("word", "relationship"),
    [
        ("", "related-to"),
        ("=", "equivalent"),
        ("equal", "equivalent"),
        ("Equivalent", "equivalent"),
        ("wider", "source-is-narrower-than-target"),
        ("subsumes", "source-is-narrower-than-target"),
        ("source-is-narrower-than-target", "source-is-narrower-than-target"),
        ("Bredare", "source-is-narrower-than-target"),
        ("narrower", "source-is-broader-than-target"),
        ("specializes", "source-is-broader-than-target"),
        ("smalare", "source-is-broader-than-target"),
        ("inexact", "related-to"),
        ("närliggande", "related-to"),
        ("disjoint", "not-related-to"),
        ("ej  relaterad", "not-related-to"),
    ],
)
def test_words_that_need_no_explanation(read, word, relationship):
    content, report = read(f"Kod;ICD;Hur\nA;B;{word}\n", Hints(columns={**COLUMNS, "from": "x", "to": "y"}))
    assert content.elements == (MapElement("A", "B", relationship),)
    assert not report.warnings


@pytest.mark.parametrize("word", ["unmatched", "unmapped", "saknas"])
def test_words_for_no_target(read, word):
    content, report = read(f"Kod;ICD;Hur\nDU008;;{word}\n", Hints(columns=COLUMNS))
    assert content.elements == (MapElement("DU008", relationship="unmapped", comment=word),)
    assert not report.warnings


def test_no_word_says_two_things():
    together = Counter(word for words in (R4, SWEDISH) for word in words)
    assert max(together.values()) == 1
    assert all(R4.get(word, meaning) == meaning for word, meaning in R5.items())
    assert all(word == word.casefold() for word in WORDS)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A;B;liknar;;", r"karta\.csv:2: the relationship is 'liknar', not one of related-to, equivalent"),
        ("A;B;;x;", r"karta\.csv:2: group is 'x', no whole number"),
        ("A;B;;;0", r"karta\.csv:2: priority is '0', no whole number"),
        ("A;B;;1,5;", r"karta\.csv:2: group is '1,5'"),
    ],
)
def test_a_row_that_cannot_be_understood_is_refused(read, row, message):
    with pytest.raises(ReleaseError, match=message):
        read(f"source;target;relationship;group;priority\n{row}\n", Hints(columns=ENDS))


def test_what_is_odd_is_reported_and_kept(read):
    rows = "AV035;;equal\nDU007;J18.9;saknas\n;I219;\nDU008;I219;\nDU008;I21.9;\n"
    content, report = read(f"Kod;ICD;Hur\n{rows}", Hints(columns=COLUMNS))
    assert content.elements == (
        MapElement("AV035", relationship="unmapped", comment="relationship: equivalent"),
        MapElement("DU007", relationship="unmapped", comment="target: J18.9"),
        MapElement("DU008", "I21.9"),
    )
    assert {kind: finding.examples for kind, finding in report.warnings.items()} == {
        "no-target": ["karta.csv:2: AV035 is equivalent to nothing"],
        "unmapped-with-target": ["karta.csv:3: DU007 has no target, but J18.9"],
        "no-code": ["karta.csv:4: a row without a source code"],
        "duplicate-row": ["karta.csv:6: DU008 → I21.9 is at karta.csv:5"],
    }


def test_titles_that_do_not_go_with_the_targets_are_reported(read):
    toml = "separator = '/'\n" + TOML.replace('relationship = "Hur"', 'target-display = "Hur"')
    content, report = read({"karta.csv": "Kod;ICD;Hur\nAV035;I219/E119;Infarkt\n", "karta.toml": toml})
    assert [(element.target, element.target_display) for element in content.elements] == [("I21.9", ""), ("E11.9", "")]
    assert report.warnings["display-count"].examples == ["karta.csv:2: 1 titles for 2 targets: 'Infarkt'"]


def test_targets_on_lines_of_a_cell(read, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Om kartan"])
    sheet = book.create_sheet("Rader")
    for row in (["Kod", "ICD", "Hur"], ["AV035", "I219\nE119", None], [None, None, None], ["DU008", None, None]):
        sheet.append(row)
    book.save(tmp_path / "bok.xlsx")
    content, _ = read({"bok.xlsx": (tmp_path / "bok.xlsx").read_bytes()}, Hints(columns=COLUMNS))
    assert [(element.source, element.target) for element in content.elements] == [
        ("AV035", "I21.9"),
        ("AV035", "E11.9"),
        ("DU008", ""),
    ]


def test_a_table_without_rows_is_refused(read):
    with pytest.raises(ReleaseError, match=r"karta\.csv: no map elements found"):
        read("Kod;ICD;Hur\n", Hints(columns=COLUMNS))


ROWS = ["av035;I219;=", "AV035;E11.9;~", "DU007;J18.9;", "DU007;I21.9;wider", "DU008;;", "AA001;E112;smalare"]


@settings(deadline=None, max_examples=30)
@given(rows=st.permutations(ROWS), columns=st.permutations(range(3)))
def test_neither_the_order_of_rows_nor_of_columns_matters(tmp_path_factory, rows, columns):
    folder = tmp_path_factory.mktemp("karta")
    table = [line.split(";") for line in ("Kod;ICD;Hur", *rows)]
    (folder / "k.csv").write_text("".join(";".join(line[n] for n in columns) + "\n" for line in table), "utf-8")
    (folder / "k.toml").write_text(TOML + "[relationships]\n'~' = 'related-to'\n", "utf-8")
    with Package(folder) as package:
        (candidate,) = LOADER.identify(package, Hints(version="2026", effective=date(2026, 1, 1)))
        content = LOADER.read(candidate, Report())
    assert set(content.elements) == {
        MapElement("AV035", "I21.9", "equivalent"),
        MapElement("AV035", "E11.9"),
        MapElement("DU007", "J18.9"),
        MapElement("DU007", "I21.9", "source-is-narrower-than-target"),
        MapElement("DU008", relationship="unmapped", comment="ICD: –"),
        MapElement("AA001", "E11.2", "source-is-broader-than-target"),
    }
