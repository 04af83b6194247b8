"""Maps as they are listed: what they join, and how far they reach into both systems."""

from __future__ import annotations

from collections import Counter
from datetime import date

from codesystems.loader import meeting_key, parts_of
from termservice import timeline
from termservice.mapanswers import Coverage, MapInfo
from termservice.registry import Registry
from termservice.store import Connection, read
from termservice.store import maps as store_maps
from termservice.store.maps import Map
from termservice.timeline import Version


class Survey:
    """Measures maps against the code systems in force on a day; each system is read once."""

    def __init__(self, connection: Connection, registry: Registry, today: date) -> None:
        self._connection = connection
        self._registry = registry
        self._today = today
        self._names: dict[str, tuple[set[str], int] | None] = {}

    def info(self, found: Map, *, measured: bool = True) -> MapInfo:
        """A map by its version in force; where only later ones are loaded, without version and coverage. Without
        coverage too where it is not to be `measured`."""
        current = timeline.in_force(found.line.versions, self._today)
        return MapInfo(
            id=found.short,
            url=found.line.url,
            title=found.line.title,
            publisher=found.line.publisher,
            language=found.line.lang,
            source=found.source,
            target=found.target,
            version=current.version if current else None,
            effective_date=current.effective if current else None,
            source_version=current.source_version if current else "",
            target_version=current.target_version if current else "",
            versions=len(found.line.versions),
            revision=self._registry.revision,
            coverage=self.coverage(found, current) if current and measured else None,
            aliases=[name for name in found.line.names if name not in (found.short, found.line.url)],
            copyright=found.line.copyright,
        )

    def coverage(self, found: Map, version: Version) -> Coverage:
        """What a version of a map reaches of its two systems."""
        rows = store_maps.outline(self._connection, found.line.id, version.pos)
        sources = {source for source, _, _, _ in rows}
        mapped = {source for source, _, target, _ in rows if target}
        targets = {target: key for _, key, target, _ in rows if target}
        near, far = self._active(found.source), self._active(found.target)
        current = None
        if far is not None:
            current = sum(_usable(found.target, target, key, far[0]) for target, key in targets.items())
        return Coverage(
            elements=len(rows),
            source_codes=len(sources),
            mapped=len(mapped),
            unmapped=len(sources - mapped),
            source_concepts=near[1] if near else None,
            source_concepts_mapped=len(near[0] & mapped) if near else None,
            target_codes=len(targets),
            targets_current=current,
            targets_gone=None if current is None else len(targets) - current,
            relationships=dict(sorted(Counter(relationship for *_, relationship in rows).items())),
        )

    def _active(self, short: str) -> tuple[set[str], int] | None:
        """The meeting keys of everything that names an active concept of a system, and how many such concepts there
        are; None where the system is not loaded."""
        if short not in self._names:
            self._names[short] = self._read(short)
        return self._names[short]

    def _read(self, short: str) -> tuple[set[str], int] | None:
        system = self._registry.joined[short]
        current = timeline.in_force(system.versions, self._today)
        if current is None:
            return None
        identifiers = [definition.code for definition in system.properties.values() if definition.identifier]
        codes, others = read.active_names(self._connection, system.id, current.pos, identifiers)
        return {meeting_key(short, name) for name in (*codes, *others)}, len(codes)


def _usable(system: str, target: str, key: str, known: set[str]) -> bool:
    """A combination can be used where all its parts can."""
    if key in known:
        return True
    parts = parts_of(system, target)
    return len(parts) > 1 and all(meeting_key(system, part) in known for part in parts)
