"""Any code list in a table (csv, tsv, xls, xlsx), read by a mapping of its columns (see `list_config`).

A region's own list is loaded so, without a line of code. A file is taken only where somebody said what its
columns mean, or where the header says so itself and the operator names the system.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from codesystems.building import Builder
from codesystems.files import Package, SourceFile
from codesystems.formats.configured import TableLoader
from codesystems.formats.settings import read_settings, settings_beside, speaks_of_map, speaks_of_valueset
from codesystems.formats.tables import Columns, Row, read_table, values_in
from codesystems.list_config import ListConfig, language_of
from codesystems.loader import Candidate, Loader, Shape, home_of
from codesystems.model import (
    CodeSystemContent,
    Concept,
    Designation,
    Hints,
    Parent,
    Property,
    PropertyDef,
    designation_kind,
    property_kind,
)
from codesystems.report import Report

OTHER_CONFIGS = ("conceptmap.toml", "valueset.toml")
"""What a folder's tables are other than lists of codes is said in these."""
YES = frozenset({"1", "true", "ja", "j", "yes", "y", "x", "sant"})
NO = frozenset({"0", "false", "nej", "n", "no", "falskt"})


class ListLoader(TableLoader[ListConfig]):
    """Reads lists that nobody else claims."""

    name = "lists"
    fallback = True
    config = ListConfig
    form = "list"
    folder_config = "codesystem.toml"

    def is_asked(self, hints: Hints) -> bool:
        return not speaks_of_map(hints.columns) and not speaks_of_valueset(hints.columns)

    def is_own(self, file: SourceFile, toml: SourceFile | None, package: Package) -> bool:
        if toml is None:
            return not any(settings_beside(file, package, name) for name in OTHER_CONFIGS)
        settings = read_settings(toml)
        return not settings.of_map and not settings.of_valueset

    def may_explain_itself(self, hints: Hints) -> bool:
        return bool(hints.system)

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        config = replace(self.config_of(candidate), system=candidate.codesystem)
        home = home_of(candidate.system.id)
        builder = Builder(candidate, report)
        for row in read_table(candidate.files[0], _columns(config), report, sheet=config.sheet).rows:
            builder.add(_concept(row, config, home, candidate.effective, report), row.where)
        builder.cover({concept.part for concept in builder}, _kinds(config))
        return builder.content(definition for definition, _ in config.properties)


def _columns(config: ListConfig) -> Columns:
    """Every column that somebody named must be there."""
    properties = (column for _, column in config.properties)
    return Columns(required=(*config.columns.values(), *properties), ignore=config.ignore)


def _kinds(config: ListConfig) -> set[str]:
    """What the list speaks of: its columns, also where they are empty."""
    kinds = {"state", *(property_kind(definition.code) for definition, _ in config.properties)}
    for field in config.columns:
        if name := language_of(field):
            kinds.add(designation_kind(name[0], _language(name[1], config) or config.system.language))
    if "parent" in config.columns:
        kinds.add("parent")
    if {"valid-from", "valid-to"} & config.columns.keys():
        kinds.add("validity")
    return kinds


def _language(language: str, config: ListConfig) -> str:
    return "" if language == config.system.language else language


def _concept(row: Row, config: ListConfig, home: Loader | None, effective: date | None, report: Report) -> Concept:
    def cell(field: str) -> str:
        return row[config.columns[field]] if field in config.columns else ""

    def known(code: str) -> str:
        return home.canonical(code) if home and code else code

    code = known(cell("code"))
    names = tuple(_names(row, config))
    if code and not any(name.use == "display" for name in names):
        report.warn("no-title", f"{code} has no title", row.where)
    shape = (home.shape(code) if home else None) or Shape("", code)
    first, last = _day(cell("valid-from"), row, report), _day(cell("valid-to"), row, report)
    active = _flag(cell("active"), row, report)
    abstract = _flag(cell("abstract"), row, report)
    return Concept(
        code=code,
        part=home.part(code) if home and code else "all",
        designations=names,
        parents=tuple(Parent(known(parent)) for parent in values_in(cell("parent"), config.separator)),
        properties=tuple(_properties(row, config, report)),
        active=not (last and effective and last < effective) if active is None else active,
        abstract=bool(shape.abstract) if abstract is None else abstract,
        level=cell("level") or shape.level,
        sort_key=shape.sort_key,
        valid_from=first,
        valid_to=last,
    )


def _names(row: Row, config: ListConfig) -> Iterator[Designation]:
    for field, column in config.columns.items():
        if (found := language_of(field)) and row[column]:
            use, language = found
            several = use == "synonym"
            names = values_in(row[column], config.separator) if several else [" ".join(row[column].split())]
            yield from (Designation(name, use, _language(language, config)) for name in names)


def _properties(row: Row, config: ListConfig, report: Report) -> Iterator[Property]:
    for definition, column in config.properties:
        if row[column]:
            yield Property(definition.code, _value(row[column], definition, row, report))


def _value(text: str, definition: PropertyDef, row: Row, report: Report) -> str:
    """As the type has it; a value of another kind is reported and kept as text."""
    if definition.type == "boolean":
        flag = _flag(text, row, report)
        return text if flag is None else str(flag).lower()
    if definition.type == "dateTime":
        day = _day(text, row, report)
        return text if day is None else day.isoformat()
    if definition.type in ("integer", "decimal"):
        try:
            (int if definition.type == "integer" else float)(text.replace(",", "."))
        except ValueError:
            report.warn("bad-value", f"{definition.code} is {text!r}, no {definition.type}", row.where)
        else:
            return text.replace(",", ".")
    return text


def _flag(text: str, row: Row, report: Report) -> bool | None:
    """None where the cell is empty or says neither yes nor no."""
    word = text.casefold()
    if word in YES | NO:
        return word in YES
    if word:
        report.warn("bad-value", f"{text!r} is neither yes nor no", row.where)
    return None


def _day(text: str, row: Row, report: Report) -> date | None:
    """`2026-01-31` or `20260131`, a time behind it left out."""
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10] if "-" in text[:10] else text[:8])
    except ValueError:
        report.warn("bad-date", f"{text!r} is no date (2026-01-31)", row.where)
        return None


LOADER = ListLoader()
