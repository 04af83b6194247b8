"""What becomes of one code of a list that is recoded: its targets, and how certain they are, in stable words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from termservice.crossing import Found, Said
from termservice.maprules import Need
from termservice.relationships import EQUIVALENT, NARROWER, RELATED, composed, rank
from termservice.succession import MOST_SUCCESSORS, Trail

Certainty = Literal[
    "exact", "broader", "approximate", "combined", "ambiguous", "depends", "not-valid", "unmapped", "not-found",
    "ambiguous-code", "unknown-code", "unknown-date", "no-code",
]  # fmt: skip
CERTAINTIES: dict[Certainty, str] = {
    "exact": "one target that means the same, all the way",
    "broader": "one target that is wider than the code: information is lost",
    "approximate": "one target that is narrower, or of which nobody states that it means the same",
    "combined": "several targets that are meant together",
    "ambiguous": "several targets, of which a person must choose",
    "depends": "which target holds depends on age, sex or other codes that the list does not say",
    "not-valid": "there is a target, but it cannot be used in the target version and nothing follows it",
    "unmapped": "a map states that there is no target",
    "not-found": "no map has a target for the code, or states that there is none",
    "ambiguous-code": "what is written may mean several codes",
    "unknown-code": "the code system has never had the code",
    "unknown-date": "the row's date is missing or is not a day",
    "no-code": "the row has no code",
}
"""Every certainty there is, in the order of summaries."""
LOST: frozenset[Certainty] = frozenset(
    ("not-valid", "unmapped", "not-found", "ambiguous-code", "unknown-code", "unknown-date", "no-code")
)
"""Those of rows that have no target that can be used."""
UNCHANGED = "unchanged"
"""The path of a code that stays as it is."""


@dataclass(frozen=True, slots=True)
class Target:
    """A code that one is recoded to."""

    code: str
    display: str
    relationship: str
    """FHIR R5's words, from the row's code to this one."""
    path: str
    problem: str = ""
    """Why it cannot be used; empty where it can, or where nobody here knows."""
    certain: bool = True
    """False where somebody must look though it is the only one."""
    holds: bool = True
    """False where a rule waits for what is not known."""

    def worth(self) -> tuple[bool, int, bool, int]:
        """Less is better, of two ways to the same code."""
        return not self.holds, rank(self.relationship), not self.certain, len(self.path)


@dataclass(frozen=True, slots=True, eq=False)
class Recoded:
    """What becomes of one code."""

    source: str
    """In the publisher's own form where the code is known, else as it is written."""
    targets: Sequence[Target]
    certainty: Certainty
    notes: Sequence[str] = ()
    asks: bool = False
    """True where age or sex may decide."""
    valid_then: bool = True
    """False where the code was not valid on the row's day, or where that cannot be judged."""
    retitled: bool = False
    """True where the code stays and the words of its title changed."""

    @property
    def needs_person(self) -> bool:
        return self.certainty != "exact" or not self.valid_then


def target(before: Trail, found: Found, after: Trail) -> Target:
    """The target at the end of three ways: history of the row's code, maps, history of what they lead to."""
    together = _both(_both(before.relationship, found.relationship), after.relationship)
    return Target(
        code=after.code,
        display=after.display or found.display,
        relationship=together,
        path=" > ".join((*before.steps, *found.steps, *after.steps)) or UNCHANGED,
        problem=after.problem,
        certain=before.certain and after.certain,
        holds=found.holds,
    )


def judged(source: str, targets: Iterable[Target], said: Said, *, combined: bool, incomplete: bool) -> Recoded:
    """Each target once, and how certain they are together.

    `combined` says that all of them are meant; `incomplete` that something else is meant too, of which no map speaks.
    """
    best: dict[str, Target] = {}
    for each in targets:
        other = best.setdefault(each.code, each)
        if each.worth() < other.worth():
            best[each.code] = each
    kept = tuple(best.values())
    notes = (*said.notes, *(each.problem for each in kept if each.problem), *map(_needed, said.needs))
    if kept and said.unmapped:
        notes = (*notes, *(f"stated as without a target: {reason}" for reason in said.unmapped))
    elif said.unmapped:
        notes = (*notes, *said.unmapped)
    return Recoded(
        source=source,
        targets=kept,
        certainty=_certainty(kept, said.undecided, combined, incomplete),
        notes=each_once(notes),
        asks=any(need.kind in ("age", "sex") for need in said.needs),
    )


def beside(recoded: Recoded, notes: Iterable[str]) -> Recoded:
    """The same with notes in front of its own."""
    return replace(recoded, notes=each_once((*notes, *recoded.notes)))


def each_once(notes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notes))


def cut(trail: Trail) -> Sequence[str]:
    return (f"more than {MOST_SUCCESSORS} codes follow; not all are named",) if trail.cut else ()


def _certainty(targets: Sequence[Target], undecided: bool, combined: bool, incomplete: bool) -> Certainty:
    if undecided or not all(each.holds for each in targets):
        return "depends"
    if not targets:
        return "unmapped"
    if all(each.problem for each in targets):
        return "not-valid"
    if len(targets) > 1 or incomplete:
        return "combined" if combined and not incomplete else "ambiguous"
    if targets[0].relationship == NARROWER:
        return "broader"
    return "exact" if targets[0].relationship == EQUIVALENT and targets[0].certain else "approximate"


def _both(first: str, second: str) -> str:
    """Two relationships together; `related-to` where they claim nothing: the way is still there."""
    return composed(first, second) or RELATED


def _needed(need: Need) -> str:
    if need.kind == "code":
        return f"depends on whether there is also {need.code} {need.display}".rstrip()
    return f"depends on {need.kind}" + (f" {need.text}" if need.kind == "age" else "")
