"""What makes a release look wrong, and what does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from termservice.sync.difference import Difference, Outline, Summary
from termservice.sync.guard import Limits, reasons

TITLES = ("Hjärtinfarkt", "Övre luftvägsinfektion", "Gonartros", "Ménières sjukdom", "Åderbråck", "Astma")
BEFORE = {f"{chapter}{number:02}": f"{TITLES[number % 6]} typ {number}" for chapter in "AB" for number in range(50)}


def outline(version: str, titles: dict[str, str]) -> Outline:
    return Outline.of(version, ((code, title, code[0]) for code, title in titles.items()))


def judged(after: dict[str, str], limits: Limits | None = None, least: int = 1) -> list[str]:
    difference = Difference.between(outline("2025", BEFORE), outline("2026", after))
    return list(reasons(difference, limits or Limits(), least))


def told(text: str, written: str, read: str) -> str:
    return text.encode(written).decode(read, "replace")


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        BEFORE | {f"C{number:02}": "Ny kod" for number in range(40)},
        {code: title for code, title in BEFORE.items() if code not in ("A01", "A02", "B03")},
        BEFORE | {f"A{number:02}": "Helt nya ord" for number in range(9)},
        {code: title.upper() for code, title in BEFORE.items()},
        {code: title.replace(" typ", ", typ") for code, title in BEFORE.items()},
    ],
    ids=["the same", "grown", "a few gone", "a few retitled", "capitals", "commas"],
)
def test_what_a_year_brings_is_not_doubted(after: dict[str, str]) -> None:
    assert judged(after) == []


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ({code: title for code, title in BEFORE.items() if int(code[1:]) < 40}, "20 of 100 codes are gone (A40"),
        ({code: title for code, title in BEFORE.items() if code[0] == "A"}, "chapter B is gone with its 50 codes"),
        ({code: t for code, t in BEFORE.items() if code < "B20"}, "chapter B has lost 30 of its 50 codes"),
        ({code: f"Annat {code}" for code in BEFORE}, "100 of 100 codes are retitled"),
        (dict.fromkeys(BEFORE, ""), "100 of 100 codes have lost their title"),
        (BEFORE | {f"C{number}": "Ny" for number in range(60)}, "160 codes where there were 100"),
        ({}, "only 0 codes"),
    ],
)
def test_what_looks_wrong_is_named(after: dict[str, str], reason: str) -> None:
    assert any(each.startswith(reason) for each in judged(after)), judged(after)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("utf-8", "cp1252"), ("utf-8", "latin-1"), ("cp1252", "utf-8"), ("cp1252", "cp850"), ("cp850", "cp1252"),
        ("cp1252", "mac-roman"), ("utf-8", "ascii"),
    ],
)  # fmt: skip
def test_every_accident_of_encoding_is_seen(written: str, read: str) -> None:
    found = judged({code: told(title, written, read) for code, title in BEFORE.items()}, Limits(retitled=1.0))
    assert any("wrongly decoded" in each or "lost their letters" in each for each in found), found


def test_letters_that_became_question_marks_are_seen() -> None:
    assert any("wrongly decoded" in each for each in judged({c: t.replace("ä", "?") for c, t in BEFORE.items()}))


def test_codes_that_change_chapter_are_seen() -> None:
    difference = Difference.between(outline("2025", BEFORE), Outline("2026", BEFORE, dict.fromkeys(BEFORE, "A")))
    found = list(reasons(difference, Limits()))
    assert found == ["50 of 100 codes are in another chapter (B00, B01, B02, …)"]


def test_the_first_release_is_judged_by_its_size_and_letters() -> None:
    whole = Difference.between(None, outline("2026", BEFORE))
    assert list(reasons(whole, Limits())) == []
    assert list(reasons(whole, Limits(), 1000)) == ["only 100 codes, at least 1000 expected"]
    garbled = outline("2026", {code: told(title, "utf-8", "cp1252") for code, title in BEFORE.items()})
    assert len(list(reasons(Difference.between(None, garbled), Limits()))) == 1


def test_what_was_garbled_before_is_not_held_against_the_next() -> None:
    odd = outline("2025", {code: told(title, "utf-8", "cp1252") for code, title in BEFORE.items()})
    assert list(reasons(Difference.between(odd, replace(odd, version="2026")), Limits())) == []


def test_limits_are_the_operators() -> None:
    after = {code: title for code, title in BEFORE.items() if int(code[1:]) < 40}
    assert judged(after, Limits(withdrawn=0.3)) == []


def test_a_summary_has_numbers_and_examples() -> None:
    after = BEFORE | {"A00": "Annat", "C00": "Ny", "A01": BEFORE["A01"].upper()}
    del after["B49"]
    found = Summary.of(Difference.between(outline("2025", BEFORE), outline("2026", after)))
    numbers: Any = (found.introduced, found.withdrawn, found.retitled, found.retouched, found.codes)
    assert numbers == (1, 1, 1, 1, 100)
    assert found.compared_with == "2025"
    assert found.examples == {
        "introduced": ["C00 Ny"],
        "withdrawn": [f"B49 {BEFORE['B49']}"],
        "retitled": [f"A00: {BEFORE['A00']!r} → 'Annat'"],
    }
