"""What concepts are: their rows, their is-a and attribute relationships, concrete values and OWL axioms.

A child is mostly defined as its first parent is, with one value of its own, so that a refinement finds subtrees.
"""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.rf2 import model
from benchmarks.rf2 import wellknown as known
from benchmarks.rf2.edition import Edition
from benchmarks.rf2.files import State
from benchmarks.rf2.hierarchy import INTERNATIONAL, Concept, edges
from benchmarks.rf2.identifiers import RELATIONSHIP
from benchmarks.rf2.model import Attribute, Group
from benchmarks.rf2.times import Moment
from benchmarks.rf2.words import random_of

_DEFINED, _DEFINED_LATER = 0.45, 0.004
_INHERITED = 0.7
_MODELLED = f"{known.INFERRED}\t{known.SOME}"
Value = Concept | str
"""A number where it is text: `#500`."""


class _Attributes(NamedTuple):
    grouped: bool
    values: tuple[tuple[Attribute, Value], ...]


class Definitions:
    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._chance = random_of("definitions", edition.plan.seed).random
        self._of: dict[Concept, tuple[_Attributes, ...]] = {}
        """Of concepts that have children."""

    def write(self, concept: Concept) -> None:
        """Concepts come in an order in which parents are before children."""
        groups = self._groups(concept)
        if concept.inner:
            self._of[concept] = groups
        since = concept.born
        defined = since if groups and self._chance() < _DEFINED else None
        if groups and defined is None and concept.born.slot == 0 and concept.died is None:
            for slot in self._edition.later():
                if defined is None and self._chance() < _DEFINED_LATER:
                    defined = self._edition.calendars[concept.owner].releases[slot]
        self._concept(concept, defined)
        self._is_a(concept)
        for number, group in enumerate(groups, start=1):
            since = max(since, self._attributes(concept, number if group.grouped else 0, group))
        self._axiom(concept, groups, since, defined)

    def _concept(self, concept: Concept, defined: Moment | None) -> None:
        status = known.DEFINED if defined == concept.born else known.PRIMITIVE
        if defined and defined != concept.born:
            states = (State(concept.born, True, status), State(defined, True, known.DEFINED))
            self._edition.table(concept.owner, "Concept").change(concept.id, concept.module, states)
        else:
            self._edition.put(concept.owner, "Concept", concept.id, concept.module, status, concept.born, concept.died)

    def _is_a(self, concept: Concept) -> None:
        edition = self._edition
        for parent, since, until in edges(concept):
            id_ = edition.new_id(concept.owner, RELATIONSHIP)
            rest = f"{concept.id}\t{parent.id}\t0\t{known.IS_A}\t{_MODELLED}"
            edition.put(concept.owner, "Relationship", id_, concept.module, rest, since, until)

    def _attributes(self, concept: Concept, number: int, group: _Attributes) -> Moment:
        """Writes them; gives the moment from which all of the group are there."""
        edition, owner = self._edition, concept.owner
        complete = concept.born
        for attribute, value in group.values:
            since = concept.born
            kind, target = "ConcreteValue", value
            if isinstance(value, Concept):
                kind, target = "Relationship", value.id
                since = max(since, edition.calendars[owner].after(value.born))
            id_ = edition.new_id(owner, RELATIONSHIP)
            rest = f"{concept.id}\t{target}\t{number}\t{attribute.type}\t{_MODELLED}"
            edition.put(owner, kind, id_, concept.module, rest, since, concept.died)
            complete = max(complete, since)
        return complete

    def _groups(self, concept: Concept) -> tuple[_Attributes, ...]:
        if concept.branch is None or (concept.died and concept.died.slot == 0):
            return ()  # what was inactive before attributes were modelled never had any
        templates = model.GROUPS.get(concept.branch.anchor, ())
        inherited = self._of.get(concept.parents[0], ())
        if inherited and self._chance() < _INHERITED:
            return self._varied(concept, inherited)
        made = []
        for template in templates:
            chance = template.chance
            for _ in range(template.most):
                if self._chance() >= chance:
                    break
                chance *= 2 / 3
                made.append(self._drawn(concept, template))
        return tuple(group for group in made if group.values)

    def _drawn(self, concept: Concept, template: Group) -> _Attributes:
        values = [
            (attribute, self._value(concept, attribute))
            for attribute in template.attributes
            if self._chance() < attribute.chance
        ]
        return _Attributes(template.grouped, tuple(values))

    def _varied(self, concept: Concept, groups: tuple[_Attributes, ...]) -> tuple[_Attributes, ...]:
        at = int(len(groups) * self._chance())
        values = list(groups[at].values)
        place = int(len(values) * self._chance())
        attribute = values[place][0]
        values[place] = (attribute, self._value(concept, attribute))
        return (*groups[:at], _Attributes(groups[at].grouped, tuple(values)), *groups[at + 1 :])

    def _value(self, concept: Concept, attribute: Attribute) -> Value:
        """Of the range, few often and most seldom; not the concept itself."""
        made = self._edition.hierarchy
        chosen = attribute.range[int(len(attribute.range) * self._chance())]
        if chosen.startswith("#"):
            return chosen
        pool = made.tree.get(chosen)
        if pool is None:
            return made.by_id[chosen]
        value = pool[int(len(pool) * self._chance() ** 2.5)]
        return value if value is not concept else made.by_id[chosen]

    def _axiom(self, concept: Concept, groups: tuple[_Attributes, ...], since: Moment, defined: Moment | None) -> None:
        """One state for each set of parents there was."""
        is_a = list(edges(concept))
        if not is_a:
            return  # the root
        moments = {moment for _, begins, ends in is_a for moment in (begins, ends) if moment}
        moments.update(filter(None, (defined, concept.died)))
        states: list[State] = []
        rest = " ".join(map(_group, groups))
        for moment in sorted({since, *(each for each in moments if each > since)}):
            active = concept.died is None or moment < concept.died
            parents = [parent.id for parent, begins, ends in is_a if begins <= moment and not (ends and ends <= moment)]
            if active:
                text = _axiom(concept, parents, rest, defined is not None and defined <= moment)
            states.append(State(moment, active, text))
        owner, module = concept.owner, concept.module
        if len(states) == 1:
            self._edition.member(owner, "Owl", module, known.OWL_AXIOM, concept.id, since, states[0].rest)
        else:
            self._edition.changing_member(owner, "Owl", module, known.OWL_AXIOM, concept.id, states)


def _axiom(concept: Concept, parents: list[str], rest: str, defined: bool) -> str:
    if concept.owner == INTERNATIONAL and concept.fsn.endswith("(attribute)"):
        kind = "Data" if parents[0] == "762706009" or concept.id == "762706009" else "Object"
        if parents[0] != "106237007":
            return f"Sub{kind}PropertyOf(:{concept.id} :{parents[0]})"
    terms = " ".join(f":{parent}" for parent in parents)
    whole = f"{terms} {rest}" if rest else terms
    body = f"ObjectIntersectionOf({whole})" if rest or len(parents) > 1 else whole
    return f"{'EquivalentClasses' if defined else 'SubClassOf'}(:{concept.id} {body})"


def _group(group: _Attributes) -> str:
    some = [_restriction(attribute.type, value) for attribute, value in group.values]
    if not group.grouped:
        return " ".join(some)
    body = some[0] if len(some) == 1 else f"ObjectIntersectionOf({' '.join(some)})"
    return f"ObjectSomeValuesFrom(:{known.ROLE_GROUP} {body})"


def _restriction(type_: str, value: Value) -> str:
    if isinstance(value, Concept):
        return f"ObjectSomeValuesFrom(:{type_} :{value.id})"
    kind = "decimal" if "." in value else "integer"
    return f'DataHasValue(:{type_} "{value[1:]}"^^xsd:{kind})'
