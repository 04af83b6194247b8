"""Supplements: what one CodeSystem resource says more of another code system's concepts, as a provider around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pyroaring import BitMap

from termservice.fhir import reading
from termservice.fhir.filters import having, text_matches
from termservice.fhir.model import Designation, Entry, Filter, Json, Meta, parted
from termservice.fhir.provider import Provider
from termservice.lazy import lazy


class Supplement:
    """A CodeSystem whose content is `supplement`."""

    def __init__(self, resource: Json) -> None:
        """Raises `issues.Failure` where the resource is not of its shape."""
        self.meta: Meta = reading.meta(resource)
        self._resource = resource

    @lazy
    def entries(self) -> dict[str, Entry]:
        """By code; a display it gives is a designation in its own language."""
        found = {}
        for concept, _ in reading.concepts(self._resource):
            entry = reading.entry(concept, tuple(reading.property_values(concept)))
            if entry.display:
                own = Designation(entry.display, self.meta.language)
                entry = replace(entry, designations=(own, *entry.designations))
            found[entry.code] = entry
        return found

    def supplements(self, meta: Meta) -> bool:
        """Whether it is about the code system (in that version)."""
        url, version = parted(self.meta.supplements)
        return url == meta.url and version in ("", meta.version)


class SupplementedProvider:
    """A code system with supplements: the same concepts by the same numbers, of which more is said."""

    def __init__(self, provider: Provider, supplements: Sequence[Supplement]) -> None:
        self._provider = provider
        self.applied = tuple(each.meta for each in supplements)
        own = {each.code for each in provider.meta.properties}
        defined = {each.code: each for supplement in supplements for each in supplement.meta.properties}
        self._added = {code: each for code, each in defined.items() if code not in own}
        self._meta = replace(provider.meta, properties=(*provider.meta.properties, *self._added.values()))
        self._more: dict[int, list[Entry]] = {}
        for supplement in supplements:
            for code, entry in supplement.entries.items():
                number = provider.number(code)
                if number is not None:
                    self._more.setdefault(number, []).append(entry)

    @property
    def meta(self) -> Meta:
        return self._meta

    def number(self, code: str) -> int | None:
        return self._provider.number(code)

    def entries(self, numbers: Sequence[int]) -> Sequence[Entry]:
        return self._completed(numbers, self._provider.entries(numbers))

    def brief(self, numbers: Sequence[int]) -> Sequence[Entry]:
        return self._completed(numbers, self._provider.brief(numbers))

    def _completed(self, numbers: Sequence[int], found: Sequence[Entry]) -> Sequence[Entry]:
        if self._more.keys().isdisjoint(numbers):
            return found
        return [_joined(entry, self._more.get(number, ())) for number, entry in zip(numbers, found, strict=True)]

    def everything(self) -> BitMap:
        return self._provider.everything()

    def inactive(self) -> BitMap:
        return self._provider.inactive()

    def abstract(self) -> BitMap:
        return self._provider.abstract()

    def select(self, filter: Filter) -> BitMap:
        if not self._tell_of(filter.property):
            return self._provider.select(filter)
        numbers = sorted(self._more)
        told = having(zip(numbers, self.entries(numbers), strict=True), filter)
        if filter.property not in self._added:
            untold = self._provider.select(filter)
        else:
            nothing = having([(0, Entry(""))], filter)
            untold = self.everything() if nothing else BitMap()
        return told | (untold - BitMap(numbers))

    def _tell_of(self, property: str) -> bool:
        """Whether the supplements have to do with a property."""
        return property in self._added or any(
            each.code == property for more in self._more.values() for entry in more for each in entry.properties
        )

    def text(self, query: str, language: str = "", within: BitMap | None = None) -> Sequence[int]:
        found = list(self._provider.text(query, language, within))
        others = self._more.keys() - set(found)
        numbers = sorted(others if within is None else others & set(within))
        more = zip(numbers, self.entries(numbers), strict=True)
        return [*found, *(number for number, entry in more if text_matches(entry, query))]

    def ordered(self, numbers: BitMap) -> Sequence[int]:
        return self._provider.ordered(numbers)

    def parents(self, number: int) -> Sequence[int]:
        return self._provider.parents(number)

    def children(self, number: int) -> Sequence[int]:
        return self._provider.children(number)

    def is_ancestor(self, ancestor: int, number: int) -> bool:
        return self._provider.is_ancestor(ancestor, number)

    def parse(self, code: str) -> Entry | None:
        return self._provider.parse(code)

    def holds(self, filter: Filter, code: str) -> bool:
        return self._provider.holds(filter, code)


def supplemented(provider: Provider, supplements: Sequence[Supplement]) -> Provider:
    """`provider` with those of `supplements` that are about it; itself where none is."""
    own = [each for each in supplements if each.supplements(provider.meta)]
    return SupplementedProvider(provider, own) if own else provider


def applied(provider: Provider) -> tuple[Meta, ...]:
    """The heads of the supplements a provider comes with."""
    return provider.applied if isinstance(provider, SupplementedProvider) else ()


def _joined(entry: Entry, more: Sequence[Entry]) -> Entry:
    if not more:
        return entry
    return replace(
        entry,
        designations=(*entry.designations, *(each for other in more for each in other.designations)),
        properties=(*entry.properties, *(each for other in more for each in other.properties)),
        extensions=(*entry.extensions, *(each for other in more for each in other.extensions)),
    )
