"""The contract of a loader, and the registry that finds them.

A loader is a module directly under `codesystems/` that defines `LOADER`, or `LOADERS` for several. Nothing
else is edited to add one. `identify` claims files of a package and says which releases they are; `read` turns
one of those into values.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import ClassVar

from codesystems.codes import code_key
from codesystems.files import Package, SourceFile
from codesystems.maps import ConceptMap, MapContent
from codesystems.model import Attribute, CodeSystem, CodeSystemContent, Hints, Property, StatedContent
from codesystems.report import ReleaseError, Report
from codesystems.valuesets import ValueSet, ValueSetContent

Content = CodeSystemContent | StatedContent | MapContent | ValueSetContent


@dataclass(frozen=True, slots=True)
class Requirement:
    """A release that must be there before another can be read: of one of these code systems, the version of a day, or
    the last one before a day."""

    systems: tuple[str, ...]
    """Short ids, any of them."""
    text: str
    """What to load, for people."""
    effective: date | None = None
    before: date | None = None
    version: str = ""
    """Its name, by which it is known in any other code system too."""
    as_before: bool = False
    """Needed only where the release that another requirement finds needs one of the same code systems."""


@dataclass(frozen=True, slots=True)
class Base:
    """A release that another builds on, as it was found."""

    files: tuple[SourceFile, ...]
    effective: date
    """What the files say of later days does not count."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A release that a loader recognises in a package."""

    loader: Loader
    system: CodeSystem | ConceptMap | ValueSet
    """What it is a release of."""
    files: tuple[SourceFile, ...]
    """The files it will read, all of them its own."""
    form: str
    """Which of the publisher's formats, for people: `ANS`, `text`, `tsv`, `workbook`."""
    version: str | None
    """None where neither content nor names say; the operator is then asked for `--version`."""
    effective: date | None = None
    """None where only the version says; see `codesystems.versions.effective_date`."""
    rank: int = 0
    """The same version found in several forms is read from the one with the highest rank (the richest)."""
    missing: tuple[str, ...] = ()
    """Parts of a whole release that are not here (`KXX`); then it only loads with `--partial`."""
    notes: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    """Column mapping of a plain list (`Hints.columns` or its config file)."""
    states_only: bool = False
    """True for a delivery that holds no version, only statements about changes: `read` gives `StatedContent`,
    and `version` is the delivery's own name."""
    requires: tuple[Requirement, ...] = ()
    """What it cannot be read without."""
    base: tuple[Base, ...] = ()
    """What was found of that, in the order to be read."""

    @property
    def codesystem(self) -> CodeSystem:
        """The code system it is a release of; maps and value sets are none."""
        if isinstance(self.system, (ConceptMap, ValueSet)):
            raise TypeError(f"{self.system.id} is no code system")
        return self.system

    @property
    def conceptmap(self) -> ConceptMap:
        """The map it is a release of."""
        if isinstance(self.system, ConceptMap):
            return self.system
        raise TypeError(f"{self.system.id} is no map")

    @property
    def valueset(self) -> ValueSet:
        """The value set it is a release of."""
        if isinstance(self.system, ValueSet):
            return self.system
        raise TypeError(f"{self.system.id} is no value set")

    @property
    def indexed(self) -> bool:
        """Whether it brings texts that can be searched for: a version of a code system does."""
        return not self.states_only and not isinstance(self.system, (ConceptMap, ValueSet))

    def dated(self) -> tuple[str, date]:
        """Version and effective date. Raises `ReleaseError` where they are not known."""
        if self.version is None or self.effective is None:
            message = "version and effective date are not known: give --version"
            raise ReleaseError(message, self.files[0].path)
        return self.version, self.effective


@dataclass(frozen=True, slots=True)
class Shape:
    """What a code system's home knows of a code from its form alone: for formats that any system may come in
    (ClaML), so that they say the same of it as the system's own formats."""

    level: str
    sort_key: str
    abstract: bool | None = None
    """None: abstract where it has children."""


class Loader(ABC):
    """Reads one code system's releases (or one family's, for formats such as ClaML)."""

    name: ClassVar[str]
    """Module name, for people."""
    systems: ClassVar[tuple[CodeSystem, ...]] = ()
    """The code systems it is the home of; empty for a loader of any list."""
    fallback: ClassVar[bool] = False
    """True for a loader of any list: asked only about files nobody else claims."""
    explicit: ClassVar[bool] = False
    """True for a loader that takes only what somebody said is for it: it is asked first, and nobody else after it."""
    shares: ClassVar[str] = ""
    """Loaders of the same word here may each read something of one file: the resources of a FHIR Bundle."""
    expect_min_concepts: ClassVar[int] = 1
    """Fewer concepts than this in a whole release is suspicious and is reported as a warning."""
    claml_names: ClassVar[Mapping[str, str]] = {}
    """ClaML names (rubric kinds, metas, `usage`) → the property codes of this system's other formats."""
    title_joint: ClassVar[str] = ", "
    """What stands between a class's title and a modifier's where ClaML has them apart."""

    @abstractmethod
    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        """The releases found among the package's files. Looks at names and first bytes; raises nothing for
        files that are not its own; a `ReleaseError` for files that are its own but broken."""

    @abstractmethod
    def read(self, candidate: Candidate, report: Report) -> Content:
        """The content of one candidate whose `version` and `effective` are set.

        Raises `ReleaseError` for what cannot be loaded; everything else noticed goes to `report`."""

    def canonical(self, code: str) -> str:
        """The publisher's canonical form of `code` as any format may write it."""
        return code.strip()

    def part(self, code: str) -> str:
        """The part (group of codes, for coverage) of a canonical code."""
        return "all"

    def shape(self, code: str) -> Shape | None:
        """Level, order and kind of a canonical code, where they follow from the code; None where they do not."""
        return None

    def version_named(self, candidate: Candidate, name: str) -> str:
        """What a version is called that an operator named: a URI's last part may stand for it."""
        return name

    def expanded(self, value: Property) -> tuple[Property, ...]:
        """The values that one property was made of to keep the store small; itself where it is what it seems."""
        return (value,)

    def attribute(self, value: Property) -> Attribute | None:
        """What a property says that relates its concept to another; None for any other property."""
        return None

    def parts(self, code: str) -> tuple[str, ...]:
        """The codes that a combination is made of (an ICD-11 cluster `1A00&XN8P1`); most systems have none."""
        return (code,)


@cache
def loaders() -> tuple[Loader, ...]:
    """Every loader, in order of module name: those told what is theirs first, those of any list last."""
    import codesystems

    found: list[Loader] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(codesystems.__path__) if not m.ispkg):
        namespace = importlib.import_module(f"codesystems.{module}")
        found.extend(getattr(namespace, "LOADERS", ()))
        if hasattr(namespace, "LOADER"):
            found.append(namespace.LOADER)
    return tuple(sorted(found, key=lambda loader: (not loader.explicit, loader.fallback)))


@cache
def home_of(system_id: str) -> Loader | None:
    """The loader that is the home of a code system, if any."""
    for loader in loaders():
        if any(system.id == system_id for system in loader.systems):
            return loader
    return None


def abridged(system_id: str) -> str:
    """The code system that one is an abridgement of, as its home declares; empty where it stands by itself."""
    home = home_of(system_id)
    return next((each.abridges for each in home.systems if each.id == system_id), "") if home else ""


def meeting_key(system_id: str, code: str) -> str:
    """The key under which a map's code and a code of that system meet, however either is written."""
    home = home_of(system_id)
    return code_key(home.canonical(code) if home else code)


def parts_of(system_id: str, code: str) -> tuple[str, ...]:
    """The codes of that system that a combination is made of; the code alone where it is none."""
    home = home_of(system_id)
    return home.parts(code) if home else (code,)
