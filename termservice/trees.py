"""Hierarchies of the versions people look at, kept while they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from index.cache import Cache
from termservice import concepts, editions
from termservice.errors import NotInVersion
from termservice.hierarchy import Hierarchy
from termservice.registry import Registry, Selected
from termservice.snomed.artefacts import Editions
from termservice.store import Connection, read
from termservice.tree import Tree

KEPT = 12
"""How many versions' hierarchies a process keeps; one of 40 000 concepts takes about 5 MB."""


class Trees:
    """The hierarchies of a process, by revision, code system and position."""

    def __init__(self, opened: Editions) -> None:
        """`opened` has the hierarchies of SNOMED CT's editions, which are too large to be read from the store."""
        self._editions = opened
        self._kept: Cache[Hierarchy] = Cache(KEPT)

    def of(self, connection: Connection, registry: Registry, selected: Selected) -> Tree:
        if editions.is_edition(selected.system):
            return self._editions.of(connection, selected).tree
        return self.hierarchy(connection, registry, selected)

    def hierarchy(self, connection: Connection, registry: Registry, selected: Selected) -> Hierarchy:
        """That of a classification."""
        key = (registry.revision, selected.system.id, selected.at)
        return self._kept.get(key, lambda: Hierarchy(*read.hierarchy(connection, selected.system.id, selected.at)))

    def subtree(
        self, connection: Connection, registry: Registry, selected: Selected, code: str
    ) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which concept numbers are the code or below it. Raises `UnknownCode`, `NotInVersion`."""
        cids = self._below(connection, registry, selected, code)
        only = np.zeros(max(cids) + 1, dtype=np.bool_)
        only[cids] = True
        return only

    def codes_below(
        self, connection: Connection, registry: Registry, selections: Sequence[Selected], code: str
    ) -> set[str]:
        """A code and all that is below it in any of the versions. Raises `NotInVersion` where none holds it."""
        inside: set[str] = set()
        problem: NotInVersion | None = None
        for selected in selections:
            try:
                cids = self._below(connection, registry, selected, code)
            except NotInVersion as error:
                problem = error
                continue
            inside.update(each.code for each in read.summaries(connection, cids, selected.at, parents=False))
        if not inside and problem is not None:
            raise problem
        return inside

    def _below(self, connection: Connection, registry: Registry, selected: Selected, code: str) -> list[int]:
        row = concepts.resolve(connection, selected, code)
        concepts.existing(connection, selected, row)
        return [row.cid, *self.of(connection, registry, selected).descendants(row.cid)]
