"""Which versions of which code systems and value sets a request means, and what cannot be found.

Everything unresolved is a `Failure` with the wording of expansions, so that it may be left to itself; validation
catches the kinds it words otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from termservice.fhir.issues import Failure, Issue
from termservice.fhir.library import Library, contained, fits
from termservice.fhir.model import ValueSet, canonical, parted
from termservice.fhir.options import VersionRules
from termservice.fhir.provider import Provider
from termservice.fhir.supplements import supplemented


class UnknownSystem(Failure):
    """No version of a code system is known."""

    def __init__(self, url: str, version: str = "") -> None:
        self.url, self.version = url, version
        if version:
            message_id = "UNKNOWN_CODESYSTEM_VERSION_EXP_NONE"
            text = (
                f"A definition for CodeSystem '{url}' version '{version}' could not be found, so the value set cannot "
                "be expanded. No versions of this code system are known"
            )
        else:
            message_id = "UNKNOWN_CODESYSTEM_EXP"
            text = f"A definition for CodeSystem '{url}' could not be found, so the value set cannot be expanded"
        super().__init__(Issue("error", "not-found", text, "not-found", message_id=message_id))


class UnknownVersion(Failure):
    """A code system is known, but not in the version wanted."""

    def __init__(self, url: str, version: str, known: Sequence[str]) -> None:
        self.url, self.version, self.known = url, version, tuple(known)
        text = (
            f"A definition for CodeSystem '{url}' version '{version}' could not be found, so the value set cannot be "
            f"expanded. Valid versions: {alternatives(known)}"
        )
        message_id = "UNKNOWN_CODESYSTEM_VERSION_EXP"
        super().__init__(Issue("error", "not-found", text, "not-found", message_id=message_id))


class VersionRefused(Failure):
    """The version a value set names is not what check-system-version requires."""

    def __init__(self, url: str, version: str, required: str) -> None:
        self.url, self.version, self.required = url, version, required
        text = (
            f"The version '{version}' is not allowed for system '{url}': required to be '{required}' by a "
            "version-check parameter"
        )
        issue = Issue("error", "exception", text, "version-error", message_id="VALUESET_VERSION_CHECK")
        super().__init__(issue)


class UnknownValueSet(Failure):
    """A value set is not known, or not in that version."""

    def __init__(self, url: str, version: str = "", *, imported: bool = False) -> None:
        self.url, self.version, self.imported = url, version, imported
        if imported:
            pinned = f" version '{version}'" if version else ""
            text = f"Unable to find included value set '{url}'{pinned}"
            message_id = "VS_EXP_IMPORT_UNK_PINNED" if version else "VS_EXP_IMPORT_UNK"
        else:
            text = f"A definition for the value Set '{canonical(url, version)}' could not be found"
            message_id = "Unable_to_resolve_value_Set_"
        status = 422 if imported else 404
        super().__init__(Issue("error", "not-found", text, "not-found", message_id=message_id), status=status)


class Circular(Failure):
    """A value set imports itself, perhaps by others; `trail` are the canonicals from the first."""

    def __init__(self, again: str, trail: Sequence[str]) -> None:
        self.again, self.trail = again, tuple(trail)
        text = f"Found a circularity pointing to {again} processing ValueSet with pathway [{', '.join(trail)}]"
        super().__init__(Issue("error", "processing", text, "vs-invalid", message_id="VALUESET_CIRCULAR_REFERENCE"))


class MissingSupplements(Failure):
    """Supplements that are required are not known; `missing` are their canonicals."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        word = "supplement" if len(missing) == 1 else "supplements"
        text = f"Required {word} not found: {', '.join(sorted(missing))}"
        super().__init__(Issue("error", "not-found", text, "not-found", message_id="VALUESET_SUPPLEMENT_MISSING"))


@dataclass(frozen=True, slots=True)
class Choice:
    """The version of a code system that is meant: exact, with wildcards, or empty for the one that counts."""

    url: str
    version: str = ""
    stated: str = ""
    """What the value set (or the code) says itself."""
    rule: str = ""
    """The parameter that decided: `system-version`, `check-system-version`, `force-system-version`; else empty."""


class Resolver:
    """The code systems and value sets of one request, in the versions its rules say, with its supplements."""

    def __init__(self, library: Library, rules: VersionRules, supplements: Iterable[str] = ()) -> None:
        """`supplements`: canonicals of those that must be applied (useSupplement). Raises `MissingSupplements`."""
        self.library = library
        self.rules = rules.of(library.canonical)
        self.supplements: list[str] = []
        self.applied: dict[tuple[str, str], None] = {}
        """Rules that decided on a version: (parameter, `url|version`)."""
        self.imports = 0
        """How many value sets were imported so far."""
        self._providers: dict[tuple[str, str], Provider] = {}
        self.require(supplements)

    def require(self, supplements: Iterable[str]) -> None:
        """Have further supplements applied. Raises `MissingSupplements`."""
        wanted = [each for each in supplements if each not in self.supplements]
        if not wanted:
            return
        missing = [each for each in wanted if not self.library.supplement(each)]
        if missing:
            raise MissingSupplements(missing)
        self.supplements += wanted
        self._providers.clear()

    def follow(self, rules: VersionRules) -> None:
        """Have other rules count from now on."""
        self.rules = rules.of(self.library.canonical)

    def choice(self, url: str, stated: str = "") -> Choice:
        """Which version of a code system is meant where `stated` stands (perhaps nothing)."""
        if version := self.rules.force.get(url):
            return Choice(url, version, stated, "force-system-version")
        if stated:
            return Choice(url, stated, stated)
        for name, rules in (("system-version", self.rules.default), ("check-system-version", self.rules.check)):
            if version := rules.get(url):
                return Choice(url, version, stated, name)
        return Choice(url)

    def provider(self, url: str, stated: str = "") -> Provider:
        """A code system in the version meant. Raises `UnknownSystem`, `UnknownVersion`, `VersionRefused`."""
        choice = self.choice(url, stated)
        found = self.exactly(url, choice.version)
        required = self.rules.check.get(url, "")
        if required and choice.rule != "force-system-version" and not fits(required, found.meta.version):
            raise VersionRefused(url, found.meta.version, required)
        if choice.rule:
            self.applied[choice.rule, canonical(url, choice.version)] = None
        return found

    def exactly(self, url: str, version: str) -> Provider:
        """A code system in just that version (wildcards allowed, empty for the one that counts), whatever the rules;
        the same object for the same version every time. Raises `UnknownSystem`, `UnknownVersion`."""
        key = url, version
        if key not in self._providers:
            found = self.library.provider(url, version)
            if found is None and not self.library.knows(url):
                raise UnknownSystem(url, version)
            if found is None:
                raise UnknownVersion(url, version, self.library.versions(url))
            whole = url, found.meta.version
            if whole not in self._providers:
                own = (self.library.supplement(each) for each in self.supplements)
                self._providers[whole] = supplemented(found, [each for each in own if each is not None])
            self._providers[key] = self._providers[whole]
        return self._providers[key]

    def valueset(self, wanted: str, within: ValueSet | None = None) -> ValueSet:
        """A value set by canonical; `#id` for one contained `within` another, whose import it is. Raises
        `UnknownValueSet`."""
        url, version = parted(wanted)
        if within is not None and wanted.startswith("#"):
            found = contained(within, wanted[1:])
        else:
            by_default = "" if version else self.rules.valuesets.get(url, "")
            found = self.library.valueset(canonical(url, version or by_default))
            if by_default:
                version = by_default
                self.applied["default-valueset-version", canonical(url, version)] = None
        if found is None:
            raise UnknownValueSet(url, version, imported=within is not None)
        return found


def alternatives(versions: Sequence[str]) -> str:
    """`1.0.0, 1.1.0 or 1.2.0`"""
    return " or ".join(filter(None, (", ".join(versions[:-1]), *versions[-1:])))
