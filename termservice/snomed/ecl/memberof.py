"""Members of reference sets: `^ refset {{ M … }}`, `^ [field] refset`, and history supplements.

Members are active, unless a filter says otherwise; what they refer to may be inactive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap

from termservice.snomed.columns import Bools, Ints, bitmap, mask_of
from termservice.snomed.ecl.comparing import agreeing, at_times, compared, fits_any, is_true
from termservice.snomed.ecl.concepts import common
from termservice.snomed.ecl.errors import EclError, UnknownConcept
from termservice.snomed.ecl.syntax import (
    AlternateIdentifier,
    Concept,
    Filter,
    Filters,
    History,
    MemberOf,
    Number,
    Sub,
    Terms,
    Times,
    Tokens,
    Truth,
    Wildcard,
)
from termservice.snomed.members import NO_NUMBER, Table

if TYPE_CHECKING:
    from termservice.snomed.ecl.evaluation import Evaluation

COMPONENT = "referencedComponentId"
_COMMON = ("moduleid", "effectivetime", "active")
_ACTIVE = [("active", "=", Tokens((token,))) for token in ("1", "*")]
_TARGET = "targetComponentId"
HISTORICAL = 900000000000522004
SAME_AS, REPLACED_BY, WAS_A = 900000000000527005, 900000000000526001, 900000000000528000
PARTIALLY_EQUIVALENT_TO = 1186924009
_PROFILES = {"min": (SAME_AS,), "mod": (SAME_AS, REPLACED_BY, WAS_A, PARTIALLY_EQUIVALENT_TO)}
_OTHERS = (
    900000000000523009,  # possibly equivalent to
    900000000000524003,  # moved to
    900000000000525002,  # moved from
    900000000000529008,  # similar to
    900000000000530003,  # alternative
    1186921001,  # possibly replaced by
)
"""Historical too, where the edition lacks their hierarchy."""


def members(evaluation: Evaluation, node: MemberOf) -> BitMap:
    """The concepts that members refer to, or that stand in another field of theirs."""
    if len(node.fields) > 1 or node.fields == ("*",):
        raise EclError(
            "several fields are no concepts: members are asked for as such, with '^' as the whole expression",
            node.position,
        )
    name = node.fields[0] if node.fields else COMPONENT
    found: list[Ints] = []
    known = False
    for table, rows in parts(evaluation, node):
        column = _places(table, name, node.position)
        if column is not None:
            known = True
            found.append(column[chosen(evaluation, table, rows, node.filters)])
    if not known and name.casefold() != COMPONENT.casefold():
        raise EclError(f"no member of these reference sets has a field {name!r}", node.position)
    places = np.concatenate(found) if found else np.zeros(0, np.int32)
    return bitmap(places[places >= 0])


def parts(evaluation: Evaluation, node: MemberOf) -> Iterator[tuple[Table, Ints]]:
    """The rows of all refsets that the node is about, by table."""
    refsets = _refsets(evaluation, node)
    for table in evaluation.members.holding(refsets):
        ranges = [table.rows(refset) for refset in table.refsets if refset in refsets]
        yield table, np.concatenate([np.arange(each.start, each.stop) for each in ranges])


def _refsets(evaluation: Evaluation, node: MemberOf) -> frozenset[int]:
    edition = evaluation.edition
    match node.refsets:
        case Concept(id, _, position):
            if id in edition.descriptions.refsets:
                raise EclError(f"{id} has descriptions as members, not concepts: {{{{ dialectId = {id} }}}}", position)
            if edition.place(id) < 0 and id not in evaluation.members.refsets:
                raise UnknownConcept(id, position)
            return frozenset([id])
        case Wildcard():
            return evaluation.members.refsets
        case AlternateIdentifier() as other:
            return evaluation.ids(Sub(other, position=other.position))
        case expression:
            return frozenset(edition.ids_of(evaluation.of(expression)).tolist())


def _places(table: Table, name: str, position: int) -> Ints | None:
    """A column as places; None where the table does not have it."""
    if name.casefold() == COMPONENT.casefold():
        return table.place
    number = table.field(name)
    if number < 0:
        return None
    if table.kinds[number] != "c":
        raise EclError(
            f"the field {name!r} holds no concepts: members are asked for as such, with '^' as the whole expression",
            position,
        )
    return table.column_places(number)


def chosen(evaluation: Evaluation, table: Table, rows: Ints, filters: tuple[Filters, ...]) -> Ints:
    """Those of `rows` that all filters hold of; active ones, where the filters do not say otherwise."""
    every = [one for each in filters for one in each.all]
    if not any(one.name == "active" for one in every):
        rows = rows[table.active[rows]]
    for one in every:
        evaluation.budget.check(one.position)
        rows = rows[_holds(evaluation, table, rows, one)]
    return rows


def _holds(evaluation: Evaluation, table: Table, rows: Ints, one: Filter) -> Bools:
    if one.name in _COMMON:
        if not table.stamped and (one.name, one.operator, one.value) not in _ACTIVE:
            raise EclError("of maps only active members are kept, without module and effectiveTime", one.position)
        return common(evaluation, rows, one, table.module, table.time, table.active)
    if one.name.casefold() == COMPONENT.casefold():
        if not isinstance(one.value, Sub):
            raise EclError(f"{one.name} is compared with an expression", one.position)
        return agreeing(_among(evaluation, table.component[rows], table.place[rows], one.value), one.operator)
    number = table.field(one.name)
    if number < 0:
        raise EclError(f"the reference set has no field {one.name!r}; it has {_names(table)}", one.position)
    column = table.column(number)[rows]
    match table.kinds[number], one.value:
        case "c", Sub() as value:
            return agreeing(_among(evaluation, column, table.column_places(number)[rows], value), one.operator)
        case "i", Number(wanted):
            there: Bools = column != NO_NUMBER
            return compared(column, one.operator, wanted) & there
        case "i", Truth(wanted):
            return agreeing(column == wanted, one.operator)
        case "s", Terms(any=terms):
            return agreeing(_by_text(table, number, column, lambda text: fits_any(text, terms)), one.operator)
        case "s", Truth(wanted):
            return agreeing(_by_text(table, number, column, lambda text: is_true(text) == wanted), one.operator)
        case "s", Number(wanted):
            return compared(_numbers(table, number, column), one.operator, wanted)
        case "s", Times() as times:
            return at_times(_numbers(table, number, column).astype(np.int64), one.operator, times)
    kind = {"c": "an expression", "i": "a number such as #5", "s": "a text in quotation marks"}[table.kinds[number]]
    raise EclError(f"the field {one.name!r} is compared with {kind}", one.position)


def _names(table: Table) -> str:
    return ", ".join((COMPONENT, *table.names))


def _among(evaluation: Evaluation, ids: Ints, places: Ints, value: Sub) -> Bools:
    """Of each SCTID, whether an expression has it; one that is named need not be a concept of the edition."""
    if isinstance(value.focus, Concept) and value == Sub(value.focus):
        named = value.focus
        if evaluation.edition.place(named.id) < 0 and named.id not in ids:
            raise UnknownConcept(named.id, named.position)
        same: Bools = ids == named.id
        return same
    mask = mask_of(evaluation.of(value), len(evaluation.edition))
    found: Bools = mask[places] & (places >= 0)
    return found


def _by_text(table: Table, number: int, column: Ints, fits: Callable[[str], bool]) -> Bools:
    """What holds of each row's text; asked once of each text."""
    texts = table.texts(number)
    codes, rows = np.unique(column, return_inverse=True)
    return np.array([fits(texts[int(code)]) for code in codes], dtype=np.bool_)[rows.reshape(-1)]


def _numbers(table: Table, number: int, column: Ints) -> Ints:
    texts = table.texts(number)
    codes, rows = np.unique(column, return_inverse=True)
    return np.array([_number(texts[int(code)]) for code in codes], dtype=np.float64)[rows.reshape(-1)]


def _number(text: str) -> float:
    try:
        return float(text.removeprefix("#"))
    except ValueError:
        return 0.0


def supplement(evaluation: Evaluation, found: BitMap, history: History) -> BitMap:
    """What was, by historical associations, replaced by something of `found`."""
    edition = evaluation.edition
    mask = mask_of(found, len(edition))
    refsets = _historical(evaluation, history)
    sources: list[Ints] = [np.zeros(0, np.int32)]
    for table in edition.members.tables:
        number = table.field(_TARGET)
        if number < 0 or table.kinds[number] != "c":
            continue
        for refset in refsets.intersection(table.refsets):
            each = table.rows(refset)
            at = slice(each.start, each.stop)
            targets, places = table.column_places(number)[at], table.place[at]
            sources.append(places[table.active[at] & (targets >= 0) & mask[targets] & (places >= 0)])
    return bitmap(np.concatenate(sources))


def _historical(evaluation: Evaluation, history: History) -> frozenset[int]:
    if history.profile in _PROFILES:
        return frozenset(_PROFILES[history.profile])
    if history.refsets is not None and history.refsets != Sub(Wildcard()):
        if isinstance(history.refsets, Sub):
            return evaluation.ids(history.refsets, np.array(sorted(evaluation.edition.members.refsets)))
        return frozenset(evaluation.edition.ids_of(evaluation.of(history.refsets)).tolist())
    top = evaluation.edition.place(HISTORICAL)
    below = [] if top < 0 else evaluation.edition.ids[evaluation.edition.hierarchy.descendants.of(top)].tolist()
    return frozenset(below).union(_PROFILES["mod"], _OTHERS)
