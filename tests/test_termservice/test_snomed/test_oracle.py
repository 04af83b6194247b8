"""Random expressions on random editions: the engine finds what the slow, obvious evaluator finds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from termservice.snomed.arrays import Edition
from termservice.snomed.building import build
from termservice.snomed.ecl import evaluate, parse

from .editions import (
    ASSOCIATION,
    ENGLISH,
    KNOWN,
    MAP,
    MODULES,
    OTHERS,
    SAME_AS,
    SIMPLE,
    STRENGTH,
    SWEDISH,
    TYPES,
    edition,
)
from .oracle import Oracle

SEEDS = range(6)
IDS = st.sampled_from([*KNOWN, *OTHERS]).map(str)
EQUAL = st.sampled_from(["=", "!="])
ORDER = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
CARDINALITY = st.sampled_from(["", "", "[0..0] ", "[0..1] ", "[1..1] ", "[2..*] ", "[0..*] ", "[1..2] "])
TERM = st.sampled_from(
    ['"heart"', '"hjarta"', '"hjärt"', '"sjogren"', '"sjögren"', '"x-ray"', '"resume"', '"résumé"', '"ang"', '"ång"',
     '"hea att"', 'match:"a"', 'wild:"*art*"', 'wild:"heart*"', 'wild:"*"', 'wild:"*sjö*"', 'wild:"x-r*y"',
     '("heart" wild:"*gest")', 'wild:"*e*t*"', 'wild:"*-r*"']
)  # fmt: skip


@st.composite
def _joined(draw: st.DrawFn, part: st.SearchStrategy[str]) -> str:
    parts = draw(st.lists(part, min_size=1, max_size=3))
    return draw(st.sampled_from([" AND ", " OR ", " , "])).join(parts)


def _attributes(value: st.SearchStrategy[str], reverse: bool) -> st.SearchStrategy[str]:
    names = st.sampled_from([*map(str, TYPES), "*", f"({TYPES[0]} OR {TYPES[1]})", f"<< {TYPES[0]}"])
    flag = st.sampled_from(["", "", "R "]) if reverse else st.just("")
    concept_valued = st.builds("{}{}{} {} {}".format, CARDINALITY, flag, names, EQUAL, value)
    numbers = st.sampled_from(["#1", "#2.5", "#-3", "#0"])
    return concept_valued | st.builds(f"{{}}{STRENGTH} {{}} {{}}".format, CARDINALITY, ORDER, numbers)


def _refinements(value: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = st.builds("{}{{ {} }}".format, CARDINALITY, _joined(_attributes(value, reverse=False)))
    return _joined(_attributes(value, reverse=True) | groups)


TIME = st.builds('effectiveTime {} "{}"'.format, ORDER, st.sampled_from([20190131, 20200731, 20201111]))
COMMON = TIME | st.builds("moduleId {} {}".format, EQUAL, st.sampled_from(MODULES))
ACTIVE = st.builds("active {} {}".format, EQUAL, st.sampled_from(["1", "0", "true", "false"]))
DESCRIPTION = (
    st.builds("term {} {}".format, EQUAL, TERM)
    | st.builds("language {} {}".format, EQUAL, st.sampled_from(["sv", "EN", "(sv en)"]))
    | st.builds("type {} {}".format, EQUAL, st.sampled_from(["syn", "FSN", "(fsn syn)"]))
    | st.builds("id {} {}".format, EQUAL, st.sampled_from(["1000011", "(1000021 1000031)"]))
    | st.builds("dialectId {} {} {}".format, EQUAL, st.sampled_from([ENGLISH, SWEDISH]),
                st.sampled_from(["", "(prefer)", "(accept)", "(prefer accept)"]))
    | COMMON
    | ACTIVE
)  # fmt: skip
CONCEPT = st.builds("definitionStatus {} {}".format, EQUAL, st.sampled_from(["primitive", "defined"])) | COMMON | ACTIVE
FILTERS = st.one_of(
    st.lists(DESCRIPTION, min_size=1, max_size=3).map(lambda all_: f" {{{{ D {', '.join(all_)} }}}}"),
    st.lists(CONCEPT, min_size=1, max_size=2).map(lambda all_: f" {{{{ C {', '.join(all_)} }}}}"),
)
HISTORY = st.sampled_from([" {{ + HISTORY }}", " {{ + HISTORY-MIN }}", f" {{{{ + HISTORY ({ASSOCIATION}) }}}}", ""])


def _members(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    plain = st.builds("^ {}".format, st.sampled_from([SIMPLE, MAP, SAME_AS, "*", f"({SIMPLE} OR {MAP})"]))
    about = COMMON | ACTIVE | st.just('active = "*"')
    mapped = about | st.builds("mapGroup {} #{}".format, ORDER, st.integers(0, 3))
    mapped |= st.builds("mapTarget {} {}".format, EQUAL, st.sampled_from(['"J45"', 'wild:"j45"', '"9"', 'wild:"*.9"']))
    targets = about | st.builds("targetComponentId {} {}".format, EQUAL, inner)

    def filtered(refset: str, filters: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        lists = st.lists(filters, min_size=1, max_size=2)
        return lists.map(lambda all_: f"^ {refset} {{{{ M {', '.join(all_)} }}}}")

    return plain | filtered(str(MAP), mapped) | filtered(f"[targetComponentId] {ASSOCIATION}", targets)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bracketed = inner.map(lambda text: f"({text})")
    operator = st.sampled_from(["", "<", "<<", "<!", "<<!", ">", ">>", ">!", ">>!", "!!>", "!!<"])
    focus = IDS | st.just("*") | bracketed | _members(bracketed)
    sub = st.builds("{} {}{}{}".format, operator, focus, FILTERS | st.just(""), HISTORY | st.just(""))
    names = st.sampled_from([*map(str, TYPES), "*"])
    return (
        sub
        | st.builds("{} AND {} AND {}".format, sub, sub, sub)
        | st.builds("{} OR {}".format, sub, sub)
        | st.builds("{} MINUS {}".format, sub, sub)
        | st.builds("{} . {}".format, sub, names)
        | st.builds("{} . {} . {}".format, sub, names, names)
        | st.builds("{} : {}".format, sub, _refinements(sub))
    )


EXPRESSIONS = st.recursive(st.builds("{} {}".format, st.sampled_from(["", "<", "<<", ">"]), IDS), _larger, max_leaves=6)


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Edition, Oracle]]:
    made = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp("edition") / str(seed)
        build(folder, edition(seed))
        made.append((Edition(folder), Oracle(edition(seed))))
    return made


@given(text=EXPRESSIONS, seed=st.sampled_from(SEEDS))
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_engine_agrees_with_plain_sets(editions: list[tuple[Edition, Oracle]], text: str, seed: int):
    engine, oracle = editions[seed]
    assert engine.ids_of(evaluate(engine, text)).tolist() == sorted(oracle.of(parse(text)))


@pytest.mark.parametrize("seed", SEEDS)
def test_subsumption_agrees_with_plain_sets(editions: list[tuple[Edition, Oracle]], seed: int):
    engine, oracle = editions[seed]
    for one in KNOWN:
        above = oracle.up(one)
        for other in (*KNOWN, *OTHERS):
            assert engine.subsumes(engine.place(other), engine.place(one)) == (one == other or other in above)
