"""The conversion table between KVÅ and TÅL, the temporary intervention codes that KVÅ replaced.

A workbook of 2004 (`Konvertering_KVA_TAL.xls`), whose sheet with the full table contains the others, extracts of it.
By its instructions the column `R` says how codes relate: 1 both are unique (KVÅ corresponds wholly to TÅL), 2 KVÅ is
unique and TÅL is not (KVÅ is the more detailed), 3 the reverse, 4 neither, 5 one is not defined. `R1` and `R2` count
codes, `DRG` and `MDC15` tell what NordDRG uses, `x` in `Anm` that the comment is to be heeded. All of them are kept in
`comment`.

The table is read as two maps, from KVÅ to TÅL and back, so that a row that lacks one code is found by the other.
What `R` says is taken at its word; where the table itself contradicts it, that is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from codesystems import kva
from codesystems.files import Package, SourceFile
from codesystems.formats.peek import WORKBOOKS, first_values
from codesystems.formats.saved import last_saved
from codesystems.formats.tables import Columns, Row, fold, read_tables
from codesystems.loader import Candidate, Loader
from codesystems.mapbuilding import MapBuilder
from codesystems.maps import ConceptMap, MapContent, MapElement, Relationship, map_url
from codesystems.model import CodeSystem, Hints, Where
from codesystems.naming import url_of
from codesystems.report import Report
from codesystems.versions import effective_date, first_version

TAL = CodeSystem("tal", url_of("TÅL", "tal"), "Temporära åtgärdskoder (TÅL)", "Socialstyrelsen")
TO_TAL = ConceptMap(
    id="kva-to-tal",
    url=map_url("kva-to-tal"),
    title="Konverteringstabell från KVÅ till temporära åtgärdskoder (TÅL)",
    publisher="Socialstyrelsen",
    source=kva.SYSTEM,
    target=TAL,
)
TO_KVA = ConceptMap(
    id="tal-to-kva",
    url=map_url("tal-to-kva"),
    title="Konverteringstabell från temporära åtgärdskoder (TÅL) till KVÅ",
    publisher="Socialstyrelsen",
    source=TAL,
    target=kva.SYSTEM,
)

FULL = "Fullständig konverteringstabell"
KVA_CODE, KVA_TEXT, TAL_CODE, TAL_TEXT = "KVÅ-kod", "KVÅ-text", "TÅL-kod", "TÅL-text"
REMARK, NOTE, RELATION = "Kommentar", "Beskrivningstext", "R"
FLAGS = ("R1", "R2", "DRG", "MDC15", "Anm")
COLUMNS = Columns(required=(KVA_CODE, KVA_TEXT, TAL_CODE, TAL_TEXT, REMARK, RELATION), optional=(NOTE, *FLAGS))
OURS = Columns(required=(KVA_CODE, TAL_CODE))

MEANING: dict[str, tuple[str, Relationship]] = {
    "1": ("KVÅ-kod och TÅL-kod är unika", "equivalent"),
    "2": ("KVÅ-kod är unik men inte TÅL-kod", "source-is-narrower-than-target"),
    "3": ("TÅL-kod är unik men inte KVÅ-kod", "source-is-broader-than-target"),
    "4": ("varken KVÅ-kod eller TÅL-kod är unik", "related-to"),
    "5": ("KVÅ- eller TÅL-kod är odefinierad", "unmapped"),
}
"""`R` → its meaning in the instructions, and the relationship from KVÅ to TÅL."""
BACKWARDS: dict[Relationship, Relationship] = {
    "source-is-narrower-than-target": "source-is-broader-than-target",
    "source-is-broader-than-target": "source-is-narrower-than-target",
}


class KvaTalLoader(Loader):
    name = "kva_tal"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for file in package.files:
            if file.suffix not in WORKBOOKS or first_values(file, OURS, TAL_CODE) is None:
                continue
            version, note = first_version(package.names_above(file)), ""
            if not version and (day := last_saved(file)):
                version, note = day.isoformat(), f"{file.path}: the version is the day it was last saved"
            notes = (note,) if note else ()
            effective = effective_date(version) if version else None
            for conceptmap in (TO_TAL, TO_KVA):
                yield Candidate(self, conceptmap, (file,), "workbook", version, effective, notes=notes)

    def read(self, candidate: Candidate, report: Report) -> MapContent:
        (file,) = candidate.files
        rows = _rows(file, report)
        _check_titles(rows, report)
        _check_unique(rows, report)
        builder = MapBuilder(candidate, report)
        forward = candidate.system == TO_TAL
        silent = 0
        for row in rows:
            element = _element(row, forward, report)
            if element.source or not element.target:
                builder.add(element, row.where)
            else:
                silent += 1
        if silent:
            ends = (TO_TAL, TO_KVA) if forward else (TO_KVA, TO_TAL)
            report.note(f"{ends[1].id} has {silent} row(s) more, without a code of {ends[0].source.id}")
        return builder.content()


def _rows(file: SourceFile, report: Report) -> list[Row]:
    """The rows of the full table, then those of other sheets that it lacks, which are reported."""
    tables = sorted(read_tables(file, COLUMNS, report), key=lambda found: fold(found[0]) != fold(FULL))
    rows = list(tables[0][1].rows)
    known = {frozenset(row.cells.items()) for row in rows}
    for name, table in tables[1:]:
        for row in table.rows:
            if frozenset(row.cells.items()) not in known:
                report.warn("row-not-in-full-table", f"a row of {name!r} is not in the first table", row.where)
                rows.append(row)
    return rows


def _check_titles(rows: Sequence[Row], report: Report) -> None:
    """Report TÅL codes under two titles: codes that were counted up by filling cells down."""
    seen: dict[str, tuple[str, Where]] = {}
    for row in rows:
        code, title = row[TAL_CODE], row[TAL_TEXT]
        before, where = seen.setdefault(code, (title, row.where))
        if code and title != before:
            report.warn("two-titles", f"{code} is {title!r} here and {before!r} at {where}", row.where)


def _check_unique(rows: Sequence[Row], report: Report) -> None:
    """Report codes that are called unique more than once."""
    for column in (KVA_CODE, TAL_CODE):
        places: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row[RELATION] == "1" and row[column]:
                places[row[column]].append(row)
        for code, (first, *others) in places.items():
            for row in others:
                report.warn("not-unique", f"R calls {code} unique, here and at {first.where}", row.where)


def _element(row: Row, forward: bool, report: Report) -> MapElement:
    here, there = kva.LOADER.canonical(row[KVA_CODE]), row[TAL_CODE].upper()
    relationship = _relationship(row, report)
    if not forward:
        relationship = BACKWARDS.get(relationship, relationship)
    source, target = ((here, row[KVA_TEXT]), (there, row[TAL_TEXT]))[:: 1 if forward else -1]
    return MapElement(
        source=source[0],
        target=target[0],
        relationship=relationship,
        advice="något att observera vid konverteringen" if row["Anm"] else "",
        comment=_comment(row),
        source_display=source[1],
        target_display=target[1],
    )


def _relationship(row: Row, report: Report) -> Relationship:
    """From KVÅ to TÅL; what `R` says of codes that are not there, or not of those that are, is reported."""
    stated = MEANING.get(row[RELATION], ("", "related-to"))[1]
    whole = bool(row[KVA_CODE] and row[TAL_CODE])
    if row[RELATION] not in MEANING or whole == (stated == "unmapped"):
        pair = f"{row[KVA_CODE] or 'no KVÅ code'} and {row[TAL_CODE] or 'no TÅL code'}"
        report.warn("odd-relation", f"R is {row[RELATION]!r} for {pair}", row.where)
        return "related-to" if whole else "unmapped"
    return stated


def _comment(row: Row) -> str:
    meaning = MEANING.get(row[RELATION], ("", ""))[0]
    parts = [row[REMARK], f"R {row[RELATION]}: {meaning}" if meaning else f"R {row[RELATION]}"]
    parts += [f"{name} {row[name]}" for name in FLAGS if row[name]]
    parts += [f"{NOTE}: {row[NOTE]}"] if row[NOTE] else []
    return "; ".join(filter(None, parts))


LOADER = KvaTalLoader()
