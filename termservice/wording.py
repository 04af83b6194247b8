"""How one text became another, word by word, and values of any kind as text for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal

Part = tuple[Literal["same", "removed", "added"], str]

MOST_TOKENS = 400
"""Texts that differ over more than this are shown as one removed and one added: comparing takes quadratic time."""
_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


def word_difference(before: str, after: str) -> list[Part]:
    """The parts of two texts in reading order, what is removed ahead of what takes its place.

    Words, spaces and punctuation are compared each by itself. The parts that are not `added` are together `before`,
    those that are not `removed` are `after`, to the letter.
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    spans = [
        (old[:head], new[:head]),
        *_middle(middle_old, middle_new),
        (old[len(old) - tail :], new[len(new) - tail :]),
    ]
    return _parts(spans)


def marked(before: str, after: str) -> str:
    """`word_difference` in plain text: [-removed-] and {+added+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[kind].format(text) for kind, text in word_difference(before, after))


def readable(value: object) -> str:
    """A value of a change for people: lists with commas, notes and properties a line each after their names."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {readable(inner)}" for name, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(readable, value))
    return str(value)


def printable(text: str) -> str:
    """What somebody wrote, safe to print on a terminal and not too long."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:60])


def _common(old: list[str], new: list[str]) -> int:
    """How many tokens both begin with."""
    return next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _middle(old: list[str], new: list[str]) -> list[tuple[list[str], list[str]]]:
    """Pairs of runs of tokens, the same or one in place of the other."""
    if len(old) > MOST_TOKENS or len(new) > MOST_TOKENS:
        return [(old, new)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(old[a:b], new[c:d]) for _, a, b, c, d in matcher.get_opcodes()]


def _parts(spans: list[tuple[list[str], list[str]]]) -> list[Part]:
    """The spans as parts. Spaces alone between two changes belong to them: two words changed are one change."""
    parts: list[Part] = []
    removed, added, held = "", "", ""
    for old, new in spans:
        a, b = "".join(old), "".join(new)
        if a != b:
            removed, added, held = removed + held + a, added + held + b, ""
        elif a.isspace() and (removed or added) and not held:
            held = a
        elif a:
            parts += _change(removed, added)
            parts.append(("same", held + a))
            removed = added = held = ""
    parts += _change(removed, added)
    return [*parts, ("same", held)] if held else parts


def _change(removed: str, added: str) -> list[Part]:
    parts: list[Part] = [("removed", removed), ("added", added)]
    return [part for part in parts if part[1]]
