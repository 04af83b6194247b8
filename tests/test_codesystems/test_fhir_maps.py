"""FHIR ConceptMaps in JSON, of R4 and R5, by themselves or in a Bundle."""

import copy
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesystems import icd10, icd10se, kva
from codesystems.fhir_maps import LOADER
from codesystems.files import Package
from codesystems.maps import MapElement
from codesystems.model import CodeSystem, Hints
from codesystems.report import ReleaseError, Report

KVA, ICD = kva.SYSTEM.url, icd10se.ICD10SE.url
RULE = "IFA 445518008 | Age at onset of clinical finding (observable entity) | < 75.0 years"


def element(code="AV035", *targets, **more):
    return {"code": code, **({"target": list(targets)} if targets else {}), **more}


def r4(code="I219", equivalence="equivalent", **more):
    return {"code": code, "equivalence": equivalence, **more}


def r5(code="I219", relationship="equivalent", **more):
    return {"code": code, "relationship": relationship, **more}


def group(*elements, source=KVA, target=ICD, **more):
    return {"source": source, "target": target, "element": list(elements), **more}


def resource(*groups, **more):
    given = {"resourceType": "ConceptMap", "id": "karta", "version": "2026", "status": "active", **more}
    return {**{key: value for key, value in given.items() if value is not None}, "group": list(groups)}


def bundle(*resources):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


@pytest.fixture
def identify(tmp_path):
    def identifying(files, hints=None):
        files = {"karta.json": files} if isinstance(files, (str, bytes)) or "resourceType" in files else files
        for name, content in files.items():
            text = json.dumps(content) if isinstance(content, (dict, list)) else content
            path = tmp_path / "paket" / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with Package(tmp_path / "paket") as package:
            return list(LOADER.identify(package, hints or Hints()))

    return identifying


@pytest.fixture
def read(identify):
    def reading(content, hints=None):
        report = Report()
        found = [replace(each, effective=each.effective or date(2026, 1, 1)) for each in identify(content, hints)]
        contents = [LOADER.read(candidate, report) for candidate in found]
        return contents[0] if len(contents) == 1 else contents, report

    return reading


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


# --- elements


@pytest.mark.parametrize(
    ("word", "relationship"),
    [
        ("relatedto", "related-to"),
        ("equivalent", "equivalent"),
        ("equal", "equivalent"),
        ("wider", "source-is-narrower-than-target"),
        ("subsumes", "source-is-narrower-than-target"),
        ("narrower", "source-is-broader-than-target"),
        ("specializes", "source-is-broader-than-target"),
        ("inexact", "related-to"),
        ("disjoint", "not-related-to"),
    ],
)
def test_equivalence_of_r4(read, word, relationship):
    content, report = read(resource(group(element("AV035", r4(equivalence=word)))))
    assert content.elements == (MapElement("AV035", "I21.9", relationship),)
    assert not report.warnings


@pytest.mark.parametrize(
    "word",
    ["related-to", "equivalent", "source-is-narrower-than-target", "source-is-broader-than-target", "not-related-to"],
)
def test_relationship_of_r5(read, word):
    content, report = read(resource(group(element("AV035", r5(relationship=word)))))
    assert content.elements == (MapElement("AV035", "I21.9", word),)
    assert not report.warnings


@pytest.mark.parametrize(
    ("given", "comment"),
    [
        (element("AV035", noMap=True), "noMap"),
        (element("AV035", {"equivalence": "unmatched"}), "unmatched"),
        (element("AV035", {"equivalence": "unmatched", "comment": "Tillägg"}), "Tillägg"),
    ],
)
def test_no_target(read, given, comment):
    content, report = read(resource(group(given)))
    assert content.elements == (MapElement("AV035", relationship="unmapped", comment=comment),)
    assert not report.warnings


@pytest.mark.parametrize(
    ("given", "kept", "kind"),
    [
        (element("AV035"), MapElement("AV035", relationship="unmapped", comment="no target"), "no-target"),
        (
            element("AV035", r4(equivalence="unmatched")),
            MapElement("AV035", relationship="unmapped", comment="target: I21.9"),
            "unmapped-with-target",
        ),
        (
            element("AV035", {"relationship": "equivalent", "display": "Infarkt"}),
            MapElement("AV035", relationship="unmapped", comment="relationship: equivalent", target_display="Infarkt"),
            "no-target",
        ),
        (element("AV035", {"code": "I219"}), MapElement("AV035", "I21.9"), "no-relationship"),
        (
            element("AV035", {"valueSet": "http://x/v", "relationship": "equivalent"}),
            MapElement("AV035", "http://x/v", "equivalent"),
            "value-set",
        ),
        (
            {"valueSet": "http://x/v", "target": [r5()]},
            MapElement("http://x/v", "I21.9", "equivalent"),
            "value-set",
        ),
        (element("AV035", r5(strength=3)), MapElement("AV035", "I21.9", "equivalent"), "unknown-member"),
    ],
)
def test_what_is_odd_is_reported_and_kept(read, given, kept, kind):
    content, report = read(resource(group(given)))
    assert content.elements == (kept,)
    assert list(report.warnings) == [kind]
    assert "karta.json#group[0].element[0]" in report.warnings[kind].examples[0]


def test_a_row_without_a_source_and_one_said_twice_are_reported(read):
    rows = ({"target": [r5()]}, element("AV035", r5(), r5("I21.9")))
    content, report = read(resource(group(*rows)))
    assert content.elements == (MapElement("AV035", "I21.9", "equivalent"),)
    assert report.warnings["duplicate-row"].examples == [
        "karta.json#group[0].element[1].target[1]: AV035 → I21.9 is at karta.json#group[0].element[1].target[0]"
    ]
    assert report.warnings["no-code"].count == 1


def test_displays_and_comments(read):
    target = r5(display="Infarkt", comment="Efter", property=[{"code": "granskad", "valueBoolean": True}])
    content, _ = read(resource(group(element("av035", target, display="Mätning"))))
    assert content.elements == (
        MapElement(
            "AV035",
            "I21.9",
            "equivalent",
            comment="Efter | granskad: true",
            source_display="Mätning",
            target_display="Infarkt",
        ),
    )


@pytest.mark.parametrize(
    ("more", "rule", "advice"),
    [
        ({"dependsOn": [{"attribute": "ålder", "valueString": RULE}]}, RULE, ""),
        ({"dependsOn": [{"property": "http://x/rule", "value": "OTHERWISE TRUE"}]}, "OTHERWISE TRUE", ""),
        ({"dependsOn": [{"property": "kön", "value": "F", "display": "kvinna"}]}, "", "dependsOn: kön = F (kvinna)"),
        ({"dependsOn": [{"property": "kön", "code": "F"}]}, "", "dependsOn: kön = F"),
        (
            {"dependsOn": [{"attribute": "kön", "valueCoding": {"code": "F", "display": "kvinna"}}]},
            "",
            "dependsOn: kön = F kvinna",
        ),
        ({"dependsOn": [{"attribute": "kön", "valueSet": "http://x/v"}]}, "", "dependsOn: kön = http://x/v"),
        (
            {"dependsOn": [{"attribute": "a", "valueQuantity": {"comparator": "<", "value": 75, "unit": "år"}}]},
            "",
            "dependsOn: a = < 75 år",
        ),
        (
            {"dependsOn": [{"attribute": "a", "valueString": RULE}, {"attribute": "b", "valueBoolean": False}]},
            RULE,
            "dependsOn: b = false",
        ),
        (
            {"product": [{"property": "sida", "value": "ZXA00"}, {"attribute": "sida", "valueCode": "ZXA05"}]},
            "",
            "product: sida = ZXA00 | product: sida = ZXA05",
        ),
        (
            {"property": [{"code": "mapRule", "valueString": RULE}, {"code": "advice", "valueString": "TÄNK"}]},
            RULE,
            "TÄNK",
        ),
    ],
)
def test_conditions_and_products(read, more, rule, advice):
    content, report = read(resource(group(element("AV035", r5(**more)))))
    assert content.elements == (MapElement("AV035", "I21.9", "equivalent", rule=rule, advice=advice),)
    assert not report.warnings


@pytest.mark.parametrize(
    ("properties", "numbers", "comment"),
    [
        ([{"code": "mapGroup", "valueInteger": 2}, {"code": "mapPriority", "valueInteger": 3}], (2, 3), ""),
        ([{"code": "priority", "valueString": "4"}], (1, 4), ""),
        ([{"code": "group", "valueString": "hjärta"}, {"code": "priority", "valueInteger": 0}], (1, 1),
         "group: hjärta | priority: 0"),
    ],
)  # fmt: skip
def test_groups_and_priorities(read, properties, numbers, comment):
    content, _ = read(resource(group(element("AV035", r5(property=properties)))))
    (found,) = content.elements
    assert ((found.group, found.priority), found.comment) == (numbers, comment)


def test_what_is_not_done_is_noted(read):
    content = resource(group(element("AV035", r4()), unmapped={"mode": "fixed", "code": "R69"}), status="draft")
    _, report = read(content)
    assert report.notes == [
        "karta.json: the map's status is draft",
        "karta.json#group[0].unmapped: not read, codes that are not in the map stay without target",
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (element("AV035", r4(equivalence="sort of")), r"target\[0\]\.equivalence: is 'sort of', not one of relatedto"),
        (element("AV035", r5(relationship="wider")), r"target\[0\]\.relationship: is 'wider', not one of related-to"),
        (element("AV035", r5(), noMap=True), r"group\[0\]\.element\[0\]\.noMap: is true, and there are targets"),
        (element("AV035", noMap="yes"), r'noMap: is "yes", not true or false'),
        (element(7, r5()), r"element\[0\]\.code: is 7, not text"),
        (element("AV035", "I219"), r'target\[0\]: is "I219", not an object'),
        ({"code": "AV035", "target": 3}, r"element\[0\]\.target: is 3, not an array"),
        (element("AV035", r5(modifierExtension=[{}])), r"target\[0\]\.modifierExtension: may change the meaning"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(read, given, message):
    with pytest.raises(ReleaseError, match=r"karta\.json#.*" + message):
        read(resource(group(given)))


def test_a_map_of_nothing_is_refused(read):
    with pytest.raises(ReleaseError, match="no map elements found"):
        read(resource(group()))


ELEMENTS = [
    element("AV035", r5(), r5("E119", "related-to")),
    element("DU007", r5("J189", "source-is-narrower-than-target")),
    element("DU008", noMap=True),
]


@settings(deadline=None, max_examples=30)
@given(elements=st.permutations(ELEMENTS), cut=st.integers(0, 3), turned=st.booleans())
def test_neither_the_order_of_elements_and_targets_nor_their_grouping_matters(tmp_path_factory, elements, cut, turned):
    elements = copy.deepcopy(elements)
    for each in elements:
        if turned and "target" in each:
            each["target"].reverse()
    path = tmp_path_factory.mktemp("karta") / "k.json"
    path.write_text(json.dumps(resource(group(*elements[:cut]), group(*elements[cut:]))), "utf-8")
    with Package(path) as package:
        (candidate,) = LOADER.identify(package, Hints())
        content = LOADER.read(candidate, Report())
    assert set(content.elements) == {
        MapElement("AV035", "I21.9", "equivalent"),
        MapElement("AV035", "E11.9"),
        MapElement("DU007", "J18.9", "source-is-narrower-than-target"),
        MapElement("DU008", relationship="unmapped", comment="noMap"),
    }
