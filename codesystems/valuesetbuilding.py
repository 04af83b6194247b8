"""Collecting a value set's members while a file is read, with what is wrong between its rows reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from codesystems.loader import Candidate
from codesystems.map_rows import code_in
from codesystems.model import CodeSystem, Hints, Where
from codesystems.report import ReleaseError, Report
from codesystems.valuesets import Member, ValueSetContent

NAME = "valueset"
"""Among a mapping's columns, the operator's name for the value set: by it a release is found again."""


class ValueSetBuilder:
    """Takes members one by one, in the file's order."""

    def __init__(self, candidate: Candidate, report: Report) -> None:
        self._candidate = candidate
        self._report = report
        self._members: dict[tuple[str, str], tuple[Member, Where]] = {}
        self._systems: dict[str, CodeSystem] = {}

    def add(self, system: CodeSystem, member: Member, where: Where) -> None:
        """Take a row; `member` names its code as the file writes it. A code that is there already is reported, as is a
        row without one; neither is kept."""
        code = code_in(system, member.code)
        if not code:
            self._report.warn("no-code", "a row without a code", where)
            return
        self._systems.setdefault(system.id, system)
        found = replace(member, system=system.id, code=code)
        before, place = self._members.setdefault((system.id, code), (found, where))
        if place is not where:
            kind = "duplicate-row" if before == found else "repeated-code"
            self._report.warn(kind, f"{system.id} {code} is at {place}, which counts", where)

    def count(self, system_id: str) -> int:
        """How many members of a code system there are so far."""
        return sum(system == system_id for system, _ in self._members)

    def content(
        self, *, systems: Mapping[str, str] | None = None, delta: bool = False, removed: Iterable[str] = ()
    ) -> ValueSetContent:
        """The version. Raises `ReleaseError` where there is nothing, or the version is not known."""
        version, effective = self._candidate.dated()
        gone = frozenset(removed)
        if not self._members and not gone:
            raise ReleaseError("no members of the value set found", self._candidate.files[0].path)
        self._report.count("members", len(self._members))
        return ValueSetContent(
            system=self._candidate.valueset,
            version=version,
            effective=effective,
            members=tuple(member for member, _ in self._members.values()),
            codesystems=tuple(self._systems.values()),
            systems=dict(systems or {}),
            delta=delta,
            removed=gone,
        )


def naming(hints: Hints) -> dict[str, str]:
    """What is to be kept of what the operator said, for formats that say all else themselves."""
    return {NAME: hints.columns[NAME]} if NAME in hints.columns else {}
