"""What is an expression, what its tree is, and what is said of text that is none."""

from __future__ import annotations

import pytest

from codesystems.formats.rf2_rows import ACCEPTABLE, PREFERRED
from termservice.snomed.ecl import EclError, EclTooCostly, parse
from termservice.snomed.ecl.syntax import (
    AllOf,
    AlternateIdentifier,
    AnyOf,
    Attribute,
    Cardinality,
    Compound,
    Concept,
    ConceptSet,
    Dialect,
    Dialects,
    Dotted,
    Expression,
    Filter,
    Filters,
    Group,
    History,
    MemberOf,
    Number,
    Refined,
    SearchTerm,
    Sub,
    Terms,
    Times,
    Tokens,
    Truth,
    Wildcard,
)

A, B, C = 404684003, 363698007, 39057004
ANY = Sub(Wildcard())


def concept(id: int) -> Sub:
    return Sub(Concept(id))


def described(*filters: Filter) -> Sub:
    return Sub(Wildcard(), filters=(Filters("D", filters),))


TREES: list[tuple[str, Expression]] = [
    ("404684003", concept(A)),
    (" 404684003 | Clinical finding (finding) | ", Sub(Concept(A, "Clinical finding (finding)"))),
    ("*", ANY),
    ("any", ANY),
    ("<< 404684003", Sub(Concept(A), "<<")),
    ("<<! (404684003)", Sub(concept(A), "<<!")),
    ("!!> (404684003 OR 363698007)", Sub(Compound("OR", (concept(A), concept(B))), "!!>")),
    ("/* all */ > /* proper */ 404684003", Sub(Concept(A), ">")),
    ("404684003 and 363698007 AND 39057004", Compound("AND", (concept(A), concept(B), concept(C)))),
    ("404684003, 363698007", Compound("AND", (concept(A), concept(B)))),
    ("404684003 Minus 363698007", Compound("MINUS", (concept(A), concept(B)))),
    ("404684003 . 363698007 . *", Dotted(concept(A), (concept(B), ANY))),
    ("LOINC#54486-6 |x|", Sub(AlternateIdentifier("LOINC", "54486-6"))),
    ('"LOINC#54 486"', Sub(AlternateIdentifier("LOINC", "54 486"))),
    ("^ 404684003", Sub(MemberOf(Concept(A)))),
    ("< ^ [mapTarget, mapGroup] *", Sub(MemberOf(Wildcard(), ("mapTarget", "mapGroup")), "<")),
    ("^[*] (404684003)", Sub(MemberOf(concept(A), ("*",)))),
    ("404684003 : 363698007 = *", Refined(concept(A), Attribute(concept(B), "=", ANY))),
    ("* : R 404684003 != < 363698007", Refined(ANY, Attribute(concept(A), "!=", Sub(Concept(B), "<"), reverse=True))),
    ("* : [2..*] 404684003 <> *", Refined(ANY, Attribute(concept(A), "!=", ANY, Cardinality(2, None)))),
    ("* : 404684003 >= #-2.50", Refined(ANY, Attribute(concept(A), ">=", Number(-2.5)))),
    ("* : 404684003 = TRUE", Refined(ANY, Attribute(concept(A), "=", Truth(True)))),
    ('* : 404684003 = "PANA\\"DOL"', Refined(ANY, Attribute(concept(A), "=", Terms((SearchTerm("", 'PANA"DOL'),))))),
    (
        "* : { 404684003 = * } OR [0..1] { (363698007 = *, 39057004 = *) }",
        Refined(
            ANY,
            AnyOf(
                (
                    Group(Attribute(concept(A), "=", ANY)),
                    Group(AllOf((Attribute(concept(B), "=", ANY), Attribute(concept(C), "=", ANY))), Cardinality(0, 1)),
                )
            ),
        ),
    ),
    (
        "* : (404684003 OR 363698007) = *, (39057004 = *)",
        Refined(
            ANY,
            AllOf(
                (
                    Attribute(Sub(Compound("OR", (concept(A), concept(B)))), "=", ANY),
                    Attribute(concept(C), "=", ANY),
                )
            ),
        ),
    ),
    (
        '* {{ term = ("heart att" wild:"*itis\\*"), language != sv }}',
        described(
            Filter("term", "=", Terms((SearchTerm("", "heart att"), SearchTerm("wild", "*itis\\*")))),
            Filter("language", "!=", Tokens(("sv",))),
        ),
    ),
    (
        "* {{ D TYPE = (syn FSN), typeId = (404684003 363698007), active = false, id = (1000011 1000021) }}",
        described(
            Filter("type", "=", Tokens(("syn", "fsn"))),
            Filter("typeid", "=", ConceptSet((Concept(A), Concept(B)))),
            Filter("active", "=", Tokens(("0",))),
            Filter("id", "=", Tokens(("1000011", "1000021"))),
        ),
    ),
    (
        "* {{ dialect = (en-gb (accept) en-x-nhs-clinical) (prefer) }}",
        described(
            Filter(
                "dialect",
                "=",
                Dialects(
                    (Dialect("en-gb", (Concept(ACCEPTABLE),)), Dialect("en-x-nhs-clinical", (Concept(PREFERRED),)))
                ),
            )
        ),
    ),
    (
        "* {{ dialectId = (404684003 363698007 (prefer)), dialectId = < 39057004 }}",
        described(
            Filter("dialectid", "=", Dialects((Dialect(concept(A)), Dialect(concept(B), (Concept(PREFERRED),))))),
            Filter("dialectid", "=", Dialects((Dialect(Sub(Concept(C), "<")),))),
        ),
    ),
    (
        '* {{ C definitionStatus = primitive, effectiveTime >= ("20210131" "") }}',
        Sub(
            Wildcard(),
            filters=(
                Filters(
                    "C",
                    (
                        Filter("definitionstatus", "=", Tokens(("primitive",))),
                        Filter("effectivetime", ">=", Times((20210131, 0))),
                    ),
                ),
            ),
        ),
    ),
    (
        '^ 404684003 {{ M mapGroup < #2, mapTarget = "J45", sourceEffectiveTime > "20200131", active = "*" }}',
        Sub(
            MemberOf(
                Concept(A),
                filters=(
                    Filters(
                        "M",
                        (
                            Filter("mapGroup", "<", Number(2)),
                            Filter("mapTarget", "=", Terms((SearchTerm("", "J45"),))),
                            Filter("sourceEffectiveTime", ">", Times((20200131,))),
                            Filter("active", "=", Tokens(("*",))),
                        ),
                    ),
                ),
            )
        ),
    ),
    ("404684003 {{ + HISTORY_max }}", Sub(Concept(A), history=History("max"))),
    ("404684003 {{+history (*)}}", Sub(Concept(A), history=History(refsets=ANY))),
]


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_tree(text: str, tree: Expression):
    assert parse(text) == tree


LONG_AND_BRIEF = [
    ("descendantOrSelfOf 404684003", "<< 404684003"),
    ("descendantof 404684003", "< 404684003"),
    ("childOf 404684003", "<! 404684003"),
    ("childOrSelfOf 404684003", "<<! 404684003"),
    ("ancestorOf 404684003", "> 404684003"),
    ("ancestorOrSelfOf 404684003", ">> 404684003"),
    ("parentOf 404684003", ">! 404684003"),
    ("parentOrSelfOf 404684003", ">>! 404684003"),
    ("TOP (404684003)", "!!> (404684003)"),
    ("bottom (404684003)", "!!< (404684003)"),
    ("memberOf [any] ANY", "^ [*] *"),
    ("ANY : [1 to many] reverseOf 404684003 not = ANY", "* : [1..*] R 404684003 != *"),
    ("* {{ type = (synonym fullySpecifiedName definition) }}", "* {{ type = (syn fsn def) }}"),
    ("* {{ dialect = sv-se (preferred acceptable) }}", "* {{ dialect = sv-se (prefer accept) }}"),
]


@pytest.mark.parametrize(("long", "brief"), LONG_AND_BRIEF)
def test_long_syntax_says_the_same(long: str, brief: str):
    assert parse(long) == parse(brief)


ERRORS = [
    ("", "empty", 0),
    ("  ", "empty", 0),
    ("<<", "expression ends; expected a concept", 2),
    ("<< heart", "'heart' is not understood; expected a concept", 3),
    ("12345", "expected a concept", 0),
    ("404684003 AND 363698007 OR 39057004", "'OR' cannot follow without brackets", 24),
    ("404684003 MINUS 363698007 MINUS 39057004", "cannot follow without brackets", 26),
    ("404684003 : 363698007 = * : 363698007 = *", "cannot follow without brackets", 26),
    ("404684003 :", "expected a concept, an operator such as << or an attribute group", 11),
    ("404684003 : 363698007", "expected a comparison such as =", 21),
    ("404684003 : { 363698007 = *", "expected", 27),
    ("404684003 : { { 363698007 = * } }", "not understood", 14),
    ("(404684003", "expected ')'", 10),
    ("404684003)", "expected the end", 9),
    ("404684003 |Clinical", "a term in | | is not closed", 10),
    ("404684003 /* no end", "a comment in /* */ is not closed", 10),
    ('* {{ term = "heart }}', "a string in quotation marks is not closed", 12),
    ("* {{ trem = 1 }}", "expected a description filter such as term", 5),
    ("* {{ C term = 1 }}", "expected definitionStatus", 7),
    ("* {{ language = swe }}", "no two-letter language code", 16),
    ("* {{ type = word }}", "expected syn, fsn or def", 12),
    ('* {{ effectiveTime = "2021" }}', "'2021' is no date YYYYMMDD", 21),
    ('* {{ active = "yes" }}', "active is 1, 0, true", 14),
    ('* {{ term = " " }}', "search term is empty", 12),
    ("* {{ M mapGroup = #1 }}", "a member filter needs '^'", 7),
    ("^ * {{ M mapTarget > * }}", "> compares numbers and times", 9),
    ("* : 404684003 > 363698007", "> compares numbers", 4),
    ("* : R 404684003 = #1", "the value of a reversed attribute is an expression", 6),
    ("* : [3..2] 404684003 = *", "no number is at least 3 and at most 2", 5),
    ("* {{ + HISTORY-MIN (*) }}", "a profile or reference sets", 7),
    ('* {{ + HISTORY }} {{ term = "x" }}', "after all filters", 7),
]


@pytest.mark.parametrize(("text", "message", "position"), ERRORS)
def test_error_points_at_the_character(text: str, message: str, position: int):
    with pytest.raises(EclError) as caught:
        parse(text)
    assert message in caught.value.message
    assert caught.value.position == position
    assert f"(character {position + 1})" in caught.value.message
    assert (caught.value.status, caught.value.code) == (400, "invalid-ecl")


def test_size_is_bounded():
    with pytest.raises(EclTooCostly, match="nested deeper"):
        parse("(" * 5000 + "*" + ")" * 5000)
    with pytest.raises(EclTooCostly, match="longer than"):
        parse(" OR ".join(["404684003"] * 100_000))


def test_brackets_in_strings_terms_and_comments_are_not_counted():
    assert parse(f'* {{{{ term = "{"(" * 300}" }}}} /* {"(" * 300} */') is not None


def test_thousands_of_concepts():
    tree = parse(" OR ".join(["404684003"] * 5000))
    assert isinstance(tree, Compound) and len(tree.operands) == 5000


def test_positions_are_kept():
    tree = parse("<< 404684003 : 363698007 = 39057004")
    assert isinstance(tree, Refined) and isinstance(tree.refinement, Attribute)
    assert (tree.position, tree.refinement.position, tree.refinement.value.position) == (0, 15, 27)
