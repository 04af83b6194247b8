"""The code systems of FHIR itself that value sets of any field refer to, with their value sets.

Source: FHIR R5 and R4, codesystem-administrative-gender.html, codesystem-publication-status.html and their value sets.
Their version is that of FHIR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from termservice.fhir import languagetags, reading
from termservice.fhir.memory import MemoryProvider
from termservice.fhir.model import Json, ValueSet
from termservice.fhir.provider import Provider

if TYPE_CHECKING:
    from termservice.fhir.calls import Release
    from termservice.fhir.library import Source

VERSIONS: dict[Release, str] = {"R5": "5.0.0", "R4": "4.0.1"}
_PUBLISHER = "HL7 (FHIR Project)"
_GENDERS = (
    ("male", "Male", "Male."),
    ("female", "Female", "Female."),
    ("other", "Other", "Other."),
    ("unknown", "Unknown", "Unknown."),
)
_STATUSES = (
    (
        "draft",
        "Draft",
        "This resource is still under development and is not yet considered to be ready for normal use.",
    ),
    ("active", "Active", "This resource is ready for normal use."),
    (
        "retired",
        "Retired",
        "This resource has been withdrawn or superseded and should no longer be used.",
    ),
    (
        "unknown",
        "Unknown",
        "The authoring system does not know which of the status values currently applies for this resource.  Note: "
        'This concept is not to be used for "other" - one of the listed statuses is presumed to apply, it\'s just not '
        "known which one.",
    ),
)
_ENUMERATIONS = (
    (
        "administrative-gender",
        "AdministrativeGender",
        _GENDERS,
        "The gender of a person used for administrative purposes.",
    ),
    ("publication-status", "PublicationStatus", _STATUSES, "The lifecycle status of an artifact."),
)


@cache
def resources(release: Release) -> tuple[Json, ...]:
    """Code systems and value sets as resources of that FHIR version. Not to be changed."""
    found: list[Json] = []
    for each in _ENUMERATIONS:
        found += _enumeration(*each, version=VERSIONS[release])
    return (*found, *languagetags.valuesets(VERSIONS[release]))


def _enumeration(id: str, name: str, concepts: Sequence[tuple[str, str, str]], text: str, version: str) -> list[Json]:
    head: dict[str, Any] = {
        "id": id, "version": version, "name": name, "title": name, "status": "active", "experimental": False,
        "publisher": _PUBLISHER, "description": text,
    }  # fmt: skip
    url = f"http://hl7.org/fhir/{id}"
    valueset = f"http://hl7.org/fhir/ValueSet/{id}"
    listed = [{"code": code, "display": display, "definition": said} for code, display, said in concepts]
    return [
        {"resourceType": "CodeSystem", "url": url, **head, "language": "en", "caseSensitive": True,
         "valueSet": valueset, "content": "complete", "count": len(listed), "concept": listed},
        {"resourceType": "ValueSet", "url": valueset, **head, "immutable": True,
         "compose": {"include": [{"system": url}]}},
    ]  # fmt: skip


class Builtin:
    """A source with what is built in, over another one. What is loaded goes before what is built in."""

    def __init__(self, source: Source, release: Release) -> None:
        self._source = source
        self._systems, self._valuesets = _read(release)

    def canonical(self, url: str) -> str:
        return self._source.canonical(url)

    def versions(self, url: str) -> Sequence[str]:
        return self._source.versions(url) or [each.meta.version for each in self._found(url)]

    def provider(self, url: str, version: str) -> Provider | None:
        found = self._source.provider(url, version)
        if found is not None:
            return found
        return next((each for each in self._found(url) if version in ("", each.meta.version)), None)

    def valueset_versions(self, url: str) -> Sequence[str]:
        found = self._valuesets.get(url)
        return self._source.valueset_versions(url) or ([found.version] if found else ())

    def valueset(self, url: str, version: str) -> ValueSet | None:
        own = self._valuesets.get(url)
        if own is not None and version in ("", own.version):
            return own
        return self._source.valueset(url, version)

    def conceptmaps(self) -> Sequence[Json]:
        return self._source.conceptmaps()

    def _found(self, url: str) -> list[Provider]:
        if url == languagetags.URL:
            return [languagetags.provider()]
        return [self._systems[url]] if url in self._systems else []


@cache
def _read(release: Release) -> tuple[Mapping[str, Provider], Mapping[str, ValueSet]]:
    """Providers and value sets by URL; they hold no state, so all requests share them."""
    listed = resources(release)
    providers = [MemoryProvider(each) for each in listed if each["resourceType"] == "CodeSystem"]
    valuesets = [reading.valueset(each) for each in listed if each["resourceType"] == "ValueSet"]
    return {each.meta.url: each for each in providers}, {each.url: each for each in valuesets}
