"""The port every search engine fits: what is indexed, what is asked, what comes back.

One index per code system holds every term it ever had. Time is a whole number, a position on the code system's
line of time; spans are half-open `[from, to)`. Engines only hold analysed tokens and draw candidates; what a
person would notice (analysis, order, time and filters) is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a concept and when it held. `use` is display, synonym, fsn, short or note."""

    value: str
    use: str
    language: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class State:
    """A time during which the concept existed, and how."""

    start: int
    end: int
    active: bool
    abstract: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One concept as it goes into the index."""

    number: int
    """The caller's number of the concept; comes back in hits and is what `SearchRequest.within` holds."""
    code: str
    key: str
    """The comparison key of the code (`codesystems.codes.code_key`)."""
    level: str
    sort_key: str
    states: tuple[State, ...]
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    query: str
    """What was typed; any length, any characters."""
    at: int
    """The position searched."""
    code_key: str = ""
    """The comparison key of the whole query, for code look-up by any spelling."""
    limit: int = 20
    offset: int = 0
    active: bool | None = None
    """True: active concepts only; False: inactive and withdrawn ones only; None: active ones, and where there
    are none (or the query is a code as it stands) also inactive and withdrawn ones."""
    former: bool = False
    """Concepts that existed before `at` and no longer do count as withdrawn ones, with their last texts.
    Off when a named version is asked for."""
    language: str | None = None
    """Only texts of this language (BCP 47 primary subtag)."""
    within: Any = None
    """A numpy bool array by concept number: only these concepts; None for all."""


@dataclass(frozen=True, slots=True)
class Hit:
    number: int
    code: str
    text: str
    """The text that matched: the whole term; for a code hit, the code."""
    use: str
    """display, synonym, fsn, short, note or code."""
    language: str
    active: bool
    abstract: bool
    rank: tuple[int, ...]
    """Smaller is better; comparable between indexes, for merging code systems."""
    score: float
    """1 for a perfect match, falling; for display only, the order is `rank`'s."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    total: int
    """How many concepts match, all filters applied; a lower bound where `capped`."""
    hits: Sequence[Hit]
    suggestion: str | None = None
    """The query with misspelt words corrected, where only that found anything (or much more)."""
    capped: bool = False


class SearchIndex(Protocol):
    """An index opened for reading; safe for use by one process's threads."""

    def search(self, request: SearchRequest) -> SearchResult: ...

    def close(self) -> None: ...
