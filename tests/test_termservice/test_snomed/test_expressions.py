"""Postcoordinated expressions: read, checked, written, and judged by expression constraints."""

from __future__ import annotations

from random import Random

import pytest

from termservice.snomed import ecl, expressions
from termservice.snomed.arrays import Edition
from termservice.snomed.building import build
from termservice.snomed.expressions import Concept, Expression, ExpressionError
from termservice.snomed.expressions.syntax import Attribute, Number, Text, Truth
from tests.test_termservice.test_snomed import editions

A, B, C = (Concept(id) for id in (100001, 100002, 100003))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("100001", Expression((A,))),
        ("100001 |a term|", Expression((Concept(100001, "a term"),))),
        ("=== 100001 + 100002", Expression((A, B), status="===")),
        ("<<<100001", Expression((A,), status="<<<")),
        ("100001:100002=100003", Expression((A,), (Attribute(B, C),))),
        (
            "100001 : 100002 = 100003 , 100002 = 100001",
            Expression((A,), (Attribute(B, C), Attribute(B, A))),
        ),
        ("100001:{100002=100003}", Expression((A,), (), ((Attribute(B, C),),))),
        (
            "100001:100002=100001,{100002=100003}{100002=100001,100003=100003}",
            Expression((A,), (Attribute(B, A),), ((Attribute(B, C),), (Attribute(B, A), Attribute(C, C)))),
        ),
        (
            "100001:100002=(100003+100001:100002=100003)",
            Expression((A,), (Attribute(B, Expression((C, A), (Attribute(B, C),))),)),
        ),
        (
            '100001:100002=#-2.50,100002="a \\"b\\"",100002=true',
            Expression((A,), (Attribute(B, Number("-2.50")), Attribute(B, Text('a "b"')), Attribute(B, Truth(True)))),
        ),
    ],
)
def test_expressions_are_read(text: str, tree: Expression) -> None:
    assert expressions.parse(text) == tree
    written = expressions.written(tree, lambda id: "a term")
    assert expressions.written(expressions.parse(written), lambda id: "a term") == written


@pytest.mark.parametrize(
    "text",
    ["", "100001:", "100001:{}", "100001:100002", "100001:{100002=100003", "100001 100002", "(100001)", "1", "x"],
)
def test_what_is_no_expression_says_where(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"ends too early|is not understood \(character \d+\)"):
        expressions.parse(text)


def test_expressions_have_their_limits() -> None:
    with pytest.raises(ExpressionError, match="longer"):
        expressions.parse("100001+" * 5000 + "100001")
    with pytest.raises(ExpressionError, match="deeper"):
        expressions.parse("100001:100002=(" * 60 + "100001" + ")" * 60)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("100001", False),
        ("abc:1", False),
        ("I21.9", False),
        ("100001|x|", True),
        ("100001:", True),
        (" === 100001", True),
        ("100001+1", True),
        ("100001:x", True),
    ],
)
def test_what_is_meant_to_be_an_expression(text: str, meant: bool) -> None:
    assert expressions.looks_like(text) is meant


@pytest.fixture(scope="module", params=(0, 1, 3, 4))
def edition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("edition") / "arrays"
    build(folder, editions.edition(request.param))
    return Edition(folder)


REFINEMENTS = [
    "{0} = *",
    "{0} = << {1}",
    "{0} != << {1}",
    "[0..0] {0} = *",
    "[2..*] {0} = *",
    "[1..1] {0} = *, [1..1] {2} = *",
    "{{ {0} = *, {2} = * }}",
    "[0..1] {{ {0} = * }}",
    "{{ [2..2] {0} = * }}",
    "{0} = * OR {{ {2} = << {1} }}",
    "1142135004 >= #2",
    "1142135004 != #1",
    "{{ 1142135004 = #1, {0} = * }}",
    "* = << {1}",
]


def test_a_definition_written_as_an_expression_satisfies_what_its_concept_does(edition: Edition) -> None:
    """Over refinements: a concept without attributes, refined by those of another, has what that one has."""
    random = Random(1)
    bare = next(place for place in edition.substrate if not edition.attributes.of(place))
    asked = 0
    for place in edition.substrate:
        if any(not each.concrete and each.value not in edition.substrate for each in edition.attributes.of(place)):
            continue  # what `*` stands for as a value is active
        expression = _defined(edition, bare, place)
        for pattern in REFINEMENTS:
            first, second = random.sample(editions.TYPES, 2)
            constraint = "* : " + pattern.format(first, random.choice(editions.OTHERS), second)
            wanted = place in ecl.evaluate(edition, constraint)
            assert expressions.satisfies(edition, expression, constraint) == wanted, (constraint, expression)
            asked += wanted
    assert asked > 20


def _defined(edition: Edition, focus: int, place: int) -> Expression:
    """`focus` refined by the attributes of another concept."""
    groups: dict[int, list[Attribute]] = {}
    for each in edition.attributes.of(place):
        value = Number(str(each.value)) if each.concrete else Concept(edition.id(int(each.value)))
        groups.setdefault(each.group, []).append(Attribute(Concept(edition.id(each.type)), value))
    alone = tuple(groups.pop(0, []))
    return Expression((Concept(edition.id(focus)),), alone, tuple(map(tuple, groups.values())))


def test_a_concept_alone_satisfies_what_it_does_as_a_concept(edition: Edition) -> None:
    for place in range(len(edition)):
        id = edition.id(place)
        for constraint in ("*", f"<< {id}", f"< {id}", f"> {id}", f"{id}", "^ 700043003", "<! 138875005"):
            wanted = place in ecl.evaluate(edition, constraint)
            assert expressions.satisfies(edition, Expression((Concept(id),)), constraint) == wanted


def test_an_expression_is_beneath_its_focus_and_nothing_else(edition: Edition) -> None:
    attribute = Attribute(Concept(editions.TYPES[0]), Concept(editions.TYPES[1]))
    for place in edition.substrate:
        id = edition.id(place)
        expression = Expression((Concept(id),), (attribute,))
        holds = {
            constraint: expressions.satisfies(edition, expression, constraint.replace("#", str(id)))
            for constraint in ("*", "<< #", "< #", "#", "> #", ">> #", "<! #", "<<! #", "^ 700043003",
                               "* MINUS << #", "<< # MINUS #", "# OR < #", "< # AND << #", "(< #)",
                               "<< # {{ term = \"x\" }}")
        }  # fmt: skip
        true = {constraint for constraint, held in holds.items() if held}
        assert true == {"*", "<< #", "< #", "<< # MINUS #", "# OR < #", "< # AND << #", "(< #)"}


def test_unknown_concepts_are_errors_wherever_they_stand(edition: Edition) -> None:
    expression = Expression((Concept(editions.OTHERS[0]),))
    for constraint in ("< 99999999", "* OR < 99999999", "* : 99999999 = *", "(* MINUS *) AND 99999999"):
        with pytest.raises(ecl.UnknownConcept):
            expressions.satisfies(edition, expression, constraint)


def test_a_nested_expression_is_judged_as_a_value(edition: Edition) -> None:
    site, other = editions.TYPES[0], editions.TYPES[1]
    bare = next(place for place in edition.substrate if not edition.attributes.of(place))
    inner = Expression((Concept(editions.MODULES[0]),), (Attribute(Concept(other), Concept(site)),))
    outer = Expression((Concept(edition.id(bare)),), (Attribute(Concept(site), inner),))
    assert expressions.satisfies(edition, outer, f"* : {site} = << {editions.MODULES[0]}")
    assert not expressions.satisfies(edition, outer, f"* : {site} = {editions.MODULES[0]}")
    assert expressions.satisfies(edition, outer, f"* : {site} = (* : {other} = {site})")


@pytest.mark.live
def test_a_real_edition_is_checked(subset: Edition) -> None:
    def check(text: str) -> None:
        expressions.check(subset, expressions.parse(text))

    check("367430006:{272741003=24028007}")
    check("64572001:116676008=(20946005:272741003=24028007)")
    for text, said in (
        ("367430006:{24028007=272741003}", "24028007 is not valid in this context"),
        ("64572001:116676008=(20946005:24028007=272741003)", "24028007 is not valid in this context"),
        ("99999999:272741003=24028007", "99999999 not found"),
        ("367430006:272741003=99999999", "99999999 not found"),
        ("367430006:99999999=24028007", "99999999 not found"),
    ):
        with pytest.raises(ExpressionError, match=said):
            check(text)


@pytest.mark.live
def test_what_an_expression_says_more_specially_stands_for_what_its_focus_says(subset: Edition) -> None:
    """128241005 |Inflammatory disease of liver| has the liver as its one finding site."""
    expression = expressions.parse("128241005:{363698007=181268008}")
    assert expressions.satisfies(subset, expression, "* : [1..1] 363698007 = << 10200004")
    assert expressions.satisfies(subset, expression, "* : 363698007 = 181268008")
    assert expressions.satisfies(subset, expression, "* : 116676008 = *")
    assert not expressions.satisfies(subset, expression, "* : 363698007 = << 85562004")
