"""Tables of any kind that somebody explains: on the command line, in a TOML file beside them, or by a header that needs
no explanation. What may be said of a kind's columns, its configuration knows (`list_config`, `map_config`,
`valueset_config`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import ClassVar, Generic, Protocol, Self, TypeVar

from codesystems.files import Package, SourceFile
from codesystems.formats.peek import TABLES, WORKBOOKS, first_rows
from codesystems.formats.settings import settings_beside
from codesystems.formats.tables import fold
from codesystems.loader import Candidate, Loader
from codesystems.maps import ConceptMap
from codesystems.model import CodeSystem, Hints
from codesystems.valuesets import ValueSet
from codesystems.versions import first_version


class Config(Protocol):
    """How one table is read."""

    @property
    def about(self) -> CodeSystem | ConceptMap | ValueSet:
        """What the table is a release of."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Field → the file's column."""

    @property
    def version(self) -> str | None: ...

    @property
    def effective(self) -> date | None: ...

    def flat(self) -> dict[str, str]:
        """The mapping as on the command line."""

    @classmethod
    def from_hints(cls, columns: Mapping[str, str], hints: Hints) -> Self:
        """The mapping of the command line. Raises `ReleaseError` where it does not say enough."""

    @classmethod
    def from_header(cls, header: Iterable[str], hints: Hints) -> Self | None:
        """The mapping that a header speaks for itself; None where it does not."""

    @classmethod
    def from_toml(cls, file: SourceFile, hints: Hints) -> Self:
        """The mapping in a TOML file; what the command line says goes before. Raises `ReleaseError` for TOML that is
        broken and for values that are not what they should be."""


C = TypeVar("C", bound=Config)


class TableLoader(Loader, Generic[C]):
    """Identifies the tables of one kind. What they hold, `read` of each kind knows."""

    config: type[C]
    form: ClassVar[str]
    """What a release is called, for people."""
    folder_config: ClassVar[str]
    """The name of a TOML file for all tables of a folder, in lower case."""
    key_fields: ClassVar[frozenset[str]] = frozenset({"code"})
    """The fields whose columns tell which of several files a mapping is for."""
    no_columns: ClassVar[frozenset[str]] = frozenset()
    """What else than columns a mapping on the command line holds."""

    @abstractmethod
    def is_asked(self, hints: Hints) -> bool:
        """Whether what the operator says may be of this kind."""

    @abstractmethod
    def is_own(self, file: SourceFile, toml: SourceFile | None, package: Package) -> bool:
        """Whether a table may be of this kind, by the TOML file beside it."""

    def may_explain_itself(self, hints: Hints) -> bool:
        """Whether the operator says enough for a header to do for the rest."""
        return bool(hints.columns)

    def identify(self, package: Package, hints: Hints) -> Iterator[Candidate]:
        if not self.is_asked(hints):
            return
        tables = [file for file in package.files if file.suffix in TABLES + WORKBOOKS]
        for file in tables:
            toml = settings_beside(file, package, self.folder_config)
            if not self.is_own(file, toml, package):
                continue
            config = self._config(file, toml, hints, alone=len(tables) == 1)
            if config is None:
                continue
            yield Candidate(
                loader=self,
                system=config.about,
                files=(file, toml) if toml else (file,),
                form=self.form,
                version=hints.version or config.version or first_version(package.names_above(file)),
                effective=hints.effective or config.effective,
                columns=config.flat(),
            )

    def config_of(self, candidate: Candidate) -> C:
        """The configuration again, as identified but for what `about` says."""
        hints = Hints(system=candidate.system.id, columns=candidate.columns)
        toml = next((file for file in candidate.files if file.suffix == ".toml"), None)
        return self.config.from_toml(toml, hints) if toml else self.config.from_hints(hints.columns, hints)

    def _config(self, file: SourceFile, toml: SourceFile | None, hints: Hints, *, alone: bool) -> C | None:
        """How to read the file; None where nobody says. A mapping for several files is for those that have its key
        columns, one for a file alone is for that file, so that a misspelt column is heard of."""
        if toml is not None:
            config = self.config.from_toml(toml, hints)
            named = alone or toml.name.lower() != self.folder_config
        elif hints.columns.keys() - self.no_columns:
            config = self.config.from_hints(hints.columns, hints)
            named = alone
        else:
            headers = first_rows(file) if self.may_explain_itself(hints) else ()
            return next((found for header in headers if (found := self.config.from_header(header, hints))), None)
        wanted = {fold(config.columns[field]) for field in self.key_fields}
        return config if named or any(wanted <= set(map(fold, row)) for row in first_rows(file)) else None
