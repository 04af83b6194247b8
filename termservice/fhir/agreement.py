"""Which version of a code system a coding is validated with, and whether that is the one it states.

A value set's include may state a version, parameters of the request may fill it in, check or force it, and the coding
may state one as well. Where the include leaves room (no version, or wildcards) the coding's own version counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from termservice.fhir import wording
from termservice.fhir.asking import Asked
from termservice.fhir.issues import Issue
from termservice.fhir.library import Library, fits
from termservice.fhir.model import canonical
from termservice.fhir.options import Options
from termservice.fhir.provider import Provider
from termservice.fhir.resolving import Choice, Resolver, UnknownSystem, UnknownVersion, VersionRefused


class Preferring(Resolver):
    """The versions of one request's code systems for one coding: its own where the value set leaves room for it. What
    check-system-version refuses is told by `agreement`, not raised."""

    def __init__(self, library: Library, options: Options, asked: Asked) -> None:
        """Raises `MissingSupplements`."""
        super().__init__(library, options.versions, options.supplements)
        self._system, self._stated = asked.coding.system, asked.coding.version
        self.own: Provider | None = None
        """The code system in the version the coding states; None where it states none or one that is unknown."""
        if self._stated:
            self.own = self._known(self._stated)

    def meant(self, stated: str = "") -> Choice:
        """The version of the coding's code system that is meant where `stated` stands, whatever the coding says."""
        return super().choice(self._system, stated)

    def choice(self, url: str, stated: str = "") -> Choice:
        found = super().choice(url, stated)
        if url == self._system and self.own is not None and self.agrees(found.version, self.own):
            return replace(found, version=self._stated)
        return found

    def provider(self, url: str, stated: str = "") -> Provider:
        """As `Resolver.provider`, but a version that is refused is given."""
        return self.exactly(url, self.choice(url, stated).version)

    def agrees(self, meant: str, own: Provider) -> bool:
        """Whether the version the coding states is one that is `meant`."""
        if not meant or fits(meant, own.meta.version):
            return True
        found = self._known(meant)
        return found is not None and found.meta.version == own.meta.version

    def _known(self, version: str) -> Provider | None:
        try:
            return self.exactly(self._system, version)
        except (UnknownSystem, UnknownVersion):
            return None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a coding's version goes with the one that is meant."""

    provider: Provider | None = None
    """The code system to validate with; None where its version is unknown."""
    issues: tuple[Issue, ...] = ()
    unknown: tuple[str, ...] = ()
    """Canonicals of code systems without which nothing can be said for sure."""


def agreement(resolver: Preferring, asked: Asked, stated: str = "") -> Agreement:
    """`stated`: the version in the value set's include."""
    system, value = asked.coding.system, asked.coding.version
    meant = resolver.meant(stated)
    issues: list[Issue] = []
    unknown: list[str] = []
    found: Provider | None = None
    try:
        found = resolver.provider(system, stated)
    except (UnknownSystem, UnknownVersion) as failure:
        issues.append(not_found(failure, asked))
        unknown.append(canonical(system, failure.version))
    else:
        issues += refusals(resolver, asked, found, meant)
    if value and resolver.own is None and resolver.library.knows(system):
        versions = resolver.library.versions(system)
        issues.append(wording.unknown_version(system, value, versions, asked.at("system")))
        unknown.append(canonical(system, value))
    if value and resolver.library.knows(system) and not fits(meant.version, value) and not _same(found, resolver.own):
        issues.append(_difference(meant, value, found, asked.at("version")))
    return Agreement(found, tuple(dict.fromkeys(issues)), tuple(dict.fromkeys(unknown)))


def refusals(resolver: Resolver, asked: Asked, found: Provider, meant: Choice) -> list[Issue]:
    """That a version is not the one check-system-version requires."""
    required = resolver.rules.check.get(asked.coding.system, "")
    if not required or meant.rule == "force-system-version" or fits(required, found.meta.version):
        return []
    refused = VersionRefused(asked.coding.system, found.meta.version, required).issues[0]
    return [replace(refused, expression=asked.at("version"))]


def _same(one: Provider | None, other: Provider | None) -> bool:
    return one is not None and other is not None and one.meta.version == other.meta.version


def not_found(failure: UnknownSystem | UnknownVersion, asked: Asked) -> Issue:
    """In the words of validation."""
    at = asked.at("system")
    if isinstance(failure, UnknownVersion):
        return wording.unknown_version(failure.url, failure.version, failure.known, at)
    if failure.version:
        return wording.unknown_version(failure.url, failure.version, (), at)
    return wording.unknown_system(failure.url, at)


def _difference(meant: Choice, value: str, found: Provider | None, at: str) -> Issue:
    if not meant.version:
        used = found.meta.version if found is not None else ""
        return wording.other_version_by_default(meant.url, used, value, at)
    if meant.version == meant.stated:
        return wording.other_version(meant.url, meant.version, value, at)
    return wording.other_version_by_rule(meant.url, meant.version, meant.stated, value, at)
