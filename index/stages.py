"""The stages of a search over texts: all the words, spread over a concept's texts, corrected, most of the words.

Every stage takes a query and the texts allowed, and gives ranks (`index.ranking`): one 64-bit number for each
matching text, in no order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from index import analysis, ranking
from index.arrays import Bools, Ints
from index.filters import Filter
from index.matching import MISSING, Matches, WordMatcher, either, fits_in
from index.ranking import NOTE, Stage
from index.views import Spans, View

NONE = np.empty(0, dtype=np.int64)
_NOTE_SHARE = 0.6
"""What a word counts that only a note holds, where not all words are in one text."""
_ENOUGH = 0.4
"""The part of what a query says that a concept should hold, where none holds all; less only where none has it."""
_NEARLY = 1e-6
"""What sums of weights may differ by that were added up in another order."""
_MOST_JOINED = 3
"""Neighbouring words that are tried as one."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as the stages see it."""

    words: tuple[str, ...]
    """The words that must match, each once, in order; small words only where there are no others."""
    small: tuple[str, ...]
    """Words that only decide between texts that fit alike."""
    term: int
    """`analysis.term_hash` of the whole query."""


@dataclass(frozen=True, slots=True)
class Guessed:
    """What is found where no concept holds all the words as typed; the fields as of `engine.SearchResult`."""

    ranks: Ints
    suggestion: str | None = None
    left_out: tuple[str, ...] = ()
    partial: bool = False


@lru_cache(maxsize=1_000)
def read(text: str) -> Query:
    """A query's words, the first `analysis.MAX_TEXT` characters of it."""
    words = analysis.query_words(text)
    content = tuple(dict.fromkeys(word for word in words if word not in analysis.STOP_WORDS))
    term = analysis.term_hash(words)
    if not content:
        return Query(tuple(dict.fromkeys(words)), (), term)
    return Query(content, tuple(dict.fromkeys(word for word in words if word in analysis.CONTRASTING)), term)


class Stages:
    """The stages over one index."""

    def __init__(self, matcher: WordMatcher, spans: Spans, term_hash: Ints, term_text: Ints) -> None:
        self._matcher = matcher
        self._concept = spans.concept
        self._concepts = spans.concepts
        self._use = spans.use
        self._size = len(spans.use)
        self._places = spans.places
        self._term_hash = term_hash
        self._term_text = term_text

    def strict(self, query: Query, allowed: Filter, view: View) -> Ints:
        """Texts that hold all the words; where there are none, concepts whose texts together do."""
        if not query.words:
            return NONE
        matches = self._matches(query.words)
        if not all(len(found.texts) for found in matches):
            return NONE
        ranks = self._all_words(query, matches, allowed, view, Stage.WORDS)
        if not len(ranks) and len(matches) > 1 and view.several:
            ranks = self._spread(matches, allowed, view)
        return ranks

    def lenient(self, query: Query, allowed: Filter, view: View) -> Guessed:
        """The same with misspelt words corrected, else most of the words."""
        if not query.words:
            return Guessed(NONE)
        matches = self._matches(query.words)
        suspects = [at for at, word in enumerate(query.words) if not self._matcher.known(word)]
        corrected = list(matches)
        for at in suspects:
            corrected[at] = either(matches[at], self._matcher.corrected(query.words[at]), self._size)
        if suspects:
            ranks = self._all_words(query, corrected, allowed, view, Stage.CORRECTED)
            # A guess that only some long note bears out is no better than leaving words out.
            if len(ranks) and not ranking.is_note(int(ranks.min())):
                return Guessed(ranks, self._suggestion(query, suspects, ranks))
        guessed = [not len(found.texts) for found in matches]
        ranks, left_out = self._partial(corrected, guessed, allowed, view)
        if not len(ranks):
            return Guessed(NONE)
        words = tuple(query.words[at] for at in left_out)
        return Guessed(ranks, self._suggestion(query, suspects, ranks), words, partial=True)

    def _matches(self, words: Sequence[str]) -> list[Matches]:
        """Each word's matches; a run of words written as one in a text counts for each of them."""
        matches = [self._matcher.match(word) for word in words]
        for count in range(2, min(len(words), _MOST_JOINED) + 1):
            for at in range(len(words) - count + 1):
                joined = self._matcher.joined(words[at : at + count])
                if len(joined.texts):
                    for place in range(at, at + count):
                        matches[place] = either(matches[place], joined, self._size)
        return matches

    def _all_words(self, query: Query, matches: list[Matches], allowed: Filter, view: View, stage: Stage) -> Ints:
        # The rarest word draws the candidates; every filter has its say before any other word is looked at.
        by_size = sorted(matches, key=lambda found: len(found.texts))
        rarest = by_size[0]
        kept = allowed.texts(rarest.texts)
        texts = rarest.texts[kept]
        worst = rarest.fits[kept]
        total = ranking.UNSURE[worst] if len(matches) > 1 or query.small else NONE
        for other in by_size[1:]:
            if not len(texts):
                return NONE
            fits = fits_in(other, texts, self._size)
            held = fits != MISSING
            texts, fits = texts[held], fits[held]
            worst = np.maximum(worst[held], fits)
            total = total[held] + ranking.UNSURE[fits]
        if not len(texts):
            return NONE
        if len(matches) == 1 and not query.small:
            ranks: Ints = ranking.fit_of_one(int(stage), worst)
        else:
            ranks = ranking.fit(int(stage), 0, 0, worst.astype(np.int64), total, self._small_missing(query, texts))
        ranks |= view.order[texts]
        if stage is Stage.WORDS:
            self._raise_terms(query, texts, ranks, view)
        return ranks

    def _small_missing(self, query: Query, texts: Ints) -> Ints:
        missing = np.zeros(len(texts), dtype=np.int64)
        for word in query.small:
            missing += fits_in(self._matcher.match(word), texts, self._size) != ranking.Fit.WORD
        return missing

    def _raise_terms(self, query: Query, texts: Ints, ranks: Ints, view: View) -> None:
        """Texts that are the query, all of it, go first."""
        first = np.searchsorted(self._term_hash, query.term)
        last = np.searchsorted(self._term_hash, query.term, side="right")
        for text in self._term_text[first:last].tolist():
            at = np.searchsorted(texts, text)
            if at < len(texts) and texts[at] == text:
                ranks[at] = ranking.fit(int(Stage.TERM), 0, 0, 0, 0, 0) | view.order[text]

    def _spread(self, matches: list[Matches], allowed: Filter, view: View) -> Ints:
        """Concepts whose texts together hold all the words, each by its best text."""
        together: Bools | None = None
        for each in sorted(matches, key=lambda found: len(found.texts)):
            texts, _ = self._kept(each, allowed, together)
            if not len(texts):
                return NONE
            together = np.zeros(self._concepts, dtype=np.bool_)
            together[self._concept[texts]] = True
        found = ByConcept(self._concepts, self._concept, self._use, view.order)
        for each in matches:
            found.add(*self._kept(each, allowed, together), self._weight(each))
        return NONE if together is None else found.ranks(together, Stage.SPREAD)

    def _partial(
        self, matches: list[Matches], guessed: list[bool], allowed: Filter, view: View
    ) -> tuple[Ints, list[int]]:
        """Concepts whose texts hold most of what the words say, each by its best text; and which words none has.

        Words that nothing matches, or nothing but a guess, need not be there, but count for those that have them.
        """
        weighed = sorted(((self._weight(each), at) for at, each in enumerate(matches)), reverse=True)
        wanted = _ENOUGH * sum(weight for weight, at in weighed if not guessed[at])
        found = ByConcept(self._concepts, self._concept, self._use, view.order)
        enough, rest = 0.0, sum(weight for weight, _ in weighed)
        for weight, at in weighed:
            # Concepts that would not have enough with all that is left need no look: mostly those of frequent words.
            within = found.said + rest >= enough - _NEARLY if rest < enough else None
            found.add(*self._kept(matches[at], allowed, within), weight)
            rest -= weight
            enough = min(wanted, float(found.said.max(initial=0)))
        chosen = (found.said > 0) & (found.said >= enough)
        left_out = [at for at, each in enumerate(matches) if not len(self._kept(each, allowed, chosen)[0])]
        return found.ranks(chosen, Stage.PARTIAL), left_out

    def _kept(self, matches: Matches, allowed: Filter, within: Bools | None) -> tuple[Ints, Ints]:
        """The texts that a word matches, and its fits, that are allowed and of concepts `within`."""
        texts, fits = matches.texts, matches.fits
        if within is not None:
            near = within[self._concept[texts]]
            texts, fits = texts[near], fits[near]
        kept = allowed.texts(texts)
        return texts[kept], fits[kept]

    def _weight(self, matches: Matches) -> float:
        """A rare word says more than one that is everywhere."""
        return float(np.log(2 + self._places.texts / (1 + self._places.counted(matches.texts))))

    def _suggestion(self, query: Query, suspects: list[int], ranks: Ints) -> str | None:
        """The query with each suspect word as the best hit has it."""
        best = np.array([self._places.text(ranking.place(int(ranks.min())))], dtype=np.int32)
        words = list(query.words)
        for at in suspects:
            for other, _ in self._matcher.corrections(words[at]):
                if fits_in(self._matcher.match(other), best, self._size)[0] <= ranking.Fit.SPLIT:
                    words[at] = other
                    break
        return None if words == list(query.words) else " ".join(words)


class ByConcept:
    """How much of a query each concept's texts hold, taken together."""

    def __init__(self, concepts: int, concept: Ints, use: Ints, order: Ints) -> None:
        self._concept, self._use, self._order = concept, use, order
        self.said = np.zeros(concepts, dtype=np.float64)
        """Weights of the words that the concept's texts hold; less for words that only a note holds."""
        self.everything = 0.0
        self._held = np.zeros(len(use), dtype=np.bool_)
        self._text_said = np.zeros(len(use), dtype=np.float64)
        self._total = np.zeros(len(use), dtype=np.int64)
        self._worst = np.zeros(len(use), dtype=np.uint8)

    def add(self, texts: Ints, fits: Ints, weight: float) -> None:
        """One word of the query and the texts that hold it."""
        self.everything += weight
        best = np.zeros(len(self.said), dtype=np.float64)
        note = self._use[texts] == NOTE
        best[self._concept[texts[note]]] = weight * _NOTE_SHARE
        best[self._concept[texts[~note]]] = weight
        self.said += best
        self._held[texts] = True
        self._text_said[texts] += weight
        self._total[texts] += ranking.UNSURE[fits]
        self._worst[texts] = np.maximum(self._worst[texts], fits)

    def ranks(self, chosen: Bools, stage: Stage) -> Ints:
        """The chosen concepts, each by the text that says most."""
        texts = np.flatnonzero(self._held)
        texts = texts[chosen[self._concept[texts]]]
        says = self._text_said[texts] * np.where(self._use[texts] == NOTE, _NOTE_SHARE, 1.0)
        best_last = texts[np.lexsort((-self._order[texts], says))]
        best = np.full(len(self.said), -1, dtype=np.int64)
        best[self._concept[best_last]] = best_last
        texts = best[chosen]
        said = self.said[self._concept[texts]]
        missing = np.rint(31 * (1 - said / max(self.everything, 1e-9))).astype(np.int64)
        fit = ranking.fit(int(stage), missing, 0, self._worst[texts].astype(np.int64), self._total[texts], 0)
        return np.asarray(fit | self._order[texts])
