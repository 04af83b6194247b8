"""The door to everything about value sets: `TerminologyService.valuesets`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date

from codesystems.valuesets import Member
from index.cache import Cache
from termservice import editions, standing, timeline, versionlist
from termservice.answers import NOW, Listing, VersionInfo, When
from termservice.errors import NothingInForce, UnknownVersion
from termservice.registry import Registry, Selected, parse_day
from termservice.snapshots import Read
from termservice.standing import NOT_LOADED, Standing
from termservice.store import Connection, valuesets
from termservice.store.catalog import System
from termservice.valuesetanswers import (
    Include,
    LoadedValueSet,
    MemberAnswer,
    MemberChange,
    MemberChanges,
    MembersAnswer,
    Source,
    ValueSetDefinition,
    ValueSetInfo,
)

LISTED = 500
"""Value sets whose contents a process remembers."""
DEFINED = 50
"""Definitions that a process remembers: an engine asks for the same one again and again."""


class ValueSetService:
    """Shares the store and the clock of the service it belongs to.

    Every method raises `termservice.errors.NotFound` subclasses for what does not exist. `name` is any of a value set's
    names.
    """

    def __init__(self, read: Read, today: Callable[[], date]) -> None:
        self._read = read
        self._today = today
        self._infos: Cache[ValueSetInfo] = Cache(LISTED)
        self._definitions: Cache[ValueSetDefinition] = Cache(DEFINED)

    def listing(self) -> Listing[ValueSetInfo]:
        """Every value set with an activated version, by short id."""
        with self._read() as (connection, registry):
            items = [self._info(connection, registry, found) for found in registry.valuesets.values()]
            return Listing(registry.revision, len(items), items)

    def info(self, name: str) -> ValueSetInfo:
        """A value set, by its version in force."""
        with self._read() as (connection, registry):
            return self._info(connection, registry, registry.valueset(name))

    def versions(self, name: str) -> Listing[VersionInfo]:
        """A value set's activated versions, newest first; `concepts` is how many members each lists."""
        with self._read() as (_, registry):
            return versionlist.listing(registry, registry.valueset(name), self._today())

    def members(
        self, name: str, when: When = NOW, offset: int = 0, limit: int | None = 100, lang: Sequence[str] = ()
    ) -> MembersAnswer:
        """The codes of a version, in order of code system and code, each as it stands in its code system.

        They are judged on the day asked about; where a version is named, today, or on the day it comes into force if
        that is later. Codes of a pinned version are judged in that one. `limit` None gives all.
        """
        with self._read() as (connection, registry):
            selected = registry.select_in(registry.valueset(name), when, self._today())
            day = self._day(selected, when)
            pinned = valuesets.defined(connection, selected.system.id, selected.at).versions
            found = valuesets.members(connection, selected.system.id, selected.at, offset, limit)
            total = selected.version.concepts
            shorts = dict.fromkeys(each.system for each in found)
            judged = {short: _selected(registry, short, pinned.get(short), day) for short in shorts}
            following = None if limit is None or offset + limit >= total else str(offset + limit)
            return MembersAnswer(
                valueset=selected.system.short,
                version=selected.version.version,
                revision=registry.revision,
                date=day.isoformat(),
                systems={short: each.version.version if each else None for short, each in judged.items()},
                total=total,
                items=_judged(connection, found, judged, lang),
                next=following,
            )

    def changes(
        self, name: str, start: When = NOW, end: When = NOW, offset: int = 0, limit: int | None = 100
    ) -> MemberChanges:
        """The codes that joined and left between two versions, in order of code system and code. `limit` None gives
        all."""
        with self._read() as (connection, registry):
            valueset = registry.valueset(name)
            first, last = (registry.select_in(valueset, when, self._today()) for when in (start, end))
            found = valuesets.changed(connection, valueset.id, first.at, last.at)
            before, after = (valuesets.defined(connection, valueset.id, each.at) for each in (first, last))
            added = sum(joined for _, joined in found)
            stop = len(found) if limit is None else offset + limit
            return MemberChanges(
                valueset=valueset.short,
                after_version=first.version.version,
                version=last.version.version,
                revision=registry.revision,
                added=added,
                removed=len(found) - added,
                definition_changed=before != after,
                total=len(found),
                items=[_change(each, joined) for each, joined in found[offset:stop]],
                next=str(stop) if stop < len(found) else None,
            )

    def when_named(self, name: str, text: str) -> When:
        """The version of a value set of that name; without one, what is in force on the day (YYYY-MM-DD) that the text
        is. Raises `UnknownVersion` for what is neither."""
        with self._read() as (_, registry):
            found = registry.valueset(name)
        names = [version.version for version in found.versions]
        if text in names:
            return When(version=text)
        try:
            return When(date=date.fromisoformat(text).isoformat())
        except ValueError:
            raise UnknownVersion(found.short, text[:200], names) from None

    def definition(self, name: str, version: str | None = None, date: str | None = None) -> ValueSetDefinition:
        """All that defines a version: the one named, in force on a date (ISO), or today's."""
        with self._read() as (connection, registry):
            selected = registry.select_in(registry.valueset(name), When(version, date), self._today())
            key = (registry.revision, selected.system.short, selected.at)
            return self._definitions.get(key, lambda: _definition(connection, registry, selected))

    def definitions(self) -> Sequence[LoadedValueSet]:
        """Every version of every value set, by short id, oldest first."""
        with self._read() as (_, registry):
            return [
                LoadedValueSet(found.short, found.url, version.version, version.effective)
                for found in registry.valuesets.values()
                for version in found.versions
            ]

    def _day(self, selected: Selected, when: When) -> date:
        if when.date is not None:
            return parse_day(when.date)
        return max(self._today(), date.fromisoformat(selected.version.effective))

    def _info(self, connection: Connection, registry: Registry, found: System) -> ValueSetInfo:
        key = (registry.revision, self._today(), found.short)
        return self._infos.get(key, lambda: _info(connection, registry, found, self._today()))


def _info(connection: Connection, registry: Registry, found: System, today: date) -> ValueSetInfo:
    current = timeline.in_force(found.versions, today)
    counts = valuesets.counts(connection, found.id, current.pos) if current else {}
    defined = valuesets.defined(connection, found.id, current.pos if current else 0)
    return ValueSetInfo(
        id=found.short,
        url=found.url,
        title=found.title,
        publisher=found.publisher,
        language=found.lang,
        version=current.version if current else None,
        effective_date=current.effective if current else None,
        members=sum(counts.values()),
        systems=[
            Source(short, _url(registry, short), defined.versions.get(short), count) for short, count in counts.items()
        ],
        compose=json.loads(defined.compose) if defined.compose else None,
        versions=len(found.versions),
        revision=registry.revision,
        aliases=[name for name in found.names if name not in (found.short, found.url)],
        copyright=found.copyright,
    )


def _definition(connection: Connection, registry: Registry, selected: Selected) -> ValueSetDefinition:
    found, version = selected.system, selected.version
    defined = valuesets.defined(connection, found.id, selected.at)
    concepts: dict[str, list[tuple[str, str]]] = {}
    for each in valuesets.members(connection, found.id, selected.at):
        concepts.setdefault(each.system, []).append((each.code, each.display))
    return ValueSetDefinition(
        id=found.short,
        url=found.url,
        version=version.version,
        title=found.title,
        publisher=found.publisher,
        language=found.lang,
        effective=version.effective,
        copyright=found.copyright,
        includes=[
            Include(_url(registry, short), defined.versions.get(short, ""), codes) for short, codes in concepts.items()
        ],
        compose=defined.compose,
    )


def _system(registry: Registry, short: str) -> System:
    """The code system of members; it may not be loaded."""
    return registry.systems.get(short) or registry.known[short]


def _url(registry: Registry, short: str) -> str:
    """The canonical URL of the code system of members."""
    return editions.address(_system(registry, short))


def _selected(registry: Registry, short: str, version: str | None, day: date) -> Selected | None:
    """The version that members of a code system are judged in; None where there is none. A pinned version that is not
    loaded leaves them to the day."""
    system = _system(registry, short)
    for when in ([When(version)] if version else []) + [When(date=day.isoformat())]:
        try:
            return registry.select_in(system, when, day) if system.versions else None
        except (UnknownVersion, NothingInForce):
            continue
    return None


def _judged(
    connection: Connection, members: Sequence[Member], judged: dict[str, Selected | None], lang: Sequence[str]
) -> list[MemberAnswer]:
    known = {
        short: standing.of_all(connection, selected, [each.code for each in members if each.system == short], lang)
        for short, selected in judged.items()
        if selected is not None
    }
    return [_member(each, known.get(each.system, {}).get(each.code)) for each in members]


def _member(member: Member, found: Standing | None) -> MemberAnswer:
    here = found or Standing(member.code, NOT_LOADED)
    return MemberAnswer(
        system=member.system,
        code=here.code,
        display=here.display or member.display or None,
        active=here.active,
        abstract=here.abstract,
        status=here.status,
        comment=member.comment,
        successors=here.successors,
    )


def _change(member: Member, joined: bool) -> MemberChange:
    kind = "added" if joined else "removed"
    return MemberChange(kind, member.system, member.code, member.display or None, member.comment)
