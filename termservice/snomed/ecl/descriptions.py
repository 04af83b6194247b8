"""Filters on descriptions: `{{ D term = "heart att", language = en, dialect = en-us (prefer) }}`.

All filters of one pair of braces must hold of one description; it must be active, unless they say otherwise.
"""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap

from codesystems.formats.rf2_rows import ACCEPTABLE, DEFINITION, FULLY_SPECIFIED_NAME, PREFERRED, SYNONYM
from termservice.snomed.columns import Bools, Ints, bitmap, distinct, mask_of, places_of
from termservice.snomed.ecl.comparing import agreeing, fitting
from termservice.snomed.ecl.concepts import among, common
from termservice.snomed.ecl.dialects import ALIASES
from termservice.snomed.ecl.errors import Budget, EclError
from termservice.snomed.ecl.syntax import (
    ConceptSet,
    Dialect,
    Dialects,
    Filter,
    Filters,
    SearchTerm,
    Sub,
    Terms,
    Tokens,
)
from termservice.snomed.words import family, is_marked, words

if TYPE_CHECKING:
    from termservice.snomed.ecl.evaluation import Evaluation

_TYPES = {"syn": SYNONYM, "fsn": FULLY_SPECIFIED_NAME, "def": DEFINITION}
_ANY = frozenset({ACCEPTABLE, PREFERRED})
_AT_ONCE = 4096
"""That many terms are compared one by one before the budget is looked at."""
_FEW = 2048


def kept(evaluation: Evaluation, found: BitMap, filters: Filters) -> BitMap:
    """Those of `found` that have a description that all filters hold of."""
    search = _Search(evaluation, filters.position)
    descriptions = evaluation.edition.descriptions
    rest = list(filters.all)
    terms = [one for one in rest if isinstance(one.value, Terms) and one.operator == "="]
    if terms and len(found) > _FEW:  # the rows of a search term are fewer than those of many concepts
        rest.remove(terms[0])
        rows = search.rows(terms[0])
        rows = rows[mask_of(found, len(evaluation.edition))[descriptions.concept[rows]]]
    else:
        rows = descriptions.of_all(places_of(found))
    if not any(one.name == "active" for one in filters.all):
        rows = rows[descriptions.active[rows]]
    for one in rest:
        rows = rows[search.holds(rows, one)]
    return bitmap(descriptions.concept[rows])


class _Search:
    """What filters find among the descriptions of an edition."""

    def __init__(self, evaluation: Evaluation, position: int) -> None:
        self._evaluation = evaluation
        self._position = position
        self._all = evaluation.edition.descriptions

    def holds(self, rows: Ints, one: Filter) -> Bools:
        match one.name, one.value:
            case "term", Terms():
                found = np.zeros(len(self._all), dtype=np.bool_)
                found[self.rows(one, rows)] = True
                return agreeing(found[rows], one.operator)
            case "language", Tokens(any=languages):
                wanted = np.array([language[:2] in languages for language in self._all.languages], np.bool_)
                return agreeing(wanted[self._all.language[rows]], one.operator)
            case "type", Tokens(any=tokens):
                return agreeing(self._all.type.among([_TYPES[token] for token in tokens], rows), one.operator)
            case "typeid", (Sub() | ConceptSet()) as value:
                return among(self._evaluation, self._all.type, rows, one, value)
            case (("dialect" | "dialectid"), Dialects(any=dialects)):
                return agreeing(
                    reduce(np.logical_or, [self._in_dialect(rows, each) for each in dialects]), one.operator
                )
            case "id", Tokens(any=tokens):
                return np.isin(self._all.id[rows], [int(token) for token in tokens], invert=one.operator == "!=")
        return common(self._evaluation, rows, one, self._all.module, self._all.time, self._all.active)

    def rows(self, one: Filter, among: Ints | None = None) -> Ints:
        """All rows that any of the filter's search terms fits; at least of those `among`."""
        assert isinstance(one.value, Terms)
        found = [self._fitting(term, among) for term in one.value.any]
        return distinct(np.concatenate(found))

    def _in_dialect(self, rows: Ints, dialect: Dialect) -> Bools:
        if isinstance(dialect.refset, str):
            if dialect.refset not in ALIASES:
                raise EclError(f"unknown dialect alias {dialect.refset!r}; dialectId takes any", dialect.position)
            refsets = frozenset([ALIASES[dialect.refset]])
        else:
            refsets = self._evaluation.ids(dialect.refset, np.array(self._all.refsets))
        accepted = frozenset(each.id for each in dialect.acceptabilities) or _ANY
        found = np.zeros(len(rows), dtype=np.bool_)
        for refset in refsets.intersection(self._all.refsets):
            found |= self._all.accepted(refset, rows, accepted)
        return found

    def _fitting(self, term: SearchTerm, among: Ints | None) -> Ints:
        if among is not None and len(among) <= _FEW:
            return self._verified(among, term)
        families = {family(language) for language in self._all.languages}
        plans = {each: _plan(term, each) for each in families}
        if len({(tuple(parts), exact) for parts, exact in plans.values()}) == 1:
            return self._planned(term, *plans.popitem()[1], None)
        return np.concatenate([self._planned(term, *plan, each) for each, plan in plans.items()])

    def _planned(self, term: SearchTerm, parts: list[str], certain: bool, language: str | None) -> Ints:
        """Rows by words, of one family of languages; looked at one by one where words do not decide it."""
        look = self._all.containing if term.kind == "wild" else self._all.beginning
        found = [distinct(look(part)) for part in parts]
        rows = reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), found) if found else None
        if rows is None:
            rows = np.arange(len(self._all))
        if language is not None:
            mine = np.array([family(each) == language for each in self._all.languages], dtype=np.bool_)
            rows = rows[mine[self._all.language[rows]]]
        return rows if certain else self._verified(rows, term)

    def _verified(self, rows: Ints, term: SearchTerm) -> Ints:
        budget: Budget = self._evaluation.budget
        fits = [fitting(term, language) for language in self._all.languages]
        keep: list[int] = []
        for start in range(0, len(rows), _AT_ONCE):
            budget.check(self._position)
            part = rows[start : start + _AT_ONCE].tolist()
            keep += [row for row in part if fits[self._all.language[row]](self._all.term(row))]
        return np.array(keep, dtype=np.int64)


def _plan(term: SearchTerm, language: str) -> tuple[list[str], bool]:
    """(words, or parts of words, that must be there; whether they are all that is asked for)."""
    if term.kind == "wild":
        literal = re.sub(r"\\(.)", r"\1", term.text.replace(r"\*", " ").replace("*", " "))
        if not literal.strip():
            return [], not re.search(r"\\", term.text)
        longest = sorted(words(literal, language), key=len)[-1:]
        inside = re.fullmatch(r"\*+([^*\\]+)\*+", term.text)
        return longest, inside is not None and [inside[1].casefold()] == longest
    wanted = term.text.split()
    parts = [words(word, language) for word in wanted]
    certain = all(len(part) == 1 for part in parts) and not any(is_marked(word, language) for word in wanted)
    return [word for part in parts for word in part], certain
