"""Loading: from paths an operator names to activated versions, index and revision, in one transaction.

Each release is whole or not at all (a savepoint each); what is refused leaves the store as it was. Several paths
are indexed once, at the end.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

from codesystems.files import Package
from codesystems.loader import Candidate
from codesystems.maps import MapContent
from codesystems.model import CodeSystemContent, Hints
from codesystems.report import ReleaseError, Report
from codesystems.valuesets import ValueSetContent
from termservice import __version__, audit, editions, indexing, space, timeline
from termservice.activation import Doubted, Judge, activate
from termservice.bases import HINT, Bases, ordered
from termservice.collecting import paused
from termservice.discovery import Found, discover, guarded, package_digest
from termservice.errors import Refused
from termservice.originals import Originals
from termservice.snomed import artefactbuilding
from termservice.snomed.beside import Beside
from termservice.store import Connection, DatabaseError, catalog
from termservice.store.database import FILE_NAME, Database, savepoint

UNUSUAL_SHARE = 0.25
"""A version that changes more of the facts than this is worth a warning."""
SPACE_FACTOR = 6
"""What a load may need on disk, as a multiple of its files: originals, facts, log, index."""

Progress = Callable[[str, int, int], None]


def silent(text: str, done: int, total: int) -> None:
    """Progress nobody watches."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator asked for."""

    hints: Hints = field(default_factory=Hints)
    partial: bool = False
    hold: bool = False
    dry_run: bool = False
    actor: str = "cli"
    judge: Judge | None = None
    """Asked about each release; what it doubts is held, and what a person took out of use is left alone."""


@dataclass(slots=True)
class Outcome:
    """What became of one release (or of a path that holds none)."""

    path: str
    status: str
    """loaded, corrected, unchanged, held, would-load, would-hold or refused."""
    system: str | None = None
    version: str | None = None
    effective: str | None = None
    form: str | None = None
    message: str | None = None
    concepts: int = 0
    elements: int = 0
    """Of a map: the rows its release states."""
    members: int = 0
    """Of a value set: the codes its release states."""
    statements: int = 0
    """What the publisher states of changes in so many words."""
    facts: int = 0
    rows_added: int = 0
    facts_changed: int = 0
    seconds: float = 0.0
    files: list[str] = field(default_factory=list)
    other_forms: list[str] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[dict[str, object]] = field(default_factory=list)


@dataclass(slots=True)
class LoadResult:
    outcomes: list[Outcome]
    revision: int | None

    @property
    def refused(self) -> bool:
        return any(outcome.status == "refused" for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class _Job:
    path: str
    candidate: Candidate
    found: Found
    seen_as: str
    """Fingerprint of its package; empty where part of the package was refused, so that it is looked at again."""


def load(home: Path, paths: Sequence[Path], options: Options, progress: Progress = silent) -> LoadResult:
    """Load every release under `paths` into the store under `home`.

    Raises `Refused` where the store is busy or the disk full, `StoreError` where it cannot be used. Whatever is
    wrong with a release is its outcome, not an exception.
    """
    with ExitStack() as stack:
        if options.dry_run and not (home / FILE_NAME).exists():
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="termservice-dry-")))
        database = Database.create(home / FILE_NAME)
        stack.callback(database.close)
        database.unmapped()  # a large release looks at most of it, and has its own memory to pay for
        outcomes: list[Outcome] = []
        jobs: list[_Job] = []
        for path in paths:
            try:
                package = stack.enter_context(Package(path))
                _plan(database, package, options, jobs, outcomes)
            except (ReleaseError, OSError) as error:
                outcomes.append(Outcome(str(path), "refused", message=str(error)))
        if not jobs:
            if not options.dry_run:
                audit.note_refusals(database, outcomes, options.actor)
            return LoadResult(outcomes, None)
        space.require(home, SPACE_FACTOR * sum(f.local.stat().st_size for job in jobs for f in job.candidate.files))
        return _load_all(database, home, jobs, outcomes, options, progress)


def release_digest(files: Sequence[tuple[str, str, int]], candidate: Candidate) -> str:
    """A release's identity: the bytes delivered and what they were loaded as, whatever the files are called."""
    parts = sorted(sha for _, sha, _ in files)
    what = (candidate.system.id, candidate.version, str(candidate.effective), sorted(candidate.columns.items()))
    return hashlib.sha256(repr((parts, what)).encode()).hexdigest()


def finish(
    connection: Connection,
    home: Path,
    touched: Sequence[str],
    progress: Progress,
    done: int,
    total: int,
    bases: Bases | None = None,
    beside: Beside | None = None,
    *,
    whole: bool = False,
) -> int:
    """Raise the revision and build the index of every code system whose facts were touched, as a `whole` or where that
    saves much by what changed; the revision. `bases` are those of the releases read in this transaction, `beside` what
    was begun to be built of them."""
    if bases is None:
        with Bases(connection, Originals(home / "originals")) as own:
            return finish(connection, home, touched, progress, done, total, own, beside, whole=whole)
    revision = catalog.raise_revision(connection)
    for system in catalog.systems(connection):
        if system.short in touched:
            progress(f"indexing {system.short}", done, total)
            indexing.build(connection, home, system, revision, whole=whole)
            if editions.is_edition(system):
                artefactbuilding.build_missing(connection, home, system, revision, progress, bases, beside)
            done += 1
    return revision


def _plan(database: Database, package: Package, options: Options, jobs: list[_Job], outcomes: list[Outcome]) -> None:
    """Find the package's releases; those that are not to be read become outcomes at once."""
    fingerprint = package_digest(package, options.hints, __version__)
    if not options.dry_run and not options.hold:
        known = _known(database, fingerprint, str(package.root))
        if known is not None:
            outcomes.extend(known)
            return
    found = discover(package, options.hints)
    problems = [_problem(candidate, options) for candidate in found.releases]
    for candidate, problem in zip(found.releases, problems, strict=True):
        job = _Job(str(package.root), candidate, found, "" if any(problems) else fingerprint)
        if problem is None:
            jobs.append(job)
        else:
            outcome = _outcome(job, "refused")
            outcome.message = problem
            outcomes.append(outcome)


def _known(database: Database, fingerprint: str, path: str) -> list[Outcome] | None:
    """Outcomes of a package that was loaded before and whose releases are all still active."""
    with database.read() as connection:
        numbers = catalog.seen(connection, fingerprint)
        if not numbers:
            return None
        rows = {row.id: row for row in catalog.releases(connection)}
    releases = [rows.get(number) for number in numbers]
    outcomes = []
    for row in releases:
        if row is None or row.status != "active":
            return None
        outcomes.append(Outcome(path, "unchanged", row.system, row.version, row.effective, row.form, "already loaded"))
    return outcomes


def _problem(candidate: Candidate, options: Options) -> str | None:
    """Why a candidate is refused before it is read."""
    if candidate.version is None:
        names = ", ".join(file.path for file in candidate.files[:3])
        return f"neither content nor names say which version {names} is: give --version"
    if candidate.effective is None:
        return f"version {candidate.version!r} does not say from when it is in force: give --effective-date"
    if candidate.missing and not options.partial:
        return (
            f"not a whole release: {', '.join(candidate.missing)} missing; --partial loads what there is and "
            "leaves the rest as it was"
        )
    return None


class _DryRun(Exception):
    """Ends the transaction of a dry run."""


def _load_all(
    database: Database, home: Path, jobs: list[_Job], outcomes: list[Outcome], options: Options, progress: Progress
) -> LoadResult:
    originals = Originals(home / "originals")
    revision: int | None = None
    try:
        with paused(), database.write() as connection, ExitStack() as stack:
            total = len(jobs) + len({job.candidate.system.id for job in jobs if job.candidate.indexed})
            done: dict[str, list[int]] = {}
            bases = stack.enter_context(Bases(connection, originals))
            beside = stack.enter_context(Beside(home / indexing.EDITIONS / ".building"))
            for number, job in enumerate(ordered(jobs, lambda job: job.candidate)):
                progress(f"loading {job.candidate.system.id} {job.candidate.version}", number, total)
                outcome, release_id = _load_one(connection, originals, bases, beside, job, options)
                outcomes.append(outcome)
                done.setdefault(job.seen_as, []).append(release_id)
            if options.dry_run:
                raise _DryRun
            changed = [outcome for outcome in outcomes if outcome.status in ("loaded", "corrected")]
            touched = {outcome.system for outcome in changed if outcome.system and outcome.concepts}
            for seen_as, releases in done.items():
                if seen_as and all(releases):
                    catalog.mark_seen(connection, seen_as, releases)
            if changed:
                revision = finish(connection, home, sorted(touched), progress, len(jobs), total, bases, beside)
            audit.note_loads(connection, outcomes, options.actor)
            kept = {path for _, _, _, path in catalog.artefacts(connection)}
    except _DryRun:
        return LoadResult(outcomes, None)
    except (DatabaseError, OSError) as error:
        raise Refused(f"nothing was loaded: {error}") from error
    if revision is not None:
        indexing.sweep(home, kept, revision)
    progress("done", total, total)
    return LoadResult(outcomes, revision)


def _load_one(
    connection: Connection, originals: Originals, bases: Bases, beside: Beside, job: _Job, options: Options
) -> tuple[Outcome, int]:
    """Read and splice in one release. Returns its outcome and its number, 0 where it was refused."""
    start = time.perf_counter()
    outcome = _outcome(job, "would-load" if options.dry_run else "loaded")
    report = Report(notes=list(job.candidate.notes))
    release_id = 0
    try:
        with savepoint(connection):
            release_id = _read_and_write(connection, originals, bases, beside, job.candidate, options, report, outcome)
    except ReleaseError as error:
        outcome.status, outcome.message, release_id = "refused", str(error), 0
    outcome.notes = report.notes
    outcome.warnings = [asdict(finding) for finding in report.warnings.values()]
    outcome.seconds = round(time.perf_counter() - start, 2)
    if release_id and outcome.status != "unchanged":
        catalog.set_report(connection, release_id, asdict(outcome))
    return outcome, release_id


def _read_and_write(
    connection: Connection,
    originals: Originals,
    bases: Bases,
    beside: Beside,
    candidate: Candidate,
    options: Options,
    report: Report,
    outcome: Outcome,
) -> int:
    files = [(file.path, file.sha256(), file.local.stat().st_size) for file in candidate.files]
    digest = release_digest(files, candidate)
    before = catalog.release_by_digest(connection, digest)
    if before is not None and (options.hold or options.judge or before.status == "active"):
        outcome.status, outcome.message = "unchanged", f"already {before.status}"
        return before.id
    built = bases.build(candidate)
    if not (options.dry_run or options.hold):
        beside.start(digest, built.candidate)
    with guarded(candidate.loader):
        content = candidate.loader.read(built.candidate, report)
    outcome.statements = len(content.stated)
    if isinstance(content, CodeSystemContent):
        outcome.concepts = len(content.concepts)
        _check_size(candidate, outcome.concepts, report)
    elif isinstance(content, MapContent):
        outcome.elements = len(content.elements)
    elif isinstance(content, ValueSetContent):
        outcome.members = len(content.members)
    row = _row(candidate, digest, options, built.on)
    release_id = before.id if before else catalog.add_release(connection, row, files)
    if before and built.on:
        catalog.set_hints(connection, before.id, row.hints)
    bases.take(digest, built.candidate)
    if not options.dry_run:
        for file in candidate.files:
            originals.keep(file.local)
    if options.hold:
        outcome.status = "would-load" if options.dry_run else "held"
        return release_id
    try:
        partial = bool(candidate.missing)
        written, corrected = activate(connection, content, release_id, partial=partial, judge=options.judge)
    except Doubted as doubted:
        outcome.status, outcome.message = "would-hold" if options.dry_run else "held", str(doubted)
        return release_id
    if corrected and not options.dry_run:
        outcome.status = "corrected"
    outcome.facts, outcome.rows_added, outcome.facts_changed = written.facts, written.rows_added, written.facts_changed
    if written.alone:
        report.warn("delta-alone", "only changes were delivered and no version before is loaded: taken as the whole")
    if written.differing > UNUSUAL_SHARE * written.facts:
        share = f"{written.differing} facts differ from the versions beside it, and it states {written.facts}"
        report.warn("unusual-change", f"{share}: look before relying on it")
    return release_id


def _check_size(candidate: Candidate, concepts: int, report: Report) -> None:
    expected = candidate.loader.expect_min_concepts
    if not candidate.missing and concepts < expected:
        report.warn("few-codes", f"{concepts} codes, {expected} or more expected")


def _row(candidate: Candidate, digest: str, options: Options, on: Sequence[str]) -> catalog.ReleaseRow:
    hints: dict[str, object] = {"system": options.hints.system, "columns": candidate.columns}
    if candidate.states_only:
        hints["states_only"] = True
    if on:
        hints[HINT] = list(on)
    return catalog.ReleaseRow(
        id=0,
        digest=digest,
        title=f"{candidate.system.title} {candidate.version}",
        loader=candidate.loader.name,
        form=candidate.form,
        system=candidate.system.id,
        version=candidate.version or "",
        effective=str(candidate.effective),
        partial=bool(candidate.missing),
        received=timeline.now(),
        hints=hints,
        status="held",
        report={},
    )


def _outcome(job: _Job, status: str) -> Outcome:
    candidate = job.candidate
    others = [
        f"{file.path} ({other.form})"
        for other in job.found.other_forms
        if other.system.id == candidate.system.id and other.version == candidate.version
        for file in other.files
    ]
    return Outcome(
        path=job.path,
        status=status,
        system=candidate.system.id,
        version=candidate.version,
        effective=str(candidate.effective) if candidate.effective else None,
        form=candidate.form,
        files=[file.path for file in candidate.files],
        other_forms=others,
        unclaimed=[file.path for file in job.found.unclaimed],
    )
