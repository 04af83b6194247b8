"""ICD-10-GM's tables of transition from one year to the next (`…umsteiger…txt` in x1ueb, x1gua and x1gut).

Source: the publisher's description of the files (`…ueberleitung_liesmich.txt`). Rows without header, cells between
semicolons: code of the older version, code of the newer, `A` where the older passes automatically into the newer,
`A` where the newer passes automatically back; `UNDEF` stands for no code. Every row becomes one stated change, by
what the whole table says of its two codes:

- `introduced` (older UNDEF), `withdrawn` (newer UNDEF);
- `split`: several newer codes for the older one, which may itself be one of them;
- `merged`: several older codes for the newer one; a row that is both counts as split;
- `replaced-by`: another code, one for one;
- `unchanged`: the same code, automatic both ways; `changed`: the same code, not automatic both ways.

The code is the older one (of an introduced code its own), the other code the newer one; `automatic` is the first
flag, `automatic_back` the second. The title lists that are delivered besides are not read.

The same rows are also read as a map from each year into the next: every row that has an older code is an element.
How far a code passes automatically says which of the two is the wider (see `_relationship`); the flags stand in
`advice`, in words without years, so that what does not change from table to table stays the same element.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from codesystems.building import statements
from codesystems.files import Package, SourceFile
from codesystems.formats.icd10_codes import canonical, level
from codesystems.formats.text import split_cells
from codesystems.icd10gm import SYSTEM
from codesystems.loader import Candidate, Loader
from codesystems.mapbuilding import MapBuilder
from codesystems.maps import ConceptMap, MapContent, MapElement, Relationship, map_url
from codesystems.model import ChangeType, Hints, StatedChange, StatedContent, Where
from codesystems.report import ReleaseError, Report

YEAR_TO_YEAR = ConceptMap(
    id="icd-10-gm-year-to-year",
    url=map_url("icd-10-gm-year-to-year"),
    title="ICD-10-GM, Überleitung zwischen aufeinander folgenden Jahresversionen",
    publisher=SYSTEM.publisher,
    source=SYSTEM,
    target=SYSTEM,
    language="de",
)
UNDEF = "UNDEF"
AUTOMATIC = "A"
ADVICE = {
    (True, True): "vorwärts und rückwärts automatisch überleitbar",
    (True, False): "nur vorwärts automatisch überleitbar",
    (False, True): "nur rückwärts automatisch überleitbar",
    (False, False): "weder vorwärts noch rückwärts automatisch überleitbar",
}
NO_TARGET = f"keine Schlüsselnummer in der neuen Version ({UNDEF})"
_FILE = re.compile(r"(?=.*umsteiger)(?=.*icd10gm).*\.txt", re.I)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class _Transition:
    """One row; a code is empty where the row says UNDEF."""

    where: Where
    old: str
    new: str
    forward: bool | None
    back: bool | None


class TransitionLoader(Loader):
    name = "icd10gm_transitions"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for file in package.files:
            if not (years := _years(file)):
                continue
            for system in (SYSTEM, YEAR_TO_YEAR):
                yield Candidate(
                    loader=self,
                    system=system,
                    files=(file,),
                    form="transition table",
                    version=f"{years[0]}-{years[1]}",
                    effective=date(years[1], 1, 1),
                    states_only=system is SYSTEM,
                )

    def read(self, candidate: Candidate, report: Report) -> StatedContent | MapContent:
        (file,) = candidate.files
        rows = [_transition(where, cells, report) for where, cells in split_cells(file, 4, report)]
        news = Counter(row.old for row in rows)
        olds = Counter(row.new for row in rows)
        if candidate.system == YEAR_TO_YEAR:
            return _map(candidate, rows, news, olds, report)
        day = candidate.effective
        changes = (_stated(row, _type(row, news[row.old], olds[row.new]), day) for row in rows)
        return statements(candidate, changes, report)


def _years(file: SourceFile) -> tuple[int, int] | None:
    """The two years a table leads from and to, by its name; None where it is no such table."""
    if not _FILE.fullmatch(file.name):
        return None
    found = [int(year) for year in _YEAR.findall(file.name)][-2:]
    return (found[0], found[1]) if len(found) == 2 and found[0] < found[1] else None


def _transition(where: Where, cells: Sequence[str], report: Report) -> _Transition:
    old, new, forward, back = cells
    if old == new == UNDEF:
        raise ReleaseError("UNDEF passes into UNDEF", where)
    return _Transition(where, _code(old, where), _code(new, where), *(_flag(f, where, report) for f in (forward, back)))


def _code(cell: str, where: Where) -> str:
    code = canonical(cell)
    if cell != UNDEF and not level(code):
        raise ReleaseError(f"{cell!r} is neither a code of ICD-10-GM nor {UNDEF}", where)
    return "" if cell == UNDEF else code


def _flag(cell: str, where: Where, report: Report) -> bool | None:
    if cell not in ("", AUTOMATIC):
        report.warn("unknown-flag", f"{cell!r} is neither {AUTOMATIC} nor empty", where)
        return None
    return cell == AUTOMATIC


def _type(row: _Transition, news: int, olds: int) -> ChangeType:
    """What a row says; `news` and `olds` are how many rows begin and end with its codes."""
    if not row.old or not row.new:
        return "withdrawn" if row.old else "introduced"
    if row.old == row.new and row.forward and row.back:
        return "unchanged"
    if news > 1:
        return "split"
    if olds > 1:
        return "merged"
    return "changed" if row.old == row.new else "replaced-by"


def _stated(row: _Transition, kind: ChangeType, day: date | None) -> StatedChange:
    return StatedChange(
        code=row.old or row.new,
        type=kind,
        date=day,
        file=row.where.file,
        row=row.where.line or 0,
        other_code=row.new if kind in ("split", "merged", "replaced-by") else "",
        automatic=row.forward,
        automatic_back=row.back,
    )


def _map(
    candidate: Candidate, rows: Sequence[_Transition], news: Counter[str], olds: Counter[str], report: Report
) -> MapContent:
    builder = MapBuilder(candidate, report)
    for row in rows:
        if row.old:
            builder.add(_element(row, _relationship(row, news[row.old], olds[row.new])), row.where)
    if new := [row.new for row in rows if not row.old]:
        report.count("codes without a predecessor", len(new))
        report.note(f"no elements for {len(new)} codes that are new and have no predecessor")
    old_year, new_year = _years(candidate.files[0]) or ("", "")
    return builder.content(source_version=str(old_year), target_version=str(new_year))


def _relationship(row: _Transition, news: int, olds: int) -> Relationship:
    """What the flags say. Where a row passes automatically both ways, yet is neither one for one nor of one and the
    same code, the rows beside it say which end holds more."""
    if not row.new:
        return "unmapped"
    if row.forward and row.back and (row.old == row.new or news == olds == 1):
        return "equivalent"
    forward, back = (news == 1, olds == 1) if row.forward and row.back else (row.forward, row.back)
    if forward is None or back is None or forward == back:
        return "related-to"
    return "source-is-narrower-than-target" if forward else "source-is-broader-than-target"


def _element(row: _Transition, relationship: Relationship) -> MapElement:
    """An unknown flag, which is reported, has no words."""
    advice = "" if row.forward is None or row.back is None else ADVICE[row.forward, row.back]
    return MapElement(row.old, row.new, relationship, advice=advice, comment="" if row.new else NO_TARGET)


LOADER = TransitionLoader()
