"""What is served as CodeSystem, ValueSet and ConceptMap: one head for every version of everything loaded or built in.

Ids are the short ids of the store; those of versions that are not in force have the version behind `--`. The value set
of all codes of a code system (`<url>?fhir_vs`) has the id of the code system.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from codesystems.snomed import SYSTEM as SNOMED_CT
from termservice.answers import CodeSystemInfo, Listing, VersionInfo
from termservice.fhir import builtin
from termservice.fhir.calls import Call
from termservice.fhir.model import Json
from termservice.mapanswers import MapInfo
from termservice.valuesetanswers import ValueSetInfo

IMPLICIT = "?fhir_vs"
"""Behind the URL of a code system: the value set of all its codes."""
LONGEST_ID = 64
_NOT_OF_IDS = re.compile(r"[^A-Za-z0-9.-]+")
_BETWEEN = "--"


@dataclass(frozen=True, slots=True)
class Head:
    """A resource by what searches ask of it."""

    kind: str
    id: str
    url: str
    version: str
    name: str
    title: str
    current: bool
    """Whether it is the version in force, which the short id alone means too."""
    short: str = ""
    """Its short id in the store; empty for what is built in."""
    implicit: bool = False
    """Of a value set: all codes of the code system `short`."""
    date: str = ""
    """When the version came into force (ISO)."""
    publisher: str = ""
    language: str = ""
    copyright: str = ""
    aliases: tuple[str, ...] = ()
    count: int = 0
    source: str = ""
    """Of a map: short ids of the systems it joins."""
    target: str = ""
    resource: Json | None = None
    """Of what is built in: all of it."""


def all_of(call: Call, kind: str) -> list[Head]:
    """Every head of a type, in order of id: of one thing the version in force first."""
    loaded = _LOADED[kind](call) if call.has_store else ()
    found = [*loaded, *_built_in(call, kind)]
    return sorted(found, key=lambda head: (head.short, not head.current, head.id))


def with_id(call: Call, kind: str, id: str) -> Head | None:
    """The head of an id; the version in force also by its long one."""
    short = id.partition(_BETWEEN)[0]
    for head in all_of(call, kind):
        if head.id == id or (head.current and head.short == short and id == long_id(head.short, head.version)):
            return head
    return None


def long_id(short: str, version: str) -> str:
    """The id of one version, of the characters that FHIR allows in ids."""
    part = _NOT_OF_IDS.sub("-", version.rpartition("/")[2])
    return _NOT_OF_IDS.sub("-", f"{short}{_BETWEEN}{part}")[:LONGEST_ID]


def address(url: str) -> str:
    """The URL that codes of a code system are of: one for all editions of SNOMED CT."""
    return SNOMED_CT.url if url.startswith(SNOMED_CT.url + "/") else url


def computer_name(short: str) -> str:
    """A name for programs, as FHIR wants it."""
    return re.sub(r"[^A-Z0-9_]", "_", short.upper())


def _heads(
    kind: str, info: CodeSystemInfo | MapInfo | ValueSetInfo, versions: Callable[[str], Listing[VersionInfo]]
) -> Iterator[Head]:
    """One for every version; of versions whose ids would be the same, only for the newest."""
    seen = set()
    for each in versions(info.id).items:
        id = _NOT_OF_IDS.sub("-", info.id)[:LONGEST_ID] if each.current else long_id(info.id, each.version)
        if id not in seen:
            seen.add(id)
            yield Head(
                kind, id, info.url, each.version, computer_name(info.id), info.title, each.current, info.id,
                date=each.effective_date, publisher=info.publisher, language=info.language, copyright=info.copyright,
                aliases=tuple(info.aliases), count=each.concepts,
            )  # fmt: skip


def _codesystems(call: Call) -> Iterator[Head]:
    for info in call.service.codesystems().items:
        for each in _heads("CodeSystem", info, call.service.versions):
            yield replace(each, url=address(each.url))


def _valuesets(call: Call) -> Iterator[Head]:
    for each in _codesystems(call):
        yield replace(
            each, kind="ValueSet", url=each.url + IMPLICIT, name=each.name + "_ALL", title=f"{each.title}: all codes",
            implicit=True, aliases=(),
        )  # fmt: skip
    for info in call.service.valuesets.listing().items:
        yield from _heads("ValueSet", info, call.service.valuesets.versions)


def _conceptmaps(call: Call) -> Iterator[Head]:
    for info in call.service.maps.maps().items:
        for each in _heads("ConceptMap", info, call.service.maps.versions):
            yield replace(each, source=info.source, target=info.target)


def _built_in(call: Call, kind: str) -> Iterable[Head]:
    for each in builtin.resources(call.release):
        if each["resourceType"] == kind:
            yield Head(kind, each["id"], each["url"], each["version"], each["name"], each["title"], True, resource=each)


_LOADED: dict[str, Callable[[Call], Iterable[Head]]] = {
    "CodeSystem": _codesystems,
    "ValueSet": _valuesets,
    "ConceptMap": _conceptmaps,
}
KINDS = tuple(_LOADED)
