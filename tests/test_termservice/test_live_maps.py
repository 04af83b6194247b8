"""Every row of the real maps is reached through translation exactly as its file has it, both ways."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
import xlrd

from termservice import ingest
from termservice.answers import When
from termservice.service import TerminologyService
from termservice.translating import Question

pytestmark = pytest.mark.live

WHO = "icd-10-icd-11-map"
ICPC = "snomed-ct/se-2016-samples/rel2_iisssccRefset_SnomedCtToIcpc2MapExtendedMapDelta_INT_20140731.txt"
EXTENDED = "snomed-ct/extended-map/expected-der2_iisssccRefset_ExtendedMapSnapshot_INT_20140731.txt"
CONVERSION = "kva/conversion/Konvertering_KVA_TAL.xls"
OLD, NEW = When(date="2021-01-01"), When()


class Row(NamedTuple):
    source: str
    target: str
    """Empty where the file says that there is none."""


@pytest.fixture(scope="module")
def service(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TerminologyService]:
    home = tmp_path_factory.mktemp("maps") / "home"
    paths = [WHO + "/2020-01", WHO + "/2024-01", "icd-11/2024-01", "icd-10-who", ICPC, EXTENDED, "kva/conversion"]
    result = ingest.load(home, [shared_data / path for path in paths], ingest.Options())
    assert not result.refused
    service = TerminologyService(home)
    yield service
    service.close()


def cells(path: Path) -> Iterator[list[str]]:
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, read_only=True)
        for values in book.worksheets[0].iter_rows(min_row=2, values_only=True):
            yield ["" if value is None else str(value) for value in values]
        book.close()
        return
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        yield from rows


def forward_rows(path: Path, source: int, uri: int, code: int) -> Iterator[Row]:
    for row in cells(path):
        named = row[code] if row[code] not in ("", "_NOCODEASSIGNED") else row[uri]
        yield Row(row[source], "" if named == "No Mapping" else named)


def backward_rows(path: Path, uri: int, code: int, target: int) -> Iterator[Row]:
    for row in cells(path):
        if any(row):
            named = row[code] if row[code] not in ("", "_NOCODEASSIGNED") else row[uri]
            yield Row(named, "" if row[target] == "No Mapping" else row[target])


def check(service: TerminologyService, name: str, when: When, rows: Iterator[Row]) -> int:
    """Every row is a match of its source, or an unmapped statement; the number of rows."""
    found = service.maps.map(name)
    count = 0
    for row in rows:
        count += 1
        answer = service.maps.translate(Question(found.source, row.source, when, target=found.target, map=name))
        if row.target:
            assert row.target in {match.code for match in answer.matches if not match.reversed}, row
        else:
            assert answer.unmapped, row
    return count


@pytest.mark.parametrize(
    ("file", "name", "when", "columns", "expected"),
    [
        ("2020-01/10To11MapToOneCategory.txt", "icd-10-to-icd-11", OLD, (2, 8, 9), 12_483),
        ("2024-01/10To11MapToOneCategory.txt", "icd-10-to-icd-11", NEW, (2, 8, 9), 12_597),
        ("2020-01/10To11MapToMultipleCategories.txt", "icd-10-to-icd-11-many", OLD, (2, 8, 9), 15_287),
        ("2024-01/10To11MapToMultipleCategories.txt", "icd-10-to-icd-11-many", NEW, (2, 8, 9), 15_658),
        ("2024-01/foundation_10To11MapToOneCategory.txt", "icd-10-to-icd-11-foundation", NEW, (2, 5, 5), 12_597),
    ],
)
def test_every_row_from_icd_10(
    service: TerminologyService, shared_data: Path, file: str, name: str, when: When,
    columns: tuple[int, int, int], expected: int,
) -> None:  # fmt: skip
    assert check(service, name, when, forward_rows(shared_data / WHO / file, *columns)) == expected


@pytest.mark.parametrize(
    ("file", "name", "when", "columns", "expected"),
    [
        ("2020-01/11To10MapToOneCategory.txt", "icd-11-to-icd-10", OLD, (0, 1, 4), 17_731),
        ("2024-01/11To10MapToOneCategory.txt", "icd-11-to-icd-10", NEW, (0, 1, 4), 17_908),
        ("2024-01/foundation_11To10MapToOneCategory.xlsx", "icd-11-foundation-to-icd-10", NEW, (0, 0, 4), 48_609),
    ],
)
def test_every_row_to_icd_10(
    service: TerminologyService, shared_data: Path, file: str, name: str, when: When,
    columns: tuple[int, int, int], expected: int,
) -> None:  # fmt: skip
    assert check(service, name, when, backward_rows(shared_data / WHO / file, *columns)) == expected


@pytest.mark.parametrize(
    ("file", "name", "expected"), [(ICPC, "snomed-ct-to-icpc-2", 4_409), (EXTENDED, "snomed-ct-to-icd-10", 15)]
)
def test_every_row_of_an_extended_map(
    service: TerminologyService, shared_data: Path, file: str, name: str, expected: int
) -> None:
    found = service.maps.map(name)
    rows = list(cells(shared_data / file))
    for row in rows:
        _, _, _, _, _, source, group, priority, rule, advice, target, _, category = row
        answer = service.maps.translate(Question(found.source, source, target=found.target))
        if not target:
            assert any(each.rule == rule and category in each.reason for each in answer.unmapped), row
            continue
        said = {(m.code, m.group, m.priority, m.rule, m.advice) for m in answer.matches}
        assert (target, int(group), int(priority), rule, advice) in said, row
    assert len(rows) == expected


def test_every_row_of_the_conversion_table(service: TerminologyService, shared_data: Path) -> None:
    book = xlrd.open_workbook(shared_data / CONVERSION)
    sheet = book.sheet_by_name("Fullständig konverteringstabell")
    count = 0
    for count in range(1, sheet.nrows):
        kva, tal = (str(sheet.row_values(count)[column]).strip() for column in (0, 3))
        for system, source, target, other in (("kva", kva, tal, "tal"), ("tal", tal, kva, "kva")):
            if not source:
                continue  # found from the other end
            answer = service.maps.translate(Question(system, source, target=other))
            if target:
                assert target in {match.code for match in answer.matches}, (source, target)
            else:
                assert answer.unmapped, source
    assert count == 216


def test_what_a_cluster_is_made_of(service: TerminologyService) -> None:
    found = service.maps.elements("icd-10-to-icd-11", limit=20_000).items
    cluster = next(each for each in found if each.target == "1A00&XN8P1")
    answer = service.maps.translate(Question("icd-10", cluster.source, target="icd-11", map="icd-10-to-icd-11"))
    (match,) = answer.matches
    assert (match.code, [part.code for part in match.parts]) == ("1A00&XN8P1", ["1A00", "XN8P1"])
    assert (match.status, match.active, [part.active for part in match.parts]) == ("current", True, [True, True])


def test_the_whole_way_to_icd_11(service: TerminologyService) -> None:
    answer = service.maps.translate(Question("snomed-ct", "291571000119106", target="icd-11"))
    assert answer.matches
    assert {len(match.via) for match in answer.matches} == {2}
    assert {match.via[0].target_system for match in answer.matches} == {"icd-10"}
    assert {match.relationship for match in answer.matches} == {"related-to"}
    assert {need.kind for need in answer.needs} == {"code"}
