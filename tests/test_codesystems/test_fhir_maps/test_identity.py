"""FHIR ConceptMaps in JSON, by themselves or in a Bundle: which maps a file holds, and what they join."""

from datetime import date

import pytest

from codesystems import icd10, icd10se, kva
from codesystems.maps import MapElement
from codesystems.model import CodeSystem, Hints
from codesystems.report import ReleaseError
from tests.test_codesystems.test_fhir_maps.resources import ICD, KVA, bundle, element, group, r5, resource

# --- whose files


@pytest.mark.parametrize(
    "files",
    [
        {"a.json": {"resourceType": "CodeSystem", "url": "http://x"}},
        {"a.json": {"resourceType": "StructureDefinition", "type": "ConceptMap"}},
        {"a.json": {"resourceType": "StructureDefinition", "snapshot": {"resourceType": "ConceptMap"}}},
        {"a.json": bundle({"resourceType": "ValueSet"})},
        {"a.json": [resource()]},
        {"a.json": "{", "b.json": "", "c.json": b"\xff\xfe", "d.json": "[" * 100_000},
        {"a.xml": '{"resourceType": "ConceptMap"}'},
    ],
)
def test_other_files_are_not_claimed(identify, files):
    assert identify(files) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"resourceType": "ConceptMap", ', r"karta\.json: not valid JSON \(.*line 1 column"),
        ('{"resourceType": "ConceptMap"}', r"karta\.json: the map has no group"),
        ('{"resourceType": "ConceptMap", "a": 1, "a": 2}', "'a' stands twice"),
        ('{"resourceType" : "ConceptMap", "title": "\\ud800"}', "not valid JSON"),
        ('{"resourceType": "ConceptMap", "a": ' + "[" * 100_000, "not valid JSON"),
        (b'{"resourceType": "ConceptMap", "title": "\xff"}', "not valid JSON"),
    ],
)
def test_a_broken_map_is_refused(identify, text, message):
    with pytest.raises(ReleaseError, match=message):
        identify(text)


# --- identity


def test_all_that_a_resource_says_of_itself(read):
    about = {
        "url": "http://x.example/ConceptMap/k",
        "name": "Karta",
        "title": "En karta",
        "publisher": "Regionen",
        "copyright": "Fri",
        "language": "en",
        "identifier": [{"value": "urn:oid:1.2.3.4"}, {"value": "k-1"}],
    }
    content, report = read(resource(group(element("AV035", r5())), **about))
    system = content.system
    assert (system.id, system.url, system.title) == ("karta", "http://x.example/ConceptMap/k", "En karta")
    assert (system.publisher, system.copyright, system.language) == ("Regionen", "Fri", "en")
    assert (system.aliases, system.source, system.target) == (("1.2.3.4",), kva.SYSTEM, icd10se.ICD10SE)
    assert not report.warnings and not report.notes


@pytest.mark.parametrize(
    ("about", "map_id", "url"),
    [
        ({"url": "http://x/ConceptMap/annan"}, "karta", "http://x/ConceptMap/annan"),
        ({"id": None, "url": "http://x/ConceptMap/annan"}, "annan", "http://x/ConceptMap/annan"),
        ({"id": "17", "name": "MinKarta"}, "minkarta", "urn:conceptmap:minkarta"),
        ({"id": "0b0fd3cc-9f3a-4a53-8b3a-7a1d0a2b3c4d", "title": "Vår karta"}, "var-karta", "urn:conceptmap:var-karta"),
        ({"id": None}, "kva-to-icd-10-se", "urn:conceptmap:kva-to-icd-10-se"),
        ({"url": "urn:oid:1.2.3"}, "karta", "urn:oid:1.2.3"),
    ],
)
def test_the_short_id(identify, about, map_id, url):
    (candidate,) = identify(resource(group(element("AV035", r5())), **about))
    assert (candidate.system.id, candidate.system.url) == (map_id, url)


def test_the_operators_id_goes_before(read):
    content, _ = read(resource(group(element("AV035", r5()))), Hints("annan"))
    assert content.system.id == "annan"


@pytest.mark.parametrize(
    ("files", "hints", "message"),
    [
        (resource(group(element()), id="kva"), None, "kva is a code system; a map needs an id of its own"),
        (bundle(resource(group()), resource(group())), Hints("x"), "several maps: --system names only one"),
        (bundle(resource(group()), resource(group())), None, r"entry\[1\]\.resource: 2 maps .* called karta"),
        ({"a.json": resource(group()), "b.json": resource(group())}, Hints("x"), "several maps"),
    ],
)
def test_names_that_cannot_be_are_refused(identify, files, hints, message):
    with pytest.raises(ReleaseError, match=message):
        identify(files, hints)


@pytest.mark.parametrize(
    ("about", "version", "effective"),
    [
        ({"version": "2026-02"}, "2026-02", date(2026, 2, 1)),
        ({"version": "2026-02", "date": "2025-11-30T12:00:00+01:00"}, "2026-02", date(2026, 2, 1)),
        ({"version": "1.2", "date": "2025-11-30"}, "1.2", date(2025, 11, 30)),
        ({"version": "1.2", "date": "2025-11"}, "1.2", date(2025, 11, 1)),
        ({"version": None, "date": "2025-11-30"}, "2025-11-30", date(2025, 11, 30)),
        ({"effectivePeriod": {"start": "2026-03-01"}}, "2026", date(2026, 3, 1)),
        ({"version": "beta"}, "beta", None),
        ({"version": None}, None, None),
    ],
)
def test_version_and_effective_date(identify, about, version, effective):
    (candidate,) = identify(resource(group(), **about))
    assert (candidate.version, candidate.effective) == (version, effective)


@pytest.mark.parametrize(
    ("given", "about", "system", "version"),
    [
        ({"target": ICD, "targetVersion": "2025"}, {}, icd10se.ICD10SE, "2025"),
        ({"target": f"{ICD}|2026"}, {}, icd10se.ICD10SE, "2026"),
        ({"target": "urn:oid:2.16.840.1.113883.6.3"}, {}, icd10.SYSTEM, ""),
        ({"target": "http://x.example/E"}, {}, CodeSystem("e", "http://x.example/E", "http://x.example/E", ""), ""),
        ({}, {"targetUri": f"{ICD}?fhir_vs"}, icd10se.ICD10SE, ""),
        ({}, {"targetScopeUri": f"{ICD}|2026"}, icd10se.ICD10SE, ""),
        ({}, {"targetCanonical": "http://x/E?fhir_vs=isa/1"}, CodeSystem("e", "http://x/E", "http://x/E", ""), ""),
    ],
)
def test_the_systems_joined(read, given, about, system, version):
    content, _ = read(resource({"source": KVA, "element": [element("AV035", r5("X"))], **given}, **about))
    assert (content.system.target, content.target_version) == (system, version)


def test_a_group_without_a_system_is_refused(identify):
    about = {"targetUri": "http://x.example/ValueSet/v"}
    with pytest.raises(ReleaseError, match=r"karta\.json#group\[0\]\.target: is not there"):
        identify(resource({"source": KVA, "element": []}, **about))


# --- several maps


def test_groups_of_the_same_systems_are_one_map(read):
    first = group(element("AV035", r5()), target=f"{ICD}|2025")
    content, report = read(resource(first, group(element("DU007", r5("J189")), target=f"{ICD}|2026")))
    assert [(each.source, each.target) for each in content.elements] == [("AV035", "I21.9"), ("DU007", "J18.9")]
    assert content.target_version == ""
    assert report.warnings["several-versions"].examples == ["karta.json: target versions 2025, 2026"]


@pytest.mark.parametrize("hints", [None, Hints("karta")])
def test_groups_of_several_systems_are_several_maps(read, hints):
    groups = (group(element("AV035", r5())), group(element("I219", r5("AV035")), source=ICD, target=KVA))
    about = {"url": "http://x/k", "title": "Karta", "identifier": [{"value": "1.2.3"}]}
    (there, back), _ = read(resource(*groups, **about), hints)
    assert (there.system.id, back.system.id) == ("karta-kva-to-icd-10-se", "karta-icd-10-se-to-kva")
    assert (there.system.url, back.system.url) == ("http://x/k#kva-to-icd-10-se", "http://x/k#icd-10-se-to-kva")
    assert there.system.title == f"Karta: {kva.SYSTEM.title} → {icd10se.ICD10SE.title}"
    assert there.system.aliases == back.system.aliases == ()
    assert (there.elements, back.elements) == (
        (MapElement("AV035", "I21.9", "equivalent"),),
        (MapElement("I21.9", "AV035", "equivalent"),),
    )


def test_the_maps_of_a_bundle(read):
    first, second = (resource(group(element(code, r5())), id=f"karta-{code}") for code in ("AV035", "DU007"))
    contents, _ = read(bundle({"resourceType": "CodeSystem"}, first, second))
    assert [(each.system.id, each.elements[0].source) for each in contents] == [
        ("karta-av035", "AV035"),
        ("karta-du007", "DU007"),
    ]
