"""Validation of expressions: codes of a code system with a grammar that are no concepts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from termservice.fhir.issues import failed
from termservice.fhir.memory import MemoryProvider
from termservice.fhir.model import Entry, Filter, Meta
from termservice.fhir.provider import Provider
from termservice.fhir.sources import Nothing
from tests.test_termservice.test_fhir import tiny
from tests.test_termservice.test_fhir.tiny import (
    SYSTEM,
    code_system,
    codes,
    concept,
    expansion,
    filtered,
    include,
    said,
    value_set,
)
from tests.test_termservice.test_fhir.validations import form, known, member


class Sums(MemoryProvider):
    """Codes may be added with a plus; a minus is a mistake."""

    @property
    def meta(self) -> Meta:
        return replace(super().meta, grammar=True, edition="Toy Edition")

    def parse(self, code: str) -> Entry | None:
        if "-" in code:
            raise failed("Nothing can be taken away")
        return Entry(code, " plus ".join(code.split("+"))) if "+" in code else None

    def holds(self, filter: Filter, code: str) -> bool:
        return filter.value in code.split("+")


class Source(Nothing):
    def versions(self, url: str) -> list[str]:
        return ["1.0.0"] if url == SYSTEM else []

    def provider(self, url: str, version: str) -> Provider | None:
        return Sums(code_system(concept("cat"), concept("dog"))) if url == SYSTEM else None


@pytest.fixture(autouse=True)
def source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "Nothing", Source)


def test_of_the_code_system() -> None:
    told = known(form("code", "cat+dog"))
    assert (told["result"], told["code"], told["display"]) == (True, "cat+dog", "cat plus dog")
    (issue,) = told.issues
    assert (issue["severity"], issue["details"]["coding"][0]["code"]) == ("information", "process-note")
    assert known(form("code", "cat")).issues == []


def test_what_is_wrong_with_one_is_told() -> None:
    told = known(form("code", "cat-dog"))
    assert told["result"] is False
    unknown = f"Unknown code 'cat-dog' in the CodeSystem '{SYSTEM}' version '1.0.0' (Toy Edition)"
    assert sorted(told.texts) == ["Nothing can be taken away", unknown]
    assert told["message"] == unknown


@pytest.mark.parametrize(
    ("within", "result"),
    [
        (value_set(include()), True),
        (value_set(include(SYSTEM, "cat+dog")), True),
        (value_set(include(SYSTEM, "cat")), False),
        (value_set(filtered("concept", "is-a", "cat")), True),
        (value_set(filtered("concept", "is-a", "cow")), False),
        (value_set(include(), exclude=[filtered("concept", "is-a", "dog")]), False),
    ],
)
def test_of_a_value_set(within: Any, result: bool) -> None:
    told = member(within, form("coding", "cat+dog"))
    assert (told["result"], told["display"]) == (result, "cat plus dog")
    assert told["normalized-code"] is None


@pytest.mark.parametrize(("leave_out", "found"), [(False, ["cat", "cat+dog"]), (True, ["cat"])])
def test_expansions_may_leave_them_out(leave_out: bool, found: list[str]) -> None:
    answer = expansion(value_set(include(SYSTEM, "cat", "cat+dog")), excludePostCoordinated=leave_out)
    assert (codes(answer), said(answer, "excludePostCoordinated")) == (found, [leave_out])
