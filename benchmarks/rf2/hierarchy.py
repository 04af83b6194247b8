"""Which concepts there are, when, and what they are below: a directed graph without cycles that ends in the root.

Invented concepts of the first release make a tree of levels below each branch's anchor, with further parents on the
level above or the one above that: so nobody is below itself, and hardly any parent can be left out. All others (new
ones, those of the extension, those inactive since long) hang in that tree as leaves. Nobody's first parent is ever
inactivated: what is active always reaches the root.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from benchmarks.rf2 import identifiers, wellknown
from benchmarks.rf2.model import BRANCHES, Branch
from benchmarks.rf2.times import Calendar, Moment
from benchmarks.rf2.words import NO_WORDS, Chance, Phrase, Vocabulary, random_of

INTERNATIONAL, EXTENSION = 0, 1
_LEVELS = tuple(accumulate((0.0006, 0.005, 0.024, 0.085, 0.17, 0.23, 0.215, 0.13, 0.075, 0.04, 0.018, 0.006, 0.0014)))
"""Of the invented concepts, those on this level below their anchor or higher."""
_SHARED = (0.56, 0.88, 0.97)
"""Concepts with no further parent, with one at most, with two at most."""
_FERTILE = 0.4
"""Of each level, those that have children; the others are leaves."""


@dataclass(frozen=True)
class Plan:
    """How many concepts are asked for; all besides the well-known ones."""

    concepts: int
    """Active in the first release."""
    seed: int = 1
    releases: int = 2
    extension_share: float = 0.02
    historic_share: float = 0.05
    """Inactive already in the first release, over and above."""
    new_share: float = 0.016
    """In each later release, as are the next two."""
    retired_share: float = 0.008
    moved_share: float = 0.006

    def __post_init__(self) -> None:
        if self.concepts < 50:
            raise ValueError(f"{self.concepts} concepts: 50 are the least")
        if not 1 <= self.releases <= 8:
            raise ValueError(f"{self.releases} releases: 1 to 8 can be made")

    def of(self, share: float) -> int:
        return max(1, round(self.concepts * share))


@dataclass(slots=True, eq=False)
class Concept:
    owner: int
    branch: Branch | None
    """None for well-known concepts."""
    level: int
    parents: tuple[Concept, ...]
    """When it was new."""
    born: Moment
    module: str = ""
    id: str = ""
    fsn: str = ""
    """Of well-known concepts; others have a phrase."""
    phrase: Phrase = NO_WORDS
    died: Moment | None = None
    moved: Moved | None = None
    inner: bool = False
    """Somebody's first parent."""


@dataclass(slots=True, frozen=True, eq=False)
class Moved:
    when: Moment
    out_of: Concept
    into: Concept


@dataclass
class Hierarchy:
    concepts: list[Concept] = field(default_factory=list)
    """Parents before children."""
    by_id: dict[str, Concept] = field(default_factory=dict)
    """The well-known ones."""
    tree: dict[str, list[Concept]] = field(default_factory=dict)
    """Anchor → the invented concepts below it that stay as long as there are releases; the anchor where none are."""


def edges(concept: Concept) -> Iterator[tuple[Concept, Moment, Moment | None]]:
    """Each is-a there ever was: the parent, since when, and until when, None while it is active."""
    moved = concept.moved
    for parent in concept.parents:
        ends = [end for end in (concept.died, parent.died) if end]
        if moved and parent is moved.out_of:
            ends.append(moved.when)
        yield parent, concept.born, min(ends) if ends else None
    if moved:
        yield moved.into, moved.when, concept.died


def grow(plan: Plan, calendars: tuple[Calendar, Calendar], vocabulary: Vocabulary) -> Hierarchy:
    return _Growing(plan, calendars, vocabulary).all()


class _Growing:
    def __init__(self, plan: Plan, calendars: tuple[Calendar, Calendar], vocabulary: Vocabulary) -> None:
        self._plan = plan
        self._calendars = calendars
        self._vocabulary = vocabulary
        self._random = random_of("hierarchy", plan.seed)
        self._chance = self._random.random
        self._made = Hierarchy()
        self._levels: dict[str, list[list[Concept]]] = {}
        """Anchor → the tree below it by level, the anchor itself on level 0."""

    def all(self) -> Hierarchy:
        plan, made = self._plan, self._made
        self._well_known()
        native = plan.of(plan.extension_share)
        for branch, count in _shared_out(plan.concepts - native):
            self._grow_tree(branch, count)
        tree = [concept for levels in self._levels.values() for level in levels[1:] for concept in level]
        self._settle(tree)
        self._nests = _Nests(self._levels)
        self._attach(INTERNATIONAL, plan.of(plan.historic_share), None)
        natives = self._attach(EXTENSION, native, None)
        for slot in range(1, plan.releases):
            new = plan.of(plan.new_share)
            self._attach(INTERNATIONAL, new - new // 10, slot)
            self._attach(EXTENSION, max(1, new // 10), slot)
        self._retire([concept for concept in tree if not concept.inner] + natives)
        self._move(tree)
        for anchor, levels in self._levels.items():
            lasting = [concept for level in levels[1:] for concept in level if concept.died is None]
            made.tree[anchor] = lasting or levels[0]
        self._number()
        return made

    def _well_known(self) -> None:
        for owner, listed in ((0, wellknown.INTERNATIONAL_CONCEPTS), (1, wellknown.SWEDISH_CONCEPTS)):
            for each in sorted(listed, key=_depth):
                parents = tuple(self._made.by_id[parent] for parent in each.parents)
                born = self._calendars[owner].first
                concept = Concept(owner, None, 0, parents, born, each.module, each.id, each.fsn, inner=True)
                self._made.by_id[each.id] = concept
                self._made.concepts.append(concept)

    def _grow_tree(self, branch: Branch, count: int) -> None:
        drawn = sorted(bisect(_LEVELS, self._chance()) for _ in range(count))
        self._levels[branch.anchor] = levels = [[self._made.by_id[branch.anchor]]]
        before = None
        for number in drawn:
            if number != before:
                levels.append([])
                before = number
            above = levels[-2]
            first = self._fertile(above)
            higher = levels[-3] if len(levels) > 2 else []
            levels[-1].append(self._born(0, branch, len(levels) - 1, first, above, higher))

    def _born(
        self, owner: int, branch: Branch, level: int, first: Concept, above: list[Concept], higher: list[Concept]
    ) -> Concept:
        """A concept below `first` and maybe more of `above`, or of `higher` where `first` is not below them."""
        parents = [first]
        for _ in range(bisect(_SHARED, self._chance())):
            pool = higher if higher and self._chance() < 0.1 else above
            other = self._fertile(pool)
            if other not in parents and not any(_touch(other, parent) for parent in parents):
                parents.append(other)
        first.inner = True
        concept = Concept(owner, branch, level, tuple(parents), self._calendars[owner].first)
        concept.module = wellknown.CORE if owner == INTERNATIONAL else wellknown.SWEDISH
        concept.phrase = self._vocabulary.narrower(first.phrase, branch.words, self._chance)
        self._made.concepts.append(concept)
        return concept

    def _fertile(self, level: list[Concept]) -> Concept:
        """One that may have children, the earlier the more of them."""
        return level[int(len(level) * _FERTILE * self._chance() ** 2)]

    def _settle(self, tree: list[Concept]) -> None:
        """Parents are there from the first; leaves came at any time."""
        parents = {id(parent) for concept in tree for parent in concept.parents}
        for concept in tree:
            if id(concept) not in parents:
                concept.born = self._calendars[INTERNATIONAL].drawn(self._chance())

    def _attach(self, owner: int, count: int, slot: int | None) -> list[Concept]:
        """Leaves below the tree: of a later release; or of the history, of the International Edition inactive."""
        calendar = self._calendars[owner]
        made = []
        for _ in range(count):
            branch, first, beside = self._nests.drawn(self._chance)
            concept = self._born(owner, branch, first.level + 1, first, beside, [])
            if slot is not None:
                concept.born = calendar.releases[slot]
            elif owner == EXTENSION:
                concept.born = calendar.drawn(self._chance())
            else:
                concept.died = calendar.history[1 + int(self._chance() * (len(calendar.history) - 1))]
            made.append(concept)
        return made

    def _retire(self, leaves: list[Concept]) -> None:
        plan = self._plan
        each = min(plan.of(plan.retired_share), len(leaves) // (2 * plan.releases))
        chosen = self._random.sample(leaves, each * (plan.releases - 1))
        for number, concept in enumerate(chosen):
            concept.died = self._calendars[concept.owner].releases[1 + number // each]

    def _move(self, tree: list[Concept]) -> None:
        """A concept's last parent is exchanged for another on the level of its first."""
        plan = self._plan
        for slot in range(1, plan.releases):
            when = self._calendars[INTERNATIONAL].releases[slot]
            left = min(plan.of(plan.moved_share), len(tree) // 4)
            for _ in range(left * 20 + 500):  # in small hierarchies there is not always another
                concept = tree[int(len(tree) * self._chance())]
                into = self._nests.beside(concept, self._chance)
                out_of = concept.parents[-1]
                free = concept.died is None and concept.moved is None and out_of.died is None
                if free and not any(into is parent or _touch(into, parent) for parent in concept.parents):
                    concept.moved = Moved(when, out_of, into)
                    left -= 1
                if not left:
                    break

    def _number(self) -> None:
        for owner, namespace in ((INTERNATIONAL, 0), (EXTENSION, wellknown.SWEDISH_NAMESPACE)):
            invented = [concept for concept in self._made.concepts if concept.owner == owner and concept.branch]
            order = list(range(len(invented)))
            self._random.shuffle(order)
            for concept, id_ in zip(invented, identifiers.concept_ids(namespace, order), strict=True):
                concept.id = id_


class _Nests:
    """Where a leaf may hang: below anybody's first parent."""

    def __init__(self, levels: dict[str, list[list[Concept]]]) -> None:
        self._inner = {
            anchor: [[concept for concept in level if concept.inner] for level in tree]
            for anchor, tree in levels.items()
        }
        branches = {branch.anchor: branch for branch in BRANCHES}
        self._flat = [
            (branches[anchor], concept, level)
            for anchor, tree in self._inner.items()
            for level in tree
            for concept in level
        ]

    def drawn(self, chance: Chance) -> tuple[Branch, Concept, list[Concept]]:
        """A branch, a parent, and those on the parent's level."""
        return self._flat[int(len(self._flat) * chance())]

    def beside(self, concept: Concept, chance: Chance) -> Concept:
        """One on the level of the concept's first parent."""
        assert concept.branch is not None
        level = self._inner[concept.branch.anchor][concept.level - 1]
        return level[int(len(level) * chance())]


def _touch(one: Concept, other: Concept) -> bool:
    """Whether one is a parent of the other: beside it, it would say nothing."""
    return one in other.parents or other in one.parents


def _shared_out(count: int) -> list[tuple[Branch, int]]:
    """Each branch with how many of `count` it gets, by largest remainder."""
    total = sum(branch.share for branch in BRANCHES)
    exact = [count * branch.share / total for branch in BRANCHES]
    given = [int(each) for each in exact]
    order = sorted(range(len(BRANCHES)), key=lambda at: given[at] - exact[at])
    for at in order[: count - sum(given)]:
        given[at] += 1
    return list(zip(BRANCHES, given, strict=True))


def _depth(concept: wellknown.WellKnown) -> int:
    """How far from the root; parents sort before children."""
    parents = {each.id: each.parents for each in wellknown.INTERNATIONAL_CONCEPTS + wellknown.SWEDISH_CONCEPTS}
    depth, at = 0, concept.parents
    while at:
        depth, at = depth + 1, parents[at[0]]
    return depth
