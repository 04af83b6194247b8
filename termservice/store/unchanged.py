"""What the release before said too: known by a number for each concept, kept with every release, so that only what
differs need be made and compared.

Only large editions bring such numbers with them; of any other release nothing is passed over. They are kept with the
name of the program that wrote the facts: another one may make other facts of the same rows, and compares all of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from codesystems.model import Concept
from termservice import __version__

_PROGRAM = f"{__version__}/2"
"""The program, and behind it which way of making the numbers this is: raised when that changes."""
_PAIR = np.dtype([("cid", "<i8"), ("number", "<u8")])


@runtime_checkable
class Numbered(Protocol):
    """Concepts that can be told to be as they were without being made."""

    def fingerprints(self) -> npt.NDArray[Any]:
        """A number for each concept, in order."""

    def codes(self) -> Iterator[tuple[str, str]]:
        """Code and part of each concept, in order, behind those of parents that are no concepts (of no part)."""


@dataclass(frozen=True, slots=True)
class Same:
    """Concepts that the release before says the same of."""

    places: npt.NDArray[np.bool_]
    """By place among all concepts of the release; empty where nothing is known to be the same."""
    codes: Sequence[tuple[str, str]] = ()
    """Their codes and parts."""
    facts: int = 0
    """How many facts the release before states."""

    def __len__(self) -> int:
        return len(self.codes)

    def others(self, concepts: Sequence[Concept]) -> Iterable[Concept]:
        """The concepts that have to be looked at."""
        if not len(self):
            return concepts
        return (concepts[place] for place in np.flatnonzero(~self.places).tolist())


_NOTHING = Same(np.zeros(0, dtype=np.bool_))


class Fingerprints:
    """Those of the concepts of one release, which may have none."""

    def __init__(self, connection: sqlite3.Connection, concepts: Sequence[Concept]) -> None:
        self._connection = connection
        self._codes: list[tuple[str, str]] = []
        self._numbers: npt.NDArray[Any] | None = None
        if isinstance(concepts, Numbered):
            self._numbers = concepts.fingerprints()
            self._codes = [each for each in concepts.codes() if each[1]]

    def same_as(self, system_id: int, pos: int | None, units: Iterable[int], cids: Mapping[str, int]) -> Same:
        """What the version at `pos` says the same of, where that version covers nothing but `units`."""
        if self._numbers is None or pos is None:
            return _NOTHING
        row = self._connection.execute(
            """SELECT f.facts, f.pairs FROM version v JOIN fingerprint f ON f.release_id = v.release_id
               WHERE v.system_id = ? AND v.pos = ? AND f.program = ?""",
            (system_id, pos, _PROGRAM),
        ).fetchone()
        covered = self._connection.execute(
            "SELECT c.unit FROM covers c JOIN unit u ON u.id = c.unit WHERE u.system_id=? AND c.pos=?", (system_id, pos)
        )
        if row is None or not {unit for (unit,) in covered} <= set(units):
            return _NOTHING
        before = np.frombuffer(row[1], dtype=_PAIR)
        cid = self._cids(cids)
        at = np.minimum(np.searchsorted(before["cid"], cid), max(len(before) - 1, 0))
        places = (before["cid"][at] == cid) & (before["number"][at] == self._numbers) if len(before) else cid < 0
        codes = [self._codes[place] for place in np.flatnonzero(places).tolist()]
        return Same(places, codes, int(row[0]))

    def keep(self, release_id: int, facts: int, cids: Mapping[str, int]) -> None:
        """Keep them for the release after. `facts` is how many the release states."""
        self._connection.execute("DELETE FROM fingerprint WHERE release_id=?", (release_id,))
        if self._numbers is None:
            return
        pairs = np.empty(len(self._numbers), dtype=_PAIR)
        pairs["cid"], pairs["number"] = self._cids(cids), self._numbers
        pairs.sort(order="cid")
        self._connection.execute(
            "INSERT INTO fingerprint VALUES (?, ?, ?, ?)", (release_id, _PROGRAM, facts, pairs.tobytes())
        )

    def _cids(self, cids: Mapping[str, int]) -> npt.NDArray[np.int64]:
        """The number of each concept in the store; -1 where it has none yet."""
        return np.fromiter((cids.get(code, -1) for code, _ in self._codes), np.int64, len(self._codes))
