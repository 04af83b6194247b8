"""The real urval are exactly what their sheets select, and stand as the releases of ICF and KVÅ say."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from click.testing import CliRunner

from termservice import ingest, lifecycle, verify
from termservice.answers import When
from termservice.cli import main
from termservice.service import TerminologyService

pytestmark = pytest.mark.live

MUNICIPAL, NUTRITION = "urval-icf-kva-kommunal-halso-och-sjukvard", "urval-icf-kva-nutrition-och-undernaring"
TODAY = date(2026, 6, 15)
REFSETS = "snomed-ct/se-2016-samples"


class Sheet(NamedTuple):
    file: str
    name: str
    code: int
    """The column with the codes, from 0."""
    chosen: int | None
    """The column with a 1 where the code is selected."""
    stated: int
    """How many codes the instructions say there are."""


SHEETS = {
    (MUNICIPAL, "icf"): Sheet(f"{MUNICIPAL}-2026.xlsx", "Urval ICF 2026", 0, 2, 293),
    (MUNICIPAL, "kva"): Sheet(f"{MUNICIPAL}-2026.xlsx", "Urval KVÅ 2026", 1, 3, 463),
    (NUTRITION, "icf"): Sheet(f"{NUTRITION}.xlsx", "Urval ICF 2023 nutrition", 0, None, 37),
    (NUTRITION, "kva"): Sheet(f"{NUTRITION}.xlsx", "Urval KVÅ 2023 nutrition", 0, None, 75),
}
VERSIONS = {MUNICIPAL: ("2026-1.0", "2026-01-01"), NUTRITION: ("2023-1.0", "2023-03-01")}
each_sheet = pytest.mark.parametrize(("valueset", "system"), SHEETS)


@pytest.fixture(scope="module")
def home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("valuesets") / "home"
    names = ("urval", "icf/2026-01", "kva/2026", "icf/2019", "kva/2021", REFSETS)
    result = ingest.load(home, [shared_data / name for name in names], ingest.Options())
    assert not result.refused, result.outcomes
    return home


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[TerminologyService]:
    service = TerminologyService(home, today=lambda: TODAY)
    yield service
    service.close()


def selected(shared_data: Path, sheet: Sheet) -> dict[str, str]:
    """Code → title of the rows that count, read from the sheet itself."""
    book = openpyxl.load_workbook(shared_data / "urval" / sheet.file, read_only=True, data_only=True)
    page = book[sheet.name]
    page.reset_dimensions()
    found = {}
    for row in page.iter_rows(min_row=2, max_col=8, values_only=True):
        cells = ["" if value is None else str(value).strip() for value in (*row, *[None] * 8)]
        code, title = cells[sheet.code], cells[sheet.code + 1]
        if len(code) > 1 and (sheet.chosen is None or cells[sheet.chosen] == "1"):  # `b` is a component of ICF
            found[code] = " ".join(title.split())
    book.close()
    return found


def codes_of_2021(shared_data: Path) -> set[str]:
    """Every code of KVÅ 2021, read from its files themselves."""
    files = (shared_data / "kva/2021").rglob("level*.txt")
    rows = (line for path in files for line in path.read_text("utf-8-sig").splitlines()[1:])
    return {line.partition("\t")[0].strip() for line in rows}


@each_sheet
def test_members_are_what_the_sheet_selects(
    service: TerminologyService, shared_data: Path, valueset: str, system: str
) -> None:
    sheet = SHEETS[valueset, system]
    wanted = selected(shared_data, sheet)
    assert len(wanted) == sheet.stated
    definition = service.valuesets.definition(valueset)
    assert (definition.version, definition.effective) == VERSIONS[valueset]
    (held,) = [each for each in definition.includes if each.system == service.codesystem(system).url]
    assert dict(held.concepts) == wanted
    assert (len(held.concepts), held.version) == (sheet.stated, "")


@pytest.mark.parametrize("valueset", VERSIONS)
def test_nothing_else_is_a_member(service: TerminologyService, valueset: str) -> None:
    count = sum(sheet.stated for (own, _), sheet in SHEETS.items() if own == valueset)
    info = service.valuesets.info(valueset)
    assert (info.members, [each.system for each in info.systems]) == (count, ["icf", "kva"])
    assert info.publisher == "Socialstyrelsen"


def test_the_urval_of_2026_can_be_used_as_it_is(service: TerminologyService) -> None:
    found = service.valuesets.members(MUNICIPAL, limit=None)
    assert found.systems == {"icf": "2026-01", "kva": "2026"}
    assert [each.code for each in found.items if each.needs_person] == []


def test_members_stand_as_the_codes_of_the_day(service: TerminologyService, shared_data: Path) -> None:
    """In KVÅ 2021, some of what was selected in 2023 was not there yet."""
    known = codes_of_2021(shared_data)
    wanted = selected(shared_data, SHEETS[NUTRITION, "kva"])
    missing = set(wanted) - known
    found = service.valuesets.members(NUTRITION, When(date="2023-06-01"), limit=None)
    assert found.systems == {"icf": "2019", "kva": "2021"}
    kva = {each.code: each.status for each in found.items if each.system == "kva"}
    assert {code for code, status in kva.items() if status == "not-yet-introduced"} == missing
    assert {status for code, status in kva.items() if code not in missing} == {"current"}
    assert 0 < len(missing) < len(wanted)


def test_displays_are_those_of_the_code_system(service: TerminologyService, shared_data: Path) -> None:
    with (shared_data / "icf/2026-01/icf.tsv").open(encoding="utf-8-sig", newline="") as stream:
        titles = {
            row["Kod"].strip(): row["Titel"].strip() for row in csv.DictReader(stream, delimiter="\t") if row["Titel"]
        }
    members = service.valuesets.members(MUNICIPAL, limit=None, lang=("sv",)).items
    shown = {each.code: each.display for each in members if each.system == "icf"}
    assert shown == {code: titles[code] for code in shown}


def test_a_list_with_what_the_publisher_removed_needs_a_person(home: Path, shared_data: Path, tmp_path: Path) -> None:
    """The workbook names the codes that are gone from KVÅ 2026; a list that still has them is told so."""
    book = openpyxl.load_workbook(shared_data / "urval" / f"{MUNICIPAL}-2026.xlsx", read_only=True, data_only=True)
    rows = list(book["Tillagda o borttagna KVÅ-koder"].iter_rows(max_col=3, values_only=True))
    book.close()
    gone = [str(code) for code, _, comment in rows if str(comment).startswith("Borttagen KVÅ-kod 2026")]
    assert len(gone) == 3
    own = tmp_path / "egna.csv"
    own.write_text("kod\nAV035\n" + "".join(f"{code}\n" for code in gone), "utf-8")

    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["--home", str(home), *map(str, arguments)])
        return result.exit_code, result.stdout

    assert run("load", own, "--valueset", "egna", "--system", "KVÅ", "--version", "2021")[0] == 0
    known = codes_of_2021(shared_data)
    wanted = {code: "withdrawn" if code in known else "unknown-code" for code in gone}
    assert set(wanted.values()) == {"withdrawn", "unknown-code"}
    code, told = run("check-list", "--valueset", "egna", "--date", "2026-06-01")
    assert (code, "1 current" in told, "3 needs a person" in told) == (1, True, True)
    said = {line.split()[1].rstrip(":"): line for line in told.splitlines()[1:]}
    assert said.keys() == wanted.keys()
    assert all(f": {status}" in said[code] for code, status in wanted.items())
    lifecycle.remove(home, "egna", "2021")


@pytest.mark.parametrize(("refset", "count"), [("53351000052100", 4), ("53361000052102", 2)])
def test_refsets_without_their_edition_are_value_sets(
    service: TerminologyService, shared_data: Path, refset: str, count: int
) -> None:
    path = next(path for path in (shared_data / REFSETS).glob("*SimpleRefset*") if refset in path.read_text("utf-8"))
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()[1:]]
    definition = service.valuesets.definition(f"http://snomed.info/sct?fhir_vs=refset/{refset}")
    (held,) = definition.includes
    assert (held.system, definition.version) == ("http://snomed.info/sct", "20161130")
    assert {code for code, _ in held.concepts} == {row[5] for row in rows if row[2] == "1"}
    assert len(held.concepts) == count


def test_the_store_is_what_the_workbooks_say(home: Path) -> None:
    assert verify.verify(home) == []
