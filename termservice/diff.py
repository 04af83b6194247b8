"""What differs between two versions of a code system: one change for each code and type.

Only what some release up to the earlier version speaks of can change; a code of a group that was first stated later is
`first-stated`, which keeps the sum of all changes equal to the difference of the contents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from termservice import attributes, concepts
from termservice.answers import COMPUTED, Change, Source
from termservice.history import Line, wording
from termservice.store import Connection, changes, read
from termservice.store.changes import Differing, Stated
from termservice.store.read import Summary

TYPES = (
    "introduced", "reintroduced", "withdrawn", "first-stated", "retitled", "moved", "note-changed", "property-changed",
)  # fmt: skip
_OPPOSITE = {"introduced": "withdrawn", "reintroduced": "withdrawn", "withdrawn": "introduced"}
_TABLES = ("state", "designation", "edge", "property", "validity")


@dataclass(slots=True)
class _Turned:
    """What differs of one concept, by kind of change and by name: (values before, values after, position)."""

    values: dict[str, dict[str, tuple[list[str], list[str]]]] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, fact: Differing) -> None:
        before, after = self.values.setdefault(kind, {}).setdefault(fact.name, ([], []))
        (before if fact.old else after).append(fact.value)
        self.at[kind] = max(self.at.get(kind, 0), fact.at)


def between(connection: Connection, line: Line, a: int, b: int, lang: Sequence[str]) -> list[Change]:
    """Every computed change from the content at `a` to that at `b`, in order of code and type.

    Where `b` comes before `a` the changes are those that undo what lies between.
    """
    if a > b:
        return [_undone(change) for change in between(connection, line, b, a, lang)]
    turned = _turned(connection, line, a, b, lang)
    cids = list(turned)
    old = {each.cid: each for each in read.summaries(connection, cids, a)}
    new = {each.cid: each for each in read.summaries(connection, cids, b)}
    earlier = changes.ended_by(connection, [cid for cid in cids if cid in new and cid not in old], a)
    found: list[Change] = []
    for cid, facts in turned.items():
        compared = _Compared(line, old.get(cid), new.get(cid), facts, cid in earlier, a, lang)
        found.extend(compared.changes())
    found.sort(key=lambda change: (change.code, TYPES.index(change.type)))
    return found


def official(line: Line, stated: Iterable[Stated], first: str, last: str) -> list[Change]:
    """The publisher's statements about changes after the day `first` and up to `last`, in order of code."""
    found = [
        Change(
            code=each.code,
            display=each.code,
            type=each.type,
            date=each.date,
            version=each.version,
            before=None,
            after=each.other_code or None,
            wording=None,
            source=Source("publisher", each.release, each.path, each.row),
        )
        for each in stated
        if each.date and first < each.date <= last
    ]
    return sorted(found, key=lambda change: (change.code, change.type))


@dataclass(frozen=True, slots=True)
class _Compared:
    """One concept at two positions."""

    line: Line
    old: Summary | None
    new: Summary | None
    turned: _Turned
    existed_before: bool
    start: int
    lang: Sequence[str]

    def changes(self) -> Iterator[Change]:
        was, is_ = self.old is not None and self.old.active, self.new is not None and self.new.active
        title = self._title(self.new or self.old)
        if is_ and not was:
            yield self._change(self._begun(), "state", None, title)
        elif was and not is_:
            yield self._change("withdrawn", "state", self._title(self.old), None)
        if self.old is None or self.new is None:
            return
        before, after = self._named("retitled")
        if before != after:
            yield self._change("retitled", "retitled", before, after, wording(before, after))
        if "moved" in self.turned.values and self.old.parents != self.new.parents:
            yield self._change("moved", "moved", list(self.old.parents), list(self.new.parents))
        for kind in ("note-changed", "property-changed"):
            values = self.turned.values.get(kind, {}).items()
            plain = {name: tuple(_plain(side, kind) for side in sides) for name, sides in values}
            plain = {name: (before, after) for name, (before, after) in plain.items() if before != after}
            if plain:
                before_values, after_values = ({name: pair[side] for name, pair in plain.items()} for side in (0, 1))
                yield self._change(kind, kind, before_values, after_values)

    def _begun(self) -> str:
        if self.old is None and "first-stated" in self.turned.values:
            return "first-stated"
        return "reintroduced" if self.existed_before or self.old is not None else "introduced"

    def _named(self, kind: str) -> tuple[str, str]:
        sides = self.turned.values.get(kind, {}).values()
        before, after = next(iter(sides), ([], []))
        return " / ".join(sorted(before)), " / ".join(sorted(after))

    def _title(self, found: Summary | None) -> str:
        if found is None:
            return ""
        return concepts.title(found, self.line.system, self.lang)

    def _change(self, kind: str, turned: str, before: object, after: object, words: str | None = None) -> Change:
        found = self.new or self.old
        assert found is not None
        pos = self.turned.at.get(turned) or max(self.turned.at.values())
        version = next((v for v in self.line.system.versions if v.pos == pos), None)
        effective, name = (version.effective, version.version) if version else (None, None)
        return Change(found.code, self._title(found), kind, effective, name, before, after, words, COMPUTED)


def _turned(connection: Connection, line: Line, a: int, b: int, lang: Sequence[str]) -> dict[int, _Turned]:
    """What differs, by concept."""
    title = f"display:{line.system.lang}"
    notes = {p.code for p in line.system.properties.values() if p.note}
    known = {unit for unit, positions in line.covered.items() if positions[0] <= a}
    found: dict[int, _Turned] = {}
    for table in _TABLES:
        differing: Iterable[Differing] = changes.differing(connection, line.system.id, table, a, b)
        if table == "property":
            differing = attributes.unpacked(connection, line.system, differing, (b, a), lang)
        for fact in differing:
            kind = _kind(table, fact.name, title, notes)
            if fact.unit not in known:
                kind = "first-stated"
                if table != "state":
                    continue
            of = found.setdefault(fact.cid, _Turned())
            of.add(kind, fact)
            if kind == "state":
                _level(of, fact)
    came_or_went = {cid: of.at["state"] for cid, of in found.items() if "state" in of.values}
    for cid, parent in changes.under(connection, came_or_went, a, b):
        of = found.setdefault(cid, _Turned())
        of.values.setdefault("moved", {})
        of.at["moved"] = max(of.at.get("moved", 0), came_or_went[parent])
    return found


def _kind(table: str, name: str, title: str, notes: set[str]) -> str:
    if table == "state":
        return "state"
    if table == "edge":
        return "moved"
    if name == title:
        return "retitled"
    return "note-changed" if name in notes else "property-changed"


def _level(of: _Turned, fact: Differing) -> None:
    """A state that stays but says something else of level or abstractness changes a property."""
    sides = of.values["state"]["state"]
    if not all(sides):
        return
    for place, name in ((1, "abstract"), (2, "level")):
        before, after = (side[0].split("/", 2)[place] for side in sides)
        if before != after:
            of.values.setdefault("property-changed", {})[name] = ([before], [after])
            of.at["property-changed"] = max(of.at.get("property-changed", 0), fact.at)


def _plain(values: list[str], kind: str) -> list[str]:
    if kind == "note-changed":
        return [paragraph for value in values for paragraph in json.loads(value)]
    return sorted(values)


def _undone(change: Change) -> Change:
    kind = _OPPOSITE.get(change.type, change.type)
    return replace(change, type=kind, before=change.after, after=change.before)


def counts(found: Iterable[Change]) -> dict[str, int]:
    """How many changes of each type, in the order of types."""
    numbers: dict[str, int] = {}
    for change in found:
        numbers[change.type] = numbers.get(change.type, 0) + 1
    order: Mapping[str, int] = {kind: place for place, kind in enumerate(TYPES)}
    return dict(sorted(numbers.items(), key=lambda pair: order.get(pair[0], len(order))))
