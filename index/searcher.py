"""One code system's index, opened: runs a query through its stages and puts the hits together.

Stages go from the exact to the lenient, and a later one runs only where those before found nothing. Filters
(time, state, language, subset) are arrays by text or concept that every stage draws its candidates through.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index import analysis, ranking
from index.arrays import Bools, Ints, Strings, load
from index.cache import Cache
from index.codes import NONE, CodeIndex
from index.engine import Hit, SearchRequest, SearchResult, Tokens
from index.hits import Hits
from index.lexicon import Lexicon
from index.matching import WordMatcher
from index.stages import Query, Stages, read
from index.views import Spans, View

_VIEWS = 4
"""Positions whose view is kept."""


@dataclass(frozen=True, slots=True)
class _Filter:
    """What a search is limited to."""

    texts: Bools
    concepts: Bools
    """For hits on the code alone."""


class Searcher:
    """`index.engine.SearchIndex` over the files that `index.build` writes. Safe for threads."""

    def __init__(self, folder: Path, tokens: Tokens, languages: list[str]) -> None:
        self._tokens = tokens
        self._spans = Spans(folder)
        self._numbers = load(folder, "concept.number")
        self._codes = Strings(folder, "concept.code")
        self._texts = Strings(folder, "text")
        self._label = load(folder, "text.label")
        self._labels = [tuple(label) for label in json.loads((folder / "labels.json").read_text("utf-8"))]
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
        filters = [self._filter(request, view, active) for active in wanted]
        # A code that is no more is still what was asked for, whatever else the query may match.
        former = NONE
        if request.active is None:
            former = self._code_index.ranks(request.code_key, filters[1].concepts, view, begun=False)
        for kept in filters:
            ranks = self._strict(query, request.code_key, kept, view)
            if len(ranks):
                ranks = np.concatenate([former, ranks]) if len(former) else ranks
                return self._result(ranks, None, request, view)
        if len(former):
            return self._result(former, None, request, view)
        for kept in filters if request.lenient else ():
            ranks, suggestion = self._stages.lenient(query, kept.texts, view)
            if len(ranks):
                return self._result(ranks, suggestion, request, view)
        return SearchResult(0, ())

    def close(self) -> None:
        """Let go of the engine. Memory maps go with the last reference to them, so that searches under way, and
        hits not yet looked at, are not cut off."""
        self._tokens.close()

    def _filter(self, request: SearchRequest, view: View, active: bool) -> _Filter:
        texts, concepts = (view.alive, view.active) if active else (view.gone, view.inactive)
        if request.language is not None:
            wanted = [label[1].partition("-")[0] == request.language for label in self._labels]
            texts = texts & np.array(wanted, dtype=np.bool_)[self._label]
        if request.within is not None:
            within = np.asarray(request.within, dtype=np.bool_)
            inside = np.zeros(len(self._numbers), dtype=np.bool_)
            known = self._numbers < len(within)
            inside[known] = within[self._numbers[known]]
            concepts = concepts & inside
            texts = texts & inside[self._spans.concept]
        return _Filter(texts, concepts)

    def _strict(self, query: Query, key: str, kept: _Filter, view: View) -> Ints:
        codes = self._code_index.ranks(key, kept.concepts, view)
        texts = self._stages.strict(query, kept.texts, view)
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
        best = self._one_each(ranks if len(ranks) <= some else np.partition(ranks, some)[:some])
        total = len(best)
        if len(ranks) > some:
            held = np.zeros(len(self._numbers), dtype=np.bool_)
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
            use, language = self._labels[self._label[number]]
        return Hit(
            number=int(self._numbers[concept]),
            code=code,
            text=text,
            use=use,
            language=language,
            active=bool(view.active[concept]),
            abstract=bool(view.abstract[concept]),
            rank=ranking.between(rank),
            score=ranking.score(rank),
        )
