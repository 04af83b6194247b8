"""Any map in a table (csv, tsv, xls, xlsx), read by a mapping of its columns (see `map_config`).

A region's own map is loaded so, without a line of code. A file is taken only where somebody said what its columns
mean, or where the header says so itself and the operator names the systems. A row without a target says that there
is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from codesystems.files import Package, SourceFile
from codesystems.formats.configured import TableLoader
from codesystems.formats.settings import read_settings, speaks_of_map, speaks_of_valueset
from codesystems.formats.tables import Columns, Row, fold, read_table, values_in
from codesystems.loader import Candidate
from codesystems.map_config import ENDS, MapConfig
from codesystems.map_rows import code_in, is_number, settled
from codesystems.mapbuilding import MapBuilder
from codesystems.maps import MapContent, MapElement, Relationship
from codesystems.model import Hints
from codesystems.report import ReleaseError, Report


class MapListLoader(TableLoader[MapConfig]):
    """Reads mapped tables that nobody else claims."""

    name = "map_lists"
    fallback = True
    config = MapConfig
    form = "map"
    folder_config = "conceptmap.toml"
    key_fields = frozenset({"source", "target"})
    no_columns = frozenset(ENDS)

    def is_asked(self, hints: Hints) -> bool:
        return not speaks_of_valueset(hints.columns) and (not hints.columns or speaks_of_map(hints.columns))

    def is_own(self, file: SourceFile, toml: SourceFile | None, package: Package) -> bool:
        return toml is None or toml.name.lower() == self.folder_config or read_settings(toml).of_map

    def read(self, candidate: Candidate, report: Report) -> MapContent:
        config = replace(self.config_of(candidate), map=candidate.conceptmap)
        columns = Columns(required=tuple(config.columns.values()), ignore=config.ignore)
        builder = MapBuilder(candidate, report)
        for row in read_table(candidate.files[0], columns, report, sheet=config.sheet).rows:
            for element in _elements(row, config, report):
                builder.add(element, row.where)
        return builder.content(source_version=config.source_version, target_version=config.target_version)


def _elements(row: Row, config: MapConfig, report: Report) -> Iterator[MapElement]:
    """A row's elements: one for each target in its cell, one where there is none."""

    def cell(field: str) -> str:
        return row[config.columns[field]] if field in config.columns else ""

    targets = values_in(cell("target"), config.separator)
    element = MapElement(
        source=code_in(config.map.source, cell("source")),
        relationship=_relationship(cell("relationship"), bool(targets), config, row),
        group=_number("group", cell("group"), row),
        priority=_number("priority", cell("priority"), row),
        rule=cell("rule"),
        advice=cell("advice"),
        comment=cell("comment"),
        source_display=" ".join(cell("source-display").split()),
    )
    reason = cell("relationship") or f"{config.columns['target']}: –"
    for target, display in _displayed(targets, cell("target-display"), config, row, report):
        code = code_in(config.map.target, target)
        yield settled(replace(element, target=code, target_display=display), reason, report, row.where)


def _displayed(targets: list[str], cell: str, config: MapConfig, row: Row, report: Report) -> Iterable[tuple[str, str]]:
    """Targets with their titles: of several, where the cell has as many."""
    display = " ".join(cell.split())
    if len(targets) < 2:
        return [(targets[0] if targets else "", display)]
    displays = values_in(cell, config.separator)
    if len(displays) == len(targets):
        return zip(targets, displays, strict=True)
    if displays:
        report.warn("display-count", f"{len(displays)} titles for {len(targets)} targets: {display!r}", row.where)
    return [(target, "") for target in targets]


def _relationship(word: str, mapped: bool, config: MapConfig, row: Row) -> Relationship:
    if not word:
        return config.relationship if mapped else "unmapped"
    if found := config.words.get(fold(word)):
        return found
    known = ", ".join(config.words)
    raise ReleaseError(f"the relationship is {word!r}, not one of {known}; say which in [relationships]", row.where)


def _number(field: str, text: str, row: Row) -> int:
    """A group or priority; 1 where the row has none."""
    if text and not is_number(text):
        raise ReleaseError(f"{field} is {text!r}, no whole number from 1", row.where)
    return int(text or 1)


LOADER = MapListLoader()
