"""WHO's lists of titles, and what follows from a code of ICD-10."""

from dataclasses import replace
from datetime import date

import pytest

from codesystems.files import Package
from codesystems.formats import icd10_codes
from codesystems.icd10 import LOADER, SYSTEM
from codesystems.model import Hints, Parent
from codesystems.report import ReleaseError, Report

LIST = """ICD-10 Version:2019 (somewhere)
I       First chapter
A00-A09 A block
A00     A category
A00.0   A subcategory
II      Second chapter
C00-C97 The widest block
C00-C75 A wide block
C00-C14 A narrow block
C00     Within all three
C76-C80 Beside the wide one
C76     Within two
D48     Without a block
"""


def read_list(path):
    with Package(path) as package:
        (candidate,) = LOADER.identify(package, Hints())
        report = Report()
        known = replace(candidate, effective=date(int(candidate.version), 1, 1))
        return LOADER.read(known, report), report


@pytest.fixture
def read(tmp_path):
    def reading(text):
        path = tmp_path / "icd.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_list(path)

    return reading


def test_the_first_line_says_whose_file_it_is(tmp_path):
    (tmp_path / "a.txt").write_text(LIST)
    (tmp_path / "b.txt").write_text(LIST.partition("\n")[2])
    (tmp_path / "c.csv").write_text("code;title\n")
    with Package(tmp_path) as package:
        found = list(LOADER.identify(package, Hints()))
    assert [(c.files[0].path, c.version, c.system) for c in found] == [("a.txt", "2019", SYSTEM)]


def test_levels_parents_and_parts(read):
    content, report = read(LIST)
    found = {concept.code: concept for concept in content.concepts}
    parents = {code: [parent.code for parent in concept.parents] for code, concept in found.items()}
    assert parents == {
        "I": [],
        "A00-A09": ["I"],
        "A00": ["A00-A09"],
        "A00.0": ["A00"],
        "II": [],
        "C00-C97": ["II"],
        "C00-C75": ["C00-C97"],
        "C00-C14": ["C00-C75"],
        "C00": ["C00-C14"],
        "C76-C80": ["C00-C97"],
        "C76": ["C76-C80"],
        "D48": ["II"],
    }
    assert [found[code].level for code in ("I", "A00-A09", "A00", "A00.0")] == [
        "chapter",
        "block",
        "category",
        "subcategory",
    ]
    assert {code for code, concept in found.items() if concept.abstract} == {c for c in found if "-" in c} | {"I", "II"}
    assert found["A00"].part != found["I"].part == found["A00-A09"].part
    assert found["A00"].parents == (Parent("A00-A09"),)
    assert not report.warnings


def test_the_order_of_the_classification(read):
    content, _ = read(LIST)
    by_key = [concept.code for concept in sorted(content.concepts, key=lambda concept: concept.sort_key)]
    assert by_key == [line[:8].strip() for line in LIST.splitlines()[1:]]


def test_a_line_that_is_no_code_is_refused_with_its_place(read):
    with pytest.raises(ReleaseError, match=r"icd\.txt:3: 'Chapter' in columns 1-8 is no code"):
        read("ICD-10 Version:2019\nA00     Cholera\nChapter one\n")


def test_faults_are_reported(read):
    content, report = read("ICD-10 Version:2019\nA00     Cholera\nA00     Cholera\nA01\n")
    assert len(content.concepts) == 2
    assert {"duplicate-row", "no-title", "orphan"} == report.warnings.keys()
    with pytest.raises(ReleaseError, match="two titles"):
        read("ICD-10 Version:2019\nA00     Cholera\nA00     Plague\n")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("A000", "A00.0"),
        ("a00.0†", "A00.0"),
        ("A00.-", "A00"),
        ("B95.-!", "B95"),
        ("E10.0-", "E10.0"),
        ("E10.01", "E10.01"),
        ("e1001", "E10.01"),
        (" A00 - A09 ", "A00-A09"),
        ("A00–A09", "A00-A09"),
        ("01", "I"),
        ("9", "IX"),
        ("xxii", "XXII"),
        ("23", "23"),
        ("0", "0"),
        ("Something else", "Something else"),
        ("", ""),
    ],
)
def test_canonical_form(written, code):
    assert LOADER.canonical(written) == code
    assert LOADER.canonical(code) == code


@pytest.mark.parametrize(
    ("code", "chapter"),
    [("D48", "II"), ("D50", "III"), ("H59.9", "VII"), ("H60-H62", "VIII"), ("T98", "XIX"), ("X59", "XX"),
     ("Z00", "XXI"), ("U07.1", "XXII"), ("123", "")],
)  # fmt: skip
def test_chapter_of_a_code(code, chapter):
    assert icd10_codes.chapter_of(code) == chapter


def test_codes_of_another_form_have_no_shape():
    assert LOADER.shape("something") is None
    assert LOADER.shape("") is None


def test_optional_subdivisions_are_a_part_of_their_own():
    assert LOADER.part("M00.01") != LOADER.part("M00.0") == LOADER.part("B18.10")


@pytest.mark.live
@pytest.mark.parametrize(("year", "codes", "gone"), [(2016, 12_483, "U06.0"), (2019, 12_590, "B18.00")])
def test_real_lists(shared_data, year, codes, gone):
    content, report = read_list(shared_data / "icd-10-who" / f"icd10_who_{year}.txt")
    levels = [concept.level for concept in content.concepts]
    assert len(content.concepts) == codes
    assert (levels.count("chapter"), levels.count("block")) == (22, 274)
    assert gone in {concept.code for concept in content.concepts}
    assert all(len(concept.parents) == (concept.level != "chapter") for concept in content.concepts)
    assert not report.warnings
