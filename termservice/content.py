"""One version of a classification by numbers: what value sets, validation and look-ups ask of a code system.

Concept numbers are the store's; sets of them are bitmaps. What is asked again and again is made once for each version
and revision; nothing else is read than what is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyroaring import BitMap

from codesystems.codes import code_key
from codesystems.model import PropertyDef
from index.cache import Cache
from termservice import concepts, matching
from termservice.hierarchy import Hierarchy
from termservice.registry import Selected
from termservice.searching import Indexes
from termservice.snapshots import Read
from termservice.store import content as stored
from termservice.store import read
from termservice.trees import Trees

VALUES = 256
"""Sets of concepts with a value of a property that a version remembers."""


@dataclass(frozen=True, slots=True)
class PropertyOf:
    """One value of one property; of a note one of its paragraphs."""

    definition: PropertyDef
    value: str | int | bool | float


@dataclass(frozen=True, slots=True)
class Described:
    """All that a version says of one concept, but for its place in the hierarchy."""

    number: int
    code: str
    active: bool
    abstract: bool
    level: str
    names: Sequence[tuple[str, str, str]]
    """(use, language, value), displays first."""
    properties: Sequence[PropertyOf]
    """In the order the code system defines them."""
    valid_from: str | None
    """The first day, where it is known; ISO."""
    valid_to: str | None


class Content:
    """A version of one code system, as it was on a day where no version was named. Safe for threads.

    Made by `Contents`. Inside a snapshot of the service all answers are of its revision.
    """

    def __init__(self, read_store: Read, selected: Selected, trees: Trees, indexes: Indexes) -> None:
        self.selected = selected
        self.memo: dict[str, Any] = {}
        """What callers derived from this version, for as long as it is kept."""
        self._read = read_store
        self._trees = trees
        self._indexes = indexes
        self._sets: Cache[BitMap] = Cache(VALUES)

    def number(self, code: str) -> int | None:
        """The number of a code: spelt as the publisher does, but for upper and lower case where these do not count."""
        system, at = self.selected.system, self.selected.at
        with self._read() as (connection, _):
            found = stored.number(connection, system.id, code, at)
            if found is None and system.code_rule == "loose" and (key := code_key(code[:200])):
                alike = code.casefold()
                for row in read.find_key(connection, system.id, key):
                    if row.code.casefold() == alike:
                        return stored.number(connection, system.id, row.code, at)
            return found

    def described(self, numbers: Sequence[int]) -> list[Described]:
        """In the order of `numbers`, which are of this version."""
        if not numbers:
            return []
        with self._read() as (connection, registry):
            found = stored.full(connection, numbers, self.selected.at)
            since = {part: registry.first_stated(connection, self.selected.system, part)
                     for part in {each.part for each in found}}  # fmt: skip
        return [self._described(each, since[each.part]) for each in found]

    def named(self, numbers: Sequence[int]) -> list[Described]:
        """As `described`, but without level, properties and validity."""
        with self._read() as (connection, _):
            found = stored.named(connection, numbers, self.selected.at)
        day = self.selected.day
        return [
            Described(
                number=each.cid,
                code=each.code,
                active=each.active and concepts.within(day, each.stated_from, each.stated_to),
                abstract=each.abstract,
                level="",
                names=each.names,
                properties=(),
                valid_from=None,
                valid_to=None,
            )
            for each in found
        ]

    def everything(self) -> BitMap:
        """All concepts of the version, inactive and abstract ones too. The set is not the caller's own; so with all
        sets below."""
        return self._states[0]

    def inactive(self) -> BitMap:
        return self._states[1]

    def abstract(self) -> BitMap:
        return self._states[2]

    def levels(self) -> dict[str, BitMap]:
        """By the level's name; concepts without a level are in none."""
        return self._states[3]

    def valued(self, code: str, value: str | None = None) -> BitMap:
        """Those that have a property, with exactly this value (as text; `true` and `false`) where one is given. Of
        notes only whether there are any can be asked."""

        def made() -> BitMap:
            with self._read() as (connection, _):
                system, at = self.selected.system, self.selected.at
                found = stored.values(connection, system.id, at, code, value)
                return BitMap(cid for _, cids in found for cid in cids) & self.everything()

        return self._sets.get((code, value), made)

    def fitting(self, code: str, fits: Callable[[str], bool]) -> BitMap:
        """Those that have a value of a property that `fits`; of notes, a paragraph."""
        definition = self.selected.system.properties[code]
        found = BitMap()
        with self._read() as (connection, _):
            for value, cids in stored.values(connection, self.selected.system.id, self.selected.at, code):
                texts = json.loads(value) if definition.note else [value]
                if any(fits(text) for text in texts):
                    found.update(cids)
        return found & self.everything()

    def codes(self) -> Iterator[tuple[int, str]]:
        """(number, code) of every concept of the version."""
        everything = self.everything()
        with self._read() as (connection, _):
            known = read.all_codes(connection, self.selected.system.id)
            return iter([(cid, code) for cid, code in known if cid in everything])

    def tree(self) -> Hierarchy:
        with self._read() as (connection, registry):
            return self._trees.hierarchy(connection, registry, self.selected)

    def subtree(self, number: int) -> BitMap:
        """A concept and all below it."""
        return self._sets.get(number, lambda: BitMap([number, *self.tree().descendants(number)]))

    def ordered(self, numbers: BitMap) -> Sequence[int]:
        """In display order."""
        return self.tree().ordered(numbers)

    def search(self, query: str, language: str = "", within: BitMap | None = None) -> list[int]:
        """The concepts that what was typed finds, active ones first, then best first."""
        with self._read() as (connection, _):
            return matching.found(connection, self._indexes, self.selected, query, language or None, within)

    @cached_property
    def _states(self) -> tuple[BitMap, BitMap, BitMap, dict[str, BitMap]]:
        everything, inactive, abstract = BitMap(), BitMap(), BitMap()
        levels: dict[str, BitMap] = {}
        with self._read() as (connection, _):
            system, at, day = self.selected.system, self.selected.at, self.selected.day
            for group in stored.groups(connection, system.id, at):
                everything.update(group.cids)
                if not group.active:
                    inactive.update(group.cids)
                if group.abstract:
                    abstract.update(group.cids)
                if group.level:
                    levels.setdefault(group.level, BitMap()).update(group.cids)
            if day is not None:
                inactive |= BitMap(stored.outside(connection, system.id, at, day)) & everything
        return everything, inactive, abstract, levels

    def _described(self, found: stored.Full, since: int) -> Described:
        start, end, known = concepts.period(found.states, found.state, since)
        within = concepts.within(self.selected.day, found.stated_from, found.stated_to)
        return Described(
            number=found.cid,
            code=found.code,
            active=found.state.active and within,
            abstract=found.state.abstract,
            level=found.state.level,
            names=found.names,
            properties=list(self._properties(found.properties)),
            valid_from=found.stated_from or (start if known else None),
            valid_to=min(filter(None, (end, found.stated_to)), default=None),
        )

    def _properties(self, rows: Sequence[tuple[str, str]]) -> Iterator[PropertyOf]:
        known = self.selected.system.properties
        for code, value in sorted(rows, key=lambda row: self._order.get(row[0], len(known))):
            definition = known.get(code) or PropertyDef(code, code)
            if definition.note:
                yield from (PropertyOf(definition, text) for text in json.loads(value))
            else:
                yield PropertyOf(definition, concepts.typed(value, definition.type))

    @cached_property
    def _order(self) -> dict[str, int]:
        return {code: number for number, code in enumerate(self.selected.system.properties)}
