"""Which of a concept's names a person is shown: one pure function for REST, FHIR and pages alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_USE_ORDER = {"display": 0, "fsn": 1, "short": 2, "synonym": 3}


def choose(designations: Iterable[tuple[str, str, str]], wanted: Sequence[str], own: str) -> str | None:
    """The value to show of (use, language, value) triples; None where there are none.

    The languages `wanted` come first (BCP 47, most wanted first; `sv` also fits `sv-SE` and the other way round),
    then the code system's `own`, then any; within a language a display before an fsn before the rest, then by text.
    """

    def key(item: tuple[str, str, str]) -> tuple[int, int, str]:
        use, language, value = item
        return (_language_rank(language, wanted, own), _USE_ORDER.get(use, 9), value)

    best = min(designations, key=key, default=None)
    return best[2] if best else None


def _language_rank(language: str, wanted: Sequence[str], own: str) -> int:
    if not wanted:
        return 0 if language == own else 1
    primary = language.partition("-")[0]
    for rank, tag in enumerate(wanted):
        if language == tag:
            return rank * 2
        if primary == tag.partition("-")[0]:
            return rank * 2 + 1
    return 2 * len(wanted) + (language != own)


def folded(text: str) -> str:
    """A name as it is compared: without regard to case and runs of white space."""
    return " ".join(text.split()).casefold()
