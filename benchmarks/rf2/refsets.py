"""Reference sets other than languages and axioms: why concepts are inactive and what took their place, selections,
maps, and what the package says about itself."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.rf2 import model
from benchmarks.rf2 import wellknown as known
from benchmarks.rf2.edition import Edition
from benchmarks.rf2.files import State
from benchmarks.rf2.hierarchy import EXTENSION, INTERNATIONAL, Concept
from benchmarks.rf2.times import Moment
from benchmarks.rf2.words import random_of

_LATE = 0.0005
"""Concepts that enter a selection in a later release."""
_CLASSIFIED, _NOT_CLASSIFIED, _DEPENDENT = "447637006", "447638001", "447639009"
_UNSPECIFIED = "447561005"
_NAMESPACE = "370136006"
_COMPONENT, _CONCEPT_TYPE, _DESCRIPTION_TYPE, _STRING = (
    "449608002",
    "900000000000461009",
    "900000000000462002",
    "900000000000465000",
)
_PREFIXES = (
    "Prefix(xsd:=<http://www.w3.org/2001/XMLSchema#>)",
    "Prefix(owl:=<http://www.w3.org/2002/07/owl#>)",
    "Prefix(:=<http://snomed.info/id/>)",
    "Ontology(<http://snomed.info/sct/900000000000207008>)",
)


class _Fate(NamedTuple):
    share: float
    """Of inactivated concepts, with the fates before it."""
    reason: str
    association: str
    targets: int


_FATES = (
    _Fate(0.35, "900000000000482003", known.SAME_AS, 1),
    _Fate(0.55, "900000000000484002", known.POSSIBLY_EQUIVALENT, 3),
    _Fate(0.70, "900000000000483008", known.REPLACED_BY, 1),
    _Fate(0.85, "900000000000485001", known.REPLACED_BY, 1),
    _Fate(0.95, "900000000000486000", known.WAS_A, 1),
    _Fate(1.00, "900000000000487009", known.MOVED_TO, 1),
)


class Refsets:
    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._chance = random_of("refsets", edition.plan.seed).random

    def write(self, concept: Concept) -> None:
        if concept.branch is None:
            return
        if concept.died:
            self._inactivated(concept, concept.died)
        if concept.died is None or concept.died.slot:
            self._selected(concept)
            self._mapped(concept)

    def about_the_package(self) -> None:
        self._dependencies()
        self._descriptors()
        first = self._edition.calendars[INTERNATIONAL].first
        for type_, length in ((known.FSN, 255), (known.SYNONYM, 255), (known.DEFINITION, 4096)):
            rest = f"900000000000540000\t{length}"
            self._metadata("DescriptionType", known.DESCRIPTION_FORMAT, type_, first, rest)
        for number, prefix in enumerate(_PREFIXES):
            self._metadata("Owl", known.OWL_ONTOLOGY, known.OWL_ONTOLOGY, first, prefix, str(number))

    def _inactivated(self, concept: Concept, when: Moment) -> None:
        edition, owner, module = self._edition, concept.owner, concept.module
        chance = self._chance()
        fate = next(fate for fate in _FATES if chance < fate.share)
        edition.member(owner, "AttributeValue", module, known.CONCEPT_REASON, concept.id, when, fate.reason)
        for target in self._successors(concept, fate):
            since = max(when, edition.calendars[owner].after(target.born))
            name = target.id
            edition.member(owner, "Association", module, fate.association, concept.id, since, target.id, name=name)

    def _successors(self, concept: Concept, fate: _Fate) -> list[Concept]:
        """Concepts that last, and have not become one another's."""
        assert concept.branch is not None
        made = self._edition.hierarchy
        if fate.association == known.MOVED_TO:
            return [made.by_id[_NAMESPACE]]
        if fate.association == known.WAS_A:
            return [concept.parents[0]]
        pool = made.tree[concept.branch.anchor]
        count = 1 if fate.targets == 1 else 2 + int(self._chance() * (fate.targets - 1))
        return list(dict.fromkeys(pool[int(self._chance() * len(pool))] for _ in range(count)))

    def _selected(self, concept: Concept) -> None:
        assert concept.branch is not None
        chosen = [(EXTENSION, known.SWEDISH_SELECTION, 0.01)]
        if concept.owner == INTERNATIONAL:
            chosen.append((INTERNATIONAL, known.PATIENT_SUMMARY, 0.02))
            if concept.branch.anchor == model.ANATOMY:
                chosen.append((INTERNATIONAL, known.LATERALIZABLE, 0.2))
        for owner, refset, share in chosen:
            calendar = self._edition.calendars[owner]
            chance = self._chance()
            if chance < share:
                since = calendar.after(concept.born)
            elif chance < share + _LATE * (self._edition.plan.releases - 1):
                since = calendar.releases[max(1, concept.born.slot)]
            else:
                continue
            until = calendar.after(concept.died) if concept.died else None
            if until is None or since < until:
                module = concept.module if owner == concept.owner else known.SWEDISH
                self._edition.member(owner, "Simple", module, refset, concept.id, since, until=until)

    def _mapped(self, concept: Concept) -> None:
        assert concept.branch is not None
        edition, anchor = self._edition, concept.branch.anchor
        if concept.owner != INTERNATIONAL:
            return
        if anchor == model.MORPHOLOGY and self._chance() < 0.8:
            code = f"{8000 + int(self._chance() * 1900)}/{int(self._chance() * 4)}"
            edition.member(
                INTERNATIONAL, "SimpleMap", known.CORE, known.ICDO_MAP, concept.id, concept.born, code, concept.died
            )
        if anchor in model.MAPPED and self._chance() < 0.75:
            for number, (rest, since) in enumerate(self._map_rows(concept)):
                self._map_row(concept, str(number), rest, since)

    def _map_row(self, concept: Concept, name: str, rest: str, since: Moment) -> None:
        """Now and then a later release maps otherwise."""
        edition, component = self._edition, concept.id
        if concept.died is None and concept.born.slot == 0 and rest.startswith("1\t1\tTRUE"):
            for slot in edition.later():
                if self._chance() < 0.004:
                    other = _row(1, 1, "TRUE", self._code())
                    when = edition.calendars[INTERNATIONAL].releases[slot]
                    states = (State(since, True, rest), State(when, True, other))
                    edition.changing_member(
                        INTERNATIONAL, "ExtendedMap", known.MAPPING, known.ICD10_MAP, component, states, name
                    )
                    return
        edition.member(
            INTERNATIONAL, "ExtendedMap", known.MAPPING, known.ICD10_MAP, component, since, rest, concept.died, name
        )

    def _map_rows(self, concept: Concept) -> Iterator[tuple[str, Moment]]:
        kind = bisect((0.78, 0.92, 0.97), self._chance())
        if kind == 0:
            yield _row(1, 1, "TRUE", self._code()), concept.born
        elif kind == 1:  # one rule or two, and what is left
            for priority in range(1, 2 + int(self._chance() * 2)):
                condition = self._other()
                since = max(concept.born, condition.born)
                yield self._conditional(priority, condition), since
            yield _row(1, priority + 1, "OTHERWISE TRUE", self._code()), since
        elif kind == 2:
            yield _row(1, 1, "TRUE", self._code()), concept.born
            yield _row(2, 1, "TRUE", self._code()), concept.born
        else:
            yield _row(1, 1, "TRUE", ""), concept.born

    def _conditional(self, priority: int, condition: Concept) -> str:
        assert condition.branch is not None
        text = self._edition.vocabulary.english(condition.phrase)
        code = self._code()
        rule = f"IFA {condition.id} | {text} ({condition.branch.tag}) |"
        advice = f"IF {text.upper()} CHOOSE {code} | MAP OF SOURCE CONCEPT IS CONTEXT DEPENDENT"
        return f"1\t{priority}\t{rule}\t{advice}\t{code}\t{_UNSPECIFIED}\t{_DEPENDENT}"

    def _other(self) -> Concept:
        tree = self._edition.hierarchy.tree
        pool = tree[model.DISORDER]
        return pool[int(self._chance() * len(pool))]

    def _code(self) -> str:
        letter = "ABCDEFGHIJKLMNOPQRSTVWXYZ"[int(self._chance() * 25)]
        number = int(self._chance() * 1000)
        return f"{letter}{number // 10:02}.{number % 10}"

    def _metadata(self, kind: str, refset: str, component: str, since: Moment, rest: str, name: str = "") -> None:
        self._edition.member(INTERNATIONAL, kind, known.MODEL, refset, component, since, rest, name=name)

    def _dependencies(self) -> None:
        """Each release says anew on which others its modules are built."""
        native, foreign = self._edition.calendars[INTERNATIONAL].releases, self._edition.calendars[EXTENSION].releases
        for module, on in ((known.CORE, known.MODEL), (known.MAPPING, known.MODEL), (known.MAPPING, known.CORE)):
            self._dependency(INTERNATIONAL, module, on, [(when, when) for when in native])
        for on in (known.CORE, known.MODEL, known.MAPPING):
            self._dependency(EXTENSION, known.SWEDISH, on, list(zip(foreign, native, strict=True)))

    def _dependency(self, owner: int, module: str, on: str, moments: list[tuple[Moment, Moment]]) -> None:
        states = [State(source, True, f"{source.time}\t{target.time}") for source, target in moments]
        self._edition.changing_member(owner, "ModuleDependency", module, known.MODULE_DEPENDENCY, on, states, module)

    def _descriptors(self) -> None:
        first = self._edition.calendars[INTERNATIONAL].first
        columns = {
            known.PATIENT_SUMMARY: [(_COMPONENT, _CONCEPT_TYPE)],
            known.LATERALIZABLE: [(_COMPONENT, _CONCEPT_TYPE)],
            known.US: [(_COMPONENT, _DESCRIPTION_TYPE), ("900000000000511003", _CONCEPT_TYPE)],
            known.GB: [(_COMPONENT, _DESCRIPTION_TYPE), ("900000000000511003", _CONCEPT_TYPE)],
            known.CONCEPT_REASON: [(_COMPONENT, _CONCEPT_TYPE), ("900000000000481005", _CONCEPT_TYPE)],
            known.ICDO_MAP: [(_COMPONENT, _CONCEPT_TYPE), ("900000000000505001", _STRING)],
        }
        for refset, described in columns.items():
            for order, (description, type_) in enumerate(described):
                rest = f"{description}\t{type_}\t{order}"
                self._metadata("RefsetDescriptor", known.DESCRIPTOR, refset, first, rest, str(order))
        since = self._edition.calendars[EXTENSION].first
        swedish = {
            known.SWEDISH_SELECTION: [(_COMPONENT, _CONCEPT_TYPE)],
            known.SV: [(_COMPONENT, _DESCRIPTION_TYPE), ("900000000000511003", _CONCEPT_TYPE)],
        }
        for refset, described in swedish.items():
            for order, (description, type_) in enumerate(described):
                rest = f"{description}\t{type_}\t{order}"
                self._edition.member(
                    EXTENSION, "RefsetDescriptor", known.SWEDISH, known.DESCRIPTOR, refset, since, rest, name=str(order)
                )


def _row(group: int, priority: int, rule: str, code: str) -> str:
    """A map row without condition; without a code, one that says that there is none."""
    category = _CLASSIFIED if code else _NOT_CLASSIFIED
    advice = f"ALWAYS {code}" if code else "MAP SOURCE CONCEPT CANNOT BE CLASSIFIED WITH AVAILABLE DATA"
    return f"{group}\t{priority}\t{rule}\t{advice}\t{code}\t{_UNSPECIFIED}\t{category}"
