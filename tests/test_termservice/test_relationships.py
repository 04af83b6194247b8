"""What two relationships say together: the table, and that it claims no more than follows from extents."""

from __future__ import annotations

from itertools import product

import pytest

from termservice.relationships import (
    BEST_FIRST,
    BROADER,
    EQUIVALENT,
    NARROWER,
    NOT_RELATED,
    RELATED,
    UNMAPPED,
    composed,
    rank,
    turned,
)

THINGS = range(3)
EXTENTS = [frozenset(t for t in THINGS if mask >> t & 1) for mask in range(1, 8)]
PAIRS = [*product(BEST_FIRST, BEST_FIRST)]
HOLDS = {
    EQUIVALENT: lambda a, b: a == b,
    NARROWER: lambda a, b: a <= b,
    BROADER: lambda a, b: a >= b,
}


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (EQUIVALENT, EQUIVALENT, EQUIVALENT),
        (EQUIVALENT, NARROWER, NARROWER),
        (BROADER, EQUIVALENT, BROADER),
        (EQUIVALENT, RELATED, RELATED),
        (NARROWER, NARROWER, NARROWER),
        (BROADER, BROADER, BROADER),
        (BROADER, NARROWER, RELATED),
        (NARROWER, BROADER, None),
        (RELATED, RELATED, RELATED),
        (NARROWER, RELATED, RELATED),
        (RELATED, BROADER, RELATED),
        (EQUIVALENT, NOT_RELATED, None),
        (NOT_RELATED, EQUIVALENT, None),
        (NOT_RELATED, NOT_RELATED, None),
        (EQUIVALENT, UNMAPPED, None),
        (UNMAPPED, RELATED, None),
    ],
)
def test_what_two_steps_say_together(first: str, second: str, together: str | None) -> None:
    assert composed(first, second) == together


@pytest.mark.parametrize(("first", "second"), [*product(HOLDS, HOLDS)])
def test_a_claim_holds_for_all_extents_for_which_the_steps_do(first: str, second: str) -> None:
    chains = [(a, c) for a, b, c in product(EXTENTS, repeat=3) if HOLDS[first](a, b) and HOLDS[second](b, c)]
    together = composed(first, second)
    if together in HOLDS:
        assert all(HOLDS[together](a, c) for a, c in chains)
    elif together == RELATED:
        assert all(a & c for a, c in chains)
    else:
        assert any(not a & c for a, c in chains)  # nothing can be claimed, not even that they have something in common


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_chain_is_equivalent_only_where_every_step_is(first: str, second: str) -> None:
    assert (composed(first, second) == EQUIVALENT) == (first == second == EQUIVALENT)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_chain_reads_the_same_backwards(first: str, second: str) -> None:
    forward = composed(first, second)
    assert composed(turned(second), turned(first)) == (None if forward is None else turned(forward))


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_chain_is_never_better_than_its_steps(first: str, second: str) -> None:
    together = composed(first, second)
    if together is not None:
        assert rank(together) >= max(rank(first), rank(second))


def test_turning_twice_changes_nothing() -> None:
    assert [turned(turned(each)) for each in BEST_FIRST] == list(BEST_FIRST)
