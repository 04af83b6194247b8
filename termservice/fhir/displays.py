"""Whether the display a coding carries is one of its code's names, in the languages asked for.

Upper and lower case do not matter, white space does. A name that states no language fits any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from termservice.fhir import wording
from termservice.fhir.asking import Asked
from termservice.fhir.issues import Issue
from termservice.fhir.languages import DISPLAY_USES, Languages
from termservice.fhir.model import ConceptRef, Designation, Entry, Meta
from termservice.fhir.statuses import former

_SYNONYMS = {"900000000000013009", "900000000000003001"}
"""SNOMED CT's types of description that are names: synonym, fully specified name."""


def said(entry: Entry, ref: ConceptRef | None) -> Entry:
    """What a value set says of a concept it lists goes before what the code system says."""
    if ref is None or not (ref.display or ref.designations):
        return entry
    if not ref.display or ref.display == entry.display:
        return replace(entry, designations=(*ref.designations, *entry.designations))
    others = (*ref.designations, Designation(entry.display), *entry.designations)
    return replace(entry, display=ref.display, designations=others)


def display_issue(asked: Asked, entry: Entry, meta: Meta, languages: Languages) -> Issue | None:
    """What is wrong with the display (or to be known of it); None where there is nothing, or no display."""
    display = asked.coding.display
    if not display:
        return None
    names = [Designation(entry.display, meta.language), *entry.designations] if entry.display else entry.designations
    current = [each for each in names if not former(each)]
    fitting = [each for each in current if not each.language or languages.fits(each.language)]
    if any(_same(each.value, display) for each in fitting):
        return None
    coding, at = asked.coding, asked.at("display")
    valid = _unique([each for each in fitting if _is_display(each)])
    withdrawn = next((each for each in names if former(each) and _same(each.value, display)), None)
    if withdrawn is not None and valid:
        return wording.former_display(coding, former(withdrawn), sorted(each.value for each in valid), at)
    if valid:
        spaces = any(_squeezed(each.value) == _squeezed(display) for each in fitting)
        return wording.wrong_display(coding, valid, languages.text, at, spaces=spaces)
    if any(_same(each.value, display) for each in current if each.language == meta.language):
        return wording.display_in_default_language(coding, languages.text, at)
    return wording.no_display_in_language(coding, entry.display, languages.text, at)


def _same(one: str, other: str) -> bool:
    return one == other or one.casefold() == other.casefold()


def _squeezed(name: str) -> str:
    return " ".join(name.split()).casefold()


def _is_display(name: Designation) -> bool:
    return name.use is None or name.use.code in DISPLAY_USES or name.use.code in _SYNONYMS


def _unique(names: Sequence[Designation]) -> list[Designation]:
    return list({each.value: each for each in reversed(names)}.values())[::-1]
