"""What the rest of the program asks of a hierarchy, whatever it is kept in. Concept numbers are the store's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Tree(Protocol):
    """The is-a hierarchy of one version."""

    def __contains__(self, cid: int) -> bool: ...

    def roots(self) -> Sequence[int]:
        """The concepts without a parent, in display order."""

    def children(self, cid: int) -> Sequence[int]:
        """In display order."""

    def children_count(self, cid: int) -> int: ...

    def ancestors(self, cid: int) -> Sequence[int]:
        """Nearest first, each once, without the concept itself."""

    def descendants(self, cid: int) -> Sequence[int]:
        """In display order, each once, without the concept itself."""

    def is_ancestor(self, ancestor: int, cid: int) -> bool:
        """Whether `ancestor` is a proper ancestor of `cid`."""
