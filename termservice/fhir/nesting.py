"""The codes of an expansion within each other, as the hierarchy of their code system has them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from termservice.fhir.model import ConceptRef, Entry
from termservice.fhir.provider import Provider

MAX_DEPTH = 50
"""How deep codes are nested; JSON readers have limits of their own."""


@dataclass(slots=True)
class Node:
    """One code of an expansion, with what is nested in it."""

    provider: Provider
    number: int
    ref: ConceptRef | None
    children: list[Node] = field(default_factory=list)
    expression: Entry | None = None
    """Of a code that is no concept but an expression of the code system's grammar; its number is then -1."""


def nested(provider: Provider, page: list[Node]) -> list[Node]:
    """The nodes, each in its nearest ancestor among them (the first of several); those without are given back. A
    circle is cut at the first of its nodes."""
    nodes = {each.number: each for each in page}
    above = {number: _nearest(provider, number, nodes) for number in nodes}
    depths: dict[int, int] = {}
    for start in nodes:
        chain: dict[int, None] = {}
        at: int | None = start
        while at is not None and at not in depths:
            if at in chain:
                above[at] = None
                break
            chain[at] = None
            at = above[at]
        for number in reversed(chain):
            _place(number, above, depths)
    top: list[Node] = []
    for number, node in nodes.items():
        parent = above[number]
        (top if parent is None else nodes[parent].children).append(node)
    return top


def _place(number: int, above: dict[int, int | None], depths: dict[int, int]) -> None:
    """Tell how deep a node is; below `MAX_DEPTH` it stands beside its parent."""
    parent = above[number]
    if parent is not None and depths.get(parent, 0) == MAX_DEPTH:
        above[number] = above[parent]
        depths[number] = MAX_DEPTH
    else:
        depths[number] = 0 if parent is None else depths.get(parent, 0) + 1


def _nearest(provider: Provider, number: int, wanted: Container[int]) -> int | None:
    seen, level = {number}, list(provider.parents(number))
    while level:
        above: list[int] = []
        for each in level:
            if each in wanted and each not in seen:
                return each
            if each not in seen:
                seen.add(each)
                above += provider.parents(each)
        level = above
    return None
