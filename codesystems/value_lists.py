"""Any value set in a table of codes (csv, tsv, xls, xlsx), read by a mapping of its columns (see `valueset_config`).

A region's own value set is loaded so, without a line of code. A file is taken only where somebody said that it is a
value set: by the `[valueset]` of a TOML file beside it, or by `--valueset ID`.
"""

from __future__ import annotations

from dataclasses import replace

from codesystems.files import Package, SourceFile
from codesystems.formats.configured import TableLoader
from codesystems.formats.settings import read_settings, speaks_of_valueset
from codesystems.formats.tables import Columns, Row, fold, read_table
from codesystems.lists import NO, YES
from codesystems.loader import Candidate
from codesystems.model import CodeSystem, Hints
from codesystems.naming import system_called
from codesystems.report import ReleaseError, Report
from codesystems.valueset_config import OF, ValueSetConfig
from codesystems.valuesetbuilding import NAME, ValueSetBuilder
from codesystems.valuesets import Member, ValueSetContent


class ValueListLoader(TableLoader[ValueSetConfig]):
    """Reads lists that somebody called a value set."""

    name = "value_lists"
    explicit = True
    config = ValueSetConfig
    form = "value set"
    folder_config = "valueset.toml"
    no_columns = frozenset({NAME, OF})

    def is_asked(self, hints: Hints) -> bool:
        return not hints.columns or speaks_of_valueset(hints.columns)

    def is_own(self, file: SourceFile, toml: SourceFile | None, package: Package) -> bool:
        return toml is None or read_settings(toml).of_valueset

    def read(self, candidate: Candidate, report: Report) -> ValueSetContent:
        config = replace(self.config_of(candidate), valueset=candidate.valueset)
        columns = Columns(required=tuple(config.columns.values()), ignore=config.ignore)
        builder = ValueSetBuilder(candidate, report)
        for row in read_table(candidate.files[0], columns, report, sheet=config.sheet).rows:
            if _selected(row, config):
                builder.add(_system(row, config), _member(row, config), row.where)
        pinned = {config.system.id: config.system_version} if config.system and config.system_version else {}
        return builder.content(systems=pinned)


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
