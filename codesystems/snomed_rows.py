"""The rows that the arrays of an edition are built from: exactly what Release Format 2 says of one version."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

from codesystems.formats.rf2_rows import (
    ConceptRow,
    ConcreteRow,
    DescriptionRow,
    LanguageRows,
    MemberRow,
    MemberShape,
    RelationshipRow,
    Rows,
)
from codesystems.formats.rf2_tables import Table
from codesystems.loader import Candidate
from codesystems.report import Report
from codesystems.snomed_tables import EditionTables

_BATCH = 1 << 14


def rows(candidate: Candidate, report: Report) -> Rows:
    """The newest row of each component and member as of the version, read while they are walked through.

    Stated relationships and map refsets are left out. Raises `ReleaseError` (while walking, too) as `read` does.
    """
    tables = EditionTables(candidate, report)
    return Rows(
        concepts=_concepts(tables),
        relationships=_relationships(tables),
        concretes=_concretes(tables),
        descriptions=_descriptions(tables),
        members=_members(tables),
        language=_language(tables),
    )


def _concepts(tables: EditionTables) -> Iterator[ConceptRow]:
    for part in _parts(tables.concepts()):
        columns = (part.id, part.time, part.active, part.module, part.numbers["definitionStatusId"])
        yield from map(ConceptRow._make, zip(*(column.tolist() for column in columns), strict=True))


def _relationships(tables: EditionTables) -> Iterator[RelationshipRow]:
    names = ("sourceId", "destinationId", "relationshipGroup", "typeId", "characteristicTypeId")
    for part in _parts(tables.relationships()):
        columns = (part.active, *(part.numbers[name] for name in names))
        yield from map(RelationshipRow._make, zip(*(column.tolist() for column in columns), strict=True))


def _concretes(tables: EditionTables) -> Iterator[ConcreteRow]:
    names = ("relationshipGroup", "typeId", "characteristicTypeId")
    for part in _parts(tables.concretes()):
        start = (part.active.tolist(), part.numbers["sourceId"].tolist(), map(str.strip, part.texts["value"]))
        rest = (part.numbers[name].tolist() for name in names)
        yield from map(ConcreteRow._make, zip(*start, *rest, strict=True))


def _descriptions(tables: EditionTables) -> Iterator[DescriptionRow]:
    for part in _parts(tables.descriptions()):
        columns = (part.id, part.time, part.active, part.module, part.numbers["conceptId"])
        yield from map(
            DescriptionRow._make,
            zip(
                *(column.tolist() for column in columns),
                map(part.words["languageCode"].__getitem__, part.numbers["languageCode"].tolist()),
                part.numbers["typeId"].tolist(),
                map(str.strip, part.texts["term"]),
                part.numbers["caseSignificanceId"].tolist(),
                strict=True,
            ),
        )


def _language(tables: EditionTables) -> Iterator[LanguageRows]:
    names = ("refsetId", "referencedComponentId", "acceptabilityId")
    for part in _parts(tables.language()):
        yield LanguageRows(part.active, *(part.numbers[name] for name in names))


def _members(tables: EditionTables) -> Iterator[MemberRow]:
    owl = MemberShape(("owlExpression",), "s")
    for shape, table in ((owl, tables.owl()), *tables.refsets()):
        for part in _parts(table):
            columns = [map(str.strip, part.texts[name]) for name in shape.names]
            yield from _member_rows(part, shape, zip(*columns, strict=True) if columns else iter([()] * len(part)))


def _member_rows(part: Table, shape: MemberShape, cells: Iterator[tuple[str, ...]]) -> Iterator[MemberRow]:
    columns = (part.time, part.active, part.module, part.numbers["refsetId"], part.numbers["referencedComponentId"])
    yield from map(MemberRow._make, zip(*(column.tolist() for column in columns), repeat(shape), cells))


def _parts(table: Table) -> Iterator[Table]:
    """A table a good many rows at a time."""
    for start in range(0, len(table), _BATCH):
        yield table.take(slice(start, start + _BATCH))
