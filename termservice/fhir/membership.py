"""What belongs to a value set, without a list of it: its rule over the code systems it names.

A `Composition` is one value set's rule with everything it imports; code systems are looked up, and filters run, when
they are asked about. Validation asks it for single codes (`find`), expansion for everything (`members`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pyroaring import BitMap

from termservice.fhir.filters import checked
from termservice.fhir.issues import failed
from termservice.fhir.model import ConceptRef, Entry, Filter, Include, ValueSet
from termservice.fhir.provider import Provider
from termservice.fhir.resolving import Choice, Circular, Resolver
from termservice.lazy import lazy

Members = dict[Provider, BitMap]
"""Sets of concepts, by the code system (version) they are of, in the order these were come upon."""


MAX_DEPTH = 50
"""How long a chain of imports may be."""
MAX_IMPORTS = 1_000
"""How many imports there may be in all, the same value set counted every time it is imported."""


@dataclass(frozen=True, slots=True)
class Member:
    """One code that belongs to a value set."""

    provider: Provider
    number: int | None
    """None for an expression of the code system's grammar."""
    include: Include
    """What it belongs by (of the value set imported, where it is by import)."""
    ref: ConceptRef | None = None
    """What the value set itself says of the code, where it lists it."""
    expression: Entry | None = None

    @property
    def entry(self) -> Entry:
        """What the code system says of it, but for definition and properties."""
        if self.expression is not None:
            return self.expression
        assert self.number is not None
        return self.provider.brief([self.number])[0]


class Clause:
    """One include or exclude."""

    def __init__(self, include: Include, resolver: Resolver, imports: Sequence[Composition]) -> None:
        self.include = include
        self.imports = imports
        self._resolver = resolver

    @property
    def choice(self) -> Choice:
        """The version of the code system that is meant."""
        return self._resolver.choice(self.include.system, self.include.version)

    @lazy
    def provider(self) -> Provider | None:
        """The code system; None where the clause only imports. Raises `UnknownSystem`, `UnknownVersion`,
        `VersionRefused`."""
        if not self.include.system:
            return None
        return self._resolver.provider(self.include.system, self.include.version)

    @lazy
    def listed(self) -> dict[int, ConceptRef]:
        """The concepts listed that the code system holds, in the order of the list."""
        found: dict[int, ConceptRef] = {}
        for ref in self.include.concepts:
            number = self.provider.number(ref.code) if self.provider is not None else None
            if number is not None:
                found.setdefault(number, ref)
        return found

    @lazy
    def numbers(self) -> BitMap:
        """What it names of its code system, imports not regarded. Raises `Failure` for a filter that cannot be."""
        if self.provider is None:
            return BitMap()
        selected = [self.provider.select(each) for each in self.filters]
        if self.include.concepts:
            selected.append(BitMap(self.listed))
        return BitMap.intersection(*selected) if selected else self.provider.everything()

    @lazy
    def filters(self) -> tuple[Filter, ...]:
        """Its filters. Raises `Failure` for one that no code system could answer."""
        assert self.provider is not None
        meta, where = self.provider.meta, self.include.expression
        return tuple(checked(each, meta, f"{where}.filter[{place}]") for place, each in enumerate(self.include.filters))

    def find(self, system: str, code: str) -> Member | None:
        """A code it names, by the version of the code system that it means. Raises as `provider` and `filters` where
        it is about `system` at all."""
        found = self._own(system, code) if self.include.system else None
        if self.include.system and found is None:
            return None
        for each in self.imports:
            imported = each.find(system, code)
            if imported is None:
                return None
            found = found or imported
        return found

    def _own(self, system: str, code: str) -> Member | None:
        """A code it names of its code system, imports not regarded."""
        if self.include.system != system or self.provider is None:
            return None
        number = self.provider.number(code)
        if number is not None:
            return self._named(self.provider, number, code)
        expression = self.provider.parse(code) if self.provider.meta.grammar else None
        if expression is None:
            return None
        ref = next((each for each in self.include.concepts if each.code == code), None)
        if self.include.concepts:
            named = ref is not None
        else:
            named = all(self.provider.holds(each, code) for each in self.filters)
        return Member(self.provider, None, self.include, ref, expression) if named else None

    def _named(self, provider: Provider, number: int, code: str) -> Member | None:
        """A concept it names; sets are made only for what cannot be told of one concept by itself."""
        ref = None
        if self.include.concepts:
            ref = next((each for each in self.include.concepts if each.code == code), None) or self.listed.get(number)
            if ref is None:
                return None
        if not all(number in provider.select(each) for each in self.filters):
            return None
        return Member(provider, number, self.include, ref)

    def ref(self, provider: Provider, number: int) -> ConceptRef | None:
        """What the clause, or a value set it imports, says of a concept itself."""
        if self.provider is provider and number in self.listed:
            return self.listed[number]
        return next((ref for ref in (each.ref(provider, number) for each in self.imports) if ref is not None), None)

    def members(self) -> Members:
        """Everything it names."""
        if self.provider is not None:
            found = {self.provider: self.numbers.copy()}
            imports = self.imports
        elif self.imports:
            found = self.imports[0].members()
            imports = self.imports[1:]
        else:
            return {}
        for each in imports:
            others = each.members()
            found = {provider: numbers & _of(others, provider) for provider, numbers in found.items()}
        return {provider: numbers for provider, numbers in found.items() if numbers}


class Composition:
    """A value set's rule with those it imports."""

    def __init__(
        self,
        valueset: ValueSet,
        resolver: Resolver,
        trail: tuple[str, ...] = (),
        *,
        contained: bool = False,
        depth: int = 0,
    ) -> None:
        """Finds the value sets imported (not the code systems). `trail`: canonicals of those that import it. Raises
        `UnknownValueSet`, `Circular`, `MissingSupplements`."""
        self.valueset = valueset
        self.contained = contained
        """Whether it is contained in the value set that imports it."""
        self._depth = depth
        self._resolver = resolver
        resolver.require(valueset.supplements)
        self._trail = (*trail, valueset.canonical) if valueset.canonical else trail
        self.includes = [self._clause(each) for each in valueset.includes]
        self.excludes = [self._clause(each) for each in valueset.excludes]

    def _clause(self, include: Include) -> Clause:
        if not include.system and not include.valuesets:
            text = "An include or exclude must name a system or a value set"
            raise failed(text, kind="vs-invalid", expression=include.expression)
        system = self._resolver.library.canonical(include.system)
        if system != include.system:
            include = replace(include, system=system)
        return Clause(include, self._resolver, [self._imported(each) for each in include.valuesets])

    def _imported(self, canonical: str) -> Composition:
        found = self._resolver.valueset(canonical, within=self.valueset)
        if found.canonical and found.canonical in self._trail:
            raise Circular(found.canonical, self._trail)
        if self._depth == MAX_DEPTH:
            raise failed(f"Value sets import each other more than {MAX_DEPTH} deep", kind="vs-invalid")
        self._resolver.imports += 1
        if self._resolver.imports > MAX_IMPORTS:
            raise failed(f"The value set imports more than {MAX_IMPORTS} value sets", code="too-costly")
        contained = canonical.startswith("#")
        return Composition(found, self._resolver, self._trail, contained=contained, depth=self._depth + 1)

    def find(self, system: str, code: str) -> Member | None:
        """A code that belongs to it. Only code systems of that URL are looked up (and what is imported)."""
        return next(self.matches(system, code), None)

    def matches(self, system: str, code: str) -> Iterator[Member]:
        """A code that belongs to it, by every include that names it: versions of its code system may differ."""
        for clause in self.includes:
            found = clause.find(system, code)
            if found is not None and (self.valueset.inactive or found.entry.active):
                if any(each.find(system, code) is not None for each in self.excludes):
                    return
                yield found

    def members(self) -> Members:
        """All that belongs to it."""
        found: Members = {}
        for clause in self.includes:
            for provider, numbers in clause.members().items():
                found[provider] = found.get(provider, BitMap()) | numbers
        for provider in found:
            found[provider] -= self.left_out(provider)
        return {provider: numbers for provider, numbers in found.items() if numbers}

    def left_out(self, provider: Provider) -> BitMap:
        """The concepts of `provider` that its excludes (and its `inactive`) leave out."""
        others = (_of(clause.members(), provider) for clause in self.excludes)
        return BitMap.union(BitMap() if self.valueset.inactive else provider.inactive(), *others)

    def clauses(self) -> Iterator[Clause]:
        """Every include and exclude, those of what it imports too, as they stand."""
        for clause in (*self.includes, *self.excludes):
            yield clause
            for each in clause.imports:
                yield from each.clauses()

    def imported(self) -> Iterator[Composition]:
        """Every value set it imports, directly or not."""
        for clause in (*self.includes, *self.excludes):
            for each in clause.imports:
                yield each
                yield from each.imported()

    def ref(self, provider: Provider, number: int) -> ConceptRef | None:
        """What the value set, or one it imports, says of a concept itself."""
        return next((ref for ref in (each.ref(provider, number) for each in self.includes) if ref is not None), None)


def _of(members: Members, provider: Provider) -> BitMap:
    """What is of `provider` in a set, other versions of the same code system by code."""
    found = BitMap(members.get(provider, ()))
    for other, numbers in members.items():
        if other is not provider and other.meta.url == provider.meta.url:
            codes = (provider.number(each.code) for each in other.brief(list(numbers)))
            found.update(number for number in codes if number is not None)
    return found
