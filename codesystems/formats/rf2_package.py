"""Which files of a package are one release of SNOMED CT, and what kind of rows each of them holds.

Source: SNOMED CT Release File Specification ("Release File Naming Convention", "Release Package Structure").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from codesystems.files import SourceFile
from codesystems.formats import rf2, rf2_columns
from codesystems.formats.rf2 import FileName, ReleaseType
from codesystems.formats.rf2_tables import ALL, Source
from codesystems.formats.tables import fold

Kind = Literal["concept", "relationship", "concrete", "description", "language", "owl", "refset", "unread"]
"""`unread`: stated relationships, that OWL axioms took the place of, and identifiers of other schemes."""
_COMPONENTS: dict[str, Kind] = {
    "concept": "concept",
    "relationship": "relationship",
    "relationshipconcretevalues": "concrete",
    "description": "description",
    "textdefinition": "description",
    "statedrelationship": "unread",
    "identifier": "unread",
}
_MEMBER = {fold(name) for name in (*rf2.COMMON, "refsetId", "referencedComponentId")}
_OWN = re.compile(r"[cis]*(?=refset$)", re.I)
_COMPONENT_COLUMN = re.compile(r"\w*Id", re.I)
_SPELLED = {
    fold(name): name
    for name in (
        "acceptabilityId",
        "targetComponentId",
        "valueId",
        "owlExpression",
        "sourceEffectiveTime",
        "targetEffectiveTime",
        "order",
    )
}
"""Columns that are asked for by name, as the specification spells them."""


@dataclass(slots=True)
class ReleaseFiles:
    """The files that one release of one owner consists of, of one release type."""

    owner: str
    """As in names: `INT`, `SE1000052`."""
    type: ReleaseType
    released: date
    unpublished: bool = False
    files: list[SourceFile] = field(default_factory=list)

    def of(self, kind: Kind) -> list[SourceFile]:
        return [file for file in self.files if kind_of(file) == kind]


def releases(files: Iterable[SourceFile]) -> list[ReleaseFiles]:
    """The releases among files, by what their names say; a release has a file of concepts. Map refsets are none of
    their files: they are maps."""
    found: dict[tuple[str, ReleaseType, date], ReleaseFiles] = {}
    for file in files:
        name = rf2.parse_name(file.name)
        if name is None or kind_of(file) is None:
            continue
        key = (name.owner.upper(), name.release, name.released)
        release = found.setdefault(key, ReleaseFiles(*key))
        release.files.append(file)
        release.unpublished |= name.unpublished
    return [release for release in found.values() if release.of("concept")]


def kind_of(file: SourceFile) -> Kind | None:
    """What kind of rows a file holds, by its name and header; None for map refsets and what is not RF2."""
    name = rf2.parse_name(file.name)
    if name is None or rf2.map_column(file) is not None:
        return None
    content = name.content.casefold()
    if not content.endswith("refset"):
        return _COMPONENTS.get(content)
    columns = own_columns(file)
    if columns == ("acceptabilityId",):
        return "language"
    return "owl" if columns == ("owlExpression",) else "refset"


def own_columns(file: SourceFile) -> tuple[str, ...]:
    """A refset's columns besides those that all refsets have."""
    names = (name for name in rf2_columns.header(file) if fold(name) not in _MEMBER)
    return tuple(_SPELLED.get(fold(name), name) for name in names)


def own_kinds(file: SourceFile) -> str:
    """For each of `own_columns` `c`, `i` or `s`: as the file's name says, else by how the column is called."""
    name: FileName | None = rf2.parse_name(file.name)
    said = _OWN.match(name.content) if name else None
    columns = own_columns(file)
    if said is not None and len(said[0]) == len(columns):
        return said[0].casefold()
    return "".join("c" if _COMPONENT_COLUMN.fullmatch(column) else "s" for column in columns)


def sources(files: Iterable[SourceFile], day: date, release: int) -> list[Source]:
    """Files as sources of a state on a day: of a Full, what came later does not count."""
    until = int(f"{day:%Y%m%d}")
    found = []
    for file in files:
        name = rf2.parse_name(file.name)
        found.append(Source(file, until if name and name.release == "Full" else ALL, release))
    return found
