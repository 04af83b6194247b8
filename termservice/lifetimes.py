"""Every code a code system ever had, in memory: when it was there, what it was called, what followed it.

For questions by the million, where reading the store for each would take most of the time. The answers are those of
`concepts`; a table of 40 000 concepts takes about 40 MB and half a second to read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import groupby
from operator import itemgetter

from codesystems.codes import code_key
from termservice import display
from termservice.concepts import NEAREST
from termservice.errors import UnknownCode
from termservice.history import SUCCESSION
from termservice.registry import Registry
from termservice.store import Connection, changes, read
from termservice.store.catalog import System
from termservice.timeline import END

MAX_CODE = 200
_Name = tuple[str, str, str, int, int]
"""(use, language, value, vf, vt)."""


class AmbiguousCode(UnknownCode):
    """A spelling that fits several concepts; `details["nearest"]` are their codes."""


@dataclass(frozen=True, slots=True)
class Stated:
    """That a publisher says a code is followed by another."""

    code: str
    type: str
    automatic: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Lifetime:
    """One concept over all time. Spans are (vf, vt, …), oldest first."""

    code: str
    since: int
    """The first position whose release says which codes of its part exist."""
    states: tuple[tuple[int, int, bool], ...]
    """When it is listed, and whether as active."""
    titles: tuple[tuple[int, str], ...]
    """What it is called from a position on; "" where it has no title."""
    validity: tuple[tuple[int, int, str | None, str | None], ...]
    """The first and last day its publisher states."""
    stated: tuple[Stated, ...]
    headings: tuple[tuple[int, int], ...] = ()
    """When it is a heading, not to be recorded as such."""

    def heading(self, at: int) -> bool:
        """Whether it is a heading at a position."""
        return any(vf <= at < vt for vf, vt in self.headings)

    def active(self, at: int) -> bool | None:
        """Whether it is active at a position; None where it is not listed."""
        for vf, vt, active in self.states:
            if vf <= at < vt:
                return active
        return None

    def title(self, at: int) -> str | None:
        """What it is called at a position, or was called last before; None where it was not there yet."""
        last = -1
        for vf, vt, _ in self.states:
            if vf <= at:
                last = min(at, vt - 1)
        if last < 0:
            return None
        found = self.code
        for since, title in self.titles:
            if since <= last:
                found = title
        return found or self.code

    def days(self, at: int) -> tuple[str | None, str | None]:
        """The first and last day stated at a position."""
        for vf, vt, first, last in self.validity:
            if vf <= at < vt:
                return first, last
        return None, None

    def ended(self, at: int) -> int | None:
        """Where it last stopped being active at or before a position; None where it never was before."""
        return max((vt for _, vt, active in self.states if active and vt <= at), default=None)

    def begins(self, at: int) -> int | None:
        """Where it next becomes active after a position; None where it never does."""
        return min((vf for vf, _, active in self.states if active and vf > at), default=None)


class Lifetimes:
    """All concepts of one code system, found by any spelling of their codes."""

    def __init__(self, system: System, entries: Iterable[tuple[str, Lifetime]]) -> None:
        """`entries` are (comparison key, concept)."""
        self.system = system
        self._codes: dict[str, Lifetime] = {}
        self._keys: dict[str, tuple[Lifetime, ...]] = {}
        self._qualified: dict[str, list[str]] = {}
        for key, life in entries:
            self._codes[life.code] = life
            self._keys[key] = (*self._keys.get(key, ()), life)
            _, colon, bare = key.partition(":")
            if colon:
                self._qualified.setdefault(bare, []).append(life.code)
        self._sorted = sorted(self._keys)
        self._nearest: dict[str, list[str]] = {}

    @classmethod
    def load(cls, connection: Connection, registry: Registry, system: System) -> Lifetimes:
        return cls(system, _entries(connection, registry, system))

    def find(self, code: str, at: int) -> Lifetime:
        """The concept a spelling means, as `concepts.resolve` finds it. Raises `AmbiguousCode`, `UnknownCode`."""
        found = self._codes.get(code.strip())
        if found is not None:
            return found
        key = code_key(code[:MAX_CODE], self.system.code_rule)
        fitting = self._keys.get(key, ()) if key else ()
        if len(fitting) > 1:
            there = tuple(life for life in fitting if life.active(at) is not None)
            fitting = there if len(there) == 1 else fitting
        if len(fitting) == 1:
            return fitting[0]
        several = sorted(life.code for life in fitting) or sorted(self._qualified.get(key, ()))
        if several:
            raise AmbiguousCode(self.system.short, code[:MAX_CODE], ambiguous=several)
        raise UnknownCode(self.system.short, code[:MAX_CODE], self._near(key))

    def exact(self, code: str) -> Lifetime | None:
        """The concept of a code as its publisher writes it."""
        return self._codes.get(code)

    def _near(self, key: str) -> Sequence[str]:
        """Codes that share the longest beginning, shortest first."""
        at = bisect_left(self._sorted, key)
        prefix = key[: max((_shared(key, other) for other in self._sorted[max(at - 1, 0) : at + 1]), default=0)]
        if not prefix:
            return ()
        if prefix not in self._nearest:  # as many as there are beginnings of codes, however many unknown codes
            end = bisect_left(self._sorted, prefix + "\U0010ffff")
            keys = nsmallest(NEAREST, self._sorted[bisect_left(self._sorted, prefix) : end], lambda k: (len(k), k))
            self._nearest[prefix] = [life.code for each in keys for life in self._keys[each]][:NEAREST]
        return self._nearest[prefix]


def _shared(a: str, b: str) -> int:
    """How many characters both begin with."""
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _entries(connection: Connection, registry: Registry, system: System) -> Iterator[tuple[str, Lifetime]]:
    validity: dict[int, list[tuple[int, int, str | None, str | None]]] = {}
    for cid, first, last, vf, vt in read.all_validity(connection, system.id):
        validity.setdefault(cid, []).append((vf, vt, first, last))
    stated: dict[str, dict[str, Stated]] = {}
    for each in changes.stated(connection, system.id):
        if each.type in SUCCESSION and each.other_code not in ("", each.code):
            stated.setdefault(each.code, {})[each.other_code] = Stated(each.other_code, each.type, each.automatic)
    titles = _titles(connection, system)
    for concept, key, states in read.spans(connection, system.id):
        yield (
            key,
            Lifetime(
                code=concept.code,
                since=registry.first_stated(connection, system, concept.part),
                states=tuple((state.vf, state.vt, state.active) for state in states),
                titles=titles.get(concept.cid, ()),
                validity=tuple(sorted(validity.get(concept.cid, ()))),
                stated=tuple(stated.get(concept.code, {}).values()),
                headings=tuple((state.vf, state.vt) for state in states if state.abstract),
            ),
        )


def _titles(connection: Connection, system: System) -> Mapping[int, tuple[tuple[int, str], ...]]:
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for cid, rows in groupby(read.all_designations(connection, system.id), key=itemgetter(0)):
        found[cid] = _chosen([row[1:] for row in rows], system.lang)
    return found


def _chosen(names: Sequence[_Name], own: str) -> tuple[tuple[int, str], ...]:
    """(position, title from there on) wherever the name that is shown changes; "" where there is none."""
    best = [name for name in names if name[:2] == ("display", own)]
    if len(best) == 1 and best[0][4] == END and all(name[3] >= best[0][3] for name in names):
        return ((best[0][3], best[0][2]),)  # one title as long as it is there: nearly all concepts
    found: list[tuple[int, str]] = []
    for pos in sorted({name[3] for name in names} | {name[4] for name in names if name[4] < END}):
        title = display.choose([name[:3] for name in names if name[3] <= pos < name[4]], (), own)
        if not found or found[-1][1] != (title or ""):
            found.append((pos, title or ""))
    return tuple(found)
