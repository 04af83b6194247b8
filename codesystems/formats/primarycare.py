"""Codes of the Swedish primary care versions of the ICD: of a category, the fourth place is empty or a hyphen."""

from __future__ import annotations

from codesystems.loader import Loader, Shape


class PrimaryCareLoader(Loader):
    """What both versions' codes have in common."""

    def canonical(self, code: str) -> str:
        return "".join(code.upper().split())

    def shape(self, code: str) -> Shape:
        return Shape("category" if code[3:4] in ("", "-") else "subcategory", code, abstract=False)
