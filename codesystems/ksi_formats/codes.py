"""The codes of KSI: how they are written, and what follows from a code alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from codesystems.loader import Shape
from codesystems.model import CodeSystem, Concept, Designation, Parent, Property

SYSTEM = CodeSystem(
    id="ksi",
    url="urn:oid:1.2.752.116.1.3.2.1.6",
    title="Klassifikation av socialtjänstens insatser och aktiviteter",
    publisher="E-hälsomyndigheten",
    aliases=("1.2.752.116.1.3.2.1.6", "1.2.752.116.1.3.2.3.8", "1.2.752.116.1.3.2.1.5"),
)

LEVELS = ("chapter", "target", "activity")

_CODE = re.compile(r"[A-Z]{2}(?:-[A-Z]{2}|[A-Z0-9](?:\.[A-Z0-9]{2}\.[A-Z0-9]{2})?)?")
_DASHES = str.maketrans("–—‐‑", "----")


def canonical(code: str) -> str:
    """`SA - SC` → `SA-SC`, `TAQ.AS.ZZ` with a no-break space behind it → `TAQ.AS.ZZ`."""
    return "".join(code.upper().split()).translate(_DASHES)


def is_code(code: str) -> bool:
    return _CODE.fullmatch(code) is not None


def level_of(code: str) -> str:
    if "." in code:
        return "activity"
    return "target" if len(code) == 3 else "chapter"


def shape_of(code: str) -> Shape:
    """Chapters and targets are headings. Order is that of the codes: `SA-SC`, `SA1`, `SA1.AA.ZZ`, `SA2`."""
    level = level_of(code)
    return Shape(level, code, abstract=level != "activity")


def target_of(code: str) -> str:
    """The target of an activity: what stands before the first dot."""
    return code.partition(".")[0]


def chapter_of(code: str, chapters: Iterable[str]) -> str:
    """The one of `chapters` whose letters hold the target `code`; empty where none does, and for chapters."""
    if level_of(code) == "chapter":
        return ""
    return next((chapter for chapter in chapters if chapter[:2] <= code[:2] <= chapter[-2:]), "")


def make(
    code: str,
    names: tuple[Designation, ...],
    parent: str = "",
    properties: tuple[Property, ...] = (),
    *,
    active: bool = True,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Concept:
    """A concept of KSI; part, level, order and whether it is a heading follow from the code."""
    shape = shape_of(code)
    return Concept(
        code=code,
        part=shape.level,
        designations=names,
        parents=(Parent(parent),) if parent else (),
        properties=properties,
        active=active,
        abstract=bool(shape.abstract),
        level=shape.level,
        sort_key=shape.sort_key,
        valid_from=valid_from,
        valid_to=valid_to,
    )
