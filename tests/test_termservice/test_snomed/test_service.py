"""SNOMED CT through the service: loaded, looked up, searched, asked by expression; its hierarchy from the arrays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from codesystems.golden import SAMPLES
from codesystems.model import Hints
from termservice import ingest, lifecycle, verify
from termservice.answers import When
from termservice.errors import InvalidParameter, StoreError
from termservice.hierarchy import Hierarchy
from termservice.registry import Registry, Selected
from termservice.service import TerminologyService
from termservice.snomed.artefacts import Editions
from termservice.snomed.ecl import EclError
from termservice.store import read
from termservice.store.database import FILE_NAME, Database, revision

SUBSET = "http://snomed.info/xsct/31000003106/version/20250909"
SAMPLE = sorted(folder for folder in (SAMPLES / "snomed-ct").iterdir() if folder.is_dir())


@pytest.fixture(scope="module")
def home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("snomed") / "home"
    options = ingest.Options(hints=Hints(version=SUBSET))
    result = ingest.load(home, [shared_data / "snomed-ct/subset-20250909"], options)
    assert not result.refused, result.outcomes
    return home


@pytest.fixture
def service(home: Path) -> Iterator[TerminologyService]:
    service = TerminologyService(home)
    yield service
    service.close()


@pytest.mark.live
def test_the_edition_goes_by_the_name_of_the_code_system(service: TerminologyService) -> None:
    (found,) = service.codesystems().items
    assert (found.id, found.version, found.concepts) == ("snomed-ct", SUBSET, 2258)
    for name in ("snomed-ct", "http://snomed.info/sct", "http://snomed.info/sct/31000003106"):
        for version in (None, SUBSET, "20250909"):
            assert service.concept(name, "404684003", When(version)).display == "Clinical finding"


@pytest.mark.live
def test_expressions_are_answered_page_by_page(service: TerminologyService) -> None:
    codes: list[str] = []
    after = None
    while True:
        page = service.ecl("snomed-ct", "*", after=after, limit=1000)
        codes += [item.code for item in page.items]
        after = page.next
        if after is None:
            break
    assert (page.total, len(codes)) == (2251, 2251)
    assert codes == sorted(set(codes), key=int)
    assert service.ecl("snomed-ct", "<< 138875005").total == 2251


@pytest.mark.live
def test_search_keeps_to_an_expression(service: TerminologyService) -> None:
    inside = {item.code for item in service.ecl("snomed-ct", "<< 71388002", limit=1000).items}
    found = service.search("heart", systems=["snomed-ct"], ecl="<< 71388002", limit=100)
    assert found.items and {item.code for item in found.items} <= inside
    everything = service.search("heart", systems=["snomed-ct"], limit=100)
    assert found.total == sum(item.code in inside for item in everything.items) < everything.total


@pytest.mark.live
def test_an_error_in_an_expression_points_at_it(service: TerminologyService) -> None:
    with pytest.raises(EclError) as error:
        service.ecl("snomed-ct", "<< 404684003 AND <")
    assert error.value.position == 18


@pytest.mark.live
def test_the_arrays_hold_the_hierarchy_of_the_store(home: Path) -> None:
    database = Database(home / FILE_NAME)
    with database.read() as connection:
        registry = Registry.load(connection, revision(connection))
        system = registry.system("snomed-ct")
        version = system.versions[-1]
        selected = Selected(system, version, version.pos, None)
        tree = Editions(home).of(connection, selected).tree
        other = Hierarchy(*read.hierarchy(connection, system.id, version.pos))
        for cid, code in read.all_codes(connection, system.id):
            assert set(tree.children(cid)) == set(other.children(cid)), code
            assert set(tree.ancestors(cid)) == set(other.ancestors(cid)), code
            assert set(tree.descendants(cid)) == set(other.descendants(cid)), code
            assert tree.children_count(cid) == other.children_count(cid)
            for above in list(tree.ancestors(cid))[:2]:
                assert tree.is_ancestor(above, cid) and not tree.is_ancestor(cid, above)
    database.close()


@pytest.mark.live
def test_a_page_of_the_hierarchy(service: TerminologyService) -> None:
    (root,) = service.roots("snomed-ct").items
    assert root.code == "138875005"
    page = service.descendants("snomed-ct", "138875005", limit=10)
    assert (page.total, len(page.items), page.next) == (2250, 10, "10")
    children = service.children("snomed-ct", "138875005").items
    assert [child.display for child in children] == sorted((child.display for child in children), key=str.casefold)
    assert service.subsumes("snomed-ct", "404684003", "56265001").outcome == "subsumes"


@pytest.mark.live
def test_arrays_that_are_gone_are_said_so_and_made_again(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    shutil.rmtree(copy / "editions")
    service = TerminologyService(copy)
    assert service.concept("snomed-ct", "404684003").active
    with pytest.raises(StoreError, match="reindex"):
        service.ecl("snomed-ct", "*")
    service.close()
    lifecycle.reindex(copy, None)
    service = TerminologyService(copy)
    assert service.ecl("snomed-ct", "*").total == 2251
    service.close()
    assert verify.verify(copy) == []


def test_expressions_are_of_snomed_ct_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest.load(home, [SAMPLES / "ksi", SAMPLE[0]], ingest.Options())
    service = TerminologyService(home)
    with pytest.raises(InvalidParameter, match="SNOMED CT only"):
        service.ecl("ksi", "*")
    with pytest.raises(InvalidParameter, match="exactly one code system"):
        service.search("a", ecl="*")
    service.close()


@pytest.mark.parametrize("folder", SAMPLE, ids=lambda folder: folder.name)
def test_the_samples_load_and_answer(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    result = ingest.load(home, [folder], ingest.Options())
    assert {outcome.status for outcome in result.outcomes} <= {"loaded", "refused"}
    loaded = [outcome for outcome in result.outcomes if outcome.status == "loaded" and outcome.concepts]
    service = TerminologyService(home)
    for outcome in loaded:
        when = When(outcome.version)
        found = service.ecl("snomed-ct", "*", when, limit=1000)
        assert found.items
        for item in found.items:
            assert service.concept("snomed-ct", item.code, when).active
    service.close()
    assert verify.verify(home) == []


def test_rolled_back_and_back_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest.load(home, SAMPLE, ingest.Options())
    service = TerminologyService(home)
    before = [version.version for version in service.versions("snomed-ct").items]
    total = service.ecl("snomed-ct", "*").total
    lifecycle.rollback(home, "snomed-ct", None)
    assert [version.version for version in service.versions("snomed-ct").items] == before[1:]
    lifecycle.activate(home, "snomed-ct", before[0])
    assert service.ecl("snomed-ct", "*").total == total
    lifecycle.rebuild(home)
    service.close()
    service = TerminologyService(home)
    assert service.ecl("snomed-ct", "*").total == total
    service.close()
    assert verify.verify(home) == []
