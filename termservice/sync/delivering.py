"""One source in one pass: what it offers, what of that is new, fetched beside the store, and loaded.

A delivery is one thing offered, or all of them together. What fails does not stop the next one.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from codesystems.files import Package
from codesystems.model import Hints
from codesystems.report import ReleaseError
from codesystems.versions import effective_date
from termservice import __version__, ingest
from termservice.discovery import discover
from termservice.errors import TermserviceError
from termservice.ingest import Progress
from termservice.sync.configuration import Configured, Handling
from termservice.sync.downloads import Fetched, Seen, Validators
from termservice.sync.guard import Guard
from termservice.sync.problems import Failure, Waiting
from termservice.sync.receiving import Received
from termservice.sync.reporting import DeliveryReport, ReleaseReport, SourceReport
from termservice.sync.source import Offer, Tools
from termservice.sync.state import Known, SourceState, State
from termservice.sync.units import shown_size
from termservice.timeline import now

LOG = logging.getLogger(__name__)
ALL = "*"
MAX_ATTEMPTS = 3
STEPS = 10
"""How often the progress of one download is told."""

Shown = Callable[[], AbstractContextManager[Progress]]


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where and how a pass works."""

    home: Path
    tools: Tools
    shown: Shown
    """Gives the progress bar of one step."""
    dry_run: bool = False
    retry: bool = False
    """Look again at what was refused."""

    @property
    def folder(self) -> Path:
        return self.home / "sync"


class Delivering:
    """The work on one source."""

    def __init__(self, place: Workplace, configured: Configured, state: State) -> None:
        self._place = place
        self._name = configured.name
        self._source = configured.source
        self._handling = configured.handling
        self._state = state
        self._own: SourceState = state.of(configured.name)
        self.report = SourceReport(configured.name, configured.source.kind)

    def run(self) -> None:
        """Bring the source up to date; what became of it is in `report`. Raises `Failure` or `OSError` where the
        source cannot say what it has."""
        deliveries = _deliveries(self._source.offers(self._place.tools), self._handling)
        problems = []
        for key, offers in deliveries.items():
            try:
                self._deliver(key, offers)
            except Waiting as waiting:
                self.report.notes.append(str(waiting))
            except (TermserviceError, OSError) as error:
                problems.append(f"{_called(offers)}: {error}")
        for key in [key for key, known in self._own.known.items() if key not in deliveries and known.status != "held"]:
            del self._own.known[key]
        if problems:
            raise Failure("; ".join(problems))

    def _deliver(self, key: str, offers: Sequence[Offer]) -> None:
        known = self._own.known.get(key) or Known()
        mark = _mark(offers, self._handling)
        settled = self._settled(known, mark)
        if settled and all(offer.mark for offer in offers):
            return
        received = Received(self._place.folder / "incoming" / self._name, key)
        fetched = self._fetch(received, offers, known.validators if settled else {})
        if not fetched:
            LOG.info("%s: %s: nothing new", self._name, _called(offers))
            received.drop()
            return
        sha256 = _digest(fetched.values())
        validators = {name: each.validators for name, each in fetched.items()}
        if settled and known.sha256 == sha256:
            known.validators = validators
            received.drop()
            return
        attempts = known.attempts if known.sha256 == sha256 and not known.status else 0
        fresh = Known(mark, sha256, validators, "", known.releases, "", __version__, attempts, now())
        path = next(iter(fetched.values())).path if len(fetched) == 1 else received.folder
        self._load(key, offers, path, fresh)
        if not self._place.dry_run:
            received.drop()

    def _settled(self, known: Known, mark: str) -> bool:
        """Whether a delivery was dealt with for good, as far as its mark tells."""
        if not known.status or known.mark != mark:
            return False
        return known.status != "refused" or not (self._place.retry or known.program != __version__)

    def _fetch(self, received: Received, offers: Sequence[Offer], have: dict[str, Validators]) -> dict[str, Fetched]:
        """What was fetched by offer; nothing where the source says that nothing is new."""
        received.expect([offer.name for offer in offers])
        fetched: dict[str, Fetched] = {}
        for offer in offers:
            found = received.again(offer)
            if found is None:
                with self._place.shown() as progress:
                    seen = _told(progress, f"{self._name}: {offer.name}")
                    known = have.get(offer.key, Validators())
                    found = self._source.fetch(offer, received.folder, known, self._place.tools, seen)
                if found is not None:
                    LOG.info("%s: %s fetched, sha256 %s", self._name, offer.name, found.sha256)
                    received.note(offer, found)
            if found is not None:
                fetched[offer.key] = found
        return fetched

    def _load(self, key: str, offers: Sequence[Offer], path: Path, known: Known) -> None:
        """Load one delivery and remember what became of it."""
        handling, place = self._handling, self._place
        if known.attempts >= MAX_ATTEMPTS:
            known.status = "refused"
            known.message = f"loading it ended the program {known.attempts} times: load it by hand, and see why"
            self._remember(key, known)
            outcome = ingest.Outcome(str(path), "refused", message=known.message)
            self.report.deliveries.append(DeliveryReport(_called(offers), known.sha256, (ReleaseReport(outcome),)))
            return
        known.attempts += 1
        self._remember(key, known)
        guard = Guard(handling.limits, handling.systems, hold=handling.hold, partial=handling.partial)
        try:
            options = ingest.Options(
                hints_for(path, handling, offers),
                partial=handling.partial,
                dry_run=place.dry_run,
                actor=f"sync {self._name}",
                judge=guard,
            )
            with place.shown() as progress:
                outcomes = ingest.load(place.home, [path], options, progress).outcomes
        except BaseException:  # it ended in an orderly way
            known.attempts -= 1
            self._remember(key, known)
            raise
        releases = [ReleaseReport(each, guard.found.get((each.system or "", each.version or ""))) for each in outcomes]
        self.report.deliveries.append(DeliveryReport(_called(offers), known.sha256, tuple(releases)))
        for each in releases:
            told = LOG.warning if each.outcome.status in ("held", "refused", "would-hold") else LOG.info
            told("%s: %s: %s %s", self._name, each.name, each.outcome.status, each.outcome.message or "")
        known.attempts = 0
        known.status = _status(outcomes)
        known.releases = list(dict.fromkeys([*known.releases, *((o.system or "", o.version or "") for o in outcomes)]))
        known.message = "; ".join(each.message or "" for each in outcomes if each.status == "refused")
        self._remember(key, known)

    def _remember(self, key: str, known: Known) -> None:
        if not self._place.dry_run:
            self._own.known[key] = known
            self._state.save()


def hints_for(path: Path, handling: Handling, offers: Sequence[Offer]) -> Hints:
    """What the configuration says of a delivery. A version, from it or from the source, only where neither content nor
    names say."""
    base = Hints(handling.system, None, None, dict(handling.columns))
    version = _version(handling, offers)
    if version is None:
        return base
    try:
        with Package(path) as package:
            if all(candidate.version for candidate in discover(package, base).releases):
                return base
    except (ReleaseError, OSError):
        pass  # said again, to whoever reads the report, when it is loaded
    return replace(base, version=version, effective=handling.effective or effective_date(version))


def _version(handling: Handling, offers: Sequence[Offer]) -> str | None:
    if handling.version is None:
        return next((offer.version for offer in offers if offer.version), None)
    if "%" not in handling.version:
        return handling.version
    published = [offer.published for offer in offers if offer.published]
    return (max(published) if published else date.today()).strftime(handling.version)


def _deliveries(offers: Sequence[Offer], handling: Handling) -> dict[str, list[Offer]]:
    """What is loaded as one, by key. Raises `Failure` where two files of one delivery have the same name."""
    wanted = [
        offer for offer in offers if _fits(offer.name, handling.files) and not _fits(offer.name, handling.not_files)
    ]
    if not handling.together:
        return {offer.key: [offer] for offer in wanted}
    names = [offer.name for offer in wanted]
    double = next((name for name in names if names.count(name) > 1), None)
    if double:
        raise Failure(f"two files are called {double}: they cannot be loaded together")
    return {ALL: wanted} if wanted else {}


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _mark(offers: Sequence[Offer], handling: Handling) -> str:
    """Another one where the content, or how it would be read, is another."""
    how = (handling.partial, handling.system, handling.version, handling.effective, sorted(handling.columns.items()))
    parts = (sorted((offer.key, offer.mark) for offer in offers), how)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _digest(fetched: Iterable[Fetched]) -> str:
    """The sha256 of a delivery of one, or of those of several."""
    digests = sorted(each.sha256 for each in fetched)
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _status(outcomes: Sequence[ingest.Outcome]) -> str:
    """Of a delivery, from those of its releases: what a person must look at comes first."""
    statuses = {each.status for each in outcomes}
    return next((each for each in ("refused", "held", "loaded", "corrected") if each in statuses), "unchanged")


def _called(offers: Sequence[Offer]) -> str:
    return offers[0].name if len(offers) == 1 else f"{offers[0].name} and {len(offers) - 1} more"


def _told(progress: Progress, text: str) -> Seen:
    """Tells of a download in steps, not of every piece."""
    last = -1

    def seen(done: int, total: int) -> None:
        nonlocal last
        step = STEPS * done // total if total else done // (10 * 2**20)
        if step != last:
            last = step
            progress(f"{text} {shown_size(done)}", done, total or done + 1)

    return seen
