"""Real releases loaded out of order: every code and title of every file is what the service answers, and what is
known of them beforehand holds. The files are read here in the plainest way, without the loaders.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from termservice.answers import ConceptSummary, When
from termservice.errors import NotInVersion
from termservice.service import TerminologyService
from termservice.verify import verify

pytestmark = pytest.mark.live

#            version, distinct codes, then against the version before: new, gone, retitled
KNOWN = [
    ("2015", 35_592, 0, 0, 0),
    ("2016", 35_601, 18, 9, 255),
    ("2019", 35_640, 60, 21, 4_655),
    ("2020", 35_600, 92, 132, 17_461),
    ("2020-11", 35_602, 2, 0, 2),
    ("2021", 35_665, 65, 2, 130),
]
VERSIONS = [row[0] for row in KNOWN]
MARK = "Manifestation(*)/Etiologi(†)"
CHAPTERS = [f"{number:02}" for number in range(1, 23)]


@pytest.fixture(scope="module")
def service(live_home: Path) -> Iterator[TerminologyService]:
    service = TerminologyService(live_home, today=lambda: date(2026, 7, 1))
    yield service
    service.close()


@pytest.fixture(scope="module")
def icd(service: TerminologyService) -> dict[str, dict[str, ConceptSummary]]:
    """Everything of ICD-10-SE by version and undotted code."""
    return {
        version: {item.code.replace(".", ""): item for item in walk(service, "icd-10-se", version)}
        for version in VERSIONS
    }


def walk(service: TerminologyService, system: str, version: str) -> Iterator[ConceptSummary]:
    after: str | None = None
    while True:
        page = service.concepts(system, When(version=version), after=after, limit=1000)
        yield from page.items
        if page.next is None:
            return
        after = page.next


def codes_only(concepts: dict[str, ConceptSummary]) -> dict[str, str]:
    return {code: item.display for code, item in concepts.items() if item.level not in ("chapter", "block")}


def stated(folder: Path) -> dict[str, str]:
    """Undotted code → title of KAT, KOD and KXX, or of the files digit3 to digit5."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name in ("KSH97_KAT.ANS", "KSH97_KOD.ANS", "KSH97_KXX.ANS"):
            lines = path.read_bytes().decode("cp1252").splitlines()
            found.update({line[:7].strip().upper(): line[7:].strip() for line in lines if line.strip()})
        elif path.name.startswith("digit"):
            for line in path.read_text("utf-8-sig").splitlines():
                code, _, title = line.split("\t")
                found[code.strip()] = title.strip()
    return found


def marks(folder: Path) -> dict[str, str]:
    rows = [line.split("\t") for path in folder.glob("digit?.txt") for line in path.read_text("utf-8-sig").splitlines()]
    return {code: mark for code, mark, _ in rows if mark}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_code_and_title_of_the_files(
    icd: dict[str, dict[str, ConceptSummary]], shared_data: Path, version: str
) -> None:
    assert codes_only(icd[version]) == stated(shared_data / "icd-10-se" / version)


def test_known_numbers(icd: dict[str, dict[str, ConceptSummary]]) -> None:
    found = []
    before: dict[str, str] | None = None
    for version in VERSIONS:
        now = codes_only(icd[version])
        old = now if before is None else before
        changed = sum(now[code] != old[code] for code in now.keys() & old.keys())
        found.append((version, len(now), len(now.keys() - old.keys()), len(old.keys() - now.keys()), changed))
        before = now
    assert found == KNOWN


def test_each_code_is_listed_once_and_counted(service: TerminologyService) -> None:
    for info in service.codesystems().items:
        for version in service.versions(info.id).items:
            codes = [item.code for item in walk(service, info.id, version.version)]
            assert codes == sorted(set(codes))
            assert len(codes) == version.concepts


@pytest.mark.parametrize("version", VERSIONS)
def test_chapters_are_never_withdrawn(service: TerminologyService, version: str) -> None:
    """The files of 2016 hold no chapters: absence of evidence is not withdrawal."""
    roots = [item.code for item in service.roots("icd-10-se", When(version=version)).items]
    assert roots == CHAPTERS
    first = service.concept("icd-10-se", "01", When(version=version))
    assert (first.valid_from, first.from_known, first.valid_to) == ("2015-01-01", False, None)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_code_has_its_place_below_a_chapter(service: TerminologyService, version: str) -> None:
    when = When(version=version)
    below = sum(service.descendants("icd-10-se", code, when, limit=1).total for code in CHAPTERS)
    assert below + len(CHAPTERS) == service.concepts("icd-10-se", when, limit=1).total


@pytest.mark.parametrize("version", ["2020", "2020-11", "2021"])
def test_daggers_and_asterisks_are_those_of_the_files(
    service: TerminologyService, shared_data: Path, version: str
) -> None:
    found = {
        row["code"].replace(".", ""): each["value"]
        for row in service.export("icd-10-se", When(version=version))
        for each in row["properties"]
        if each["code"] == MARK
    }
    assert found == marks(shared_data / "icd-10-se" / version)


def test_what_a_format_cannot_say_is_not_stated(service: TerminologyService, shared_data: Path) -> None:
    for code in marks(shared_data / "icd-10-se" / "2020"):
        if code in stated(shared_data / "icd-10-se" / "2019"):
            found = service.concept("icd-10-se", code, When(version="2019"))
            assert (found.properties, MARK in found.not_stated) == ([], True)
            break
    else:
        pytest.fail("no marked code of 2020 is in 2019")
    assert MARK not in service.concept("icd-10-se", code, When(version="2020")).not_stated


def test_withdrawn_codes_answer(service: TerminologyService, icd: dict[str, dict[str, ConceptSummary]]) -> None:
    for old, new in pairwise(VERSIONS):
        effective = {each.version: each.effective_date for each in service.versions("icd-10-se").items}
        for code in sorted(icd[old].keys() - icd[new].keys()):
            if code in icd[VERSIONS[-1]]:
                continue
            found = service.concept("icd-10-se", code, When(date=effective[new]))
            assert (found.active, found.version, found.display) == (False, old, icd[old][code].display)
            assert found.valid_to is not None and found.valid_to < effective[new]
            with pytest.raises(NotInVersion):
                service.concept("icd-10-se", code, When(version=new))


def table(path: Path) -> Iterator[list[str]]:
    for line in path.read_text("utf-8-sig").splitlines()[1:]:
        yield [cell.strip() for cell in line.split("\t")]


def test_kva_codes_and_headings(service: TerminologyService, shared_data: Path) -> None:
    listed = {item.code: item.display for item in walk(service, "kva", "2021")}
    for half, known in (("KKÅ", 6_627), ("KMÅ", 4_505)):
        folder = next((shared_data / "kva" / "2021").glob(f"{half.lower().replace('å', 'a')}*"))
        rows = {code: rest for code, *rest in table(folder / "level4.txt") if code}
        assert len(rows) == known
        for code, rest in rows.items():
            assert listed[code] == next(filter(None, rest))
        for code, *rest in table(folder / "level2.txt"):
            heading = listed.get(code) or listed[f"{half}:{code}"]
            assert heading == next(filter(None, rest))


@pytest.mark.parametrize(
    ("system", "version", "codes"),
    [("ksi", "2026-01", 2_071), ("ksi", "2026-06", 2_074), ("icf", "2018.2", 1_621), ("icf", "2026-01", 1_670),
     ("ksh97-p", "2019", 977)],
)  # fmt: skip
def test_known_sizes_of_the_others(service: TerminologyService, system: str, version: str, codes: int) -> None:
    assert sum(1 for _ in walk(service, system, version)) == codes


def test_ksi_between_january_and_june(service: TerminologyService) -> None:
    january, june = ({item.code for item in walk(service, "ksi", version)} for version in ("2026-01", "2026-06"))
    assert (len(june - january), sorted(january - june)) == (5, ["XAC.04.ZZ", "YAA.70.ZZ"])


def test_the_store_agrees_with_its_originals(live_home: Path) -> None:
    assert verify(live_home) == []
