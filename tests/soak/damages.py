"""Files as they should not arrive: cut, flipped, in another encoding, with columns swapped, cells without end."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

HUGE = 1 << 20
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-7", "cp1252", "mac-roman", "cp850", "utf-8-sig")
SEPARATORS = (b"\t", b";", b",", b"|")


def cuts(whole: bytes) -> Iterator[bytes]:
    """Cut short at every hundredth."""
    yield from (whole[: len(whole) * percent // 100] for percent in range(100))


def flips(whole: bytes, dice: random.Random, count: int) -> Iterator[bytes]:
    for _ in range(count if whole else 0):
        changed = bytearray(whole)
        for _ in range(dice.choice((1, 1, 3, 20))):
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        yield bytes(changed)


def encoded(whole: bytes) -> Iterator[bytes]:
    """The same text in encodings it is not in."""
    text = whole.decode("utf-8", "replace")
    yield from (text.encode(name, "replace") for name in ENCODINGS)


def swapped(whole: bytes, dice: random.Random) -> bytes:
    """Two columns of all rows in each other's place."""
    rows = whole.splitlines(keepends=True)
    mark = max(SEPARATORS, key=whole.count)
    wide = max((row.count(mark) for row in rows), default=0)
    if not wide:
        return whole[::-1]
    a, b = dice.sample(range(wide + 1), 2)
    found = [row.split(mark) for row in rows]
    for cells in found:
        if len(cells) > max(a, b):
            cells[a], cells[b] = cells[b], cells[a]
    return b"".join(mark.join(cells) for cells in found)


def mixed_line_ends(whole: bytes, dice: random.Random) -> bytes:
    return b"".join(
        line + dice.choice((b"\n", b"\r\n", b"\r", b"\n\r", b"\x85", b"\x0b")) for line in whole.splitlines()
    )


def inserted(what: Callable[[random.Random], bytes]) -> Callable[[bytes, random.Random], bytes]:
    """Something at any place."""

    def damage(whole: bytes, dice: random.Random) -> bytes:
        at = dice.randrange(len(whole) + 1)
        return whole[:at] + what(dice) + whole[at:]

    return damage


def repeated(whole: bytes, dice: random.Random) -> bytes:
    rows = whole.splitlines(keepends=True)
    return b"".join(rows + dice.choices(rows, k=len(rows))) if rows else whole


KINDS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "swapped": swapped,
    "line ends": mixed_line_ends,
    "NULs": inserted(lambda dice: b"\x00" * dice.choice((1, 2, 500))),
    "huge cell": inserted(lambda dice: b"x" * HUGE),
    "huge number": inserted(lambda dice: b"9" * 5000),
    "quotes": inserted(lambda dice: dice.choice((b'"', b"'", b'""', b'"\n"'))),
    "separators": inserted(lambda dice: dice.choice(SEPARATORS) * dice.choice((1, 9, 20_000))),
    "surrogates": inserted(lambda dice: dice.choice((b"\xed\xa0\x80", b"\xff\xfe", b"\xf4\x90\x80\x80", b"\xc0\xaf"))),
    "brackets": inserted(lambda dice: dice.choice((b"[", b"{", b"<", b"(")) * dice.choice((1, 3000, 200_000))),
    "repeated": repeated,
}


def damages(whole: bytes, dice: random.Random, count: int) -> Iterator[tuple[str, bytes]]:
    """(kind, content) of a file damaged in every way, some ways several times."""
    yield from (("cut", content) for content in cuts(whole))
    yield from (("flip", content) for content in flips(whole, dice, count))
    yield from (("encoding", content) for content in encoded(whole))
    for name, damage in KINDS.items():
        yield from ((name, damage(whole, dice)) for _ in range(max(1, count // 10)))
