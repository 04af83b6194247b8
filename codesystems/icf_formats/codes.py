"""The codes of ICF: how they are written, and what follows from a code alone.

`b` component, `b1` chapter, `b110-b139` block, `b110` second level, `b1100` third, `b11420` fourth; a capital
letter behind a code is a national subdivision of it, one level down (`d298A` under `d298`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from codesystems.loader import Shape
from codesystems.model import CodeSystem, Concept, Designation, Parent, Property

SYSTEM = CodeSystem(
    id="icf",
    url="http://hl7.org/fhir/sid/icf",
    title="Internationell klassifikation av funktionstillstånd, funktionshinder och hälsa",
    publisher="E-hälsomyndigheten",
    aliases=("1.2.752.116.1.1.3", "1.2.752.116.1.1.3.1.1"),
    copyright="World Health Organization",
)

HEADINGS = ("component", "chapter", "block")
PARTS = ("category", "block")

_CODE = re.compile(r"[bsde](?:\d(?:\d\d(?:-[bsde]\d{3}|\d{0,2}[A-Z]?))?)?")
_DASHES = str.maketrans("–—‐‑", "----")
_ORDER = "bsde"
_DEPTHS = ("component", "component", "chapter", "chapter", "second-level", "third-level", "fourth-level")
"""By the number of characters."""


def canonical(code: str) -> str:
    """`b7618 ` → `b7618`, `D298a` → `d298A`, `b110 – b139` → `b110-b139`."""
    ends = "".join(code.split()).translate(_DASHES).split("-")
    return "-".join(end[:1].lower() + end[1:].upper() for end in ends)


def is_code(code: str) -> bool:
    return _CODE.fullmatch(code) is not None


def level_of(code: str) -> str:
    if "-" in code:
        return "block"
    return _DEPTHS[min(len(code), 6)]


def part_of(code: str) -> str:
    """Blocks are a group of their own: a file may lack them."""
    return "block" if "-" in code else "category"


def shape_of(code: str) -> Shape:
    """Components, chapters and blocks are headings."""
    level = level_of(code)
    return Shape(level, _sort_key(code), abstract=level in HEADINGS)


def _sort_key(code: str) -> str:
    """Component in the book's order, then digits; a block stands before the first of its categories."""
    if "-" in code:
        return _sort_key(code.partition("-")[0])[:-1]
    component = str(_ORDER.find(code[:1].lower()) + 1)
    return component + (f"{code[1:4]}:{code[4:]}" if len(code) >= 4 else code[1:])


def parent_of(code: str, codes: Collection[str], blocks: Iterable[str]) -> str:
    """The nearest heading or category above `code` among `codes`; empty for a component.

    A second-level category belongs to the one of `blocks` that holds it, else to its chapter.
    """
    if len(code) == 4:
        for block in blocks:
            first, _, last = block.partition("-")
            if first <= code <= last:
                return block
    if "-" in code:
        return code[:2]
    above = [code[:length] for length in range(len(code) - 1, 0, -1) if length != 3]
    return next((prefix for prefix in above if prefix in codes), above[0] if above else "")


def make(code: str, names: tuple[Designation, ...], parent: str, properties: tuple[Property, ...] = ()) -> Concept:
    """A concept of ICF; part, level, order and whether it is a heading follow from the code."""
    shape = shape_of(code)
    return Concept(
        code=code,
        part=part_of(code),
        designations=names,
        parents=(Parent(parent),) if parent else (),
        properties=properties,
        abstract=bool(shape.abstract),
        level=shape.level,
        sort_key=shape.sort_key,
    )


def names_of(title: str, others: Iterable[str]) -> tuple[Designation, ...]:
    """The title and the alternative terms that say something else."""
    names = [Designation(title)] if title else []
    names += [Designation(other, "synonym") for other in dict.fromkeys(others) if other != title]
    return tuple(names)
