"""Verdicts are the same as the answers to single questions, whatever the releases hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from termservice.answers import When
from termservice.checklist import Checker
from termservice.errors import NothingInForce
from termservice.service import TerminologyService

TODAY = date(2022, 6, 15)
SPEC = st.one_of(
    st.sampled_from(["Apple", "apple", "Pear"]),
    st.fixed_dictionaries(
        {"title": st.sampled_from(["Apple", "Pear", None]), "active": st.booleans()},
        optional={
            "titles": st.dictionaries(st.sampled_from(["en", "de"]), st.sampled_from(["Pear", "Quince"]), max_size=1),
            "synonyms": st.lists(st.sampled_from(["Fruit", "Thing"]), max_size=1),
            "valid_from": st.sampled_from(["2020-05-01", "2021-03-01"]),
            "valid_to": st.sampled_from(["2020-09-30", "2021-08-31"]),
            "part": st.sampled_from(["all", "some"]),
        },
    ),
)
CODES = ["A1", "A.1", "B", "KK:Q", "KM:Q", "C-2"]
HISTORY = st.lists(st.dictionaries(st.sampled_from(CODES), SPEC, min_size=1), min_size=1, max_size=3)


@settings(deadline=None, max_examples=20)
@given(
    releases=HISTORY,
    asked=st.lists(
        st.tuples(
            st.sampled_from([*CODES, "a1", "Q", "c2", "Z", "A12"]), st.dates(date(2019, 11, 1), date(2022, 3, 1))
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_verdicts_agree_with_single_answers(
    tmp_path_factory: pytest.TempPathFactory, releases: list[dict[str, Any]], asked: list[tuple[str, date]]
) -> None:
    from tests.test_termservice.conftest import Toy, ToyLoader  # the toy of this folder, a new one for each example

    with pytest.MonkeyPatch.context() as patch:
        for module in ("discovery", "bases"):
            patch.setattr(f"termservice.{module}.loaders", lambda: (ToyLoader(),))
        toy = Toy(tmp_path_factory.mktemp("toy"))
        parts: dict[str, str] = {}
        for number, codes in enumerate(releases):
            whole = {code: spec | {} if isinstance(spec, dict) else {"title": spec} for code, spec in codes.items()}
            for code, spec in whole.items():  # a code stays in its part
                spec["part"] = parts.setdefault(code, spec.get("part", "all"))
            toy.put(str(2020 + number), whole)
        service = toy.service(TODAY)
        checker = service.checker("toy")
        for code, day in asked:
            _agree(service, checker, code, day)
        toy.close()


def _agree(service: TerminologyService, checker: Checker, code: str, day: date) -> None:
    found = checker.check(code, day.isoformat())
    now = service.validate("toy", code)
    if found.status != "ambiguous" and (found.code is None or found.code == now.code):
        assert bool(found.valid_now) == now.result
        assert not now.result or found.title_now == now.display
    try:
        then = service.validate("toy", code, When(date=day.isoformat()))
    except NothingInForce:
        assert found.status in ("before-first-release", "unknown-code", "ambiguous")
        assert found.valid_then is None
        return
    assert (bool(found.valid_then), found.version_then) == (then.result, then.version)
    if then.result:
        assert (found.code, found.title_then) == (then.code, then.display)
    if found.status in ("unknown-code", "ambiguous"):
        assert found.message == then.message
