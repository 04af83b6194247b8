"""What the columns of a plain list of codes for a value set mean: said on the command line, in a TOML file beside the
table, or plain from its header.

    version = "2026"                      # optional, else from file and folder names
    effective = 2026-01-01                # optional, else from the version
    sheet = "Koder"                       # optional, else the first sheet that has the columns
    ignore = ["Löpnummer"]                # columns that carry nothing

    [valueset]
    id = "region-norr-dodsorsaker"        # url, title, publisher, language, aliases, copyright
    system = "icd-10-se"                  # of all codes: short id, URL or OID; or a column says it
    system_version = "2026"               # optional: only as the codes stand in this version of it

    [columns]                             # field = "the file's column"
    code = "Kod"
    display = "Benämning"                 # system, comment, selected
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from codesystems.files import SourceFile
from codesystems.formats.settings import Settings, plain_columns, read_settings, refuse_twice
from codesystems.model import CodeSystem, Hints, Where
from codesystems.naming import system_called, valueset_id_of
from codesystems.report import ReleaseError
from codesystems.valuesetbuilding import NAME
from codesystems.valuesets import ValueSet, valueset_url

OF = "of"
"""Among a mapping's columns, the code system of all codes."""
FIELDS = ("code", "display", "system", "comment", "selected")
OBVIOUS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "kod"),
    "display": ("display", "title", "titel", "label", "benämning", "kodtext"),
    "system": ("system", "code_system", "codesystem", "kodsystem", "kodverk"),
    "comment": ("comment", "kommentar"),
}
"""Headers that need no explanation where a column of codes is among them."""

_TOP = frozenset({"version", "effective", "sheet", "ignore", "valueset", "columns"})
_TEXTS = ("url", "title", "publisher", "language", "copyright")
_VALUESET = frozenset({*_TEXTS, "id", "aliases", "system", "system_version"})


@dataclass(frozen=True, slots=True)
class ValueSetConfig:
    """How one list is read."""

    valueset: ValueSet
    of: str
    """The code system of all codes, as it was named; empty where a column says it of each."""
    columns: Mapping[str, str]
    """Field → the file's column."""
    system_version: str = ""
    version: str | None = None
    effective: date | None = None
    sheet: str | None = None
    ignore: tuple[str, ...] = ()

    @property
    def system(self) -> CodeSystem | None:
        return system_called(self.of) if self.of else None

    @property
    def about(self) -> ValueSet:
        return self.valueset

    def flat(self) -> dict[str, str]:
        """The mapping as on the command line."""
        return {NAME: self.valueset.id, OF: self.of, **self.columns}

    @classmethod
    def from_hints(cls, columns: Mapping[str, str], hints: Hints) -> ValueSetConfig:
        """The mapping of the command line. Raises `ReleaseError` where it names no code system or no column of
        codes."""
        where = Where("--column")
        name = columns.get(NAME, "")
        return _checked(cls(_named(name, where), _of(columns, hints), _fields(columns)), where)

    @classmethod
    def from_header(cls, header: Iterable[str], hints: Hints) -> ValueSetConfig | None:
        """The mapping that a header speaks for itself; None where it has no column of codes."""
        said = {key: hints.columns[key] for key in (NAME, OF) if key in hints.columns}
        found = said | plain_columns(header, OBVIOUS)
        return cls.from_hints(found, hints) if "code" in found else None

    @classmethod
    def from_toml(cls, file: SourceFile, hints: Hints) -> ValueSetConfig:
        """The mapping in a TOML file; what the command line says goes before. Raises `ReleaseError` for TOML that is
        broken and for values that are not what they should be."""
        table = read_settings(file)
        table.only(_TOP)
        about, columns = table.table("valueset"), table.table("columns")
        about.only(_VALUESET)
        where = Where(file.path)
        name = hints.columns.get(NAME) or about.text("id")
        config = cls(
            valueset=_described(about, name, where),
            of=_of(hints.columns, hints) or about.text("system"),
            columns={**{key: columns.text(key) for key in columns.data}, **_fields(hints.columns)},
            system_version=about.text("system_version"),
            version=table.text("version") or None,
            effective=table.day("effective"),
            sheet=table.text("sheet") or None,
            ignore=table.texts("ignore"),
        )
        return _checked(config, where)


def _fields(columns: Mapping[str, str]) -> dict[str, str]:
    return {name: column for name, column in columns.items() if name not in (NAME, OF)}


def _of(columns: Mapping[str, str], hints: Hints) -> str:
    """The code system of all codes that the command line names. A list that was loaded knows it by its columns."""
    return columns.get(OF, hints.system or "")


def _named(name: str, where: Where) -> ValueSet:
    if not name:
        raise ReleaseError("which value set is it? give id in [valueset], or --valueset ID", where)
    own = valueset_id_of(name, where)
    return ValueSet(own, valueset_url(own), title=name, publisher="")


def _described(table: Settings, name: str, where: Where) -> ValueSet:
    texts = {key: text for key in _TEXTS if (text := table.text(key))}
    return replace(_named(name, where), aliases=table.texts("aliases"), **texts)


def _checked(config: ValueSetConfig, where: Where) -> ValueSetConfig:
    for name in config.columns:
        if name not in FIELDS:
            raise ReleaseError(f"{name!r} is no field of a value set; known: {', '.join(FIELDS)}", where)
    if not config.columns.get("code"):
        raise ReleaseError('no column is named as code (code = "…")', where)
    if not config.of and "system" not in config.columns:
        raise ReleaseError(
            "which code system are the codes of? give system in [valueset], --system, or a column", where
        )
    if config.system_version and not config.of:
        raise ReleaseError("system_version is of one code system for all codes: give system in [valueset]", where)
    refuse_twice(config.columns.values(), where)
    return config
