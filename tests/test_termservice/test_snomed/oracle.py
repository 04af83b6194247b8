"""Expression constraints evaluated the slow way: plain sets and loops over rows, straight from the specification."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise

from codesystems.formats.rf2_rows import (
    ACCEPTABLE,
    DEFINED,
    DEFINITION,
    FULLY_SPECIFIED_NAME,
    INFERRED,
    IS_A,
    LANGUAGE_SHAPE,
    PREFERRED,
    PRIMITIVE,
    ROOT,
    SYNONYM,
    ConceptRow,
    DescriptionRow,
    MemberRow,
    Rows,
)
from termservice.snomed.ecl import syntax as s

TYPES = {"syn": SYNONYM, "fsn": FULLY_SPECIFIED_NAME, "def": DEFINITION}
STATUSES = {"primitive": PRIMITIVE, "defined": DEFINED}
PROFILES = {
    "min": {900000000000527005},
    "mod": {900000000000527005, 900000000000526001, 900000000000528000, 1186924009},
}


class Oracle:
    def __init__(self, rows: Rows) -> None:
        self.concepts: dict[int, ConceptRow] = {row.id: row for row in rows.concepts}
        active = {id for id, row in self.concepts.items() if row.active}
        links = [
            row
            for row in rows.relationships
            if row.active and row.characteristic == INFERRED and row.source in active and row.destination in active
        ]
        self.is_a = {(row.source, row.destination) for row in links if row.type == IS_A}
        self.links = [
            (row.source, row.group or -number, row.type, row.destination)
            for number, row in enumerate(links, start=1)
            if row.type != IS_A
        ]
        self.numbers = [
            (row.source, row.group or -number, row.type, float(row.value[1:]))
            for number, row in enumerate(rows.concretes, start=10**6)
            if row.active and row.source in active
        ]
        self.descriptions: list[DescriptionRow] = [row for row in rows.descriptions if row.concept in self.concepts]
        self.members: list[MemberRow] = list(rows.members)
        self.substrate = {ROOT} | {id for id in active if ROOT in self.up(id)}

    def up(self, id: int) -> set[int]:
        return self._reach(id, lambda each: {b for a, b in self.is_a if a == each}) - {id}

    def down(self, id: int) -> set[int]:
        return self._reach(id, lambda each: {a for a, b in self.is_a if b == each}) - {id}

    def _reach(self, id: int, step: Callable[[int], set[int]]) -> set[int]:
        seen: set[int] = set()
        waiting = [id]
        while waiting:
            for each in step(waiting.pop()) - seen:
                seen.add(each)
                waiting.append(each)
        return seen

    def of(self, tree: s.Expression) -> set[int]:
        match tree:
            case s.Compound("AND", operands):
                return set.intersection(*map(self.of, operands))
            case s.Compound("OR", operands):
                return set.union(*map(self.of, operands))
            case s.Compound("MINUS", (one, other)):
                return self.of(one) - self.of(other)
            case s.Dotted(source, attributes):
                found = self.of(source)
                for attribute in attributes:
                    types = self.types(attribute)
                    found = {to for from_, _, type_, to in self.links if from_ in found and type_ in types}
                return found
            case s.Refined(focus, refinement):
                return {id for id in self.of(focus) & self.substrate if self.has(id, refinement, None)}
            case s.Sub():
                return self.sub(tree)
        raise AssertionError(tree)

    def sub(self, node: s.Sub) -> set[int]:
        match node.focus:
            case s.Concept(id):
                found = {id}
            case s.Wildcard():
                about_active = any(
                    one.name == "active" for each in node.filters if each.kind == "C" for one in each.all
                )
                found = set(self.concepts) if about_active and node.operator is None else self.substrate
            case s.MemberOf() as inner:
                found = self.member_of(inner)
            case expression:
                assert not isinstance(expression, s.AlternateIdentifier)
                found = self.of(expression)
        if node.operator:
            found = self.reached(node.operator, found) & self.substrate
        for filters in node.filters:
            found = {id for id in found if self.passes(id, filters)}
        if node.history is not None:
            found = found | self.history(found, node.history)
        return found

    def reached(self, operator: str, found: set[int]) -> set[int]:
        below = {each for id in found for each in self.down(id)}
        above = {each for id in found for each in self.up(id)}
        children = {a for a, b in self.is_a if b in found and a != b}
        parents = {b for a, b in self.is_a if a in found and a != b}
        return {
            "<": below, "<<": below | found, "<!": children, "<<!": children | found,
            ">": above, ">>": above | found, ">!": parents, ">>!": parents | found,
            "!!>": found - below, "!!<": found - above,
        }[operator]  # fmt: skip

    # Refinements: `group` is the group that is looked at, None for all of them.

    def has(self, id: int, refinement: s.Refinement, group: int | None) -> bool:
        match refinement:
            case s.AllOf(parts):
                return all(self.has(id, part, group) for part in parts)
            case s.AnyOf(parts):
                return any(self.has(id, part, group) for part in parts)
            case s.Group(attributes, cardinality):
                groups = {at for from_, at, _, _ in [*self.links, *self.numbers] if from_ == id}
                return within(sum(self.has(id, attributes, each) for each in groups), cardinality)
            case s.Attribute():
                return within(self.count(id, refinement, group), refinement.cardinality)

    def types(self, name: s.Sub) -> set[int]:
        """`*` is any attribute there is."""
        return self.of(name) if name != s.Sub(s.Wildcard()) else set(self.concepts)

    def count(self, id: int, attribute: s.Attribute, group: int | None) -> int:
        types = self.types(attribute.name)
        if isinstance(attribute.value, s.Number):
            fits = comparison(attribute.operator, attribute.value.value)
            return sum(
                fits(value)
                for from_, at, type_, value in self.numbers
                if from_ == id and type_ in types and group in (None, at)
            )
        assert isinstance(attribute.value, s.Sub)
        wanted = self.of(attribute.value)
        if attribute.reverse:
            sources = {from_ for from_, _, type_, to in self.links if to == id and type_ in types}
            return sum((each in wanted) == (attribute.operator == "=") for each in sources)
        return sum(
            (to in wanted) == (attribute.operator == "=")
            for from_, at, type_, to in self.links
            if from_ == id and type_ in types and group in (None, at)
        )

    # Reference sets

    def member_of(self, node: s.MemberOf) -> set[int]:
        shapes = {row.refset for row in self.members if row.shape != LANGUAGE_SHAPE}
        match node.refsets:
            case s.Concept(id):
                refsets = {id}
            case s.Wildcard():
                refsets = shapes
            case expression:
                assert not isinstance(expression, s.AlternateIdentifier)
                refsets = self.of(expression)
        every = [one for filters in node.filters for one in filters.all]
        found = set()
        for row in self.members:
            if row.refset in refsets & shapes and all(self.member_passes(row, one) for one in every):
                if not row.active and not any(one.name == "active" for one in every):
                    continue
                value = row.cells[row.shape.names.index(node.fields[0])] if node.fields else row.component
                found.add(int(value))
        return found & set(self.concepts)

    def member_passes(self, row: MemberRow, one: s.Filter) -> bool:
        if one.name in ("active", "moduleid", "effectivetime"):
            return self.common(row, one)
        cell = row.cells[row.shape.names.index(one.name)]
        match one.value:
            case s.Sub() as value:
                holds = int(cell) in self.of(value)
            case s.Number(number):
                return comparison(one.operator, number)(int(cell))
            case s.Terms(any=terms):
                holds = any(fits(cell, term, "") for term in terms)
            case _:
                raise AssertionError(one)
        return holds == (one.operator == "=")

    def history(self, found: set[int], history: s.History) -> set[int]:
        associations = {row.refset for row in self.members if row.shape.names == ("targetComponentId",)}
        refsets = PROFILES.get(history.profile, associations)
        if history.refsets is not None and history.refsets != s.Sub(s.Wildcard()):
            refsets = self.of(history.refsets)
        return {
            row.component
            for row in self.members
            if row.active and row.refset in refsets & associations and int(row.cells[0]) in found
        } & set(self.concepts)

    # Filters

    def passes(self, id: int, filters: s.Filters) -> bool:
        if filters.kind == "C":
            return all(self.concept_passes(self.concepts[id], one) for one in filters.all)
        about_active = any(one.name == "active" for one in filters.all)
        return any(
            all(self.description_passes(row, one) for one in filters.all)
            for row in self.descriptions
            if row.concept == id and (row.active or about_active)
        )

    def concept_passes(self, row: ConceptRow, one: s.Filter) -> bool:
        match one.name, one.value:
            case "definitionstatus", s.Tokens(any=tokens):
                return (row.status in {STATUSES[token] for token in tokens}) == (one.operator == "=")
        return self.common(row, one)

    def description_passes(self, row: DescriptionRow, one: s.Filter) -> bool:
        match one.name, one.value:
            case "term", s.Terms(any=terms):
                holds = any(fits(row.term, term, row.language) for term in terms)
            case "language", s.Tokens(any=tokens):
                holds = row.language in tokens
            case "type", s.Tokens(any=tokens):
                holds = row.type in {TYPES[token] for token in tokens}
            case "id", s.Tokens(any=tokens):
                holds = str(row.id) in tokens
            case "dialectid", s.Dialects(any=dialects):
                holds = any(self.accepted(row.id, each) for each in dialects)
            case _:
                return self.common(row, one)
        return holds == (one.operator == "=")

    def accepted(self, description: int, dialect: s.Dialect) -> bool:
        assert isinstance(dialect.refset, s.Sub) and isinstance(dialect.refset.focus, s.Concept)
        wanted = {str(each.id) for each in dialect.acceptabilities} or {str(PREFERRED), str(ACCEPTABLE)}
        return any(
            row.active and row.component == description and row.cells[0] in wanted
            for row in self.members
            if row.shape == LANGUAGE_SHAPE and row.refset == dialect.refset.focus.id
        )

    def common(self, row: ConceptRow | DescriptionRow | MemberRow, one: s.Filter) -> bool:
        match one.value:
            case s.Tokens(any=(token,)):
                return token == "*" or (row.active == (token == "1")) == (one.operator == "=")
            case s.Times(days=days):
                if one.operator == "!=":
                    return row.time not in days
                if one.operator != "=" and not row.time:
                    return False
                return any(comparison(one.operator, day)(row.time) for day in days)
            case s.Sub() as value:
                return (row.module in self.of(value)) == (one.operator == "=")
        raise AssertionError(one)


def within(count: int, cardinality: s.Cardinality) -> bool:
    return cardinality.least <= count and (cardinality.most is None or count <= cardinality.most)


def comparison(operator: str, wanted: float) -> Callable[[float], bool]:
    def holds(value: float) -> bool:
        return {
            "=": value == wanted, "!=": value != wanted, "<": value < wanted,
            "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted,
        }[operator]  # fmt: skip

    return holds


def fits(text: str, term: s.SearchTerm, language: str) -> bool:
    """Search terms here are letters, hyphens and asterisks."""
    text, wanted = text.lower(), term.text.lower()
    if plain(wanted, language) == wanted:
        text = plain(text, language)
    if term.kind == "wild":
        first, *rest = wanted.split("*")
        if not rest:
            return text == first
        if not text.startswith(first):
            return False
        at = len(first)
        for part in rest[:-1]:
            at = text.find(part, at) + len(part)
            if at < len(part):
                return False
        return len(text) - len(rest[-1]) >= at and text.endswith(rest[-1])
    return all(begins(split(text), split(word)) for word in wanted.split())


def begins(words: list[str], wanted: list[str]) -> bool:
    starts = range(len(words) - len(wanted) + 1)
    return any(
        words[at : at + len(wanted) - 1] == wanted[:-1] and words[at + len(wanted) - 1].startswith(wanted[-1])
        for at in starts
    )


def split(text: str) -> list[str]:
    marks = [-1, *(at for at, char in enumerate(text) if not char.isalnum()), len(text)]
    return [text[one + 1 : other] for one, other in pairwise(marks) if other > one + 1]


def plain(text: str, language: str) -> str:
    kept = "åäö" if language == "sv" else ""
    return "".join(char if char in kept else unicodedata.normalize("NFD", char)[0] for char in text)
