"""Real releases of KVÅ."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.test_codesystems.test_kva.releases import concepts, identify, read, read_candidate


@pytest.mark.live
@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("2005-06", {"kkå-code": 5809, "kmå-code": 2643}),
        ("2009", {"kkå-code": 5797, "kmå-code": 3532}),
        ("2012", {"kkå-code": 6009, "kmå-code": 3646}),
        ("2026", {"kkå-code": 7113, "kmå-code": 4773, "kkå-listed-group": 2}),
        ("2026-01-kma", {"kmå-code": 4773, "kmå-group": 32, "kmå-section": 121, "kmå-chapter": 9}),
    ],
)
def test_real_releases(shared_data: Path, folder: str, expected: dict[str, int]) -> None:
    content, report = read(shared_data / "kva" / folder)
    assert Counter(concept.part for concept in content.concepts) == expected
    assert "unusual-code" not in report.warnings
    assert "orphan" not in report.warnings


@pytest.mark.live
def test_real_text_release(shared_data: Path) -> None:
    content, report = read(shared_data / "kva" / "2021")
    counts = Counter(concept.part for concept in content.concepts)
    assert (counts["kkå-code"], counts["kmå-code"], counts["kmå-group"]) == (6627, 4505, 31)
    assert len(content.concepts) == 12_796
    assert sum(concept.code.startswith(("KKÅ:", "KMÅ:")) for concept in content.concepts) == 98
    assert not report.warnings


@pytest.mark.live
def test_real_codes_do_not_move_between_forms(shared_data: Path) -> None:
    found = [concepts(read(shared_data / "kva" / folder)[0]) for folder in ("2021", "2026-01-kma", "2026")]
    for first, second in ((found[0], found[1]), (found[0], found[2]), (found[1], found[2])):
        assert not [code for code in set(first) & set(second) if first[code].parents != second[code].parents]


@pytest.mark.live
def test_three_real_releases_in_one_folder(shared_data: Path) -> None:
    found = identify(shared_data / "kva" / "2007")
    assert [candidate.version for candidate in found] == ["2007", "2008", None]
    counts = [len(read_candidate(candidate)[0].concepts) for candidate in found]
    assert counts == [8770, 8867, 8396]


@pytest.mark.live
def test_two_real_forms_of_one_release(shared_data: Path) -> None:
    text, book = identify(shared_data / "kva" / "2012")
    assert (text.version, book.version) == ("2012", "2012")
    assert text.rank > book.rank


@pytest.mark.live
def test_no_other_real_file_is_claimed(shared_data: Path) -> None:
    for folder in ("icd-10-se", "icf", "ksi", "ksh97-p", "urval", "norddrg", "kva/changes", "kva/conversion"):
        assert identify(shared_data / folder) == []
