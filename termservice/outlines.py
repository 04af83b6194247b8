"""What code systems are divided into, chapters and levels, and which chapters codes belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from index.cache import Cache
from termservice import concepts, editions
from termservice.answers import ConceptSummary, When
from termservice.registry import Registry, Selected, search_position
from termservice.searching import Indexes
from termservice.snapshots import Read
from termservice.store import Connection, read
from termservice.tree import Tree
from termservice.trees import Trees

KEPT = 32
"""Versions that a process remembers the levels of."""


class Outlines:
    """Shares the store, the clock, the hierarchies and the indexes of the service it belongs to.

    Every method raises `UnknownSystem`, `UnknownVersion` and `NothingInForce` as look-ups do.
    """

    def __init__(self, read_store: Read, today: Callable[[], date], trees: Trees, indexes: Indexes) -> None:
        self._read = read_store
        self._today = today
        self._trees = trees
        self._indexes = indexes
        self._levels: Cache[list[str]] = Cache(KEPT)

    def chapters(self, system: str, when: When, lang: Sequence[str] = ()) -> list[ConceptSummary]:
        """The topmost parts of a code system, in display order: its roots or, where there is one only, what is below
        it. A flat list of codes has none."""
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            found = _chapters(self._trees.of(connection, registry, selected))
            return [concepts.summary(each, selected, lang) for each in read.summaries(connection, found, selected.at)]

    def placed(
        self, system: str, codes: Sequence[str], when: When, lang: Sequence[str] = ()
    ) -> dict[str, ConceptSummary]:
        """The chapter of each of these codes, the first one of a code with several; left out is what has none, among
        them what is not in the version."""
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            tree = self._trees.of(connection, registry, selected)
            tops = _chapters(tree)
            meant = read.summaries(connection, read.numbers_of(connection, selected.system.id, codes), selected.at)
            homes = {each.code: home for each in meant if (home := _home(tree, tops, each.cid)) is not None}
            shown = {each.cid: each for each in read.summaries(connection, sorted(set(homes.values())), selected.at)}
            return {code: concepts.summary(shown[home], selected, lang) for code, home in homes.items()}

    def levels(self, system: str, when: When) -> list[str]:
        """The levels that concepts of a version have, from the top down; of SNOMED CT the semantic tags by name."""
        with self._read() as (connection, registry):
            selected = registry.select(system, when, self._today())
            key = (registry.revision, selected.system.id, search_position(selected))
            return self._levels.get(key, lambda: self._ordered(connection, registry, selected))

    def _ordered(self, connection: Connection, registry: Registry, selected: Selected) -> list[str]:
        found = self._indexes.of(connection, selected.system.id).levels(search_position(selected))
        if editions.is_edition(selected.system):
            return sorted(filter(None, found))
        tree = self._trees.of(connection, registry, selected)
        deep = {level: len(tree.ancestors(cid)) for level, cid in found.items() if level and cid in tree}
        return sorted(deep, key=lambda level: (deep[level], level))


def _chapters(tree: Tree) -> list[int]:
    tops = tree.roots()
    if len(tops) == 1:
        tops = tree.children(tops[0])
    return [cid for cid in tops if tree.children_count(cid)]


def _home(tree: Tree, tops: Sequence[int], cid: int) -> int | None:
    """The chapter a concept is in, or is."""
    above = {cid, *tree.ancestors(cid)} if tops and cid in tree else set()
    return next((top for top in tops if top in above), None)
