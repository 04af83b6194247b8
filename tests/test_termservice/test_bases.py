"""Releases that build on others: loaded in any order, refused without their base, and read again just as they were.

The sample of SNOMED CT serves as International Edition, as an extension of it, and as a Delta of that.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from codesystems.golden import SAMPLES
from codesystems.model import Hints
from termservice import bases, ingest, lifecycle, verify
from termservice.answers import When
from termservice.errors import Refused
from termservice.ingest import LoadResult, Options
from termservice.service import TerminologyService
from termservice.store import catalog
from termservice.store.database import FILE_NAME, Database

SAMPLE = SAMPLES / "snomed-ct/2025-05/Full"
INTERNATIONAL, SWEDISH = "snomed-ct-900000000000207008", "snomed-ct"
ROOT, ANAEMIA, MILD, OLD, DOSE = "138875005", "29999999105", "49999999102", "89999999106", "79999999109"
CORE = (ROOT, "116680003")
FIRST = "20020131"


class Packages:
    """Packages made of the sample's rows: the core concepts as International Edition, the others as an extension."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"

    def international(self, day: str) -> Path:
        return self._package("int", "Snapshot", "INT", day, day, core=True)

    def extension(self, day: str = "20241130") -> Path:
        return self._package("se", "Snapshot", "SE1000052", day, day, core=False)

    def delta(self, day: str = "20250531", until: str = "20250531") -> Path:
        return self._package("delta", "Delta", "SE1000052", day, until, core=False)

    def _package(self, name: str, kind: str, owner: str, day: str, until: str, *, core: bool) -> Path:
        package = self.folder / f"{name}-{day}"
        for path in sorted(SAMPLE.rglob("*.txt")):
            header, *lines = path.read_text("utf-8").splitlines()
            if core:
                lines = [line.replace("\t20241130\t", f"\t{FIRST}\t") for line in lines if _is_core(line)]
            states: dict[str, str] = {}
            for line in lines:
                _, time, *_ = line.split("\t")
                if time <= until and (kind != "Delta" or time == until):
                    states[line.split("\t")[0]] = line
            target = package / path.name.replace("Full", kind).replace("SE1000052", owner).replace("20250531", day)
            target.parent.mkdir(parents=True, exist_ok=True)
            kept = [line for line in states.values() if core or "Concept_" not in path.name or not _is_core(line)]
            target.write_text("\n".join([header, *kept]) + "\n", "utf-8")
        return package

    def load(self, *paths: Path, **options: object) -> LoadResult:
        return ingest.load(self.home, paths, Options(**options))  # type: ignore[arg-type]

    def statuses(self) -> list[tuple[str, str, str]]:
        rows = lifecycle.releases(self.home)
        return [(row.system, row.version.rpartition("/")[2], row.status) for row in rows]

    def service(self) -> TerminologyService:
        return TerminologyService(self.home)


def _is_core(line: str) -> bool:
    """Whether a row is a core concept or a name of one."""
    id_, *_ = line.split("\t")
    return id_ in CORE or "SNOMED CT" in line or "Is a" in line


@pytest.fixture
def made(tmp_path: Path) -> Packages:
    return Packages(tmp_path)


def said(result: LoadResult) -> list[tuple[str | None, str]]:
    return [(outcome.system, outcome.status) for outcome in result.outcomes]


def test_an_extension_without_its_base_is_refused_and_says_what_to_load(made: Packages) -> None:
    result = made.load(made.extension())
    assert said(result) == [(SWEDISH, "refused")]
    assert result.outcomes[0].message == (
        "it builds on SNOMED CT International Edition 20240901 "
        "(http://snomed.info/sct/900000000000207008/version/20240901), which is not loaded: load that first, or both "
        "in one command"
    )
    assert said(made.load(made.international("20250301"), made.extension()))[-1] == (SWEDISH, "refused")


def test_what_is_required_is_loaded_first(made: Packages) -> None:
    result = made.load(made.delta(), made.extension(), made.international("20250301"), made.international("20240901"))
    assert {status for _, status in said(result)} == {"loaded"}, [o.message for o in result.outcomes]
    assert [outcome.version.rpartition("/")[2] for outcome in result.outcomes if outcome.version][-1] == "20250531"
    assert verify.verify(made.home) == []


def test_a_base_may_be_in_the_store_already(made: Packages) -> None:
    made.load(made.international("20240901"))
    assert said(made.load(made.extension())) == [(SWEDISH, "loaded")]
    answer = made.service().concept("snomed-ct", ROOT)
    assert (answer.display, answer.system) == ("SNOMED CT Concept", SWEDISH)
    assert said(made.load(made.extension())) == [(SWEDISH, "unchanged")]


def test_a_dry_run_finds_the_base_in_the_same_command(made: Packages) -> None:
    result = made.load(made.extension(), made.international("20240901"), dry_run=True)
    assert {status for _, status in said(result)} == {"would-load"}
    assert not (made.home / FILE_NAME).exists()


def test_a_delta_gives_the_whole_of_its_version(made: Packages) -> None:
    made.load(made.international("20240901"), made.international("20250301"), made.extension(), made.delta())
    service = made.service()
    old = service.concept("snomed-ct", OLD, When(version="20250531"))
    assert (old.active, old.successors) == (False, [ANAEMIA])
    assert service.concept("snomed-ct", OLD, When(version="20241130")).active
    assert service.concept("snomed-ct", MILD).parents == [ANAEMIA]
    assert service.concept("snomed-ct", ROOT).active


def test_a_delta_needs_the_release_before(made: Packages) -> None:
    made.load(made.international("20240901"), made.international("20250301"))
    result = made.load(made.delta())
    assert "the release of SNOMED CT before 20250531, that this Delta changes" in str(result.outcomes[0].message)


def test_of_a_base_that_carries_all_a_delta_needs_no_more(made: Packages) -> None:
    whole = made.folder / "whole"
    shutil.copytree(SAMPLES / "snomed-ct/2024-11", whole)
    assert said(made.load(whole, made.delta())) == [(SWEDISH, "loaded"), (SWEDISH, "loaded")]


def test_a_base_that_is_needed_is_not_removed(made: Packages) -> None:
    made.load(made.international("20240901"), made.extension())
    with pytest.raises(Refused, match=r"snomed-ct .*20241130 builds on it"):
        lifecycle.remove(made.home, INTERNATIONAL, None)
    lifecycle.remove(made.home, SWEDISH, "20241130")
    lifecycle.remove(made.home, INTERNATIONAL, None)
    assert made.statuses() == []


def test_a_base_rolled_back_refuses_activation_but_all_can_be_read_again(made: Packages) -> None:
    made.load(made.international("20240901"), made.extension())
    lifecycle.rollback(made.home, INTERNATIONAL, None)
    assert verify.verify(made.home) == []
    lifecycle.rebuild(made.home)
    assert verify.verify(made.home) == []
    lifecycle.rollback(made.home, SWEDISH, None)
    with pytest.raises(Refused, match="International Edition 20240901"):
        lifecycle.activate(made.home, SWEDISH, None)
    lifecycle.activate(made.home, INTERNATIONAL, None)
    lifecycle.activate(made.home, SWEDISH, None)
    assert {status for _, _, status in made.statuses()} == {"active"}
    assert verify.verify(made.home) == []


def test_a_release_says_what_it_was_read_with(made: Packages) -> None:
    made.load(made.international("20240901"), made.extension())
    database = Database(made.home / FILE_NAME)
    try:
        with database.read() as connection:
            swedish, international = catalog.releases(connection)
            assert swedish.hints[bases.HINT] == [international.digest]
            assert bases.HINT not in international.hints
            with bases.reopened(connection, ingest.Originals(made.home / "originals"), swedish) as candidate:
                (base,) = candidate.base
                assert base.effective.isoformat() == "2024-09-01"
                assert all(file.local.exists() for file in (*candidate.files, *base.files))
    finally:
        database.close()


def test_a_version_named_by_its_day_alone(made: Packages) -> None:
    whole = SAMPLES / "snomed-ct/2024-11"
    result = ingest.load(made.home, [whole], Options(Hints(version="20241201")))
    assert [outcome.version for outcome in result.outcomes] == [
        "http://snomed.info/sct/45991000052106/version/20241201"
    ]


def test_packed_properties_are_shown_apart(made: Packages) -> None:
    made.load(SAMPLES / "snomed-ct/2024-11")
    concept = made.service().concept("snomed-ct", ANAEMIA)
    shown = {each.code: each.value for each in concept.properties}
    assert "component" not in shown
    assert shown["moduleId"] == "45991000052106"
    assert shown["sufficientlyDefined"] is False
    assert shown["effectiveTime"] == "20241130"
    assert [(each.group, each.value) for each in concept.attributes if each.code == DOSE] == [(2, "low")]


@pytest.mark.live
@pytest.mark.parametrize(
    ("folder", "sizes"), [("subset-20250909", [2258]), ("two-releases/expectedoutput", [27, 33])], ids=["subset", "two"]
)
def test_real_releases_are_stored_as_they_were_read(
    made: Packages, shared_data: Path, folder: str, sizes: Iterable[int]
) -> None:
    result = made.load(shared_data / "snomed-ct" / folder)
    assert [outcome.concepts for outcome in result.outcomes if outcome.concepts] == sizes
    assert verify.verify(made.home) == []


@pytest.mark.live
def test_the_fictitious_set_is_loaded_as_a_whole(made: Packages, shared_data: Path) -> None:
    result = made.load(shared_data / "snomed-ct/mini-full")
    assert [outcome.concepts for outcome in result.outcomes] == [88, 89, 90, 97, 99, 99, 102, 102, 102]
    assert [outcome.form for outcome in result.outcomes] == ["Full"] * 8 + ["Delta"]
    assert verify.verify(made.home) == []
    lifecycle.rebuild(made.home)
    assert verify.verify(made.home) == []
