"""The ports: what is indexed, what is asked, what comes back; and what a search engine is to this package.

One index per code system holds every term it ever had. Time is a whole number, a position on the code system's
line of time; spans are half-open `[from, to)`. Engines (`Engine`, `Tokens`) only hold analysed tokens and the
texts that hold them; what a person would notice (analysis, order, time and filters) is the same for all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
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
    levels: Collection[str] | None = None
    """Only concepts of these levels, as entries have them (`chapter`, `disorder`); None for all."""
    within: Any = None
    """A numpy bool array by concept number: only these concepts; None for all."""
    lenient: bool = True
    """Whether to go on where nothing holds all the words: spelling correction, then most of the words. Over
    many code systems ask all of them strictly first, and leniently only where none of them found anything."""


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
    left_out: tuple[str, ...] = ()
    """Words of the query that none of the concepts found holds, as the analysis has them."""
    partial: bool = False
    """No concept holds all the words: those found hold most of what the words say."""
    capped: bool = False


FIELDS = ("bare", "inner", "part", "plain", "prefix", "root", "stem", "word")
"""The kinds of token, in the order engines are given them; `index.tokens` says what each is."""


class Tokens(Protocol):
    """A search engine opened for reading: which texts hold a token."""

    def texts(self, field: str, token: str) -> Any:
        """A numpy array of the numbers of the texts that hold `token`, ascending; empty where none does."""

    def close(self) -> None: ...


class Engine(Protocol):
    """A search engine: stores tokens and finds them again."""

    def write(self, folder: Path, texts: int, postings: Iterable[tuple[str, str, Any]]) -> None:
        """Store the tokens of texts numbered from 0 to `texts` in `folder`, which exists. `postings` are
        (field, token, ascending array of text numbers), in order of field and the token's UTF-8 bytes."""

    def open(self, folder: Path) -> Tokens: ...


class SearchIndex(Protocol):
    """An index opened for reading; safe for use by one process's threads."""

    def search(self, request: SearchRequest) -> SearchResult: ...

    def levels(self, at: int) -> dict[str, int]:
        """The levels of the concepts there are at a position, each with the number of one of them."""

    def close(self) -> None: ...
