"""Which of a concept's names to show, by the languages asked for (displayLanguage, Accept-Language).

The value is a list of language ranges with weights as HTTP writes it (RFC 9110, 12.5.4): `sv, en;q=0.5`. A preference
is soft: what has no name in the languages asked for keeps its display. `*;q=0` makes it hard: no name then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from termservice.fhir.issues import Failure, Issue
from termservice.fhir.model import Coding, Designation, Entry, Meta, ValueSet
from termservice.fhir.options import Options

PREFERRED = Coding("http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra", "preferredForLanguage")
"""The use of a display where another name is shown in its stead."""
DISPLAY_USES = frozenset({"display", PREFERRED.code})
"""Uses of designations that are what display is."""
LONG_USES = frozenset({"900000000000003001"})
"""Uses of designations that are displays only where there is no other: SNOMED CT's fully specified names."""
_RANGE = re.compile(r"(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)(?:\s*;\s*q\s*=\s*([01](?:\.[0-9]{1,3})?))?")


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages asked for."""

    text: str = ""
    """As it was asked."""
    ranges: tuple[str, ...] = ()
    """Lower case, the most wanted first; without those refused and without `*`."""
    refused: tuple[str, ...] = ()
    """Those with q=0."""
    hard: bool = False
    """Whether names in other languages are not to be shown."""

    @classmethod
    def parse(cls, text: str) -> Languages:
        """From displayLanguage or Accept-Language; the empty text asks for nothing. Raises `Failure` for text that is
        no list of languages."""
        return _parse(text)

    @classmethod
    def header(cls, text: str) -> Languages:
        """From text that may be anything (a header's, a resource's language): what is no list of languages asks for
        nothing."""
        try:
            return _parse(text)
        except Failure:
            return cls()

    def __bool__(self) -> bool:
        """Whether any language was asked for."""
        return bool(self.ranges)

    def fits(self, tag: str) -> bool:
        """Whether a name in the language `tag` (BCP 47, empty for an unstated one) is among what was asked for. A name
        without a language fits nothing in particular; nothing asked fits all."""
        return not self.ranges or self._rank(tag.lower()) is not None

    def allows(self, tag: str) -> bool:
        """Whether a name in the language `tag` may be shown where there is none that fits: no hard preference is
        against it."""
        if not tag or self.fits(tag):
            return True
        return not self.hard and not any(_degree(each, tag.lower()) is not None for each in self.refused)

    def chosen(self, entry: Entry, meta: Meta) -> Designation | None:
        """The name to show, as a designation with its language; None where none may be shown."""
        own = Designation(entry.display, meta.language) if entry.display else None
        if not self.ranges:
            return own or next(iter(entry.designations), None)
        best: tuple[tuple[int, int, int], Designation] | None = None
        for order, each in self._names(entry, own):
            rank = self._rank(each.language.lower()) if each.language else None
            if rank is not None and (best is None or (*rank, order) < best[0]):
                best = (*rank, order), each
        if best is not None:
            return best[1]
        if own is not None:
            return own if self.allows(own.language) else None
        return next((each for each in entry.designations if self.allows(each.language)), None)

    def display(self, entry: Entry, meta: Meta) -> str | None:
        """The name to show; None where none may be shown."""
        if not self.ranges:
            return entry.display or next((each.value for each in entry.designations), None)
        found = self.chosen(entry, meta)
        return found.value if found is not None else None

    def designations(self, entry: Entry, meta: Meta) -> list[Designation]:
        """The names beside the one shown: the code system's display first where another name is shown."""
        shown = self.chosen(entry, meta)
        own = Designation(entry.display, meta.language, PREFERRED) if entry.display else None
        others = [each for each in entry.designations if each is not shown]
        if own is None or (shown is not None and len(others) == len(entry.designations)):
            return others
        return [own, *others]

    @staticmethod
    def _names(entry: Entry, own: Designation | None) -> Iterator[tuple[int, Designation]]:
        """Names with how good they are as displays (low is better)."""
        if own is not None:
            yield 0, own
        for each in entry.designations:
            if each.status:
                continue
            if each.use is None or each.use.code in DISPLAY_USES:
                yield 0 if each.use is not None and each.use.code == PREFERRED.code else 1, each
            else:
                yield 3 if each.use.code in LONG_USES else 2, each

    def _rank(self, tag: str) -> tuple[int, int] | None:
        """Which range a tag fits and how well; None for none of them."""
        if not tag:
            return None
        for place, wanted in enumerate(self.ranges):
            degree = _degree(wanted, tag)
            if degree is not None:
                return place, degree
        return None


def wanted(options: Options, valueset: ValueSet | None = None) -> Languages:
    """By the parameter displayLanguage, what the author of a value set asks of its expansions, the header
    Accept-Language, the value set's own language, in this order. Raises `Failure` where one of the first two is no
    list of languages."""
    authors = valueset.expansion_parameters if valueset is not None else ()
    stated = options.languages_stated or next((value for name, value in authors if name == "displayLanguage"), "")
    if stated:
        return Languages.parse(str(stated))
    found = Languages.header(options.languages)
    return found if found or valueset is None else Languages.header(valueset.language)


def _degree(wanted: str, tag: str) -> int | None:
    """0 for the same, 1 for a narrower tag (`de-CH` for `de`), 2 for a wider (`sv` for `sv-SE`), None for another."""
    if wanted == tag:
        return 0
    if tag.startswith(wanted + "-"):
        return 1
    return 2 if wanted.startswith(tag + "-") else None


@lru_cache(maxsize=256)
def _parse(text: str) -> Languages:
    weighted: list[tuple[float, str]] = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        found = _RANGE.fullmatch(part)
        if found is None:
            raise Failure(Issue("error", "processing", f"Invalid displayLanguage: '{text}'", "invalid-display"))
        weighted.append((float(found[2] or 1), found[1].lower()))
    wanted = sorted((each for each in weighted if each[0] > 0), key=lambda each: -each[0])
    refused = [tag for quality, tag in weighted if quality == 0]
    return Languages(
        text,
        tuple(tag for _, tag in wanted if tag != "*"),
        tuple(tag for tag in refused if tag != "*"),
        "*" in refused,
    )
