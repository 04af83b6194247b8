"""One concept of ICD-10-SE from what a row says, the same from every format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from codesystems.icd10se_formats.codes import LEVELS, canonical, part, sort_key
from codesystems.icd10se_formats.parts import HEADINGS
from codesystems.model import Concept, Designation, Property, PropertyDef, property_kind

MARK = "Manifestation(*)/Etiologi(†)"
LINK = "Koppling Manifestation(*)/Etiologi(†)"
NOT_MAIN = "Ej huvuddiagnos"
CODE_LEVEL = "Kodnivå - kodspecifikation"
RANGE = "range"
NOTES = (
    "Beskrivning",
    "Exempel",
    "Innefattar",
    "Utesluter",
    "Anmärkning",
    "Kodningsinformation",
    "Innehåll",
)
PROPERTIES = (
    *(PropertyDef(note, note, note=True) for note in NOTES),
    PropertyDef(MARK, "Manifestation (*) eller etiologi (†)"),
    PropertyDef(LINK, "Kopplad manifestations- eller etiologikod", type="code"),
    PropertyDef(NOT_MAIN, NOT_MAIN),
    PropertyDef(CODE_LEVEL, "Kodnivå"),
    PropertyDef(RANGE, "Kapitlets kodintervall"),
)
MARK_KIND = property_kind(MARK)
RANGE_KIND = property_kind(RANGE)
DISPLAY_KIND = "designation:display:sv"

_OWN_RANGE = re.compile(r"\s*\(\s*([A-Z]\d\d)\s*[-‐‑‒–—]\s*([A-Z]\d\d)\s*\)$")


def concept(
    code: str,
    title: str,
    *,
    codes: str = "",
    names: Sequence[Designation] = (),
    properties: Iterable[Property] = (),
    active: bool = True,
    valid_from: date | None = None,
) -> Concept:
    """The concept of a canonical code; parents are set later, by `hierarchy`.

    `codes` is a chapter's range where the file has it beside the title. A range of its own at the end of a
    chapter's or block's title is taken off: some files write it there and some do not.
    """
    group = part(code)
    if group in HEADINGS:
        title, in_title = _without_range(code, title)
        codes = codes or in_title
    display = (Designation(title),) if title else ()
    own = (Property(RANGE, codes),) if codes and group == "chapter" else ()
    return Concept(
        code=code,
        part=group,
        designations=(*display, *names),
        properties=(*own, *properties),
        active=active,
        abstract=group in HEADINGS,
        level=LEVELS[group],
        sort_key=sort_key(code),
        valid_from=valid_from,
    )


def _without_range(code: str, title: str) -> tuple[str, str]:
    """A heading's title without its own range, and that range."""
    match = _OWN_RANGE.search(title)
    if match is None:
        return title, ""
    codes = f"{match[1]}-{match[2]}"
    own = codes == code or canonical(codes) == code or (part(code) == "chapter" and part(codes) == "block")
    return (title[: match.start()], codes) if own else (title, "")
