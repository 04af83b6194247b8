"""Which releases a path holds: every loader is asked, and exactly one may claim a file."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from codesystems.files import Package, SourceFile
from codesystems.loader import Candidate, Loader, loaders
from codesystems.model import Hints
from codesystems.report import ReleaseError
from codesystems.versions import effective_date

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What a package holds."""

    releases: tuple[Candidate, ...]
    """One per (code system, version), in order of system and effective date; deliveries of statements besides."""
    other_forms: tuple[Candidate, ...]
    """The same releases in poorer forms, not read."""
    unclaimed: tuple[SourceFile, ...]
    """Files that are no part of any release."""


def discover(package: Package, hints: Hints) -> Found:
    """The releases in `package`. Raises `ReleaseError` where loaders disagree about a file, or where nothing is
    recognised."""
    candidates: list[Candidate] = []
    owners: dict[str, Loader] = {}
    own_versions: dict[str, set[str | None]] = {}
    for loader in loaders():
        for candidate in _identify(loader, package, hints, owners):
            for file in candidate.files:
                owner = owners.setdefault(file.path, loader)
                if owner is not loader and not (owner.shares and owner.shares == loader.shares):
                    raise ReleaseError(f"claimed by both {owner.name} and {loader.name}", file.path)
            if not candidate.states_only:
                own_versions.setdefault(candidate.system.id, set()).add(candidate.version)
            candidates.append(with_hints(candidate, hints))
    if not candidates:
        known = ", ".join(sorted({loader.name for loader in loaders()}))
        raise ReleaseError(
            f"no release recognised (loaders: {known}); for a plain list give --system, --version and --column",
            str(package.root),
        )
    for system, versions in own_versions.items():
        if hints.version and len(versions) > 1:
            names = ", ".join(sorted(version or "unknown" for version in versions))
            raise ReleaseError(f"several releases of {system} ({names}): --version names only one", str(package.root))
    chosen, others = _best_forms(candidates)
    read = {file.path for candidate in candidates for file in candidate.files}
    unclaimed = tuple(file for file in package.files if file.path not in read)
    return Found(tuple(chosen), tuple(others), unclaimed)


def package_digest(package: Package, hints: Hints, program: str) -> str:
    """A fingerprint of everything that decides what loading a package would do."""
    digest = hashlib.sha256(repr((program, package.label, hints)).encode())
    for file in package.files:
        digest.update(f"{file.path}\0{file.sha256()}\n".encode())
    return digest.hexdigest()


@contextmanager
def guarded(loader: Loader) -> Iterator[None]:
    """Whatever a loader raises besides `ReleaseError` is a fault in it: named, logged, and the release refused."""
    try:
        yield
    except ReleaseError:
        raise
    except Exception as error:
        LOG.exception("loader %s failed", loader.name)
        raise ReleaseError(
            f"the {loader.name} loader failed on this ({type(error).__name__}: {error}); this is a fault in the "
            "program: please report it with the file"
        ) from error


def _identify(loader: Loader, package: Package, hints: Hints, owners: dict[str, Loader]) -> Iterable[Candidate]:
    """A loader's candidates; a loader of any list gets only what nobody else claims, and nobody what a loader claims
    that was told of it."""
    with guarded(loader):
        claims = list(loader.identify(package, hints))

    def taken(path: str) -> bool:
        owner = owners.get(path)
        return owner is not None and owner is not loader and (loader.fallback or owner.explicit)

    return [claim for claim in claims if not any(taken(file.path) for file in claim.files)]


def with_hints(candidate: Candidate, hints: Hints) -> Candidate:
    """The candidate with what the operator said, which goes before what names say.

    What the operator says is about versions: a delivery of statements takes it only for what it does not know.
    """
    if candidate.states_only:
        name = candidate.version or hints.version
        day = candidate.effective or (effective_date(name) if name else None) or hints.effective
        return replace(candidate, version=name, effective=day)
    version = candidate.version
    if hints.version is not None:
        version = candidate.loader.version_named(candidate, hints.version)
    effective: date | None = hints.effective
    if effective is None and hints.version is None:
        effective = candidate.effective
    if effective is None and version is not None:
        effective = effective_date(version) or candidate.effective
    return replace(candidate, version=version, effective=effective)


def _best_forms(candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Of candidates for the same version the one with least missing and highest rank; the rest.

    Statements are no form of a version.
    """
    groups: dict[tuple[object, ...], list[Candidate]] = {}
    for candidate in candidates:
        apart = () if candidate.version else tuple(file.path for file in candidate.files)
        groups.setdefault((candidate.system.id, candidate.states_only, candidate.version, apart), []).append(candidate)
    chosen, others = [], []
    for group in groups.values():
        group.sort(key=lambda c: (len(c.missing), -c.rank, c.files[0].path))
        chosen.append(group[0])
        others.extend(group[1:])
    chosen.sort(key=lambda c: (c.system.id, c.effective or date.min, c.version or ""))
    return chosen, others
