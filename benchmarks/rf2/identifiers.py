"""Identifiers of components and members: SCTIDs with their check digits, by the million, and UUIDs from a seed.

Source: SNOMED CT Release File Specification, "SCTID representation", "Check digit". Items begin above those in use, so
that no invented concept has the id of a real one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from hashlib import sha1
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

CONCEPT: Final = 0
DESCRIPTION: Final = 1
RELATIONSHIP: Final = 2
"""The last digit of the partition identifier; its first is 1 in an extension."""
_FIRST_ITEM = {CONCEPT: 5_000_000, DESCRIPTION: 20_000_000, RELATIONSHIP: 40_000_000}
_BLOCK = 1 << 15
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def sctids(kind: int, namespace: int = 0) -> Iterator[str]:
    """Endless ids of a kind of component: of the International Edition, or of an extension's `namespace`."""
    first = _FIRST_ITEM[kind]
    while True:
        yield from with_check_digits(kind, namespace, np.arange(first, first + _BLOCK, dtype=np.int64))
        first += _BLOCK


def with_check_digits(kind: int, namespace: int, items: Numbers) -> list[str]:
    bare = (items * 10_000_000 + namespace) * 100 + 10 + kind if namespace else items * 100 + kind
    return [str(number) for number in (bare * 10 + check_digits(bare)).tolist()]


def concept_ids(namespace: int, order: list[int]) -> list[str]:
    """Ids of concepts, whose numbers say nothing about where in the hierarchy they are: `order` is a permutation."""
    return with_check_digits(CONCEPT, namespace, np.array(order, np.int64) + _FIRST_ITEM[CONCEPT])


def check_digits(numbers: Numbers) -> Numbers:
    """The check digit that each number needs, by Verhoeff's method."""
    checks = np.zeros(len(numbers), np.int64)
    rest = numbers.copy()
    place = 1  # the check digit itself has place 0
    while rest.any():
        digits = _PERMUTED[place % 8][rest % 10]
        checks = np.where(rest > 0, _PRODUCT[checks, digits], checks)
        rest //= 10
        place += 1
    return _INVERSE[checks]


def member_ids(seed: int) -> Callable[[str], str]:
    """UUIDs of version 5 in a name space of the seed: the same name, the same UUID."""
    space = uuid.uuid5(uuid.NAMESPACE_URL, f"http://snomed.info/sct#synthetic-{seed}").bytes

    def named(name: str) -> str:
        digits = sha1(space + name.encode(), usedforsecurity=False).hexdigest()
        variant = _VARIANT[digits[16]]
        return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"

    return named


def _dihedral() -> Numbers:
    """The multiplication table of the symmetries of a pentagon: 0–4 turn, 5–9 turn and flip."""
    table = np.zeros((10, 10), np.int64)
    for a in range(10):
        for b in range(10):
            turn = (a + b if a < 5 else a - b) % 5
            table[a, b] = turn + 5 * ((a < 5) != (b < 5))
    return table


def _permutations() -> Numbers:
    step = np.array([1, 5, 7, 6, 2, 8, 3, 0, 9, 4])
    rows = [np.arange(10)]
    while len(rows) < 8:
        rows.append(step[rows[-1]])
    return np.array(rows)


_PRODUCT = _dihedral()
_PERMUTED = _permutations()
_INVERSE = np.array([int(np.flatnonzero(_PRODUCT[digit] == 0)[0]) for digit in range(10)])
