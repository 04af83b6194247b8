"""From a row's cells to a concept, and what a format with given columns speaks of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from codesystems.building import Builder
from codesystems.kva_formats.identity import (
    KMA,
    LEVELS,
    level_of,
    parents,
    part_of,
    side_of,
    sort_key,
)
from codesystems.model import (
    Concept,
    Designation,
    Parent,
    Property,
    PropertyDef,
    Where,
    designation_kind,
    parent_kind,
    property_kind,
)
from codesystems.report import Report

NOTES = ("Beskrivning", "Exempel", "Innefattar", "Utesluter", "Kodningsinformation", "Anmärkning")
ICF, ICD = "Relaterad ICF-kod", "Relaterad ICD-10-SE-kod"
RELATED = (ICF, ICD)
COLUMNS = NOTES + RELATED
"""The columns that become properties, in the order they are shown."""
PROPERTIES = (
    *(PropertyDef(name, name, note=True) for name in NOTES),
    PropertyDef(ICF, "Relaterad kod i ICF", "code"),
    PropertyDef(ICD, "Relaterad kod i ICD-10-SE", "code"),
)

_CODE = r"[A-Za-z]\d[\dA-Za-z.]*"
_CODE_OR_RANGE = re.compile(rf"\b({_CODE})(?:\s*[-–]\s*({_CODE}))?")
_SEPARATORS = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a code was first read, and the parent its row names, if any (canonical)."""

    where: Where
    parent: str = ""


def concept_of(code: str, title: str, properties: Iterable[Property] = (), *, active: bool = True) -> Concept:
    """The concept of a canonical code."""
    level = level_of(code)
    return Concept(
        code=code,
        part=part_of(code),
        designations=(Designation(title),) if title else (),
        parents=parents(code),
        properties=tuple(dict.fromkeys(properties)),
        active=active,
        abstract=level != "code",
        level=level,
        sort_key=sort_key(code),
    )


def related_codes(column: str, cell: str, where: Where, report: Report) -> Iterator[Property]:
    """Each code in the cell as a value of its own; a range is written as the block it names (`d810-d839`)."""
    for first, last in _CODE_OR_RANGE.findall(cell):
        yield Property(column, f"{first}-{last}" if last else first)
    if _SEPARATORS.sub("", _CODE_OR_RANGE.sub("", cell)):
        report.warn("words-among-codes", f"{column}: of {cell!r} only the codes are kept", where)


def cover(builder: Builder, parts: Iterable[str], level: str, columns: Iterable[str]) -> None:
    """Declare that the release speaks of these parts, all of one level, and of `columns` about them."""
    ranks = range(max(LEVELS.index(level), 1))
    kinds = ["state", designation_kind("display", "sv"), *map(parent_kind, ranks)]
    builder.cover(parts, [*kinds, *map(property_kind, columns)])


def settle_parents(builder: Builder, sources: Mapping[str, Source], absent: Collection[str], report: Report) -> None:
    """Put stated parents in place, once all codes are known, and report codes whose own heading is missing.

    `absent` are the parts this release has no rows for.
    """
    for concept in list(builder):
        source = sources[concept.code]
        if source.parent:
            builder.update(concept.code, parents=_stated(concept.parents, source.parent, builder))
        expected = source.parent or _own_heading(concept)
        higher = any(parent.code in builder for parent in concept.parents)
        if expected and expected not in builder and higher and part_of(expected) not in absent:
            report.warn("orphan", f"{concept.code} has the parent {expected}, which has no row", source.where)


def _stated(derived: tuple[Parent, ...], name: str, builder: Builder) -> tuple[Parent, ...]:
    """Parents by what the publisher states. Where that is what the code's letters say anyway, they stay as in
    the formats without parents, so that going from one format to another moves no code."""
    codes = [parent.code for parent in derived]
    if name not in codes:
        return (Parent(name),)
    place = codes.index(name)
    if not any(nearer in builder for nearer in codes[:place]):
        return derived
    return tuple(Parent(code, rank) for rank, code in enumerate(codes[place:]))


def _own_heading(concept: Concept) -> str:
    """The heading that must be there for this code; the groups of KMÅ are few and need not."""
    codes = [parent.code for parent in concept.parents]
    if concept.level == "code" and side_of(concept.code) == KMA:
        codes = codes[1:]
    return codes[0] if codes else ""
