"""Parents, from the codes themselves: chapter → block → category → subcategory → extension.

No file but the tsv states parents. A code's parent is its longest prefix among the codes of the release; a
category's is the block that contains it, with its chapter one rank further up; a block's is its chapter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from codesystems.building import Builder
from codesystems.icd10se_formats.codes import Part, canonical, chapter_of, part
from codesystems.icd10se_formats.parts import HEADINGS, parent_units
from codesystems.model import Concept, Parent, parent_kind
from codesystems.report import Report

CATEGORY_LENGTH = 3
DETAILS = ("subcategory", "extension")


def place(builder: Builder, parts: Collection[Part], stated: Mapping[str, str], report: Report) -> None:
    """Give every concept taken so far its parents, and declare which parents the release decides.

    `parts` are those the release covers, `stated` the parents it states itself (the tsv's), which come before
    derived ones. Codes without the category they should be under, or without any place, are reported.
    """
    units = parent_units(parts)
    for group, kind in units:
        builder.cover([group], [kind])
    tree = _Tree(builder, parts)
    for concept in tuple(builder):
        parents = tree.parents(concept, stated.get(concept.code, ""))
        told = tuple(parent for parent in parents if (concept.part, parent_kind(parent.rank)) in units)
        if told:
            builder.update(concept.code, parents=told)
        if not told and concept.level != "chapter" and (concept.part, "parent") in units:
            message = f"{concept.code} has no parent among the codes of this release"
            report.warn("orphan", message, builder.where(concept.code))
        elif told and concept.level in DETAILS and part(told[0].code) in HEADINGS:
            message = f"{concept.code} has no category and is placed under {told[0].code}"
            report.warn("orphan", message, builder.where(concept.code))


class _Tree:
    """The codes of one release by prefix and range."""

    def __init__(self, concepts: Iterable[Concept], parts: Collection[Part]) -> None:
        self._parts = parts
        self._codes = {concept.code for concept in concepts}
        self._blocks = sorted((*_span(code), code) for code in self._codes if part(code) == "block")

    def parents(self, concept: Concept, stated: str) -> tuple[Parent, ...]:
        code = concept.code
        chapter = chapter_of(code) if concept.level != "chapter" else None
        if chapter not in self._codes and ("chapter" in self._parts or concept.level in DETAILS):
            chapter = None
        ranked: tuple[tuple[str | None, int], ...]
        if concept.level == "category":
            nearest = stated if stated and part(stated) != "chapter" else self._block(code)
            ranked = ((nearest, 0), (chapter, 1))
        elif concept.level == "block":
            ranked = ((stated or self._block(code) or chapter, 0),)
        elif concept.level in DETAILS:
            ranked = ((stated or self._prefix(code) or self._block(code) or chapter, 0),)
        else:
            ranked = ((stated, 0),)
        return tuple(Parent(parent, rank) for parent, rank in ranked if parent)

    def _prefix(self, code: str) -> str | None:
        """The longest shorter code of the release; where categories are not in it, the category by its shape."""
        plain = code.replace(".", "")
        for length in range(len(plain) - 1, CATEGORY_LENGTH - 1, -1):
            prefix = canonical(plain[:length])
            if prefix in self._codes:
                return prefix
        return None if "category" in self._parts else plain[:CATEGORY_LENGTH]

    def _block(self, code: str) -> str | None:
        """The smallest block that contains a block, category or longer code."""
        first, last = _span(code)
        around = [row for row in self._blocks if row[0] <= first and row[1] >= last and row[2] != code]
        return max(around, key=lambda row: row[0])[2] if around else None


def _span(code: str) -> tuple[str, str]:
    """First and last category of a code, as text that sorts: two-letter blocks hold what begins with them."""
    if "-" in code:
        first, _, last = code.partition("-")
        return first, last
    return (code, f"{code}~") if part(code) == "block" else (code[:CATEGORY_LENGTH], code[:CATEGORY_LENGTH])
