"""A version of a classification in the store, as a provider."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pyroaring import BitMap

from index.cache import Cache
from termservice.content import Content, Described, PropertyOf
from termservice.fhir.filters import HIERARCHY, having, listed, pattern, truth, unsupported
from termservice.fhir.model import (
    CONCEPT_PROPERTIES,
    Coding,
    Designation,
    Entry,
    Filter,
    FilterDef,
    Meta,
    PropertyDef,
    PropertyValue,
)

FULLY_SPECIFIED_NAME = Coding("http://snomed.info/sct", "900000000000003001", display="Fully specified name")
SYNONYM = Coding("http://snomed.info/sct", "900000000000013009", display="Synonym")
SHORT = Coding(code="short", display="Short name")
PREFERRED = Coding(
    "http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra",
    "preferredForLanguage",
    display="Preferred For Language",
)
USES = {"display": PREFERRED, "fsn": FULLY_SPECIFIED_NAME, "synonym": SYNONYM, "short": SHORT}
"""Uses of names to their codings."""
COMMON = (
    PropertyDef("parent", CONCEPT_PROPERTIES + "parent", "code", "The concepts right above"),
    PropertyDef("child", CONCEPT_PROPERTIES + "child", "code", "The concepts right below"),
    PropertyDef("inactive", CONCEPT_PROPERTIES + "inactive", "boolean", "Whether the concept is no longer to be used"),
    PropertyDef(
        "notSelectable", CONCEPT_PROPERTIES + "notSelectable", "boolean", "Whether it is a heading, not to be recorded"
    ),
    PropertyDef("level", description="The level of the classification: chapter, block, category, …"),
    PropertyDef("validFrom", type="dateTime", description="The first day the code may be used, where it is known"),
    PropertyDef("validTo", CONCEPT_PROPERTIES + "deprecationDate", "dateTime", "The last day the code may be used"),
)
"""What the store says of the concepts of every classification."""
WALKS = ("is-a", "descendent-of", "is-not-a", "child-of", "generalizes", "descendent-leaf")
VALUES = ("=", "in", "not-in", "exists", "regex")
REMEMBERED = 200
"""Filters whose concepts a version remembers, and concepts that it remembers by a hundred times that."""


def stored(content: Content) -> StoredProvider:
    """The provider of a version; the same one for as long as the service remembers the version."""
    found = content.memo.get("fhir")
    if found is None:
        found = content.memo["fhir"] = StoredProvider(content)
    assert isinstance(found, StoredProvider)
    return found


class StoredProvider:
    """Numbers are those of the store."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self.meta = _meta(content)
        self._selected: Cache[BitMap] = Cache(REMEMBERED)
        self._entries: Cache[Entry] = Cache(REMEMBERED * 100)
        self._brief: Cache[Entry] = Cache(REMEMBERED * 100)
        self._last: tuple[str, int | None] = "", None

    def number(self, code: str) -> int | None:
        last = self._last  # one request asks for its code several times
        if last[0] != code:
            self._last = last = code, self._content.number(code)
        return last[1]

    def entries(self, numbers: Sequence[int]) -> Sequence[Entry]:
        return self._kept(numbers, self._entries, self._content.described)

    def brief(self, numbers: Sequence[int]) -> Sequence[Entry]:
        return self._kept(numbers, self._brief, self._content.named)

    def _kept(
        self, numbers: Sequence[int], kept: Cache[Entry], read: Callable[[Sequence[int]], Iterable[Described]]
    ) -> Sequence[Entry]:
        found = {number: kept.held(number) for number in numbers}
        missing = [number for number, entry in found.items() if entry is None]
        for each in read(missing) if missing else ():
            found[each.number] = entry = self._entry(each)
            kept.hold(each.number, entry)
        return [entry for entry in map(found.__getitem__, numbers) if entry is not None]

    def everything(self) -> BitMap:
        return self._content.everything()

    def inactive(self) -> BitMap:
        return self._content.inactive()

    def abstract(self) -> BitMap:
        return self._content.abstract()

    def select(self, filter: Filter) -> BitMap:
        return self._selected.get(filter, lambda: self._made(filter))

    def text(self, query: str, language: str = "", within: BitMap | None = None) -> Sequence[int]:
        everything = within is None or len(within) == len(self.everything())
        return self._content.search(query, language, None if everything else within)

    def ordered(self, numbers: BitMap) -> Sequence[int]:
        return self._content.tree().ordered(numbers)

    def parents(self, number: int) -> Sequence[int]:
        return self._content.tree().parents(number)

    def children(self, number: int) -> Sequence[int]:
        return self._content.tree().children(number)

    def is_ancestor(self, ancestor: int, number: int) -> bool:
        return self._content.tree().is_ancestor(ancestor, number)

    def parse(self, code: str) -> Entry | None:
        return None

    def holds(self, filter: Filter, code: str) -> bool:
        return False

    def _made(self, filter: Filter) -> BitMap:
        if filter.op in WALKS:
            if filter.property not in HIERARCHY:
                raise unsupported(filter, self.meta)
            return self._walked(filter)
        if filter.property in HIERARCHY:
            return self._coded(filter)
        if filter.property in ("parent", "child") and filter.op in ("=", "in"):
            near = self.children if filter.property == "parent" else self.parents
            return BitMap(each for number in self._numbers(listed(filter)) for each in near(number))
        if filter.property in self._content.selected.system.properties:
            return self._by_property(filter)
        match filter.property:
            case "level":
                return self._among(filter, self._content.levels())
            case "inactive":
                return self._among(filter, self._truths(self.inactive()))
            case "notSelectable":
                return self._among(filter, self._truths(self.abstract()))
            case "display" | "definition" | "designation" | "validFrom" | "validTo":
                numbers = list(self.everything())
                return having(zip(numbers, map(self._entry, self._content.described(numbers)), strict=True), filter)
        raise unsupported(filter, self.meta)

    def _walked(self, filter: Filter) -> BitMap:
        number = self.number(filter.value)
        if number is None:
            return self.everything() if filter.op == "is-not-a" else BitMap()
        content, own = self._content, BitMap([number])
        match filter.op:
            case "is-a":
                return content.subtree(number)
            case "is-not-a":
                return self.everything() - content.subtree(number)
            case "child-of":
                return BitMap(self.children(number))
            case "generalizes":
                return BitMap(content.tree().ancestors(number)) | own
            case "descendent-leaf":
                return BitMap(each for each in content.subtree(number) - own if not content.tree().children_count(each))
        return content.subtree(number) - own

    def _coded(self, filter: Filter) -> BitMap:
        if filter.op in ("=", "in"):
            return BitMap(self._numbers(listed(filter)))
        if filter.op == "not-in":
            return self.everything() - BitMap(self._numbers(listed(filter)))
        if filter.op == "regex":
            fits = pattern(filter.value).fullmatch
            return BitMap(number for number, code in self._content.codes() if fits(code))
        return self.everything() if truth(filter) else BitMap()

    def _by_property(self, filter: Filter) -> BitMap:
        content, code = self._content, filter.property
        note = content.selected.system.properties[code].note
        match filter.op:
            case "exists":
                return content.valued(code) if truth(filter) else self.everything() - content.valued(code)
            case "regex":
                fits = pattern(filter.value).fullmatch
                return content.fitting(code, lambda text: bool(fits(text)))
            case "=" | "in" | "not-in":
                wanted = listed(filter)
                if note:
                    found = content.fitting(code, lambda text: text in wanted)
                else:
                    found = BitMap.union(*(content.valued(code, value) for value in wanted))
                return self.everything() - found if filter.op == "not-in" else found
        raise unsupported(filter, self.meta)

    def _among(self, filter: Filter, sets: dict[str, BitMap]) -> BitMap:
        """Of a property of few values, the concepts of each in `sets`."""
        match filter.op:
            case "=" | "in" | "not-in":
                found = BitMap.union(BitMap(), *(sets.get(value, BitMap()) for value in listed(filter)))
                return self.everything() - found if filter.op == "not-in" else found
            case "exists":
                found = BitMap.union(BitMap(), *sets.values())
                return found if truth(filter) else self.everything() - found
        fits = pattern(filter.value).fullmatch
        return BitMap.union(BitMap(), *(found for value, found in sets.items() if fits(value)))

    def _truths(self, true: BitMap) -> dict[str, BitMap]:
        return {"true": true, "false": self.everything() - true}

    def _numbers(self, codes: Iterable[str]) -> list[int]:
        return [number for number in map(self.number, codes) if number is not None]

    def _entry(self, found: Described) -> Entry:
        own = self.meta.language
        display = next((value for use, tag, value in found.names if use == "display" and tag == own), "")
        others = [name for name in found.names if name != ("display", own, display)]
        return Entry(
            code=found.code,
            display=display,
            definition="\n".join(str(each.value) for each in found.properties if each.definition.code in DEFINITIONS),
            designations=tuple(Designation(value, tag, USES.get(use)) for use, tag, value in others),
            properties=tuple(_properties(found)),
            active=found.active,
            abstract=found.abstract,
            status="" if found.active else "inactive",
        )


DEFINITIONS = frozenset({"definition", "Definition", "Beskrivning"})
"""Notes that define their concept."""


def _properties(found: Described) -> Iterator[PropertyValue]:
    if found.level:
        yield PropertyValue("level", found.level)
    yield PropertyValue("inactive", not found.active, "boolean")
    yield PropertyValue("notSelectable", found.abstract, "boolean")
    for code, day in (("validFrom", found.valid_from), ("validTo", found.valid_to)):
        if day is not None:
            yield PropertyValue(code, day, "dateTime")
    for each in found.properties:
        yield _property(each)


def _property(found: PropertyOf) -> PropertyValue:
    """With the type its value has, where the publisher wrote something else than the property's."""
    kind = found.definition.type
    fits = {"boolean": bool, "integer": int, "decimal": float}.get(kind, str)
    return PropertyValue(found.definition.code, found.value, kind if isinstance(found.value, fits) else "string")


def _meta(content: Content) -> Meta:
    system, version = content.selected.system, content.selected.version
    loose = system.code_rule == "loose"
    own = tuple(
        PropertyDef(each.code, type=each.type, description=each.title)
        for each in system.properties.values()
        if each.code not in {common.code for common in COMMON}
    )
    return Meta(
        url=system.url,
        version=version.version,
        name=system.short.upper().replace("-", "_"),
        title=system.title,
        language=system.lang,
        case_sensitive=not loose,
        hierarchy_meaning="is-a",
        properties=(*COMMON, *own),
        filters=(
            FilterDef("concept", (*WALKS, *VALUES), "A code"),
            FilterDef("level", VALUES, "The name of a level"),
            *(FilterDef(each.code, VALUES, "A value") for each in own),
        ),
    )
