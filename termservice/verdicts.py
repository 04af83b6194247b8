"""What is said of one code of a customer's list: whether it was valid then and is valid now, in stable words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from termservice.lifetimes import Lifetime
from termservice.timeline import day_of, last_day_before

Status = Literal[
    "ok",
    "retitled",
    "withdrawn",
    "not-yet-introduced",
    "unknown-code",
    "unknown-date",
    "before-first-release",
    "ambiguous",
]
STATUSES: tuple[Status, ...] = (
    "ok", "retitled", "withdrawn", "not-yet-introduced", "unknown-code", "unknown-date", "before-first-release",
    "ambiguous",
)  # fmt: skip
LISTED = 5
"""How many successors a message names."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a code is asked about. Without a version in force, `problem` says why."""

    at: int
    """The position; below 0 where there is none."""
    version: str | None = None
    day: str | None = None
    """The day (ISO), None where a version was named: validity stated by date then does not count."""
    problem: Status | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """What the publisher says follows a code, and whether that is valid now; if not, its own successors follow it."""

    code: str
    title: str | None
    type: str
    automatic: bool | None
    valid: bool


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What is said of a code at two moments; None where a thing is not known or does not apply."""

    status: Status
    needs_person: bool
    code: str | None
    """In the publisher's own form."""
    version_then: str | None
    valid_then: bool | None
    title_then: str | None
    version_now: str | None
    valid_now: bool | None
    title_now: str | None
    wording: str | None
    """Of a changed title: `cosmetic` where only case, space or punctuation differ, else `text`."""
    successors: Sequence[Replacement]
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """How one concept stands at one moment."""

    life: Lifetime
    moment: Moment
    side: int
    """-1 before the first day its publisher states, 1 after the last, else 0."""
    problem: Status | None
    """Why it is not valid; None where it is."""

    @classmethod
    def of(cls, life: Lifetime, moment: Moment) -> Standing:
        where = side(moment.day, *life.days(moment.at))
        return cls(life, moment, where, _problem(life, moment, where))

    def title(self) -> str | None:
        return None if self.moment.problem else self.life.title(self.moment.at)

    def words(self) -> str:
        """The problem, or its absence, for people; begins with the code's verb."""
        version = self.moment.version
        match self.problem:
            case None:
                return f"is valid in {version}"
            case "withdrawn":
                day = self._last_day()
                return f"is no longer valid in {version}" + (f" (its last day was {day})" if day else "")
            case "not-yet-introduced":
                day = self._first_day()
                return f"is not yet valid in {version}" + (f" (its first day is {day})" if day else "")
            case "before-first-release":
                known = day_of(self.life.since).isoformat()
                return self.moment.reason or f"cannot be judged before {known}: no earlier release speaks of such codes"
            case _:
                return self.moment.reason

    def _last_day(self) -> str | None:
        if self.side > 0 and self.life.active(self.moment.at):
            return self.life.days(self.moment.at)[1]
        ended = self.life.ended(self.moment.at)
        return None if ended is None else min(filter(None, (last_day_before(ended), self.life.days(ended - 1)[1])))

    def _first_day(self) -> str | None:
        if self.side < 0 and self.life.active(self.moment.at):
            return self.life.days(self.moment.at)[0]
        begins = self.life.begins(self.moment.at)
        return None if begins is None else self.life.days(begins)[0] or day_of(begins).isoformat()


def _problem(life: Lifetime, moment: Moment, where: int) -> Status | None:
    if moment.problem:
        return moment.problem
    active = life.active(moment.at)
    if active:
        return None if not where else "withdrawn" if where > 0 else "not-yet-introduced"
    if active is None and life.states[0][0] > moment.at:
        return "before-first-release" if moment.at < life.since else "not-yet-introduced"
    ahead = life.begins(moment.at) is not None and life.ended(moment.at) is None
    return "not-yet-introduced" if ahead else "withdrawn"


def side(day: str | None, first: str | None, last: str | None) -> int:
    """Where a day lies against the first and last day a publisher states; without a day they do not count."""
    if day is None:
        return 0
    return -1 if first is not None and day < first else int(last is not None and day > last)


def replaced(successors: Sequence[Replacement]) -> str:
    """What follows a code that is gone, for people."""
    if not successors:
        return "no successor is stated"
    named = [f"{each.code} {each.title}" if each.title else each.code for each in successors if each.valid]
    gone = [each.code for each in successors if not each.valid]
    text = " or ".join(named[:LISTED]) + (f" or {len(named) - LISTED} more" if len(named) > LISTED else "")
    over = f"{', '.join(gone[:LISTED])}, no longer valid" if gone else ""
    return "replaced by " + "; ".join(filter(None, (text, over)))
