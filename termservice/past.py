"""History and differences as they are answered: events and changes with names, successors and suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from termservice import concepts, diff, display, editions, history, searching, timeline
from termservice.answers import Change, Event, HistoryAnswer, Source, Successor, Suggestion
from termservice.collecting import paused
from termservice.registry import Registry, Selected
from termservice.store import Connection, changes, read
from termservice.store.catalog import System
from termservice.store.changes import Stated
from termservice.store.read import ConceptRow, StateRow, Summary

SUGGESTIONS = 5


def answer(
    connection: Connection, registry: Registry, indexes: searching.Indexes, selected: Selected, code: str,
    lang: Sequence[str],
) -> HistoryAnswer:  # fmt: skip
    """What became of a code; `selected` is what is in force today. Raises `UnknownCode`."""
    system = selected.system
    row = concepts.resolve(connection, selected, code)
    line = registry.line(connection, system)
    states = read.states(connection, row.cid)
    unit = changes.held(connection, "state", row.cid)[0].unit
    stated = changes.stated(connection, system.id, row.code)
    validity = changes.held(connection, "validity", row.cid)
    events = history.computed(connection, line, row, unit, states, validity, lang)
    events += history.official(line, stated, validity)
    events.sort(key=_when)
    now = concepts.answer(connection, registry, _last_seen(selected, states), row, lang)
    active = now.active and any(state.vf <= selected.at < state.vt for state in states)
    return HistoryAnswer(
        system=system.short,
        code=row.code,
        revision=registry.revision,
        display=now.display,
        active=active,
        periods=history.periods(line, unit, states),
        events=events,
        successors=successors(connection, selected, stated, lang),
        suggestions=[] if active else _suggestions(connection, indexes, selected, row, states, now.display, lang),
    )


def successors(
    connection: Connection, selected: Selected, stated: Sequence[Stated], lang: Sequence[str]
) -> list[Successor]:
    """What publishers say follows a code, each with whether it is active today."""
    found = []
    for each in stated:
        if each.type not in history.SUCCESSION or not each.other_code:
            continue
        shown = _shown(connection, selected, each.other_code)
        name = display.choose(shown.names, lang, selected.system.lang) if shown else None
        source = Source("publisher", each.release, each.path, each.row)
        active = shown is not None and shown.active
        found.append(Successor(each.other_code, name, each.type, each.automatic, active, source))
    return found


def compared(
    connection: Connection, registry: Registry, system: System, start: timeline.Version, end: timeline.Version,
    source: str, lang: Sequence[str],
) -> list[Change]:  # fmt: skip
    """All changes between two versions, computed, the publisher's, or both."""
    line = registry.line(connection, system)
    found: list[Change] = []
    if source in ("computed", "all"):
        with paused():
            found += diff.between(connection, line, start.pos, end.pos, lang)
    if source in ("publisher", "all"):
        first, last = sorted((start.effective, end.effective))
        stated = [each for each in changes.stated(connection, system.id) if each.type != "unchanged"]
        found += _named(connection, system, diff.official(line, stated, first, last), (end.pos, start.pos), lang)
    found.sort(key=lambda change: change.code)
    return found


def _named(
    connection: Connection, system: System, found: Sequence[Change], positions: Sequence[int], lang: Sequence[str]
) -> list[Change]:
    """The publisher's changes with the titles of their codes, at the first of the positions that knows them."""
    titles: dict[str, str] = {}
    cids = read.numbers_of(connection, system.id, {change.code for change in found})
    for pos in positions:
        for each in read.summaries(connection, cids, pos, parents=False):
            titles.setdefault(each.code, concepts.title(each, system, lang))
    return [replace(change, display=titles.get(change.code, change.code)) for change in found]


def since(selected: Selected, revision: int) -> tuple[timeline.Version, timeline.Version]:
    """The versions to compare for who has seen everything up to a revision: the last one before the oldest that came
    later, and the newest of all; the same one twice where nothing has come."""
    versions = selected.system.versions
    came = [at for at, version in enumerate(versions) if version.revision > revision]
    return (versions[max(came[0] - 1, 0)], versions[-1]) if came else (versions[-1], versions[-1])


def _when(event: Event) -> tuple[str, bool]:
    return event.date or "", event.source.by != "computed"


def _last_seen(selected: Selected, states: Sequence[StateRow]) -> Selected:
    """The version to show a code by: today's, or one that still or already holds it."""
    if any(state.vf <= selected.at for state in states):
        return selected
    first = next(v for v in selected.system.versions if states[0].vf <= v.pos)
    return Selected(selected.system, first, first.pos, None)


def _suggestions(
    connection: Connection, indexes: searching.Indexes, selected: Selected, row: ConceptRow,
    states: Sequence[StateRow], title: str, lang: Sequence[str],
) -> list[Suggestion]:  # fmt: skip
    """Codes of today that are near one that is gone: of the same title, what it was under, its neighbours."""
    found: dict[str, Suggestion] = {}
    query = searching.Query(title, lang, None, True, SUGGESTIONS, 0, lenient=False)
    for item in searching.search(connection, indexes, [selected], query).items:
        if display.folded(item.display) == display.folded(title):
            found.setdefault(item.code, Suggestion(item.code, item.display, "same-title"))
    last = min(max(state.vt for state in states) - 1, selected.at)
    for parent in read.facts(connection, row.cid, last).parents:
        _add(connection, selected, parent, "parent", found, lang)
    # Codes of SNOMED CT say nothing of what they mean.
    shortest = len(row.code) if editions.is_edition(selected.system) else max(3, len(row.code) - 2)
    for length in range(len(row.code) - 1, shortest - 1, -1):
        for code in read.near_keys(connection, selected.system.id, row.code[:length].replace(".", ""), 20):
            if len(found) < SUGGESTIONS:
                _add(connection, selected, code, "sibling-code", found, lang)
    found.pop(row.code, None)
    return list(found.values())


def _add(
    connection: Connection, selected: Selected, code: str, reason: str, found: dict[str, Suggestion],
    lang: Sequence[str],
) -> None:  # fmt: skip
    shown = _shown(connection, selected, code)
    if shown is not None and shown.active:
        found.setdefault(code, Suggestion(code, concepts.title(shown, selected.system, lang), reason))


def _shown(connection: Connection, selected: Selected, code: str) -> Summary | None:
    """What lists show of a code in the version selected; None where that does not hold it."""
    cids = read.numbers_of(connection, selected.system.id, [code])
    return next(iter(read.summaries(connection, cids, selected.at, parents=False)), None)
