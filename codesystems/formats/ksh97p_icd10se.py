"""What a code of KSH97-P says of ICD-10-SE by its shape alone: the publisher has no table from one to the other.

KSH97-P is ICD-10 shortened for primary care, and its codes are ICD-10's but for the last position:

- `A00-` is the whole category A00, `A045` the subcategory A04.5, `F438A` the Swedish subdivision F43.8A: equivalent;
- `A02-P`, `E108P`: a `P` marks a group made for primary care, which goes by the number of one of its members. Its
  title may be wider (`A02-P` is all salmonella infections, A02 only the other ones), and what else the group holds
  no file says. That it holds all of A02 follows where no other code of the list lies within A02, since KSH97-P
  shortens ICD-10 and leaves nothing out: broader. Where one does, how the two are related cannot be said.

What cannot be derived: the other members of a group; groups under a number that ICD-10-SE does not have (`NO_SUCH`),
but for the category that the number lies in; codes of any other shape.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from codesystems.icd10se_formats.codes import canonical
from codesystems.maps import MapElement

NO_SUCH = {"Q57-P": "", "R108P": "R10", "R110P": "R11", "R111P": "R11"}
"""Groups whose number no release of ICD-10-SE has, and the category that the number lies in, if there is one."""
_SHAPE = re.compile(r"([A-Z]\d\d)(?:-|(\d)([A-OQ-Z])?)")
_GROUP = re.compile(r"([A-Z]\d\d)(?:-|(\d))P")


def derived(code: str, title: str, codes: Collection[str]) -> MapElement:
    """The element for one canonical code; `codes` are all codes of the same list. Comments are in Swedish."""
    if found := _SHAPE.fullmatch(code):
        target = canonical("".join(part or "" for part in found.groups()))
        return MapElement(code, target, "equivalent", source_display=title)
    if not (group := _GROUP.fullmatch(code)):
        comment = "Ej härledd: koden har inte någon av KSH97-P:s former."
        return MapElement(code, relationship="unmapped", comment=comment, source_display=title)
    number = group[1] + (group[2] or "")
    if code in NO_SUCH:
        return _without_number(code, title, canonical(number), NO_SUCH[code])
    if any(other.startswith(number) for other in codes if other != code):
        comment = f"Gruppkod för primärvården (P) under {canonical(number)}, där listan även har andra koder."
        return MapElement(code, canonical(number), "related-to", comment=comment, source_display=title)
    comment = "Gruppkod för primärvården (P): kan omfatta fler koder i ICD-10-SE; vilka framgår inte av filen."
    return MapElement(code, canonical(number), "source-is-broader-than-target", comment=comment, source_display=title)


def _without_number(code: str, title: str, number: str, category: str) -> MapElement:
    comment = f"Gruppkod för primärvården (P): {number} finns inte i ICD-10-SE"
    if category:
        comment += f", numret ligger i kategorin {category}."
        return MapElement(code, category, "source-is-narrower-than-target", comment=comment, source_display=title)
    return MapElement(code, relationship="unmapped", comment=f"{comment}.", source_display=title)
