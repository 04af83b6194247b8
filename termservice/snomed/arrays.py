"""One version of an edition of SNOMED CT as memory-mapped arrays in one folder, written once and never changed.

Opening reads no content: pages come as they are used, and all processes share them. Concepts are *places* 0..n-1, in
order of their SCTIDs.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path

import numpy as np
from pyroaring import BitMap

from codesystems.formats.rf2_rows import ROOT
from index import arrays
from termservice.snomed.attributes import Attributes
from termservice.snomed.columns import ArraysError, Coded, Ints, bitmap, mask_of, places_of
from termservice.snomed.descriptions import Descriptions
from termservice.snomed.hierarchy import Hierarchy
from termservice.snomed.members import Members

__all__ = ["ArraysError", "Edition"]

FORMAT = 1
"""Folders of another format must be built again."""
MANIFEST = "edition.json"
_MANY = 4096
"""Of more concepts than that, a page is found by walking through the stored order."""


class Edition:
    """The content of one version. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Raises `ArraysError` where `folder` does not hold a complete edition of this format."""
        try:
            manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ArraysError(f"{folder} holds no edition: {error}") from error
        if manifest.get("format") != FORMAT:
            raise ArraysError(f"{folder} is of format {manifest.get('format')}, not {FORMAT}: it must be built again")
        self.folder = folder
        self.ids = arrays.load(folder, "concept.id")
        self.active = arrays.load(folder, "concept.active")
        self.time = arrays.load(folder, "concept.time")
        self.module = Coded.load(folder, "concept.module")
        self.status = Coded.load(folder, "concept.status")
        self.hierarchy = Hierarchy.load(folder)
        self.attributes = Attributes(folder)
        self.descriptions = Descriptions(folder, manifest["languages"])
        self.members = Members(folder, manifest["members"])
        self.order = arrays.load(folder, "concept.order")
        """All places in display order."""
        self._rank = arrays.load(folder, "concept.rank")

        self.root = self.place(ROOT)
        """-1 where the edition has no root."""

    def __len__(self) -> int:
        return len(self.ids)

    def place(self, id: int) -> int:
        """-1 where there is no such concept."""
        at = int(np.searchsorted(self.ids, id))
        return at if at < len(self.ids) and self.ids[at] == id else -1

    def id(self, place: int) -> int:
        return int(self.ids[place])

    @cached_property
    def substrate(self) -> BitMap:
        """What expressions range over: active concepts reached from the root; all active ones where there is none."""
        if self.root < 0:
            return bitmap(np.flatnonzero(self.active))
        found = bitmap(self.hierarchy.descendants.of(self.root))
        found.add(self.root)
        return found

    def subsumes(self, general: int, special: int) -> bool:
        """Whether the second place is the first or a descendant of it."""
        return general == special or self.hierarchy.is_ancestor(general, special)

    def page(self, found: BitMap, offset: int, limit: int) -> list[int]:
        """Some of a set of places, in display order."""
        if len(found) <= _MANY:
            places = places_of(found)
            return [int(place) for place in places[np.argsort(self._rank[places])][offset : offset + limit]]
        mask = mask_of(found, len(self))
        chosen: list[int] = []
        for start in range(0, len(self.order), _MANY):
            part = self.order[start : start + _MANY]
            part = part[mask[part]]
            chosen += part[offset : offset + limit - len(chosen)].tolist()
            offset = max(offset - len(part), 0)
            if len(chosen) == limit:
                break
        return chosen

    def ids_of(self, found: BitMap) -> Ints:
        """SCTIDs, sorted."""
        return self.ids[places_of(found)]
