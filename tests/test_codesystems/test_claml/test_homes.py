"""A code system with a loader of its own is in ClaML as it is in its other formats."""

from dataclasses import replace
from typing import ClassVar

from codesystems import claml, golden
from codesystems.loader import Loader, Shape, home_of
from codesystems.model import CodeSystem, Parent, Property
from tests.test_codesystems.test_claml.documents import (
    codes,
    concepts,
    display,
    document,
    head,
    klass,
    preferred,
    rubric,
    value,
)


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
