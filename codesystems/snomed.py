"""SNOMED CT in Release Format 2: which releases a package holds, of which edition and version, and their content.

Source: SNOMED CT Release File Specification; SNOMED CT URI Standard. Full, Snapshot and Delta say the same of a
version: the newest state of each component and member. A Full also gives the edition as it was on every earlier
effectiveTime in its file of concepts, where that is no great work (`HISTORY_ROWS`); else `--version YYYYMMDD` loads one
of those. A Delta is read onto the release before it, an extension onto the International Edition that its module
dependency refset names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from codesystems import snomed_content
from codesystems.files import Package
from codesystems.formats import rf2, rf2_columns, rf2_package
from codesystems.formats.rf2 import ReleaseType
from codesystems.formats.rf2_package import ReleaseFiles
from codesystems.formats.tables import Columns
from codesystems.loader import Candidate, Loader
from codesystems.model import Attribute, CodeSystemContent, Hints, Property
from codesystems.report import ReleaseError, Report
from codesystems.snomed_editions import (
    SWEDISH,
    SYSTEM,
    Named,
    dependencies,
    edition,
    module_of,
    named,
    requirements,
    version_uri,
)

__all__ = ["LOADER", "SYSTEM"]

HISTORY_ROWS = 1_000_000
"""A Full is read once for each state: not where its concept rows times states are more than this."""
_RANK: dict[ReleaseType, int] = {"Snapshot": 4, "Full": 3, "Delta": 1}
_EARLIER, _HISTORY = 2, 5
"""The rank of an earlier state in a Full: the release of that day says it best, unless it only says changes; and of a
Full whose earlier states are read too: they and the last one then come from the same files."""
_CODE = re.compile(r"(?:http://snomed\.info/id/)?([0-9]{6,18})\s*(?:\|[^|]*\|)?")
"""An SCTID, by URI or with its term."""


@dataclass(frozen=True, slots=True)
class _States:
    """The days in a Full's files of concepts, and how many rows these have."""

    days: tuple[date, ...]
    rows: int


class SnomedLoader(Loader):
    name = "snomed"
    systems = (SYSTEM,)

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        said = named(hints.version or "") or Named()
        if hints.effective:
            said = Named(said.module, hints.effective, said.unpublished)
        for release in rf2_package.releases(package.files):
            yield from self._candidates(release, hints, said)

    def _candidates(self, release: ReleaseFiles, hints: Hints, said: Named) -> Iterator[Candidate]:
        """The release itself, and of a Full what it says of earlier days."""
        states = _states(release) if release.type == "Full" else _States((), 0)
        earlier = [day for day in states.days if day < release.released]
        if said.day in earlier:
            yield self._candidate(release, hints, said, said.day, _EARLIER)
            return
        notes: tuple[str, ...] = ()
        rank = _RANK[release.type]
        if states.rows * len(earlier) > HISTORY_ROWS:
            days = ", ".join(f"{day:%Y%m%d}" for day in earlier)
            notes = (f"the edition as it was earlier is in the Full too: load it with --version {days}",)
        elif said.day is None and not hints.version:
            rank = _HISTORY if release.type == "Full" else rank
            for day in earlier:
                yield self._candidate(release, hints, said, day, _EARLIER)
        yield self._candidate(release, hints, said, said.day or release.released, rank, notes)

    def _candidate(
        self, release: ReleaseFiles, hints: Hints, said: Named, day: date, rank: int, notes: tuple[str, ...] = ()
    ) -> Candidate:
        found = dependencies(release, day)
        module = said.module or module_of(release, found) or (SWEDISH if hints.system == SYSTEM.id else None)
        unpublished = release.unpublished if said.unpublished is None else said.unpublished
        system = SYSTEM if hints.system == SYSTEM.id or module is None else edition(module)
        return Candidate(
            loader=self,
            system=system,
            files=tuple(release.files),
            form=release.type,
            version=version_uri(module, day, unpublished=unpublished) if module else None,
            effective=day,
            rank=rank,
            notes=notes,
            requires=requirements(release, system, module, day, found) if module else (),
        )

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        for each in candidate.requires:
            if not candidate.base and not each.as_before:
                raise ReleaseError(f"it builds on {each.text}, which is not here", candidate.files[0].path)
        return snomed_content.content(candidate, report)

    def version_named(self, candidate: Candidate, name: str) -> str:
        said = named(name)
        if said is None or said.module:
            return name
        if candidate.version is None:
            message = "which edition this is is not said: give --version http://snomed.info/sct/…/version/…"
            raise ReleaseError(message, candidate.files[0].path)
        return candidate.version

    def expanded(self, value: Property) -> tuple[Property, ...]:
        return snomed_content.expanded(value)

    def attribute(self, value: Property) -> Attribute | None:
        return snomed_content.attribute(value)

    def canonical(self, code: str) -> str:
        found = _CODE.fullmatch(code.strip())
        return found[1] if found else code.strip()


def _states(release: ReleaseFiles) -> _States:
    days: set[int] = set()
    rows = 0
    for file in release.of("concept"):
        for chunk in rf2_columns.read(file, Columns(("definitionStatusId",)), Report()):
            days.update(rf2_columns.times(chunk).tolist())
            rows += len(chunk.lines)
    return _States(tuple(rf2.day(str(day)) for day in sorted(days) if day), rows)


LOADER = SnomedLoader()
