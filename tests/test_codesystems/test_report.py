"""The report counts everything and shows a little of it; a refusal is one line with its place."""

from __future__ import annotations

from codesystems.model import Where
from codesystems.report import EXAMPLES_PER_KIND, ReleaseError, Report


def test_findings_are_counted_and_the_first_places_kept() -> None:
    report = Report()
    for line in range(1, 51):
        report.warn("ragged-row", "3 cells under 2 columns", Where("a.txt", line))
    finding = report.warnings["ragged-row"]
    assert (finding.kind, finding.count, len(finding.examples)) == ("ragged-row", 50, EXAMPLES_PER_KIND)
    assert finding.examples[0] == "a.txt:1: 3 cells under 2 columns"


def test_a_finding_may_have_no_place() -> None:
    report = Report()
    report.warn("few-codes", "only 3 codes")
    assert report.warnings["few-codes"].examples == ["only 3 codes"]


def test_a_note_is_kept_once() -> None:
    report = Report()
    report.note("encoding cp1252")
    report.note("encoding cp1252")
    assert report.notes == ["encoding cp1252"]


def test_counts_add_up() -> None:
    report = Report()
    report.count("concepts", 3)
    report.count("concepts")
    assert report.counts == {"concepts": 4}


def test_a_refusal_names_its_place() -> None:
    where = Where("KVA07.xls", 7, "Blad1")
    error = ReleaseError("no title", where)
    assert (str(error), error.where) == ("KVA07.xls[Blad1]:7: no title", where)
    assert str(ReleaseError("no such file")) == "no such file"
