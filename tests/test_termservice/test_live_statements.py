"""Real statements of change, loaded with the releases they are about, are found code by code with file and row."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from codesystems.files import Package
from codesystems.formats.text import lines
from termservice import ingest
from termservice.service import TerminologyService
from termservice.store.database import FILE_NAME
from termservice.verify import verify

pytestmark = pytest.mark.live

TABLES = {
    "x1gua2013.zip": ("2012-2013", "2013-01-01", 13_417),
    "x1gua2014.zip": ("2013-2014", "2014-01-01", 13_381),
    "x1gut2015.zip": ("2014-2015", "2015-01-01", 13_440),
    "x1ueb2011_2012.zip": ("2011-2012", "2012-01-01", 13_348),
}


@pytest.fixture(scope="module")
def german(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with all of ICD-10-GM, loaded as one folder."""
    home = tmp_path_factory.mktemp("german") / "home"
    result = ingest.load(home, [shared_data / "icd-10-gm"], ingest.Options())
    outcomes = [outcome for outcome in result.outcomes if outcome.system == "icd-10-gm"]
    found = {outcome.version: (outcome.status, outcome.statements) for outcome in outcomes}
    assert found == {str(year): ("loaded", 0) for year in range(2012, 2016)} | {
        name: ("loaded", rows) for name, _, rows in TABLES.values()
    }
    return home


def query(home: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(home / FILE_NAME)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("archive", TABLES)
def test_every_row_of_a_table_is_kept(german: Path, archive: str) -> None:
    name, day, rows = TABLES[archive]
    sql = (
        "SELECT COUNT(*), MIN(date), MAX(date), MIN(row), MAX(row), COUNT(DISTINCT row) FROM stated "
        "JOIN release r ON r.id = release_id WHERE version=? AND status='active' AND path LIKE ?"
    )
    assert query(german, sql, name, f"{archive}!/%umsteiger%") == [(rows, day, day, 1, rows, rows)]


@pytest.mark.parametrize("archive", ["x1gua2014.zip", "x1gut2015.zip"])
def test_every_row_of_a_table_is_an_official_event(german: Path, shared_data: Path, archive: str) -> None:
    with Package(shared_data / "icd-10-gm" / archive) as package:
        (table,) = (file for file in package.files if "umsteiger" in file.name)
        rows = [line.split(";")[:2] for line in lines(table)]
    service = TerminologyService(german)
    try:
        for number, (old, new) in enumerate(rows, 1):
            events = service.history("icd-10-gm", new if old == "UNDEF" else old).events
            (event,) = (e for e in events if e.source.row == number and (e.source.file or "").endswith(table.name))
            assert (event.source.by, event.date) == ("publisher", TABLES[archive][1])
            assert (event.source.release or "").endswith(TABLES[archive][0])
            assert event.after in (None, new)
    finally:
        service.close()


def test_versions_are_the_releases_only(german: Path) -> None:
    service = TerminologyService(german)
    try:
        assert sorted(each.version for each in service.versions("icd-10-gm").items) == ["2012", "2013", "2014", "2015"]
    finally:
        service.close()


def test_codes_that_are_introduced_or_withdrawn_are_so_in_the_releases(german: Path) -> None:
    """Both from the tables and, independently of them, from the releases."""
    sql = """
        SELECT s.type, s.code FROM stated s JOIN release r ON r.id = s.release_id
        WHERE r.version = '2013-2014' AND s.type = 'introduced' AND s.code NOT IN (
            SELECT code FROM state JOIN concept c ON c.id = cid JOIN version v ON v.version = '2014'
            WHERE vf <= v.pos AND vt > v.pos)"""
    assert query(german, sql) == []


def test_loading_the_folder_again_changes_nothing(german: Path, shared_data: Path) -> None:
    result = ingest.load(german, [shared_data / "icd-10-gm"], ingest.Options())
    assert {outcome.status for outcome in result.outcomes} == {"unchanged"}
    assert result.revision is None


def test_the_store_agrees_with_its_originals(german: Path) -> None:
    assert verify(german) == []


def test_errata_come_with_the_release_and_lists_alone(shared_data: Path, tmp_path: Path) -> None:
    paths = [shared_data / name for name in ("icd-10-se/2021", "icd-10-se/older/ICD_10_swe_changes2013.csv")]
    result = ingest.load(tmp_path / "home", paths, ingest.Options())
    assert sorted((o.system, o.version, o.status, o.statements) for o in result.outcomes) == [
        ("icd-10-se", "2021", "loaded", 0),
        ("icd-10-se", "changes-2013", "loaded", 213),
        ("icd-10-se", "errata-2021", "loaded", 5),
        ("icf", "errata-2021", "loaded", 3),
        ("kva", "errata-2021", "loaded", 18),
    ]
