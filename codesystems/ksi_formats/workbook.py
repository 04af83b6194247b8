"""The workbook of KSI: chapters, targets, actions and activities on sheets of their own, joined here.

Columns are those of the workbook's own instructions (sheet Anvisningar). Of the targets, some have no row of
their own and are named only beside their activities. Years in the columns `Ny …`, `Ändrad …`, `Borttagen …`
are changes that the publisher states.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date

from codesystems.building import Builder
from codesystems.formats.changes import ChangeColumns
from codesystems.formats.peek import peek
from codesystems.formats.records import plain
from codesystems.formats.tables import Columns, Row, read_table
from codesystems.ksi_formats.codes import SYSTEM, canonical, chapter_of, is_code, level_of, make, target_of
from codesystems.loader import Candidate
from codesystems.model import ChangeType, Designation, Property, PropertyDef, designation_kind, property_kind
from codesystems.report import Report

AREAS = {
    "ÄOH": "Urval: äldreomsorg, handläggare",
    "ÄOU": "Urval: äldreomsorg, utförare",
    "FunkH": "Urval: personer med funktionsnedsättning, handläggare",
    "FunkU": "Urval: personer med funktionsnedsättning, utförare",
    "BoUH": "Urval: barn och unga, handläggare",
    "BoUU": "Urval: barn och unga, utförare",
    "VuxMissbrukH": "Urval: vuxna inklusive missbruk och beroende, handläggare",
    "VuxMissbrukU": "Urval: vuxna inklusive missbruk och beroende, utförare",
    "EkBistHU": "Urval: ekonomiskt bistånd, handläggare och utförare",
}

PROPERTIES = (
    PropertyDef("Beskrivning", "Beskrivning", note=True),
    PropertyDef("Innefattar", "Innefattar", note=True),
    PropertyDef("Utesluter", "Utesluter", note=True),
    PropertyDef("Relaterad ICF-kod", "Relaterad ICF-kod"),
    PropertyDef("Inriktning_nivå", "Inriktningens nivå"),
    PropertyDef("Agerande_kod", "Agerande, kod"),
    PropertyDef("Agerande_text", "Agerande"),
    PropertyDef("Agerandegrupp_text", "Agerandegrupp"),
    *(PropertyDef(code, title) for code, title in AREAS.items()),
)

_TARGET_CHANGES: dict[str, ChangeType] = {
    "Ny kod": "introduced",
    "Ändrad kod": "changed",
    "Ändrad text": "retitled",
    "Ändrad beskrivning": "changed",
    "Ny ICF-kod": "changed",
    "Ändrad ICF-kod": "changed",
    "Borttagen kod": "withdrawn",
}
_ACTIVITY_CHANGES: dict[str, ChangeType] = {
    "Ny Aktivitet_kod": "introduced",
    "Ändrad Aktivitet_kod": "changed",
    "Ändrad Aktivitet_kodtext": "retitled",
    "Ändrad Aktivitet_beskrivning": "changed",
    "Ny Innefattar": "changed",
    "Ändrad Innefattar": "changed",
    "Ny Utesluter": "changed",
    "Ändrad Utesluter": "changed",
    "Ny ICF-kod": "changed",
    "Ändrad ICF-kod": "changed",
    "Borttagen Aktivitet_kod": "withdrawn",
    "Borttagen kod": "withdrawn",
}
_REMOVED = ("Borttagen kod", "Borttagen Aktivitet_kod")
_TARGET_FACTS = {
    "Inriktning_beskrivning": "Beskrivning",
    "ICF-kod": "Relaterad ICF-kod",
    "Inriktning_nivå": "Inriktning_nivå",
}
_ACTIVITY_FACTS = {
    "Aktivitet_beskrivning": "Beskrivning",
    "Innefattar": "Innefattar",
    "Utesluter": "Utesluter",
    "ICF_kod": "Relaterad ICF-kod",
    "Agerande_kod": "Agerande_kod",
    "Agerande_text": "Agerande_text",
    "Agerandegrupp_text": "Agerandegrupp_text",
    **{area: area for area in AREAS},
}


def _spellings(column: str) -> tuple[str, ...]:
    """Header cells are broken over lines behind the underscore."""
    return (column, column.replace("_", "_ "))


ACTIVITY_SHEET = Columns(required=("Aktivitet_kod", "Aktivitet_text"))
_CHAPTERS = Columns(required=("Kapitel_kod", "Kapitel_text"))
_TARGETS = Columns(
    required=("Inriktning_kod", "Inriktning_text", "Inriktning_beskrivning"),
    optional=("Inriktning_nivå", ("ICF-kod", "ICF_kod"), *_TARGET_CHANGES),
)
_ACTIONS = Columns(
    required=("Agerande_kod", "Agerande_text", "Agerande_beskrivning"),
    ignore=("Agerande_grupp", "Agerandegrupp_text"),
)
_ACTIVITIES = Columns(
    required=ACTIVITY_SHEET.required,
    optional=(
        *(column for column in _ACTIVITY_FACTS if column != "ICF_kod"),
        ("ICF_kod", "ICF-kod"),
        "Inriktning_kod",
        "Inriktning_text",
        *map(_spellings, _ACTIVITY_CHANGES),
    ),
)


def read_workbook(candidate: Candidate, builder: Builder, report: Report) -> None:
    """Add everything the workbook says to `builder`. Raises `ReleaseError` for missing sheets and columns."""
    _Workbook(candidate, builder, report).read()


class _Workbook:
    """One workbook being read. Chapters come first: the targets' parents follow from their intervals."""

    def __init__(self, candidate: Candidate, builder: Builder, report: Report) -> None:
        file = candidate.files[0]
        self.file, self.builder, self.report = file, builder, report
        self.latest = candidate.effective or date.max
        self.chapters = read_table(file, _CHAPTERS, report)
        self.targets = read_table(file, _TARGETS, report)
        self.activities = read_table(file, _ACTIVITIES, report)
        self.actions = {row["Agerande_kod"] for row in read_table(file, _ACTIONS, report).rows}
        self.intervals: list[str] = []

    def read(self) -> None:
        for row in self.chapters.rows:
            if code := self._code(row, "Kapitel_kod", "chapter"):
                self.intervals.append(code)
                self.builder.add(make(code, self._names(row, code, "Kapitel_text")), row.where)
        changes = ChangeColumns(_TARGET_CHANGES, self.latest, self.report)
        for row in self.targets.rows:
            if code := self._code(row, "Inriktning_kod", "target"):
                parent = self._chapter(row, code)
                self._add(row, code, "Inriktning_text", parent, _TARGET_FACTS, changes)
        self._unlisted_targets()
        changes = ChangeColumns(_ACTIVITY_CHANGES, self.latest, self.report)
        for row in self.activities.rows:
            if code := self._code(row, "Aktivitet_kod", "activity"):
                self._check(row, code)
                self._add(row, code, "Aktivitet_text", target_of(code), _ACTIVITY_FACTS, changes)
        self._cover()
        self._left_aside()

    def _code(self, row: Row, column: str, level: str) -> str:
        """The code of a row; reported, and empty, where there is none that could be one."""
        code = canonical(row[column])
        if not code:
            self.report.warn("row-without-code", f"no code in column {column}", row.where)
        elif not is_code(code) or level_of(code) != level:
            message = f"{row[column]!r} is not formed like a code of this sheet; the row is not read"
            self.report.warn("unusual-code", message, row.where)
            return ""
        return code

    def _names(self, row: Row, code: str, column: str) -> tuple[Designation, ...]:
        if not row[column]:
            self.report.warn("no-title", f"{code} has no title", row.where)
            return ()
        return (Designation(row[column]),)

    def _chapter(self, row: Row, code: str) -> str:
        parent = chapter_of(code, self.intervals)
        if not parent:
            self.report.warn("orphan", f"no chapter holds {code}", row.where)
        return parent

    def _add(
        self, row: Row, code: str, title: str, parent: str, facts: Mapping[str, str], changes: ChangeColumns
    ) -> None:
        values = ((name, plain(row[column])) for column, name in facts.items())
        removed = any(row[column] for column in _REMOVED)
        properties = tuple(Property(name, value) for name, value in values if value)
        concept = make(code, self._names(row, code, title), parent, properties, active=not removed)
        self.builder.add(concept, row.where)
        for change in changes.read(row, code):
            self.builder.stated(change)

    def _unlisted_targets(self) -> None:
        """Targets that only the activities name, under the name that most of their activities give them."""
        names: defaultdict[str, Counter[str]] = defaultdict(Counter)
        first: dict[str, Row] = {}
        for row in self.activities.rows:
            code = canonical(row["Inriktning_kod"])
            if row["Inriktning_text"] and code == target_of(canonical(row["Aktivitet_kod"])):
                names[code][row["Inriktning_text"]] += 1
                first.setdefault(code, row)
        for code, row in first.items():
            if code not in self.builder and is_code(code) and level_of(code) == "target":
                message = f"{code} is named only beside its activities"
                self.report.warn("heading-without-row", message, row.where)
                title = names[code].most_common(1)[0][0]
                self.builder.add(make(code, (Designation(title),), self._chapter(row, code)), row.where)

    def _check(self, row: Row, code: str) -> None:
        """The joins are stated twice, in the code and in columns of their own: report where they disagree."""
        target, action = canonical(row["Inriktning_kod"]), row["Agerande_kod"]
        if target and target != target_of(code):
            self.report.warn("join-differs", f"{code} stands under the target {target}", row.where)
        if action and action != code.split(".")[1]:
            self.report.warn("join-differs", f"{code} has the action {action}", row.where)
        elif action and action not in self.actions:
            self.report.warn("unlisted-action", f"{code}: the action {action} has no row", row.where)

    def _cover(self) -> None:
        common = {"state", designation_kind("display", SYSTEM.language), "parent"}
        self.builder.cover(("chapter",), common)
        for level, table, facts in (
            ("target", self.targets, _TARGET_FACTS),
            ("activity", self.activities, _ACTIVITY_FACTS),
        ):
            kinds = {property_kind(name) for column, name in facts.items() if table.has(column)}
            self.builder.cover((level,), common | kinds)

    def _left_aside(self) -> None:
        for sheet, _ in peek(self.file):
            if "status" in sheet.casefold():
                self.report.note(f"sheet {sheet}: activity statuses are a code list of their own, not read")
