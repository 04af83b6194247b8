"""Editions to evaluate on: a tiny one made by hand, and a real subset where it is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codesystems.files import SourceFile
from codesystems.formats import rf2
from codesystems.formats.rf2_rows import (
    ConceptRow,
    ConcreteRow,
    DescriptionRow,
    MemberRow,
    MemberShape,
    RelationshipRow,
    Rows,
)
from codesystems.formats.tables import Columns
from codesystems.report import Report
from termservice.snomed.arrays import Edition
from termservice.snomed.building import build

_RELATIONSHIP = ("sourceId", "destinationId", "relationshipGroup", "typeId", "characteristicTypeId")
_CONCRETE = ("sourceId", "value", "relationshipGroup", "typeId", "characteristicTypeId")
_DESCRIPTION = ("conceptId", "languageCode", "typeId", "term", "caseSignificanceId")


def read(folder: Path) -> Rows:
    """The rows of a snapshot in Release Format 2."""
    report = Report()
    files = sorted(path for path in folder.rglob("*.txt") if rf2.parse_name(path.name))

    def of(content: str, columns: tuple[str, ...]) -> Iterator[rf2.Row]:
        for path in files:
            name = rf2.parse_name(path.name)
            if name is not None and name.content == content:
                yield from rf2.read(SourceFile(path.name, path), Columns(columns, ignore=("modifierId",)), report)

    def members() -> Iterator[MemberRow]:
        for path in files:
            name = rf2.parse_name(path.name)
            if name is None or not name.content.endswith("Refset"):
                continue
            own = tuple(path.read_text("utf-8").split("\n", 1)[0].strip().split("\t")[6:])
            shape = MemberShape(own, name.content.removesuffix("Refset"))
            columns = Columns(("refsetId", "referencedComponentId", *own))
            for row in rf2.read(SourceFile(path.name, path), columns, report):
                refset, component, *cells = row.cells
                yield MemberRow(
                    int(row.time), row.active, int(row.module), int(refset), int(component), shape, tuple(cells)
                )

    return Rows(
        concepts=(
            ConceptRow(int(row.id), int(row.time), row.active, int(row.module), int(row.cells[0]))
            for row in of("Concept", ("definitionStatusId",))
        ),
        relationships=(
            RelationshipRow(row.active, *(int(cell) for cell in row.cells)) for row in of("Relationship", _RELATIONSHIP)
        ),
        concretes=(
            ConcreteRow(row.active, int(source), value, int(group), int(kind), int(characteristic))
            for row in of("RelationshipConcreteValues", _CONCRETE)
            for source, value, group, kind, characteristic in [row.cells]
        ),
        descriptions=(
            DescriptionRow(
                int(row.id), int(row.time), row.active, int(row.module),
                int(concept), language, int(kind), term, int(case),
            )
            for content in ("Description", "TextDefinition")
            for row in of(content, _DESCRIPTION)
            for concept, language, kind, term, case in [row.cells]
        ),
        members=members(),
    )  # fmt: skip


@pytest.fixture(scope="session")
def subset(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("subset") / "edition"
    build(folder, read(shared_data / "snomed-ct" / "subset-20250909"))
    return Edition(folder)
