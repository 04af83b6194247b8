"""What two relationships say together, and what one says read backwards.

A relationship is a claim about the extents of two concepts: equal, the source inside the target (narrower), the
target inside the source (broader), or related in a way nobody states. Composition keeps only what follows:

- equal changes nothing; inside of inside is inside, and the other way round;
- broader, then narrower: both ends hold the concept between them, so they overlap: related;
- narrower, then broader: both ends lie within the concept between them and may have nothing in common: no claim;
- related is what maps say that do not state how: "classify it as". Two such steps are still a way to classify, and no
  more than that is claimed of it.
"""

from __future__ import annotations

EQUIVALENT = "equivalent"
NARROWER = "source-is-narrower-than-target"
BROADER = "source-is-broader-than-target"
RELATED = "related-to"
NOT_RELATED = "not-related-to"
UNMAPPED = "unmapped"

BEST_FIRST = (EQUIVALENT, NARROWER, BROADER, RELATED, NOT_RELATED, UNMAPPED)
"""Narrower comes before broader: a target that is wider than the source is still true of the patient."""

_TURNED = {NARROWER: BROADER, BROADER: NARROWER}
_TABLE = {
    (NARROWER, NARROWER): NARROWER,
    (BROADER, BROADER): BROADER,
    (BROADER, NARROWER): RELATED,
    (NARROWER, RELATED): RELATED,
    (RELATED, NARROWER): RELATED,
    (BROADER, RELATED): RELATED,
    (RELATED, BROADER): RELATED,
    (RELATED, RELATED): RELATED,
}


def turned(relationship: str) -> str:
    """The relationship read from target to source."""
    return _TURNED.get(relationship, relationship)


def composed(first: str, second: str) -> str | None:
    """The relationship of the outer ends of two steps; None where the two together mean nothing."""
    if EQUIVALENT in (first, second):
        other = second if first == EQUIVALENT else first
        return None if other in (NOT_RELATED, UNMAPPED) else other
    return _TABLE.get((first, second))


def rank(relationship: str) -> int:
    """Lower is better."""
    return BEST_FIRST.index(relationship)
