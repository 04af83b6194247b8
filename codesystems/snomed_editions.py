"""Editions of SNOMED CT: what they are called, and which of them a release builds on.

Sources: SNOMED CT URI Standard ("URIs for editions and versions"); Release File Specification ("Module Dependency
Reference Set", "SCTID representation"). An edition is a module with all that it depends on, and a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from codesystems.files import SourceFile
from codesystems.formats import rf2, rf2_columns, rf2_tables
from codesystems.formats.rf2_cells import distinct
from codesystems.formats.rf2_columns import Ints
from codesystems.formats.rf2_package import Kind, ReleaseFiles, sources
from codesystems.formats.tables import Columns
from codesystems.loader import Requirement
from codesystems.model import CodeSystem
from codesystems.report import Report

SWEDISH, INTERNATIONAL = "45991000052106", "900000000000207008"
SYSTEM = CodeSystem(
    id="snomed-ct",
    url="http://snomed.info/sct",
    title="SNOMED CT",
    publisher="SNOMED International",
    language="en",
    aliases=(f"http://snomed.info/sct/{SWEDISH}", "2.16.840.1.113883.6.96", "1.2.752.116.2.1.1"),
    code_rule="exact",
    copyright="© SNOMED International; used under the licence of each country's release centre",
)
OWNERS = {"SE1000052": SWEDISH, "DK1000005": "554471000005108", "NO1000202": "51000202101"}
"""Who owns a file, as its name says → the module of its edition. What `INT` names is decided by the content too."""
_REFERRING: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("relationship", ("sourceId", "destinationId")),
    ("description", ("conceptId",)),
)
_DEPENDENCY = 900000000000534007
_URI = re.compile(r"http://snomed\.info/(?P<status>x?)sct/(?P<module>[0-9]{6,18})(?:/version/(?P<day>[0-9]{8}))?")
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Named:
    """What an operator says of a version: all of it by URI, or its day alone."""

    module: str | None = None
    day: date | None = None
    unpublished: bool | None = None


def named(version: str) -> Named | None:
    """What a version's name says: a URI, `20250909` or `2025-09-09`; None where it is none of these."""
    uri, bare = _URI.fullmatch(version.strip()), _DAY.fullmatch(version.strip())
    try:
        if uri:
            day = rf2.day(uri["day"]) if uri["day"] else None
            return Named(uri["module"], day, bool(uri["status"]))
        return Named(day=rf2.day("".join(bare.groups()))) if bare else None
    except ValueError:
        return None


def edition(module: str) -> CodeSystem:
    """The code system that an edition is."""
    if module == SWEDISH:
        return SYSTEM
    title = "International Edition" if module == INTERNATIONAL else f"edition {module}"
    return CodeSystem(
        id=f"{SYSTEM.id}-{module}",
        url=f"{SYSTEM.url}/{module}",
        title=f"{SYSTEM.title} {title}",
        publisher=SYSTEM.publisher,
        language=SYSTEM.language,
        code_rule=SYSTEM.code_rule,
        copyright=SYSTEM.copyright,
    )


def version_uri(module: str, day: date, *, unpublished: bool = False) -> str:
    return f"http://snomed.info/{'x' if unpublished else ''}sct/{module}/version/{day:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Dependency:
    """Of a module, another that it depends on, as that is at a time."""

    module: int
    on: int
    target: int


def dependencies(release: ReleaseFiles, day: date) -> list[Dependency]:
    """What the module dependency refset says on a day."""
    files = [file for file in release.of("refset") if "targetEffectiveTime" in rf2_columns.header(file)]
    if not files:
        return []
    layout = rf2_tables.refset(("sourceEffectiveTime", "targetEffectiveTime"))
    table = rf2_tables.read(sources(files, day, 0), layout, Report())
    found = []
    for row in np.flatnonzero(table.active & (table.numbers["refsetId"] == _DEPENDENCY)).tolist():
        target = table.texts["targetEffectiveTime"][row].strip()
        on = int(table.numbers["referencedComponentId"][row])
        found.append(
            Dependency(int(table.module[row]), on, int(target) if target.isdecimal() and len(target) == 8 else 0)
        )
    return found


def module_of(release: ReleaseFiles, found: Sequence[Dependency]) -> str | None:
    """The module whose edition a release is of, by owner and by what no other module depends on; None where neither
    says. International releases hold modules of maps that nothing depends on either: one with a namespace is not of
    that kind (it is an extension packed with the International Edition)."""
    if release.owner in OWNERS:
        return OWNERS[release.owner]
    tops = {each.module for each in found} - {each.on for each in found if each.on != each.module}
    extensions = [module for module in tops if str(module)[-3:-1] == "10"]
    if len(extensions) == 1:
        return str(extensions[0])
    return INTERNATIONAL if release.owner == "INT" else None


def requirements(
    release: ReleaseFiles, system: CodeSystem, module: str, day: date, found: Iterable[Dependency]
) -> tuple[Requirement, ...]:
    """What must be there before a release can be read: of a Delta the release before; of an extension the
    International Edition that it names, unless the package carries the concepts that its rows refer to."""
    required = []
    delta = release.type == "Delta"
    if delta:
        text = f"the release of {system.title} before {day:%Y%m%d}, that this Delta changes"
        required.append(Requirement((system.id,), text, before=day))
    named_in = [each.target for each in found if (str(each.module), str(each.on)) == (module, INTERNATIONAL)]
    if module == INTERNATIONAL or not any(named_in) or (not delta and _whole(release)):
        return tuple(required)
    base = rf2.day(str(max(named_in)))
    uri = version_uri(INTERNATIONAL, base)
    system = edition(INTERNATIONAL)
    text = f"{system.title} {base:%Y%m%d} ({uri})"
    required.append(Requirement((system.id,), text, effective=base, version=uri, as_before=delta))
    return tuple(required)


def _whole(release: ReleaseFiles) -> bool:
    """Whether the concepts that active relationships and descriptions refer to are in the release."""
    known = [ids for file in release.of("concept") for ids in _identifiers(file)]
    concepts = distinct(np.concatenate(known)) if known else np.zeros(0, np.int64)
    return all(
        _within(ids, concepts)
        for kind, columns in _REFERRING
        for file in release.of(kind)
        for ids in _references(file, columns)
    )


def _within(ids: Ints, known: Ints) -> bool:
    """Whether all are among `known`, which are in order: `numpy.isin` would sort those again each time."""
    if not len(known):
        return not len(ids)
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return bool((known[at] == ids).all())


def _identifiers(file: SourceFile) -> Iterator[Ints]:
    """The identifiers of concepts, a part at a time."""
    for chunk in rf2_columns.read(file, Columns(("definitionStatusId",)), Report()):
        yield rf2_columns.numbers(chunk, 0, "id")


def _references(file: SourceFile, columns: tuple[str, ...]) -> Iterator[Ints]:
    """What active rows refer to in these columns, a part at a time."""
    for chunk in rf2_columns.read(file, Columns(columns), Report()):
        active = rf2_columns.flags(chunk)
        for number, name in enumerate(columns, start=len(rf2.COMMON)):
            yield rf2_columns.numbers(chunk, number, name)[active]
