"""What every format of any map has in common: the words for relationships, codes as their homes write them, and rows
that contradict themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from codesystems.loader import home_of
from codesystems.maps import MapElement, Relationship
from codesystems.model import CodeSystem, Where
from codesystems.report import Report

R5: Mapping[str, Relationship] = {
    "related-to": "related-to",
    "equivalent": "equivalent",
    "source-is-narrower-than-target": "source-is-narrower-than-target",
    "source-is-broader-than-target": "source-is-broader-than-target",
    "not-related-to": "not-related-to",
}
"""FHIR R5, ConceptMapRelationship."""
R4: Mapping[str, Relationship] = {
    "relatedto": "related-to",
    "equivalent": "equivalent",
    "equal": "equivalent",
    "wider": "source-is-narrower-than-target",
    "subsumes": "source-is-narrower-than-target",
    "narrower": "source-is-broader-than-target",
    "specializes": "source-is-broader-than-target",
    "inexact": "related-to",
    "unmatched": "unmapped",
    "disjoint": "not-related-to",
}
"""FHIR R4 and STU3, ConceptMapEquivalence, which says of the target what it is to the source: `wider` is a target
that is wider than the source."""
SWEDISH: Mapping[str, Relationship] = {
    "ekvivalent": "equivalent",
    "identisk": "equivalent",
    "likvärdig": "equivalent",
    "motsvarar": "equivalent",
    "bredare": "source-is-narrower-than-target",
    "vidare": "source-is-narrower-than-target",
    "smalare": "source-is-broader-than-target",
    "snävare": "source-is-broader-than-target",
    "relaterad": "related-to",
    "närliggande": "related-to",
    "ej relaterad": "not-related-to",
    "omappad": "unmapped",
    "saknas": "unmapped",
    "saknar motsvarighet": "unmapped",
}
"""Said of the target, as in R4."""
WORDS: Mapping[str, Relationship] = {**R5, **R4, **SWEDISH, "unmapped": "unmapped", "=": "equivalent"}
"""The words that a table may use without explaining them."""

_NUMBER = re.compile(r"0*[1-9][0-9]{0,8}")


def code_in(system: CodeSystem, text: str) -> str:
    """A code as the system's home writes it; a URI and a combination of codes (`1A00&XN8P1`) stay as they are."""
    code = text.strip()
    home = home_of(system.id)
    if home is None or not code or "://" in code or len(home.parts(code)) > 1:
        return code
    return home.canonical(code)


def settled(element: MapElement, reason: str, report: Report, where: Where) -> MapElement:
    """A row whose relationship fits to its having a target or none. What did not fit is reported, and said in the
    comment; `reason` is the file's way to say that there is no target, where no comment says more."""
    if element.relationship == "unmapped" and element.target:
        report.warn("unmapped-with-target", f"{element.source} has no target, but {element.target}", where)
        return replace(element, target="", comment=joined(element.comment, f"target: {element.target}"))
    if element.relationship != "unmapped" and not element.target:
        report.warn("no-target", f"{element.source} is {element.relationship} to nothing", where)
        comment = joined(element.comment, f"relationship: {element.relationship}")
        return replace(element, relationship="unmapped", comment=comment)
    if element.relationship == "unmapped":
        return replace(element, comment=element.comment or reason)
    return element


def is_number(text: str) -> bool:
    """Whether a text is the number of a group or a priority: whole, from 1."""
    return _NUMBER.fullmatch(text) is not None


def joined(*texts: str) -> str:
    """Several texts as one, parted as RF2's advice is."""
    return " | ".join(filter(None, texts))
