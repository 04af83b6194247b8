"""ClaML 2.0.0 and 3.0: what a file says, the codes its modifiers make, and whose code system it is."""

from dataclasses import replace
from datetime import date
from typing import ClassVar

import pytest

from codesystems import claml, golden
from codesystems.files import Package
from codesystems.formats import claml_modifiers
from codesystems.loader import Loader, Shape, home_of
from codesystems.model import CodeSystem, Designation, Hints, Parent, Property
from codesystems.report import ReleaseError, Report

TITLE = '<Title name="Prov" version="2024">Provklassifikation</Title>'
META = '<Meta name="lang" value="sv"/>'


def rubric(kind, text, language="sv"):
    return f'<Rubric kind="{kind}"><Label xml:lang="{language}">{text}</Label></Rubric>'


def preferred(text, language="sv"):
    return rubric("preferred", text, language)


def klass(code, inside="", kind="category", title=True, **attributes):
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    name = preferred(f"Titel {code}") if title else ""
    return f'<Class code="{code}" kind="{kind}"{extra}>{inside}{name}</Class>'


def value(modifier, code, inside="", text=None, parent=None, **attributes):
    extra = "".join(f' {name}="{v}"' for name, v in attributes.items())
    return (
        f'<ModifierClass modifier="{modifier}" code="{code}"{extra}>{inside}'
        f'<SuperClass code="{parent or modifier}"/>{preferred(text or f"med {code}")}</ModifierClass>'
    )


def document(*parts, version="2.0.0", head=META + TITLE, doctype='<!DOCTYPE ClaML SYSTEM "ClaML.dtd">'):
    return f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<ClaML version="{version}">{head}{"".join(parts)}</ClaML>'


@pytest.fixture
def read(tmp_path):
    """Reads a document; returns (content, report)."""

    def reading(text, hints=None):
        path = tmp_path / "prov.xml"
        path.write_text(text, encoding="utf-8")
        with Package(path) as package:
            (candidate,) = claml.LOADER.identify(package, hints or Hints())
            report = Report()
            known = replace(candidate, effective=candidate.effective or date(2024, 1, 1))
            return claml.LOADER.read(known, report), report

    return reading


@pytest.fixture
def identify(tmp_path):
    def identifying(text, hints=None, name="prov.xml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        with Package(path) as package:
            return list(claml.LOADER.identify(package, hints or Hints()))

    return identifying


def concepts(content):
    return {concept.code: concept for concept in content.concepts}


def codes(content):
    return [concept.code for concept in content.concepts]


def display(concept, language=""):
    return next((d.value for d in concept.designations if (d.use, d.language) == ("display", language)), None)


def notes(concept, code):
    return [prop.value for prop in concept.properties if prop.code == code]


# --- what a file says


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


# --- modifiers


def test_values_are_appended_and_titles_joined(read):
    usage = '<UsageKinds><UsageKind name="aster" mark="*"/></UsageKinds>'
    content, report = read(
        document(
            usage,
            value("M", ".0", rubric("inclusion", "med medvetslöshet"), "med koma"),
            value("M", ".9", text="utan komplikation"),
            klass("E10", '<ModifiedBy code="M"/>', usage="aster"),
        )
    )
    found = concepts(content)
    assert codes(content) == ["E10", "E10.0", "E10.9"]
    assert found["E10.0"].designations == (Designation("Titel E10, med koma"), Designation("med koma", "short"))
    assert found["E10.0"].parents == (Parent("E10"),)
    assert notes(found["E10.0"], "inclusion") == ["med medvetslöshet"]
    assert notes(found["E10.0"], "usage") == ["*"]
    assert notes(found["E10"], "inclusion") == []
    assert not report.warnings


@pytest.mark.parametrize(
    ("modified_by", "made"),
    [
        ('<ModifiedBy code="M"/>', ["A1", "A2", "A3"]),
        ('<ModifiedBy code="M" all="true"/>', ["A1", "A2", "A3"]),
        ('<ModifiedBy code="M" all="false"><ValidModifierClass code="2"/></ModifiedBy>', ["A2"]),
        ('<ModifiedBy code="M"><ValidModifierClass code="2"/></ModifiedBy>', ["A2"]),
        ('<ModifiedBy code="M" all="true"><ValidModifierClass code="2"/></ModifiedBy>', ["A1", "A2", "A3"]),
        ('<ModifiedBy code="M" all="false"/>', []),
    ],
)
def test_all_values_or_those_listed(read, modified_by, made):
    content, _ = read(document(*(value("M", code) for code in "123"), klass("A", modified_by)))
    assert codes(content) == ["A", *made]


def test_a_modifier_holds_below_until_it_is_excluded(read):
    content, _ = read(
        document(
            value("M", "1"),
            klass("K", '<ModifiedBy code="M"/>', kind="chapter"),
            klass("B", '<SuperClass code="K"/>', kind="block"),
            klass("X", '<SuperClass code="K"/><ExcludeModifier code="M"/>', kind="block"),
            klass("BA", '<SuperClass code="B"/>'),
            klass("BB", '<SuperClass code="B"/><ExcludeModifier code="M"/>'),
            klass("XA", '<SuperClass code="X"/>'),
            klass("XAA", '<SuperClass code="XA"/>'),
        )
    )
    assert [code for code in codes(content) if code.endswith("1")] == ["BA1"]


def test_the_nearest_statement_of_a_modifier_counts(read):
    nearer = '<ModifiedBy code="M" all="false"><ValidModifierClass code="2"/></ModifiedBy>'
    content, _ = read(
        document(
            value("M", "1"),
            value("M", "2"),
            klass("B", '<ModifiedBy code="M"/>', kind="block"),
            klass("BA", f'<SuperClass code="B"/>{nearer}'),
            klass("BB", '<SuperClass code="B"/>'),
        )
    )
    assert codes(content)[3:] == ["BA2", "BB1", "BB2"]


def test_two_modifiers_one_after_the_other(read):
    content, _ = read(
        document(
            value("FIVE", "1", text="entgleist"),
            value("FOUR", ".0", text="mit Koma"),
            value("FOUR", ".1", text="mit Ketoazidose"),
            klass("E10", '<ModifiedBy code="FIVE"/><ModifiedBy code="FOUR"/>'),
        )
    )
    found = concepts(content)
    assert codes(content) == ["E10", "E10.0", "E10.1", "E10.01", "E10.11"]
    assert found["E10.01"].parents == (Parent("E10.0"),)
    assert display(found["E10.01"]) == "Titel E10, mit Koma, entgleist"


def test_position_decides_the_order(read):
    modified = '<ModifiedBy code="B" position="5"/><ModifiedBy code="A" position="4"/>'
    content, _ = read(document(value("A", "4"), value("B", "5"), klass("X", modified)))
    assert codes(content) == ["X", "X4", "X45"]


def test_a_value_barred_behind_another(read):
    barred = f'<Meta name="{claml_modifiers.BARRED_BEHIND}" value="FOUR .0"/>'
    content, _ = read(
        document(
            value("FOUR", ".0"),
            value("FOUR", ".1"),
            value("FIVE", "0", barred),
            value("FIVE", "1"),
            klass("E10", '<ModifiedBy code="FOUR"/><ModifiedBy code="FIVE"/>'),
        )
    )
    assert codes(content)[3:] == ["E10.01", "E10.10", "E10.11"]
    assert not any("exclude" in definition.code for definition in content.properties)


def test_values_below_values(read):
    content, _ = read(
        document(value("M", "1"), value("M", "11", parent="1"), value("M", "2"), klass("A", '<ModifiedBy code="M"/>'))
    )
    assert {concept.code: concept.parents for concept in content.concepts}["A11"] == (Parent("A1"),)
    assert codes(content) == ["A", "A1", "A11", "A2"]


def test_a_declared_code_is_not_made_and_a_dotted_value_not_put_behind_a_dot(read):
    content, report = read(
        document(
            value("M", ".0"),
            value("M", ".1"),
            klass("E10", '<ModifiedBy code="M"/>'),
            klass("E10.0", '<SuperClass code="E10"/>' + preferred("Skriven för sig"), title=False),
        )
    )
    assert codes(content) == ["E10", "E10.0", "E10.1"]
    assert display(concepts(content)["E10.0"]) == "Skriven för sig"
    assert not report.warnings


def test_titles_are_joined_in_the_languages_all_have(read):
    inside = '<ModifiedBy code="M"/>' + preferred("Kolera") + preferred("Cholera", "en") + preferred("Choléra", "fr")
    both = (
        '<ModifierClass modifier="M" code="1"><SuperClass code="M"/>'
        + preferred("akut")
        + preferred("acute", "en")
        + "</ModifierClass>"
    )
    content, _ = read(document(both, klass("A", inside, title=False)))
    made = concepts(content)["A1"]
    assert [display(made, language) for language in ("", "en", "fr")] == ["Kolera, akut", "Cholera, acute", None]


def test_unknown_modifiers_and_values_are_reported(read):
    modified = '<ModifiedBy code="N"/><ModifiedBy code="M"><ValidModifierClass code="7"/></ModifiedBy>'
    content, report = read(document(value("M", "1"), klass("A", modified)))
    assert codes(content) == ["A"]
    assert {"unknown-modifier", "unknown-modifier-class"} == report.warnings.keys()


def test_a_circle_of_superclasses_ends(read):
    content, _ = read(
        document(
            value("M", "1"),
            klass("A", '<SuperClass code="B"/><ModifiedBy code="M"/>'),
            klass("B", '<SuperClass code="A"/>'),
            klass("C", '<SuperClass code="B"/>'),
        )
    )
    assert codes(content)[3:] == ["C1"]


def test_modifiers_that_make_too_many_codes_are_refused(read, monkeypatch):
    monkeypatch.setattr(claml_modifiers, "MAX_EXPANDED", 500)
    modifiers = [value(m, digit) for m in "PQRS" for digit in "0123456789"]
    modified = "".join(f'<ModifiedBy code="{m}"/>' for m in "PQRS")
    with pytest.raises(ReleaseError, match="more than 500 codes"):
        read(document(*modifiers, klass("A", modified)))


def test_a_hierarchy_without_end_is_refused(read):
    chain = [klass(f"A{n}", f'<SuperClass code="A{n + 1}"/>') for n in range(claml_modifiers.MAX_DEPTH + 1)]
    with pytest.raises(ReleaseError, match="A0 has more than 100 classes"):
        read(document(value("M", "1"), *chain, klass("B", '<ModifiedBy code="M"/>')))


# --- whose code system


def head(uid="", name="", version="2024", title="", language="sv", authority="X"):
    return (
        f'<Meta name="lang" value="{language}"/><Identifier authority="{authority}" uid="{uid}"/>'
        f'<Title name="{name}" version="{version}">{title}</Title>'
    )


@pytest.mark.parametrize(
    ("header", "system"),
    [
        (head(uid="icd10_2016", name="ICD-10-EN-2016", language="en", authority="WHO"), "icd-10"),
        (head(name="ICD-10-EN-2019", language="en"), "icd-10"),
        (head(uid="2.16.840.1.113883.6.3", name="whatever", language="en"), "icd-10"),
        (head(uid="urn:oid:2.16.840.1.113883.6.3", language="en"), "icd-10"),
        (head(uid="http://hl7.org/fhir/sid/icd-10", language="en"), "icd-10"),
        (head(name="ICD-10-GM", language="de"), "icd-10-gm"),
        (head(name="ICD-10-GM-2025", language="de-DE"), "icd-10-gm"),
        (head(name="ICD10GM 2025", language="de"), "icd-10-gm"),
        (head(uid="icd10_2016", name="ICD-10-NL-2021", language="nl", authority="WHO"), "icd-10-nl"),
        (head(name="Vår egen lista", version="1.2"), "var-egen-lista"),
        (head(uid="1.2.3.4", name=""), "1-2-3-4"),
        (head(name="Provlista version 2024.1"), "provlista"),
    ],
)
def test_the_code_system_is_found_by_identifier_or_title(identify, header, system):
    (candidate,) = identify(document(klass("A"), head=header))
    assert candidate.system.id == system


def test_a_system_nobody_knows_is_made_from_the_header(identify):
    header = head(uid="1.2.752.99.1", name="Prov-2024", title="Provklassifikation", language="nb", authority="Region X")
    (candidate,) = identify(document(klass("A"), head=header))
    assert candidate.system == CodeSystem(
        "prov", "urn:oid:1.2.752.99.1", "Provklassifikation", "Region X", language="nb"
    )
    assert (candidate.version, candidate.effective) == ("2024", date(2024, 1, 1))


def test_the_operator_decides(identify):
    text = document(klass("A"), head=head(name="ICD-10-GM", language="de"))
    (known,) = identify(text, Hints(system="icd-10", version="2030", effective=date(2030, 4, 1)))
    assert (known.system.id, known.version, known.effective) == ("icd-10", "2030", date(2030, 4, 1))
    (new,) = identify(text, Hints(system="Min lista"))
    assert new.system.id == "min-lista"


@pytest.mark.parametrize(
    ("title", "name", "version", "effective"),
    [
        ('<Title name="P" version="2024" date="2023-09-01"/>', "a.xml", "2024", date(2024, 1, 1)),
        ('<Title name="P" version="1.3" date="2023-09-01"/>', "a.xml", "1.3", date(2023, 9, 1)),
        ('<Title name="P" date="2023-09-01"/>', "a.xml", "2023-09-01", date(2023, 9, 1)),
        ('<Title name="P"/>', "prov-2022.xml", "2022", date(2022, 1, 1)),
    ],
)
def test_version_and_effective_date(identify, title, name, version, effective):
    (candidate,) = identify(document(klass("A"), head=META + title), name=name)
    assert (candidate.version, candidate.effective) == (version, effective)


def test_other_xml_and_other_files_are_not_claimed(identify):
    assert identify("<html><body>ClaML</body></html>") == []
    assert identify("code;title\nClaML;1\n", name="a.csv") == []


def test_a_hostile_file_is_refused_by_name(identify):
    text = document(klass("A", preferred("&e;")), doctype='<!DOCTYPE ClaML [<!ENTITY e "x">]>')
    with pytest.raises(ReleaseError, match=r"prov\.xml: the document type declares entities"):
        identify(text)


class Home(Loader):
    """A code system's own loader, with everything a home can say."""

    name = "home"
    systems = (CodeSystem("hemma", "http://hemma", "Hemma", "Ägaren"),)
    claml_names: ClassVar = {"Para": "Paragraf"}
    title_joint = ": "

    def identify(self, package, hints):
        return ()

    def read(self, candidate, report):
        raise NotImplementedError

    def canonical(self, code):
        return {"I": "01"}.get(code, code.replace("_", "."))

    def part(self, code):
        return "chapters" if code == "01" else "codes"

    def shape(self, code):
        return Shape(f"level {len(code)}", f"key {code}", True if code == "01" else None)


def test_a_home_names_codes_parts_levels_and_properties(read, monkeypatch):
    home = Home()
    monkeypatch.setattr(claml, "loaders", lambda: (home,))
    monkeypatch.setattr(claml, "home_of", lambda system: home if system == "hemma" else None)
    inside = '<SuperClass code="I"/><ModifiedBy code="M"/><Meta name="Para" value="1"/>' + rubric("exclusion", "två")
    content, _ = read(
        document(
            '<UsageKinds><UsageKind name="dagger" mark="+"/></UsageKinds>',
            value("M", "_1", text="akut"),
            klass("I", kind="chapter"),
            klass("A_0", inside, usage="dagger"),
            head=head(name="Hemma", version="2024"),
        )
    )
    found = concepts(content)
    assert content.system == home.systems[0]
    assert codes(content) == ["01", "A.0", "A.0.1"]
    assert [concept.part for concept in content.concepts] == ["chapters", "codes", "codes"]
    assert found["A.0"].parents == (Parent("01"),)
    assert (found["A.0"].level, found["A.0"].sort_key) == ("level 3", "key A.0")
    assert [concept.abstract for concept in content.concepts] == [True, True, False]
    assert display(found["A.0.1"]) == "Titel A_0: akut"
    assert found["A.0"].properties == (
        Property("Manifestation(*)/Etiologi(†)", "†"),
        Property("Paragraf", "1"),
        Property("Utesluter", "två"),
    )


def test_icd_10_is_the_same_in_claml_as_in_the_list_of_titles(read):
    home = home_of("icd-10")
    content, _ = read(
        document(
            klass("I", kind="chapter"),
            klass("A00-A09", '<SuperClass code="I"/>', kind="block"),
            klass("A00", '<SuperClass code="A00-A09"/>'),
            klass("A00.0", '<SuperClass code="A00"/>'),
            head=head(name="ICD-10", version="2016", language="en"),
        )
    )
    assert [concept.level for concept in content.concepts] == ["chapter", "block", "category", "subcategory"]
    assert [concept.part for concept in content.concepts] == [home.part(code) for code in codes(content)]
    assert [concept.abstract for concept in content.concepts] == [True, True, False, False]


def test_icd_10_se_is_the_same_in_claml_as_in_its_text_files(read):
    (text,) = golden.read_release(golden.SAMPLES / "icd-10-se" / "2021")
    usage = '<UsageKinds><UsageKind name="aster" mark="*"/><UsageKind name="dagger" mark="+"/></UsageKinds>'
    names = {"*": "aster", "†": "dagger"}

    def as_class(concept):
        marks = dict([("usage", names[prop.value]) for prop in concept.properties if prop.value in names][:1])
        above = "".join(f'<SuperClass code="{parent.code}"/>' for parent in concept.parents if parent.rank == 0)
        kind = "category" if concept.level in ("subcategory", "extension") else concept.level
        return klass(concept.code, above + preferred(display(concept)), kind, title=False, **marks)

    classes = [as_class(concept) for concept in text.content.concepts]
    content, _ = read(document(usage, *classes, head=head(name="ICD-10-SE", version="2021")))
    assert content.system == text.content.system

    def shared(concept):
        kept = tuple(prop for prop in concept.properties if prop.value in names)
        nearest = tuple(parent for parent in concept.parents if parent.rank == 0)
        return replace(concept, properties=kept, parents=nearest)

    assert concepts(content) == {concept.code: shared(concept) for concept in text.content.concepts}
