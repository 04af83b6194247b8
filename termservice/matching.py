"""Which concepts of one version fit what was typed: their numbers alone, all of them, within a set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pyroaring import BitMap

from codesystems.codes import code_key
from index.engine import SearchRequest, SearchResult
from index.hits import Hits
from termservice.registry import Selected, search_position
from termservice.searching import MAX_QUERY, Indexes
from termservice.store import Connection

MOST = 1 << 20
"""No code system has as many concepts."""


def found(
    connection: Connection,
    indexes: Indexes,
    selected: Selected,
    text: str,
    language: str | None = None,
    within: BitMap | None = None,
) -> list[int]:
    """Active concepts first, then best first. Words are corrected or left out only where nothing fits as typed."""
    index = indexes.of(connection, selected.system.id)
    text = text[:MAX_QUERY]

    def ask(active: bool, lenient: bool) -> list[int]:
        request = SearchRequest(
            query=text,
            at=search_position(selected),
            code_key=code_key(text, selected.system.code_rule),
            limit=MOST,
            active=active,
            language=language and language.partition("-")[0].lower(),
            within=None if within is None else _mask(within),
            lenient=lenient,
        )
        return _numbers(index.search(request))

    strict = [*ask(True, lenient=False), *ask(False, lenient=False)]
    return strict or [*ask(True, lenient=True)]


def _numbers(result: SearchResult) -> list[int]:
    hits: Sequence[object] = result.hits
    return hits.numbers() if isinstance(hits, Hits) else [hit.number for hit in result.hits]


def _mask(within: BitMap) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    mask = np.zeros(within.max() + 1 if within else 1, dtype=np.bool_)
    mask[np.frombuffer(within.to_array(), dtype=np.uint32)] = True
    return mask
