"""Recoding within a system: its history, and how certain what comes of it is."""

from __future__ import annotations

from typing import Any

import pytest

from termservice.answers import When
from termservice.recoding import Request
from tests.test_termservice.test_recoding.fruit import BROAD, REL, codes, state

#   code, day, certainty, targets, path of the last, valid then, in the notes
HISTORY = [
    ("A", "2020-03-01", "exact", ["A"], "unchanged", True, ""),
    ("a", "2020", "exact", ["A"], "unchanged", True, ""),
    ("a1", "2020-03-01", "exact", ["A1"], "unchanged", True, "retitled: Green apple → Apple (green)"),
    ("A1", "2021-03-01", "exact", ["A1"], "unchanged", True, ""),
    ("N", "2020-03-01", "exact", ["N"], "unchanged", True, ""),
    ("B", "2020-03-01", "ambiguous", ["B", "W"], "split W (toy 2020, not automatic)", True, ""),
    ("B", "2021-03-01", "exact", ["B"], "unchanged", True, ""),
    ("C", "2020-03-01", "ambiguous", ["C1", "C3"],
     "split C2 (toy 2020, not automatic) > replaced-by C3 (toy 2020, automatic)", True, ""),
    ("C", "2021-06-01", "ambiguous", ["C1", "C3"],
     "split C2 (toy 2020, not automatic) > replaced-by C3 (toy 2020, automatic)", False, "no longer valid in 2021"),
    ("C2", "2021-06-01", "exact", ["C3"], "replaced-by C3 (toy 2020, automatic)", True, ""),
    ("C3", "2021-06-01", "exact", ["C3"], "unchanged", False, "not yet valid in 2021"),
    ("D", "2020-03-01", "broader", ["W"], "merged W (toy 2020, automatic)", True, ""),
    ("M", "2020-03-01", "approximate", ["W"], "replaced-by W (toy 2020, not automatic)", True, ""),
    ("F", "2020-03-01", "approximate", ["F"], "unchanged", True, "not valid for a time in between"),
    ("F", "2022-03-01", "exact", ["F"], "unchanged", True, ""),
    ("G", "2020-03-01", "not-valid", ["G"], "unchanged", True, "G is no longer valid in 2022"),
    ("H", "2020-03-01", "not-valid", ["H"], "unchanged", True, "H is a heading in 2022"),
    ("H", "2021-03-01", "exact", ["H"], "unchanged", True, ""),
    ("L1", "2020-03-01", "not-valid", ["L2"], "replaced-by L2 (toy 2020)", True, "L2 is no longer valid"),
    ("A", "1999-01-01", "exact", ["A"], "unchanged", False, "no release was in force then"),
    ("X", "2020-03-01", "ambiguous-code", [], "", True, "KK:X or KM:X"),
    ("Z9", "2020-03-01", "unknown-code", [], "", True, "has never had a code 'Z9'"),
    ("A", "2020-02-30", "unknown-date", [], "", True, "not a day"),
    ("A", "", "unknown-date", [], "", True, "no date"),
    ("", "2020-03-01", "no-code", [], "", True, ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "day", "certainty", "targets", "path", "then", "note"), HISTORY)
def test_a_code_in_the_version_of_today(
    fruit: Any, code: str, day: str, certainty: str, targets: list[str], path: str, then: bool, note: str
) -> None:
    with fruit.service().maps.recoder(Request("toy", "toy")) as recoder:
        found = recoder.recode(code, day)
        assert recoder.recode(code, day) is found
    assert (found.certainty, codes(found), found.valid_then) == (certainty, targets, then)
    assert (found.targets[-1].path if found.targets else "") == path
    assert note in "; ".join(found.notes)
    assert bool(note) == bool(found.notes)
    assert found.needs_person == (certainty != "exact" or not then)


def test_in_a_version_that_is_named(fruit: Any) -> None:
    with fruit.service().maps.recoder(Request("toy", "toy", When(version="2020"), "2021")) as recoder:
        found = {code: recoder.recode(code) for code in ("A1", "C", "F", "D")}
        assert recoder.version == "2021"
    assert {code: (each.certainty, codes(each)) for code, each in found.items()} == {
        "A1": ("exact", ["A1"]), "C": ("ambiguous", ["C1", "C2"]), "F": ("not-valid", ["F"]), "D": ("broader", ["W"]),
    }  # fmt: skip
    assert found["A1"].retitled
    assert [target.relationship for target in found["C"].targets] == [BROAD, BROAD]
    assert found["C"].targets[1].display == "Sweet cherry"


def test_rows_of_one_day_and_of_today(fruit: Any) -> None:
    with fruit.service().maps.recoder(Request("toy", "toy", When(date="2020-05-01"))) as recoder:
        assert codes(recoder.recode("B")) == ["B", "W"]
    with fruit.service().maps.recoder(Request("toy", "toy")) as recoder:
        assert codes(recoder.recode("B")) == ["B"]
        assert codes(recoder.recode("C")) == ["C1", "C3"]


def test_merged_then_split_claims_nothing(toy: Any) -> None:
    toy.put("2020", {"A": "Apple", "B": "Banana"})
    toy.put("2021", {"C": "Cherry"})
    toy.put("2022", {"D": "Damson"})
    state(toy, ("A", "merged", "2021-01-01", "C", 1), ("C", "split", "2022-01-01", "D", 1))
    with toy.service().maps.recoder(Request("toy", "toy")) as recoder:
        found = recoder.recode("A", "2020")
    assert [(each.code, each.relationship) for each in found.targets] == [("D", REL)]
    assert found.certainty == "approximate"


def test_what_follows_without_end_is_cut_and_said(toy: Any) -> None:
    many = {f"B{number}": f"Banana {number}" for number in range(80)}
    toy.put("2020", {"A": "Apple"})
    toy.put("2021", many)
    state(toy, *(("A", "split", "2021-01-01", code, 0) for code in many))
    with toy.service().maps.recoder(Request("toy", "toy")) as recoder:
        found = recoder.recode("A", "2020")
    assert found.certainty == "ambiguous"
    assert len(found.targets) == 80  # what one statement names is never reduced
