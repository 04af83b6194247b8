"""Three releases of a small code system, with every kind of successor, and what is asked of the answers."""

from __future__ import annotations

from typing import Any

from termservice.recoded import Recoded

EQ, NARROW, BROAD, REL, NOT = (
    "equivalent", "source-is-narrower-than-target", "source-is-broader-than-target", "related-to", "not-related-to",
)  # fmt: skip
FIRST = {
    "A": "Apple",
    "A1": "Green apple",
    "B": "Banana",
    "C": "Cherry",
    "D": "Damson",
    "F": "Fig",
    "G": "Grape",
    "H": {"title": "Hazel", "abstract": False},
    "L1": "Loop one",
    "L2": "Loop two",
    "M": "Medlar",
    "N": "Nut",
    "KK:X": {"title": "Here", "part": "kk"},
    "KM:X": {"title": "There", "part": "km"},
}
GONE = ("C", "D", "F", "G", "L1", "L2", "M")
SECOND = {code: spec for code, spec in FIRST.items() if code not in GONE} | {
    "A1": "Apple (green)", "C1": "Sour cherry", "C2": "Sweet cherry", "H": {"title": "Hazel", "abstract": True},
    "W": "Plums of all kinds",
}  # fmt: skip
THIRD = {code: spec for code, spec in SECOND.items() if code != "C2"} | {"F": "Fig", "C3": "Sweet wild cherry"}
STATED = [
    # code, type, day, other, automatic
    ("B", "split", "2021-01-01", "B", 0),
    ("B", "split", "2021-01-01", "W", 0),
    ("C", "split", "2021-01-01", "C1", 1),
    ("C", "split", "2021-01-01", "C2", 0),
    ("C2", "replaced-by", "2022-01-01", "C3", 1),
    ("D", "merged", "2021-01-01", "W", 1),
    ("L1", "replaced-by", None, "L2", None),
    ("L2", "replaced-by", None, "L1", None),
    ("M", "replaced-by", "2021-01-01", "W", 0),
    ("N", "unchanged", "2021-01-01", "N", 1),
]


def state(toy: Any, *stated: tuple[str, str, str | None, str, int | None]) -> None:
    for number, (code, kind, day, other, automatic) in enumerate(stated):
        toy.execute(
            "INSERT INTO stated (release_id, system_id, code, type, date, other_code, automatic, path, row) "
            "SELECT 1, id, ?, ?, ?, ?, ?, 'changes.txt', ? FROM system WHERE short='toy'",
            code, kind, day, other, automatic, number,
        )  # fmt: skip


def codes(found: Recoded) -> list[str]:
    return [target.code for target in found.targets]
