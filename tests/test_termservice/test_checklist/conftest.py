"""Three releases of a small code system, in which every verdict has its codes."""

from __future__ import annotations

from typing import Any

import pytest

FIRST = {
    "A": "Apple",
    "=A": "=Apple()",
    "A1": "Green apple",
    "B": "Banana",
    "C": "Cherry",
    "D": {"title": "Damson", "valid_from": "2020-07-01", "valid_to": "2021-06-30"},
    "E": {"title": "Elder", "active": False},
    "F": "Fig",
    "KK:X": {"title": "Here", "part": "kk"},
    "KM:X": {"title": "There", "part": "km"},
    "N-1": "Nut one",
    "N.1": "Nut two",
}
SECOND = FIRST | {"A1": "Apple (green)", "B": "banana.", "G": "Grape", "O": {"title": "Other", "part": "late"}}
for gone in ("C", "F", "N-1"):
    SECOND.pop(gone)
THIRD = SECOND | {"F": "Fig", "A1": "Green apple"}
THIRD.pop("G")
STATED = [
    ("C", "replaced-by", "2021-01-01", "G"),
    ("C", "unchanged", "2020-01-01", "C"),
    ("G", "split", "2022-01-01", "A1"),
    ("G", "split", "2022-01-01", "B"),
    ("N-1", "changed", "2021-01-01", ""),
]


@pytest.fixture
def fruit(toy: Any) -> Any:
    toy.put("2020", FIRST)
    toy.put("2021", SECOND)
    toy.put("2022", THIRD)
    for number, (code, kind, day, other) in enumerate(STATED):
        toy.execute(
            "INSERT INTO stated (release_id, system_id, code, type, date, other_code, automatic, path, row) "
            "SELECT 1, id, ?, ?, ?, ?, 1, 'changes.txt', ? FROM system",
            code, kind, day, other, number,
        )  # fmt: skip
    return toy
