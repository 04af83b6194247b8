"""The codes that ClaML's modifiers make."""

import pytest

from codesystems.formats import claml_modifiers
from codesystems.model import Designation, Parent
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
