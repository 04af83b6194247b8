"""The is-a arrays against a walk over plain sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from termservice.hierarchy import Hierarchy

#       1        9
#      / \       |
#     2   3      8      (5 has two parents)
#      \ / \
#       5   4
DIAMOND = Hierarchy([1, 2, 3, 4, 5, 9, 8], [(2, 1), (3, 1), (4, 3), (5, 2), (5, 3), (8, 9)])


@pytest.mark.parametrize(
    ("cid", "children", "ancestors", "descendants"),
    [
        (1, [2, 3], [], [2, 3, 4, 5]),
        (2, [5], [1], [5]),
        (3, [4, 5], [1], [4, 5]),
        (5, [], [2, 3, 1], []),
        (8, [], [9], []),
    ],
)
def test_diamond(cid: int, children: list[int], ancestors: list[int], descendants: list[int]) -> None:
    assert DIAMOND.children(cid) == children
    assert DIAMOND.children_count(cid) == len(children)
    assert DIAMOND.ancestors(cid) == ancestors
    assert DIAMOND.descendants(cid) == descendants


def test_roots_come_in_display_order() -> None:
    assert DIAMOND.roots() == [1, 9]
    assert Hierarchy([9, 1], []).roots() == [9, 1]


def test_containment() -> None:
    assert 5 in DIAMOND
    assert 6 not in DIAMOND


def test_nothing_at_all() -> None:
    assert Hierarchy([], []).roots() == []


def test_loops_end() -> None:
    loop = Hierarchy([1, 2, 3], [(1, 2), (2, 3), (3, 1)])
    assert loop.ancestors(1) == [2, 3]
    assert loop.descendants(1) == [2, 3]
    assert loop.is_ancestor(2, 1)
    assert not loop.is_ancestor(1, 1)
    assert loop.roots() == []


CIDS = [3, 14, 15, 92, 65, 35, 89]
PAIRS = st.sets(st.tuples(st.sampled_from(CIDS), st.sampled_from(CIDS)), max_size=14)


def reached(start: int, pairs: set[tuple[int, int]]) -> set[int]:
    """Everything above `start`, found by adding until nothing is new; not `start` itself."""
    found = {start}
    while more := {parent for child, parent in pairs if child in found} - found:
        found |= more
    return found - {start}


@given(PAIRS, st.permutations(CIDS))
def test_agrees_with_a_naive_walk(pairs: set[tuple[int, int]], order: list[int]) -> None:
    tree = Hierarchy(order, sorted(pairs))
    down = {(parent, child) for child, parent in pairs}
    assert tree.roots() == [cid for cid in order if not any(child == cid for child, _ in pairs)]
    for cid in order:
        assert tree.children(cid) == [each for each in order if (each, cid) in pairs]
        assert tree.descendants(cid) == [each for each in order if each in reached(cid, down)]
        above = tree.ancestors(cid)
        assert len(above) == len(set(above))
        assert set(above) == reached(cid, pairs)
        assert [other for other in order if tree.is_ancestor(other, cid)] == [
            other for other in order if other in reached(cid, pairs)
        ]


@given(PAIRS)
def test_nearest_ancestors_come_first(pairs: set[tuple[int, int]]) -> None:
    tree = Hierarchy(CIDS, sorted(pairs))
    for cid in CIDS:
        distance, seen, front = {}, {cid}, {cid}
        steps = 0
        while front:
            steps += 1
            front = {parent for child, parent in pairs if child in front} - seen
            seen |= front
            distance.update(dict.fromkeys(front, steps))
        steps_of = [distance[each] for each in tree.ancestors(cid)]
        assert steps_of == sorted(steps_of)
