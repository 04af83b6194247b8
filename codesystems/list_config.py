"""What a plain list's columns mean: said on the command line, in a TOML file beside the list, or plain from its
header.

    version = "2026"                      # optional, else from file and folder names
    effective = 2026-01-01                # optional, else from the version
    separator = ";"                       # optional, between several synonyms or parents in one cell
    ignore = ["Löpnummer"]                # columns that carry nothing

    [system]
    id = "region-norr-enheter"            # url, title, publisher, language, aliases, code_rule, copyright

    [columns]                             # field = "the file's column"
    code = "Kod"
    display = "Benämning"                 # display-en, synonym, short, parent, level, abstract, active, …

    [properties]                          # name = "column", or a table with column, title, type, note
    Beskrivning = { column = "Beskr", note = true }
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from codesystems.files import SourceFile
from codesystems.formats.settings import Settings, plain_columns, read_settings, refuse_twice
from codesystems.model import CodeRule, CodeSystem, DesignationUse, Hints, PropertyDef, PropertyType, Where
from codesystems.naming import system_named
from codesystems.report import ReleaseError

NAMES = ("display", "synonym", "short")
FIELDS = ("code", *NAMES, "parent", "level", "abstract", "active", "valid-from", "valid-to")
OBVIOUS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "kod"),
    "display": ("display", "title", "titel", "label", "benämning"),
    "display-en": ("display_en", "title_en", "titel_en", "label_en"),
    "parent": ("parent", "parent_code", "överordnad kod"),
    "valid-from": ("valid_from", "giltig från"),
    "valid-to": ("valid_to", "giltig till"),
}
"""Headers that need no explanation; code and display are what makes one."""

_FIELD = re.compile(r"(?P<use>display|synonym|short)(?:-(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*))?")
_OWN = re.compile(r"(?P<kind>property|note)\.(?P<name>.+)")
_TOP = frozenset({"version", "effective", "separator", "sheet", "ignore", "system", "columns", "properties"})
_SYSTEM = frozenset({"id", "url", "title", "publisher", "language", "aliases", "code_rule", "copyright"})


@dataclass(frozen=True, slots=True)
class ListConfig:
    """How one list is read."""

    system: CodeSystem
    columns: Mapping[str, str]
    """Field → the file's column."""
    properties: tuple[tuple[PropertyDef, str], ...] = ()
    """Each with the file's column."""
    version: str | None = None
    effective: date | None = None
    separator: str = ""
    sheet: str | None = None
    ignore: tuple[str, ...] = ()

    @property
    def about(self) -> CodeSystem:
        return self.system

    def flat(self) -> dict[str, str]:
        """The mapping as on the command line."""
        own = {f"{'note' if p.note else 'property'}.{p.code}": column for p, column in self.properties}
        return {**self.columns, **own}

    @classmethod
    def from_hints(cls, columns: Mapping[str, str], hints: Hints) -> ListConfig:
        """The mapping of the command line. Raises `ReleaseError` where it names no system or no code."""
        if not hints.system:
            raise ReleaseError("which code system is the list of? give --system ID")
        fields, own = _split(columns)
        return _checked(cls(system_named(hints.system), fields, tuple(own.values())), Where("--column"))

    @classmethod
    def from_header(cls, header: Iterable[str], hints: Hints) -> ListConfig | None:
        """The mapping that a header speaks for itself; None where it lacks code or title."""
        found = plain_columns(header, OBVIOUS)
        return cls.from_hints(found, hints) if {"code", "display"} <= found.keys() else None

    @classmethod
    def from_toml(cls, file: SourceFile, hints: Hints) -> ListConfig:
        """The mapping in a TOML file; the command line's system and columns go before. Raises `ReleaseError` for
        TOML that is broken and for values that are not what they should be."""
        table = read_settings(file)
        table.only(_TOP)
        columns, properties = table.table("columns"), table.table("properties")
        said, own = _split(hints.columns)
        own.update({name: _property(properties, name) for name in properties.data})
        config = cls(
            system=_system(table.table("system"), hints),
            columns={**{name: columns.text(name) for name in columns.data}, **said},
            properties=tuple(own.values()),
            version=table.text("version") or None,
            effective=table.day("effective"),
            separator=table.text("separator"),
            sheet=table.text("sheet") or None,
            ignore=table.texts("ignore"),
        )
        return _checked(config, Where(file.path))


def _split(columns: Mapping[str, str]) -> tuple[dict[str, str], dict[str, tuple[PropertyDef, str]]]:
    """(fields, properties by name) of a flat mapping, in which properties are `property.X` or `note.X`."""
    fields: dict[str, str] = {}
    own: dict[str, tuple[PropertyDef, str]] = {}
    for name, column in columns.items():
        if found := _OWN.fullmatch(name):
            own[found["name"]] = (PropertyDef(found["name"], found["name"], note=found["kind"] == "note"), column)
        else:
            fields[name] = column
    return fields, own


def _checked(config: ListConfig, where: Where) -> ListConfig:
    if "code" not in config.columns:
        raise ReleaseError('no column is named as code (code = "…")', where)
    for name in config.columns:
        if name not in FIELDS and not _FIELD.fullmatch(name):
            known = ", ".join((*FIELDS, "display-en (any language)", "property.NAME", "note.NAME"))
            raise ReleaseError(f"{name!r} is no field of a list; known: {known}", where)
    refuse_twice((*config.columns.values(), *(column for _, column in config.properties)), where)
    return config


def language_of(name: str) -> tuple[DesignationUse, str] | None:
    """(use, language) of a field for names: `display-en` → (`display`, `en`); None for other fields."""
    found = _FIELD.fullmatch(name)
    return (found["use"], found["language"] or "") if found else None  # type: ignore[return-value]


def _system(table: Settings, hints: Hints) -> CodeSystem:
    """What the file does not say of a known system stays as it is."""
    table.only(_SYSTEM)
    name = hints.system or table.text("id")
    if not name:
        raise ReleaseError("[system] has no id (or give --system ID)", Where(table.path))
    base = system_named(name)
    texts = {key: table.text(key) for key in ("url", "title", "publisher", "language", "copyright")}
    rule = table.text("code_rule")
    if rule and rule not in get_args(CodeRule):
        raise ReleaseError(f"code_rule is {rule!r}, not {' or '.join(get_args(CodeRule))}", Where(table.path))
    changes: dict[str, Any] = {key: text for key, text in texts.items() if text}
    if rule:
        changes["code_rule"] = rule
    if aliases := table.texts("aliases"):
        changes["aliases"] = aliases
    return replace(base, **changes)


def _property(table: Settings, name: str) -> tuple[PropertyDef, str]:
    if isinstance(table.data[name], str):
        return PropertyDef(name, name), table.text(name)
    one = table.table(name)
    one.only(frozenset({"column", "title", "type", "note"}))
    kind = one.text("type") or "string"
    if kind not in get_args(PropertyType):
        known = ", ".join(get_args(PropertyType))
        raise ReleaseError(f"[properties] {name}: type is {kind!r}, not one of {known}", Where(table.path))
    definition = PropertyDef(name, one.text("title") or name, kind, one.flag("note"))  # type: ignore[arg-type]
    return definition, one.text("column") or name
