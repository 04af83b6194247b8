"""Names of concepts, and what the language refsets say of them.

In English a fully specified name, a preferred term and some synonyms, of which a few are spelled otherwise in Great
Britain; in Swedish, from the extension, a preferred term and some synonyms. In later releases names are added,
retired and replaced, and Swedish changes its preference.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.rf2 import wellknown as known
from benchmarks.rf2.edition import Edition
from benchmarks.rf2.files import State
from benchmarks.rf2.hierarchy import EXTENSION, Concept
from benchmarks.rf2.identifiers import DESCRIPTION
from benchmarks.rf2.times import Moment
from benchmarks.rf2.words import british, random_of

_SYNONYMS = (0.46, 0.78, 0.93)
"""Concepts without a further English synonym, with one at most, with two at most."""
_TRANSLATED, _SWEDISH_SYNONYM, _BRITISH, _DEFINITION = 0.97, 0.33, 0.06, 0.01
_DROPPED_BEFORE = 0.04
"""Concepts one of whose synonyms was retired before the first release."""
_RENAMED, _ADDED, _DROPPED, _PREFERENCE = 0.003, 0.009, 0.015, 0.019
"""Concepts that change in a later release: each with the share of those before it."""
_EVERYWHERE = ((known.US, known.PREFERRED), (known.GB, known.PREFERRED))
_ACCEPTED = ((known.US, known.ACCEPTABLE), (known.GB, known.ACCEPTABLE))
_AMERICAN, _BRITISH_ONLY = ((known.US, known.PREFERRED),), ((known.GB, known.PREFERRED),)
_SWEDISH = ((known.SV, known.PREFERRED),)
_SWEDISH_TOO = ((known.SV, known.ACCEPTABLE),)


class _Term(NamedTuple):
    text: str
    type: str
    accepted: tuple[tuple[str, str], ...]
    since: Moment
    until: Moment | None = None
    language: str = "en"
    case: str = known.CASE_INSENSITIVE
    then: tuple[Moment, str] | None = None
    """When the language refset changes its mind, and to what."""


class Descriptions:
    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._words = edition.vocabulary
        self._chance = random_of("descriptions", edition.plan.seed).random

    def write(self, concept: Concept) -> None:
        if concept.branch is None:
            for text, type_ in ((concept.fsn, known.FSN), (concept.fsn.rpartition(" (")[0], known.SYNONYM)):
                self._put(concept, concept.owner, _Term(text, type_, _EVERYWHERE, concept.born))
            return
        change, slot = self._change(concept)
        for term in self._english(concept, change, slot):
            self._put(concept, concept.owner, term)
        if concept.died is None or concept.died.slot:
            for term in self._swedish(concept, change, slot):
                self._put(concept, EXTENSION, term)

    def _change(self, concept: Concept) -> tuple[int, int]:
        """What happens to a concept's names after the first release, 0–3 as the shares are listed, and when."""
        if concept.died is None and concept.born.slot == 0:
            for slot in self._edition.later():
                chance = self._chance()
                if chance < _PREFERENCE:
                    return bisect((_RENAMED, _ADDED, _DROPPED), chance), slot
        return -1, 0

    def _english(self, concept: Concept, change: int, slot: int) -> Iterator[_Term]:
        since = concept.born
        calendar = self._edition.calendars[concept.owner]
        when = calendar.releases[slot]
        renamed = when if change == 0 else None
        yield from self._named(concept, since, renamed)
        if renamed:
            assert concept.branch is not None
            concept.phrase = self._words.narrower(concept.phrase, concept.branch.words, self._chance)
            yield from self._named(concept, renamed, None)
        for number in range(bisect(_SYNONYMS, self._chance())):
            text = self._synonym(concept, number)
            case = known.CASE_SENSITIVE if number == 2 else self._case()
            until = when if change == 2 and number == 0 else None
            yield _Term(text, known.SYNONYM, _ACCEPTED, since, until, case=case)
        if change == 1:
            yield _Term(self._synonym(concept, 3), known.SYNONYM, _ACCEPTED, when)
        if self._chance() < _DROPPED_BEFORE:
            until = calendar.drawn(self._chance())
            if since < until and (concept.died is None or concept.died.slot):
                yield _Term(self._synonym(concept, 4), known.SYNONYM, _ACCEPTED, since, until)
        if self._chance() < _DEFINITION:
            yield _Term(self._words.sentence(self._chance), known.DEFINITION, _EVERYWHERE, since)

    def _named(self, concept: Concept, since: Moment, until: Moment | None) -> Iterator[_Term]:
        """Fully specified name and preferred term, of which Great Britain may have its own."""
        assert concept.branch is not None
        text = self._words.english(concept.phrase)
        case = self._case()
        yield _Term(f"{text} ({concept.branch.tag})", known.FSN, _EVERYWHERE, since, until, case=case)
        other = british(text) if self._chance() < _BRITISH else None
        yield _Term(text, known.SYNONYM, _AMERICAN if other else _EVERYWHERE, since, until, case=case)
        if other:
            yield _Term(other, known.SYNONYM, _BRITISH_ONLY, since, until, case=case)

    def _swedish(self, concept: Concept, change: int, slot: int) -> Iterator[_Term]:
        if self._chance() >= _TRANSLATED:
            return
        calendar = self._edition.calendars[EXTENSION]
        since = calendar.after(concept.born)
        when = calendar.releases[slot]
        second = change == 3 or self._chance() < _SWEDISH_SYNONYM
        switched = change == 3
        yield _Term(
            self._words.swedish(concept.phrase),
            known.SYNONYM,
            _SWEDISH,
            since,
            language="sv",
            case=self._case(),
            then=(when, known.ACCEPTABLE) if switched else None,
        )
        if second:
            text = self._words.swedish(self._words.otherwise(concept.phrase))
            then = (when, known.PREFERRED) if switched else None
            yield _Term(text, known.SYNONYM, _SWEDISH_TOO, since, language="sv", then=then)

    def _synonym(self, concept: Concept, number: int) -> str:
        if number == 1:
            return self._words.inverted(concept.phrase)
        if number == 2:
            return self._words.abbreviated(concept.phrase)
        return self._words.english(self._words.otherwise(concept.phrase, number))

    def _case(self) -> str:
        return known.INITIAL_INSENSITIVE if self._chance() < 0.04 else known.CASE_INSENSITIVE

    def _put(self, concept: Concept, owner: int, term: _Term) -> None:
        """A description, its members of language refsets, and why it or its concept is no more."""
        edition = self._edition
        module = known.SWEDISH if owner == EXTENSION else concept.module
        id_ = edition.new_id(owner, DESCRIPTION)
        table = "TextDefinition" if term.type == known.DEFINITION else f"Description-{term.language}"
        rest = f"{concept.id}\t{term.language}\t{term.type}\t{term.text}\t{term.case}"
        edition.put(owner, table, id_, module, rest, term.since, term.until)
        kind = f"Language-{term.language}"
        for refset, value in term.accepted:
            if term.then is None:
                edition.member(owner, kind, module, refset, id_, term.since, value, term.until)
            else:
                states = (State(term.since, True, value), State(term.then[0], True, term.then[1]))
                edition.changing_member(owner, kind, module, refset, id_, states)
        if term.until:
            reason, when = known.OUTDATED, term.until
        elif concept.died:
            reason = known.CONCEPT_NON_CURRENT
            when = edition.calendars[owner].after(concept.died)
        else:
            return
        edition.member(owner, "AttributeValue", module, known.DESCRIPTION_REASON, id_, when, reason)
