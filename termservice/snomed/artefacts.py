"""The arrays of an edition's versions as files of the store: built at load (`artefactbuilding`), opened by all workers,
swept when unused.

One folder per version and revision it was built at: `editions/<short id>-<day>-<revision>`, with the arrays and
the store's concept numbers beside them. It is entered in the store in the same transaction as the facts.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from index.cache import Cache
from termservice import editions
from termservice.errors import InvalidParameter, StoreError
from termservice.registry import Selected
from termservice.snomed import ecl, expressions
from termservice.snomed.arrays import ArraysError, Edition
from termservice.snomed.columns import places_of
from termservice.snomed.expressions import Expression
from termservice.snomed.mapmembers import MapMembers
from termservice.snomed.numbers import Numbers
from termservice.snomed.tree import EditionTree
from termservice.store import Connection, read
from termservice.timeline import Version

ARRAYS = "arrays"
KEPT_OPEN = 4
MAX_DIGITS = 18
Mask = npt.NDArray[np.bool_]


def kind(version: Version) -> str:
    """The kind of artefact that a version's arrays are."""
    return f"edition {version.version}"


@dataclass(frozen=True, slots=True)
class Opened:
    edition: Edition
    tree: EditionTree
    numbers: Numbers


class Editions:
    """The editions that a process has open. Safe for several threads."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._open: Cache[Opened] = Cache(KEPT_OPEN)
        self._maps = MapMembers()
        self._lock = threading.Lock()

    def of(self, connection: Connection, selected: Selected) -> Opened:
        """The arrays of the version selected. Raises `StoreError` where they are missing or cannot be read."""
        artefact = read.artefact(connection, selected.system.id, kind(selected.version))
        if artefact is None:
            name = f"{selected.system.short} {selected.version.version}"
            raise StoreError(f"there are no arrays of {name}: run 'termservice reindex'")
        _, path = artefact
        with self._lock:
            return self._open.get(path, lambda: self._opened(path))

    def places(self, connection: Connection, selected: Selected, expression: str) -> BitMap:
        """The places that an expression selects, in the arrays of the version; maps count as reference sets. Raises
        `EclError`."""
        edition = self.of_edition(connection, selected).edition
        return ecl.evaluate(edition, expression, members=self._maps.beside(connection, selected, edition))

    def satisfied(self, connection: Connection, selected: Selected, constraint: str, expression: Expression) -> bool:
        """Whether a postcoordinated expression satisfies an expression constraint. Raises `EclError`."""
        edition = self.of_edition(connection, selected).edition
        members = self._maps.beside(connection, selected, edition)
        return expressions.satisfies(edition, expression, constraint, members=members)

    def page(
        self, connection: Connection, selected: Selected, expression: str, after: str | None, limit: int
    ) -> tuple[int, list[int], bool]:
        """Of the concepts that an expression selects: how many there are, the numbers of those behind the SCTID
        `after` in order of SCTID, and whether more follow. Raises `EclError`."""
        opened = self.of_edition(connection, selected)
        places = places_of(self.places(connection, selected, expression))
        start = 0
        if after is not None:
            if not after.isdecimal() or len(after) > MAX_DIGITS:
                raise InvalidParameter({"after": f"{after[:40]!r} is no SCTID"})
            start = int(np.searchsorted(opened.edition.ids[places], int(after), side="right"))
        part = places[start : start + limit]
        return len(places), opened.tree.numbers_of(part), start + limit < len(places)

    def mask(self, connection: Connection, selected: Selected, expression: str, only: Mask | None) -> Mask:
        """Which concept numbers an expression selects, of those in `only` where that is given. Raises `EclError`."""
        opened = self.of_edition(connection, selected)
        found = opened.tree.listed(self.places(connection, selected, expression)).mask()
        if only is None:
            return found
        size = min(len(found), len(only))
        return found[:size] & only[:size]

    def members(
        self, connection: Connection, selected: Selected, expression: str, offset: int, limit: int
    ) -> ecl.Selection:
        """The members that `^ [fields] refset` selects, from one place on. Raises `EclError`."""
        edition = self.of_edition(connection, selected).edition
        members = self._maps.beside(connection, selected, edition)
        found = ecl.select(edition, expression, limit, offset=offset, members=members)
        if found is None:
            raise ecl.EclError("members are asked for by '^ [fields] refset' as the whole expression", 0)
        return found

    def of_edition(self, connection: Connection, selected: Selected) -> Opened:
        """As `of`. Raises `InvalidParameter` for another code system than SNOMED CT."""
        if not editions.is_edition(selected.system):
            raise InvalidParameter({"system": "expression constraints are of SNOMED CT only"})
        return self.of(connection, selected)

    def _opened(self, path: str) -> Opened:
        folder = self._home / path
        try:
            edition = Edition(folder / ARRAYS)
            numbers = Numbers(folder)
            return Opened(edition, EditionTree(edition, numbers), numbers)
        except (ArraysError, OSError, ValueError) as error:
            raise StoreError(f"{path} cannot be opened ({error}): run 'termservice reindex'") from error
