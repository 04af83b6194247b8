"""What targets of maps depend on (ConceptMap.group.element.target.dependsOn), held against what is known.

Source: FHIR R5, conceptmap.html ("target.dependsOn and target.product") and the parameter `dependency` of $translate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from termservice.fhir.model import Coding, Json
from termservice.fhir.reading import text

Known = Sequence[tuple[str, object]]
"""What is known: attribute (its code in the map, or its URI) and value, as JSON."""


def fulfilled(
    listed: Iterable[Json], known: Known, uri: Callable[[str], str], holds: Callable[[str, Coding], bool]
) -> bool:
    """Whether nothing known is against what a target depends on; of what is not known, nothing is. `uri`: of an
    attribute by its code; `holds`: whether a value set has a code."""
    for each in listed:
        code = text(each, "attribute")
        values = [value for attribute, value in known if attribute in (code, uri(code))]
        if values and not any(_fits(each, value, holds) for value in values):
            return False
    return True


def value_of(element: Json) -> object:
    """The value[x] of an element; None without."""
    return next((value for name, value in element.items() if name.startswith("value") and name != "valueSet"), None)


def _fits(element: Json, known: object, holds: Callable[[str, Coding], bool]) -> bool:
    stated = value_of(element)
    if stated is not None:
        return _same(stated, known)
    valueset = text(element, "valueSet")
    return not valueset or any(holds(valueset, each) for each in _codings(known))


def _same(stated: object, known: object) -> bool:
    """Codings are the same where system and code are, quantities where number and unit are; a code sent by itself is
    enough, and of a CodeableConcept one coding, or its text."""
    if isinstance(known, dict) and ("coding" in known or "text" in known):
        listed = known.get("coding")
        parts = [*(listed if isinstance(listed, list) else ()), *([known["text"]] if "text" in known else ())]
        return any(_same(stated, each) for each in parts)
    if isinstance(stated, dict) and isinstance(known, dict):
        unit = [each.get("code") or each.get("unit") for each in (stated, known)]
        return unit[0] == unit[1] and all(stated.get(name) == known.get(name) for name in ("system", "value"))
    if isinstance(stated, dict):
        return _text(stated.get("code")) == _text(known)
    return _text(stated) == _text(known.get("code") if isinstance(known, dict) else known)


def _codings(known: object) -> list[Coding]:
    """The codes of a value, whatever its type; without a system where it states none."""
    if not isinstance(known, dict):
        return [Coding("", str(known))]
    listed = known.get("coding") if "coding" in known else [known]
    return [
        Coding(str(each.get("system") or ""), str(each.get("code") or ""))
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, dict)
    ]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
