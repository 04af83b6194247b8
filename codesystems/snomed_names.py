"""Names of concepts: which description is shown in which language, as language refsets say.

Source: SNOMED CT Release File Specification ("Description File", "Language Reference Set"); a fully specified name
ends in its semantic tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from codesystems.formats.rf2_cells import distinct
from codesystems.formats.rf2_columns import Bools, Ints
from codesystems.formats.rf2_rows import DEFINITION, FULLY_SPECIFIED_NAME, PREFERRED, SYNONYM
from codesystems.formats.rf2_tables import Table
from codesystems.model import Designation, DesignationUse, Unit, designation_kind
from codesystems.report import Report
from codesystems.snomed_fingerprints import Fingerprints, named

SWEDISH, US_ENGLISH, GB_ENGLISH = 46011000052107, 900000000000509007, 900000000000508004
REFSETS = {SWEDISH: "sv", US_ENGLISH: "en", GB_ENGLISH: "en-GB"}
"""Language refsets in order; the preferred terms of others are in the language of each description."""
_MOST_REFSETS = 62
_TAG = re.compile(r"\(([^()]+)\)$")
_SORTED_BY = 60
"""Letters of a name that decide the order; the code decides beyond them."""


class Description(NamedTuple):
    id: int
    type: int
    language: str
    preferred: int
    """One bit for each language refset, in the order of `Names.refsets`."""
    term: str


class Names:
    """Active descriptions of all concepts, by place of the concept."""

    def __init__(self, descriptions: Table, language: Table, concepts: Ints, report: Report) -> None:
        coded = descriptions.numbers["languageCode"]
        self.languages = [code or "en" for code in descriptions.words["languageCode"]]
        self.refsets, bits = _preferred(descriptions, language, report)
        place = np.searchsorted(concepts, descriptions.numbers["conceptId"])
        place[place == len(concepts)] = 0
        known = concepts[place] == descriptions.numbers["conceptId"]
        for row in np.flatnonzero(~known).tolist():
            concept = descriptions.numbers["conceptId"][row]
            report.warn("orphan-description", f"concept {concept} has no row", descriptions.where(row))
        type_ = descriptions.numbers["typeId"]
        usable = known & descriptions.active
        self.definition_languages = {self.languages[each] for each in distinct(coded[type_ == DEFINITION]).tolist()}
        _warn_several(descriptions, place, bits, usable & (type_ == SYNONYM), report)
        self.definitions = _Part(np.flatnonzero(usable & (type_ == DEFINITION)), place, descriptions, coded, bits)
        self._names = _Part(np.flatnonzero(usable & (type_ != DEFINITION)), place, descriptions, coded, bits)

    def between(self, first: int, end: int) -> list[list[Description]]:
        """The names of the concepts at places `first` to `end`, each one's in order of identifier."""
        found: list[list[Description]] = [[] for _ in range(end - first)]
        for place, description in self._names.between(first, end, self.languages):
            found[place - first].append(description)
        return found

    def fingerprint(self, into: Fingerprints) -> None:
        """Which refsets there are decides what each bit says."""
        self._names.fingerprint(f"name of {self.refsets}", into, self.languages)

    def covers(self) -> Iterator[Unit]:
        """Kinds of designation that the release speaks of."""
        shown = {REFSETS.get(refset, "en") for refset in self.refsets}
        for language in {*self.languages, *shown, "en"}:
            yield "all", designation_kind("display", language)
        for language in {*self.languages, "en"}:
            yield "all", designation_kind("fsn", language)
            yield "all", designation_kind("synonym", language)


class _Part:
    """Some of the descriptions, in order of concept and identifier."""

    def __init__(self, rows: Ints, place: Ints, descriptions: Table, coded: Ints, bits: Ints) -> None:
        rows = rows[np.lexsort((descriptions.id[rows], place[rows]))]
        self.place = place[rows].astype(np.int32)
        self.id = descriptions.id[rows]
        self.type = descriptions.numbers["typeId"][rows]
        self.language = coded[rows]
        self.bits = bits[rows]
        self.terms = descriptions.texts["term"].take(rows)

    def fingerprint(self, kind: str, into: Fingerprints, languages: Sequence[str]) -> None:
        into.add(kind, self.place, self.id, self.type, named(list(languages), self.language), self.bits, self.terms)

    def between(self, first: int, end: int, languages: Sequence[str]) -> Iterator[tuple[int, Description]]:
        rows = between(self.place, first, end)
        columns = (self.place[rows], self.id[rows], self.type[rows], self.language[rows], self.bits[rows])
        terms = self.terms.take(rows)
        for row in zip(*(column.tolist() for column in columns), terms, strict=True):
            place, id_, type_, language, bits, term = row
            yield place, Description(id_, type_, languages[language], bits, term.strip())


def between(places: Ints, first: int, end: int) -> slice:
    """The rows about places `first` to `end`; `places` are in order. Searching for numbers of another width than theirs
    would copy all of them first."""
    start, stop = np.searchsorted(places, np.array((first, end), dtype=places.dtype)).tolist()
    return slice(start, stop)


def designations(names: Sequence[Description], refsets: Sequence[int]) -> tuple[Designation, ...]:
    """Preferred terms, fully specified names, then all other active synonyms."""
    shown = _shown(names, refsets)
    said: dict[tuple[str, DesignationUse, str], None] = {
        (name.term, "display", language): None for language, name in shown.items()
    }
    shown_as = {(name.language, name.term) for name in shown.values()}
    synonyms: dict[tuple[str, DesignationUse, str], None] = {}
    for name in names:
        if name.type == FULLY_SPECIFIED_NAME:
            said[name.term, "fsn", name.language] = None
        elif (name.language, name.term) not in shown_as:
            synonyms[name.term, "synonym", name.language] = None
    said.update(synonyms)
    return tuple([Designation(*each) for each in said if each[0]])


def _shown(names: Sequence[Description], refsets: Sequence[int]) -> dict[str, Description]:
    """What is shown in each language: of each language refset the first description that it prefers. What the British
    one prefers is shown where it differs from what the American one does, or where that says nothing."""
    preferred: dict[int, Description] = {}
    for name in names:
        if name.preferred and name.type == SYNONYM:
            for number, refset in enumerate(refsets):
                if name.preferred >> number & 1:
                    preferred.setdefault(refset, name)
    shown: dict[str, Description] = {}
    for refset in refsets:
        found = preferred.get(refset)
        if found is None:
            continue
        language = REFSETS.get(refset, found.language)
        if refset == GB_ENGLISH and "en" not in shown:
            language = "en"
        elif refset == GB_ENGLISH and shown["en"].term == found.term:
            continue
        shown.setdefault(language, found)
    return shown


def fully_specified(names: Iterable[Description]) -> str:
    """The name that says what kind of thing a concept is: the English one, that a language refset prefers; "" where
    there is none."""
    found = [name for name in names if name.type == FULLY_SPECIFIED_NAME]
    if len(found) == 1:
        return found[0].term
    best = min(found, key=lambda name: (not name.language.startswith("en"), not name.preferred, name.id), default=None)
    return best.term if best else ""


def tag(name: str) -> str:
    """The semantic tag of a fully specified name: `disorder`."""
    found = _TAG.search(name)
    return found[1].strip() if found else ""


def sort_key(name: str, code: str) -> str:
    """Siblings are in order of their names."""
    return f"{name[:_SORTED_BY].casefold()} {code}".lstrip()


def _preferred(descriptions: Table, language: Table, report: Report) -> tuple[list[int], Ints]:
    """Language refsets in order, and for each description a bit for each that prefers it."""
    chosen = language.active & (language.numbers["acceptabilityId"] == PREFERRED)
    refset, component = (language.numbers[name] for name in ("refsetId", "referencedComponentId"))
    order = {each: number for number, each in enumerate(REFSETS)}
    refsets = sorted(distinct(refset).tolist(), key=lambda each: (order.get(each, len(order)), each))
    if len(refsets) > _MOST_REFSETS:
        report.warn("many-language-refsets", f"only {_MOST_REFSETS} of {len(refsets)} language refsets count")
        refsets = refsets[:_MOST_REFSETS]
    row, known = _found(descriptions.id, component)
    _warn_unknown(language, language.active & ~known, report)
    bits = np.zeros(len(descriptions), dtype=np.int64)
    for number, each in enumerate(refsets):
        bits[row[chosen & known & (refset == each)]] |= 1 << number
    return refsets, bits


def _found(ids: Ints, wanted: Ints) -> tuple[Ints, Bools]:
    """Where each of `wanted` is among `ids`, and whether it is there."""
    if not len(ids):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    order = np.argsort(ids)
    ids = ids[order]
    at = np.searchsorted(ids, wanted)
    at[at == len(ids)] = 0
    return order[at], ids[at] == wanted


def _warn_unknown(language: Table, unknown: Bools, report: Report) -> None:
    for row in np.flatnonzero(unknown).tolist():
        component = language.numbers["referencedComponentId"][row]
        report.warn("orphan-member", f"description {component} has no row", language.where(row))


def _warn_several(names: Table, place: Ints, bits: Ints, synonyms: Bools, report: Report) -> None:
    """Report a concept that has two preferred terms in one language refset."""
    for number in range(int(bits.max(initial=0)).bit_length()):
        rows = np.flatnonzero(synonyms & (bits >> number & 1 == 1))
        rows = rows[np.argsort(place[rows], kind="stable")]
        for row in rows[1:][place[rows[1:]] == place[rows[:-1]]].tolist():
            concept = names.numbers["conceptId"][row]
            report.warn("several-preferred", f"{concept} has another preferred term too", names.where(row))
