"""Historical associations: what SNOMED CT says became of an inactive concept, as statements of its publisher.

Source: SNOMED CT Release File Specification ("Association Reference Set"), Terminology Services Guide ("Concept
inactivation").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from codesystems.formats import rf2
from codesystems.formats.rf2_columns import Ints
from codesystems.formats.rf2_tables import Table
from codesystems.model import ChangeType, StatedChange
from codesystems.report import Report

SAME_AS, REPLACED_BY, MOVED_TO = 900000000000527005, 900000000000526001, 900000000000524003
_SURE = {SAME_AS, REPLACED_BY}
"""One concept, of the same meaning or in its place: the only ones that may be followed without a person."""
_UNSURE = {
    900000000000523009,  # POSSIBLY EQUIVALENT TO
    1186924009,  # POSSIBLY REPLACED BY
    1186921001,  # PARTIALLY EQUIVALENT TO
    900000000000530003,  # ALTERNATIVE
    900000000000529008,  # SIMILAR TO
    900000000000528000,  # WAS A
}
"""One of several concepts, a part of the meaning, or a broader one."""


def stated(table: Table, concepts: Ints, report: Report) -> Iterator[StatedChange]:
    """The statements that the active members of association refsets make of `concepts` (sorted SCTIDs).

    A concept that moved to another namespace is said to be withdrawn: the target is the namespace and no successor.
    """
    refset, component = table.numbers["refsetId"], table.numbers["referencedComponentId"]
    wanted = table.active & np.isin(refset, [*_SURE, *_UNSURE, MOVED_TO])
    known = np.isin(component, concepts)
    for row in np.flatnonzero(wanted & ~known).tolist():
        report.warn("orphan-member", f"concept {component[row]} has no row", table.where(row))
    rows = np.flatnonzero(wanted & known)
    pairs = list(zip(component[rows].tolist(), refset[rows].tolist(), strict=True))
    targets = Counter(pairs)
    for row, (concept, association) in zip(rows.tolist(), pairs, strict=True):
        other = table.texts["targetComponentId"][row].strip()
        if not rf2.is_concept_id(other):
            report.warn("no-concept", f"{other} names no concept", table.where(row))
        time = int(table.time[row])
        kind: ChangeType = "split" if targets[concept, association] > 1 else "replaced-by"
        yield StatedChange(
            code=str(concept),
            type="withdrawn" if association == MOVED_TO else kind,
            date=rf2.day(str(time)) if time else None,
            file=table.file(row),
            row=int(table.line[row]),
            other_code=other,
            automatic=None if association == MOVED_TO else association in _SURE and kind == "replaced-by",
        )
