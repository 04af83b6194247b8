"""How a code of a map stands in a version of its code system: whether it can be used, and what follows it if not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codesystems.loader import parts_of
from termservice import concepts, past
from termservice.answers import Successor
from termservice.mapanswers import Part
from termservice.registry import Selected
from termservice.store import Connection, changes, read
from termservice.store.read import ConceptRow, Summary

CURRENT, INACTIVE, WITHDRAWN, NOT_YET = "current", "inactive", "withdrawn", "not-yet-introduced"
UNKNOWN, NOT_LOADED = "unknown-code", "not-loaded"


@dataclass(frozen=True, slots=True)
class Standing:
    """`code` is the code system's own spelling where it is known there."""

    code: str
    status: str
    display: str | None = None
    active: bool | None = None
    abstract: bool = False
    successors: Sequence[Successor] = ()
    parts: Sequence[Part] = ()


def of(connection: Connection, selected: Selected, code: str, lang: Sequence[str]) -> Standing:
    """How `code`, in any spelling or a combination of several, stands in the version selected."""
    rows = concepts.matching(connection, selected, code)
    if len(rows) == 1:
        return _of_concept(connection, selected, rows[0], lang)
    codes = parts_of(selected.system.short, code)
    if len(codes) < 2:
        return Standing(code, UNKNOWN)
    return _combined(code, [of(connection, selected, part, lang) for part in codes])


def of_all(
    connection: Connection, selected: Selected, codes: Iterable[str], lang: Sequence[str]
) -> dict[str, Standing]:
    """As `of`, for many codes: those written as the code system writes them are read together."""
    cids = read.numbers_of(connection, selected.system.id, codes)
    shown = read.summaries(connection, cids, selected.at, parents=False)
    found = {each.code: _of_shown(connection, selected, each, lang) for each in shown}
    return {code: found.get(code) or of(connection, selected, code, lang) for code in codes}


def _of_shown(connection: Connection, selected: Selected, shown: Summary, lang: Sequence[str]) -> Standing:
    name = concepts.title(shown, selected.system, lang)
    first, last = shown.stated_from, shown.stated_to
    if shown.active and concepts.within(selected.day, first, last):
        return Standing(shown.code, CURRENT, name, True, shown.abstract)
    if selected.day is not None and first is not None and selected.day < first:
        return Standing(shown.code, NOT_YET, name, False)
    status = INACTIVE if shown.active else WITHDRAWN
    return Standing(shown.code, status, name, False, False, _successors(connection, selected, shown.code, lang))


def _of_concept(connection: Connection, selected: Selected, row: ConceptRow, lang: Sequence[str]) -> Standing:
    shown = next(iter(read.summaries(connection, [row.cid], selected.at, parents=False)), None)
    if shown is not None:
        return _of_shown(connection, selected, shown, lang)
    return _of_absent(connection, selected, row, lang)


def _of_absent(connection: Connection, selected: Selected, row: ConceptRow, lang: Sequence[str]) -> Standing:
    states = read.states(connection, row.cid)
    before = [state for state in states if state.vt <= selected.at]
    if not before:
        return Standing(row.code, NOT_YET, _title(connection, selected, row, states[0].vf, lang), False)
    name = _title(connection, selected, row, before[-1].vt - 1, lang)
    return Standing(row.code, WITHDRAWN, name, False, False, _successors(connection, selected, row.code, lang))


def _title(connection: Connection, selected: Selected, row: ConceptRow, at: int, lang: Sequence[str]) -> str | None:
    shown: Summary | None = next(iter(read.summaries(connection, [row.cid], at, parents=False)), None)
    return concepts.title(shown, selected.system, lang) if shown else None


def _successors(connection: Connection, selected: Selected, code: str, lang: Sequence[str]) -> Sequence[Successor]:
    stated = changes.stated(connection, selected.system.id, code)
    return past.successors(connection, selected, stated, lang)


def _combined(code: str, parts: Sequence[Standing]) -> Standing:
    """A combination can be used where all its parts can; it is called what they are called together."""
    worst = next((part.status for part in parts if part.status != CURRENT), CURRENT)
    active = None if worst == UNKNOWN else worst == CURRENT
    names = [part.display or part.code for part in parts]
    return Standing(
        code,
        worst,
        " & ".join(names) if worst != UNKNOWN else None,
        active,
        parts=[Part(part.code, part.display, part.active) for part in parts],
        successors=[each for part in parts for each in part.successors],
    )
