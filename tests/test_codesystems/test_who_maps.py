"""WHO's maps between ICD-10 and ICD-11: both years' layouts, and every row of the real files."""

from __future__ import annotations

import csv
import random
import shutil
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from codesystems import who_maps
from codesystems.files import Package, SourceFile
from codesystems.formats.tables import grids
from codesystems.golden import SAMPLES
from codesystems.icd10 import LOADER as ICD10
from codesystems.loader import Candidate, home_of
from codesystems.maps import MapContent, MapElement
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report
from codesystems.who_maps import LOADER

ONE = "10To11MapToOneCategory.txt"
MANY = "10To11MapToMultipleCategories.txt"
BACK = "11To10MapToOneCategory.txt"
TO_FOUNDATION = "foundation_10To11MapToOneCategory.txt"
FROM_FOUNDATION = "foundation_11To10MapToOneCategory.xlsx"
SAMPLE = {
    ONE: "icd-10-to-icd-11",
    MANY: "icd-10-to-icd-11-many",
    BACK: "icd-11-to-icd-10",
    TO_FOUNDATION: "icd-10-to-icd-11-foundation",
    FROM_FOUNDATION: "icd-11-foundation-to-icd-10",
}
NARROWER, BROADER = "source-is-narrower-than-target", "source-is-broader-than-target"


def sample(name: str, year: str) -> Path:
    return SAMPLES / SAMPLE[name] / year / name


def identify(path: Path, hints: Hints | None = None) -> list[Candidate]:
    with Package(path) as package:
        return list(LOADER.identify(package, hints or Hints()))


def read(path: Path, report: Report | None = None) -> MapContent:
    (candidate,) = identify(path)
    return LOADER.read(candidate, report or Report())


def relations(content: MapContent) -> dict[tuple[str, str], str]:
    return {(element.source, element.target): element.relationship for element in content.elements}


def of(content: MapContent, source: str) -> MapElement:
    (element,) = (element for element in content.elements if element.source == source)
    return element


def rewritten(path: Path, folder: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    copy = folder / path.name
    copy.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    return copy


def workbook(path: Path, folder: Path) -> Path:
    """The same table as a workbook, the day of the map as a date, as WHO delivers it."""
    book = openpyxl.Workbook()
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream, delimiter="\t")
    day: list[object] = [datetime.strptime(header[-1], "%Y-%b-%d")]
    book.active.append([*header[:-1], *day])
    for row in rows:
        book.active.append([cell or None for cell in row])
    copy = folder / Path(path.name).with_suffix(".xlsx")
    book.save(copy)
    return copy


@pytest.mark.parametrize("year", ["2020-01", "2024-01"])
@pytest.mark.parametrize("name", [ONE, MANY, BACK])
def test_the_day_of_the_map_is_in_the_header(name: str, year: str) -> None:
    (candidate,) = identify(sample(name, year))
    assert (candidate.system.id, candidate.version, candidate.form) == (SAMPLE[name], year, "text")
    assert candidate.effective == (date(2020, 1, 22) if year == "2020-01" else date(2024, 1, 21))


@pytest.mark.parametrize("day", ["2024-Xyz-21", "2024-Feb-30", "2024-13-01"])
def test_a_header_with_no_such_day_leaves_the_version_to_names(day: str, tmp_path: Path) -> None:
    path = rewritten(sample(ONE, "2024-01"), tmp_path, "2024-Jan-21", day)
    (tmp_path / "2023-01").mkdir()
    (candidate,) = identify(path.rename(tmp_path / "2023-01" / ONE))
    assert (candidate.version, candidate.effective) == ("2023-01", None)


def test_the_operator_knows_better() -> None:
    hints = Hints(version="2024-01-r2", effective=date(2024, 2, 14))
    (candidate,) = identify(sample(ONE, "2024-01"), hints)
    assert (candidate.version, candidate.effective) == ("2024-01-r2", date(2024, 2, 14))


@pytest.mark.parametrize(("name", "expected"), [(ONE, SAMPLE[ONE]), (MANY, SAMPLE[MANY])])
def test_the_maps_to_one_and_to_many_are_told_apart_by_name_else_by_header(
    name: str, expected: str, tmp_path: Path
) -> None:
    renamed = shutil.copy(sample(name, "2024-01"), tmp_path / "map.txt")
    assert [candidate.system.id for candidate in identify(renamed)] == [expected]
    other = SAMPLE[MANY] if name == ONE else SAMPLE[ONE]
    swapped = shutil.copy(sample(name, "2024-01"), tmp_path / (MANY if name == ONE else ONE))
    assert [candidate.system.id for candidate in identify(swapped)] == [other]


def test_the_relation_says_what_the_left_side_is_to_the_right() -> None:
    content = read(sample(MANY, "2020-01"))
    assert relations(content)["I", "1H0Z"] == NARROWER
    assert relations(content)["A00-A09", "1A00"] == BROADER
    assert relations(content)["A00", "1A00"] == "equivalent"


def test_a_code_that_an_entity_was_rolled_up_to_is_wider_than_what_the_relation_is_about() -> None:
    rolled_up = of(read(sample(ONE, "2020-01")), "E10.1")
    assert (rolled_up.target, rolled_up.relationship) == ("5A10", NARROWER)
    assert "Relation: Equivalent" in rolled_up.comment
    assert "Foundation URI: http://id.who.int/icd/entity/1000000005" in rolled_up.comment
    many = read(sample(MANY, "2020-01"))
    assert relations(many)["A08.4", "1A2Y/8A00"] == "related-to"  # wider than an entity within the code


def test_what_was_rolled_up_and_added_again_by_postcoordination_is_as_the_relation_says() -> None:
    assert of(read(sample(ONE, "2020-01")), "A00.0").relationship == "equivalent"


def test_an_intersection_has_no_word_but_its_own() -> None:
    element = next(e for e in read(sample(MANY, "2020-01")).elements if e.target == "1A2Z")
    assert element.relationship == "related-to"
    assert element.comment.startswith("Relation: InterSects; Match Type: ToBroaderInTheSameChapter; ")


def test_without_a_relation_codes_are_related() -> None:
    for name in (ONE, MANY, BACK):
        assert set(relations(read(sample(name, "2024-01"))).values()) == {"related-to", "unmapped"}


def test_the_foundation_map_has_relation_and_distance_behind_the_header() -> None:
    report = Report()
    content = read(sample(TO_FOUNDATION, "2024-01"), report)
    assert content.system.target is who_maps.FOUNDATION
    element = of(content, "A00-A09")
    assert (element.target, element.relationship) == ("http://id.who.int/icd/entity/1000000002", NARROWER)
    assert element.comment == "StatementDistance: -1"
    assert of(content, "E10.1").relationship == "equivalent"
    assert report.warnings == {}


def test_a_cluster_stays_as_it_is() -> None:
    assert of(read(sample(ONE, "2020-01")), "A00.0").target == "1A00&XN8P1"
    assert [e.target for e in read(sample(MANY, "2024-01")).elements if e.source == "A08.4"] == ["1A2Z", "1A2Y/8A00"]


def test_what_has_no_code_goes_by_its_uri() -> None:
    block = of(read(sample(ONE, "2024-01")), "A00-A09")
    assert block.target == "http://id.who.int/icd/release/11/2024-01/mms/1000000002"
    assert block.comment == "11ClassKind: block"
    sources = [element.source for element in read(sample(BACK, "2020-01")).elements]
    assert sources[1] == "http://id.who.int/icd/release/11/beta/mms/1000000002"
    assert sources[4] == "http://id.who.int/icd/release/11/beta/mms/1000000013/other"  # _NOCODEASSIGNED


@pytest.mark.parametrize(
    ("name", "year", "source"),
    [
        (ONE, "2020-01", "B33.3"),
        (MANY, "2024-01", "B33.3"),
        (BACK, "2024-01", "1B70"),
        (TO_FOUNDATION, "2024-01", "B33.3"),
    ],
)
def test_what_has_no_mapping_is_unmapped(name: str, year: str, source: str) -> None:
    element = of(read(sample(name, year)), source)
    assert (element.target, element.relationship) == ("", "unmapped")
    assert element.comment.split("; ")[0] == "No Mapping"


def test_no_target_and_no_word_of_it_is_unmapped_too(tmp_path: Path) -> None:
    element = of(read(rewritten(sample(BACK, "2024-01"), tmp_path, "No Mapping", "")), "1B70")
    assert (element.relationship, element.comment) == ("unmapped", "the file names no target")


def test_the_release_of_icd_11_is_in_its_uris(tmp_path: Path) -> None:
    assert read(sample(ONE, "2020-01")).target_version == "beta"
    content = read(sample(BACK, "2024-01"))
    assert (content.source_version, content.target_version) == ("2024-01", "")
    report = Report()
    mixed = read(rewritten(sample(ONE, "2024-01"), tmp_path, "release/11/2024-01", "release/11/2023-01"), report)
    assert mixed.target_version == ""
    assert "more than one release: 2023-01, 2024-01" in report.notes[0]


def test_a_row_said_twice_counts_once_and_is_reported() -> None:
    report = Report()
    content = read(sample(MANY, "2020-01"), report)
    assert len(content.elements) == 7
    assert report.warnings["duplicate-row"].examples[0].startswith(f"{MANY}:9: B33.3 → nothing")


def test_the_order_of_rows_says_nothing(tmp_path: Path) -> None:
    for name in (ONE, MANY, BACK, TO_FOUNDATION):
        path = sample(name, "2024-01")
        header, *rows = path.read_bytes().splitlines(keepends=True)
        random.Random(name).shuffle(rows)
        (tmp_path / name).write_bytes(header + b"".join(rows))
        assert set(read(tmp_path / name).elements) == set(read(path).elements)


@pytest.mark.parametrize("year", ["2020-01", "2024-01"])
@pytest.mark.parametrize("name", [ONE, MANY, BACK])
def test_the_workbook_says_what_the_text_says(name: str, year: str, tmp_path: Path) -> None:
    text = sample(name, year)
    book = workbook(text, tmp_path)
    shutil.copy(text, tmp_path)
    first, second = sorted(identify(tmp_path), key=lambda candidate: candidate.rank, reverse=True)
    assert (first.form, second.form) == ("text", "workbook")
    assert (first.system, first.version, first.effective) == (second.system, second.version, second.effective)
    assert read(book).elements == read(text).elements


def test_a_row_without_source_is_reported(tmp_path: Path) -> None:
    report = Report()
    read(rewritten(sample(ONE, "2024-01"), tmp_path, "\tA00\tI\t", "\t\tI\t"), report)
    assert report.warnings["no-code"].count == 1


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("Equivalent\t\t0", "Sibling\t\t0", "unknown-relation"),
        ("\tA00\tI\t", "\tCholera\tI\t", "odd-code"),
        ("\tStatementDistance\t", "\tDistance\t", "unknown-column"),
        ("\tEquivalentMatch\r", "\tEquivalentMatch\t\tmore\r", "ragged-row"),
    ],
)
def test_what_is_not_understood_is_reported(old: str, new: str, kind: str, tmp_path: Path) -> None:
    report = Report()
    with sample(ONE, "2020-01").open(encoding="utf-8", newline="") as stream:
        text = stream.read()
    assert old in text
    (tmp_path / ONE).write_bytes(text.replace(old, new, 1).encode())
    assert len(read(tmp_path / ONE, report).elements) == 6
    assert report.warnings[kind].count == 1


def test_a_column_gone_between_identifying_and_reading_stops_the_load(tmp_path: Path) -> None:
    path = Path(shutil.copy(sample(ONE, "2024-01"), tmp_path))
    (candidate,) = identify(path)
    path.write_bytes(path.read_bytes().replace(b"icd11Code", b"icd11Kode", 1))
    with pytest.raises(ReleaseError, match=r"missing column\(s\) icd11Code; found 10ClassKind"):
        LOADER.read(candidate, Report())


@pytest.mark.parametrize(
    ("name", "data"),
    [(ONE, b""), (ONE, b"icd10Code\ticd11Code\r\nA00\t1A00\r\n"), (FROM_FOUNDATION, b"PK\x03\x04 no workbook")],
)
def test_other_files_are_left_alone(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert identify(tmp_path) == []


REAL = {
    ("2020-01", MANY): (15_287, 15_285, 13),
    ("2020-01", ONE): (12_483, 12_483, 43),
    ("2020-01", BACK): (17_731, 17_731, 35),
    ("2024-01", MANY): (15_658, 15_658, 1),
    ("2024-01", ONE): (12_597, 12_597, 5),
    ("2024-01", BACK): (17_908, 17_908, 36),
    ("2024-01", TO_FOUNDATION): (12_597, 12_597, 4),
    ("2024-01", FROM_FOUNDATION): (48_609, 48_609, 70),
}
"""Rows, elements, unmapped; the difference is two rows of 2020 that stand twice, B82 and B82.9."""
AS_STATED = {
    ("2020-01", MANY): Counter({"equivalent": 5237, NARROWER: 6460, BROADER: 2422, "related-to": 1153, "unmapped": 13}),
    ("2020-01", ONE): Counter({"equivalent": 5215, NARROWER: 7225, "unmapped": 43}),
    ("2020-01", BACK): Counter({"equivalent": 7691, NARROWER: 10_005, "unmapped": 35}),
    ("2024-01", TO_FOUNDATION): Counter({"equivalent": 7858, NARROWER: 4735, "unmapped": 4}),
}
STATED = {
    "Equivalent": "equivalent",
    "Subclass": NARROWER,
    "Superclass": BROADER,
    "InterSects": "related-to",
    "PotentialIntersect": "related-to",
    "": "related-to",
}
PLACES = {
    # source code, source URI, target code, target URI, relation, linearization, source title, target title
    ONE: (2, None, 9, 8, 13, 14, 4, 11),
    MANY: (2, None, 9, 8, 13, 14, 4, 11),
    BACK: (1, 0, 4, None, 8, None, 3, 6),
    TO_FOUNDATION: (2, None, None, 5, 7, None, 4, 6),
    FROM_FOUNDATION: (None, 0, 4, None, None, None, 3, 5),
}
each_real = pytest.mark.parametrize(("year", "name"), list(REAL), ids=lambda value: value.partition(".")[0])


def real_rows(path: Path) -> list[list[str]]:
    """The rows by their places alone, which is another way than the loader's."""
    if path.suffix == ".xlsx":
        ((_, grid),) = grids(SourceFile(path.name, path), Report())
        rows = [list(row) for row in grid]
    else:
        rows = [line.split("\t") for line in path.read_bytes().decode("utf-8").split("\r\n") if line]
    return [row + [""] * (20 - len(row)) for row in rows[1:]]


def placed(row: list[str], name: str, year: str) -> tuple[str, str, str, str, str]:
    """Source, target, relationship and titles of a row, by what the file's cells say."""

    def cell(place: int | None) -> str:
        return "" if place is None else row[place].strip()

    def named(code: str, uri: str) -> str:
        known = uri if code in ("", "_NOCODEASSIGNED") else code
        return "" if known == "No Mapping" else known

    s_code, s_uri, t_code, t_uri, relation, lin, s_title, t_title = map(cell, PLACES[name])
    source, target = named(s_code, s_uri), named(t_code, t_uri)
    relationship = STATED[relation if (year, name) in AS_STATED else ""] if target else "unmapped"
    if year == "2020-01" and "LIN-ROLLUP" in lin and "POST-COORDINATION" not in lin:
        assert row[7].rpartition("/")[2] not in t_uri.split("/")  # the relation is about another entity than the target
        relationship = NARROWER if relation in ("Equivalent", "Subclass") else "related-to"
    return source, target, relationship, s_title, t_title


@pytest.mark.live
@each_real
def test_every_real_row_is_an_element(year: str, name: str, shared_data: Path) -> None:
    path = shared_data / "icd-10-icd-11-map" / year / name
    report = Report()
    content = read(path, report)
    said = [(e.source, e.target, e.relationship, e.source_display, e.target_display) for e in content.elements]
    rows = [placed(row, name, year) for row in real_rows(path)]
    unmapped = sum(element.relationship == "unmapped" for element in content.elements)
    assert (len(rows), len(said), unmapped) == REAL[year, name]
    assert list(dict.fromkeys(rows)) == said
    assert {kind: finding.count for kind, finding in report.warnings.items()} == (
        {"duplicate-row": 2} if len(rows) > len(said) else {}
    )
    if (year, name) in AS_STATED:
        assert Counter(element.relationship for element in content.elements) == AS_STATED[year, name]


@pytest.mark.live
@each_real
def test_real_codes_are_canonical(year: str, name: str, shared_data: Path) -> None:
    content = read(shared_data / "icd-10-icd-11-map" / year / name)
    icd11 = home_of("icd-11")
    for element in content.elements:
        for system, code in ((content.system.source, element.source), (content.system.target, element.target)):
            if system.id == "icd-10" and code:
                assert ICD10.shape(code) is not None and ICD10.canonical(code) == code
            elif code and icd11 and "://" not in code and len(icd11.parts(code)) == 1:
                assert icd11.canonical(code) == code


@pytest.mark.live
@pytest.mark.parametrize("name", [ONE, MANY, BACK])
def test_the_real_workbooks_say_what_the_texts_say(name: str, shared_data: Path) -> None:
    path = shared_data / "icd-10-icd-11-map/2020-01" / name
    assert read(path.with_suffix(".xlsx")).elements == read(path).elements


@pytest.mark.live
def test_known_rows(shared_data: Path) -> None:
    folder = shared_data / "icd-10-icd-11-map/2024-01"
    one = read(folder / ONE)
    assert of(one, "A00.0").target == "1A00&XN8P1"
    assert sum("&" in e.target or ("/" in e.target and "://" not in e.target) for e in one.elements) == 826
    assert sum("://" in element.target for element in one.elements) == 291
    assert one.target_version == "2024-01"
    assert sum(element.source == "Q92.2" for element in read(folder / MANY).elements) == 33


@pytest.mark.live
def test_a_real_folder_is_one_release_of_each_map(shared_data: Path) -> None:
    found = Counter(
        (candidate.system.id, candidate.version, candidate.form)
        for candidate in identify(shared_data / "icd-10-icd-11-map")
    )
    assert found.keys() == {
        *((SAMPLE[name], "2020-01", form) for name in (ONE, MANY, BACK) for form in ("text", "workbook")),
        *((SAMPLE[name], "2024-01", "text") for name in (ONE, MANY, BACK, TO_FOUNDATION)),
        (SAMPLE[FROM_FOUNDATION], "2024-01", "workbook"),
    }
    assert set(found.values()) == {1}
