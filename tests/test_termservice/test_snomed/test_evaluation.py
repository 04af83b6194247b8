"""What expressions find in an edition made by hand, and what is said where they cannot be evaluated.

Random expressions are compared with a slow evaluator in `test_oracle`; here is what that leaves out.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from codesystems.formats.rf2_rows import (
    ACCEPTABLE,
    DEFINED,
    DEFINITION,
    FULLY_SPECIFIED_NAME,
    INFERRED,
    IS_A,
    LANGUAGE_SHAPE,
    PREFERRED,
    PRIMITIVE,
    ROOT,
    SYNONYM,
    ConceptRow,
    ConcreteRow,
    DescriptionRow,
    MemberRow,
    MemberShape,
    RelationshipRow,
    Rows,
)
from termservice.snomed.arrays import Edition
from termservice.snomed.building import build
from termservice.snomed.ecl import Budget, EclError, EclTooCostly, UnknownConcept, evaluate, select

FINDING, SITE, NAME, GENERIC = 404684003, 363698007, 774167006, 859999999102
HEART, ATTACK, ASTHMA, BODY, LUNG, LEFT_LUNG = 100001, 100002, 100003, 100004, 100005, 100006
OLD, OLDER = 100008, 100009
CORE, SWEDISH_MODULE = 900000000000207008, 45991000052106
ENGLISH, BRITISH, SWEDISH = 900000000000509007, 900000000000508004, 46011000052107
SAME_AS, POSSIBLY, SIMPLE, MAP, DEPENDENCY = (
    900000000000527005, 900000000000523009, 700043003, 447562003, 900000000000534007,
)  # fmt: skip
ASSOCIATED, MAPPED = MemberShape(("targetComponentId",), "c"), MemberShape(("mapGroup", "mapTarget"), "is")
DEPENDS = MemberShape(("sourceEffectiveTime", "grouped"), "ss")


def _rows() -> Rows:
    is_a = {
        FINDING: ROOT, HEART: FINDING, ATTACK: HEART, ASTHMA: FINDING, BODY: ROOT, LUNG: BODY, LEFT_LUNG: LUNG,
        SITE: ROOT, NAME: ROOT, GENERIC: ROOT,
    }  # fmt: skip
    described = [
        (11, HEART, "en", FULLY_SPECIFIED_NAME, "Heart disease (disorder)", True),
        (12, HEART, "en", SYNONYM, "Sjögren's heart", True),
        (13, HEART, "sv", SYNONYM, "Hjärtsjukdom", True),
        (14, HEART, "en", DEFINITION, "Anything wrong with the heart", True),
        (15, ATTACK, "en", SYNONYM, "Heart attack", True),
        (16, ATTACK, "sv", SYNONYM, "Sjögrens attack", True),
        (17, ATTACK, "en", SYNONYM, "Coronary", False),
        (18, ASTHMA, "en", SYNONYM, "X-ray* asthma", True),
    ]
    return Rows(
        [ConceptRow(ROOT, 20020131, True, CORE, PRIMITIVE)]
        + [ConceptRow(id, 20200131, True, CORE, DEFINED if id == ATTACK else PRIMITIVE) for id in is_a]
        + [ConceptRow(id, 20210131, False, SWEDISH_MODULE, PRIMITIVE) for id in (OLD, OLDER)],
        [RelationshipRow(True, child, parent, 0, IS_A, INFERRED) for child, parent in is_a.items()]
        + [
            RelationshipRow(True, source, value, group, SITE, INFERRED)
            for source, value, group in ((HEART, BODY, 1), (ASTHMA, LUNG, 1), (ASTHMA, LEFT_LUNG, 2), (ATTACK, BODY, 0))
        ],
        [
            ConcreteRow(True, HEART, '"PANADOL"', 1, NAME, INFERRED),
            ConcreteRow(True, ASTHMA, '"Panadol forte"', 1, NAME, INFERRED),
            ConcreteRow(True, HEART, "true", 0, GENERIC, INFERRED),
            ConcreteRow(True, ASTHMA, "FALSE", 0, GENERIC, INFERRED),
        ],
        [
            DescriptionRow(1000000 + 10 * id, 20200131, active, CORE, concept, language, kind, term, 1)
            for id, concept, language, kind, term, active in described
        ],
        [
            MemberRow(20200131, True, CORE, ENGLISH, 1000150, LANGUAGE_SHAPE, (str(PREFERRED),)),
            MemberRow(20200131, True, CORE, BRITISH, 1000120, LANGUAGE_SHAPE, (str(ACCEPTABLE),)),
            MemberRow(20200131, True, CORE, SIMPLE, HEART, MemberShape(), ()),
            MemberRow(20200131, True, CORE, SIMPLE, OLD, MemberShape(), ()),
            MemberRow(20210131, False, CORE, SIMPLE, ASTHMA, MemberShape(), ()),
            MemberRow(20200131, True, CORE, SAME_AS, OLD, ASSOCIATED, (str(HEART),)),
            MemberRow(20200131, True, CORE, POSSIBLY, OLDER, ASSOCIATED, (str(ATTACK),)),
            MemberRow(20200131, True, CORE, MAP, HEART, MAPPED, ("1", "I51.9")),
            MemberRow(20200131, True, CORE, MAP, ATTACK, MAPPED, ("2", "I21")),
            MemberRow(20200131, True, CORE, DEPENDENCY, BODY, DEPENDS, ("20200131", "1")),
            MemberRow(20200131, True, CORE, DEPENDENCY, LUNG, DEPENDS, ("20210131", "0")),
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder: Path = tmp_path_factory.mktemp("edition") / "edition"
    build(folder, _rows())
    return Edition(folder)


FINDINGS = {HEART, ATTACK, ASTHMA}
CASES = [
    # What expressions range over
    ("*", {ROOT, FINDING, *FINDINGS, BODY, LUNG, LEFT_LUNG, SITE, NAME, GENERIC}),
    (f"{OLD}", {OLD}),
    (f"<< {OLD}", set()),
    ("* {{ C active = 0 }}", {OLD, OLDER}),
    (f"* {{{{ C id = ({OLD} {HEART}) }}}}", {HEART}),
    (f"{OLD} : {SITE} = *", set()),
    # Hierarchy and sets
    (f"<< {FINDING}", {FINDING, *FINDINGS}),
    (f"< {ROOT} MINUS << {FINDING}", {BODY, LUNG, LEFT_LUNG, SITE, NAME, GENERIC}),
    (f"!!> (<< {HEART} OR < {BODY})", {HEART, LUNG}),
    (f"!!< (>> {ATTACK} OR {LUNG})", {ATTACK, LUNG}),
    # Attributes, groups, concrete values
    (f"* : {SITE} = << {BODY}", FINDINGS),
    (f"* : [1..1] {SITE} = << {BODY}", {HEART, ATTACK}),
    (f"* : [2..2] {{ {SITE} = << {BODY} }}", {ASTHMA}),
    (f"* : {{ {SITE} = {BODY} }}", {HEART, ATTACK}),
    (f"* : {SITE} != {BODY}", {ASTHMA}),
    (f"< {FINDING} : [0..0] {SITE} = << {LUNG}", {HEART, ATTACK}),
    (f"* : R {SITE} = {ASTHMA}", {LUNG, LEFT_LUNG}),
    (f"* : [2..*] R {SITE} = *", {BODY}),
    (f"< {FINDING} . {SITE}", {BODY, LUNG, LEFT_LUNG}),
    (f'* : {NAME} = "PANADOL"', {HEART}),
    (f'* : {NAME} = "panadol"', set()),
    (f'* : {NAME} = match:"panadol"', {HEART, ASTHMA}),
    (f'* : {NAME} != "PANADOL"', {ASTHMA}),
    (f'* : {NAME} = ("PANADOL" wild:"*forte")', {HEART, ASTHMA}),
    (f"* : {GENERIC} = TRUE", {HEART}),
    (f"* : {GENERIC} != true", {ASTHMA}),
    # Descriptions
    ('* {{ term = "heart" }}', {HEART, ATTACK}),
    ('* {{ term = "att heart" }}', {ATTACK}),
    ('* {{ term = "x-ray" }}', {ASTHMA}),
    ('* {{ term = "ray" }}', {ASTHMA}),
    ('* {{ term = "ray-x" }}', set()),
    ('* {{ term = wild:"x-ray\\* *" }}', {ASTHMA}),
    ('* {{ term = wild:"heart" }}', set()),
    ('* {{ term = wild:"*heart*" }}', {HEART, ATTACK}),
    ('* {{ term = wild:"heart*attack*attack" }}', set()),
    (f'* {{{{ term = wild:"{"*a" * 40}*" }}}}', set()),
    ('* {{ term = "sjogren" }}', {HEART}),
    ('* {{ term = "sjögren" }}', {HEART, ATTACK}),
    ('* {{ term = wild:"SJOGREN*" }}', {HEART}),
    ('* {{ term = "coronary" }}', set()),
    ('* {{ term = "coronary", active = 0 }}', {ATTACK}),
    ('* {{ term = "heart", type = def }}', {HEART}),
    ('* {{ term = "heart", language = sv }}', set()),
    ('* {{ term = "heart" }} {{ language = sv }}', {HEART, ATTACK}),
    (f"* {{{{ typeId = ({FULLY_SPECIFIED_NAME} {DEFINITION}) }}}}", {HEART}),
    ("* {{ dialect = en-us (prefer) }}", {ATTACK}),
    ("* {{ dialect = en-us (accept) }}", set()),
    ("* {{ dialect = (en-us (prefer) en-gb (accept)) }}", {HEART, ATTACK}),
    ("* {{ dialect = (en-us en-gb) (accept) }}", {HEART}),
    ("* {{ dialect = sv-se }}", set()),
    (f"* {{{{ dialectId = {BRITISH} }}}}", {HEART}),
    (f"* {{{{ dialectId = ({BRITISH} ({ACCEPTABLE}) {ENGLISH} ({ACCEPTABLE})) }}}}", {HEART}),
    ("* {{ D id = 1000110 }}", {HEART}),
    # Concepts
    ("* {{ C definitionStatus = defined }}", {ATTACK}),
    (f"* {{{{ C definitionStatusId = {DEFINED} }}}}", {ATTACK}),
    ('* {{ C effectiveTime < "20200101" }}', {ROOT}),
    (f"({HEART} OR {OLD}) {{{{ C moduleId = {SWEDISH_MODULE} }}}}", {OLD}),
    # Reference sets
    (f"^ {SIMPLE}", {HEART, OLD}),
    (f"^ {SIMPLE} {{{{ M active = 0 }}}}", {ASTHMA}),
    (f'^ {SIMPLE} {{{{ M active = "*" }}}}', {HEART, OLD, ASTHMA}),
    (f"^ {SIMPLE} {{{{ M referencedComponentId = {OLD} }}}}", {OLD}),
    (f"^ {SIMPLE} {{{{ C active = true }}}}", {HEART}),
    (f"^ [targetComponentId] {SAME_AS} {{{{ M referencedComponentId = {OLD} }}}}", {HEART}),
    (f"^ {SAME_AS} {{{{ M targetComponentId = << {FINDING} }}}}", {OLD}),
    (f'^ {MAP} {{{{ M mapTarget = "I51" }}}}', {HEART}),
    (f'^ {MAP} {{{{ M mapTarget = "I5" }}}}', {HEART}),
    (f'^ {MAP} {{{{ M mapTarget = "51" }}}}', set()),
    (f'^ {MAP} {{{{ M mapTarget = wild:"i2*", mapGroup >= #2 }}}}', {ATTACK}),
    (f'^ {DEPENDENCY} {{{{ M sourceEffectiveTime > "20200131" }}}}', {LUNG}),
    (f"^ {DEPENDENCY} {{{{ M grouped = true }}}}", {BODY}),
    (f"^ ({SIMPLE} OR {MAP})", {HEART, OLD, ATTACK}),
    # History
    (f"{HEART} {{{{ + HISTORY-MIN }}}}", {HEART, OLD}),
    (f"{HEART} {{{{ + HISTORY ({SAME_AS}) }}}}", {HEART, OLD}),
    (f"{HEART} {{{{ + HISTORY ({POSSIBLY}) }}}}", {HEART}),
    (f"<< {HEART} {{{{ + HISTORY-MOD }}}}", {HEART, ATTACK, OLD}),
    (f"<< {HEART} {{{{ + HISTORY }}}}", {HEART, ATTACK, OLD, OLDER}),
    (f"<< {HEART} {{{{ + HISTORY (*) }}}}", {HEART, ATTACK, OLD, OLDER}),
    (f"(<< {HEART} {{{{ + HISTORY-MAX }}}}) {{{{ C active = 0 }}}}", {OLD, OLDER}),
]


@pytest.fixture(scope="module")
def refsets(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """With the reference sets' own concepts, so that expressions can be about several."""
    rows = _rows()
    own = [SIMPLE, MAP, SAME_AS, POSSIBLY]
    rows.concepts = [*rows.concepts, *(ConceptRow(id, 20200131, True, CORE, PRIMITIVE) for id in own)]
    folder = tmp_path_factory.mktemp("refsets") / "edition"
    build(folder, rows)
    return Edition(folder)


@pytest.mark.parametrize(("text", "found"), CASES)
def test_expression(edition: Edition, refsets: Edition, text: str, found: set[int]):
    used = refsets if f"({SIMPLE} OR" in text else edition
    assert set(used.ids_of(evaluate(used, text)).tolist()) == found


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("< 99999999", "unknown SNOMED CT concept 99999999, whose check digit is wrong", 2),
        (f"{HEART} OR 22298006", "unknown SNOMED CT concept 22298006", 10),
        ("^ 22298006", "unknown SNOMED CT concept 22298006", 2),
        (f"{OLD} : 22298006 = *", "unknown SNOMED CT concept 22298006", 9),
        ("* {{ moduleId = 22298006 }}", "unknown SNOMED CT concept 22298006", 16),
        ("LOINC#54486-6", "no alternate identifiers", 0),
        ("* {{ dialect = en-xx }}", "unknown dialect alias 'en-xx'", 15),
        (f"^ [mapTarget] {MAP}", "'mapTarget' holds no concepts", 0),
        (f"^ [valueId] {MAP}", "no member of these reference sets has a field 'valueId'", 0),
        (f"^ [mapGroup, mapTarget] {MAP}", "several fields", 0),
        (f"^ {ENGLISH}", f"descriptions as members, not concepts: {{{{ dialectId = {ENGLISH} }}}}", 2),
        (f"^ {MAP} {{{{ M valueId = * }}}}", "'valueId'; it has referencedComponentId, mapGroup, mapTarget", 17),
        (f"^ {MAP} {{{{ M mapGroup = * }}}}", "'mapGroup' is compared with a number", 17),
        (f"* : {{ R {SITE} = * }}", "a reversed attribute cannot stand in a group", 8),
    ],
)  # fmt: skip
def test_error_at_evaluation(edition: Edition, text: str, message: str, position: int):
    with pytest.raises(EclError) as caught:
        evaluate(edition, text)
    assert message in caught.value.message
    assert caught.value.position == position


def test_unknown_concepts_are_told_apart(edition: Edition):
    with pytest.raises(UnknownConcept) as caught:
        evaluate(edition, "<< 22298006")
    assert caught.value.id == 22298006


def test_time_is_bounded(edition: Edition):
    with pytest.raises(EclTooCostly, match="longer than 0 s") as caught:
        evaluate(edition, f"<< {HEART}", Budget(seconds=0))
    assert (caught.value.status, caught.value.code) == (422, "too-costly")


def test_depth_is_bounded(edition: Edition):
    nested = "(" * 30 + f"{HEART} OR {LUNG}" + ")" * 30
    assert len(evaluate(edition, nested)) == 2
    with pytest.raises(EclTooCostly, match="nested deeper than 20"):
        evaluate(edition, nested, Budget(depth=20))


def test_result_is_the_callers_own(edition: Edition):
    for text in ("*", f"<< {ROOT}"):
        evaluate(edition, text).clear()
        assert evaluate(edition, text) == edition.substrate != evaluate(edition, f"{HEART}")


def test_selection_of_fields(edition: Edition):
    selected = select(edition, f"^ [referencedComponentId, MAPTARGET] {MAP} {{{{ M mapGroup > #0 }}}}")
    assert selected is not None
    assert selected.fields == ("referencedComponentId", "mapTarget")
    assert (selected.rows, selected.total) == (((str(HEART), "I51.9"), (str(ATTACK), "I21")), 2)
    everything = select(edition, f"^ [*] {MAP}", limit=1)
    assert everything is not None
    assert everything.fields == ("referencedComponentId", "mapGroup", "mapTarget")
    assert (everything.rows, everything.total) == (((str(HEART), 1, "I51.9"),), 2)
    second = select(edition, f"^ [*] {MAP}", limit=1, offset=1)
    assert second is not None
    assert ([row[::2] for row in second.rows], second.total) == ([(str(ATTACK), "I21")], 2)


def test_selection_of_an_unknown_field(edition: Edition):
    with pytest.raises(EclError, match="has a field 'mapRule'"):
        select(edition, f"^ [mapRule] {MAP}")


@pytest.mark.parametrize("text", ["*", f"^ {MAP}", f"< ^ [targetComponentId] {SAME_AS}"])
def test_expressions_that_give_concepts_select_nothing(edition: Edition, text: str):
    assert select(edition, text) is None
