"""Where an operation finds code systems and value sets: those of the request over those of the store.

Versions follow FHIR's wildcards (R5, "Version matching"): `1.x.x`, `1.0.x`, `1.*`; a version that is no pattern means
only itself. Without a version the newest of the request counts, or what the store says is current.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Protocol

import orjson

from codesystems.versions import by_size
from index.cache import Cache
from termservice.fhir import reading
from termservice.fhir.implied import Implied, implied
from termservice.fhir.implied import valueset as implied_valueset
from termservice.fhir.issues import failed
from termservice.fhir.memory import MemoryProvider
from termservice.fhir.model import Include, Json, ValueSet, parted
from termservice.fhir.provider import Provider
from termservice.fhir.supplements import Supplement

_WILD = {"x", "X", "*"}


class Source(Protocol):
    """Code systems, value sets and maps that outlive the request."""

    def canonical(self, url: str) -> str:
        """The canonical URL of a code system known by `url` (an alias, an OID); `url` where it is unknown."""

    def versions(self, url: str) -> Sequence[str]:
        """The versions of a code system, by any of its URLs, oldest first; empty where it is unknown."""

    def provider(self, url: str, version: str) -> Provider | None:
        """One of those versions; with an empty `version` the one that counts now."""

    def valueset_versions(self, url: str) -> Sequence[str]: ...

    def valueset(self, url: str, version: str) -> ValueSet | None:
        """A value set that is loaded, or implied by a code system's URL."""

    def conceptmaps(self) -> Sequence[Json]:
        """Maps as resources; those of the store are translated with the service instead."""


_SENT: Cache[MemoryProvider] = Cache(100_000, lambda held: held.size + 10)
"""Code systems of requests by what they consist of, up to so many concepts in all: clients send the same ones again
and again."""


def _provider(resource: Json) -> MemoryProvider:
    try:
        content = orjson.dumps(resource)
    except orjson.JSONEncodeError:  # nested deeper than it writes
        return MemoryProvider(resource)
    return _SENT.get(blake2b(content, digest_size=20).digest(), lambda: MemoryProvider(resource))


class Library:
    """All that one request can refer to."""

    def __init__(self, source: Source, resources: Iterable[Json] = ()) -> None:
        """`resources`: of the request's `tx-resource` parameters, and those contained in its value set."""
        self._source = source
        self._systems: dict[str, dict[str, Json]] = {}
        self._valuesets: dict[str, dict[str, Json]] = {}
        self.maps: list[Json] = []
        self._supplements: dict[str, dict[str, Json]] = {}
        for resource in resources:
            self.add(resource)
        self._canonicals: dict[str, str] = {}
        self._providers: dict[tuple[str, str], Provider | None] = {}
        self._known: dict[tuple[str, str], ValueSet | None] = {}
        self._read: dict[tuple[str, str], Supplement | None] = {}

    def add(self, resource: Json) -> None:
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        url, version = (reading.text(resource, name) for name in ("url", "version")) if kind else ("", "")
        if kind == "CodeSystem" and resource.get("content") == "supplement":
            self._supplements.setdefault(url, {})[version] = resource
        elif kind == "CodeSystem":
            self._systems.setdefault(url, {})[version] = resource
        elif kind == "ValueSet":
            self._valuesets.setdefault(url, {})[version] = resource
        elif kind == "ConceptMap":
            self.maps.append(resource)
        elif kind is None:
            raise failed("A tx-resource must be a resource", code="structure", status=400)

    def versions(self, url: str) -> list[str]:
        """Every version of a code system that is known, lowest first."""
        found = {*self._systems.get(url, ()), *self._source.versions(url)}
        return sorted(found - {""}, key=version_key)

    def knows(self, url: str) -> bool:
        """Whether any version of a code system is known."""
        return url in self._systems or bool(self._source.versions(url))

    def provider(self, url: str, version: str = "") -> Provider | None:
        """A code system in the version named, matched or (without one) that counts; None where there is none."""
        key = url, version
        if key not in self._providers:
            self._providers[key] = self._read_provider(url, version)
        return self._providers[key]

    def valueset(self, canonical: str) -> ValueSet | None:
        """A value set by URL or `url|version`; without a version the newest."""
        key = parted(canonical)
        if key not in self._known:
            self._known[key] = self._read_valueset(*key)
        return self._known[key]

    def supplement(self, canonical: str) -> Supplement | None:
        """A supplement by URL or `url|version`; without a version the newest."""
        key = parted(canonical)
        if key not in self._read:
            self._read[key] = self._read_supplement(*key)
        return self._read[key]

    def canonical(self, url: str) -> str:
        """The canonical URL of a code system, by any of its URLs."""
        if url not in self._canonicals:
            own = not url or url in self._systems
            self._canonicals[url] = url if own else self._source.canonical(url)
        return self._canonicals[url]

    def _read_supplement(self, url: str, version: str) -> Supplement | None:
        own = _sent(self._supplements, url, version)
        return Supplement(own) if own is not None else None

    def _read_provider(self, url: str, version: str) -> Provider | None:
        own = _sent(self._systems, url, version)
        if own is not None:
            return _provider(own)
        if version and is_pattern(version):
            version = match(self._source.versions(url), version) or ""
            if not version:
                return None
        return self._source.provider(url, version)

    def _read_valueset(self, url: str, version: str) -> ValueSet | None:
        own = _sent(self._valuesets, url, version)
        if own is not None:
            return reading.valueset(own)
        if url and (whole := self._of_system(url, version)) is not None:
            return whole
        wanted = implied(url)
        if wanted is not None and wanted.system in self._systems and wanted.kind in ("all", "isa"):
            return self._implied(wanted, version)
        if version and is_pattern(version):
            version = match(self._source.valueset_versions(url), version) or ""
            if not version:
                return None
        found = self._source.valueset(url, version)
        return self._implied(wanted, version) if found is None and wanted is not None else found

    def _of_system(self, url: str, version: str) -> ValueSet | None:
        """The value set of all codes of a code system that names it (CodeSystem.valueSet), in the same version."""
        for own in self._systems.values():
            named = {each: system for each, system in own.items() if system.get("valueSet") == url}
            chosen = match(named, version)
            if chosen is not None:
                meta = reading.meta(named[chosen])
                include = Include(meta.url, meta.version)
                return ValueSet(url, meta.version, meta.name, meta.title, meta.status, includes=(include,))
        return None

    def _implied(self, wanted: Implied, version: str) -> ValueSet | None:
        """All codes, or a subtree, of a code system of the request or one built in; what others imply is for the source
        to say."""
        provider = self.provider(wanted.system, version)
        if provider is None or not (wanted.kind == "all" or _is_subtree(provider, wanted)):
            return None
        meta = provider.meta
        pinned = meta.version if version else ""
        return implied_valueset(wanted, meta.url, pinned, meta.title or meta.url, meta.name, pinned=bool(pinned))


def contained(valueset: ValueSet, id: str) -> ValueSet | None:
    """A value set contained in another, by its id."""
    for each in reading.objects(valueset.resource, "contained"):
        if each.get("resourceType") == "ValueSet" and each.get("id") == id:
            return reading.valueset(each)
    return None


def _sent(resources: Mapping[str, Mapping[str, Json]], url: str, version: str) -> Json | None:
    """The resource of that URL, in the version named or matched; without a version the newest."""
    versions = resources.get(url)
    chosen = match(versions, version) if versions else None
    return versions[chosen] if versions and chosen is not None else None


def _is_subtree(provider: Provider, wanted: Implied) -> bool:
    return wanted.kind == "isa" and provider.number(wanted.value) is not None


def is_pattern(version: str) -> bool:
    """Whether a version has wildcards."""
    return any(part in _WILD for part in version.split("."))


def fits(pattern: str, version: str) -> bool:
    """Whether a version is what `pattern` (a version, perhaps with wildcards) asks for."""
    if pattern == version:
        return True
    if not is_pattern(pattern):
        return False
    wanted, parts = pattern.split("."), version.split(".")
    if wanted[-1] == "*" and len(wanted) < len(parts):
        wanted += ["*"] * (len(parts) - len(wanted))
    return len(wanted) == len(parts) and all(w in _WILD or w == p for w, p in zip(wanted, parts, strict=True))


def match(versions: Iterable[str], wanted: str) -> str | None:
    """The greatest of `versions` that fits; without `wanted` the greatest of all."""
    fitting = [each for each in versions if not wanted or fits(wanted, each)]
    return max(fitting, key=version_key, default=None)


def version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts versions by their numbers where they have some, else by text; a version with a label (`5.0.0-ballot`)
    comes before the one without."""
    labelled = _LABELLED.fullmatch(version)
    if labelled is not None:
        return (*_parts(labelled[1]), (-1, 0, ""), *_parts(labelled[2]))
    return (*_parts(version), (0, 0, ""))


_LABELLED = re.compile(r"(\d+\.\d+\.\d+)-(.+)")


def _parts(version: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((1, *by_size(part)) if part.isdecimal() else (0, 0, part) for part in re.split(r"[.\-+]", version))
