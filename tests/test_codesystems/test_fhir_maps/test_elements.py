"""Elements and targets of FHIR ConceptMaps, in the words of R4 and of R5."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesystems.fhir_maps import LOADER
from codesystems.files import Package
from codesystems.maps import MapElement
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report
from tests.test_codesystems.test_fhir_maps.resources import RULE, element, group, r4, r5, resource


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
