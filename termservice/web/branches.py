"""A code system as a tree that opens and closes: what the server shows of it, with addresses that open the rest.

Which codes are open stands in the address (`open=`), so a tree can be shared, and used without JavaScript.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from termservice.answers import ConceptSummary, Page, When
from termservice.service import TerminologyService

MOST_OPEN = 50
"""Codes open at once; an address may name no more."""
PAGE = 100
"""Codes of one level."""
BESIDE = 12
"""Codes shown beside a step on the way down to a code; where there are more, the step stands alone."""
NEIGHBOURS = 40
"""Codes shown beside the code itself."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One code of the tree and, where it is open, what is below it."""

    concept: ConceptSummary
    toggled: Sequence[str]
    """The codes open once this one has been opened or closed; none of a step that the page keeps open."""
    below: Branches | None = None


@dataclass(frozen=True, slots=True)
class Branches:
    """Codes of one level."""

    items: Sequence[Branch]
    total: int
    under: str | None = None
    """The code that they are below; None of the topmost."""

    @property
    def hidden(self) -> int:
        return self.total - len(self.items)


@dataclass(slots=True)
class Grower:
    """Makes the trees of one page: of one version, with these codes open."""

    service: TerminologyService
    system: str
    when: When
    lang: Sequence[str]
    opened: Sequence[str] = ()
    _left: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.opened = list(dict.fromkeys(self.opened))[:MOST_OPEN]
        self._left = set(self.opened)

    def level(self, page: Page[ConceptSummary], under: str | None = None) -> Branches:
        """The codes of `page`, those open with what is below them. A code with several parents opens once."""
        return Branches([self._branch(each) for each in page.items], page.total, under)

    def below(self, code: str) -> Branches:
        found = self.service.children(self.system, code, self.when, limit=PAGE, lang=self.lang)
        return self.level(found, code)

    def way(self, path: Sequence[ConceptSummary], here: ConceptSummary) -> Branches:
        """The way down to a code, topmost first, each step with what stands beside it."""
        if path:
            return Branches([self._step([*path, here], 0)], 1)
        tops = self.service.roots(self.system, self.when, limit=NEIGHBOURS, lang=self.lang)
        return self.level(tops) if tops.total <= NEIGHBOURS else Branches([self._branch(here)], 1)

    def _step(self, steps: Sequence[ConceptSummary], at: int) -> Branch:
        step = steps[at]
        if at == len(steps) - 1:
            return self._branch(step)
        following = steps[at + 1]
        most = NEIGHBOURS if at == len(steps) - 2 else BESIDE
        beside = self.service.children(self.system, step.code, self.when, limit=most, lang=self.lang)
        items = [
            self._step(steps, at + 1) if each.code == following.code else self._branch(each)
            for each in (beside.items if beside.total <= most else [following])
        ]
        return Branch(step, (), Branches(items, beside.total, step.code))

    def _branch(self, concept: ConceptSummary) -> Branch:
        below = None
        if concept.code in self._left and concept.children_count:
            self._left.discard(concept.code)
            below = self.below(concept.code)
        return Branch(concept, self._toggled(concept.code), below)

    def _toggled(self, code: str) -> list[str]:
        return [each for each in self.opened if each != code] if code in self.opened else [*self.opened, code]
