"""SNOMED CT as a provider, on the Swedish samples; and the implicit value sets, on a real subset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codesystems.golden import SAMPLES
from codesystems.model import Hints
from termservice import ingest
from termservice.fhir.contains import Writer
from termservice.fhir.expansion import Asked as Expanding
from termservice.fhir.expansion import expanded
from termservice.fhir.issues import Failure
from termservice.fhir.languages import Languages
from termservice.fhir.library import Library, Source
from termservice.fhir.membership import Composition
from termservice.fhir.model import Coding, ConceptRef, Designation, Entry, Filter, Include, ValueSet
from termservice.fhir.options import VersionRules
from termservice.fhir.resolving import Resolver
from termservice.fhir.snomed import SnomedProvider
from termservice.fhir.snomedmaps import association
from termservice.fhir.sources import source
from termservice.service import TerminologyService

SCT = "http://snomed.info/sct"
SWEDISH = f"{SCT}/45991000052106"
OLDER, NEWER = f"{SWEDISH}/version/20241130", f"{SWEDISH}/version/20250531"
SUBSET = "http://snomed.info/xsct/31000003106/version/20250909"
FINDING, ANEMIA, IRON, MILD = "19999999103", "29999999105", "39999999107", "49999999102"
SITE, BLOOD, DOSE, GONE, REFSET = "59999999104", "69999999101", "79999999109", "89999999106", "109999999109"


def known(home: Path) -> Iterator[Source]:
    service = TerminologyService(home)
    yield source(service)
    service.close()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    home = tmp_path_factory.mktemp("sample") / "home"
    folders = sorted(folder for folder in (SAMPLES / "snomed-ct").iterdir() if folder.is_dir())
    assert not ingest.load(home, folders, ingest.Options()).refused
    yield from known(home)


@pytest.fixture(scope="module")
def subset(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    home = tmp_path_factory.mktemp("subset") / "home"
    options = ingest.Options(hints=Hints(version=SUBSET))
    assert not ingest.load(home, [shared_data / "snomed-ct/subset-20250909"], options).refused
    yield from known(home)


@pytest.fixture
def provider(sample: Source) -> SnomedProvider:
    return of(sample)


def of(known: Source, version: str = "") -> SnomedProvider:
    found = known.provider(SCT, version)
    assert isinstance(found, SnomedProvider)
    return found


def entry(provider: SnomedProvider, code: str) -> Entry:
    number = provider.number(code)
    assert number is not None
    (found,) = provider.entries([number])
    return found


def selected(provider: SnomedProvider, property: str, op: str, value: str) -> set[str]:
    return {each.code for each in provider.entries(list(provider.select(Filter(property, op, value))))}


@pytest.mark.parametrize("system", [SCT, SWEDISH, NEWER, "urn:oid:2.16.840.1.113883.6.96"])
def test_an_edition_is_known_by_its_uris(sample: Source, system: str) -> None:
    found = sample.provider(system, "")
    assert found is not None
    assert found.meta.canonical == f"{SCT}|{NEWER}"
    assert found.meta.edition == "Swedish Edition"
    assert list(sample.versions(system)) == [OLDER, NEWER]


def test_versions_by_edition_and_by_day(sample: Source) -> None:
    assert of(sample, OLDER).meta.version == OLDER
    assert of(sample, SWEDISH).meta.version == NEWER
    found = sample.provider(OLDER, "")
    assert found is not None
    assert found.meta.version == OLDER
    assert sample.provider(SCT, f"{SCT}/900000000000207008/version/20250101") is None
    assert sample.provider(SCT, f"{SCT}/900000000000207008") is None


@pytest.mark.parametrize("code", ["0", "", "abc", "0138875005", "1" * 40, "138875005 ", "138875006", "١٣٨٨٧٥٠٠٥"])
def test_what_is_no_code(provider: SnomedProvider, code: str) -> None:
    assert provider.number(code) is None


def test_names_are_by_what_language_refsets_say(provider: SnomedProvider) -> None:
    anemia = entry(provider, ANEMIA)
    assert anemia.display == "Example anemia"
    full = Coding(SCT, "900000000000003001", display="Fully specified name")
    synonym = Coding(SCT, "900000000000013009", display="Synonym")
    assert anemia.designations == (
        Designation("Anemia of example (disorder)", "en", full),
        Designation("Example anemia", "en", synonym),
        Designation("Example anaemia", "en-GB", synonym),
        Designation("exempelanemi", "sv", synonym),
        Designation("Too little example blood", "en", synonym, minor=True),
        Designation("blodbrist av exempel", "sv", synonym, minor=True),
        Designation("Exanguineous example", "en", synonym, status="inactive"),
    )
    assert anemia.definition == "Fewer red cells than the example has room for."


@pytest.mark.parametrize(
    ("languages", "display"),
    [
        ("", "Example anemia"),
        ("sv", "exempelanemi"),
        ("sv-SE", "exempelanemi"),
        ("en", "Example anemia"),
        ("en-US", "Example anemia"),
        ("en-GB", "Example anaemia"),
        ("de", "Example anemia"),
    ],
)
def test_displays_in_a_language(provider: SnomedProvider, languages: str, display: str) -> None:
    assert Languages.parse(languages).display(entry(provider, ANEMIA), provider.meta) == display


def test_properties(provider: SnomedProvider) -> None:
    values = {(each.code, each.value, each.type) for each in entry(provider, IRON).properties}
    day = {value for code, value, _ in values if code == "effectiveTime"}
    assert all(isinstance(each, str) and len(each) == 10 for each in day)
    assert {value for value in values if value[0] != "effectiveTime"} == {
        ("inactive", False, "boolean"),
        ("moduleId", "45991000052106", "code"),
        ("sufficientlyDefined", True, "boolean"),
        (SITE, BLOOD, "code"),
        (DOSE, 15, "integer"),
    }
    gone = entry(provider, GONE)
    assert (gone.active, gone.status) == (False, "inactive")


@pytest.mark.parametrize(
    ("property", "op", "value", "codes"),
    [
        ("concept", "is-a", ANEMIA, {ANEMIA, IRON, MILD}),
        ("concept", "descendent-of", ANEMIA, {IRON, MILD}),
        ("concept", "child-of", FINDING, {ANEMIA, "99999999108"}),
        ("concept", "generalizes", IRON, {IRON, ANEMIA, FINDING, "138875005"}),
        ("concept", "descendent-leaf", FINDING, {IRON, MILD, "99999999108"}),
        ("concept", "is-a", "12345", set()),
        ("concept", "=", IRON, {IRON}),
        ("concept", "in", f"{IRON},{MILD}", {IRON, MILD}),
        ("constraint", "=", f"< {ANEMIA} MINUS {MILD}", {IRON}),
        ("constraint", "=", f"* : {DOSE} > #10", {IRON}),
        ("parent", "=", ANEMIA, {IRON, MILD}),
        ("child", "=", ANEMIA, {FINDING}),
        (SITE, "=", BLOOD, {ANEMIA, IRON, MILD}),
        (SITE, "is-a", "138875005", {ANEMIA, IRON, MILD}),
        (SITE, "exists", "true", {ANEMIA, IRON, MILD}),
        (DOSE, "exists", "true", {ANEMIA, IRON}),
        (DOSE, "=", "15", {IRON}),
        (DOSE, "in", "16, low", {ANEMIA}),
        (DOSE, "=", "true", set()),
        (DOSE, "=", 'a "word" \\', set()),
        ("sufficientlyDefined", "=", "true", {IRON, MILD}),
        ("inactive", "=", "true", {GONE}),
        ("moduleId", "=", "900000000000012004", {"116680003"}),
        ("moduleId", "=", "none", set()),
        ("semanticTag", "=", "body structure", {BLOOD}),
        ("semanticTag", "=", 'no " such * tag', set()),
    ],
)
def test_filters(provider: SnomedProvider, property: str, op: str, value: str, codes: set[str]) -> None:
    assert selected(provider, property, op, value) == codes


def test_filters_that_leave_out(provider: SnomedProvider) -> None:
    everything = {each.code for each in provider.entries(list(provider.everything()))}
    assert selected(provider, "concept", "is-not-a", ANEMIA) == everything - {ANEMIA, IRON, MILD}
    assert selected(provider, "concept", "not-in", IRON) == everything - {IRON}
    assert selected(provider, "sufficientlyDefined", "=", "false") == everything - {IRON, MILD}
    assert selected(provider, "expressions", "=", "false") == everything
    assert selected(provider, DOSE, "exists", "false") == everything - {ANEMIA, IRON}
    assert GONE not in selected(provider, "constraint", "=", "*")


def test_members_of_a_reference_set(provider: SnomedProvider) -> None:
    members = selected(provider, "constraint", "=", f"^ {REFSET}")
    assert members
    assert selected(provider, "concept", "in", REFSET) == members
    assert provider.is_reference_set(REFSET)
    assert not provider.is_reference_set(ANEMIA)
    assert not provider.is_reference_set("none")


@pytest.mark.parametrize(
    ("property", "op", "value"),
    [("taste", "=", "x"), ("moduleId", "regex", "x"), ("concept", "exists", "true"), ("123456789", "=", "x")],
)
def test_what_is_no_filter_says_so(provider: SnomedProvider, property: str, op: str, value: str) -> None:
    with pytest.raises(Failure, match="not supported"):
        provider.select(Filter(property, op, value))


@pytest.mark.parametrize("constraint", ["< 99999999", "<< 138875005 OR <", "* AND * OR *"])
def test_a_wrong_constraint_is_told_with_the_constraint(provider: SnomedProvider, constraint: str) -> None:
    with pytest.raises(Failure) as raised:
        provider.select(Filter("constraint", "=", constraint))
    (issue,) = raised.value.issues
    assert (issue.code, issue.kind, issue.message_id) == ("invalid", "vs-invalid", "INVALID_ECL")
    assert f"'{constraint}'" in issue.text


def test_order_is_worked_out_for_what_is_asked_only(provider: SnomedProvider) -> None:
    everything = provider.everything()
    ordered = provider.ordered(everything)
    whole = list(ordered)
    assert len(ordered) == len(whole) == len(everything)
    assert sorted(whole) == list(everything)
    assert ordered[2:5] == whole[2:5]
    assert ordered[-1] == whole[-1]
    assert ordered[3] == whole[3]
    below = provider.select(Filter("concept", "child-of", ANEMIA))
    assert provider.children(provider.number(ANEMIA) or 0) == [each for each in whole if each in below]


def test_text_is_found_within_a_set(provider: SnomedProvider) -> None:
    found = provider.text("exempelanemi")
    assert provider.number(ANEMIA) in found
    below = provider.select(Filter("concept", "descendent-of", ANEMIA))
    assert provider.number(ANEMIA) not in provider.text("anemia", within=below)
    assert set(provider.text("anemia", within=below)) == set(below)


@pytest.mark.parametrize(
    ("property", "op", "value", "held"),
    [
        ("concept", "is-a", FINDING, True),
        ("concept", "is-a", ANEMIA, True),
        ("concept", "descendent-of", ANEMIA, True),
        ("concept", "child-of", FINDING, False),
        ("concept", "is-not-a", FINDING, False),
        ("concept", "is-not-a", BLOOD, True),
        ("concept", "=", ANEMIA, False),
        ("concept", "in", REFSET, False),
        ("constraint", "=", f"< {FINDING}", True),
        ("constraint", "=", ANEMIA, False),
        (DOSE, "exists", "true", True),
        (DOSE, "exists", "false", False),
        (SITE, "=", BLOOD, True),
        ("expressions", "=", "true", True),
        ("expressions", "=", "false", False),
        ("moduleId", "=", "45991000052106", False),
    ],
)
def test_whether_filters_hold_an_expression(
    provider: SnomedProvider, property: str, op: str, value: str, held: bool
) -> None:
    assert provider.holds(Filter(property, op, value), f"{ANEMIA} + {MILD}") is held


@pytest.mark.live
def test_expressions_are_told_with_terms_and_what_they_say(subset: Source) -> None:
    provider = of(subset)
    assert provider.meta.edition == "International Edition"
    found = provider.parse("367430006:{272741003=24028007}")
    assert found is not None
    assert found.display == "367430006|Repair of tendon of hand|:{272741003|Laterality|=24028007|Right|}"
    values = {(each.code, each.value) for each in found.properties}
    assert {("272741003", "24028007"), ("260686004", "257903006"), ("parent", "119657005")} <= values
    assert provider.parse("I21.9") is None
    assert provider.parse("367430006") is None
    with pytest.raises(Failure, match="Not a valid expression: Concept 24028007 is not valid in this context"):
        provider.parse("367430006:{24028007=272741003}")


@pytest.mark.live
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2258),
        ("=isa/10200004", 310),
        ("=ecl/%3C%2010200004", 309),
        ("=ecl/*", 2251),
        ("=refset/900000000000526001", 1),
        ("=refset/734139008", 28),
    ],
)
@pytest.mark.parametrize("base", [SCT, SUBSET, "http://snomed.info/xsct/31000003106"])
def test_implicit_value_sets(subset: Source, base: str, query: str, count: int) -> None:
    valueset = subset.valueset(f"{base}?fhir_vs{query}", "")
    assert valueset is not None
    (include,) = valueset.includes
    assert (include.system, include.version) == (SCT, "" if base == SCT else base)
    provider = of(subset, include.version)
    found = provider.everything()
    for each in include.filters:
        found &= provider.select(each)
    assert len(found) == count


@pytest.mark.live
def test_what_is_not_there_implies_no_value_set(subset: Source) -> None:
    for query in ("=isa/4106070063", "=refset/71388002", "=refset/x"):
        assert subset.valueset(f"{SCT}?fhir_vs{query}", "") is None
    assert subset.valueset(f"{SWEDISH}?fhir_vs", "") is None


def test_historical_associations_are_maps(sample: Source) -> None:
    library = Library(sample)
    found = association(library, f"{SCT}?fhir_cm=900000000000526001")
    assert found is not None
    (match,) = found.matches(Coding(SCT, GONE), backwards=False)
    assert (match.target.code, match.relationship) == (ANEMIA, "equivalent")
    assert match.target.display == "Example anemia"
    (back,) = found.matches(match.target, backwards=True)
    assert (back.source.code, back.target.code) == (GONE, ANEMIA)
    assert found.matches(Coding(SCT, IRON), backwards=False) == []
    assert found.matches(Coding("http://example.org/other", GONE), backwards=False) == []


@pytest.mark.parametrize("query", ["", "?fhir_cm=", "?fhir_cm=x", f"?fhir_cm={REFSET}", "?fhir_cm=138875005"])
def test_other_urls_imply_no_association(sample: Source, query: str) -> None:
    assert association(Library(sample), SCT + query) is None
    assert association(Library(sample), "http://example.org/none?fhir_cm=900000000000526001") is None


@pytest.mark.live
def test_expressions_that_a_value_set_lists_are_expanded(subset: Source) -> None:
    codes = ["128241005", "128241005:{363698007=181268008}", "128241005:{24028007=272741003}", "nothing"]
    include = Include(SCT, SUBSET, tuple(map(ConceptRef, codes)))
    valueset = ValueSet("http://example.org/listed", includes=(include,))
    composition = Composition(valueset, Resolver(Library(subset), VersionRules({}, {}, {}, {})))

    def shown(**asked: Any) -> tuple[int, list[str]]:
        found = expanded(composition, Expanding(**asked))
        return found.total, [each["display"] for each in Writer(Languages()).contains(found.nodes)]

    plain, refined = (
        "Inflammatory disease of liver",
        ("128241005|Inflammatory disease of liver|:{363698007|Finding site|=181268008|Entire liver|}"),
    )
    assert shown() == (2, [plain, refined])
    assert shown(offset=1, count=1) == (2, [refined])
    assert shown(count=1) == (2, [plain])
    assert shown(text="entire") == (1, [refined])
    assert shown(without=frozenset([SCT])) == (0, [])
