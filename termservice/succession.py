"""From a code of then to the codes of another version, by what publishers say followed it: a walk along time.

A statement counts from its day. Of a code that was recorded before that day it says what became of it, whether or not
the code itself is still there: a category that is split often stays as a heading, or for what is left of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codesystems.loader import parts_of
from termservice import concepts
from termservice.history import SUCCESSION
from termservice.lifetimes import Lifetime, Lifetimes
from termservice.registry import Registry, Selected
from termservice.relationships import BROADER, EQUIVALENT, NARROWER, RELATED, composed
from termservice.store import Connection, changes
from termservice.store.catalog import System
from termservice.store.changes import Stated
from termservice.timeline import day_of
from termservice.verdicts import Moment, Standing

MOST_SUCCESSORS = 50
"""Codes that are named behind one; what is left out is said."""
_MEANING = {"replaced-by": EQUIVALENT, "merged": NARROWER, "split": BROADER}
_AUTOMATIC = {None: "", True: ", automatic", False: ", not automatic"}


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a code leads, and how."""

    code: str
    display: str | None = None
    problem: str = ""
    """Why the code cannot be used there; empty where it can, or where nobody here knows."""
    relationship: str = EQUIVALENT
    """Of the code at the beginning to this one."""
    certain: bool = True
    """False where the publisher says of a step that it is not to be taken automatically."""
    steps: tuple[str, ...] = ()
    """Every statement followed, for people; empty where the code stayed as it is."""
    cut: bool = False
    """True where more followed than is named."""


class Succession:
    """A code system as it stands at one moment, and the ways there. Not for several threads at once."""

    def __init__(
        self, lifetimes: Lifetimes, end: Moment, stated: Sequence[Stated], connection: Connection, selected: Selected
    ) -> None:
        self.system: System = lifetimes.system
        self.lifetimes = lifetimes
        self.end = end
        self._connection = connection
        self._selected = selected
        self._last = end.day or day_of(end.at).isoformat()
        self._stated = _by_code(stated)

    @classmethod
    def load(cls, connection: Connection, registry: Registry, selected: Selected) -> Succession:
        end = Moment(selected.at, selected.version.version, selected.day)
        stated = changes.stated(connection, selected.system.id)
        return cls(Lifetimes.load(connection, registry, selected.system), end, stated, connection, selected)

    @property
    def days(self) -> set[str]:
        """Every day on which a statement begins to count."""
        return {each.date for found in self._stated.values() for each in found if each.date is not None}

    def find(self, code: str) -> Lifetime | None:
        """The concept of a code in any spelling, or of another identifier; None where there is no single one."""
        life = self.lifetimes.exact(code)
        if life is None:
            rows = concepts.matching(self._connection, self._selected, code)
            life = self.lifetimes.exact(rows[0].code) if len(rows) == 1 else None
        return life

    def settle(self, code: str) -> list[Trail]:
        """A code as somebody else has it, today: itself where it can be used, else what follows it.

        A combination of codes stays as it is.
        """
        life = self.find(code)
        if life is not None:
            return self.follow(life, None)
        parts = parts_of(self.system.short, code)
        found = [self.find(part) for part in parts] if len(parts) > 1 else []
        problems = [self._problem(each) for each in found if each is not None]
        if not found or len(problems) < len(found):
            return [Trail(code, problem=f"{code} is not known in {self.system.short}")]
        names = " & ".join(life.title(self.end.at) or life.code for life in found if life is not None)
        return [Trail(code, names, "; ".join(filter(None, problems)))]

    def follow(self, life: Lifetime, since: str | None) -> list[Trail]:
        """The codes that one recorded on a day leads to, each once. Without a day, one that can be used stays."""
        found: dict[str, Trail] = {}
        waiting = [(Trail(life.code), since)]
        seen = {(life.code, since)}
        cut = False
        for trail, day in waiting:  # grows while it is read
            statements = [] if cut else self._next(trail.code, day)
            onward = [(self._onward(trail, each), each.date or day) for each in statements]
            new = [(step, then) for step, then in onward if (step.code, then) not in seen]
            if not new:
                found.setdefault(trail.code, self._arrived(trail, cut))
                continue
            cut = cut or len(waiting) + len(new) > MOST_SUCCESSORS
            waiting += new
            seen.update((step.code, then) for step, then in new)
        return list(found.values())

    def _next(self, code: str, day: str | None) -> list[Stated]:
        """What is said to follow a code recorded on a day: first by the next statement after that, and of a code that
        cannot be used by the last one before it."""
        stated = [each for each in self._stated.get(code, ()) if each.date is None or each.date <= self._last]
        days = sorted({each.date for each in stated if each.date is not None})
        following = next((each for each in days if day is not None and each > day), None)
        if following is not None:
            return [each for each in stated if each.date == following]
        if self._usable(code):
            return []
        last = days[-1] if days else None
        return [each for each in stated if each.date in (None, last) and each.other_code != code]

    def _onward(self, trail: Trail, stated: Stated) -> Trail:
        where = f"{self.system.short} {stated.version}{_AUTOMATIC[stated.automatic]}"
        return Trail(
            stated.other_code,
            relationship=composed(trail.relationship, _MEANING[stated.type]) or RELATED,
            certain=trail.certain and stated.automatic is not False,
            steps=(*trail.steps, f"{stated.type} {stated.other_code} ({where})"),
        )

    def _arrived(self, trail: Trail, cut: bool) -> Trail:
        life = self.lifetimes.exact(trail.code)
        problem = self._problem(life) if life else f"{trail.code} is not known in {self.system.short}"
        title = life.title(self.end.at) if life else None
        return Trail(trail.code, title, problem, trail.relationship, trail.certain, trail.steps, cut)

    def _usable(self, code: str) -> bool:
        life = self.lifetimes.exact(code)
        return life is not None and Standing.of(life, self.end).problem is None

    def _problem(self, life: Lifetime) -> str:
        standing = Standing.of(life, self.end)
        return f"{life.code} {standing.words()}" if standing.problem else ""


def _by_code(stated: Sequence[Stated]) -> Mapping[str, Sequence[Stated]]:
    """Statements of succession, by the code they are about, by day; what is automatic comes first."""
    found: dict[str, list[Stated]] = {}
    for each in _each_once(stated):
        found.setdefault(each.code, []).append(each)
    for several in found.values():
        several.sort(key=lambda each: (each.date or "", each.automatic is not True))
    return found


def _each_once(stated: Sequence[Stated]) -> Iterator[Stated]:
    seen: set[tuple[str, str, str | None]] = set()
    for each in stated:
        key = (each.code, each.other_code, each.date)
        if each.type in SUCCESSION and each.other_code and key not in seen:
            seen.add(key)
            yield each
