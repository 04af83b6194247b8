"""Which file of which set holds which part of the codes, and what follows when a file is not there.

| part | example | ANS | text |
|---|---|---|---|
| chapter | 01 | KAP | chapter (another party's: diagnoskapitel) |
| block | A00-A09, UA | AVS | block |
| category | A00, UA3 | KAT | digit3 |
| subcategory | A00.0 | KOD | digit4 |
| extension | A08.3A, S02.10 | KOD | digit5 |
| rehabilitation | UA3290 | KOD | none: withdrawn with digit5 |
| external | Y90.1 | KXX | digit4 |
| external-place | V01.00, Y05.0A | KXX | digit5 |
| external-moved | Y90.0 | KXX, in 2019 KOD | digit4 |
| external-place-moved | V87.00 | KXX, in 2019 KOD | digit5 |

The tsv holds every part, the csv of 2012 every part from subcategory down.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from codesystems.icd10se_formats.codes import Part

HEADINGS: frozenset[Part] = frozenset(("chapter", "block"))
MOVED: frozenset[Part] = frozenset(("external-moved", "external-place-moved"))
ALL: frozenset[Part] = frozenset(get_args(Part))
BELOW_CATEGORY: frozenset[Part] = ALL - HEADINGS - {"category"}

PARTS_OF_FILE: dict[str, frozenset[Part]] = {
    "KAP": frozenset(("chapter",)),
    "AVS": frozenset(("block",)),
    "KAT": frozenset(("category",)),
    "KOD": frozenset(("subcategory", "extension", "rehabilitation")),
    "KXX": frozenset(("external", "external-place")),
    "chapter": frozenset(("chapter",)),
    "diagnoskapitel": frozenset(("chapter",)),
    "block": frozenset(("block",)),
    "digit3": frozenset(("category",)),
    "digit4": frozenset(("subcategory", "external", "external-moved")),
    "digit5": frozenset(("extension", "rehabilitation", "external-place", "external-place-moved")),
}
WHOLE = {"ANS": ("KAT", "KOD", "KXX"), "text": ("digit3", "digit4", "digit5")}
"""The files that make a whole release; the others may be absent."""

_DECIDED_WITH: dict[Part, Part] = {
    "category": "block",
    "extension": "subcategory",
    "external-place": "external",
    "external-place-moved": "external",
}
"""A code's parent can only be told where this part is in the release too; other codes tell it themselves."""


def covered(form: str, roles: Iterable[str], stated: Iterable[Part]) -> frozenset[Part]:
    """The parts that these files of a set speak of; `stated` are the parts they have codes of.

    A whole release speaks of all codes. In a part of one, the codes that moved from KXX to KOD are spoken of
    by the file that has them.
    """
    present = frozenset(roles)
    parts = frozenset().union(*(PARTS_OF_FILE[role] for role in present))
    if present.issuperset(WHOLE[form]):
        return parts | BELOW_CATEGORY | {"category"}
    return parts | (MOVED & frozenset(stated))


def parent_units(parts: Iterable[Part]) -> set[tuple[Part, str]]:
    """The (part, kind) units of parents that a release covering `parts` can decide.

    A chapter is a fixed range of codes, so it needs no file to be known as a parent.
    """
    present = frozenset(parts)
    units = {(part, "parent") for part in present if _DECIDED_WITH.get(part, part) in present}
    units -= {("chapter", "parent")}
    return units | ({("category", "parent:1")} if "category" in present else set())
