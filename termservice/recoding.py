"""A register's codes in another code system or another version, row after row: history first, then maps.

Each row's code is understood on its day. Within one system publishers' statements are followed; between two, the maps
are asked for the code as it stands, and for what follows it where none speaks of it. Targets that can no longer be used
are followed too. A list may have any number of rows: nothing is kept of a row, and a code is worked out once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from termservice import timeline
from termservice.answers import When
from termservice.chains import Search
from termservice.checklist import Checker, days_meant, moment_of, remember
from termservice.crossing import Crossing, Found, Said
from termservice.crossmaps import IsA
from termservice.crossmaps import Moment as MapMoment
from termservice.errors import InvalidParameter
from termservice.lifetimes import Lifetime
from termservice.maprules import Age, Context, Sex, parse_age
from termservice.recoded import Certainty, Recoded, beside, cut, each_once, judged, target
from termservice.registry import Registry, Selected
from termservice.relationships import EQUIVALENT
from termservice.store import Connection
from termservice.store.catalog import System
from termservice.succession import Succession, Trail
from termservice.translating import Question, Translator
from termservice.verdicts import Verdict

SEXES: dict[str, Sex] = {
    **dict.fromkeys(("female", "f", "k", "kvinna", "w", "2"), "female"),
    **dict.fromkeys(("male", "m", "man", "1"), "male"),
    **dict.fromkeys(("other", "annat"), "other"),
    **dict.fromkeys(("unknown", "okänt", "0", "9", ""), "unknown"),
}  # fmt: skip
"""As lists write it; the digits are those of ISO/IEC 5218 and of Swedish registers."""
_STAYS = Found("", "", EQUIVALENT, (), ("", "", 1), True)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be recoded; systems and map by any of their names. `when` is of rows without a date of their own."""

    source: str
    target: str
    when: When = field(default_factory=When)
    target_version: str | None = None
    """Without it, the version in force today."""
    map: str | None = None


@dataclass(frozen=True, slots=True)
class _Time:
    """When a row is of."""

    bucket: int
    """The same for days between which nothing changes."""
    since: str
    """The first day (ISO) that is meant."""
    moment: MapMoment | None
    """None where the date is not understood."""
    problem: str = ""


class Recoder:
    """Recodes from one revision of the store. Not for several threads, and only while its snapshot is open."""

    def __init__(
        self, ends: tuple[str, str], revision: int, start: MapMoment, checker: Checker | None,
        own: Succession | None, end: Succession | None, crossing: Crossing | None,
    ) -> None:  # fmt: skip
        """`ends` are the short ids of the systems recoded from and to. `own` is how the source's codes stand today,
        `end` how the target's stand in the version recoded to; None where the system is not loaded, as is `checker`
        where the source is not. Without `crossing` codes stay in their system.
        """
        self.source, self.target = ends
        self.revision = revision
        self._checker = checker
        self._own = own
        self._end = end
        self._crossing = crossing
        self._start = _Time(-1, start.day.isoformat(), start)
        self._days = sorted((own.days if own else set()) | (crossing.days if crossing else set()))
        self._times: dict[str, _Time] = {}
        self._known: dict[object, Recoded] = {}
        self._without = Recoded("", (), "no-code")

    @classmethod
    def load(
        cls, connection: Connection, registry: Registry, translator: Translator, is_a: IsA, today: date,
        request: Request,
    ) -> Recoder:  # fmt: skip
        """Raises `NotFound` subclasses for systems, maps, versions and days that are not there, `InvalidParameter`
        where no map leads from the one system to the other."""
        source, destination = registry.joined_system(request.source), registry.joined_system(request.target)
        question = Question(source.short, "", request.when, destination.short, request.target_version)
        _, start, _ = translator.asked(question)
        last = _selected(registry, destination, When(request.target_version), today)
        end = Succession.load(connection, registry, last) if last else None
        if source.short == destination.short:
            registry.system(source.short)
            if request.map is not None:
                raise InvalidParameter({"map": "within one code system no map is used"})
            own, crossing = end, None
        else:
            only = registry.map(request.map).short if request.map else None
            current = replace(start, day=today)
            search = Search(connection, registry, current, Context(), is_a, only)
            crossing = Crossing(search, source.short, destination.short)
            now = _selected(registry, source, When(), today)
            own = Succession.load(connection, registry, now) if now else None
        first = _selected(registry, source, request.when, today)
        checker = Checker(own.lifetimes, registry.revision, moment_of(first), own.end) if own and first else None
        ends = source.short, destination.short
        return cls(ends, registry.revision, start, checker, own, end, crossing)

    @property
    def version(self) -> str | None:
        """The version recoded to; None where the target system is not loaded."""
        return self._end.end.version if self._end else None

    def recode(self, code: str, day: str | None = None, age: str = "", sex: str = "") -> Recoded:
        """What becomes of a code as somebody wrote it, on a day as somebody wrote it (as `Checker.check` has it).

        `age` and `sex` are of the person, as lists write them; they count where a map's rules ask for them.
        """
        if not code:
            return self._without
        time = self._start if day is None else self._times.get(day) or self._time(day)
        verdict = self._checker.check(code, day) if self._checker is not None else None
        key: tuple[object, ...] = (verdict or code, time.bucket)
        found = self._known.get(key)
        if found is None:
            found = self._recoded(code, verdict, time, Context())
            remember(self._known, key, found)
        if not found.asks or not (age or sex):
            return found
        key = (*key, age, sex)
        known = self._known.get(key)
        if known is None:
            context, notes = _person(age, sex)
            known = beside(self._recoded(code, verdict, time, context), notes)
            remember(self._known, key, known)
        return known

    def _time(self, text: str) -> _Time:
        try:
            first, last = (day.isoformat() for day in days_meant(text))
        except ValueError as error:
            time = _Time(-2, "", None, str(error))
        else:
            days = self._days
            bucket = bisect_right(days, first) * (len(days) + 1) + bisect_right(days, last)
            assert self._start.moment is not None
            moment = MapMoment(date.fromisoformat(last), None, self._start.moment.target)
            time = _Time(bucket, first, moment)
        remember(self._times, text, time)
        return time

    def _recoded(self, code: str, verdict: Verdict | None, time: _Time, context: Context) -> Recoded:
        if time.moment is None:
            return Recoded(code, (), "unknown-date", (time.problem,))
        life = self._meant(code, verdict)
        if self._crossing is not None:
            found = self._across(life, code, verdict, time, context)
        elif life is None:
            found = _not_understood(code, verdict)
        else:
            found = self._within(life, verdict, time)
        if verdict is None or life is None or verdict.valid_then or verdict.code is None:
            return found
        return beside(replace(found, valid_then=False), (verdict.message,))

    def _meant(self, code: str, verdict: Verdict | None) -> Lifetime | None:
        """The concept that is meant; where no code is written so, the one that has it as another identifier."""
        if self._own is None or verdict is None or verdict.status == "ambiguous":
            return None
        return self._own.lifetimes.exact(verdict.code) if verdict.code else self._own.find(code)

    def _within(self, life: Lifetime, verdict: Verdict | None, time: _Time) -> Recoded:
        """The same code system in another version."""
        assert self._end is not None
        trails = self._end.follow(life, time.since)
        notes = [note for trail in trails for note in cut(trail)]
        retitled = certain = False
        if verdict is not None and trails[0].code == life.code and not trails[0].steps:
            retitled = verdict.wording == "text"
            if retitled:
                notes.append(f"retitled: {verdict.title_then} → {verdict.title_now}; the meaning may have changed")
            trails, doubts = self._stayed(life, trails, verdict)
            certain = not doubts
            notes += doubts
        targets = [target(Trail(life.code, certain=certain or bool(each.steps)), _STAYS, each) for each in trails]
        found = judged(life.code, targets, Said(notes=tuple(notes)), combined=False, incomplete=False)
        return replace(found, retitled=retitled)

    def _stayed(self, life: Lifetime, trails: list[Trail], verdict: Verdict) -> tuple[list[Trail], list[str]]:
        """A code that is still the same: what has become of it nevertheless."""
        assert self._end is not None
        at, then = self._end.end.at, self._position(verdict)
        if then is None or trails[0].problem or not verdict.valid_then:
            return trails, []
        if life.heading(at) and not life.heading(then):
            problem = f"{life.code} is a heading in {self.version}: a code below it must be chosen"
            return [replace(trails[0], problem=problem)], []
        if _interrupted(life, then, at):
            return trails, [f"{life.code} was not valid for a time in between; its meaning may have changed"]
        return trails, []

    def _position(self, verdict: Verdict) -> int | None:
        assert self._end is not None
        versions = self._end.system.versions
        return next((each.pos for each in versions if each.version == verdict.version_then), None)

    def _across(
        self, life: Lifetime | None, code: str, verdict: Verdict | None, time: _Time, context: Context
    ) -> Recoded:
        """Another code system: what maps say of the code, else of what follows it."""
        name = life.code if life else code.strip()
        ways = [(Trail(name), self._said(name, time.moment, context))]
        if not ways[0][1].anything and life is not None and self._own is not None:
            trails = [trail for trail in self._own.follow(life, time.since) if trail.steps]
            ways = [(trail, self._said(trail.code, None, context)) for trail in trails] or ways
        together = _together(said for _, said in ways)
        silent = [trail.code for trail, said in ways if not said.anything]
        notes = [*(note for trail, _ in ways for note in cut(trail)), *together.notes]
        if silent:
            notes.append(f"no map has a target for {' or '.join(silent)}")
        if len(silent) == len(ways):
            if life is None and verdict is not None:
                return beside(_not_understood(code, verdict), together.notes)
            return Recoded(name, (), "not-found", each_once(notes))
        targets = [
            target(before, found, after)
            for before, said in ways
            for found in said.found
            for after in (self._end.settle(found.code) if self._end else (Trail(found.code),))
        ]
        groups = {found.group for found in together.found}
        combined = len({group[:2] for group in groups}) == 1 and len(groups) == len(together.found) == len(targets)
        return judged(name, targets, replace(together, notes=tuple(notes)), combined=combined, incomplete=bool(silent))

    def _said(self, code: str, moment: MapMoment | None, context: Context) -> Said:
        """What the maps of a moment say of a code; where none does, those of today."""
        assert self._crossing is not None
        said = self._crossing.ask(code, moment, context) if moment is not None else Said()
        if not said.anything and moment != self._crossing.now:
            said = self._crossing.ask(code, self._crossing.now, context)
        return said


def _selected(registry: Registry, system: System, when: When, today: date) -> Selected | None:
    """The version meant; of none and nothing in force yet, the first one. None where the system is not loaded."""
    if not system.versions:
        return None
    if when.version is not None or when.date is not None:
        return registry.select_in(system, when, today)
    found = timeline.in_force(system.versions, today) or system.versions[0]
    return Selected(system, found, found.pos, today.isoformat())


def _not_understood(code: str, verdict: Verdict | None) -> Recoded:
    certainty: Certainty = "ambiguous-code" if verdict and verdict.status == "ambiguous" else "unknown-code"
    return Recoded(code, (), certainty, (verdict.message,) if verdict else ())


def _person(age: str, sex: str) -> tuple[Context, list[str]]:
    """What a list says of a person, and what of that is not understood."""
    notes: list[str] = []
    years: Age | None = None
    try:
        years = parse_age(age) if age else None
    except ValueError as error:
        notes.append(str(error))
    known = SEXES.get(sex.casefold())
    if known is None:
        notes.append(f"{sex[:40]!r} is no sex: F, M, K, kvinna, man, 1 or 2")
    return Context(years, known), notes


def _interrupted(life: Lifetime, start: int, end: int) -> bool:
    """Whether a code that is active at both positions was not all the time between."""
    reached = start
    for vf, vt, active in life.states:
        if active and vf <= reached:
            reached = max(reached, vt)
    return reached <= end


def _together(several: Iterable[Said]) -> Said:
    all_said = list(several)
    return Said(
        tuple(found for said in all_said for found in said.found),
        tuple(reason for said in all_said for reason in said.unmapped),
        any(said.undecided for said in all_said),
        tuple(need for said in all_said for need in said.needs),
        tuple(note for said in all_said for note in said.notes),
    )
