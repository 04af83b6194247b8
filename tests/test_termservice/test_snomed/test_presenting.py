"""What the service shows of SNOMED CT: attributes in role groups, searches with filters, members of maps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codesystems.golden import SAMPLES
from termservice import ingest
from termservice.answers import When
from termservice.service import TerminologyService
from termservice.snomed.ecl import EclError, UnknownConcept
from termservice.web.app import create_app

SAMPLE = sorted(folder for folder in (SAMPLES / "snomed-ct").iterdir() if folder.is_dir())
FINDING, ANAEMIA, IRON, BLOODLESS = "19999999103", "29999999105", "39999999107", "89999999106"
SITE, BLOOD, DOSE = "59999999104", "69999999101", "79999999109"
ICD_O, COMPLEX = 446608001, 447562003
FIRST, SECOND = When("20241130"), When("20250531")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample releases and, loaded after them, two maps."""
    root = tmp_path_factory.mktemp("presenting")
    maps = root / "maps"
    maps.mkdir()
    simple = [(ICD_O, ANAEMIA, "9980/3"), (ICD_O, IRON, "9980/3")]
    _map(maps / "der2_sRefset_SimpleMapSnapshot_SE1000052_20241130.txt", ("mapTarget",), simple)
    columns = ("mapGroup", "mapPriority", "mapRule", "mapAdvice", "mapTarget", "correlationId", "mapCategoryId")
    rows = [
        (COMPLEX, ANAEMIA, 1, 1, "TRUE", "ALWAYS D64.9", "D64.9", 447561005, 447637006),
        (COMPLEX, ANAEMIA, 2, 1, "TRUE", "ALWAYS D50.9", "D50.9", 447561005, 447637006),
        (COMPLEX, BLOODLESS, 1, 1, "TRUE", "CANNOT BE CLASSIFIED", "", 447561005, 447638001),
    ]
    _map(maps / "der2_iisssccRefset_ExtendedMapSnapshot_SE1000052_20250531.txt", columns, rows)
    for paths in (SAMPLE, [maps]):
        result = ingest.load(root / "home", paths, ingest.Options())
        assert not result.refused, result.outcomes
    return root / "home"


def _map(path: Path, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    header = ("id", "effectiveTime", "active", "moduleId", "refsetId", "referencedComponentId", *columns)
    lines = [
        (f"00000000-0000-4000-8000-{number:012}", 20241130, 1, 45991000052106, *row)
        for number, row in enumerate(rows, rows[0][0] if isinstance(rows[0][0], int) else 0)
    ]
    path.write_text("\n".join("\t".join(map(str, line)) for line in (header, *lines)) + "\n", "utf-8")


@pytest.fixture
def service(home: Path) -> Iterator[TerminologyService]:
    service = TerminologyService(home)
    yield service
    service.close()


def test_attributes_stand_in_role_groups_with_names(service: TerminologyService) -> None:
    found = service.concept("snomed-ct", IRON, FIRST, ("sv", "en"))
    assert [(each.group, each.code, each.display, each.type) for each in found.attributes] == [
        (1, SITE, "Example site", "code"),
        (2, DOSE, "Example dose", "decimal"),
    ]
    assert [(each.value, each.value_display) for each in found.attributes] == [(BLOOD, "exempelblod"), (12.5, None)]
    english = service.concept("snomed-ct", IRON, FIRST, ("en",))
    assert (english.display, english.attributes[0].value_display) == (
        "Example iron deficiency anemia", "Example blood",
    )  # fmt: skip
    assert not {SITE, DOSE} & {each.code for each in found.properties}
    assert service.concept("snomed-ct", FINDING, FIRST).attributes == []


def test_no_change_shows_what_is_packed(service: TerminologyService) -> None:
    values: dict[str, list[object]] = {}
    for code in (FINDING, ANAEMIA, IRON, BLOODLESS, BLOOD):
        for event in service.history("snomed-ct", code, ("en",)).events:
            values.setdefault(event.property or "", []).extend([event.before, event.after])
    for change in service.changes("snomed-ct", FIRST, SECOND, lang=("en",)).items:
        for side in (change.before, change.after):
            for name, said in side.items() if isinstance(side, dict) else ():
                values.setdefault(name, []).append(said)
                assert change.before != change.after
    assert "component" not in values and "effectiveTime" in values
    said = [text for name in (SITE, DOSE) for side in values.get(name, ()) for text in side or ()]  # type: ignore[attr-defined]
    assert said and not any(":" in text for text in said)


def test_the_page_of_a_concept_shows_attributes(service: TerminologyService) -> None:
    client = create_app(service).test_client()
    page = client.get(f"/snomed-ct/{IRON}?version=20241130").get_data(as_text=True)
    assert "Rollgrupp 1" in page and "Rollgrupp 2" in page
    assert f"/snomed-ct/{BLOOD}" in page and "exempelblod" in page and "12.5" in page
    answer = client.get(f"/api/v1/codesystems/snomed-ct/concepts/{IRON}?version=20241130&lang=sv").get_json()
    assert answer["attributes"][0] == {
        "group": 1, "code": SITE, "display": "Example site", "type": "code", "value": BLOOD,
        "value_display": "exempelblod",
    }  # fmt: skip


def test_searches_keep_to_a_semantic_tag(service: TerminologyService) -> None:
    everything = {item.level for item in service.search("example", systems=["snomed-ct"], when=FIRST).items}
    assert {"finding", "disorder", "attribute"} <= everything
    found = service.search("example", systems=["snomed-ct"], when=FIRST, levels=["disorder", "finding"])
    assert {item.level for item in found.items} == {"disorder", "finding"}
    assert service.search("example", systems=["snomed-ct"], levels=["no such tag"]).total == 0


@pytest.mark.parametrize("language", ["sv", "sv-SE", "SV"])
def test_searches_keep_to_a_language(service: TerminologyService, language: str) -> None:
    found = service.search("exempel", systems=["snomed-ct"], when=FIRST, language=language, lang=("en",))
    assert found.items and {item.matched.language for item in found.items} == {"sv"}
    assert all(item.display.startswith("Example") for item in found.items)
    assert service.search("exempelanemi", systems=["snomed-ct"], when=FIRST, language="en").total == 0


def test_words_find_active_concepts_of_snomed_ct_only(service: TerminologyService) -> None:
    (gone,) = service.search("bloodlessness", systems=["snomed-ct"], when=SECOND, active=False).items
    assert (gone.code, gone.active) == (BLOODLESS, False)
    assert service.search("bloodlessness", systems=["snomed-ct"], when=SECOND).total == 0
    (named,) = service.search(BLOODLESS, systems=["snomed-ct"], when=SECOND).items
    assert (named.code, named.active) == (BLOODLESS, False)


def test_members_of_maps(service: TerminologyService) -> None:
    def codes(expression: str, when: When = SECOND) -> list[str]:
        return [item.code for item in service.ecl("snomed-ct", expression, when).items]

    assert codes(f"^ {ICD_O}") == codes(f"^ {ICD_O}", FIRST) == [ANAEMIA, IRON]
    assert codes(f"^ {COMPLEX}") == [ANAEMIA, BLOODLESS]
    assert codes(f'^ {COMPLEX} {{{{ M mapTarget = "D50.9", mapGroup = #2, active = 1 }}}}') == [ANAEMIA]
    assert codes(f"^ {ICD_O} MINUS ^ {COMPLEX}") == [IRON]
    assert {ANAEMIA, IRON} <= set(codes("^ *"))
    with pytest.raises(UnknownConcept):  # the map is of a later day
        codes(f"^ {COMPLEX}", FIRST)


@pytest.mark.parametrize("condition", ["active = 0", 'effectiveTime > "20200101"', f"moduleId = {FINDING}"])
def test_what_is_not_kept_of_maps_is_no_answer(service: TerminologyService, condition: str) -> None:
    with pytest.raises(EclError, match="only active members"):
        service.ecl("snomed-ct", f"^ {COMPLEX} {{{{ M {condition} }}}}")


def test_members_with_their_fields(service: TerminologyService) -> None:
    page = service.members("snomed-ct", f"^ [*] {COMPLEX}", SECOND, limit=1)
    assert (page.total, page.next) == (3, "1")
    assert page.items[0] == {
        "referencedComponentId": ANAEMIA, "mapGroup": 1, "mapPriority": 1, "mapRule": "TRUE",
        "mapAdvice": "ALWAYS D64.9", "mapTarget": "D64.9",
    }  # fmt: skip
    found = service.members("snomed-ct", f"^ [mapTarget] {ICD_O}", SECOND, offset=1)
    assert (found.items, found.total, found.next) == ([{"mapTarget": "9980/3"}], 2, None)
    with pytest.raises(EclError, match="several fields"):
        service.ecl("snomed-ct", f"^ [*] {COMPLEX}", SECOND)
    with pytest.raises(EclError, match="whole expression"):
        service.members("snomed-ct", f"< {FINDING}", SECOND)
