"""One code system's index, opened: runs a query through its stages and puts the hits together.

Stages go from the exact to the lenient, and a later one runs only where those before found nothing. Filters
(time, state, language, subset) are arrays by text or concept that every stage draws its candidates through.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index import analysis, ranking
from index.arrays import Ints, load
from index.cache import Cache
from index.codes import NONE, CodeIndex
from index.engine import Hit, SearchRequest, SearchResult, Tokens
from index.filters import Filter, Filters
from index.hits import Hits
from index.lexicon import Lexicon
from index.matching import WordMatcher
from index.segments import strings
from index.stages import Guessed, Query, Stages, read
from index.views import Spans, View

_VIEWS = 4
"""Positions whose view is kept."""
_FOUND_RANKS = 50_000
"""Ranks, and answers counted as ten, that are remembered: what most people type first matches the most texts."""
_FIRST = 1 << 14
"""Ranks of which the best are a bound for those of all."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found: how many concepts, and the ranks of those on the page asked for."""

    total: int
    ranks: list[int]
    guessed: Guessed | None = None
    """Where nothing holds all that was typed: how it was taken."""


class Searcher:
    """`index.engine.SearchIndex` over the files that `index.build` writes. Safe for threads."""

    def __init__(self, folder: Path, tokens: Tokens, languages: list[str]) -> None:
        self._tokens = tokens
        self._spans = Spans(folder)
        self._filters = Filters(folder)
        self._places = self._spans.places
        self._codes = strings(folder, "concept.code")
        self._texts = strings(folder, "text")
        self._code_index = CodeIndex(folder, self._places)
        self._views: Cache[View] = Cache(_VIEWS)
        self._found: Cache[_Found] = Cache(_FOUND_RANKS, lambda found: len(found.ranks) + 10)
        matcher = WordMatcher(tokens, Lexicon(folder), len(self._texts), languages)
        self._stages = Stages(matcher, self._spans, load(folder, "term.hash"), load(folder, "term.text"))

    def search(self, request: SearchRequest) -> SearchResult:
        """The concepts that match, best first, one hit for each. Never raises for what is in the query."""
        moment = (request.at, request.former)
        view = self._views.get(moment, lambda: self._spans.view(*moment))
        if request.within is not None:
            found = self._find(request, view)
        else:
            levels = None if request.levels is None else frozenset(request.levels)
            found = self._found.get(replace(request, levels=levels), lambda: self._find(request, view))
        hits = Hits(found.ranks, lambda rank: self._hit(rank, view), self._numbers_of)
        if found.guessed is None:
            return SearchResult(found.total, hits)
        guessed = found.guessed
        return SearchResult(found.total, hits, guessed.suggestion, guessed.left_out, guessed.partial)

    def _find(self, request: SearchRequest, view: View) -> _Found:
        query = read(request.query[: analysis.MAX_TEXT])
        wanted = (True, False) if request.active is None else (request.active,)
        filters = [self._filters.made(request, view, active) for active in wanted]
        # A code that is no more is still what was asked for, whatever else the query may match.
        former = NONE
        if request.active is None:
            former = self._code_index.ranks(request.code_key, filters[1], view, begun=False)
        for kept in filters:
            ranks = self._strict(query, request.code_key, kept, view)
            if len(ranks):
                ranks = np.concatenate([former, ranks]) if len(former) else ranks
                return self._page(ranks, request)
        if len(former):
            return self._page(former, request)
        for kept in filters if request.lenient else ():
            guessed = self._stages.lenient(query, kept, view)
            if len(guessed.ranks):
                return replace(self._page(guessed.ranks, request), guessed=replace(guessed, ranks=NONE))
        return _Found(0, [])

    def levels(self, at: int) -> dict[str, int]:
        """The levels of the concepts there are at a position, each with the number of one of them."""
        view = self._views.get((at, False), lambda: self._spans.view(at, False))
        return self._filters.levels_of(np.flatnonzero(view.active | view.inactive))

    def close(self) -> None:
        """Let go of the engine. Memory maps go with the last reference to them, so that searches under way, and
        hits not yet looked at, are not cut off."""
        self._tokens.close()

    def _strict(self, query: Query, key: str, kept: Filter, view: View) -> Ints:
        codes = self._code_index.ranks(key, kept, view)
        texts = self._stages.strict(query, kept, view)
        return np.concatenate([codes, texts]) if len(codes) else texts

    def _concepts_of(self, ranks: Ints) -> Ints:
        """The concepts of texts, and of codes, whose places are after those of the texts."""
        places = ranking.place(ranks)
        if not len(places) or places.max() < self._places.texts:
            concepts: Ints = self._spans.concept[self._places.text(places)]
            return concepts
        is_text = places < self._places.texts
        concepts = np.empty(len(places), dtype=np.int64)
        concepts[is_text] = self._spans.concept[self._places.text(places[is_text])]
        concepts[~is_text] = self._places.concept(places[~is_text])
        return concepts

    def _page(self, ranks: Ints, request: SearchRequest) -> _Found:
        start = max(request.offset, 0)
        end = start + max(request.limit, 0)
        # Sorting everything is only needed where concepts have many texts each.
        some = end * 4 + 64
        best = self._one_each(smallest(ranks, some))
        total = len(best)
        if len(ranks) > some:
            held = np.zeros(len(self._codes), dtype=np.bool_)
            held[self._concepts_of(ranks)] = True
            total = int(np.count_nonzero(held))
            if len(best) < min(end, total):
                best = self._one_each(ranks)
        return _Found(total, best[start:end].tolist())

    def _numbers_of(self, ranks: list[int]) -> list[int]:
        concepts = self._concepts_of(np.array(ranks, dtype=np.int64))
        return [int(number) for number in self._filters.numbers[concepts]]

    def _one_each(self, ranks: Ints) -> Ints:
        """The best rank of each concept, in order."""
        ranks = np.sort(ranks)
        _, first = np.unique(self._concepts_of(ranks), return_index=True)
        first.sort()
        return ranks[first]

    def _hit(self, rank: int, view: View) -> Hit:
        place = ranking.place(rank)
        if place < self._places.texts:
            number = self._places.text(place)
            concept = int(self._spans.concept[number])
            code, text = self._codes[concept], self._texts[number]
            use, language = self._filters.labels[self._filters.label[number]]
        else:
            concept = int(self._places.concept(place))
            code = text = self._codes[concept]
            use, language = "code", ""
        return Hit(
            number=int(self._filters.numbers[concept]),
            code=code,
            text=text,
            use=use,
            language=language,
            active=bool(view.active[concept]),
            abstract=bool(view.abstract[concept]),
            rank=ranking.between(rank),
            score=ranking.score(rank),
        )


def smallest(ranks: Ints, count: int) -> Ints:
    """The `count` smallest of many ranks, or all, in any order."""
    if len(ranks) <= count:
        return ranks
    # Texts are numbered in display order: what is best among the first of them rules most of the others out.
    first = max(count + 1, _FIRST)
    if len(ranks) > 2 * first:
        ranks = ranks[ranks <= np.partition(ranks[:first], count - 1)[count - 1]]
    return np.partition(ranks, count - 1)[:count]
