"""What a change was, as lines that templates can show: before and after of any kind of value, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from termservice.wording import Part, readable, word_difference

GONE = ("withdrawn",)
COME = ("introduced", "reintroduced", "first-stated")
SUCCESSION = ("replaced-by", "split", "merged")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changed. Without parts there is nothing to compare: `name` alone says it."""

    name: str
    """Of a note or property; empty where the kind of change says what it is of."""
    parts: Sequence[Part]
    codes: bool = False
    """Whether each part is a code, not words."""


def differences(kind: str, before: object, after: object, name: str | None = None) -> list[Difference]:
    """The lines of a change or event of `kind`; see `answers.Event` and `answers.Change` for the values."""
    if kind in COME or kind in GONE:
        return [Difference("", [("same", shown)]) for shown in [readable(after or before)] if shown]
    if kind in SUCCESSION:
        return [Difference("", [("same", code) for code in _codes(after)], codes=True)] if after else []
    if kind == "moved":
        return [Difference("", _exchanged(_codes(before), _codes(after)), codes=True)]
    return [Difference(each, word_difference(old, new)) for each, old, new in _named(before, after, name) if old != new]


def _named(before: object, after: object, name: str | None) -> Iterator[tuple[str, str, str]]:
    """(name, text before, text after) of each value that a change is of."""
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old = before if isinstance(before, Mapping) else {}
        new = after if isinstance(after, Mapping) else {}
        for each in dict.fromkeys((*old, *new)):
            yield str(each), _text(old.get(each)), _text(new.get(each))
    else:
        yield name or "", _text(before), _text(after)


def _codes(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, Sequence) and not isinstance(value, str) else [str(value)]


def _exchanged(before: Sequence[str], after: Sequence[str]) -> list[Part]:
    gone: list[Part] = [("removed", code) for code in before if code not in after]
    return gone + [("same" if code in before else "added", code) for code in after]


def _text(value: object) -> str:
    """Paragraphs each on a line of their own."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(readable(each) for each in value)
    return readable(value)
