"""Concepts of SNOMED CT as entries: names by what language refsets say, properties as FHIR names them.

Source: FHIR R5, "Using SNOMED CT with FHIR" (properties, designation uses).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codesystems.formats.rf2_rows import DEFINED, DEFINITION, FULLY_SPECIFIED_NAME, SYNONYM
from codesystems.snomed_names import GB_ENGLISH, REFSETS, US_ENGLISH
from termservice.fhir.model import Coding, Designation, Entry, PropertyValue
from termservice.snomed.arrays import Edition
from termservice.snomed.ecl.dialects import ALIASES

SNOMED_CT = "http://snomed.info/sct"
USES = {
    FULLY_SPECIFIED_NAME: Coding(SNOMED_CT, str(FULLY_SPECIFIED_NAME), display="Fully specified name"),
    SYNONYM: Coding(SNOMED_CT, str(SYNONYM), display="Synonym"),
}
OWN = (US_ENGLISH, GB_ENGLISH)
"""Language refsets that displays are of, the first that has one; without one, any preferred synonym in English."""
_PREFERRED = 2
_DIALECTS = {refset: alias for alias, refset in ALIASES.items()}


def tag(refset: int) -> str:
    """The language of a language refset (BCP 47): `en-US`; empty where it is not known."""
    language, dash, region = _DIALECTS.get(refset, "").partition("-")
    return language + dash + (region.upper() if len(region) == 2 else region)


@dataclass(frozen=True, slots=True)
class Name:
    term: str
    type: int
    language: str
    active: bool
    preferred: frozenset[int]
    """Language refsets."""


class Entries:
    """The entries of an edition."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition

    def display(self, place: int) -> str:
        return self._display(self._names(place)) or str(self._edition.id(place))

    def entry(self, place: int) -> Entry:
        names = self._names(place)
        active = bool(self._edition.active[place])
        display = self._display(names)
        definitions = (each for each in names if each.type == DEFINITION and each.active)
        return Entry(
            code=str(self._edition.id(place)),
            display=display,
            definition=next((each.term for each in definitions if each.language == "en"), ""),
            designations=tuple(_designations(names, display)),
            properties=tuple(self.properties(place)),
            active=active,
            status="" if active else "inactive",
        )

    def properties(self, place: int) -> Iterator[PropertyValue]:
        """What the concept has of its own; with attributes, each value once."""
        edition = self._edition
        yield PropertyValue("inactive", not edition.active[place], "boolean")
        if day := str(int(edition.time[place])):
            yield PropertyValue("effectiveTime", f"{day[:4]}-{day[4:6]}-{day[6:]}", "dateTime")
        yield PropertyValue("moduleId", str(edition.module[place]), "code")
        yield PropertyValue("sufficientlyDefined", edition.status[place] == DEFINED, "boolean")
        yield from self.attributes(place)

    def attributes(self, place: int) -> Iterator[PropertyValue]:
        seen = set()
        for each in self._edition.attributes.of(place):
            code = str(self._edition.id(each.type))
            if each.concrete:
                found = concrete(code, each.value)
            else:
                found = PropertyValue(code, str(self._edition.id(int(each.value))), "code")
            if found not in seen:
                seen.add(found)
                yield found

    def _names(self, place: int) -> list[Name]:
        descriptions = self._edition.descriptions
        rows = descriptions.of(place)
        columns = descriptions.acceptabilities(rows)
        refsets = descriptions.refsets
        return [
            Name(
                descriptions.term(row),
                descriptions.type[row],
                descriptions.language_of(row),
                bool(descriptions.active[row]),
                frozenset(refset for refset, column in zip(refsets, columns, strict=True) if column[at] == _PREFERRED),
            )
            for at, row in enumerate(rows)
        ]

    @staticmethod
    def _display(names: Sequence[Name]) -> str:
        synonyms = [each for each in names if each.active and each.type == SYNONYM]
        for refset in OWN:
            found = next((each.term for each in synonyms if refset in each.preferred), None)
            if found is not None:
                return found
        english = [each for each in synonyms if each.language == "en"]
        best = sorted((*english, *synonyms), key=lambda each: not each.preferred)
        full = (each for each in names if each.active and each.type == FULLY_SPECIFIED_NAME)
        return next((each.term for each in (*best, *full)), "")


def concrete(code: str, value: float | str | bool) -> PropertyValue:
    """The value of a concrete attribute, with its type."""
    if isinstance(value, bool):
        return PropertyValue(code, value, "boolean")
    if isinstance(value, str):
        return PropertyValue(code, value, "string")
    whole = float(value).is_integer()
    return PropertyValue(code, int(value) if whole else value, "integer" if whole else "decimal")


def _designations(names: Sequence[Name], display: str) -> Iterator[Designation]:
    """Fully specified names first, then preferred synonyms, acceptable ones, and what is no longer right."""
    in_display = {each.preferred for each in names if each.term == display}
    for each in sorted((each for each in names if each.type != DEFINITION), key=_order):
        yield Designation(
            each.term,
            each.language if each.preferred in in_display else _language(each),
            USES.get(each.type),
            status="" if each.active else "inactive",
            minor=each.active and not each.preferred,
        )


def _order(name: Name) -> tuple[bool, bool, bool]:
    return not name.active, not name.preferred, name.type == SYNONYM


def _language(name: Name) -> str:
    """Of a name that is preferred in one dialect of English only, that dialect."""
    tags = {REFSETS.get(refset, name.language) for refset in name.preferred}
    return tags.pop() if len(tags) == 1 else name.language
