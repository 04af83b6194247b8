"""WHO's maps between ICD-10 and ICD-11 (`10To11MapToOneCategory.txt` and its kin, text or workbook).

Source: the files themselves, WHO describes none of their columns. What the files of 2020-01 and 2024-01 show:

- The last header cell is the day of the map (`2024-Jan-21`). In some files a column without a name begins under it:
  the kind of match in the many-category map of 2020, the relation and behind it the distance in the foundation map.
- `Relation` says what the left side is to the right side's *Foundation URI*. With `LIN-ROLLUP` in `Linearization` the
  code beside it stands for something wider than that entity (`Match Type` then never says `EquivalentMatch`), unless
  `POST-COORDINATION` adds what the roll-up lost. `InterSects` and `PotentialIntersect` have no word in FHIR.
- `StatementDistance` and `Stated{0}|Deduced` are 0 where the relation is stated, else the number of levels up (below 0)
  or down from which it is deduced.
- ICD-11 blocks have no code (nor have three categories, `_NOCODEASSIGNED`), only a URI; `No Mapping` means none.

An element's comment says in the publisher's words what else a row says, but for what is the rule (`chapterMatch: True`,
`StatementDistance: 0`); depth and chapter follow from the code and are left out. Several targets of one code are in no
order that means anything: they are alternatives of one priority.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from codesystems import icd10, icd11
from codesystems.files import Package, SourceFile
from codesystems.formats.icd10_codes import level
from codesystems.formats.peek import TABLES, peek
from codesystems.formats.tables import Cells, Columns, Row, find_header, fold, read_table
from codesystems.loader import Candidate, Loader, home_of
from codesystems.mapbuilding import MapBuilder
from codesystems.maps import ConceptMap, MapContent, MapElement, Relationship, map_url
from codesystems.model import CodeSystem, Hints
from codesystems.report import ReleaseError, Report
from codesystems.versions import first_version

FOUNDATION = CodeSystem(
    id="icd-11-foundation",
    url="http://id.who.int/icd/entity",
    title="ICD-11 Foundation",
    publisher="World Health Organization",
    language="en",
    copyright=icd11.SYSTEM.copyright,
)
NO_MAPPING, NO_CODE = "No Mapping", "_NOCODEASSIGNED"
ENTITY, LINEARIZATION = "Foundation URI", "Linearization (release) URI"
RELATION, MATCH, DISTANCE = "Relation", "Match Type", "StatementDistance"
RELATIONS: dict[str, Relationship] = {
    "equivalent": "equivalent",
    "subclass": "source-is-narrower-than-target",
    "superclass": "source-is-broader-than-target",
    "intersects": "related-to",
    "potentialintersect": "related-to",
}
ROLLED_UP: dict[Relationship, Relationship] = {
    "equivalent": "source-is-narrower-than-target",
    "source-is-narrower-than-target": "source-is-narrower-than-target",
}
"""What a relation to an entity is to the wider code that stands for it; of all others, `related-to`."""
THE_RULE = {
    "chapterMatch": "true",
    DISTANCE: "0",
    "Stated{0}|Deduced": "0",
    "11ClassKind": "category",
    MATCH: "nomapping",
}
"""What comments do not repeat."""

_STAMP = re.compile(r"((?:19|20)\d\d)-([A-Za-z]{3}|\d\d)-(\d\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLUSTER = re.compile("[&/]")
_NUMBER = re.compile(r"/(?:entity|mms)/(\d+)")
_RELEASE = re.compile(r"/release/11/([^/]+)/mms/")


@dataclass(frozen=True, slots=True)
class Side:
    """The columns that say what is on one side of a row."""

    system: CodeSystem
    code: str
    """Empty where the files know it by URI alone."""
    uri: str
    title: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How the files of one map are laid out."""

    map: ConceptMap
    source: Side
    target: Side
    columns: Columns
    stamped: str = ""
    """The column whose header cell is taken by the day of the map, where the publisher forgot its name."""
    facts: tuple[str, ...] = ()
    """The columns that comments are made of."""


def _map(id: str, title: str, source: Side, target: Side) -> ConceptMap:
    return ConceptMap(
        id=id,
        url=map_url(id),
        title=title,
        publisher=FOUNDATION.publisher,
        source=source.system,
        target=target.system,
        language="en",
        copyright=FOUNDATION.copyright,
    )


_ICD10 = Side(icd10.SYSTEM, "icd10Code", "", "icd10Title")
_ICD11 = Side(icd11.SYSTEM, "icd11Code", LINEARIZATION, "icd11Title")
_ENTITY = Side(FOUNDATION, "", ENTITY, "icd11Title")
_CODES = ("icd10Code", "icd10Title", "icd11Title")
_URI = (LINEARIZATION, "Linearization (releaseURI)")
_ENTITY_URI = (ENTITY, "ICD-11 Foundation URI", "ICD-11 FoundationURI")
_IGNORED = ("10ClassKind", "10DepthInKind", "11DepthInKind", "Depth", "icd10Chapter", "icd11Chapter")
_TO_MMS = Columns(
    required=("11ClassKind", *_CODES, "icd11Code", _URI, _ENTITY_URI),
    optional=(RELATION, "Linearization", "chapterMatch", DISTANCE, "IssueType", MATCH),
    ignore=_IGNORED,
)
_TO_MMS_FACTS = ("11ClassKind", MATCH, "Linearization", "IssueType", "chapterMatch", DISTANCE)

ONE = Layout(
    _map("icd-10-to-icd-11", "ICD-10 to ICD-11 MMS, map to one category", _ICD10, _ICD11),
    _ICD10,
    _ICD11,
    _TO_MMS,
    MATCH,
    _TO_MMS_FACTS,
)
MANY = Layout(
    _map("icd-10-to-icd-11-many", "ICD-10 to ICD-11 MMS, map to multiple categories", _ICD10, _ICD11),
    _ICD10,
    _ICD11,
    _TO_MMS,
    MATCH,
    _TO_MMS_FACTS,
)
BACK = Layout(
    _map("icd-11-to-icd-10", "ICD-11 MMS to ICD-10, map to one category", _ICD11, _ICD10),
    _ICD11,
    _ICD10,
    Columns((*_CODES, "icd11Code", _URI), ("chapterMatch", RELATION, "Stated{0}|Deduced"), _IGNORED),
    facts=("chapterMatch", "Stated{0}|Deduced"),
)
TO_FOUNDATION = Layout(
    _map("icd-10-to-icd-11-foundation", "ICD-10 to ICD-11 Foundation, map to one entity", _ICD10, _ENTITY),
    _ICD10,
    _ENTITY,
    Columns((*_CODES, _ENTITY_URI), (RELATION,), _IGNORED, unlabelled=(DISTANCE,)),
    RELATION,
    (DISTANCE,),
)
FROM_FOUNDATION = Layout(
    _map("icd-11-foundation-to-icd-10", "ICD-11 Foundation to ICD-10, map to one category", _ENTITY, _ICD10),
    _ENTITY,
    _ICD10,
    Columns((*_CODES, "icd11Code", _ENTITY_URI), (), _IGNORED),
    facts=("icd11Code",),
)
LAYOUTS = (ONE, MANY, BACK, FROM_FOUNDATION, TO_FOUNDATION)
"""Those that require more stand first: a file is of the first layout whose columns it has."""


class WhoMapLoader(Loader):
    name = "who_maps"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for file in package.files:
            header = _header(file)
            if header is None:
                continue
            day = _day(header)
            text = file.suffix in TABLES
            yield Candidate(
                loader=self,
                system=_layout(file, header).map,
                files=(file,),
                form="text" if text else "workbook",
                version=hints.version or (f"{day:%Y-%m}" if day else first_version(package.names_above(file))),
                effective=hints.effective or day,
                rank=1 if text else 0,
            )

    def read(self, candidate: Candidate, report: Report) -> MapContent:
        (file,) = candidate.files
        layout = next(layout for layout in LAYOUTS if layout.map.id == candidate.system.id)
        builder = MapBuilder(candidate, report)
        releases: set[str] = set()
        for row in read_table(file, _columns(file, layout), report).rows:
            releases.update(_RELEASE.findall(row[LINEARIZATION]))
            builder.add(_element(row, layout, report), row.where)
        if len(releases) > 1:
            report.note(f"{file.path}: the URIs are of more than one release: {', '.join(sorted(releases))}")
        release = releases.pop() if len(releases) == 1 else ""
        if layout.source.uri == LINEARIZATION:
            return builder.content(source_version=release)
        return builder.content(target_version=release)


def _header(file: SourceFile) -> Cells | None:
    """The header row of a map; None where the file is none."""
    try:
        sheets = peek(file)
    except ReleaseError:
        return None  # not a workbook after all: nothing to recognise
    for _, rows in sheets:
        for layout in LAYOUTS:
            at = find_header(rows, layout.columns)
            if at is not None:
                return rows[at]
    return None


def _layout(file: SourceFile, header: Cells) -> Layout:
    """Whose header it is. The two maps to MMS have the same columns: their names tell them apart, and where those
    were changed, that the map to many calls its depths alike."""
    found = next(layout for layout in LAYOUTS if find_header([header], layout.columns) is not None)
    if found is not ONE:
        return found
    if "multiplecategories" in file.name.casefold():
        return MANY
    depths = "depth" in map(fold, header) and "onecategory" not in file.name.casefold()
    return MANY if depths else ONE


def _stamp(header: Cells) -> str:
    """The cell of the header that is a day; empty where none is."""
    return next((cell for cell in reversed(header) if _STAMP.fullmatch(cell.strip())), "")


def _day(header: Cells) -> date | None:
    found = _STAMP.fullmatch(_stamp(header).strip())
    if found is None:
        return None
    month = found[2].lower()
    try:
        return date(int(found[1]), int(month) if month.isdecimal() else _MONTHS.index(month) + 1, int(found[3]))
    except ValueError:
        return None  # no such month or day


def _columns(file: SourceFile, layout: Layout) -> Columns:
    """The layout's columns, one of them perhaps under the day of the map."""
    stamp = _stamp(_header(file) or ())
    if not stamp:
        return layout.columns
    if not layout.stamped:
        return replace(layout.columns, ignore=(*layout.columns.ignore, stamp))
    named = ((name, stamp) if name == layout.stamped else name for name in layout.columns.optional)
    return replace(layout.columns, optional=tuple(named))


def _element(row: Row, layout: Layout, report: Report) -> MapElement:
    source, target = (_named(row, side, report) for side in (layout.source, layout.target))
    relationship = _relationship(row, report) if target else "unmapped"
    return MapElement(
        source=source,
        target=target,
        relationship=relationship,
        comment="; ".join(_comment(row, layout, target, relationship)),
        source_display=row[layout.source.title],
        target_display=row[layout.target.title],
    )


def _named(row: Row, side: Side, report: Report) -> str:
    """What stands on one side of a row: code or cluster, else URI, else nothing."""
    code, uri = row[side.code], row[side.uri]
    if code in ("", NO_CODE, NO_MAPPING):
        return "" if uri == NO_MAPPING else uri
    canonical, odd = _canonical(side.system.id, code)
    if odd:
        report.warn("odd-code", f"{code!r} is no code of ICD-10", row.where)
    return canonical


@lru_cache(maxsize=20_000)
def _canonical(system_id: str, code: str) -> tuple[str, bool]:
    """A code in its home's form, clusters as they are; and whether it is none that its system could have."""
    home = home_of(system_id)
    canonical = home.canonical(code) if home and not _CLUSTER.search(code) else code
    return canonical, system_id == icd10.SYSTEM.id and not level(canonical)


def _relationship(row: Row, report: Report) -> Relationship:
    stated = row[RELATION]
    known = RELATIONS.get(stated.casefold())
    if stated and known is None:
        report.warn("unknown-relation", f"{RELATION} is {stated!r}", row.where)
    relationship = known or "related-to"
    steps = row["Linearization"].split("|")
    if "LIN-ROLLUP" in steps and "POST-COORDINATION" not in steps:
        return ROLLED_UP.get(relationship, "related-to")
    return relationship


def _comment(row: Row, layout: Layout, target: str, relationship: Relationship) -> Iterator[str]:
    """What else the row says, as `<column>: <cell>`; of a row without target first the reason."""
    if not target:
        said = NO_MAPPING in (row[layout.target.code], row[ENTITY])
        yield NO_MAPPING if said else "the file names no target"
    stated = row[RELATION]
    if stated and (relationship == "related-to" or RELATIONS.get(stated.casefold()) != relationship):
        yield f"{RELATION}: {stated}"
    for name in layout.facts:
        value = row[name]
        if value and value.casefold() != THE_RULE.get(name):
            yield f"{name}: {value}"
    entity = row[ENTITY]
    if layout.columns is _TO_MMS and entity != NO_MAPPING and _number(entity) != _number(row[LINEARIZATION]):
        yield f"{ENTITY}: {entity}"


def _number(uri: str) -> str:
    """The entity that a URI of either kind is about."""
    found = _NUMBER.search(uri)
    return found[1] if found else ""


LOADER = WhoMapLoader()
