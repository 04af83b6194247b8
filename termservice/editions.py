"""Editions of SNOMED CT: each is a line of its own, and one of them is meant where only the code system is named.

Source: SNOMED CT URI Standard, "URIs for editions and versions".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from codesystems.loader import Loader, home_of
from codesystems.model import CodeSystem
from codesystems.snomed import SYSTEM
from termservice.store.catalog import System

NAMES = (SYSTEM.id, SYSTEM.url, *SYSTEM.aliases)
"""What the code system is called without an edition."""
INTERNATIONAL = f"{SYSTEM.url}/900000000000207008"
_EDITION = re.compile(re.escape(SYSTEM.url) + r"(?:/[0-9]+)?")


def is_edition(system: System | CodeSystem) -> bool:
    return bool(_EDITION.fullmatch(system.url))


def address(system: System) -> str:
    """The canonical URL that codes are of: SNOMED CT has one for all its editions."""
    return SYSTEM.url if is_edition(system) else system.url


def home(system: System) -> Loader | None:
    """The loader that is the home of a code system; of every edition it is that of the code system itself."""
    return home_of(SYSTEM.id if is_edition(system) else system.short)


def default(systems: Iterable[System]) -> System | None:
    """The edition that the bare code system means: the Swedish one, else the International, else the first by id."""
    found = [system for system in systems if is_edition(system)]
    order = {SYSTEM.url: 0, INTERNATIONAL: 1}
    return min(found, key=lambda system: (order.get(system.url, 2), system.short), default=None)


def presented(systems: Iterable[System]) -> list[System]:
    """The code systems as they are answered about: the default edition goes by the names of the code system itself, and
    stands for it where maps join it."""
    found = list(systems)
    edition = default(system for system in found if system.versions)
    if edition is None or edition.short == SYSTEM.id:
        return found
    shown = replace(edition, short=SYSTEM.id, names=tuple(dict.fromkeys((*NAMES, *edition.names))))
    return [shown if system is edition else system for system in found if system.short != SYSTEM.id]
