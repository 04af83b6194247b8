"""The concept maps that SNOMED CT implies: its historical associations, by the URL of their reference set.

Source: FHIR R5, "Using SNOMED CT with FHIR" (implicit concept maps). Reference sets that map to other code systems are
loaded as maps and found as such, by URLs of the same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from termservice.fhir.conceptmaps import Match
from termservice.fhir.library import Library
from termservice.fhir.model import Coding
from termservice.fhir.snomed import SnomedProvider
from termservice.fhir.snomedentries import SNOMED_CT
from termservice.snomed.members import Table

_MARK = "?fhir_cm="
_SCTID = re.compile(r"[1-9][0-9]{5,17}")
_TARGET = "targetComponentId"
_RELATIONSHIPS = {
    900000000000526001: "equivalent",  # REPLACED BY
    900000000000527005: "equivalent",  # SAME AS
    900000000000528000: "source-is-narrower-than-target",  # WAS A
}
"""Of associations; others relate in some way (POSSIBLY EQUIVALENT TO, ALTERNATIVE, MOVED TO, …)."""


@dataclass(frozen=True, slots=True)
class Association:
    """An association reference set of one version of an edition."""

    url: str
    provider: SnomedProvider
    refset: int

    def matches(self, code: Coding, *, backwards: bool) -> list[Match]:
        """What replaces a code; backwards, what it replaces. Nothing for a code of another code system."""
        place = self.provider.number(code.code)
        if place is None or code.system != SNOMED_CT:
            return []
        relationship = _RELATIONSHIPS.get(self.refset, "related-to")
        found = sorted(set(self._backwards(int(code.code)) if backwards else self._onwards(int(code.code))))
        others = [Coding(SNOMED_CT, str(id), display=self._display(id)) for id in found]
        if backwards:
            return [Match(other, code, relationship, self.url) for other in others]
        return [Match(code, other, relationship, self.url) for other in others]

    def _onwards(self, id: int) -> Iterator[int]:
        for table, rows in self._tables():
            first, last = np.searchsorted(table.component[rows.start : rows.stop], (id, id + 1)) + rows.start
            active = table.active[first:last]
            yield from table.column(table.field(_TARGET))[first:last][active].tolist()

    def _backwards(self, id: int) -> Iterator[int]:
        for table, rows in self._tables():
            at = slice(rows.start, rows.stop)
            found = (table.column(table.field(_TARGET))[at] == id) & table.active[at]
            yield from table.component[at][found].tolist()

    def _tables(self) -> Iterator[tuple[Table, range]]:
        for table in self.provider.edition.members.holding(frozenset([self.refset])):
            if table.field(_TARGET) >= 0:
                yield table, table.rows(self.refset)

    def _display(self, id: int) -> str:
        number = self.provider.number(str(id))
        return self.provider.entries([number])[0].display if number is not None else ""


def association(library: Library, url: str) -> Association | None:
    """The map that a URL implies (`http://snomed.info/sct?fhir_cm=900000000000526001`, also of an edition or a
    version); None where it is no such URL, or no association reference set that is known."""
    system, mark, refset = url.partition(_MARK)
    if not mark or not _SCTID.fullmatch(refset):
        return None
    provider = library.provider(system)
    if not isinstance(provider, SnomedProvider):
        return None
    found = Association(url, provider, int(refset))
    return found if any(True for _ in found._tables()) else None
