"""The activated versions of a code system, map or value set, as they are answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import attrgetter

from termservice import timeline
from termservice.answers import Listing, VersionInfo
from termservice.registry import Registry
from termservice.store.catalog import System
from termservice.timeline import Version


def listing(
    registry: Registry, line: System, today: date, size: Callable[[Version], int] = attrgetter("concepts")
) -> Listing[VersionInfo]:
    """The versions of `line`, newest first. `size` says how many concepts, elements or members one has."""
    current = timeline.in_force(line.versions, today)
    items = [
        VersionInfo(
            version.version,
            version.effective,
            version.loaded_at,
            size(version),
            version == current,
            version.partial,
            version.title,
        )
        for version in reversed(line.versions)
    ]
    return Listing(registry.revision, len(items), items, system=line.short)
