"""ICD-11 MMS: WHO's simple tabulation in English and in translation, and the identities of its entities."""

import csv
import shutil
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from codesystems.files import Package
from codesystems.golden import SAMPLES, identified, read_release
from codesystems.icd11 import LOADER, SYSTEM
from codesystems.loader import meeting_key
from codesystems.model import Designation, Hints, Property
from codesystems.report import ReleaseError, Report
from codesystems.versions import effective_date

ENTITY = "http://id.who.int/icd/entity/"
MMS = "http://id.who.int/icd/release/11/mms/"
HEADER = (
    "Foundation URI", "Linearization URI", "Code", "BlockId", "Title", "ClassKind", "DepthInKind", "IsResidual",
    "ChapterNo", "BrowserLink", "isLeaf", "Primary tabulation", "Grouping1", "Version:2024 Jan 21 - 22:30 UTC",
)  # fmt: skip
NAME = "SimpleTabulation-ICD-11-MMS-en.txt"
ENTITIES = (
    {"id": "1", "title": "Infections", "kind": "chapter"},
    {"id": "2", "block": "BlockL1-1A0", "title": "- Intestinal infections", "kind": "block"},
    {"id": "3", "code": "1A00", "title": "- - Cholera", "kind": "category"},
    {"id": "4", "title": "- Other infections", "kind": "block"},
    {"id": "5", "code": "1B10", "title": "- - Example", "kind": "category"},
    {"id": "6", "code": "1B10.0", "title": "- - - Smaller example", "kind": "category", "depth": "2"},
)


def row(entity, header):
    number, residual = entity.get("id", ""), entity.get("residual", "")
    known = {
        "Foundation URI": f"{ENTITY}{number}" if number and not residual else "",
        "Linearization URI": entity.get("uri", f"{MMS}{number}{residual}"),
        "Code": entity.get("code", ""),
        "BlockId": entity.get("block", ""),
        "Title": entity["title"],
        "ClassKind": entity["kind"],
        "DepthInKind": entity.get("depth", "1"),
        "IsResidual": entity.get("is_residual", str(bool(residual))),
        "ChapterNo": entity.get("chapter", "01"),
        "TitleEN": entity.get("english", ""),
        "Parent": entity.get("parent", ""),
        "CodingNote": entity.get("note", ""),
    }
    return [known.get(column, "") for column in header if not column.startswith("Version")]


def text_of(entities, header=HEADER):
    rows = [header, *(row(entity, header) for entity in entities)]
    return "\r\n".join("\t".join(cells) for cells in rows) + "\r\n"


def columns(*more, version=HEADER[-1]):
    return (*HEADER[:-1], *more, version)


@pytest.fixture
def identify(tmp_path):
    def identifying(content, name=NAME):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8-sig", newline="")
        with Package(path) as package:
            return list(LOADER.identify(package, Hints()))

    return identifying


@pytest.fixture
def read(identify):
    def reading(content, name=NAME):
        (candidate,) = identify(content, name)
        version = candidate.version or "2024-01"
        known = replace(candidate, version=version, effective=candidate.effective or effective_date(version))
        report = Report()
        return {c.code: c for c in LOADER.read(known, report).concepts}, report

    return reading


def parents(concepts):
    return {code: concept.parents[0].code if concept.parents else "" for code, concept in concepts.items()}


def names(concept):
    return {name.language: name.value for name in concept.designations}


def counts(report):
    return {finding.kind: finding.count for finding in report.warnings.values()}


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (" 1a00.0 ", "1A00.0"),
        ("1A00 & xn8p1", "1A00&XN8P1"),
        ("1", "01"),
        ("26", "26"),
        ("x", "X"),
        ("blockl1-1a0", "BlockL1-1A0"),
        ("BlockL11A0", "BlockL1-1A0"),
        ("https://id.who.int/icd/release/11/2024-01/mms/588616678", MMS + "588616678"),
        ("http://id.who.int/icd/release/11/beta/mms/588616678/other", MMS + "588616678/other"),
        ("HTTP://ID.WHO.INT/icd/release/11/mms/588616678/Unspecified/", MMS + "588616678/unspecified"),
        ("https://id.who.int/icd/entity/588616678", ENTITY + "588616678"),
        ("http://example.org/Aa/1", "http://example.org/Aa/1"),
        ("1a00&https://id.who.int/icd/release/11/2024-01/mms/5", f"1A00&{MMS}5"),
        ("", ""),
    ],
)
def test_a_code_has_one_form(written, canonical):
    assert LOADER.canonical(written) == canonical
    assert LOADER.canonical(canonical) == canonical


def test_uris_of_all_releases_meet():
    releases = ("", "2018/", "2024-01/", "beta/")
    assert len({meeting_key("icd-11", f"http://id.who.int/icd/release/11/{name}mms/1/other") for name in releases}) == 1


@pytest.mark.parametrize(
    ("cluster", "parts"),
    [
        ("1A00&XN8P1", ("1A00", "XN8P1")),
        ("1b12.40 / FA10.0 & XK9J", ("1B12.40", "FA10.0", "XK9J")),
        ("1A00", ("1A00",)),
        (MMS + "1/other", (MMS + "1/other",)),
        (
            f"http://id.who.int/icd/release/11/2024-01/mms/1&{MMS}2/other/{ENTITY}3",
            (MMS + "1", MMS + "2/other", ENTITY + "3"),
        ),
        (f"1A00/{MMS}1&XN8P1", ("1A00", MMS + "1", "XN8P1")),
        ("&", ("&",)),
    ],
)
def test_a_cluster_has_parts(cluster, parts):
    assert LOADER.parts(cluster) == parts


def test_identities_hierarchy_and_order(read):
    concepts, report = read(text_of(ENTITIES))
    assert parents(concepts) == {
        "01": "",
        "BlockL1-1A0": "01",
        "1A00": "BlockL1-1A0",
        MMS + "4": "01",
        "1B10": MMS + "4",
        "1B10.0": "1B10",
    }
    assert sorted(concepts, key=lambda code: concepts[code].sort_key) == list(concepts)
    assert [(c.level, c.abstract) for c in concepts.values()] == [
        ("chapter", True),
        ("block", True),
        ("category", False),
        ("block", True),
        ("category", False),
        ("subcategory", False),
    ]
    assert report.warnings == {}


def test_titles_are_english_and_without_marks(read):
    quoted = '"- - \u200bA ""so-called"" - thing "'
    concepts, _ = read(text_of([*ENTITIES, {"id": "7", "code": "1B11", "title": quoted, "kind": "category"}]))
    assert concepts["1B11"].designations == (Designation('A "so-called" - thing', language="en"),)
    assert names(concepts["01"]) == {"en": "Infections"}


def test_the_release_is_named_nowhere_in_what_is_stored(read):
    def of(release):
        uri = "http://id.who.int/icd/release/11/{}mms/{}"
        header = columns(version=f"Version:{release[:4]} Feb 2 - 22:30 UTC")
        return text_of([{**e, "uri": uri.format(f"{release}/", e["id"])} for e in ENTITIES], header)

    assert read(of("2024-01"))[0] == read(of("2025-01"))[0]


@pytest.mark.parametrize(
    ("release", "header", "version", "day"),
    [
        ("", "Version:2024 Jan 21 - 22:30 UTC", "2024-01", date(2024, 1, 21)),
        ("2023-12/", "Version:2024 Jan 21 - 22:30 UTC", "2023-12", date(2024, 1, 21)),
        ("2025-01/", "Version", "2025-01", None),
        ("", "Version:2024 Feb 31 - 22:30 UTC", "2019-04", None),
        ("", "Version", "2019-04", None),
    ],
)
def test_the_version_is_in_the_uris_or_the_header_or_the_names(identify, release, header, version, day):
    entities = [{**e, "uri": f"http://id.who.int/icd/release/11/{release}mms/{e['id']}"} for e in ENTITIES]
    (candidate,) = identify(text_of(entities, columns(version=header)), "2019-04 SimpleTabulation-ICD-11-MMS-en.txt")
    assert (candidate.system, candidate.version, candidate.effective) == (SYSTEM, version, day)


def test_the_development_linearization_is_no_release(identify):
    draft = [{**e, "uri": f"http://id.who.int/icd/release/11/beta/mms/{e['id']}"} for e in ENTITIES]
    assert identify(text_of(draft)) == []


def test_other_tables_are_left_alone(identify):
    assert identify("icd11Code\tTitle\r\n1A00\tCholera\r\n", "map.txt") == []
    assert identify("", "readme.txt") == []
    assert identify("", "SimpleTabulation-ICD-11-MMS-en.pdf") == []
    assert len(identify("", NAME)) == 1  # damaged: reading it says what is wrong


def test_a_missing_column_stops_the_load(read):
    with pytest.raises(ReleaseError, match=r"missing column\(s\) BlockId; found Foundation URI"):
        read(text_of(ENTITIES, tuple(column for column in HEADER if column != "BlockId")))


def test_a_translation_has_both_languages(read):
    header = columns("TitleEN", "CodingNote")
    entities = [
        {"id": "1", "title": "Infektioner", "english": "Infections", "kind": "chapter", "note": '"Rad 1\r\nRad 2"'},
        {"id": "2", "title": "", "english": "- Intestinal infections", "kind": "block", "block": "BlockL1-1A0"},
        {"id": "3", "title": "- - Kolera", "english": "- - Cholera", "kind": "category", "code": "1A00"},
    ]
    for name in ("SimpleTabulation-ICD-11-MMS-sv.txt", "icd11.txt"):
        concepts, report = read(text_of(entities, header), name)
        assert names(concepts["1A00"]) == {"sv": "Kolera", "en": "Cholera"}
        assert names(concepts["BlockL1-1A0"]) == {"en": "Intestinal infections"}
        assert parents(concepts) == {"01": "", "BlockL1-1A0": "01", "1A00": "BlockL1-1A0"}
        assert Property("CodingNote", "Rad 1\nRad 2") in concepts["01"].properties
        assert report.notes == [f"{name}: 1 titles are in English only"] and not report.warnings
    concepts, _ = read(text_of(entities, header), "SimpleTabulation-ICD-11-MMS-fi.txt")
    assert names(concepts["1A00"]) == {"fi": "Kolera", "en": "Cholera"}
    assert Property("CodingNote-fi", "Rad 1\nRad 2") in concepts["01"].properties


def test_a_release_in_swedish_is_read_before_one_in_english(tmp_path):
    for version in ("2024-01", "2026-01"):
        for file in (SAMPLES / "icd-11" / version).iterdir():
            shutil.copy(file, tmp_path)
    with Package(tmp_path) as package:
        ranks = {candidate.files[0].stem[-2:]: candidate.rank for candidate in identified(package)}
    assert ranks["sv"] > ranks["en"]


@pytest.mark.parametrize(
    "parent",
    [ENTITY + "2", MMS + "2", "BlockL1-1A0", "blockl1-1a0", "https://id.who.int/icd/release/11/2026-01/mms/2"],
)
def test_a_stated_parent_may_be_any_name(read, parent):
    titles = [{**e, "title": e["title"].lstrip("- ")} for e in ENTITIES[:3]]
    titles[1]["parent"], titles[2]["parent"] = "1", parent
    concepts, report = read(text_of(titles, columns("Parent")))
    assert parents(concepts) == {"01": "", "BlockL1-1A0": "01", "1A00": "BlockL1-1A0"}
    assert report.warnings == {}


def test_a_chapter_has_no_parent_though_the_file_names_the_root(read):
    entities = [{**ENTITIES[0], "parent": "http://id.who.int/icd/release/11/2026-01/mms"}, *ENTITIES[1:]]
    concepts, report = read(text_of(entities, columns("Parent")))
    assert concepts["01"].parents == () and report.warnings == {}


def test_what_cannot_be_right_about_parents_is_reported(read):
    entities = [
        *ENTITIES,
        {"id": "7", "code": "1C00", "title": "- - Unknown", "kind": "category", "parent": ENTITY + "99"},
        {"id": "8", "code": "1C01", "title": "- - Elsewhere", "kind": "category", "parent": ENTITY + "2"},
        {"id": "9", "code": "1C02", "title": "- - Its own", "kind": "category", "parent": "1C02"},
        {"id": "10", "code": "1C03", "title": "None", "kind": "category"},
        {"id": "11", "code": "1C04", "title": "- - - Deep", "kind": "category"},
    ]
    concepts, report = read(text_of(entities, columns("Parent")))
    found = parents(concepts)
    assert [found[code] for code in ("1C00", "1C01", "1C02", "1C03", "1C04")] == [
        MMS + "4", "BlockL1-1A0", MMS + "4", "", "1C03",
    ]  # fmt: skip
    assert counts(report) == {"unknown-parent": 2, "parent-differs": 1, "no-parent": 1, "depth-jump": 1}


def test_odd_rows_are_kept_and_reported(read):
    entities = [
        *ENTITIES,
        {"id": "7", "title": "- - No code", "kind": "category"},
        {"id": "8", "code": "1C00", "title": "- - Odd kind", "kind": "window"},
        {"id": "9", "code": "1C01", "title": "- - ", "kind": "category", "is_residual": "perhaps"},
        {"id": "1", "code": "1C02", "title": "- - No release", "kind": "category", "uri": ENTITY + "1"},
    ]
    concepts, report = read(text_of(entities) + "too\tshort\tthe\trow\t- - Short\tcategory\t1\r\n")
    assert {MMS + "7", "1C00", "1C01", "1C02", "THE"} <= concepts.keys()
    assert counts(report) == {
        "category-without-code": 1,
        "unknown-class-kind": 1,
        "no-title": 1,
        "bad-boolean": 1,
        "unusual-uri": 2,
        "ragged-row": 1,
    }


def test_two_titles_of_one_code_stop_the_load(read):
    with pytest.raises(ReleaseError, match="1A00 has two titles"):
        read(text_of([*ENTITIES, {"id": "7", "code": "1A00", "title": "- - Other", "kind": "category"}]))


def test_parents_in_a_circle_are_read(read):
    entities = [
        {"id": "1", "title": "A", "kind": "block", "parent": MMS + "2"},
        {"id": "2", "title": "B", "kind": "block", "parent": MMS + "1"},
        {"id": "3", "title": "C", "code": "1A00", "kind": "category", "parent": MMS + "1"},
    ]
    concepts, _ = read(text_of(entities, columns("Parent")))
    assert {concept.sort_key for concept in concepts.values()} == {"01 1A00 1", "01 1A00-"}


def test_the_workbook_says_the_same(tmp_path):
    sample = SAMPLES / "icd-11" / "2026-01"
    folder = tmp_path / "2026-01"
    folder.mkdir()
    (source,) = sample.iterdir()
    book = openpyxl.Workbook()
    with source.open(encoding="utf-8-sig", newline="") as stream:
        for cells in csv.reader(stream, delimiter="\t"):
            book.active.append([None if cell.startswith("=") else cell or None for cell in cells])
    book.save(folder / f"{source.stem}.xlsx")
    (text,), (workbook,) = read_release(sample), read_release(folder)
    assert (workbook.candidate.form, workbook.candidate.version) == ("workbook", "2026-01")
    assert workbook.candidate.rank < text.candidate.rank
    assert list(workbook.content.concepts) == list(text.content.concepts)
    assert workbook.report.warnings == {}


def by_hand(path):
    """(code, title, parent) of every row but chapters, which have none, worked out from the text alone."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()[1:]
    above = {}
    for cells in (line.split("\t") for line in lines):
        marked = cells[4].removeprefix('"').removesuffix('"').replace('""', '"')
        depth = 0
        while marked.startswith("- "):
            marked, depth = marked[2:], depth + 1
        code = cells[2] or cells[3] or (cells[8] if cells[5] == "chapter" else cells[1])
        above[depth] = code
        title = marked.strip(" \u00a0\u200b")
        yield (code, title, above[depth - 1]) if depth else (code, title)


@pytest.mark.live
def test_the_real_release(shared_data):
    folder = shared_data / "icd-11" / "2024-01"
    with Package(folder) as package:
        found = sorted(LOADER.identify(package, Hints()), key=lambda candidate: -candidate.rank)
        assert {(c.version, c.effective) for c in found} == {("2024-01", date(2024, 1, 21))}
        assert [c.form for c in found] == ["text", "text", "workbook", "workbook"]
        report, other = Report(), Report()
        content, again = LOADER.read(found[0], report), LOADER.read(found[-1], other)
    assert report.warnings == other.warnings == {}
    assert list(content.concepts) == list(again.concepts)

    expected = list(by_hand(folder / NAME))
    said = [(c.code, names(c)["en"], *(parent.code for parent in c.parents)) for c in content.concepts]
    assert len(expected) == 36_044 and said == expected

    levels = [concept.level for concept in content.concepts]
    assert {level: levels.count(level) for level in set(levels)} == {
        "chapter": 28,
        "block": 1_353,
        "category": 11_867,
        "subcategory": 22_796,
    }
    assert sum(concept.code.startswith("http") for concept in content.concepts) == 627
    assert len({meeting_key("icd-11", concept.code) for concept in content.concepts}) == 36_044
    before = [concept for concept in content.concepts if not concept.sort_key.startswith("X")]
    assert sorted(before, key=lambda concept: concept.sort_key) == before
