"""The tables of one version of an edition: of each component and member the newest row within the release at hand and
those that it builds on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from codesystems.files import SourceFile
from codesystems.formats import rf2, rf2_package, rf2_tables
from codesystems.formats.rf2_package import Kind
from codesystems.formats.rf2_rows import MemberShape
from codesystems.formats.rf2_tables import Layout, Source, Table
from codesystems.loader import Candidate
from codesystems.report import Report


class EditionTables:
    """Each table is read when it is asked for, and not kept: they are large."""

    def __init__(self, candidate: Candidate, report: Report) -> None:
        _, effective = candidate.dated()
        self._report = report
        releases = [(base.files, base.effective) for base in candidate.base]
        releases.append((candidate.files, effective))
        self._own = len(releases) - 1
        self._sources: dict[Kind, list[Source]] = {}
        for number, (files, day) in enumerate(releases):
            for source in rf2_package.sources(files, day, number):
                kind = rf2_package.kind_of(source.file)
                if kind is not None:
                    self._sources.setdefault(kind, []).append(source)

    def has(self, kind: Kind) -> bool:
        """Whether there is a file of this kind, with rows or without."""
        return kind in self._sources

    def concepts(self) -> Table:
        return self._read("concept", rf2_tables.CONCEPT)

    def relationships(self) -> Table:
        return self._read("relationship", rf2_tables.RELATIONSHIP)

    def concretes(self) -> Table:
        return self._read("concrete", rf2_tables.CONCRETE)

    def descriptions(self) -> Table:
        """Text definitions too."""
        return self._read("description", rf2_tables.DESCRIPTION)

    def language(self) -> Table:
        return self._read("language", rf2_tables.LANGUAGE)

    def owl(self) -> Table:
        return self._read("owl", rf2_tables.OWL)

    def refsets(self) -> Iterator[tuple[MemberShape, Table]]:
        """Other refsets, those of the same columns together."""
        shapes: dict[MemberShape, list[Source]] = {}
        for source in self._sources.get("refset", ()):
            columns = rf2_package.own_columns(source.file)
            shapes.setdefault(MemberShape(columns, rf2_package.own_kinds(source.file)), []).append(source)
        for shape, sources in shapes.items():
            yield shape, self._table(sources, rf2_tables.refset(shape.names))

    def _read(self, kind: Kind, layout: Layout) -> Table:
        return self._table(self._sources.get(kind, []), layout)

    def _table(self, sources: list[Source], layout: Layout) -> Table:
        table = rf2_tables.read(sources, layout, self._report)
        self._warn_later(table, sources)
        return table

    def _warn_later(self, table: Table, sources: list[Source]) -> None:
        for number, source in enumerate(sources):
            released = _released(source.file) if source.release == self._own else None
            if released is None:
                continue
            for row in np.flatnonzero((table.source == number) & (table.time > released)).tolist():
                message = f"effectiveTime {table.time[row]} in a release of {released}"
                self._report.warn("later-than-release", message, table.where(row))


def _released(file: SourceFile) -> int | None:
    name = rf2.parse_name(file.name)
    return int(f"{name.released:%Y%m%d}") if name else None
