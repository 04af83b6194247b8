"""`ICD2012.csv`: codes with the event that made them what they are in that year.

`KOD;TEXT;HÄNDELSE`, undotted, no chapters, blocks or three-character categories. HÄNDELSE: 0 unchanged,
1 new, 2 text changed, 3 removed (the row is still listed). Two more columns propose DRG grouping and are not read.
"""

from __future__ import annotations

from codesystems.building import Builder
from codesystems.files import SourceFile
from codesystems.formats.tables import Columns, Row, read_table
from codesystems.icd10se_formats.codes import Part, canonical, part
from codesystems.icd10se_formats.concepts import DISPLAY_KIND, RANGE_KIND, concept
from codesystems.icd10se_formats.hierarchy import place
from codesystems.icd10se_formats.listing import note_levels
from codesystems.icd10se_formats.parts import BELOW_CATEGORY
from codesystems.loader import Candidate
from codesystems.model import ChangeType, StatedChange
from codesystems.report import Report

CODE, TITLE, EVENT = "KOD", "TEXT", "HÄNDELSE"
COLUMNS = Columns(
    required=(CODE, (TITLE, "TXT"), EVENT),
    ignore=("NPKs förslag till grupperingsegenskaper", "Ny text i definitionstabellerna"),
)
EVENTS: dict[str, ChangeType | None] = {"0": None, "1": "introduced", "2": "retitled", "3": "withdrawn"}


def read_events(file: SourceFile, candidate: Candidate, builder: Builder, report: Report) -> frozenset[Part]:
    """Take the codes and what the publisher states of them. Returns the parts covered.

    Raises `ReleaseError` for a missing column."""
    for row in read_table(file, COLUMNS, report).rows:
        code = canonical(row[CODE])
        event = _event(row, report)
        if code and part(code) == "other":
            report.warn("unknown-shape", f"{code!r} does not look like a code", row.where)
        if code and not row[TITLE]:
            report.warn("no-title", f"{code} has no title", row.where)
        builder.add(concept(code, row[TITLE], active=event != "withdrawn"), row.where)
        if code and event:
            when = candidate.effective
            builder.stated(StatedChange(code, event, when, row.where.file, row.where.line or 0))
    builder.cover(BELOW_CATEGORY, ["state", DISPLAY_KIND, RANGE_KIND])
    place(builder, BELOW_CATEGORY, {}, report)
    note_levels(BELOW_CATEGORY, report)
    return BELOW_CATEGORY


def _event(row: Row, report: Report) -> ChangeType | None:
    value = row[EVENT]
    if value and value not in EVENTS:
        report.warn("unknown-event", f"{row[CODE]}: {EVENT} is {value!r}, not 0, 1, 2 or 3", row.where)
    return EVENTS.get(value)
