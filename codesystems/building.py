"""Putting a version together from rows: duplicates, orphans and coverage are judged here, for all loaders."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from codesystems.loader import Candidate
from codesystems.model import (
    CodeSystemContent,
    Concept,
    PropertyDef,
    StatedChange,
    StatedContent,
    Unit,
    Where,
    kinds_of,
)
from codesystems.report import ReleaseError, Report

LONGEST_CODE = 1000
"""Characters. No code system has any as long; where one seems to, a cell was never closed or a column is another."""


class Builder:
    """Collects the concepts of one version.

    The same code stated twice alike is a warning; with two different displays the release is refused.
    `states=False` is for a release that lists no codes, only facts about codes that others list (a file of
    alternative terms): it then covers no `state`, and creates or withdraws nothing.
    """

    def __init__(self, candidate: Candidate, report: Report, *, states: bool = True) -> None:
        self._candidate = candidate
        self._report = report
        self._states = states
        self._concepts: dict[str, tuple[Concept, Where]] = {}
        self._covers: set[Unit] = set()
        self._stated: list[StatedChange] = []

    def add(self, concept: Concept, where: Where) -> None:
        """Take one concept; `where` is the row that states it. Raises `ReleaseError`."""
        if not concept.code:
            self._report.warn("row-without-code", "no code in this row", where)
            return
        if len(concept.code) > LONGEST_CODE:
            raise ReleaseError(f"a code of {len(concept.code)} characters begins {concept.code[:20]!r}", where)
        before = self._concepts.get(concept.code)
        if before is None:
            self._concepts[concept.code] = (concept, where)
            return
        if _displays(before[0]) != _displays(concept):
            first, second = _titles(before[0]), _titles(concept)
            raise ReleaseError(f"{concept.code} has two titles: {first} ({before[1]}) and {second}", where)
        self._report.warn("duplicate-row", f"{concept.code} is already at {before[1]}", where)
        if before[0] != concept:
            self._concepts[concept.code] = (_merged(before[0], concept), before[1])

    def stated(self, change: StatedChange) -> None:
        self._stated.append(change)

    def cover(self, parts: Iterable[str], kinds: Iterable[str]) -> None:
        """Declare that the release speaks of these kinds of fact for these groups of codes."""
        names = list(kinds)
        self._covers.update((part, kind) for part in parts for kind in names)

    def __contains__(self, code: str) -> bool:
        return code in self._concepts

    def __iter__(self) -> Iterator[Concept]:
        return (concept for concept, _ in self._concepts.values())

    def where(self, code: str) -> Where:
        """The row that states a concept taken before."""
        return self._concepts[code][1]

    def update(self, code: str, **changes: object) -> None:
        """Replace fields of a concept taken before (parents, once all codes are known)."""
        concept, where = self._concepts[code]
        self._concepts[code] = (replace(concept, **changes), where)  # type: ignore[arg-type]

    def content(self, properties: Iterable[PropertyDef] = (), *, absent: Collection[str] = ()) -> CodeSystemContent:
        """The version. Orphans are reported; every fact's unit counts as covered.

        `absent` are the parts that the format has no rows for: a parent there is left for other releases to
        state, and no orphan's.
        """
        candidate = self._candidate
        version, effective = candidate.dated()
        if not self._concepts:
            raise ReleaseError("no codes found", candidate.files[0].path)
        concepts = tuple(concept for concept, _ in self._concepts.values())
        silent = set() if self._states else {"state"}
        for concept, where in self._concepts.values():
            for parent in self._orphaned(concept, absent):
                message = f"{concept.code} has the parent {parent}, which has no row"
                self._report.warn("orphan", message, where)
            kinds = kinds_of(concept, candidate.codesystem.language) - silent
            self._covers.update((concept.part, kind) for kind in kinds)
        self._report.count("concepts", len(concepts))
        return CodeSystemContent(
            system=candidate.codesystem,
            version=version,
            effective=effective,
            covers=frozenset(self._covers),
            concepts=concepts,
            properties=tuple(properties),
            stated=tuple(self._stated),
        )

    def _orphaned(self, concept: Concept, absent: Collection[str]) -> Iterator[str]:
        """The nearest parents without a row, but for those that a parent of another rank stands in for."""
        known = {parent.rank for parent in concept.parents if parent.code in self._concepts}
        missing = [p for p in concept.parents if p.code not in self._concepts and not known - {p.rank}]
        part = self._candidate.loader.part
        if missing and not any(absent and part(parent.code) in absent for parent in missing):
            nearest = min(parent.rank for parent in missing)
            yield from (parent.code for parent in missing if parent.rank == nearest)


def statements(candidate: Candidate, changes: Iterable[StatedChange], report: Report) -> StatedContent:
    """A delivery of statements only; what is stated twice in the same words counts once and is reported.

    Raises `ReleaseError` where there are none.
    """
    version, effective = candidate.dated()
    kept: dict[StatedChange, StatedChange] = {}
    for change in changes:
        before = kept.setdefault(replace(change, file="", row=0), change)
        if before is not change:
            message = f"{change.type} of {change.code} is stated already in line {before.row}"
            report.warn("duplicate-row", message, Where(change.file, change.row))
    if not kept:
        raise ReleaseError("no changes found", candidate.files[0].path)
    report.count("statements", len(kept))
    return StatedContent(candidate.codesystem, version, effective, tuple(kept.values()))


def _displays(concept: Concept) -> set[tuple[str, str]]:
    return {(d.language, d.value) for d in concept.designations if d.use == "display"}


def _titles(concept: Concept) -> str:
    return " / ".join(repr(d.value) for d in concept.designations if d.use == "display") or "(none)"


def _merged(first: Concept, second: Concept) -> Concept:
    """Both rows' values, the first row's order first."""
    return replace(
        first,
        designations=tuple(dict.fromkeys(first.designations + second.designations)),
        parents=tuple(dict.fromkeys(first.parents + second.parents)),
        properties=tuple(dict.fromkeys(first.properties + second.properties)),
    )
