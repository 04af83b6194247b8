"""What maps and translations refer to: other maps, and value sets whose codes they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from termservice.errors import NotFound
from termservice.fhir import storedmaps
from termservice.fhir.calls import Call
from termservice.fhir.conceptmaps import Match, Wanted
from termservice.fhir.expansion import MAX_UNPAGED, too_costly
from termservice.fhir.library import match
from termservice.fhir.membership import Composition
from termservice.fhir.model import Coding, Json, ValueSet, parted
from termservice.fhir.reading import objects, text, valueset
from termservice.fhir.resolving import Resolver


class Referred:
    """Found in the map itself (`#id`), the request, or the store."""

    def __init__(self, call: Call, maps: Iterable[Json]) -> None:
        self._call = call
        self._maps: dict[str, dict[str, Json]] = {}
        for each in maps:
            self._maps.setdefault(text(each, "url"), {}).setdefault(text(each, "version"), each)
        self._resolver = Resolver(call.library, call.options.versions)
        self._compositions: dict[tuple[str, int], Composition] = {}

    def conceptmap(self, canonical: str, within: Json) -> Json | None:
        if canonical.startswith("#"):
            return _contained(within, canonical[1:], "ConceptMap")
        url, version = parted(canonical)
        named = self._maps.get(url, {})
        found = match(named, version)
        return named[found] if found is not None else None

    def elsewhere(self, canonical: str, wanted: Wanted) -> Sequence[Match]:
        """Nothing, where the store has no such map, or what it says of the code is nothing."""
        if not self._call.has_store:
            return ()
        url, version = parted(canonical)
        asked = storedmaps.Question(wanted.system, url, version, wanted.backwards, wanted.dependencies)
        try:
            return storedmaps.translated(self._call, wanted.code, asked)[0]
        except NotFound:
            return ()

    def holds(self, canonical: str, code: Coding, within: Json | None = None) -> bool:
        composition = self._composition(canonical, within)
        systems = [code.system] if code.system else {each.include.system for each in composition.clauses()}
        return any(composition.find(system, code.code) is not None for system in systems)

    def members(self, canonical: str, system: str, within: Json | None = None) -> Sequence[Coding]:
        """Raises `Failure` too where there are more than expansions list."""
        composition = self._composition(canonical, within)
        members = {each: numbers for each, numbers in composition.members().items() if each.meta.url == system}
        if sum(map(len, members.values())) > MAX_UNPAGED:
            raise too_costly(composition, MAX_UNPAGED)
        return [
            Coding(system, entry.code, display=entry.display)
            for provider, numbers in members.items()
            for entry in provider.brief(provider.ordered(numbers))
        ]

    def _composition(self, canonical: str, within: Json | None) -> Composition:
        contained = within is not None and canonical.startswith("#")
        key = canonical, id(within) if contained else 0
        if key not in self._compositions:
            self._compositions[key] = Composition(self._valueset(canonical, within), self._resolver)
        return self._compositions[key]

    def _valueset(self, canonical: str, within: Json | None) -> ValueSet:
        if within is not None and canonical.startswith("#"):
            found = _contained(within, canonical[1:], "ValueSet")
            if found is not None:
                return valueset(found)
        return self._resolver.valueset(canonical)


def _contained(within: Json, id: str, kind: str) -> Json | None:
    listed = objects(within, "contained")
    return next((each for each in listed if each.get("resourceType") == kind and each.get("id") == id), None)
