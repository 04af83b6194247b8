"""Look-up of one concept: from any spelling of its code to the whole answer, whatever has become of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from codesystems.codes import code_key
from codesystems.loader import home_of
from codesystems.model import Attribute, Property
from termservice import attributes, display, editions
from termservice.answers import ConceptAnswer, ConceptSummary, DesignationAnswer, NoteAnswer, PropertyAnswer
from termservice.errors import NotInVersion, UnknownCode
from termservice.history import SUCCESSION
from termservice.registry import Registry, Selected
from termservice.store import Connection, changes, content, read
from termservice.store.catalog import System
from termservice.store.read import ConceptRow, StateRow, Summary
from termservice.timeline import Version, day_of, last_day_before

NEAREST = 5


def resolve(connection: Connection, selected: Selected, code: str) -> ConceptRow:
    """The concept a spelling of a code means, whenever it existed. Raises `UnknownCode`."""
    rows = matching(connection, selected, code)
    if len(rows) == 1:
        return rows[0]
    short = selected.system.short
    if len(rows) > 1:
        raise UnknownCode(short, code[:200], ambiguous=[row.code for row in rows])
    raise _unknown(connection, selected.system, code[:200], code_key(code[:200], selected.system.code_rule))


def matching(connection: Connection, selected: Selected, code: str) -> list[ConceptRow]:
    """The concepts that a spelling of a code fits, whenever they existed.

    Of several, one that alone exists in the version selected is meant.
    """
    system = selected.system
    found = read.find_code(connection, system.id, code.strip())
    if found is not None:
        return [found]
    key = code_key(code[:200], system.code_rule)
    rows = read.find_key(connection, system.id, key) if key else []
    if len(rows) > 1:
        there = {each.cid for each in read.summaries(connection, [row.cid for row in rows], selected.at)}
        rows = [row for row in rows if row.cid in there] if len(there) == 1 else rows
    return rows or _identified(connection, system, code)


def known(
    connection: Connection, selected: Selected, spellings: Sequence[str], lang: Sequence[str]
) -> dict[str, ConceptSummary]:
    """By spelling, the concepts of the version that these mean; left out is what is no code of it, or several."""
    rule = selected.system.code_rule
    keys = {spelling: code_key(spelling[:200], rule) for spelling in spellings}
    by_key = content.keyed(connection, selected.system.id, {key for key in keys.values() if key})
    cids = [cid for found in by_key.values() for cid in found]
    there = {each.cid: each for each in read.summaries(connection, cids, selected.at)}
    meant = {key: [there[cid] for cid in found if cid in there] for key, found in by_key.items()}
    return {
        spelling: summary(meant[key][0], selected, lang)
        for spelling, key in keys.items()
        if len(meant.get(key, ())) == 1
    }


def _identified(connection: Connection, system: System, name: str) -> list[ConceptRow]:
    """The concepts that have this as another identifier, a URI for instance."""
    properties = [definition.code for definition in system.properties.values() if definition.identifier]
    if not properties:
        return []
    home = home_of(system.short)
    canonical = home.canonical(name) if home else name.strip()
    found = read.find_code(connection, system.id, canonical)
    return [found] if found else read.find_identifier(connection, system.id, properties, canonical)


def identities(connection: Connection, system: System, code: str) -> list[str]:
    """All that a concept is named by besides this code: its identifiers, and the code where this is one of them."""
    properties = [definition.code for definition in system.properties.values() if definition.identifier]
    if not properties:
        return []
    found = read.find_code(connection, system.id, code)
    rows = [found] if found else _identified(connection, system, code)
    names = [name for row in rows for name in (row.code, *read.identifiers(connection, row.cid, properties))]
    return [name for name in names if name != code]


def existing(connection: Connection, selected: Selected, row: ConceptRow) -> None:
    """Raises `NotInVersion` where the concept does not exist at the version selected."""
    states = read.states(connection, row.cid)
    if not any(state.vf <= selected.at < state.vt for state in states):
        raise _not_in_version(selected, row, states)


def answer(
    connection: Connection, registry: Registry, selected: Selected, row: ConceptRow, lang: Sequence[str]
) -> ConceptAnswer:
    """All that is known of the concept in the version selected.

    Without a named version a concept that is no longer there answers with its last content, inactive. Raises
    `NotInVersion` where a named version does not hold it, or where it is only of a later one.
    """
    system = selected.system
    facts = read.facts(connection, row.cid, selected.at)
    states = facts.states
    state = next((s for s in states if s.vf <= selected.at < s.vt), None)
    version, at = selected.version, selected.at
    if state is None:
        past = [s for s in states if s.vt <= selected.at]
        if selected.named or not past:
            raise _not_in_version(selected, row, states)
        state = past[-1]
        version = _last_before(system, state.vt)
        at = version.pos
        facts = read.facts(connection, row.cid, at)
    since = registry.first_stated(connection, system, row.part)
    start, end, known = period(states, state, since)
    notes, properties, related = _values(system, facts.properties)
    current = state.active and at == selected.at and within(selected.day, facts.stated_from, facts.stated_to)
    return ConceptAnswer(
        system=system.short,
        version=version.version,
        revision=registry.revision,
        code=row.code,
        display=display.choose(facts.designations, lang, system.lang) or row.code,
        active=current,
        abstract=state.abstract,
        level=state.level,
        parents=facts.parents,
        children_count=facts.children,
        designations=[DesignationAnswer(language, use, value) for use, language, value in facts.designations],
        notes=notes,
        properties=properties,
        valid_from=facts.stated_from or start,
        from_known=known or facts.stated_from is not None,
        valid_to=min(filter(None, (end, facts.stated_to)), default=None),
        not_stated=registry.not_stated(connection, system, row.part, at),
        successors=[] if current else _successors(connection, system, row.code),
        attributes=attributes.answered(connection, system, at, related, lang, registry.names_shown) if related else [],
    )


def _successors(connection: Connection, system: System, code: str) -> list[str]:
    """The codes that publishers say follow one that is gone."""
    stated = changes.stated(connection, system.id, code)
    return list(dict.fromkeys(each.other_code for each in stated if each.type in SUCCESSION and each.other_code))


def title(found: Summary, system: System, lang: Sequence[str]) -> str:
    """What a concept is called where it stands in a list: its code where it has no name."""
    return display.choose(found.names, lang, system.lang) or found.code


def summary(found: Summary, selected: Selected, lang: Sequence[str], children: int | None = None) -> ConceptSummary:
    """A concept as lists show it."""
    return ConceptSummary(
        code=found.code,
        display=title(found, selected.system, lang),
        active=found.active and within(selected.day, found.stated_from, found.stated_to),
        abstract=found.abstract,
        level=found.level,
        parents=found.parents,
        children_count=children,
    )


def within(day: str | None, first: str | None, last: str | None) -> bool:
    """Whether a day lies in the validity a publisher states; with a named version (None) it does not matter."""
    return day is None or ((first is None or first <= day) and (last is None or day <= last))


def period(states: Sequence[StateRow], state: StateRow, since: int) -> tuple[str | None, str | None, bool]:
    """(first day, last day, whether the first day is known) of the unbroken time of being active around `state`.

    Changes of level or order do not break it. Of a concept that is listed as inactive it is the time before: what was
    stated at or before `since`, the first position that says anything of such codes, may be older than that.
    """
    at = states.index(state)
    if not state.active:
        while at and not states[at].active and states[at - 1].vt == states[at].vf:
            at -= 1
        if not states[at].active:  # never known to be active: gone by the time it is first listed
            return None, last_day_before(states[at].vf), False
    first = last = at
    while first and states[first - 1].vt == states[first].vf and states[first - 1].active:
        first -= 1
    while last + 1 < len(states) and states[last + 1].vf == states[last].vt and states[last + 1].active:
        last += 1
    start = states[first].vf
    return day_of(start).isoformat(), last_day_before(states[last].vt), start > since


def _values(
    system: System, rows: Sequence[tuple[str, str]]
) -> tuple[list[NoteAnswer], list[PropertyAnswer], list[Attribute]]:
    notes: list[NoteAnswer] = []
    properties: list[PropertyAnswer] = []
    related: list[Attribute] = []
    plain: list[Property] = []
    home = editions.home(system)
    for row in rows:
        for each in home.expanded(Property(*row)) if home else (Property(*row),):
            attribute = home.attribute(each) if home else None
            if attribute is None:
                plain.append(each)
            else:
                related.append(attribute)
    order = {code: number for number, code in enumerate(system.properties)}
    for code, value in sorted(((each.code, each.value) for each in plain), key=lambda row: order.get(row[0], 1 << 30)):
        definition = system.properties.get(code)
        if definition is not None and definition.note:
            notes.append(NoteAnswer(code, definition.title, system.lang, json.loads(value)))
        elif definition is None:
            properties.append(PropertyAnswer(code, code, "string", value))
        else:
            properties.append(PropertyAnswer(code, definition.title, definition.type, typed(value, definition.type)))
    return notes, properties, related


def typed(value: str, kind: str) -> str | int | bool | float:
    if kind == "boolean":
        return value == "true"
    try:
        return int(value) if kind == "integer" else float(value) if kind == "decimal" else value
    except ValueError:  # the publisher wrote something else in a numeric column: show what it wrote
        return value


def _last_before(system: System, pos: int) -> Version:
    """The last version before a position."""
    return max((v for v in system.versions if v.pos < pos), key=lambda v: v.pos)


def _unknown(connection: Connection, system: System, code: str, key: str) -> UnknownCode:
    """The error for a code that never was: headings that mean different things in different parts
    (`KKÅ:AA`, `KMÅ:AA`) where the bare code was asked for, else what shares its longest beginning."""
    qualified = read.qualified(connection, system.id, key)
    if qualified:
        return UnknownCode(system.short, code, ambiguous=qualified)
    for length in range(len(key), 0, -1):
        nearest = read.near_keys(connection, system.id, key[:length], NEAREST)
        if nearest:
            return UnknownCode(system.short, code, nearest)
    return UnknownCode(system.short, code)


def _not_in_version(selected: Selected, row: ConceptRow, states: Sequence[StateRow]) -> NotInVersion:
    versions = [v.version for v in selected.system.versions if any(s.vf <= v.pos < s.vt for s in states)]
    return NotInVersion(selected.system.short, row.code, selected.version.version, versions)
