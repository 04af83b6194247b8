"""The filters of value sets over SNOMED CT, for its concepts and for postcoordinated expressions.

Source: FHIR R5, "Using SNOMED CT with FHIR" (filters).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from pyroaring import BitMap

from codesystems.formats.rf2_rows import DEFINED
from termservice.fhir.filters import HIERARCHY, listed, truth, unsupported
from termservice.fhir.issues import Failure, Issue
from termservice.fhir.model import Filter, FilterDef, Meta
from termservice.lazy import lazy
from termservice.snomed import ecl
from termservice.snomed.columns import bitmap, bitmap_of, joined
from termservice.snomed.content import EditionContent
from termservice.snomed.expressions import Expression

CONSTRAINTS = ("constraint", "expression")
"""Names of the filter whose value is an expression constraint."""
FILTERS = (
    FilterDef("concept", ("is-a", "descendent-of", "child-of", "generalizes", "is-not-a", "in", "="), "An SCTID"),
    FilterDef("constraint", ("=",), "An expression constraint (ECL)"),
    FilterDef("expressions", ("=",), "Whether postcoordinated expressions are meant too: true or false"),
    FilterDef("semanticTag", ("=", "in"), "What stands in brackets at the end of fully specified names"),
    FilterDef("parent", ("=", "in"), "A concept right above"),
    FilterDef("child", ("=", "in"), "A concept right below"),
    FilterDef("moduleId", ("=", "in"), "The module the concept is of"),
    FilterDef("effectiveTime", ("=", "in"), "The day the concept became as it is"),
    FilterDef("sufficientlyDefined", ("=",), "true or false"),
    FilterDef("inactive", ("=",), "true or false"),
)  # attributes are filters too, by their SCTIDs
_OPERATORS = {"is-a": "<< ", "descendent-of": "< ", "child-of": "<! ", "generalizes": ">> ", "in": "^ "}
"""Filters on concepts to operators of expression constraints."""
_REFERENCE_SET = 900000000000455006
_DIGITS = 18
"""Of an SCTID, at most."""
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


class SnomedFilters:
    """Of one version of an edition. Sets are of places."""

    def __init__(self, content: EditionContent, meta: Callable[[], Meta]) -> None:
        self._content = content
        self._edition = content.edition
        self._meta = meta

    def selected(self, filter: Filter) -> BitMap:
        """The concepts a filter names. Raises `Failure` for one that SNOMED CT does not know."""
        name, op = filter.property, filter.op
        if name == "expressions" and op == "=":
            truth(filter)
            return self.everything()
        if name in CONSTRAINTS and op == "=":
            return self._constrained(filter.value)
        if name in HIERARCHY:
            return self._by_concept(filter)
        if name in _BY_VALUE and op in ("=", "in"):
            return BitMap.union(BitMap(), *(_BY_VALUE[name](self, value) for value in listed(filter)))
        if name in _BY_TRUTH and op == "=":
            found = _BY_TRUTH[name](self)
            return found if truth(filter) else self.everything() - found
        attribute = self.place(name)
        if attribute is not None and op == "exists":
            found = self._having(attribute)
            return found if truth(filter) else self.everything() - found
        if attribute is not None and (constraint := self._attribute(filter)) is not None:
            return self._constrained(constraint)
        raise unsupported(filter, self._meta())

    def holds(self, filter: Filter, expression: Expression) -> bool:
        """Whether a filter names an expression whose concepts the edition knows. Raises as `selected`."""
        if filter.property == "expressions":
            return truth(filter)
        attribute = self.place(filter.property)
        if attribute is not None and filter.op == "exists":
            return self._has(expression, attribute) == truth(filter)
        constraint = self._constraint(filter)
        if constraint is None:
            return False
        try:
            return self._content.satisfied(constraint, expression)
        except ecl.EclError as error:
            raise _invalid(constraint, error) from None

    def place(self, code: str) -> int | None:
        """None where the edition has no concept of that code."""
        if not code.isdecimal() or not code.isascii() or len(code) > _DIGITS or code[0] == "0":
            return None
        place = self._edition.place(int(code))
        return place if place >= 0 else None

    def is_reference_set(self, code: str) -> bool:
        """Whether a code is a reference set: one with members, or one that the hierarchy says to be one."""
        place, edition = self.place(code), self._edition
        if place is None:
            return False
        top = edition.place(_REFERENCE_SET)
        below = top >= 0 and edition.hierarchy.is_ancestor(top, place)
        return below or int(code) in edition.members.refsets

    def everything(self) -> BitMap:
        return BitMap(range(len(self._edition)))

    @lazy
    def inactive(self) -> BitMap:
        return bitmap_of(~np.asarray(self._edition.active, dtype=np.bool_))

    def _by_concept(self, filter: Filter) -> BitMap:
        hierarchy = self._edition.hierarchy
        own = self._places(listed(filter))
        match filter.op:
            case "=":
                return own
            case "in":
                return self._constrained(f"^ {filter.value}") if self.is_reference_set(filter.value) else own
            case "not-in":
                return self.everything() - own
            case "is-a":
                return hierarchy.descendants_of(own) | own
            case "descendent-of":
                return hierarchy.descendants_of(own)
            case "is-not-a":
                return self.everything() - hierarchy.descendants_of(own) - own
            case "child-of":
                return hierarchy.children_of(own)
            case "generalizes":
                return hierarchy.ancestors_of(own) | own
            case "descendent-leaf":
                below = hierarchy.descendants_of(own)
                return below - hierarchy.parents_of(below)
        raise unsupported(filter, self._meta())

    def _places(self, codes: Sequence[str]) -> BitMap:
        return BitMap(place for place in map(self.place, codes) if place is not None)

    def _constrained(self, constraint: str) -> BitMap:
        try:
            return self._content.places(constraint)
        except ecl.EclError as error:
            raise _invalid(constraint, error) from None

    def _constraint(self, filter: Filter) -> str | None:
        """The expression constraint that says the same as a filter; None where there is none."""
        if filter.property in CONSTRAINTS and filter.op == "=":
            return filter.value
        if filter.property in HIERARCHY and self.place(filter.value) is not None:
            operator = _OPERATORS.get(filter.op)
            if operator is not None:
                return f"{operator}{filter.value}"
            return f"* MINUS << {filter.value}" if filter.op == "is-not-a" else None
        return self._attribute(filter) if self.place(filter.property) is not None else None

    def _attribute(self, filter: Filter) -> str | None:
        """The expression constraint of a filter on an attribute, but for `exists`."""
        if filter.op in ("is-a", "descendent-of"):
            return f"* : {filter.property} = {_OPERATORS[filter.op]}{filter.value}"
        if filter.op in ("=", "in"):
            either = (f"{filter.property} = {self._value(each)}" for each in listed(filter))
            return f"* : {' OR '.join(either)}"
        return None

    def _value(self, value: str) -> str:
        """A value of an attribute as expression constraints write it."""
        if self.place(value) is not None or value in ("true", "false"):
            return value
        return f"#{value}" if _NUMBER.fullmatch(value) else _quoted(value)

    def _having(self, attribute: int) -> BitMap:
        attributes = self._edition.attributes
        types = np.zeros(len(self._edition), dtype=np.bool_)
        types[attribute] = True
        sources = [rows.source for rows in attributes.of_types(types)]
        sources.append(attributes.concrete["source"][attributes.concrete["type"] == attribute])
        return bitmap(joined(sources, np.int32))

    def _has(self, expression: Expression, attribute: int) -> bool:
        own = any(self._edition.place(each.name.id) == attribute for each in expression.attributes())
        focus = BitMap(self._edition.place(each.id) for each in expression.focus)
        return own or bool(focus & self._having(attribute))

    def _of_module(self, value: str) -> BitMap:
        modules = [int(value)] if value.isdecimal() and len(value) <= _DIGITS else []
        return bitmap_of(self._edition.module.among(modules, slice(None)))

    def _defined(self) -> BitMap:
        return bitmap_of(self._edition.status.among([DEFINED], slice(None)))

    def _of_day(self, value: str) -> BitMap:
        day = value[:10].replace("-", "")
        return bitmap(np.flatnonzero(self._edition.time == (int(day) if day.isdecimal() else -1)))

    def _tagged(self, value: str) -> BitMap:
        fsn = "{{ D type = fsn, term = wild:" + _quoted("*(" + value.replace("*", "\\*") + ")", wild=True) + " }}"
        return self._constrained(f"(* {fsn}) OR (* {{{{ C active = 0 }}}} {fsn})")


def _quoted(text: str, *, wild: bool = False) -> str:
    escaped = (text if wild else text.replace("\\", "\\\\")).replace('"', '\\"')
    return f'"{escaped}"'


def _invalid(constraint: str, error: ecl.EclError) -> Failure:
    if isinstance(error, ecl.EclTooCostly):
        text = f"The ECL expression '{constraint}' would cost too much: {error.message}"
        return Failure(Issue("error", "too-costly", text, "too-costly"))
    text = f"Invalid ECL expression: '{constraint}': ({error.message})"
    return Failure(Issue("error", "invalid", text, "vs-invalid", message_id="INVALID_ECL"))


_BY_VALUE: dict[str, Callable[[SnomedFilters, str], BitMap]] = {
    "moduleId": SnomedFilters._of_module,
    "effectiveTime": SnomedFilters._of_day,
    "semanticTag": SnomedFilters._tagged,
    "parent": lambda self, value: self._edition.hierarchy.children_of(self._places([value])),
    "child": lambda self, value: self._edition.hierarchy.parents_of(self._places([value])),
}
_BY_TRUTH: dict[str, Callable[[SnomedFilters], BitMap]] = {
    "sufficientlyDefined": SnomedFilters._defined,
    "inactive": lambda self: self.inactive,
}
