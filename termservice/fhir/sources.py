"""What outlives requests: the code systems, value sets and maps of the store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.cache import Cache
from termservice.answers import When
from termservice.content import Content
from termservice.errors import NotFound
from termservice.fhir import reading, snomed
from termservice.fhir.implied import Implied, implied, valueset
from termservice.fhir.model import Json, ValueSet
from termservice.fhir.provider import Provider
from termservice.fhir.snomed import SnomedProvider
from termservice.fhir.snomedentries import SNOMED_CT
from termservice.fhir.stored import stored
from termservice.store.database import FILE_NAME
from termservice.valuesetanswers import ValueSetDefinition

if TYPE_CHECKING:
    from termservice.fhir.library import Source
    from termservice.service import TerminologyService

_READ: Cache[ValueSet] = Cache(200)
"""Value sets of stores, read: by store, revision, id and version."""

_HELD: set[Path] = set()
"""Homes in which a store was seen: every request asks."""


def source(service: TerminologyService, date: str = "") -> Source:
    """What `service` holds, as of `date` (ISO; empty for today). Nothing, where nothing was ever loaded."""
    return StoreSource(service, date) if held(service) else Nothing()


def held(service: TerminologyService) -> bool:
    """Whether anything was ever loaded; without, what comes with requests and what is built in is all there is."""
    if service.home not in _HELD:
        if not (service.home / FILE_NAME).exists():
            return False
        _HELD.add(service.home)
    return True


class Nothing:
    """A source without content."""

    def canonical(self, url: str) -> str:
        return url

    def versions(self, url: str) -> Sequence[str]:
        return ()

    def provider(self, url: str, version: str) -> Provider | None:
        return None

    def valueset_versions(self, url: str) -> Sequence[str]:
        return ()

    def valueset(self, url: str, version: str) -> ValueSet | None:
        return None

    def conceptmaps(self) -> Sequence[Json]:
        return ()


class StoreSource:
    def __init__(self, service: TerminologyService, date: str = "") -> None:
        self._service = service
        self._date = date or None
        self._providers: dict[tuple[str, str], Provider | None] = {}

    def canonical(self, url: str) -> str:
        return self._service.contents.canonical(url)

    def versions(self, url: str) -> Sequence[str]:
        return self._service.contents.versions(url)

    def provider(self, url: str, version: str) -> Provider | None:
        """Without a version the one in force on the date; codes are then inactive too where their publisher says so
        for that day."""
        key = url, version
        if key not in self._providers:
            self._providers[key] = self._found(url, version)
        return self._providers[key]

    def _found(self, url: str, version: str) -> Provider | None:
        try:
            found = self._service.contents.of(url, When(version) if version else When(date=self._date))
        except NotFound:
            return None
        return stored(found) if isinstance(found, Content) else snomed.provider(found)

    def valueset_versions(self, url: str) -> Sequence[str]:
        try:
            return [each.version for each in reversed(self._service.valuesets.versions(url).items)]
        except NotFound:
            return ()

    def valueset(self, url: str, version: str) -> ValueSet | None:
        wanted = implied(url)
        if wanted is not None:
            return self._implied(wanted, version)
        try:
            found = self._service.valuesets.definition(url, version or None, None if version else self._date)
        except NotFound:
            return None
        key = (str(self._service.home), self._service.revision(), found.id, found.version)
        return _READ.get(key, lambda: reading.valueset(_loaded(found)))

    def conceptmaps(self) -> Sequence[Json]:
        return ()

    def _implied(self, wanted: Implied, version: str) -> ValueSet | None:
        """None where the code system, the concept or the reference set is not known."""
        provider = self.provider(wanted.system, version)
        if provider is None:
            return None
        meta = provider.meta
        if isinstance(provider, SnomedProvider):
            edition = version or (wanted.system if wanted.system.rpartition("/")[2].isdecimal() else "")
            known = any(_knows(each, wanted) for each in self._candidates(provider, edition))
            said = SNOMED_CT, edition, "SNOMED CT", "SNOMEDCT"
        else:
            known = wanted.kind == "all" or (wanted.kind == "isa" and provider.number(wanted.value) is not None)
            said = meta.url, version, meta.title, meta.name
        return valueset(wanted, *said, pinned=bool(version)) if known else None

    def _candidates(self, provider: SnomedProvider, edition: str) -> Iterator[SnomedProvider]:
        """The editions that a value set may be expanded in: a request can ask for any where its URL names none."""
        yield provider
        for each in () if edition else reversed(self.versions(SNOMED_CT)):
            other = self.provider(SNOMED_CT, each)
            if isinstance(other, SnomedProvider) and other is not provider:
                yield other


def _knows(provider: SnomedProvider, wanted: Implied) -> bool:
    if wanted.kind == "isa":
        return provider.number(wanted.value) is not None
    return wanted.kind != "refset" or provider.is_reference_set(wanted.value)


def _loaded(found: ValueSetDefinition) -> Mapping[str, Any]:
    """A loaded value set as a resource (R5)."""
    includes = [
        {
            "system": each.system,
            **({"version": each.version} if each.version else {}),
            "concept": [{"code": code, **({"display": display} if display else {})} for code, display in each.concepts],
        }
        for each in found.includes
    ]
    said = {
        "resourceType": "ValueSet",
        "id": found.id,
        "url": found.url,
        "version": found.version,
        "name": found.id.upper().replace("-", "_"),
        "title": found.title,
        "status": "active",
        "experimental": False,
        "date": found.effective,
        "publisher": found.publisher,
        "language": found.language,
        "copyright": found.copyright,
        "compose": json.loads(found.compose) if found.compose else {"include": includes},
    }
    return {name: value for name, value in said.items() if value != ""}
