"""A refset whose files are read by themselves, without the edition they belong to: which states of it they hold.

Source: SNOMED CT Release File Specification. What is said of a refset at a time is the newest state of each member that
is active. A Full also gives it as it was on every earlier effectiveTime in it, where that is no great work
(`HISTORY_ROWS`); else `--version YYYYMMDD` loads one of those. A Delta gives what changed since the release before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from codesystems.files import SourceFile
from codesystems.formats import rf2
from codesystems.formats.rf2 import ReleaseType, Row
from codesystems.formats.tables import Columns
from codesystems.loader import Candidate
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report
from codesystems.versions import effective_date

HISTORY_ROWS = 1_000_000
"""A Full is read once for each state: not where rows times states are more than this."""
_RANK: dict[ReleaseType, int] = {"Full": 4, "Snapshot": 3, "Delta": 1}
_EARLIER = 2
"""The rank of an earlier state in a Full: the release of that day says it best, unless it only says changes."""


@dataclass(slots=True)
class RefsetFiles:
    """One refset as files of one release type and date have it."""

    type: ReleaseType
    released: date | None
    """The date in the name."""
    files: list[SourceFile] = field(default_factory=list)
    times: set[str] = field(default_factory=set)
    rows: int = 0

    def take(self, file: SourceFile, time: str) -> None:
        if file not in self.files:
            self.files.append(file)
        if time:
            self.times.add(time)
        self.rows += 1


def gathered(files: Iterable[SourceFile]) -> list[tuple[str, RefsetFiles]]:
    """The refsets in files of members, by refsetId. A file whose name is none of RF2 is taken for a Snapshot.

    Raises `ReleaseError` for files that cannot be read."""
    found: dict[tuple[str, ReleaseType, date | None], RefsetFiles] = {}
    for file in files:
        name = rf2.parse_name(file.name)
        of: tuple[ReleaseType, date | None] = (name.release, name.released) if name else ("Snapshot", None)
        for row in rf2.read(file, Columns(("refsetId",)), Report()):
            found.setdefault((row.cells[0], *of), RefsetFiles(*of)).take(file, row.time)
    return [(refset, release) for (refset, *_), release in found.items()]


@dataclass(frozen=True, slots=True)
class State:
    """A refset as it was on a day."""

    day: date | None
    rank: int
    notes: tuple[str, ...] = ()

    @property
    def version(self) -> str | None:
        return f"{self.day:%Y%m%d}" if self.day else None


def states(release: RefsetFiles, name: str, hints: Hints) -> Iterator[State]:
    """The release itself, and of a Full what it says of earlier days. `name` is what people call the refset."""
    released, full = release.released, release.type == "Full"
    newest = rf2.day(max(release.times)) if release.times else None
    if released is None or (full and newest and newest > released):
        released = newest
    earlier = sorted(rf2.day(time) for time in release.times if full)
    earlier = [each for each in earlier if released and each < released]
    asked = hints.effective or effective_date(hints.version or "")
    notes: tuple[str, ...] = ()
    if asked in earlier:
        yield State(asked, _EARLIER)
        return
    if release.rows * len(earlier) > HISTORY_ROWS:
        days = ", ".join(f"{each:%Y%m%d}" for each in earlier)
        notes = (f"{name} as it was earlier is in the Full too: load it with --version {days}",)
    elif not (hints.version or hints.effective):
        for each in earlier:
            yield State(each, _EARLIER)
    yield State(released, _RANK[release.type], notes)


def members(candidate: Candidate, rows: Sequence[Row], report: Report) -> list[Row]:
    """The state of each member on the day that the candidate is about, active or not.

    Raises `ReleaseError` for members without id in a Delta: files that a release is made from (`rel2_…`) may lack ids,
    and then nobody can say what in them is new.
    """
    if candidate.form != "Full":
        _warn_later(candidate, rows, report)
        found = list(rf2.newest(rows, report).values())
        for member in found if candidate.form == "Delta" else ():
            if not member.id:
                raise ReleaseError("a Delta's member without id: load the released file (der2_…)", member.where)
        return found
    _, effective = candidate.dated()
    day = f"{effective:%Y%m%d}"
    until = day if day in {row.time for row in rows} else ""
    return list(rf2.newest(rows, report, until).values())


def _warn_later(candidate: Candidate, rows: Iterable[Row], report: Report) -> None:
    named = rf2.parse_name(candidate.files[0].name)
    for row in rows if named else ():
        if row.time and named and rf2.day(row.time) > named.released:
            report.warn("later-than-release", f"effectiveTime {row.time} in a release of {named.released}", row.where)
