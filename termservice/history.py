"""What became of a concept: periods and typed events, from its intervals and from the publisher's word.

A change is only computed where a release before it speaks of the same: the first release to state something
introduces nothing, and what a format cannot say is neither withdrawn nor changed by it.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from termservice import attributes
from termservice.answers import COMPUTED, Event, Source
from termservice.store import Connection, changes, read
from termservice.store.catalog import System
from termservice.store.changes import Held, Stated
from termservice.store.read import ConceptRow, StateRow
from termservice.timeline import END, day_of, last_day_before

SUCCESSION = ("replaced-by", "split", "merged")
_ORDER = ("introduced", "reintroduced", "retitled", "moved", "note-changed", "property-changed", "withdrawn")
_MARKS = str.maketrans("", "", " \u00a0.,;:!?()[]{}'\"-–—/\\*†·´`’‘”“")


@dataclass(frozen=True, slots=True)
class Line:
    """A code system's line of time: versions by position and what each speaks of."""

    system: System
    covered: Mapping[int, Sequence[int]]

    def version(self, pos: int) -> str | None:
        return next((v.version for v in self.system.versions if v.pos == pos), None)

    def before(self, unit: int, pos: int) -> int | None:
        """The last position before `pos` that speaks of the unit; None where `pos` is the first."""
        known = self.covered.get(unit, ())
        at = bisect_left(known, pos)
        return known[at - 1] if at else None


def wording(before: str, after: str) -> str:
    """`cosmetic` where two titles differ only in case, space or punctuation, else `text`."""
    return "cosmetic" if _bare(before) == _bare(after) else "text"


def periods(line: Line, unit: int, states: Sequence[StateRow]) -> list[dict[str, object]]:
    """The unbroken times a concept was active, oldest first; see `HistoryAnswer.periods`."""
    found: list[dict[str, object]] = []
    for start, end in _runs(states):
        earlier = line.before(unit, start)
        last = line.before(unit, end) if end < END else (line.covered[unit][-1] if line.covered.get(unit) else None)
        found.append(
            {
                "from": day_of(start).isoformat(),
                "from_known": earlier is not None,
                "first_version": line.version(start),
                "after_version": line.version(earlier) if earlier is not None else None,
                "to": last_day_before(end),
                "last_version": line.version(last) if last is not None else None,
                "until_version": line.version(end) if end < END else None,
            }
        )
    return found


def computed(
    connection: Connection, line: Line, row: ConceptRow, unit: int, states: Sequence[StateRow],
    validity: Sequence[Held], lang: Sequence[str] = (),
) -> list[Event]:  # fmt: skip
    """Everything the releases show to have happened to a concept, oldest first; `unit` is that of its states, `lang`
    chooses the names of concepts that it is related to."""
    present = _present(states)
    title = f"display:{line.system.lang}"
    names = changes.held(connection, "designation", row.cid)
    found = list(_existence(line, unit, states, [held for held in names if held.name == title]))
    notes = {p.code for p in line.system.properties.values() if p.note}
    said = changes.held(connection, "property", row.cid)
    newest = [version.pos for version in line.system.versions[-1:]]
    values = [*names, *attributes.unpacked(connection, line.system, said, newest, lang), *validity]
    for name, rows in _by_name(values).items():
        for pos, earlier, before, after in _turns(line, rows, present):
            if name == title:
                found.append(_retitled(line, pos, earlier, before, after))
            else:
                kind = "note-changed" if name in notes else "property-changed"
                found.append(_event(line, pos, earlier, kind, _plain(before, kind), _plain(after, kind), name))
    found.extend(_moves(connection, line, row, present))
    found.extend(_level_changes(line, unit, states))
    found.sort(key=lambda event: (event.date or "", _ORDER.index(event.type), event.property or ""))
    return found


def official(line: Line, stated: Iterable[Stated], validity: Iterable[Held]) -> list[Event]:
    """What publishers say happened to a concept, oldest first; dates they state for it count as their word."""
    found = [
        Event(
            date=each.date,
            after_version=None,
            version=each.version if any(v.version == each.version for v in line.system.versions) else None,
            type=each.type,
            property=None,
            before=None,
            after=each.other_code or None,
            wording=None,
            source=Source("publisher", each.release, each.path, each.row),
            automatic=each.automatic,
            automatic_back=each.automatic_back,
        )
        for each in stated
    ]
    seen: set[tuple[str, str]] = set()
    for held in validity:
        start, _, end = held.value.partition("/")
        version = line.version(held.vf)
        source = Source("publisher", f"{line.system.title} {version}")
        day_after = (date.fromisoformat(end) + timedelta(days=1)).isoformat() if end and end < "9999-12-31" else ""
        for kind, day in (("introduced", start), ("withdrawn", day_after)):
            if day and (kind, day) not in seen:
                seen.add((kind, day))
                found.append(Event(day, None, version, kind, None, None, None, None, source))
    found.sort(key=lambda event: (event.date or "", event.type))
    return found


def _runs(states: Sequence[StateRow]) -> Iterator[tuple[int, int]]:
    """(first position, end) of each unbroken time of being active."""
    run: tuple[int, int] | None = None
    for state in states:
        if not state.active:
            continue
        if run is not None and run[1] == state.vf:
            run = (run[0], state.vt)
            continue
        if run is not None:
            yield run
        run = (state.vf, state.vt)
    if run is not None:
        yield run


def _existence(line: Line, unit: int, states: Sequence[StateRow], titles: Sequence[Held]) -> Iterator[Event]:
    for start, end in _runs(states):
        earlier = line.before(unit, start)
        if earlier is not None:
            kind = "reintroduced" if states[0].vf < start else "introduced"
            yield _event(line, start, earlier, kind, None, _at(titles, start))
        if end < END:
            yield _event(line, end, line.before(unit, end), "withdrawn", _at(titles, end - 1), None)


def _present(states: Sequence[StateRow]) -> list[tuple[int, int]]:
    """The unbroken times a concept is listed at all, active or not."""
    spans: list[tuple[int, int]] = []
    for state in states:
        if spans and spans[-1][1] == state.vf:
            spans[-1] = (spans[-1][0], state.vt)
        else:
            spans.append((state.vf, state.vt))
    return spans


def _turns(
    line: Line, rows: Sequence[Held], present: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, list[str], list[str]]]:
    """(position, position before, values before, values after) wherever the values of one name change while the
    concept is there."""
    for pos in sorted({row.vf for row in rows} | {row.vt for row in rows if row.vt < END}):
        earlier = line.before(rows[0].unit, pos)
        if earlier is None or not any(start < pos < end for start, end in present):
            continue
        before = sorted({row.value for row in rows if row.vf < pos <= row.vt})
        after = sorted({row.value for row in rows if row.vf <= pos < row.vt})
        if before != after:
            yield pos, earlier, before, after


def _retitled(line: Line, pos: int, earlier: int, before: list[str], after: list[str]) -> Event:
    old, new = " / ".join(before), " / ".join(after)
    return _event(line, pos, earlier, "retitled", old, new, words=wording(old, new))


def _moves(connection: Connection, line: Line, row: ConceptRow, present: Sequence[tuple[int, int]]) -> Iterator[Event]:
    """Changes of the parents that count: what is stated of them changed, or one of them came or went."""
    edges = changes.held(connection, "edge", row.cid)
    turns = [(pos, earlier) for rows in _by_name(edges).values() for pos, earlier, _, _ in _turns(line, rows, present)]
    for rows in _by_name(changes.parent_states(connection, row.cid)).values():
        turns += [(pos, earlier) for pos, earlier, _, _ in _turns(line, rows, present)]
    for pos, earlier in sorted(dict(turns).items()):
        before = read.facts(connection, row.cid, pos - 1).parents
        after = read.facts(connection, row.cid, pos).parents
        if before != after:
            yield _event(line, pos, earlier, "moved", before, after)


def _level_changes(line: Line, unit: int, states: Sequence[StateRow]) -> Iterator[Event]:
    for old, new in pairwise(states):
        if old.vt != new.vf:
            continue
        for name in ("level", "abstract"):
            before, after = getattr(old, name), getattr(new, name)
            if before != after:
                yield _event(line, new.vf, line.before(unit, new.vf), "property-changed", [before], [after], name)


def _event(
    line: Line, pos: int, earlier: int | None, kind: str, before: object, after: object,
    name: str | None = None, words: str | None = None,
) -> Event:  # fmt: skip
    known = line.version(earlier) if earlier is not None else None
    day = day_of(pos).isoformat()
    return Event(day, known, line.version(pos), kind, name, before, after, words, COMPUTED)


def _by_name(rows: Iterable[Held]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(row)
    return found


def _at(rows: Sequence[Held], pos: int) -> str | None:
    return next((row.value for row in rows if row.vf <= pos < row.vt), None)


def _plain(values: list[str], kind: str) -> list[str]:
    """Values as a person reads them: a note is kept as one JSON list of paragraphs."""
    if kind == "note-changed":
        return [paragraph for value in values for paragraph in json.loads(value)]
    return values


def _bare(text: str) -> str:
    return text.translate(_MARKS).casefold()
