"""Filters on concepts: `{{ C definitionStatus = primitive, moduleId = … }}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap

from codesystems.formats.rf2_rows import DEFINED, PRIMITIVE
from termservice.snomed.columns import Bools, Coded, Ints, bitmap, places_of
from termservice.snomed.ecl.comparing import agreeing, at_times
from termservice.snomed.ecl.syntax import ConceptSet, Filter, Filters, Sub, Times, Tokens

if TYPE_CHECKING:
    from termservice.snomed.ecl.evaluation import Evaluation

_STATUSES = {"primitive": PRIMITIVE, "defined": DEFINED}


def about_active(filters: Sequence[Filters]) -> bool:
    """Whether concepts are asked for that may be inactive, so that `*` is all there are."""
    return any(each.kind == "C" and any(one.name == "active" for one in each.all) for each in filters)


def kept(evaluation: Evaluation, found: BitMap, filters: Filters) -> BitMap:
    """Those of `found` that all filters hold of."""
    places = places_of(found)
    for each in filters.all:
        places = places[_holds(evaluation, places, each)]
    return bitmap(places)


def _holds(evaluation: Evaluation, places: Ints, one: Filter) -> Bools:
    edition = evaluation.edition
    match one.name, one.value:
        case "definitionstatus", Tokens(any=tokens):
            return agreeing(edition.status.among([_STATUSES[token] for token in tokens], places), one.operator)
        case "definitionstatusid", (Sub() | ConceptSet()) as value:
            return among(evaluation, edition.status, places, one, value)
        case "id", Tokens(any=tokens):
            return np.isin(edition.ids[places], [int(token) for token in tokens], invert=one.operator == "!=")
    return common(evaluation, places, one, edition.module, edition.time, edition.active)


def among(evaluation: Evaluation, column: Coded, rows: Ints, one: Filter, value: Sub | ConceptSet) -> Bools:
    """Of each row, whether its SCTID is one of an expression (`=`), or none of it (`!=`)."""
    return agreeing(column.among(evaluation.ids(value, column.ids), rows), one.operator)


def common(evaluation: Evaluation, rows: Ints, one: Filter, module: Coded, time: Ints, active: Ints) -> Bools:
    """What can be asked of every component and member: its module, effectiveTime and whether it is active."""
    match one.name, one.value:
        case "moduleid", (Sub() | ConceptSet()) as value:
            return among(evaluation, module, rows, one, value)
        case "effectivetime", Times() as times:
            return at_times(time[rows], one.operator, times)
        case "active", Tokens(any=(token,)):
            if token == "*":
                return np.full(len(rows), one.operator == "=")
            return agreeing(active[rows] == (token == "1"), one.operator)
    raise AssertionError(f"the grammar has no filter {one.name}")
