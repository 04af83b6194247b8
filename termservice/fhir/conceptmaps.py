"""ConceptMap resources read for translation: which elements speak of a code, and what they lead to.

Source: FHIR R5, conceptmap.html: element, target, noMap, unmapped (5.4.4, "Unmapped Concepts"), dependsOn, product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from termservice.fhir.issues import failed
from termservice.fhir.library import fits
from termservice.fhir.model import Coding, Json, canonical, parted
from termservice.fhir.reading import objects, text

FARTHEST = 10
"""How many maps `other-map` may lead through."""
NOT_RELATED = "not-related-to"
Find = Callable[[str], Json | None]
"""The ConceptMap of a canonical."""
Holds = Callable[[str, Coding], bool]
"""Whether the value set of a canonical holds a code."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a map says of a code: a target for it (or, backwards, a source)."""

    source: Coding
    target: Coding
    relationship: str
    map: str
    """Its canonical."""
    depends_on: tuple[Json, ...] = ()
    product: tuple[Json, ...] = ()
    properties: tuple[tuple[str, Json], ...] = ()
    """(URI or code of the property, the element with its value)."""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be translated: a code of one end of maps, and the system of the other end (empty for any)."""

    code: Coding
    system: str = ""
    backwards: bool = False
    """Whether `code` is a target for which sources are sought."""
    dependencies: tuple[tuple[str, object], ...] = ()
    """What is known that targets may depend on: attribute and value."""


def canonical_of(resource: Json) -> str:
    return canonical(text(resource, "url"), text(resource, "version"))


def matches(resource: Json, wanted: Wanted, find: Find, holds: Holds) -> Iterator[Match]:
    """What a ConceptMap says of a code. Raises `Failure` where it is not of its shape."""
    if wanted.backwards:
        yield from _backwards(resource, wanted)
    else:
        yield from _forwards(resource, wanted, find, holds, 0)


def _forwards(resource: Json, wanted: Wanted, find: Find, holds: Holds, hops: int) -> Iterator[Match]:
    uris = {text(each, "code"): text(each, "uri") for each in objects(resource, "property")}
    for group in objects(resource, "group"):
        if not _is(group, "source", wanted.code) or not _leads(group, "target", wanted.system):
            continue
        elements = [each for each in objects(group, "element") if _speaks(each, wanted.code, holds)]
        for element in elements:
            for target in objects(element, "target"):
                if _holds(target, wanted) and "code" in target:
                    found = _end(group, "target", target)
                    yield _match(resource, target, _source(wanted.code, element), found, uris)
        if not elements:
            yield from _unmapped(resource, group, wanted, find, holds, hops)


def _backwards(resource: Json, wanted: Wanted) -> Iterator[Match]:
    uris = {text(each, "code"): text(each, "uri") for each in objects(resource, "property")}
    for group in objects(resource, "group"):
        if not _is(group, "target", wanted.code) or not _leads(group, "source", wanted.system):
            continue
        for element in objects(group, "element"):
            for target in objects(element, "target") if "code" in element else ():
                if text(target, "code") == wanted.code.code and _holds(target, wanted):
                    yield _match(resource, target, _end(group, "source", element), wanted.code, uris)


def _speaks(element: Json, code: Coding, holds: Holds) -> bool:
    """Whether an element is about a code, by itself or with all others of a value set."""
    if "code" in element:
        return text(element, "code") == code.code
    return "valueSet" in element and holds(text(element, "valueSet"), code)


def _unmapped(resource: Json, group: Json, wanted: Wanted, find: Find, holds: Holds, hops: int) -> Iterator[Match]:
    """What a group says of codes that it has no element for."""
    rule = group.get("unmapped")
    if not isinstance(rule, dict):
        return
    mode = text(rule, "mode")
    if mode == "other-map":
        other = find(text(rule, "otherMap")) if hops < FARTHEST else None
        if other is not None:
            yield from _forwards(other, wanted, find, holds, hops + 1)
        return
    if mode == "use-source-code":
        target = _coding(group, "target", wanted.code.code, wanted.code.display)
        relationship = text(rule, "relationship") or "equivalent"
    elif mode == "fixed" and "code" in rule:
        target = _coding(group, "target", text(rule, "code"), text(rule, "display"))
        relationship = text(rule, "relationship") or "related-to"
    else:
        return
    yield Match(wanted.code, target, relationship, canonical_of(resource))


def _match(resource: Json, target: Json, source: Coding, found: Coding, uris: Mapping[str, str]) -> Match:
    return Match(
        source,
        found,
        text(target, "relationship") or "related-to",
        canonical_of(resource),
        tuple(objects(target, "dependsOn")),
        tuple(objects(target, "product")),
        tuple((uris.get(text(each, "code")) or text(each, "code"), each) for each in objects(target, "property")),
        text(target, "comment"),
    )


def _is(group: Json, end: str, code: Coding) -> bool:
    """Whether that end of a group is the code's system; in its version, where both name one."""
    url, version = parted(text(group, end))
    if code.system and url != code.system:
        return False
    return not version or not code.version or fits(version, code.version)


def _leads(group: Json, end: str, system: str) -> bool:
    wanted, version = parted(system)
    url, stated = parted(text(group, end))
    return (not wanted or url == wanted) and (not version or not stated or fits(version, stated))


def _holds(target: Json, wanted: Wanted) -> bool:
    """Whether what is known is not against what the target depends on."""
    for each in objects(target, "dependsOn"):
        known = [value for attribute, value in wanted.dependencies if attribute == text(each, "attribute")]
        stated = value_of(each)
        if known and not any(_same(stated, value) for value in known):
            return False
    return True


def _same(stated: object, known: object) -> bool:
    """Codings are the same where system and code are; a code sent by itself is enough."""
    if isinstance(stated, dict):
        if isinstance(known, dict):
            return all(stated.get(name) == known.get(name) for name in ("system", "code"))
        return stated.get("code") == known
    return stated == known or str(stated) == str(known)


def value_of(element: Json) -> object:
    """The value[x] of an element."""
    return next((value for name, value in element.items() if name.startswith("value") and name != "valueSet"), None)


def _end(group: Json, end: str, element: Json) -> Coding:
    return _coding(group, end, text(element, "code"), text(element, "display"))


def _source(code: Coding, element: Json) -> Coding:
    return Coding(code.system, code.code, code.version, code.display or text(element, "display"))


def _coding(group: Json, end: str, code: str, display: str) -> Coding:
    url, version = parted(text(group, end))
    if not code:
        raise failed(f"A {end} of a ConceptMap has no code", code="structure", status=400)
    return Coding(url, code, version, display)
