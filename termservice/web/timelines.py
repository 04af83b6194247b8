"""A code's history as one reads it: newest first, what came at one time together, each with whose word it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from termservice.answers import Event, HistoryAnswer, Source
from termservice.web.differences import GONE, Difference, differences


@dataclass(frozen=True, slots=True)
class Happening:
    """One event."""

    type: str
    differences: Sequence[Difference]
    after_version: str | None
    """Of a computed event: the version that it lies after."""
    cosmetic: bool
    """Only case, space or punctuation changed."""
    source: Source


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened on one day, or came with one version. Without happenings: the oldest version that is known to
    hold the code, where nothing before it could have said so."""

    date: str | None
    version: str | None
    happenings: Sequence[Happening]

    @property
    def dated(self) -> bool:
        """Whether the day is the version's own, not one that a publisher states in it."""
        return self.version is not None and all(each.source.by == "computed" for each in self.happenings)

    @property
    def held(self) -> bool:
        """Whether the version holds the code."""
        return all(each.type not in GONE for each in self.happenings)

    @property
    def compared_with(self) -> str | None:
        """The version that all of it was found out by comparing with; None where whose word it is differs."""
        after = {each.after_version if each.source.by == "computed" else None for each in self.happenings}
        return after.pop() if len(after) == 1 and self.version else None

    @property
    def cosmetic(self) -> bool:
        return bool(self.happenings) and all(each.cosmetic for each in self.happenings)


def timeline(history: HistoryAnswer) -> list[Moment]:
    """The history of a code, newest first. That a publisher calls it unchanged is no event."""
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in history.events:
        if event.type != "unchanged":
            groups.setdefault((event.date or "", event.version or ""), []).append(event)
    moments = [
        Moment(date or None, version or None, [_happening(event) for event in events])
        for (date, version), events in groups.items()
    ]
    first = history.periods[0] if history.periods else None
    if first is not None and not first["from_known"]:
        moments.append(Moment(_text(first["from"]), _text(first["first_version"]), ()))
    return sorted(moments, key=lambda each: (each.date or "", each.version or ""), reverse=True)


def _happening(event: Event) -> Happening:
    return Happening(
        type=event.type,
        differences=differences(event.type, event.before, event.after, event.property),
        after_version=event.after_version,
        cosmetic=event.wording == "cosmetic",
        source=event.source,
    )


def _text(value: object) -> str | None:
    return str(value) if value else None
