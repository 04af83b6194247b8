"""Value sets that a URL implies: all of a code system, a subtree, and those of SNOMED CT (reference sets, expressions).

Sources: FHIR R5, "Using SNOMED CT with FHIR" (implicit value sets) and valueset.html ("Implicit Value Sets"); SNOMED CT
URI Standard. The same two forms (`<url>?fhir_vs`, `<url>?fhir_vs=isa/<code>`) are answered for every code system.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from termservice.fhir.model import Filter, Include, ValueSet
from termservice.fhir.snomedentries import SNOMED_CT

_MARK = "?fhir_vs"
_REFERENCE_SETS = "< 900000000000455006"
_NOT_OF_NAMES = re.compile(r"[^A-Za-z0-9]+")
_SAYS = {
    "": "{0}: all codes",
    "all": "{0} Reference Set (All of {0})",
    "isa": "{0}: {1} and what is below it",
    "refset": "{0} Reference Set {1}",
    "refsets": "{0} Reference Set (All reference sets)",
    "ecl": "{0}: {1}",
}
"""Titles, by kind; those of SNOMED CT as the specification has them."""


@dataclass(frozen=True, slots=True)
class Implied:
    """What a URL asks for. `kind` is all, isa, refset, refsets or ecl."""

    url: str
    system: str
    """What stands before the question mark: a code system, an edition or a version of SNOMED CT."""
    kind: str
    value: str = ""

    @property
    def filter(self) -> Filter | None:
        """What the code system is filtered by; None for all of it."""
        match self.kind:
            case "isa":
                return Filter("concept", "is-a", self.value)
            case "refset":
                return Filter("concept", "in", self.value)
            case "refsets":
                return Filter("constraint", "=", _REFERENCE_SETS)
            case "ecl":
                return Filter("constraint", "=", self.value)
        return None


@lru_cache(maxsize=1_000)
def implied(url: str) -> Implied | None:
    """What a URL implies, encoded or not; None where it is no such URL."""
    system, mark, rest = url.partition(_MARK)
    if not mark or not system:
        return None
    rest = unquote(rest)
    if not rest:
        return Implied(url, system, "all")
    if rest == "=refset":
        return Implied(url, system, "refsets")
    for kind in ("isa", "refset", "ecl"):
        value = rest.removeprefix(f"={kind}/")
        if value != rest and value.strip():
            return Implied(url, system, kind, value.strip())
    return None


@lru_cache(maxsize=1_000)
def valueset(found: Implied, system: str, version: str, title: str, name: str, *, pinned: bool = False) -> ValueSet:
    """The value set, which is not the caller's own. `system` and `version` (empty for the one that counts) are what it
    includes, `title` and `name` are the code system's; `pinned` where it was asked for in that version itself."""
    filters = () if (filter := found.filter) is None else (filter,)
    said = _resource(found, filters, system, version, title, name)
    if pinned:
        said["version"] = version
    return ValueSet(
        url=found.url,
        version=version if pinned else "",
        name=said["name"],
        title=said["title"],
        includes=(Include(system, version, filters=filters, expression="ValueSet.compose.include[0]"),),
        resource=said,
    )


def _resource(
    found: Implied, filters: Sequence[Filter], system: str, version: str, title: str, name: str
) -> dict[str, Any]:
    """As a resource (R5), which heads of expansions are taken from."""
    include: dict[str, Any] = {"system": system}
    if version:
        include["version"] = version
    if filters:
        include["filter"] = [{"property": each.property, "op": each.op, "value": each.value} for each in filters]
    says = _SAYS[found.kind if system == SNOMED_CT or found.kind != "all" else ""].format(title, found.value)
    return {
        "resourceType": "ValueSet",
        "url": found.url,
        "name": _name(found, name),
        "title": says,
        "status": "active",
        "experimental": False,
        "compose": {"include": [include]},
    }


def _name(found: Implied, system: str) -> str:
    """For machines: letters, digits and underscores."""
    if found.kind == "all":
        return f"ALL{system}"
    return _NOT_OF_NAMES.sub("_", f"{system} {found.kind} {found.value}").strip("_")[:200]
