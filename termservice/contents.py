"""The door to what value sets, validation and look-ups ask of code systems: `TerminologyService.contents`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from codesystems.snomed_editions import Named, edition, named
from index.cache import Cache
from termservice import editions
from termservice.answers import NOW, When
from termservice.content import Content
from termservice.errors import UnknownSystem
from termservice.registry import Registry
from termservice.searching import Indexes
from termservice.snapshots import Read
from termservice.snomed.artefacts import Editions
from termservice.snomed.content import EditionContent
from termservice.store.catalog import System
from termservice.trees import Trees

_URI = "http://snomed.info/"
KEPT = 32
"""Versions that a process remembers what was asked of."""


class Contents:
    """Shares the store, the clock, the hierarchies and the indexes of the service it belongs to."""

    def __init__(self, read: Read, today: Callable[[], date], trees: Trees, indexes: Indexes, opened: Editions) -> None:
        self._read = read
        self._today = today
        self._trees = trees
        self._indexes = indexes
        self._editions = opened
        self._kept: Cache[Content | EditionContent] = Cache(KEPT)

    def canonical(self, name: str) -> str:
        """The canonical URL of a code system by any of its names; the name where it is unknown. URIs of editions of
        SNOMED CT stay as they are: they say more than the code system."""
        if name.startswith(_URI):
            return name
        with self._read() as (_, registry):
            found = registry.find(name)
            return editions.address(found) if found else name

    def versions(self, system: str) -> list[str]:
        """The activated versions of a code system, oldest first; of SNOMED CT those of all its editions. Empty where
        the code system is unknown."""
        with self._read() as (_, registry):
            lines = _editions(registry) if system in editions.NAMES else [_line(registry, system)]
            versions = sorted((each for line in lines if line for each in line.versions), key=lambda each: each.pos)
            return [each.version for each in versions]

    def of(self, system: str, when: When = NOW) -> Content | EditionContent:
        """One version by numbers; the same object for the same content, as long as it is remembered. Of SNOMED CT
        `system` and the version may also be the URI of an edition, and `system` that of a version. Raises `NotFound`
        where there is none such."""
        with self._read() as (connection, registry):
            line, when = _meant(registry, system, when)
            selected = registry.select_in(line, when, self._today())
            key = (registry.revision, selected.system.id, selected.at, selected.day)
            if editions.is_edition(selected.system):
                opened = self._editions.of(connection, selected)
                return self._kept.get(
                    key, lambda: EditionContent(self._read, selected, opened, self._editions, self._indexes)
                )
            return self._kept.get(key, lambda: Content(self._read, selected, self._trees, self._indexes))


def _meant(registry: Registry, system: str, when: When) -> tuple[System, When]:
    """A code system by any of its names, and the version meant. URIs of SNOMED CT name an edition, and some a version
    of it; where a version is asked for by such a URI, that one counts. Raises `UnknownSystem`."""
    for name in filter(None, (when.version, system)):
        said = _named(name)
        if said is not None:
            found = _edition(registry, said)
            if found is None:
                raise UnknownSystem(name[:200], [each.url for each in _editions(registry)])
            if said.day is not None:
                return found, When(name)
            return found, when if when.version not in (None, name) else When(date=when.date)
    return registry.system(system), when


def _line(registry: Registry, name: str) -> System | None:
    """The code system or edition of a name."""
    said = _named(name)
    return registry.find(name) if said is None else _edition(registry, said)


def _named(name: str) -> Named | None:
    """What a URI of an edition or of one of its versions says; None for other names."""
    said = named(name) if name.startswith(_URI) else None
    return said if said is not None and said.module else None


def _edition(registry: Registry, said: Named) -> System | None:
    url = edition(said.module).url if said.module else ""
    return next((each for each in _editions(registry) if each.url == url), None)


def _editions(registry: Registry) -> list[System]:
    return [system for system in registry.systems.values() if editions.is_edition(system)]
