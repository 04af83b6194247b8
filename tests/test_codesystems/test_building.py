"""Rows become a version: duplicates, orphans and coverage are judged alike for all loaders."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codesystems.building import Builder
from codesystems.files import SourceFile
from codesystems.ksi import LOADER
from codesystems.loader import Candidate
from codesystems.model import Concept, Designation, Parent, Property, PropertyDef, StatedChange, Where
from codesystems.report import ReleaseError, Report

FILE = SourceFile("codes.tsv", Path("codes.tsv"))
SYSTEM = LOADER.systems[0]


def place(line: int) -> Where:
    return Where("codes.tsv", line)


def builder(report: Report | None = None, *, version: str | None = "2021", states: bool = True) -> Builder:
    candidate = Candidate(LOADER, SYSTEM, (FILE,), "tsv", version, date(2021, 1, 1))
    return Builder(candidate, report or Report(), states=states)


def concept(code: str, title: str = "", *parents: str, part: str = "all") -> Concept:
    names = (Designation(title),) if title else ()
    return Concept(code, part, names, tuple(map(Parent, parents)))


def test_a_version_holds_what_was_added_in_order() -> None:
    report = Report()
    build = builder(report)
    for line, code in enumerate(("B", "A", "C"), start=2):
        build.add(concept(code, code.lower()), place(line))
    build.stated(change := StatedChange("A", "introduced", None, "codes.tsv", 3))
    content = build.content([PropertyDef("note", "Note")])
    assert [one.code for one in content.concepts] == ["B", "A", "C"]
    assert (content.version, content.effective, content.system) == ("2021", date(2021, 1, 1), SYSTEM)
    assert (content.stated, content.properties) == ((change,), (PropertyDef("note", "Note"),))
    assert report.counts["concepts"] == 3


def test_every_fact_is_covered_and_whatever_is_declared() -> None:
    build = builder()
    build.add(concept("A", "a", part="letters"), place(2))
    build.cover(("letters", "digits"), ("property:note",))
    assert build.content().covers == {
        ("letters", "state"),
        ("letters", "designation:display:sv"),
        ("letters", "property:note"),
        ("digits", "property:note"),
    }


def test_a_release_of_terms_covers_no_codes() -> None:
    build = builder(states=False)
    build.add(Concept("A", "all", (Designation("a", "synonym"),)), place(2))
    assert build.content().covers == {("all", "designation:synonym:sv")}


def test_the_same_row_twice_is_a_warning() -> None:
    report = Report()
    build = builder(report)
    build.add(concept("A", "a"), place(2))
    build.add(concept("A", "a"), place(9))
    assert len(build.content().concepts) == 1
    assert report.warnings["duplicate-row"].examples == ["codes.tsv:9: A is already at codes.tsv:2"]


def test_rows_of_one_code_are_joined() -> None:
    build = builder()
    first = Concept("A", "all", (Designation("a"),), (Parent("P"),), (Property("note", "1"),))
    second = Concept("A", "all", (Designation("a"), Designation("b", "synonym")), (), (Property("note", "2"),))
    build.add(first, place(2))
    build.add(second, place(3))
    (joined,) = build
    assert joined.designations == second.designations
    assert joined.parents == (Parent("P"),)
    assert joined.properties == (Property("note", "1"), Property("note", "2"))


def test_a_code_longer_than_any_is_refused() -> None:
    build = builder()
    build.add(concept("A" * 1000, "a"), place(2))
    with pytest.raises(ReleaseError, match=r"codes\.tsv:3: a code of 1001 characters begins 'BBB"):
        build.add(concept("B" * 1001, "b"), place(3))


def test_two_titles_of_one_code_are_refused() -> None:
    build = builder()
    build.add(concept("A", "a"), place(2))
    with pytest.raises(ReleaseError, match=r"codes\.tsv:3: A has two titles: 'a' \(codes\.tsv:2\) and 'b'"):
        build.add(concept("A", "b"), place(3))


def test_a_row_without_a_code_is_reported_and_left_out() -> None:
    report = Report()
    build = builder(report)
    build.add(concept("", "heading"), place(2))
    assert list(build) == []
    assert report.warnings["row-without-code"].count == 1


def test_parents_without_a_row_are_reported() -> None:
    report = Report()
    build = builder(report)
    build.add(concept("A", "a", "P", "Q"), place(2))
    build.add(concept("P", "p"), place(3))
    build.content()
    assert report.warnings["orphan"].examples == ["codes.tsv:2: A has the parent Q, which has no row"]


def test_fields_may_be_set_once_all_codes_are_known() -> None:
    build = builder()
    build.add(concept("A", "a"), place(2))
    build.update("A", parents=(Parent("P"),))
    assert "A" in build and "P" not in build
    assert next(iter(build)).parents == (Parent("P"),)


def test_nothing_is_no_version() -> None:
    with pytest.raises(ReleaseError, match=r"codes\.tsv: no codes found"):
        builder().content()


def test_a_version_must_be_known() -> None:
    build = builder(version=None)
    build.add(concept("A", "a"), place(2))
    with pytest.raises(ReleaseError, match="--version"):
        build.content()
