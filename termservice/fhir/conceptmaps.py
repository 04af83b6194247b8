"""ConceptMap resources read for translation: which elements speak of a code, and what they lead to.

Source: FHIR R5, conceptmap.html: element, target, noMap, valueSet, unmapped ("Handling Unmapped Codes"), dependsOn,
product, additionalAttribute. Groups have no meaning of their own: those between the same systems are read as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from termservice.fhir.issues import failed
from termservice.fhir.library import fits
from termservice.fhir.mapdependencies import Known, fulfilled
from termservice.fhir.model import Coding, Json, canonical, parted
from termservice.fhir.reading import objects, text

NOT_RELATED = "not-related-to"


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
    """As ConceptMap has them, but attributes are URIs where the map gives these."""
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
    dependencies: Known = ()
    """What is known that targets may depend on."""


class References(Protocol):
    """What maps refer to; `#id` is what is contained in the map. Unknown value sets raise `Failure`."""

    def conceptmap(self, canonical: str, within: Json) -> Json | None:
        """A map that is a resource."""

    def elsewhere(self, canonical: str, wanted: Wanted) -> Sequence[Match]:
        """What a map says that is none."""

    def holds(self, canonical: str, code: Coding, within: Json | None = None) -> bool:
        """Whether a value set has a code; by the code alone where it states no system."""

    def members(self, canonical: str, system: str, within: Json | None = None) -> Sequence[Coding]:
        """The codes of a code system that a value set has."""


def canonical_of(resource: Json) -> str:
    return canonical(text(resource, "url"), text(resource, "version"))


def matches(resources: Iterable[Json], wanted: Wanted, references: References) -> Iterator[Match]:
    """What ConceptMaps say of a code, each of them (and of those they refer to) asked one time. Raises `Failure` where
    one is not of its shape."""
    asked: set[int] = set()
    for each in resources:
        yield from _found(each, wanted, references, asked)


def _found(resource: Json, wanted: Wanted, references: References, asked: set[int]) -> Iterator[Match]:
    if id(resource) not in asked:
        asked.add(id(resource))
        yield from _Map(resource, wanted, references, asked).found()


class _Map:
    """One map, asked one question."""

    def __init__(self, resource: Json, wanted: Wanted, references: References, asked: set[int]) -> None:
        self._resource = resource
        self._wanted = wanted
        self._references = references
        self._asked = asked
        self._canonical = canonical_of(resource)
        self._properties, self._attributes = (
            {text(each, "code"): text(each, "uri") for each in objects(resource, name)}
            for name in ("property", "additionalAttribute")
        )

    def found(self) -> Iterator[Match]:
        return self._backwards() if self._wanted.backwards else self._forwards()

    def _forwards(self) -> Iterator[Match]:
        wanted = self._wanted
        groups = list(self._groups("source", "target"))
        about = [[each for each in objects(group, "element") if self._speaks(each)] for group in groups]
        settled: set[tuple[str, str]] = set()
        for group, elements in zip(groups, about, strict=True):
            for element in elements:
                ends = [(target, end) for target in objects(element, "target") for end in self._ends(group, target)]
                if ends or element.get("noMap") is True:
                    settled.add(_systems(group))
                source = Coding(wanted.code.system, wanted.code.code, wanted.code.version, _display(wanted, element))
                for target, end in ends:
                    if self._fulfilled(target):
                        yield self._match(target, source, end)
        for group in groups:
            if _systems(group) not in settled and isinstance(group.get("unmapped"), dict):
                settled.add(_systems(group))
                yield from self._unmapped(group, group["unmapped"])

    def _backwards(self) -> Iterator[Match]:
        code = self._wanted.code
        for group in self._groups("target", "source"):
            listed = objects(group, "element")
            for element in listed:
                for target in objects(element, "target") if "code" in element else ():
                    if self._is_target(target) and self._fulfilled(target):
                        yield self._match(target, _coding(group, "source", element), code)
            rule = group.get("unmapped")
            if isinstance(rule, dict) and text(rule, "mode") == "other-map":
                own = {text(element, "code") for element in listed}
                yield from (each for each in self._other(rule) if each.source.code not in own)

    def _groups(self, near: str, far: str) -> Iterator[Json]:
        """Those with the code's system at the near end and the one asked for at the far end."""
        code = self._wanted.code
        for group in objects(self._resource, "group"):
            if _is(group, near, code.system, code.version) and _is(group, far, *parted(self._wanted.system)):
                yield group

    def _speaks(self, element: Json) -> bool:
        """Whether an element is about the code, by itself or with all others of a value set."""
        code = self._wanted.code
        if "code" in element:
            return text(element, "code") == code.code
        return "valueSet" in element and self._references.holds(text(element, "valueSet"), code, self._resource)

    def _ends(self, group: Json, target: Json) -> Sequence[Coding]:
        """What a target leads to: a code, or all codes of a value set."""
        if "code" in target:
            return [_coding(group, "target", target)]
        if "valueSet" not in target:
            return ()
        return self._references.members(text(target, "valueSet"), parted(text(group, "target"))[0], self._resource)

    def _is_target(self, target: Json) -> bool:
        code = self._wanted.code
        if "code" in target:
            return text(target, "code") == code.code
        return "valueSet" in target and self._references.holds(text(target, "valueSet"), code, self._resource)

    def _fulfilled(self, target: Json) -> bool:
        def holds(valueset: str, code: Coding) -> bool:
            return self._references.holds(valueset, code, self._resource)

        return fulfilled(objects(target, "dependsOn"), self._wanted.dependencies, self._uri, holds)

    def _unmapped(self, group: Json, rule: Json) -> Iterator[Match]:
        """What a group says of codes that it has no target for."""
        code, mode = self._wanted.code, text(rule, "mode")
        if mode == "other-map":
            yield from self._other(rule)
        elif mode == "use-source-code":
            same = {"code": code.code, "display": code.display}
            yield self._match({"relationship": "equivalent", **rule}, code, _coding(group, "target", same))
        elif mode == "fixed":
            for end in self._ends(group, rule):
                yield self._match(rule, code, end)

    def _other(self, rule: Json) -> Sequence[Match] | Iterator[Match]:
        """What the map says that a group refers to."""
        name = text(rule, "otherMap")
        other = self._references.conceptmap(name, self._resource) if name else None
        if other is not None:
            return _found(other, self._wanted, self._references, self._asked)
        return self._references.elsewhere(name, self._wanted) if name else ()

    def _match(self, target: Json, source: Coding, end: Coding) -> Match:
        named = ((text(each, "code"), each) for each in objects(target, "property"))
        return Match(
            source,
            end,
            text(target, "relationship") or "related-to",
            self._canonical,
            self._attributed(target, "dependsOn"),
            self._attributed(target, "product"),
            tuple((self._properties.get(code) or code, each) for code, each in named),
            text(target, "comment"),
        )

    def _attributed(self, target: Json, name: str) -> tuple[Json, ...]:
        return tuple({**each, "attribute": self._uri(text(each, "attribute"))} for each in objects(target, name))

    def _uri(self, attribute: str) -> str:
        return self._attributes.get(attribute) or attribute


def _is(group: Json, end: str, system: str, version: str) -> bool:
    """Whether that end of a group is of a code system (any where none is named); in its version, where both name
    one."""
    url, stated = parted(text(group, end))
    if system and url != system:
        return False
    return not version or not stated or fits(stated, version) or fits(version, stated)


def _systems(group: Json) -> tuple[str, str]:
    return text(group, "source"), text(group, "target")


def _display(wanted: Wanted, element: Json) -> str:
    return wanted.code.display or text(element, "display")


def _coding(group: Json, end: str, element: Json) -> Coding:
    url, version = parted(text(group, end))
    code = text(element, "code")
    if not code:
        raise failed(f"A {end} of a ConceptMap has no code", code="structure", status=400)
    return Coding(url, code, version, text(element, "display"))
