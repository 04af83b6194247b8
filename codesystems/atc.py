"""ATC, the Anatomical Therapeutic Chemical classification with Swedish names (Läkemedelsverket).

Two forms: the code list of today (XML, `codesystems/atc-code.xml` in a zip: `concept` with `code` and
`throughDate`, in it `designation` by language), of which only those two elements are relied upon; and tables of
key and value. Parents follow from the lengths of the codes; veterinary codes (ATCvet) have a Q before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from codesystems.building import Builder
from codesystems.files import Package, SourceFile
from codesystems.formats import xml
from codesystems.formats.peek import first_values
from codesystems.formats.tables import Columns, read_table
from codesystems.formats.xml import Element
from codesystems.loader import Candidate, Loader, Shape
from codesystems.model import (
    CodeSystem,
    CodeSystemContent,
    Concept,
    Designation,
    Hints,
    Parent,
    Where,
    designation_kind,
)
from codesystems.report import Report
from codesystems.versions import effective_date, first_version

SYSTEM = CodeSystem(
    id="atc",
    url="http://www.whocc.no/atc",
    title="Anatomical Therapeutic Chemical classification",
    publisher="Läkemedelsverket",
    aliases=("2.16.840.1.113883.6.73", "1.2.752.129.2.2.3.1.1"),
)
HUMAN, VETERINARY = "human", "veterinary"
LEVELS = {
    0: "veterinary",
    1: "anatomical main group",
    3: "therapeutic subgroup",
    4: "pharmacological subgroup",
    5: "chemical subgroup",
    7: "chemical substance",
}
"""By the length of a code without the Q of ATCvet; length 0 is the Q alone."""
TABLE = Columns(required=("key", "value"))
UNSPECIFIED = "-"
"""A key of the tables that stands for no code at all."""

_CODE = re.compile(r"Q|Q?[A-PR-Z](?:\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?)?")
_CONCEPT = "concept"
_DATED = ("version", "effectiveDate", "validFrom", "date")
_FROM = ("fromDate", "validFrom", "effectiveDate")
_KNOWN = frozenset({"code", "throughDate", *_FROM})


class AtcLoader(Loader):
    name = "atc"
    systems = (SYSTEM,)
    expect_min_concepts = 5_000

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for file in package.files:
            form, stated = _form(file)
            if form:
                version = hints.version or stated or first_version(package.names_above(file))
                yield Candidate(self, SYSTEM, (file,), form, version, rank=1 if form == "xml" else 0)

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        builder = Builder(candidate, report)
        file, stated = candidate.files[0], candidate.effective or effective_date(candidate.version or "")
        entries = _from_xml(file, report) if candidate.form == "xml" else _from_table(file, report)
        for entry in entries:
            concept = _concept(entry, stated, report)
            builder.add(concept, entry.where)
        if candidate.form == "xml":
            languages = (SYSTEM.language, "en")
            kinds = (*(designation_kind("display", language) for language in languages), "validity")
            builder.cover({concept.part for concept in builder}, kinds)
        return builder.content()

    def canonical(self, code: str) -> str:
        return code.strip().upper()

    def part(self, code: str) -> str:
        return VETERINARY if code.startswith("Q") else HUMAN

    def shape(self, code: str) -> Shape | None:
        if not _CODE.fullmatch(code):
            return None
        return Shape(LEVELS[len(code.removeprefix("Q"))], code, abstract=False)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One code as a file states it."""

    where: Where
    code: str
    names: tuple[Designation, ...]
    first: date | None = None
    last: date | None = None


def parent_of(code: str) -> str:
    """The code one level up; empty for a main group and for Q."""
    prefix = "Q" if code.startswith("Q") else ""
    lengths = [length for length in LEVELS if length < len(code) - len(prefix)]
    return prefix + code.removeprefix("Q")[: max(lengths)] if lengths else ""


def _concept(entry: _Entry, effective: date | None, report: Report) -> Concept:
    code = LOADER.canonical(entry.code)
    shape = LOADER.shape(code)
    if shape is None and code:
        report.warn("unknown-code-form", f"{code} has not the form of an ATC code", entry.where)
    if not entry.names:
        report.warn("no-title", f"{code} has no name", entry.where)
    parent = parent_of(code) if shape else ""
    return Concept(
        code=code,
        part=LOADER.part(code),
        designations=entry.names,
        parents=(Parent(parent),) if parent else (),
        active=not (entry.last and effective and entry.last < effective),
        level=shape.level if shape else "",
        sort_key=code,
        valid_from=entry.first,
        valid_to=entry.last,
    )


def _form(file: SourceFile) -> tuple[str, str | None]:
    """(form, the version its content states); an empty form for other files."""
    if "atc" in file.path.lower() and xml.root_name(file) not in (None, "ClaML"):
        element = next(iter(xml.stream(file, (_CONCEPT,))), None)
        if element is not None and _CODE.fullmatch(element.get("code", "").strip().upper()):
            return "xml", _stated_version(element)
        return "", None
    keys = first_values(file, TABLE, "key") if file.suffix == ".csv" else None
    plausible = keys and all(key == UNSPECIFIED or _CODE.fullmatch(key) for key in keys)
    return ("csv", None) if plausible else ("", None)


def _stated_version(concept: Element) -> str | None:
    """What an element around the codes says of the day of the list."""
    for above in concept.iterancestors():
        for name in _DATED:
            if effective_date(above.get(name, "")):
                return str(above.get(name))[:10]
    return None


def _from_table(file: SourceFile, report: Report) -> Iterator[_Entry]:
    for row in read_table(file, TABLE, report).rows:
        if row["key"] == UNSPECIFIED:
            report.warn("pseudo-code", f"{UNSPECIFIED!r} ({row['value']}) is no code", row.where)
            continue
        names = (Designation(row["value"]),) if row["value"] else ()
        yield _Entry(row.where, row["key"], names)


def _from_xml(file: SourceFile, report: Report) -> Iterator[_Entry]:
    for outer in xml.stream(file, (_CONCEPT,)):
        for concept in outer.iter(f"{{*}}{_CONCEPT}"):
            where = xml.place(concept, file.path)
            for name in sorted(map(str, concept.keys())):
                if name not in _KNOWN:
                    report.warn("unknown-attribute", f"{name} of a {_CONCEPT} is not read", where)
            first = next((text for name in _FROM if (text := concept.get(name, ""))), "")
            yield _Entry(
                where,
                concept.get("code", ""),
                _names(concept),
                _day(first, where, report),
                _day(concept.get("throughDate", ""), where, report),
            )


def _names(concept: Element) -> tuple[Designation, ...]:
    """The first name in a language is the display, any further one a synonym."""
    found: list[Designation] = []
    for element in _designations(concept):
        language = (element.get("language") or element.get(xml.XML_LANG) or "").split("-")[0].lower()
        language = "" if language == SYSTEM.language else language
        text = "".join(str(part) for part in element.itertext()) or element.get("value", "")
        if name := " ".join(text.split()):
            known = any(other.language == language for other in found)
            found.append(Designation(name, "synonym" if known else "display", language))
    return tuple(dict.fromkeys(found))


def _designations(element: Element) -> Iterator[Element]:
    """Those of this concept, also in elements between, not those of a concept inside it."""
    for child in xml.children(element):
        name = xml.local_name(child)
        if name == "designation":
            yield child
        elif name != _CONCEPT:
            yield from _designations(child)


def _day(text: str, where: Where, report: Report) -> date | None:
    """`2005-12-31`, `20051231` or either with a time behind."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip().replace("-", "")[:8])
    except ValueError:
        report.warn("bad-date", f"{text!r} is no date", where)
        return None


LOADER = AtcLoader()
