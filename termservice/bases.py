"""Releases that build on others: what they require is found among the releases that count, and its kept originals are
laid out to be read with them.

Which releases a release was read with is kept with it, so that it can be read again in just the same way, whatever
has become of them since. Activating it asks anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from codesystems.files import Package
from codesystems.loader import Base, Candidate, Requirement, loaders
from codesystems.model import Hints
from codesystems.report import ReleaseError
from termservice.discovery import guarded, with_hints
from termservice.originals import Originals
from termservice.store import Connection, catalog
from termservice.store.catalog import ReleaseRow

HINT = "bases"
"""Where a release's hints name the releases it was read with, by digest."""
Job = TypeVar("Job")


@dataclass(frozen=True, slots=True)
class Built:
    """A candidate with all that it builds on."""

    candidate: Candidate
    on: tuple[str, ...]
    """Digests of the releases that it builds on directly."""


class Bases:
    """Finds bases, within one transaction. A context manager: the files it lays out go away with it."""

    def __init__(self, connection: Connection, originals: Originals) -> None:
        self._connection, self._originals = connection, originals
        self._known: dict[str, Candidate] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Bases:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def take(self, digest: str, candidate: Candidate) -> None:
        """A release whose files are at hand, with its own bases: it need not be laid out."""
        self._known[digest] = candidate

    def build(self, candidate: Candidate) -> Built:
        """The candidate with what it requires, of the releases that are active now. Raises `ReleaseError` where one is
        not there."""
        rows: list[ReleaseRow] = []
        for requirement in sorted(candidate.requires, key=lambda each: each.as_before):
            if not requirement.as_before or any(self._needs(row, requirement) for row in rows):
                rows.append(self._required(candidate, requirement))
        return self._built(candidate, rows)

    def again(self, row: ReleaseRow) -> Candidate:
        """A release from its kept originals, with the releases that it was read with before.

        Raises `StoreError` where an original is missing, `ReleaseError` where it is no longer recognised."""
        if row.digest not in self._known:
            self._known[row.digest] = self._built(self._reopened(row), self._recorded(row)).candidate
        return self._known[row.digest]

    def anew(self, row: ReleaseRow) -> Built:
        """A release from its kept originals, with the releases that are active now. Raises as `again` and `build`."""
        return self.build(self._reopened(row))

    def _built(self, candidate: Candidate, rows: Iterable[ReleaseRow]) -> Built:
        found: dict[Base, None] = {}
        digests = []
        for row in rows:
            below = self.again(row)
            found.update(dict.fromkeys(below.base))
            found[Base(below.files, date.fromisoformat(row.effective))] = None
            digests.append(row.digest)
        return Built(replace(candidate, base=tuple(found)), tuple(digests))

    def _required(self, candidate: Candidate, requirement: Requirement) -> ReleaseRow:
        rows = [row for row in catalog.releases(self._connection) if row.status == "active" and not row.states_only]
        fitting = [
            row for row in rows if _meets(requirement, row.system, row.version, date.fromisoformat(row.effective))
        ]
        if not fitting:
            raise ReleaseError(
                f"it builds on {requirement.text}, which is not loaded: load that first, or both in one command"
            )
        return max(fitting, key=lambda row: row.effective)

    def _needs(self, row: ReleaseRow, requirement: Requirement) -> bool:
        """Whether a release was read with one of the code systems that a requirement names."""
        below = self._recorded(row)
        return any(each.system in requirement.systems or self._needs(each, requirement) for each in below)

    def _recorded(self, row: ReleaseRow) -> list[ReleaseRow]:
        found = [catalog.release_by_digest(self._connection, digest) for digest in row.hints.get(HINT, ())]
        if None in found:
            raise ReleaseError(f"a release that {row.system} {row.version} builds on is no longer kept")
        return [each for each in found if each is not None]

    def _reopened(self, row: ReleaseRow) -> Candidate:
        files = [(path, sha256) for path, sha256, _ in catalog.files(self._connection, row.id)]
        hints = Hints(
            system=row.hints.get("system"),
            version=row.version,
            effective=date.fromisoformat(row.effective),
            columns=row.hints.get("columns") or {},
        )
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="termservice-originals-")))
        self._originals.lay_out(files, folder)
        package = self._stack.enter_context(Package(folder))
        for loader in loaders():
            if loader.name != row.loader:
                continue
            with guarded(loader):
                for candidate in loader.identify(package, hints):
                    if candidate.system.id == row.system and candidate.form == row.form:
                        return with_hints(candidate, hints)
        raise ReleaseError(f"the {row.loader} loader no longer recognises the originals of {row.system} {row.version}")


@contextmanager
def reopened(connection: Connection, originals: Originals, row: ReleaseRow) -> Iterator[Candidate]:
    """A release as its loader was given it, for as long as the context lasts. Raises as `Bases.again`."""
    with Bases(connection, originals) as bases:
        yield bases.again(row)


def ordered(jobs: Sequence[Job], candidate_of: Callable[[Job], Candidate]) -> list[Job]:
    """Jobs with those that others require first; otherwise in the order given."""
    waiting = list(jobs)
    done: list[Job] = []
    while waiting:
        free = (job for job in waiting if not any(_before(candidate_of(o), candidate_of(job)) for o in waiting))
        job = next(free, waiting[0])
        waiting.remove(job)
        done.append(job)
    return done


def check_unused(connection: Connection, rows: Iterable[ReleaseRow]) -> None:
    """Raises `ReleaseError` where a release that is kept was read with one of these."""
    digests = {row.digest for row in rows}
    for other in catalog.releases(connection):
        if other.digest not in digests and digests & set(other.hints.get(HINT, ())):
            raise ReleaseError(f"{other.system} {other.version} builds on it: remove that first")


def _before(first: Candidate, then: Candidate) -> bool:
    if first is then or first.version is None or first.effective is None:
        return False
    return any(_meets(each, first.system.id, first.version, first.effective) for each in then.requires)


def _meets(requirement: Requirement, system: str, version: str, effective: date) -> bool:
    if system not in requirement.systems:
        return bool(requirement.version) and version == requirement.version
    if requirement.before is not None:
        return effective < requirement.before
    return effective == requirement.effective
