"""SNOMED CT: what the rows of a release say of its concepts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codesystems.formats.rf2_rows import MemberShape
from codesystems.model import Property
from codesystems.report import Report
from codesystems.snomed import LOADER
from codesystems.snomed_rows import rows
from tests.test_codesystems.test_snomed.releases import (
    ANAEMIA,
    DEPENDENCIES,
    DOSE,
    FULL,
    IRON,
    OLD,
    REFSET,
    SITE,
    SNAPSHOT,
    candidates,
    concept,
    content,
    edit,
    one,
    values,
    without_root,
)


def test_names_are_those_that_language_refsets_prefer() -> None:
    found = concept(content(one(SNAPSHOT)), ANAEMIA)
    assert [(each.value, each.use, each.language) for each in found.designations] == [
        ("exempelanemi", "display", "sv"),
        ("Example anemia", "display", "en"),
        ("Example anaemia", "display", "en-GB"),
        ("Anemia of example (disorder)", "fsn", "en"),
        ("Too little example blood", "synonym", "en"),
        ("blodbrist av exempel", "synonym", "sv"),
        ("Exanguineous example", "synonym", "en"),
    ]
    assert (found.level, found.sort_key) == ("disorder", f"anemia of example (disorder) {ANAEMIA}")


def test_an_inactive_description_is_no_name() -> None:
    found = concept(content(candidates(FULL)[1]), ANAEMIA)
    assert "Exanguineous example" not in {each.value for each in found.designations}


def test_facts_of_a_concept() -> None:
    found = content(candidates(FULL)[1])
    iron = values(concept(found, IRON))
    assert iron[DOSE] == ["2:#15"]
    assert iron[SITE] == ["1:69999999101"]
    assert iron["owlExpression"] == [f"SubClassOf(:{IRON} :{ANAEMIA})"]
    assert values(concept(found, ANAEMIA))[DOSE] == ['2:"low"']
    assert values(concept(found, ANAEMIA))["definition"] == ["Fewer red cells than the example has room for."]
    assert values(concept(found, ANAEMIA))["memberOf"] == [REFSET]
    assert {each.code: each.title for each in found.properties}[DOSE] == "Example dose"


def test_an_inactive_concept_says_why_and_what_replaces_it() -> None:
    found = content(candidates(FULL)[1])
    old = concept(found, OLD)
    assert not old.active
    assert old.parents == ()
    assert values(old)["inactivationIndicator"] == ["900000000000482003"]
    assert "memberOf" not in values(old)
    (change,) = found.stated
    assert (change.code, change.type, change.other_code, change.automatic) == (OLD, "replaced-by", ANAEMIA, True)
    assert (change.date, change.row) == (date(2025, 5, 31), 2)


@pytest.mark.parametrize(
    ("refset", "targets", "kind", "automatic"),
    [
        ("900000000000527005", 1, "replaced-by", True),
        ("900000000000523009", 1, "replaced-by", False),
        ("900000000000523009", 2, "split", False),
        ("900000000000528000", 1, "replaced-by", False),
        ("900000000000524003", 1, "withdrawn", None),
        ("900000000000525002", 1, None, None),
    ],
)
def test_associations_as_events(
    sample: Path, refset: str, targets: int, kind: str | None, automatic: bool | None
) -> None:
    path = sample / "Refset/Content/der2_cRefset_AssociationSnapshot_SE1000052_20241130.txt"
    lines = [
        f"m{n}\t20241130\t1\t45991000052106\t{refset}\t{OLD}\t{target}" for n, target in enumerate((ANAEMIA, IRON))
    ]
    path.write_text("\n".join([path.read_text("utf-8").strip(), *lines[:targets]]) + "\n", "utf-8")
    found = content(one(sample)).stated
    assert [(each.type, each.automatic) for each in found] == ([(kind, automatic)] * targets if kind else [])


def test_packed_values_are_shown_apart() -> None:
    packed = Property("component", "900000000000207008|900000000000073002|20020131")
    assert {each.code: each.value for each in LOADER.expanded(packed)} == {
        "moduleId": "900000000000207008",
        "definitionStatusId": "900000000000073002",
        "sufficientlyDefined": "true",
        "effectiveTime": "20020131",
    }
    assert LOADER.expanded(Property(DOSE, "2:#15")) == (Property(DOSE, "2:#15"),)


@pytest.mark.parametrize(
    ("said", "group", "value", "kind"),
    [
        (f"1:{IRON}", 1, IRON, "code"),
        ("0:#15", 0, 15, "integer"),
        ("2:#-0.5", 2, -0.5, "decimal"),
        ("2:#1e999", 2, "1e999", "string"),
        ("2:#many", 2, "many", "string"),
        ('3:"low"', 3, "low", "string"),
        ("3:true", 3, True, "boolean"),
    ],
)
def test_attributes(said: str, group: int, value: object, kind: str) -> None:
    found = LOADER.attribute(Property(DOSE, said))
    assert found is not None
    assert (found.code, found.group, found.value, found.type) == (DOSE, group, value, kind)


@pytest.mark.parametrize("value", [Property("owlExpression", "1:2"), Property(DOSE, "12"), Property(DOSE, "x:1")])
def test_other_properties_are_no_attributes(value: Property) -> None:
    assert LOADER.attribute(value) is None


def test_concepts_are_made_when_they_are_walked_through() -> None:
    found = content(one(SNAPSHOT)).concepts
    walked = list(found)
    assert walked == list(found) == [found[number] for number in range(len(found))]
    assert found[-2:] == walked[-2:]
    with pytest.raises(IndexError):
        found[len(found)]


def test_what_has_no_row_is_reported(sample: Path) -> None:
    report = Report()
    without_root(sample)
    (sample / DEPENDENCIES).unlink()
    content(one(sample), report)
    assert report.warnings["orphan"].count == 6
    assert report.warnings["orphan-description"].count == 3


def test_the_same_preferred_twice_is_reported_and_the_first_shown(sample: Path) -> None:
    name = "Refset/Language/der2_cRefset_LanguageSnapshot-en_SE1000052_20241130.txt"
    edit(sample, name, "900000000000549004", "900000000000548007")
    report = Report()
    shown = [
        each.value for each in concept(content(one(sample), report), ANAEMIA).designations if each.use == "display"
    ]
    assert shown == ["exempelanemi", "Example anemia", "Example anaemia"]
    assert report.warnings["several-preferred"].count > 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://snomed.info/id/138875005", "138875005"),
        ("138875005 | SNOMED CT Concept |", "138875005"),
        (" 138875005 ", "138875005"),
        ("138875005 |", "138875005 |"),
    ],
)
def test_codes_by_uri_and_with_their_term(text: str, code: str) -> None:
    assert LOADER.canonical(text) == code


def test_rows_are_those_of_the_files() -> None:
    found = rows(one(SNAPSHOT), Report())
    concepts = list(found.concepts)
    assert len(concepts) == 10
    assert concepts[0] == (138875005, 20241130, True, 900000000000207008, 900000000000074008)
    assert sum(row.active for row in found.relationships) == 11
    assert [row.value for row in found.concretes] == ["#12.5", '"low"']
    assert {row.term for row in found.descriptions} >= {
        "exempelanemi",
        "Fewer red cells than the example has room for.",
    }
    language = [row for rows in found.language for row in zip(*(column.tolist() for column in rows), strict=True)]
    files = [path.read_text("utf-8").splitlines()[1:] for path in SNAPSHOT.rglob("*_cRefset_Language*.txt")]
    expected = [line.split("\t") for lines in files for line in lines]
    assert sorted(language) == sorted((each[2] == "1", *map(int, each[4:])) for each in expected)
    members = list(found.members)
    assert {row.shape for row in members} == {
        MemberShape(("owlExpression",), "s"),
        MemberShape(),
        MemberShape(("attributeDescription", "attributeType", "attributeOrder"), "cci"),
        MemberShape(("sourceEffectiveTime", "targetEffectiveTime"), "ss"),
    }
    assert ("449608002", "900000000000461009", "0") in {row.cells for row in members}
