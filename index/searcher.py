"""One code system's index, opened: runs a query through its stages and puts the hits together.

Stages go from the exact to the lenient, and a later one runs only where those before found nothing. Filters
(time, state, language, subset) are arrays by text or concept that every stage draws its candidates through.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index import analysis, ranking
from index.arrays import Ints, Strings, load
from index.cache import Cache
from index.codes import NONE, CodeIndex
from index.engine import Hit, SearchRequest, SearchResult, Tokens
from index.filters import Filter, Filters
from index.hits import Hits
from index.lexicon import Lexicon
from index.matching import WordMatcher
from index.stages import Query, Stages, read
from index.views import Spans, View

_VIEWS = 4
"""Positions whose view is kept."""
_FIRST = 1 << 14
"""Ranks of which the best are a bound for those of all."""


class Searcher:
    """`index.engine.SearchIndex` over the files that `index.build` writes. Safe for threads."""

    def __init__(self, folder: Path, tokens: Tokens, languages: list[str]) -> None:
        self._tokens = tokens
        self._spans = Spans(folder)
        self._filters = Filters(folder)
        self._codes = Strings(folder, "concept.code")
        self._texts = Strings(folder, "text")
        self._code_index = CodeIndex(folder, len(self._texts))
        self._views: Cache[View] = Cache(_VIEWS)
        matcher = WordMatcher(tokens, Lexicon(folder), len(self._texts), languages)
        self._stages = Stages(matcher, self._spans, load(folder, "term.hash"), load(folder, "term.text"))

    def search(self, request: SearchRequest) -> SearchResult:
        """The concepts that match, best first, one hit for each. Never raises for what is in the query."""
        moment = (request.at, request.former)
        view = self._views.get(moment, lambda: self._spans.view(*moment))
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
                return self._result(ranks, None, request, view)
        if len(former):
            return self._result(former, None, request, view)
        for kept in filters if request.lenient else ():
            ranks, suggestion = self._stages.lenient(query, kept, view)
            if len(ranks):
                return self._result(ranks, suggestion, request, view)
        return SearchResult(0, ())

    def close(self) -> None:
        """Let go of the engine. Memory maps go with the last reference to them, so that searches under way, and
        hits not yet looked at, are not cut off."""
        self._tokens.close()

    def _strict(self, query: Query, key: str, kept: Filter, view: View) -> Ints:
        codes = self._code_index.ranks(key, kept, view)
        texts = self._stages.strict(query, kept, view)
        return np.concatenate([codes, texts]) if len(codes) else texts

    def _concepts_of(self, numbers: Ints) -> Ints:
        """The concepts of texts, and of codes, which are numbered after the texts."""
        texts = len(self._spans.concept)
        if not len(numbers) or numbers.max() < texts:
            return self._spans.concept[numbers]
        is_text = numbers < texts
        concepts = numbers - texts
        concepts[is_text] = self._spans.concept[numbers[is_text]]
        return concepts

    def _result(self, ranks: Ints, suggestion: str | None, request: SearchRequest, view: View) -> SearchResult:
        start = max(request.offset, 0)
        end = start + max(request.limit, 0)
        # Sorting everything is only needed where concepts have many texts each.
        some = end * 4 + 64
        best = self._one_each(smallest(ranks, some))
        total = len(best)
        if len(ranks) > some:
            held = np.zeros(len(self._codes), dtype=np.bool_)
            held[self._concepts_of(ranking.number(ranks))] = True
            total = int(np.count_nonzero(held))
            if len(best) < min(end, total):
                best = self._one_each(ranks)
        return SearchResult(total, Hits(best[start:end].tolist(), lambda rank: self._hit(rank, view)), suggestion)

    def _one_each(self, ranks: Ints) -> Ints:
        """The best rank of each concept, in order."""
        ranks = np.sort(ranks)
        _, first = np.unique(self._concepts_of(ranking.number(ranks)), return_index=True)
        first.sort()
        return ranks[first]

    def _hit(self, rank: int, view: View) -> Hit:
        number = ranking.number(rank)
        texts = len(self._spans.concept)
        concept = number - texts if number >= texts else int(self._spans.concept[number])
        code = self._codes[concept]
        text, use, language = code, "code", ""
        if number < texts:
            text = self._texts[number]
            use, language = self._filters.labels[self._filters.label[number]]
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
