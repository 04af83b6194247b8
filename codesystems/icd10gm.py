"""ICD-10-GM, the German modification: the table files of the publisher's metadata releases (x1gma, x1gmt).

Three files without headers, cells between semicolons: chapters, groups (blocks) and codes. The columns of the
codes are those of the release's own description (`…metadaten_liesmich.txt`): 27 until 2012; from 2013 the titles
of the three levels stand besides and make 30. Both ways to write an age limit say the same: the newer is read.
Groups that hold other groups (C00-C97) are only in the ClaML releases, which `claml` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from codesystems.building import Builder
from codesystems.files import Package, SourceFile
from codesystems.formats.icd10_codes import BLOCK, CATEGORY, CHAPTER, SUBCATEGORY, canonical, level, sort_key
from codesystems.formats.text import lines, split_cells
from codesystems.loader import Candidate, Loader, Shape
from codesystems.model import (
    CodeSystem,
    CodeSystemContent,
    Concept,
    Designation,
    Hints,
    Parent,
    Property,
    PropertyDef,
    Where,
    property_kind,
)
from codesystems.report import ReleaseError, Report
from codesystems.versions import first_version

SYSTEM = CodeSystem(
    id="icd-10-gm",
    url="http://fhir.de/CodeSystem/bfarm/icd-10-gm",
    title="ICD-10-GM, Internationale statistische Klassifikation der Krankheiten, German Modification",
    publisher="Bundesinstitut für Arzneimittel und Medizinprodukte (BfArM)",
    language="de",
    aliases=(
        "http://fhir.de/CodeSystem/dimdi/icd-10-gm",
        "1.2.276.0.76.5.409",
        "1.2.276.0.76.5.413",
        "1.2.276.0.76.5.417",
        "1.2.276.0.76.5.424",
    ),
)
"""The publisher gives every yearly version an OID of its own; those of 2012 to 2015 are known."""

KAPITEL, GRUPPEN, KODES = "kapitel", "gruppen", "kodes"
UMBRELLA = "umbrella-block"
UMBRELLA_BLOCKS = frozenset({"C00-C97", "C00-C75", "T20-T32"})
"""Blocks that hold blocks; the table files leave them out."""
CHAPTER_RANK = 2
"""Of a block's parents, behind up to two blocks around it that the table files do not know."""

_OWN_TITLES = ("Dreisteller", "Viersteller", "Fünfsteller")
_BEFORE = ("Ebene", "Ort", "Art", "KapNr", "GrVon", "Code", "NormCode", "CodeOhnePunkt", "Titel")
_AFTER = (
    "P295", "P301", "MortL1Code", "MortL2Code", "MortL3Code", "MortL4Code", "MorbLCode", "SexCode",
    "SexFehlerTyp", "AltUnt", "AltUntNeu", "AltOb", "AltObNeu", "AltFehlerTyp", "Exot", "Belegt",
    "IfSGMeldung", "IfSGLabor",
)  # fmt: skip
LAYOUTS: Mapping[int, tuple[str, ...]] = {
    27: (*_BEFORE, *_AFTER),
    30: (*_BEFORE, *_OWN_TITLES, *_AFTER),
}

PROPERTIES = (
    PropertyDef("Code", "Schlüsselnummer mit Strich, Stern und Ausrufezeichen"),
    PropertyDef("P295", "Verwendung nach § 295 (P primär, O Stern, Z Ausrufezeichen, V nicht)", "code"),
    PropertyDef("P301", "Verwendung nach § 301 (P primär, O Stern, Z Ausrufezeichen, V nicht)", "code"),
    *(PropertyDef(f"MortL{n}Code", f"Mortalitätsliste {n}", "code") for n in (1, 2, 3, 4)),
    PropertyDef("MorbLCode", "Morbiditätsliste", "code"),
    PropertyDef("SexCode", "Geschlechtsbezug (M, W)", "code"),
    PropertyDef("SexFehlerTyp", "Fehler bei Geschlechtsbezug (M Muss, K Kann)", "code"),
    PropertyDef("AltUntNeu", "Untere Altersgrenze (t Tage, j Jahre)", "code"),
    PropertyDef("AltObNeu", "Obere Altersgrenze (t Tage, j Jahre)", "code"),
    PropertyDef("AltFehlerTyp", "Fehler bei Altersbezug (M Muss, K Kann)", "code"),
    PropertyDef("Exot", "In Mitteleuropa sehr selten", "boolean"),
    PropertyDef("Belegt", "Mit Inhalt belegt", "boolean"),
    PropertyDef("IfSGMeldung", "Meldepflicht nach dem Infektionsschutzgesetz", "boolean"),
    PropertyDef("IfSGLabor", "Laborausschlussziffer des EBM", "boolean"),
)
_IRRELEVANT = frozenset({"", "9", "999", "9999", "UNDEF"})
_USUAL = {"Exot": "N", "Belegt": "J", "IfSGMeldung": "N", "IfSGLabor": "N"}
"""Marks are kept where they say something: a rare disease, a code without content."""

_FILE = re.compile(r"icd10gm(?P<y1>\d{4})?syst_(?P<kind>kapitel|gruppen|kodes)(?P<y2>\d{4})?\.txt", re.I)


class Icd10GmLoader(Loader):
    name = "icd10gm"
    systems = (SYSTEM,)
    expect_min_concepts = 15_000
    title_joint = ": "
    claml_names: ClassVar[Mapping[str, str]] = {
        "Para295": "P295",
        "Para301": "P301",
        "MortBCode": "MorbLCode",
    }

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for files in package.by_folder(file for file in package.files if _kind(file)).values():
            kinds = {_kind(file) for file in files}
            if KODES not in kinds:
                continue
            yield Candidate(
                loader=self,
                system=SYSTEM,
                files=tuple(files),
                form="metadata",
                version=hints.version or _year(files) or first_version(package.names_above(files[0])),
                missing=tuple(kind for kind in (KAPITEL, GRUPPEN) if kind not in kinds),
            )

    def read(self, candidate: Candidate, report: Report) -> CodeSystemContent:
        builder = Builder(candidate, report)
        blocks: dict[str, str] = {}
        files = sorted(candidate.files, key=lambda file: (KAPITEL, GRUPPEN, KODES).index(_kind(file)))
        for file in files:
            if _kind(file) == KAPITEL:
                _add_chapters(file, builder, report)
            elif _kind(file) == GRUPPEN:
                blocks = _add_blocks(file, builder, report)
            else:
                _add_codes(file, blocks, builder, report)
        builder.cover((CATEGORY, SUBCATEGORY), (property_kind(definition.code) for definition in PROPERTIES))
        return builder.content(PROPERTIES)

    def canonical(self, code: str) -> str:
        return canonical(code)

    def part(self, code: str) -> str:
        if code in UMBRELLA_BLOCKS:
            return UMBRELLA
        return level(code) or "other"

    def shape(self, code: str) -> Shape | None:
        name = level(code)
        if not name:
            return None
        return Shape(name, sort_key(code), abstract=True if name in (CHAPTER, BLOCK) else None)


def _kind(file: SourceFile) -> str:
    found = _FILE.fullmatch(file.name)
    return found["kind"].lower() if found else ""


def _year(files: Iterable[SourceFile]) -> str | None:
    found = (_FILE.fullmatch(file.name) for file in files)
    return next((match["y1"] or match["y2"] for match in found if match and (match["y1"] or match["y2"])), None)


def _add_chapters(file: SourceFile, builder: Builder, report: Report) -> None:
    for where, (number, title) in split_cells(file, 2, report):
        code = canonical(number)
        if level(code) != CHAPTER:
            raise ReleaseError(f"{number!r} is no chapter of ICD-10-GM", where)
        builder.add(_concept(code, (Designation(title),), (), True), where)


def _add_blocks(file: SourceFile, builder: Builder, report: Report) -> dict[str, str]:
    """Returns the first category of each block with the block's code."""
    blocks: dict[str, str] = {}
    for where, (first, last, number, title) in split_cells(file, 4, report):
        code = canonical(f"{first}-{last}")
        if level(code) != BLOCK:
            raise ReleaseError(f"'{first}-{last}' is no group of ICD-10-GM", where)
        parents = (Parent(canonical(number), CHAPTER_RANK),)
        builder.add(_concept(code, (Designation(title),), parents, True), where)
        blocks[first] = code
    return blocks


def _add_codes(file: SourceFile, blocks: Mapping[str, str], builder: Builder, report: Report) -> None:
    width = _width(file, report)
    for where, cells in split_cells(file, width, report):
        row = dict(zip(LAYOUTS[width], cells, strict=True))
        code = canonical(row["NormCode"])
        if row["NormCode"] and level(code) in ("", CHAPTER, BLOCK):
            raise ReleaseError(f"{row['NormCode']!r} in field 7 is no code of ICD-10-GM", where)
        if len(code) == 3 and blocks and row["GrVon"] not in blocks:
            report.warn("unknown-group", f"{code} is in the group {row['GrVon']}, which has no row", where)
        parent = blocks.get(row["GrVon"], "") if len(code) == 3 else code[:-1].rstrip(".")
        parents = (Parent(parent),) if parent else ()
        properties = tuple(_properties(row))
        builder.add(_concept(code, _titles(row), parents, row["Ort"] == "N", properties), where)


def _width(file: SourceFile, report: Report) -> int:
    """The number of columns, by the first line. Raises `ReleaseError` where no layout has as many."""
    first = next((line for line in lines(file, report) if line.strip()), "")
    width = first.count(";") + 1
    if width not in LAYOUTS:
        known = " or ".join(str(width) for width in LAYOUTS)
        raise ReleaseError(f"{width} columns, where {known} are known", Where(file.path, 1))
    return width


def _titles(row: Mapping[str, str]) -> tuple[Designation, ...]:
    """The whole title, and the code's own where that leans on those above it."""
    own = next((row[name] for name in reversed(_OWN_TITLES) if row.get(name)), "")
    names = [Designation(row["Titel"])] if row["Titel"] else []
    if own and own != row["Titel"]:
        names.append(Designation(own, "short"))
    return tuple(names)


def _properties(row: Mapping[str, str]) -> Iterator[Property]:
    for definition in PROPERTIES:
        value = row[definition.code]
        if definition.type == "boolean":
            if value and value != _USUAL[definition.code]:
                yield Property(definition.code, "true" if value == "J" else "false")
        elif value not in _IRRELEVANT and (definition.code != "Code" or value != row["NormCode"]):
            yield Property(definition.code, value)


def _concept(
    code: str,
    names: tuple[Designation, ...],
    parents: tuple[Parent, ...],
    abstract: bool,
    properties: tuple[Property, ...] = (),
) -> Concept:
    return Concept(
        code=code,
        part=LOADER.part(code),
        designations=names,
        parents=parents,
        properties=properties,
        abstract=abstract,
        level=level(code),
        sort_key=sort_key(code),
    )


LOADER = Icd10GmLoader()
