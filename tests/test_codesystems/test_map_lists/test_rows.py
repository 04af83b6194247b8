"""The rows of a map in a table: relationships in words, several targets, and what is odd."""

from collections import Counter
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesystems.files import Package
from codesystems.map_lists import LOADER
from codesystems.map_rows import R4, R5, SWEDISH, WORDS
from codesystems.maps import MapElement
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report
from tests.test_codesystems.test_map_lists.tables import COLUMNS, ENDS, TOML


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
