"""The codes of KVÅ: what follows from a code alone."""

from __future__ import annotations

import pytest

from codesystems.kva import LOADER
from codesystems.kva_formats.identity import SHARED, canonical, identity, parents, part_of, split
from tests.test_codesystems.test_kva.releases import SAMPLES, read


def test_shared_headings() -> None:
    assert len(SHARED) == 49
    assert {"A", "AA", "DW", "Z", "ZX"} <= SHARED
    assert not {"B", "AF", "P", "ZZ", "XS"} & SHARED


@pytest.mark.parametrize(
    ("written", "code", "part"),
    [
        ("JFB00", "JFB00", "kkå-code"),
        (" jfb00\u00a0", "JFB00", "kkå-code"),
        ("AC046 ", "AC046", "kmå-code"),
        ("JFB", "JFB", "kkå-group"),
        ("VA9", "VA9", "kmå-group"),
        ("EMA", "EMA", "kkå-listed-group"),
        ("JF", "JF", "kkå-section"),
        ("XA", "XA", "kkå-section"),
        ("XS", "XS", "kmå-section"),
        ("P", "P", "kmå-chapter"),
        ("J", "J", "kkå-chapter"),
        ("kkå:aa", "KKÅ:AA", "kkå-section"),
        ("KMÅ:AA", "KMÅ:AA", "kmå-section"),
        ("KMÅ:A", "KMÅ:A", "kmå-chapter"),
        ("KKÅ:JF", "JF", "kkå-section"),
    ],
)
def test_canonical_codes(written: str, code: str, part: str) -> None:
    assert LOADER.canonical(written) == code
    assert LOADER.part(code) == part
    assert canonical(code) == code


def test_a_heading_keeps_its_code_when_the_other_classification_takes_it_up() -> None:
    assert identity("JF", "KKÅ") == "JF"
    assert identity("JF", "KMÅ") == "KMÅ:JF"
    assert identity("AF", "KKÅ") == "KKÅ:AF"
    assert split("KMÅ:JF") == ("KMÅ", "JF")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("JFB00", ["JFB", "JF", "J"]),
        ("AAA00", ["AAA", "KKÅ:AA", "KKÅ:A"]),
        ("AA001", ["AA0", "KMÅ:AA", "KMÅ:A"]),
        ("LA001", ["LA0", "KMÅ:LA", "KMÅ:L"]),
        ("VA9", ["KMÅ:VA", "KMÅ:V"]),
        ("KKÅ:AA", ["KKÅ:A"]),
        ("J", []),
    ],
)
def test_parents_follow_from_the_code(code: str, expected: list[str]) -> None:
    found = parents(code)
    assert [parent.code for parent in found] == expected
    assert [parent.rank for parent in found] == list(range(len(expected)))


def test_shape_is_what_the_formats_say() -> None:
    content, _ = read(SAMPLES / "2021")
    for concept in content.concepts:
        shape = LOADER.shape(concept.code)
        assert (shape.level, shape.sort_key, shape.abstract) == (
            concept.level,
            concept.sort_key,
            concept.abstract,
        )
        assert part_of(concept.code) == concept.part
