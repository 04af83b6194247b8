"""Collecting a map's elements while a file is read, with what is wrong between its rows reported."""

from __future__ import annotations

from collections.abc import Iterable

from codesystems.loader import Candidate
from codesystems.maps import MapContent, MapElement
from codesystems.model import Where
from codesystems.report import ReleaseError, Report


class MapBuilder:
    """Takes elements one by one, in the file's order."""

    def __init__(self, candidate: Candidate, report: Report) -> None:
        self._candidate = candidate
        self._report = report
        self._elements: dict[MapElement, Where] = {}

    def add(self, element: MapElement, where: Where) -> None:
        """Take a row. One that says nothing new is reported, a row without a source too; neither is kept."""
        if not element.source:
            self._report.warn("no-code", "a row without a source code", where)
            return
        before = self._elements.setdefault(element, where)
        if before is not where:
            self._report.warn(
                "duplicate-row", f"{element.source} → {element.target or 'nothing'} is at {before}", where
            )

    def content(
        self,
        *,
        source_version: str = "",
        target_version: str = "",
        delta: bool = False,
        removed: Iterable[str] = (),
    ) -> MapContent:
        """The version. Raises `ReleaseError` where there is nothing, or the version is not known."""
        version, effective = self._candidate.dated()
        gone = frozenset(removed)
        if not self._elements and not gone:
            raise ReleaseError("no map elements found", self._candidate.files[0].path)
        self._report.count("elements", len(self._elements))
        return MapContent(
            system=self._candidate.conceptmap,
            version=version,
            effective=effective,
            elements=tuple(self._elements),
            source_version=source_version,
            target_version=target_version,
            delta=delta,
            removed=gone,
        )
