"""ClaML 2.0.0 and 3.0: what a file says, and what of it is reported or refused."""

from datetime import date

import pytest

from codesystems.model import Designation, Parent, Property
from codesystems.report import ReleaseError
from tests.test_codesystems.test_claml.documents import (
    codes,
    concepts,
    display,
    document,
    klass,
    notes,
    preferred,
    rubric,
    value,
)


def test_classes_with_titles_kinds_and_parents(read):
    content, report = read(
        document(
            klass("I", '<SubClass code="A"/>', kind="chapter"),
            klass("A", '<SuperClass code="I"/>', kind="block"),
            klass("A1", '<SuperClass code="A"/>'),
        )
    )
    found = concepts(content)
    assert [display(concept) for concept in content.concepts] == ["Titel I", "Titel A", "Titel A1"]
    assert [concept.level for concept in content.concepts] == ["chapter", "block", "category"]
    assert [concept.abstract for concept in content.concepts] == [True, True, False]
    assert found["A1"].parents == (Parent("A"),)
    assert found["I"].parents == ()
    assert (content.version, content.effective) == ("2024", date(2024, 1, 1))
    assert not report.warnings


def test_parents_from_subclass_where_no_superclass_is_stated(read):
    content, _ = read(document(klass("A", '<SubClass code="A1"/><SubClass code="A2"/>'), klass("A1"), klass("A2")))
    assert [concept.parents for concept in content.concepts] == [(), (Parent("A"),), (Parent("A"),)]


def test_several_superclasses_are_several_parents(read):
    content, _ = read(document(klass("A"), klass("B"), klass("C", '<SuperClass code="A"/><SuperClass code="B"/>')))
    assert concepts(content)["C"].parents == (Parent("A"), Parent("B"))


def test_a_superclass_without_a_class_is_reported(read):
    _, report = read(document(klass("A1", '<SuperClass code="A"/>')))
    assert "A1 has the parent A" in report.warnings["orphan"].examples[0]


def test_version_3_with_a_namespace_reads_the_same(read):
    parts = (klass("A"), klass("A1", '<SuperClass code="A"/>'))
    old, _ = read(document(*parts))
    new, report = read(document(*parts, version="3.0").replace("<ClaML ", '<ClaML xmlns="urn:iso:claml:3" '))
    assert new.concepts == old.concepts
    assert not report.warnings


def test_rubrics_become_notes_in_order_and_kinds_without_any_are_covered(read):
    kinds = "".join(f'<RubricKind name="{kind}"/>' for kind in ("preferred", "inclusion", "exclusion"))
    content, _ = read(
        document(
            f"<RubricKinds>{kinds}</RubricKinds>",
            klass("A", rubric("inclusion", "ett") + rubric("coding-hint", "koda även") + rubric("inclusion", "två")),
        )
    )
    assert concepts(content)["A"].properties == (
        Property("inclusion", "ett"),
        Property("coding-hint", "koda även"),
        Property("inclusion", "två"),
    )
    assert {definition.code for definition in content.properties if definition.note} == {
        "inclusion",
        "exclusion",
        "coding-hint",
    }
    assert ("all", "property:exclusion") in content.covers
    assert ("all", "property:preferred") not in content.covers


def test_the_long_title_is_the_display_and_the_other_a_short_form(read):
    long = rubric("preferredLong", "Magsår: akut, med blödning")
    content, _ = read(document(klass("A", preferred("med blödning") + long, title=False)))
    assert concepts(content)["A"].designations == (
        Designation("Magsår: akut, med blödning"),
        Designation("med blödning", "short"),
    )


def test_languages_of_titles_and_notes(read):
    inside = preferred("Kolera", "sv-SE") + preferred("Cholera", "en") + rubric("inclusion", "by vibrio", "en")
    content, _ = read(document(klass("A", inside, title=False)))
    assert content.system.language == "sv"
    assert concepts(content)["A"].designations == (Designation("Kolera"), Designation("Cholera", language="en"))
    assert concepts(content)["A"].properties == (Property("inclusion-en", "by vibrio"),)


def test_a_second_title_in_one_language_is_a_synonym(read):
    content, _ = read(document(klass("A", preferred("ett") + preferred("två"), title=False)))
    assert concepts(content)["A"].designations == (Designation("ett"), Designation("två", "synonym"))


def test_usage_is_a_mark(read):
    usage = '<UsageKinds><UsageKind name="aster" mark="*"/><UsageKind name="dagger" mark="+"/></UsageKinds>'
    content, _ = read(document(usage, klass("A", usage="dagger"), klass("B", usage="aster"), klass("C")))
    assert [notes(concept, "usage") for concept in content.concepts] == [["†"], ["*"], []]
    assert ("all", "property:usage") in content.covers


def test_metas_are_properties(read):
    content, _ = read(document(klass("A", '<Meta name="Para295" value="P"/><Meta name="Tom" value=""/>')))
    assert concepts(content)["A"].properties == (Property("Para295", "P"),)
    assert ("all", "property:Tom") in content.covers


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("  rad\n   ett ", "rad ett"),
        ("tyfoid <Reference code='A01.0'>A01.0</Reference>", "tyfoid (A01.0)"),
        ("tyfoid<Reference code='A01.0'>A01.0</Reference>.", "tyfoid (A01.0)."),
        ("tyfoid (<Reference code='A01.0'>A01.0</Reference>, akut)", "tyfoid (A01.0, akut)"),
        ("tyfoid <Reference code='A01.0'>(A01.0)</Reference>", "tyfoid (A01.0)"),
        ("tyfoid <Reference code='A01.0'/>", "tyfoid (A01.0)"),
        ("meningit <Reference usage='aster'>G01</Reference>", "meningit (G01*)"),
        ("meningit <Reference usage='aster'>G01*</Reference>", "meningit (G01*)"),
        ("<Fragment type='list'>Kolera</Fragment><Fragment type='item'>akut</Fragment>", "Kolera akut"),
        ("<Para>ett</Para>\n  <Para>två <Term class='italics'>kursivt</Term></Para>", "ett\ntvå kursivt"),
        ("Följande:<List><ListItem><Para>a</Para></ListItem><ListItem>b</ListItem></List>", "Följande:\n- a\n- b"),
        ("<Table><TBody><Row><Cell>1</Cell><Cell>2</Cell></Row><Row><Cell>3</Cell></Row></TBody></Table>", "1 | 2\n3"),
        ("H<Term class='subscript'>2</Term>O", "H2O"),
    ],
)
def test_labels_as_plain_text(read, label, text):
    usage = '<UsageKinds><UsageKind name="aster" mark="*"/></UsageKinds>'
    content, report = read(document(usage, klass("A", rubric("note", label))))
    assert notes(concepts(content)["A"], "note") == [text]
    assert not report.warnings


def test_what_the_format_does_not_know_is_reported(read):
    inside = rubric("note", "<Blink>text</Blink><Include class='B' rubric='D1'/>") + "<Sound/>" + rubric("text", " ")
    content, report = read(document(klass("A", inside)))
    assert notes(concepts(content)["A"], "note") == ["text"]
    assert report.warnings["unknown-element"].count == 3
    assert report.warnings["empty-label"].count == 1


def test_a_class_without_title_or_code_is_reported(read):
    content, report = read(document(klass("A", title=False), klass(""), klass("B")))
    assert codes(content) == ["A", "B"]
    assert {"no-title", "row-without-code"} == report.warnings.keys()


def test_the_same_code_twice(read):
    _, report = read(document(klass("A"), klass("A")))
    assert report.warnings["duplicate-row"].count == 1
    with pytest.raises(ReleaseError, match="A has two titles"):
        read(document(klass("A"), klass("A", preferred("en annan"), title=False)))


def test_a_file_without_classes_is_refused(read):
    with pytest.raises(ReleaseError, match="no Class"):
        read(document())


def test_a_modifier_class_without_code_is_refused_with_its_line(read):
    with pytest.raises(ReleaseError, match=r"prov\.xml:\d+: a ModifierClass without code"):
        read(document(value("M", ""), klass("A")))
