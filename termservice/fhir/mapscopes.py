"""The value sets that the ends of translations are to be of.

R5 limits codes to them (`sourceScope`, `targetScope`); R4 chooses maps by them (`source`, `target`): of a map that says
it is between them everything counts, of one that says nothing what they hold.

Source: FHIR R5 and R4, conceptmap-operation-translate.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from termservice.fhir import heads
from termservice.fhir.calls import Call
from termservice.fhir.conceptmaps import Match, canonical_of
from termservice.fhir.heads import IMPLICIT
from termservice.fhir.mapquestions import Question
from termservice.fhir.mapreferences import Referred
from termservice.fhir.model import Json, canonical, parted
from termservice.fhir.reading import text
from termservice.fhir.resolving import UnknownValueSet


def stated(resource: Json) -> tuple[str, str]:
    """The value sets that a map says it is between; empty where it does not."""
    source, target = (
        text(resource, f"{end}ScopeUri") or text(resource, f"{end}ScopeCanonical") for end in ("source", "target")
    )
    return source, target


def between(resource: Json, asked: Question) -> bool:
    """Whether nothing that a map says it is between is against the value sets asked for."""
    return all(
        not scope or not own or _same(own, scope) for own, scope in zip(stated(resource), asked.scopes, strict=True)
    )


def located(call: Call, asked: Question) -> Question:
    """With canonicals for value sets named by where they are (`ValueSet/<id>`), as R4 allows."""
    source, target = (_canonical(call, scope) for scope in asked.scopes)
    return replace(asked, scopes=(source, target))


def within(call: Call, asked: Question, found: Sequence[Match]) -> Sequence[Match]:
    """The matches whose ends are of the value sets asked for. Raises `UnknownValueSet` for one that no map of the
    request is about either."""
    maps = [*asked.sent, *call.library.maps]
    for end, scope in enumerate(asked.scopes):
        if scope and found:
            limits = _Scope(call, scope, end, maps, chooses=asked.chooses)
            found = [each for each in found if limits.lets(each)]
    return found


def system_of(call: Call, scope: str) -> str:
    """The code system of a value set, where it is of one only."""
    if not scope:
        return ""
    valueset = call.library.valueset(scope)
    if valueset is None:
        return _whole(scope)
    systems = {include.system for include in valueset.includes}
    return systems.pop() if len(systems) == 1 else ""


class _Scope:
    """A value set that one end of matches is to be of."""

    def __init__(self, call: Call, scope: str, end: int, maps: Iterable[Json], *, chooses: bool) -> None:
        self._scope = scope
        self._end = end
        self._references = Referred(call, ())
        self._known = call.library.valueset(scope) is not None
        about = {canonical_of(each) for each in maps if _same(stated(each)[end], scope)}
        if not (self._known or about or _whole(scope)):
            raise UnknownValueSet(*parted(scope))
        self._trusted = about if chooses or not self._known else set()
        """Canonicals of maps whose word is enough."""

    def lets(self, match: Match) -> bool:
        coding = (match.source, match.target)[self._end]
        if match.map in self._trusted:
            return True
        if self._known:
            return self._references.holds(self._scope, coding)
        return coding.system == _whole(self._scope)


def _canonical(call: Call, scope: str) -> str:
    kind, _, id = scope.removeprefix(f"{call.base}/").partition("/")
    head = heads.with_id(call, kind, id) if kind == "ValueSet" else None
    return scope if head is None else canonical(head.url, "" if head.current else head.version)


def _same(one: str, other: str) -> bool:
    return parted(one)[0] == parted(other)[0]


def _whole(scope: str) -> str:
    """The code system of a value set that is all of it by its URL; it need not be known. Empty for another."""
    return scope.removesuffix(IMPLICIT) if scope.endswith(IMPLICIT) else ""
