"""The maps of the store in FHIR's words: translations with rules and advice as properties, what rules wait for as
dependsOn, steps of a chain by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from termservice import mapanswers
from termservice.answers import When
from termservice.errors import NotFound
from termservice.fhir.calls import Call
from termservice.fhir.conceptmaps import Match
from termservice.fhir.issues import failed
from termservice.fhir.model import Coding, Json, canonical, parted
from termservice.maprules import Context, Sex, parse_age
from termservice.relationships import turned
from termservice.translating import Question as ServiceQuestion

_PROPERTY = "urn:termservice:map-property:"
COMMENT = _PROPERTY + "comment"
PROPERTIES = {
    "rule": "When the target holds, as the publisher writes it",
    "advice": "What the publisher advises about the target",
    "group": "Targets of different groups are all meant; of one group the first whose rule holds",
    "priority": "Order within the group",
    "status": "How the target stands in its code system, where it is not current",
    "via": "A step of a chain of maps: the map it takes, and the code it leads to",
    "comment": "What else the publisher says of the row",
}
"""Properties of matches, with what they mean."""
_ATTRIBUTE = "urn:termservice:map-dependency:"
DEPENDENCIES = ("age", "sex", "code")
"""What rules of maps ask of a person: attributes of dependsOn, and of the parameter `dependency`."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which translation is sought: see `translating`."""

    system: str
    map: str
    version: str
    """Of the map."""
    backwards: bool
    dependencies: Sequence[tuple[str, object]]


def known(call: Call, url: str) -> bool:
    """Whether the store has a map of that URL."""
    try:
        call.service.maps.versions(url)
    except NotFound:
        return False
    return True


def translated(call: Call, code: Coding, question: Question) -> tuple[list[Match], list[str]]:
    """What the store's maps say of a code, and messages about it. Raises `NotFound` subclasses for what the store does
    not know. Maps are read in both directions, so backwards only what is said is turned round."""
    service = call.service
    day = _day(call, question) or call.options.date or None
    when = When(version=code.version) if code.version else When(date=day)
    target, target_version = parted(question.system)
    asked = ServiceQuestion(
        code.system,
        code.code,
        when,
        target or None,
        target_version or None,
        question.map or None,
        _context(question.dependencies),
    )
    answer = service.maps.translate(asked)
    urls = service.maps.urls()
    found = [_match(each, code, urls, question.backwards) for each in answer.matches]
    notes = [answer.message] if answer.message else []
    notes += [f"{canonical(urls.get(each.map, each.map), each.map_version)}: {each.reason}" for each in answer.unmapped]
    return found, [note for note in notes if note]


def _day(call: Call, question: Question) -> str:
    """The day on which the version of the map that was asked for came into force; empty where none was. Raises
    `Failure` for one that is not loaded."""
    if not question.map or not question.version:
        return ""
    listed = call.service.maps.versions(question.map).items
    for each in listed:
        if each.version == question.version:
            return each.effective_date
    versions = ", ".join(each.version for each in listed)
    text = f"The ConceptMap '{question.map}' has no version '{question.version}'; it has {versions}"
    raise failed(text, code="not-found", status=404)


def definitions() -> list[Json]:
    """ConceptMap.property: what is said of the targets of a map."""
    return [
        {"code": code, "uri": _PROPERTY + code, "description": PROPERTIES[code], "type": kind}
        for code, kind in (("rule", "string"), ("advice", "string"), ("group", "integer"), ("priority", "integer"))
    ]


def element_target(row: mapanswers.ElementAnswer) -> Json:
    """ConceptMap.group.element.target of a row of a map."""
    found: dict[str, Any] = {"code": row.target}
    if row.target_display:
        found["display"] = row.target_display
    found["relationship"] = row.relationship
    if row.comment:
        found["comment"] = row.comment
    said = [{"code": name, "valueString": value} for name in ("rule", "advice") if (value := getattr(row, name))]
    if said or row.group > 1 or row.priority > 1:
        said += [{"code": "group", "valueInteger": row.group}, {"code": "priority", "valueInteger": row.priority}]
        found["property"] = said
    return found


def _match(found: mapanswers.Match, asked: Coding, urls: dict[str, str], backwards: bool) -> Match:
    end = Coding(urls.get(found.system, found.system), found.code, found.version or "", found.display or "")
    relationship = turned(found.relationship) if backwards else found.relationship
    source, target = (end, asked) if backwards else (asked, end)
    return Match(
        source,
        target,
        relationship,
        canonical(urls.get(found.map, found.map), found.map_version),
        tuple(_depends_on(found)),
        properties=tuple(_properties(found, urls)),
        comment=found.comment,
    )


def _properties(found: mapanswers.Match, urls: dict[str, str]) -> Iterator[tuple[str, Json]]:
    for name, text in (("rule", found.rule), ("advice", found.advice)):
        if text:
            yield _PROPERTY + name, {"valueString": text}
    if found.rule or found.group > 1 or found.priority > 1:
        yield _PROPERTY + "group", {"valueInteger": found.group}
        yield _PROPERTY + "priority", {"valueInteger": found.priority}
    if found.status not in ("current", "not-loaded"):
        yield _PROPERTY + "status", {"valueCode": found.status}
    for hop in found.via:
        map = canonical(urls.get(hop.map, hop.map), hop.map_version)
        yield _PROPERTY + "via", {"valueString": f"{map} -> {hop.target_system}#{hop.target_code}"}


def _depends_on(found: mapanswers.Match) -> Iterator[Json]:
    for need in found.needs:
        yield {"attribute": _ATTRIBUTE + need.kind, "valueString": f"{need.code} |{need.display}| {need.text}".strip()}


def _context(dependencies: Sequence[tuple[str, object]]) -> Context:
    """What is known of the person, for rules. Raises `Failure` for an age or a sex that is none."""
    known: dict[str, list[str]] = {}
    for attribute, value in dependencies:
        name = attribute.rpartition(":")[2]
        if name in DEPENDENCIES:
            known.setdefault(name, []).append(str(value.get("code", "")) if isinstance(value, dict) else str(value))
    codes = frozenset(known["code"]) if "code" in known else None
    try:
        age = parse_age(known["age"][0]) if "age" in known else None
        return Context(age, _sex(known["sex"][0]) if "sex" in known else None, codes)
    except ValueError as error:
        raise failed(f"A dependency cannot be understood: {error}", status=400) from None


def _sex(text: str) -> Sex:
    return text  # type: ignore[return-value]  # Context refuses what is none
