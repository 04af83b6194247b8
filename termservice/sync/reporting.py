"""What a pass did, as values, as a text for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from termservice.ingest import Outcome
from termservice.sync.difference import Summary
from termservice.sync.state import write_whole

NEW = ("loaded", "corrected", "held", "refused", "would-load", "would-hold")


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """One release, or a delivery that holds none."""

    outcome: Outcome
    difference: Summary | None = None

    @property
    def name(self) -> str:
        return (
            f"{self.outcome.system} {self.outcome.version or '(version unknown)'}"
            if self.outcome.system
            else "delivery"
        )


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    name: str
    sha256: str
    releases: tuple[ReleaseReport, ...]


@dataclass(slots=True)
class SourceReport:
    name: str
    kind: str
    problem: str = ""
    """Why it could not be read, or not wholly."""
    failures: int = 0
    told: bool = False
    """Its failing, or its working again, is news."""
    deliveries: list[DeliveryReport] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """What a person has to decide about or to put right, also from earlier passes."""
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class PassReport:
    started: str
    dry_run: bool = False
    finished: str = ""
    sources: list[SourceReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What a check of the store found after loading."""

    @property
    def needs_person(self) -> bool:
        return bool(self.problems) or any(source.problem or source.waiting for source in self.sources)

    @property
    def loaded(self) -> int:
        return sum(release.outcome.status in ("loaded", "corrected") for release in self.releases())

    @property
    def news(self) -> bool:
        """Whether there is something to tell that was not told before."""
        new = any(release.outcome.status in NEW for release in self.releases())
        return new or bool(self.problems) or any(source.told for source in self.sources)

    def releases(self) -> Iterator[ReleaseReport]:
        for source in self.sources:
            for delivery in source.deliveries:
                yield from delivery.releases

    def subject(self) -> str:
        """The report in one line."""
        counts: dict[str, int] = {}
        for release in self.releases():
            if release.outcome.status in NEW:
                counts[release.outcome.status] = counts.get(release.outcome.status, 0) + 1
        parts = [f"{count} {status}" for status, count in counts.items()]
        failed = sum(bool(source.problem) for source in self.sources)
        parts += [f"{failed} of {len(self.sources)} sources failed"] if failed else []
        parts += ["the store needs looking at"] if self.problems else []
        return f"termservice sync: {', '.join(parts) or 'nothing new'}"

    def as_dict(self) -> dict[str, Any]:
        return {"subject": self.subject(), "needs_person": self.needs_person, **asdict(self)}


def text(report: PassReport) -> str:
    """The report for people."""
    return "\n".join(_lines(report)) + "\n"


def keep(report: PassReport, folder: Path, most: int) -> Path:
    """Write the report as JSON and text into `folder`, of which the oldest go; the path of the JSON."""
    name = report.started.replace(":", "").replace("+", "-plus-")
    path = folder / f"{name}.json"
    write_whole(path, json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    write_whole(path.with_suffix(".txt"), text(report))
    for old in sorted(folder.glob("*.json"))[:-most]:
        old.unlink()
        old.with_suffix(".txt").unlink(missing_ok=True)
    return path


def _lines(report: PassReport) -> Iterator[str]:
    yield report.subject()
    yield f"{report.started} – {report.finished}{' (dry run)' if report.dry_run else ''}"
    for source in report.sources:
        if not (source.deliveries or source.problem or source.waiting or source.notes or source.told):
            continue
        yield ""
        yield f"{source.name} ({source.kind})"
        if source.problem:
            times = f", {source.failures} times in a row" if source.failures > 1 else ""
            yield f"  failed{times}: {source.problem}"
        elif source.told:
            yield "  works again"
        for delivery in source.deliveries:
            for release in delivery.releases:
                yield from _release(release, delivery.name)
        for note in source.notes:
            yield f"  {note}"
        for waiting in source.waiting:
            yield f"  waits for a person: {waiting}"
    for problem in report.problems:
        yield f"store: {problem}"


def _release(release: ReleaseReport, delivery: str) -> Iterator[str]:
    found = release.outcome
    force = f", in force from {found.effective}" if found.effective else ""
    yield f"  {found.status}: {release.name} ({delivery}{force})"
    if found.message:
        yield f"    {found.message}"
    if found.status == "held":
        yield f"    to use it: termservice activate {found.system} {found.version}"
        yield f"    to drop it: termservice remove {found.system} {found.version}"
    for warning in found.warnings:
        yield f"    warning {warning['kind']}: {warning['count']}"
    if release.difference is not None:
        yield from _difference(release.difference)


def _difference(found: Summary) -> Iterator[str]:
    if found.compared_with is None:
        yield f"    {found.codes} codes; nothing to compare with"
        return
    yield (
        f"    {found.codes} codes, {found.codes_before} in {found.compared_with}: {found.introduced} introduced, "
        f"{found.withdrawn} withdrawn, {found.retitled} retitled "
        f"({found.retouched} more in case, space or punctuation), {found.moved} moved to another chapter"
    )
    for kind, examples in found.examples.items():
        for example in examples:
            yield f"      {kind}: {example}"
