"""Any value set in a table of codes (csv, tsv, xls, xlsx), read by a mapping of its columns (see `valueset_config`).

A region's own value set is loaded so, without a line of code. A file is taken only where somebody said that it is a
value set: by the `[valueset]` of a TOML file beside it, or by `--valueset ID`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from codesystems.files import Package, SourceFile
from codesystems.formats.peek import TABLES, WORKBOOKS, first_rows
from codesystems.formats.settings import read_settings, settings_beside, speaks_of_valueset
from codesystems.formats.tables import Columns, Row, fold, read_table
from codesystems.lists import NO, YES
from codesystems.loader import Candidate, Loader
from codesystems.model import CodeSystem, Hints
from codesystems.naming import system_called
from codesystems.report import ReleaseError, Report
from codesystems.valueset_config import OF, ValueSetConfig, from_header, from_hints, from_toml
from codesystems.valuesetbuilding import NAME, ValueSetBuilder
from codesystems.valuesets import Member, ValueSetContent
from codesystems.versions import first_version

FOLDER_CONFIG = "valueset.toml"


class ValueListLoader(Loader):
    """Reads lists that somebody called a value set."""

    name = "value_lists"
    explicit = True

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        if hints.columns and not speaks_of_valueset(hints.columns):
            return  # the operator speaks of a list of codes or of a map
        tables = [file for file in package.files if file.suffix in TABLES + WORKBOOKS]
        for file in tables:
            toml = settings_beside(file, package, FOLDER_CONFIG)
            if toml is not None and not read_settings(toml).of_valueset:
                continue
            config = _config(file, toml, hints, alone=len(tables) == 1)
            if config is None:
                continue
            yield Candidate(
                loader=self,
                system=config.valueset,
                files=(file, toml) if toml else (file,),
                form="value set",
                version=hints.version or config.version or first_version(package.names_above(file)),
                effective=hints.effective or config.effective,
                columns=config.flat(),
            )

    def read(self, candidate: Candidate, report: Report) -> ValueSetContent:
        config = _config_of(candidate)
        columns = Columns(required=tuple(config.columns.values()), ignore=config.ignore)
        builder = ValueSetBuilder(candidate, report)
        for row in read_table(candidate.files[0], columns, report, sheet=config.sheet).rows:
            if _selected(row, config):
                builder.add(_system(row, config), _member(row, config), row.where)
        pinned = {config.system.id: config.system_version} if config.system and config.system_version else {}
        return builder.content(systems=pinned)


def _config(file: SourceFile, toml: SourceFile | None, hints: Hints, *, alone: bool) -> ValueSetConfig | None:
    """How to read the file; None where nobody says. A mapping for several files is for those that have its column of
    codes, one for a file alone is for that file, so that a misspelt column is heard of."""
    if toml is not None:
        config = from_toml(toml, hints)
        named = alone or toml.name.lower() != FOLDER_CONFIG
    elif hints.columns.keys() - {NAME, OF}:
        config = from_hints(hints.columns, hints)
        named = alone
    else:
        headers = first_rows(file) if hints.columns else ()
        return next((found for header in headers if (found := from_header(header, hints))), None)
    wanted = fold(config.columns["code"])
    return config if named or any(wanted in map(fold, row) for row in first_rows(file)) else None


def _config_of(candidate: Candidate) -> ValueSetConfig:
    """The configuration again, as identified."""
    hints = Hints(columns=candidate.columns)
    toml = next((file for file in candidate.files if file.suffix == ".toml"), None)
    config = from_toml(toml, hints) if toml else from_hints(hints.columns, hints)
    return replace(config, valueset=candidate.valueset)


def _selected(row: Row, config: ValueSetConfig) -> bool:
    """Whether a row is meant, where a column says so of each."""
    if "selected" not in config.columns:
        return True
    word = fold(row[config.columns["selected"]])
    if word in YES or word in NO or not word:
        return word in YES
    raise ReleaseError(f"{config.columns['selected']} is {word!r}, neither yes nor no", row.where)


def _system(row: Row, config: ValueSetConfig) -> CodeSystem:
    """The code system of a row: its own, else that of all."""
    name = row[config.columns["system"]] if "system" in config.columns else ""
    if name:
        try:
            return system_called(name)
        except ReleaseError as error:
            raise ReleaseError(str(error), row.where) from error
    if config.system is None:
        raise ReleaseError("the row names no code system", row.where)
    return config.system


def _member(row: Row, config: ValueSetConfig) -> Member:
    def cell(field: str) -> str:
        return " ".join(row[config.columns[field]].split()) if field in config.columns else ""

    return Member("", cell("code"), cell("display"), cell("comment"))


LOADER = ValueListLoader()
