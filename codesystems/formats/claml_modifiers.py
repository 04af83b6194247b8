"""The codes that ClaML does not write out: classes with the values of their modifiers appended.

A modifier (ModifiedBy) holds for its class and all below, until an ExcludeModifier ends it for a class and
all below that. It is applied where codes end: at classes without declared subclasses; one whose values begin
with a dot also at the class that names it, when that class has no dot yet (E10 with `.0` to `.9`, some of
them written out). Several are applied one after the other, by `position` where that is stated. A value may be
barred behind a value of an earlier modifier (Meta `excludeOnPrecedingModifier`, as in ICD-10-GM). A code that
is declared is not made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codesystems.formats.claml import Class, Document, ModifiedBy, ModifierClass
from codesystems.report import ReleaseError, Report

MAX_EXPANDED = 1_000_000
MAX_DEPTH = 100
BARRED_BEHIND = "excludeOnPrecedingModifier"


@dataclass(frozen=True, slots=True)
class Modified:
    """A code made of a class and values of its modifiers, in the order applied."""

    code: str
    parent: str
    base: Class
    values: tuple[ModifierClass, ...]


def expand(document: Document, parents: Mapping[str, tuple[str, ...]], report: Report) -> Iterator[Modified]:
    """Every code made by modifiers. `parents` are those of the declared classes, by code.

    Raises `ReleaseError` beyond `MAX_EXPANDED` codes or `MAX_DEPTH` levels; modifiers and values that are not in
    the file are reported.
    """
    if not any(item.modified_by for item in document.classes):
        return
    classes = {item.code: item for item in document.classes}
    inner = {parent for above in parents.values() for parent in above}
    made = 0
    for item in classes.values():
        _check(item, document, report)
        in_force = [m for m in _in_force(item, classes, parents) if _applies(m, item, document, inner)]
        modifiers = sorted(in_force, key=lambda m: (m.position or 0, not _dotted(m, document)))
        for modified in _applied(item, modifiers, document, classes):
            made += 1
            if made > MAX_EXPANDED:
                raise ReleaseError(f"the modifiers make more than {MAX_EXPANDED} codes", item.where)
            yield modified


def _in_force(item: Class, classes: Mapping[str, Class], parents: Mapping[str, tuple[str, ...]]) -> list[ModifiedBy]:
    """The modifiers of a class and of those above it, nearest first, less those excluded on the way up; of
    several statements of one the nearest counts."""
    found: dict[str, ModifiedBy] = {}
    excluded: set[str] = set()
    level, seen = [item.code], {item.code}
    for _ in range(MAX_DEPTH):
        here = [classes[code] for code in level if code in classes]
        for above in here:
            for modifier in above.modified_by:
                if modifier.code not in excluded:
                    found.setdefault(modifier.code, modifier)
        excluded.update(code for above in here for code in above.excludes)
        above_codes = [parent for code in level for parent in parents.get(code, ())]
        level = [code for code in dict.fromkeys(above_codes) if code not in seen]
        seen.update(level)
        if not level:
            return list(found.values())
    raise ReleaseError(f"{item.code} has more than {MAX_DEPTH} classes above one another", item.where)


def _dotted(modifier: ModifiedBy, document: Document) -> bool:
    return any(value.code.startswith(".") for value in document.modifier_classes.get(modifier.code, ()))


def _applies(modifier: ModifiedBy, item: Class, document: Document, inner: set[str]) -> bool:
    dotted = _dotted(modifier, document)
    if dotted and "." in item.code:
        return False
    if item.code not in inner:
        return bool(document.modifier_classes.get(modifier.code))
    return dotted and "-" not in item.code and modifier in item.modified_by


def _applied(
    item: Class, modifiers: list[ModifiedBy], document: Document, classes: Mapping[str, Class]
) -> Iterator[Modified]:
    ends: list[tuple[str, tuple[ModifierClass, ...]]] = [(item.code, ())]
    for modifier in modifiers:
        values = document.modifier_classes[modifier.code]
        codes = {value.code for value in values}
        divided = {value.parent for value in values}
        longer: list[tuple[str, tuple[ModifierClass, ...]]] = []
        for code, before in ends:
            for value in values:
                made = code + value.code
                if not _valid(value, modifier, before) or made in classes:
                    continue
                if value.code not in divided:
                    longer.append((made, (*before, value)))
                parent = code + value.parent if value.parent in codes else code
                yield Modified(made, parent, item, (*before, value))
        ends = longer


def _valid(value: ModifierClass, modifier: ModifiedBy, before: tuple[ModifierClass, ...]) -> bool:
    if modifier.valid is not None and value.code not in modifier.valid:
        return False
    barred = {tuple(text.split()) for name, text in value.metas if name == BARRED_BEHIND}
    return not any((earlier.modifier, earlier.code) in barred for earlier in before)


def _check(item: Class, document: Document, report: Report) -> None:
    for modifier in item.modified_by:
        values = document.modifier_classes.get(modifier.code)
        if not values:
            message = f"{item.code} is modified by {modifier.code}, which has no values"
            report.warn("unknown-modifier", message, item.where)
            continue
        for code in sorted((modifier.valid or frozenset()) - {value.code for value in values}):
            message = f"{item.code} allows {code} of {modifier.code}, which is not there"
            report.warn("unknown-modifier-class", message, item.where)
