"""Passes: every source once, under the lock; and again and again until told to stop."""

from __future__ import annotations

import logging
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from termservice import lifecycle, verify
from termservice.errors import TermserviceError
from termservice.store.database import FILE_NAME
from termservice.sync import lock, reporting, telling
from termservice.sync.configuration import Configuration, Configured
from termservice.sync.delivering import Delivering, Workplace
from termservice.sync.problems import ConfigurationError
from termservice.sync.reporting import PassReport, SourceReport
from termservice.sync.state import State
from termservice.timeline import now

LOG = logging.getLogger(__name__)


def one_pass(place: Workplace, configuration: Configuration, only: Sequence[str] = ()) -> PassReport:
    """Bring every source (or those named) up to date, and tell of it.

    Raises `Busy` where another sync is at work, `ConfigurationError` where a source named is not configured. Whatever
    is wrong with a source is in the report, not an exception.
    """
    chosen = _chosen(configuration, only)
    place.home.mkdir(parents=True, exist_ok=True)
    with lock.held(place.folder / "lock"):
        state = State(place.folder / "state.json")
        _forget(state, configuration, place.folder / "incoming")
        report = PassReport(now(), place.dry_run)
        for configured in chosen:
            report.sources.append(_source(place, configured, state, configuration.telling.after_failures))
        _add_waiting(place, report, state)
        if report.loaded:
            report.problems = verify.verify(place.home, quick=True)
        report.finished = now()
        if not place.dry_run:
            state.save()
            _tell(place, configuration, report, state)
    return report


def keep_going(seconds: float, once: Callable[[], object]) -> None:
    """A pass every so many seconds, for ever. One that goes wrong as a whole is logged, and the next one is begun."""
    while True:
        start = time.monotonic()
        try:
            once()
        except (TermserviceError, OSError) as error:
            LOG.error("no pass: %s", error)
        except Exception:
            LOG.exception("a fault in the program ended the pass: please report it")
        time.sleep(max(0.0, start + seconds - time.monotonic()))


@contextmanager
def stoppable() -> Iterator[None]:
    """Within, SIGTERM does what Ctrl-C does: what is under way is undone as a whole, and the program ends."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _chosen(configuration: Configuration, only: Sequence[str]) -> list[Configured]:
    names = [configured.name for configured in configuration.sources]
    for name in only:
        if name not in names:
            raise ConfigurationError(f"no source {name!r} is configured; there are {', '.join(names)}")
    return [configured for configured in configuration.sources if not only or configured.name in only]


def _source(place: Workplace, configured: Configured, state: State, after_failures: int) -> SourceReport:
    """One source, whatever happens in it."""
    delivering = Delivering(place, configured, state)
    report, own = delivering.report, state.of(configured.name)
    LOG.info("%s: looking", configured.name)
    try:
        delivering.run()
    except (TermserviceError, OSError) as error:
        report.problem = str(error)
    except Exception as error:
        LOG.exception("%s: a fault in the program", configured.name)
        report.problem = f"a fault in the program ({type(error).__name__}: {error}): please report it"
    report.problem = place.tools.secrets.cleaned(report.problem)
    own.checked, own.problem = now(), report.problem
    if report.problem:
        LOG.error("%s: %s", configured.name, report.problem)
        own.failures += 1
        report.told = own.failures == after_failures
    else:
        report.told = own.failures >= after_failures
        own.failures, own.succeeded = 0, own.checked
    report.failures = own.failures
    return report


def _add_waiting(place: Workplace, report: PassReport, state: State) -> None:
    """What waits for a person: what was refused as long as it is offered, what was held as long as it is held."""
    rows = lifecycle.releases(place.home) if (place.home / FILE_NAME).exists() else []
    latest = {(row.system, row.version): row.status for row in sorted(rows, key=lambda row: row.id)}
    for source in report.sources:
        for known in state.of(source.name).known.values():
            if known.status == "refused":
                source.waiting.append(f"refused: {known.message}")
            known.releases = [name for name in known.releases if latest.get(name) == "held"]
            for system, version in known.releases:
                source.waiting.append(f"{system} {version} is held: activate it, or remove it")


def _forget(state: State, configuration: Configuration, incoming: Path) -> None:
    """What was remembered or begun of sources that are no longer configured."""
    names = {configured.name for configured in configuration.sources}
    for name in state.sources.keys() - names:
        del state.sources[name]
    for path in incoming.iterdir() if incoming.is_dir() else ():
        if path.name not in names:
            shutil.rmtree(path, ignore_errors=True)


def _tell(place: Workplace, configuration: Configuration, report: PassReport, state: State) -> None:
    told = configuration.telling
    if report.news:
        path = reporting.keep(report, place.folder / "reports", told.keep)
        LOG.info("report: %s", path)
        telling.tell(report, told, place.tools.web)
    if told.metrics is not None:
        telling.measure(report, state, told.metrics, place.tools.clock())
