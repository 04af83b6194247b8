"""Expressions whose result is a table: `^ [referencedComponentId, mapTarget] refset`, alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from termservice.snomed.arrays import Edition
from termservice.snomed.ecl import memberof
from termservice.snomed.ecl.errors import Budget, EclError
from termservice.snomed.ecl.evaluation import Evaluation, Members
from termservice.snomed.ecl.parser import parse
from termservice.snomed.ecl.syntax import MemberOf, Sub
from termservice.snomed.members import Table

Cell = int | str | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Fields of members. SCTIDs are texts, as codes always are; None where a member has no such field or it is
    empty."""

    fields: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    """How many there are in all."""


def select(
    edition: Edition, text: str, limit: int = 1000, budget: Budget | None = None, *, offset: int = 0,
    members: Members | None = None,
) -> Selection | None:  # fmt: skip
    """The members that an expression `^ [fields] …` selects, from one place on; None for an expression that gives
    concepts. `members` as of `evaluate`; raises what that raises.
    """
    tree = parse(text)
    if not isinstance(tree, Sub) or not isinstance(tree.focus, MemberOf) or not tree.focus.fields:
        return None
    node = tree.focus
    if tree != Sub(node):
        return None
    evaluation = Evaluation(edition, budget or Budget(), members)
    found = [
        (table, memberof.chosen(evaluation, table, rows, node.filters))
        for table, rows in memberof.parts(evaluation, node)
    ]
    names = _fields(node, [table for table, _ in found])
    every = ((table, row) for table, chosen in found for row in chosen.tolist())
    page = islice(every, offset, offset + limit)
    rows = tuple(tuple(_cell(table, name, row) for name in names) for table, row in page)
    return Selection(names, rows, sum(len(chosen) for _, chosen in found))


def _fields(node: MemberOf, tables: list[Table]) -> tuple[str, ...]:
    known = dict.fromkeys([memberof.COMPONENT, *(name for table in tables for name in table.names)])
    if node.fields == ("*",):
        return tuple(known)
    spelling = {name.casefold(): name for name in known}
    for name in node.fields:
        if name.casefold() not in spelling:
            raise EclError(f"no member of these reference sets has a field {name!r}", node.position)
    return tuple(spelling[name.casefold()] for name in node.fields)


def _cell(table: Table, name: str, row: int) -> Cell:
    if name == memberof.COMPONENT:
        return str(table.component[row])
    number = table.field(name)
    value = table.cell(number, row) if number >= 0 else None
    return value if value is None or table.kinds[number] != "c" else str(value)
