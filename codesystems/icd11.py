"""ICD-11 MMS (WHO), English and in translation: the simple tabulation (`formats.icd11_tabulation`).

A code is WHO's code; chapters go by their number, blocks by their identifier, and blocks without one by their
linearization URI without the release.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codesystems.building import Builder
from codesystems.files import Package, SourceFile
from codesystems.formats.icd11_codes import canonical, is_linearization_uri, parts
from codesystems.formats.icd11_tabulation import (
    FOUNDATION,
    GROUPINGS,
    LINEARIZATION,
    NOTE,
    PRIMARY,
    RESIDUAL,
    TITLE_EN,
    Entry,
    Stated,
    language_of,
    read_entries,
    stated,
)
from codesystems.formats.peek import WORKBOOKS
from codesystems.formats.tables import Table, fold
from codesystems.loader import Candidate, Loader
from codesystems.model import (
    CodeSystem,
    CodeSystemContent,
    Concept,
    Designation,
    Hints,
    Parent,
    Property,
    PropertyDef,
    designation_kind,
    property_kind,
)
from codesystems.report import Report
from codesystems.versions import first_version

SYSTEM = CodeSystem(
    id="icd-11",
    url="http://id.who.int/icd/release/11/mms",
    title="ICD-11 för mortalitets- och morbiditetsstatistik (MMS)",
    publisher="WHO",
    aliases=("http://id.who.int/icd11/mms", "http://hl7.org/fhir/sid/icd-11"),
    copyright="World Health Organization, CC BY-ND 3.0 IGO",
)
KIND = "ClassKind"
PROPERTIES = (  # besides the groupings and coding notes, which not all files have
    PropertyDef(LINEARIZATION, "Linearization URI", identifier=True),
    PropertyDef(FOUNDATION, "Foundation URI", identifier=True),
    PropertyDef(KIND, "Class kind", "code"),
    PropertyDef(RESIDUAL, "Residual category", "boolean"),
    PropertyDef(PRIMARY, "Primary tabulation", "boolean"),
)
_IDENTIFIERS = (LINEARIZATION, FOUNDATION)
_BOOLEANS = (RESIDUAL, PRIMARY)
_LANGUAGES = {SYSTEM.language: 4, "en": 2}
"""Of several languages of one release the first that is here is read; a translation holds the English besides."""


class Icd11Loader(Loader):
    name = "icd11"
    systems = (SYSTEM,)
    expect_min_concepts = 30_000

    def identify(self, package: Package, hints: Hints) -> Iterator[Candidate]:
        for file in package.files:
            known = stated(file)
            if known is not None:
                version = known.release or first_version(package.names_above(file))
                form = "workbook" if file.suffix in WORKBOOKS else "text"
                yield Candidate(self, SYSTEM, (file,), form, version, effective=known.day, rank=_rank(file, known))

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        (file,) = candidate.files
        table, entries = read_entries(file, report)
        language = language_of(file, SYSTEM.language, table.has(TITLE_EN))
        note = NOTE if language == SYSTEM.language else f"{NOTE}-{language}"
        builder = Builder(candidate, report)
        for entry, key in zip(entries, _sort_keys(entries), strict=True):
            builder.add(_concept(entry, language, note, key, report), entry.where)
        if untranslated := sum(bool(entry.title_en and not entry.title) for entry in entries):
            report.note(f"{file.path}: {untranslated} titles are in English only")
        builder.cover(("all",), _kinds(table, language, note))
        return builder.content((*PROPERTIES, *_optional_properties(table, note)))

    def canonical(self, code: str) -> str:
        return canonical(code)

    def parts(self, code: str) -> tuple[str, ...]:
        return parts(code)


def _rank(file: SourceFile, known: Stated) -> int:
    translated = any(fold(cell) == fold(TITLE_EN) for cell in known.header)
    rank = _LANGUAGES.get(language_of(file, SYSTEM.language, translated), 0)
    return rank if file.suffix in WORKBOOKS else rank + 1


def _optional_properties(table: Table, note: str) -> Iterator[PropertyDef]:
    """Coding notes of each language are a property of their own: one language's do not replace another's."""
    yield from (PropertyDef(column, column, "code") for column in GROUPINGS if table.has(column))
    if table.has(NOTE):
        yield PropertyDef(note, "Coding note", note=True)


def _kinds(table: Table, language: str, note: str) -> set[str]:
    """What a file with these columns speaks of."""
    columns = {column for column in table.header if column}
    kinds = {"state", "parent", property_kind(KIND), designation_kind("display", language)}
    kinds |= {property_kind(column) for column in (*_IDENTIFIERS, *_BOOLEANS, *GROUPINGS) if column in columns}
    kinds |= {designation_kind("display", "en")} if TITLE_EN in columns else set()
    kinds |= {property_kind(note)} if NOTE in columns else set()
    return kinds


def _concept(entry: Entry, language: str, note: str, key: str, report: Report) -> Concept:
    names = {"en": entry.title_en} | ({language: entry.title} if entry.title else {})
    designations = tuple(Designation(name, language=spoken) for spoken, name in names.items() if name)
    if not designations:
        report.warn("no-title", f"{entry.code} has no title", entry.where)
    return Concept(
        code=entry.code,
        part="all",
        designations=designations,
        parents=(Parent(entry.parent),) if entry.parent else (),
        properties=tuple(_properties(entry, note, report)),
        abstract=entry.kind in ("chapter", "block"),
        level=_level(entry),
        sort_key=key,
    )


def _level(entry: Entry) -> str:
    """A category below another category is a subcategory."""
    below = entry.kind == "category" and entry.row["DepthInKind"] not in ("", "1")
    return "subcategory" if below else entry.kind


def _properties(entry: Entry, note: str, report: Report) -> Iterator[Property]:
    row = entry.row
    if not is_linearization_uri(row[LINEARIZATION]):
        report.warn("unusual-uri", f"{row[LINEARIZATION]!r} is no URI of the linearization", entry.where)
    yield from (Property(column, canonical(row[column])) for column in _IDENTIFIERS if row[column])
    if entry.kind:
        yield Property(KIND, entry.kind)
    for column in _BOOLEANS:
        value = row[column].lower()
        if value in ("true", "false"):
            yield Property(column, value)
        elif value:
            report.warn("bad-boolean", f"{column} is {row[column]!r}, neither True nor False", entry.where)
    yield from (Property(column, canonical(row[column])) for column in GROUPINGS if row[column])
    if row[NOTE]:
        yield Property(note, row[NOTE].replace("\r\n", "\n").replace("\r", "\n"))


def _sort_keys(entries: Sequence[Entry]) -> Iterator[str]:
    """The chapter's number, then the code; a block stands before the smallest code below it, an empty one last.

    Outside the extension codes (chapter X), whose codes say nothing of the hierarchy, this is WHO's own order.
    """
    smallest = _smallest_below(entries)
    for entry in entries:
        chapter, first = canonical(entry.row["ChapterNo"]), smallest.get(entry.code)
        if entry.kind == "chapter":
            yield chapter
        elif entry.kind != "block":
            yield f"{chapter} {entry.code}-"  # the hyphen comes after a block's space and before a subcategory's dot
        elif first:
            yield f"{chapter} {first} {entry.row['DepthInKind']}"
        else:
            yield f"{chapter} ~{entry.code.rpartition('/')[2]}"


def _smallest_below(entries: Sequence[Entry]) -> dict[str, str]:
    """Code → the smallest category's code below it."""
    parents = {entry.code: entry.parent for entry in entries}
    found: dict[str, str] = {}
    for code in sorted(entry.code for entry in entries if entry.kind == "category"):
        above = parents[code]
        while above and above not in found:  # whoever is found has all above it found by a smaller code
            found[above] = code
            above = parents.get(above, "")
    return found


LOADER = Icd11Loader()
