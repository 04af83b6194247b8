"""Names of versions: a name that looks like a day is a name first."""

from __future__ import annotations

from typing import Any

import pytest

from termservice.answers import When
from termservice.errors import UnknownSystem, UnknownVersion
from termservice.naming import CHANGE_TYPES, when_named


def test_a_version_by_name_or_by_a_day(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    toy.put("2021-03-01", {"A": "Apples"})
    service = toy.service()
    assert when_named(service, "urn:oid:1.2.3.4", "2020") == When(version="2020")
    assert when_named(service, "toy", "2021-03-01") == When(version="2021-03-01")
    assert when_named(service, "toy", "2021-03-02") == When(date="2021-03-02")


@pytest.mark.parametrize("name", ["1999", "20210301", "2021-02-30", "2021-W01-1", "", " 2020", "٢٠٢١-٠٣-٠١", "x" * 900])
def test_what_is_neither_names_those_there_are(toy: Any, name: str) -> None:
    toy.put("2020", {"A": "Apple"})
    toy.put("2021", {"A": "Apples"})
    with pytest.raises(UnknownVersion) as caught:
        when_named(toy.service(), "toy", name)
    assert caught.value.details["nearest"] == ["2020", "2021"]
    assert len(str(caught.value)) < 300


def test_a_code_system_that_is_not_there(toy: Any) -> None:
    toy.put("2020", {"A": "Apple"})
    with pytest.raises(UnknownSystem):
        when_named(toy.service(), "tojs", "2020")


def test_every_type_of_change_once() -> None:
    assert len(set(CHANGE_TYPES)) == len(CHANGE_TYPES)
    assert {"introduced", "retitled", "changed", "replaced-by", "split", "merged"} <= set(CHANGE_TYPES)
