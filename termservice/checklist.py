"""A customer's own list of codes: was each valid then, is it valid now, does it mean the same, what replaced it.

A list may have any number of rows: nothing is kept of a row, and what is known of a code is worked out once for each
version it is asked about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from termservice.answers import When
from termservice.errors import UnknownCode
from termservice.history import wording
from termservice.lifetimes import AmbiguousCode, Lifetime, Lifetimes
from termservice.registry import Registry, Selected
from termservice.store import Connection
from termservice.store.catalog import System
from termservice.timeline import day_of, in_force
from termservice.verdicts import Moment, Replacement, Standing, Status, Verdict, replaced, side

MOST_REMEMBERED = 200_000
"""Codes and dates of which the verdict is kept; a list of more distinct ones is worked out again."""
MOST_SUCCESSORS = 50
_DAY = re.compile(r"([0-9]{4})(?:(-?)([0-9]{2})\2([0-9]{2})(?:[T ].*)?)?")
_BAD_DATE = "the date is not a day (YYYY-MM-DD, YYYYMMDD) or a year"
_NO_DATE = "there is no date"

K = TypeVar("K")
V = TypeVar("V")

Row = tuple[int, str, str | None]
"""(line, code, date) as they stand in the list; None where the list has no dates."""
Write = Callable[[int, str, str | None, Verdict], None]


@dataclass(slots=True)
class _Dated:
    """A code as written, in one version that states its days: a verdict each for before, within and after them."""

    life: Lifetime
    days: tuple[str | None, str | None]
    verdicts: dict[int, Verdict] = field(default_factory=dict)


@dataclass(slots=True)
class Summary:
    """What a whole list came to."""

    rows: int = 0
    """Rows that were checked."""
    needs_person: int = 0
    without_code: int = 0
    """Rows whose code is empty; they are not checked."""
    statuses: Counter[Status] = field(default_factory=Counter)
    cosmetic: int = 0
    """Of the retitled: those in which only case, space or punctuation changed."""


class Checker:
    """Judges codes of one code system, as of one revision of the store. Not for several threads at once."""

    def __init__(self, lifetimes: Lifetimes, revision: int, start: Moment, end: Moment) -> None:
        self.system: System = lifetimes.system
        self.revision = revision
        self.start, self.end = start, end
        self._lifetimes = lifetimes
        self._moments: dict[str, tuple[Moment, ...]] = {}
        self._current: dict[Lifetime, Standing] = {}
        self._known: dict[tuple[str, int], Verdict | _Dated] = {}

    @classmethod
    def load(
        cls, connection: Connection, registry: Registry, system: str, start: When | None, end: When, today: date
    ) -> Checker:
        """`start` is when codes without a date of their own are asked about, `end` what they are compared with.

        Without `start` that is `end`. Raises what `Registry.select` does.
        """
        last = moment_of(registry.select(system, end, today))
        first = last if start is None else moment_of(registry.select(system, start, today))
        lifetimes = Lifetimes.load(connection, registry, registry.system(system))
        return cls(lifetimes, registry.revision, first, last)

    def check(self, code: str, day: str | None = None) -> Verdict:
        """The verdict on a code as somebody wrote it, on a day as somebody wrote it (ISO, yyyymmdd, or a year).

        In a year it is enough to have been valid once. Without `day` that is `start`.
        """
        if day is None:
            return self._verdict(code, self.start)
        moments = self._moments.get(day)
        if moments is None:
            moments = self._parsed(day)
            remember(self._moments, day, moments)
        verdict = self._verdict(code, moments[0])
        for moment in moments[1:]:
            if verdict.valid_then:
                break
            verdict = self._verdict(code, moment)
        return verdict

    def _verdict(self, code: str, start: Moment) -> Verdict:
        key = (code, start.at)
        found = self._known.get(key)
        if found is None:
            found = self._case(code, start)
            remember(self._known, key, found)
        if type(found) is Verdict:
            return found
        assert type(found) is _Dated
        where = side(start.day, *found.days)
        verdict = found.verdicts.get(where)
        if verdict is None:
            verdict = found.verdicts[where] = self._judged(Standing.of(found.life, start))
        return verdict

    def _case(self, code: str, start: Moment) -> Verdict | _Dated:
        try:
            life = self._lifetimes.find(code, self.end.at if start.problem else start.at)
        except UnknownCode as error:
            return self._unknown(start, error)
        days = life.days(start.at)
        return self._judged(Standing.of(life, start)) if days == (None, None) else _Dated(life, days)

    def _unknown(self, start: Moment, error: UnknownCode) -> Verdict:
        then = None if start.problem else False
        status: Status = "ambiguous" if isinstance(error, AmbiguousCode) else "unknown-code"
        now = self.end.version
        return Verdict(status, True, None, start.version, then, None, now, False, None, None, (), error.message)

    def _judged(self, then: Standing) -> Verdict:
        life, now = then.life, self._now(then.life)
        problem_then, problem_now = then.problem, now.problem
        title_then, title_now = then.title(), now.title()
        words = None
        if not problem_then and not problem_now and title_then != title_now:
            words = wording(title_then or "", title_now or "")
        status: Status = problem_then or problem_now or ("retitled" if words else "ok")
        successors = self._successors(life) if problem_now == "withdrawn" else ()
        return Verdict(
            status=status,
            needs_person=status != "ok" and words != "cosmetic",
            code=life.code,
            version_then=then.moment.version,
            valid_then=None if problem_then in ("unknown-date", "before-first-release") else problem_then is None,
            title_then=title_then,
            version_now=self.end.version,
            valid_now=None if problem_now == "before-first-release" else problem_now is None,
            title_now=title_now,
            wording=words,
            successors=successors,
            message=_message(then, now, words, successors),
        )

    def _now(self, life: Lifetime) -> Standing:
        found = self._current.get(life)
        if found is None:
            found = self._current[life] = Standing.of(life, self.end)
        return found

    def _successors(self, life: Lifetime) -> tuple[Replacement, ...]:
        """What follows a code by its publisher's word, and what follows that where it is gone too; each once."""
        found: dict[str, Replacement] = {}
        waiting = list(life.stated)
        for stated in waiting:  # grows while it is read
            if stated.code in found or stated.code == life.code or len(found) == MOST_SUCCESSORS:
                continue
            other = self._lifetimes.exact(stated.code)
            valid = other is not None and self._now(other).problem is None
            title = other.title(self.end.at) if other else None
            found[stated.code] = Replacement(stated.code, title, stated.type, stated.automatic, valid)
            if other is not None and not valid:
                waiting.extend(other.stated)
        return tuple(found.values())

    def _parsed(self, text: str) -> tuple[Moment, ...]:
        try:
            first, last = days_meant(text)
        except ValueError as error:
            return (Moment(-1, problem="unknown-date", reason=str(error)),)
        return tuple(self._on(each) for each in ([first] if first == last else self._of_year(first.year)))

    def _of_year(self, year: int) -> list[date]:
        """The days of a year on which something may begin: New Year, each new version, and the last one."""
        inside = {day_of(version.pos) for version in self.system.versions if day_of(version.pos).year == year}
        return sorted({date(year, 1, 1), *inside, date(year, 12, 31)})

    def _on(self, day: date) -> Moment:
        version = in_force(self.system.versions, day)
        if version is None:
            first = self.system.versions[0]
            reason = f"no release was in force then; the first one loaded is {first.version}, from {first.effective}"
            return Moment(-2, problem="before-first-release", reason=reason)
        return Moment(version.pos, version.version, day.isoformat())


def check_rows(checker: Checker, rows: Iterable[Row], write: Write) -> Summary:
    """Judges every row and hands it on; keeps only counts."""
    summary = Summary()
    counts: Counter[tuple[Status, bool]] = Counter()
    check = checker.check
    for line, code, day in rows:
        if not code:
            summary.without_code += 1
            continue
        verdict = check(code, day)
        counts[verdict.status, verdict.needs_person] += 1
        write(line, code, day, verdict)
    for (status, person), count in counts.items():
        summary.rows += count
        summary.statuses[status] += count
        summary.needs_person += count * person
        summary.cosmetic += count * (status == "retitled" and not person)
    return summary


def days_meant(text: str) -> tuple[date, date]:
    """The first and the last day that somebody means by what is written: a day, or a year.

    Raises `ValueError` whose text says what is wrong.
    """
    match = _DAY.fullmatch(text.strip())
    if match is None:
        raise ValueError(_BAD_DATE if text.strip() else _NO_DATE)
    try:
        year = int(match[1])
        if not match[3]:
            return date(year, 1, 1), date(year, 12, 31)
        day = date(year, int(match[3]), int(match[4]))
        return day, day
    except ValueError:
        raise ValueError(_BAD_DATE) from None


def moment_of(selected: Selected) -> Moment:
    return Moment(selected.at, selected.version.version, selected.day)


def remember(cache: dict[K, V], key: K, value: V) -> None:
    """Keeps a value; all that was kept is forgotten where it becomes too much."""
    if len(cache) >= MOST_REMEMBERED:
        cache.clear()
    cache[key] = value


def _message(then: Standing, now: Standing, words: str | None, successors: tuple[Replacement, ...]) -> str:
    """A sentence for people: the code then, now where that is another time, and what replaced it."""
    parts = [f"{then.life.code} {then.words()}" if not then.moment.problem else then.moment.reason]
    if (then.moment.at, then.side) != (now.moment.at, now.side):
        parts.append(f"{then.life.code} {now.words()}" if then.moment.problem else now.words())
    if words is not None:
        changed = "only case, space or punctuation of its title changed" if words == "cosmetic" else "its title changed"
        parts.append(changed)
    if now.problem == "withdrawn":
        parts.append(replaced(successors))
    return "; ".join(parts)
