"""Members of map reference sets. Maps are kept as maps, whatever package they came with: where an expression asks for
the members of one, they are made from its elements.

What a member says of itself (module, effectiveTime, and that it is no longer active) is not kept of maps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache

import numpy as np

from codesystems.maps import MapElement
from codesystems.snomed import SYSTEM
from index.cache import Cache
from termservice.registry import Selected
from termservice.snomed.arrays import Edition
from termservice.snomed.columns import Ints
from termservice.snomed.members import Members, Table, found_at, ranked
from termservice.store import Connection, maps
from termservice.store.database import revision
from termservice.store.maps import Map
from termservice.timeline import Version, in_force

KEPT = 6
"""Maps whose members are kept; one of a quarter of a million takes some 20 MB."""
_IMPLICIT = f"{SYSTEM.url}?fhir_cm="
_WIDEST = 18
Load = Callable[[int, Map, Version], Table]


class MapMembers:
    """The members of maps that a process has made lately. Safe for several threads."""

    def __init__(self) -> None:
        self._kept: Cache[Table] = Cache(KEPT)

    def beside(self, connection: Connection, selected: Selected, edition: Edition) -> WithMaps:
        """The members of an edition and of the maps in force on the day asked about; where a version is named, on the
        day it came into force."""
        day = date.fromisoformat(selected.day or selected.version.effective)

        def load(refset: int, found: Map, version: Version) -> Table:
            key = (revision(connection), edition.folder, found.line.id, version.pos)
            return self._kept.get(key, lambda: _made(connection, refset, found, version, edition.ids))

        return WithMaps(edition.members, cache(lambda: _in_force(connection, day)), load)


class WithMaps:
    """The members of an edition together with those of maps. Which maps there are is asked where an expression names
    what is no refset of the edition, and one is loaded where its members are asked for."""

    def __init__(self, own: Members, maps: Callable[[], Mapping[int, tuple[Map, Version]]], load: Load) -> None:
        self._own, self._maps, self._load = own, maps, load

    @property
    def refsets(self) -> frozenset[int]:
        return self._own.refsets.union(self._maps())

    def holding(self, refsets: frozenset[int]) -> Sequence[Table]:
        found = self._own.holding(refsets)
        if refsets <= self._own.refsets:
            return found
        return [*found, *(self._load(refset, *each) for refset, each in self._maps().items() if refset in refsets)]


def _in_force(connection: Connection, day: date) -> dict[int, tuple[Map, Version]]:
    """The maps that are reference sets of SNOMED CT, each in the version of a day."""
    found = {}
    for each in maps.maps(connection):
        refset = each.line.url.removeprefix(_IMPLICIT)
        version = in_force(each.line.versions, day)
        if refset != each.line.url and refset.isdecimal() and version is not None:
            found[int(refset)] = (each, version)
    return found


def _made(connection: Connection, refset: int, found: Map, version: Version, places: Ints) -> Table:
    elements = maps.all_elements(connection, found.line.id, version.pos)
    return table(refset, elements, places, backward=found.source != SYSTEM.id)


def table(refset: int, elements: Iterable[MapElement], places: Ints, *, backward: bool = False) -> Table:
    """The elements of a map as members; `backward` of one that leads to SNOMED CT. `places` are the SCTIDs of all
    concepts, sorted."""
    rows = list(elements)
    component = np.array([_sctid(each.target if backward else each.source) for each in rows], dtype=np.int64)
    order = np.argsort(component, kind="stable")
    columns: dict[str, list[int] | list[str]] = {}
    if any(each.rule or each.advice for each in rows):  # a simple map has none, and neither group nor priority
        columns["mapGroup"] = [each.group for each in rows]
        columns["mapPriority"] = [each.priority for each in rows]
        columns["mapRule"] = [each.rule for each in rows]
        columns["mapAdvice"] = [each.advice for each in rows]
    columns["mapSource" if backward else "mapTarget"] = [each.source if backward else each.target for each in rows]
    held = _Held(refset, component[order], places)
    kinds = "".join(held.add(values, order) for values in columns.values())
    return Table(held, {"names": list(columns), "kinds": kinds}, stamped=False)


class _Held:
    """Columns in memory."""

    def __init__(self, refset: int, component: Ints, places: Ints) -> None:
        self._arrays: dict[str, Ints] = {
            "refset": np.array([refset], dtype=np.int64),
            "refset.starts": np.array([0, len(component)], dtype=np.int64),
            "component": component,
            "place": found_at(places, component),
            "active": np.ones(len(component), dtype=np.bool_),
            **dict.fromkeys(("time", "module", "module.ids"), np.zeros(0, dtype=np.int64)),
        }
        self._strings: dict[str, list[str]] = {}
        self._added = 0

    def add(self, values: list[int] | list[str], order: Ints) -> str:
        """The next column; its kind."""
        number, self._added = self._added, self._added + 1
        if values and isinstance(values[0], int):
            self._arrays[f"column.{number}"] = np.array(values, dtype=np.int64)[order]
            return "i"
        known: dict[str, int] = {}
        codes = np.fromiter((known.setdefault(str(each), len(known)) for each in values), np.int64, len(values))
        self._strings[f"text.{number}"], rank = ranked(known)
        self._arrays[f"column.{number}"] = rank[codes][order]
        return "s"

    def load(self, name: str) -> Ints:
        return self._arrays[name]

    def texts(self, name: str) -> Sequence[str]:
        return self._strings[name]


def _sctid(code: str) -> int:
    return int(code) if code.isascii() and code.isdecimal() and len(code) <= _WIDEST else -1
