"""The expansion of a value set: how many codes it has, and those of one page, in order.

Sets stay bitmaps of numbers until a page is cut; entries are read for that page alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from termservice.fhir.filters import HIERARCHY, text_matches
from termservice.fhir.issues import Failure, Issue, failed
from termservice.fhir.membership import Clause, Composition, Members
from termservice.fhir.nesting import Node, nested
from termservice.fhir.provider import Provider

MAX_UNPAGED = 1_000
"""How many codes are given to those who ask for no page."""
MAX_PAGE = 10_000
"""How many codes one page has at most; to those who say that they can take all (allowMaximumSizeExpansion), more."""
MAX_ALLOWED = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of an expansion."""

    offset: int | None = None
    count: int | None = None
    text: str = ""
    """The parameter `filter`."""
    language: str = ""
    """The language `text` is in, where one is preferred."""
    active_only: bool = False
    selectable_only: bool = False
    """excludeNotForUI: without codes that are not to be recorded."""
    without: frozenset[str] = frozenset()
    """exclude-system: URLs, or `url|version`, of code systems to leave out."""
    nested: bool = True
    """Whether codes may be nested under others (excludeNested is not true)."""
    expressions: bool = True
    """Whether codes may be expressions of a grammar (excludePostCoordinated is not true)."""
    maximum: bool = False
    """allowMaximumSizeExpansion."""


@dataclass(frozen=True, slots=True)
class Group:
    """Codes of one code system that stand together."""

    provider: Provider
    numbers: BitMap
    order: Sequence[int] | None = None
    """None for the code system's own order."""
    hierarchical: bool = False
    expressions: Sequence[Node] = ()
    """Codes of the code system's grammar, that have no numbers; they come last."""

    def __len__(self) -> int:
        return len(self.numbers) + len(self.expressions)

    def page(self, composition: Composition, first: int, last: int) -> list[Node]:
        """The codes from place `first` to `last`."""
        ordered = self.order if self.order is not None else self.provider.ordered(self.numbers)
        size = len(self.numbers)
        nodes = [
            Node(self.provider, number, composition.ref(self.provider, number))
            for number in ordered[first : min(last, size)]
        ]
        return [*nodes, *self.expressions[max(first - size, 0) : max(last - size, 0)]]


@dataclass(frozen=True, slots=True)
class Expansion:
    total: int
    nodes: list[Node]
    """Of the page; the topmost where codes are nested."""
    offset: int | None
    """None where it is no page but everything."""
    unclosed: str | None
    """Why there are codes beyond those that can be listed (perhaps empty); None where there are none."""


def expanded(composition: Composition, asked: Asked) -> Expansion:
    """Expand a value set. Raises `Failure` where it is too large, and all that resolving raises."""
    groups = _groups(composition, asked)
    total = sum(map(len, groups))
    paged = asked.offset is not None or asked.count is not None
    limit = MAX_ALLOWED if asked.maximum else MAX_PAGE if paged else MAX_UNPAGED
    if not paged and total > limit:
        raise too_costly(composition, limit)
    start, size = asked.offset or 0, limit if asked.count is None else min(asked.count, limit)
    whole = start == 0 and size >= total
    nodes: list[Node] = []
    passed = 0
    for group in groups:
        first, last = max(start - passed, 0), min(start + size - passed, len(group))
        passed += len(group)
        if first < last:
            page = group.page(composition, first, last)
            nodes += nested(group.provider, page) if whole and group.hierarchical and len(page) > 1 else page
    return Expansion(total, nodes, start if paged else None, _unclosed(composition))


def too_costly(composition: Composition, limit: int) -> Failure:
    name = composition.valueset.canonical
    text = f"The value set '{name}' expansion has too many codes to produce (>{limit})"
    return Failure(Issue("error", "too-costly", text, message_id="VALUESET_TOO_COSTLY"))


def _groups(composition: Composition, asked: Asked) -> list[Group]:
    """Everything that is to be shown, each code once for every code system version."""
    found: list[Group] = []
    seen: Members = {}
    left_out: Members = {}
    for clause in _includes(composition):
        _check_content(clause)
    for clause in composition.includes:
        for provider, numbers in clause.members().items():
            if provider not in left_out:
                left_out[provider] = composition.left_out(provider) | _unwanted(provider, asked)
            numbers = numbers - left_out[provider] - seen.get(provider, BitMap())
            if numbers:
                seen[provider] = seen.get(provider, BitMap()) | numbers
                found.append(_group(composition, clause, provider, numbers, asked))
        if clause.provider is not None and (expressions := list(_expressions(composition, clause, asked))):
            found.append(Group(clause.provider, BitMap(), expressions=expressions))
    return [each for each in found if len(each)]


def _expressions(composition: Composition, clause: Clause, asked: Asked) -> Iterator[Node]:
    """What a clause lists that is no concept but an expression of its code system's grammar."""
    provider = clause.provider
    if provider is None or not provider.meta.grammar or not asked.expressions:
        return
    if provider.everything() == _unwanted(provider, asked):
        return
    url = provider.meta.url
    for ref in clause.include.concepts:
        try:
            found = composition.find(url, ref.code) if provider.number(ref.code) is None else None
        except Failure:  # meant to be an expression, but not a right one: as an unknown code, it is left out
            continue
        entry = found.expression if found is not None and found.include is clause.include else None
        if entry is None or (asked.active_only and not entry.active):
            continue
        if not asked.text or text_matches(entry, asked.text):
            yield Node(provider, -1, ref, expression=entry)


def _includes(composition: Composition) -> Iterator[Clause]:
    """The includes of a value set and of those it includes."""
    for clause in composition.includes:
        yield clause
        for each in clause.imports:
            yield from _includes(each)


def _unwanted(provider: Provider, asked: Asked) -> BitMap:
    """The concepts that the request wants to do without."""
    meta = provider.meta
    if not asked.without.isdisjoint((meta.url, meta.canonical)):
        return provider.everything()
    found = provider.inactive() if asked.active_only else BitMap()
    return found | provider.abstract() if asked.selectable_only else found


def _group(composition: Composition, clause: Clause, provider: Provider, numbers: BitMap, asked: Asked) -> Group:
    if asked.text:
        order = list(provider.text(asked.text, asked.language, numbers))
        order += _by_own_names(clause, provider, numbers - BitMap(order), asked.text)
        return Group(provider, BitMap(order), order)
    if clause.include.concepts and clause.provider is provider:
        return Group(provider, numbers, [each for each in clause.listed if each in numbers])
    nestable = asked.nested and not composition.excludes and not provider.meta.polyhierarchy
    hierarchical = nestable and _is_hierarchical(clause)
    return Group(provider, numbers, hierarchical=hierarchical)


def _by_own_names(clause: Clause, provider: Provider, numbers: BitMap, text: str) -> list[int]:
    """The concepts that text finds by names that the value set itself gives them."""
    refs = clause.listed if clause.provider is provider else {}
    named = [number for number, ref in refs.items() if number in numbers and (ref.display or ref.designations)]
    return [number for number in named if text_matches(refs[number], text)]


def _is_hierarchical(clause: Clause) -> bool:
    """Whether what a clause names is a piece of a hierarchy: a whole code system, or what is below a concept."""
    filters = clause.include.filters
    return not filters or (len(filters) == 1 and filters[0].property in HIERARCHY and filters[0].op in _DOWNWARD)


_DOWNWARD = ("is-a", "descendent-of")


def _check_content(clause: Clause) -> None:
    """Raises `Failure` for a code system whose concepts are not to be had."""
    if clause.provider is not None and clause.provider.meta.content in ("not-present", "supplement"):
        meta = clause.provider.meta
        what = "has no content" if meta.content == "not-present" else "defines a supplement"
        raise failed(
            f"The code system definition for {meta.url} {what}, so this expansion cannot be performed",
            code="business-rule",
            kind="vs-invalid",
        )


def _unclosed(composition: Composition) -> str | None:
    """Why the value set has codes that no expansion can list: a fragment of a code system, or one with a grammar."""
    reasons: list[str] = []
    for clause in _includes(composition):
        if clause.provider is None or clause.include.concepts:
            continue
        meta = clause.provider.meta
        if meta.content != "complete":
            reasons.append(f"This extension is based on a {meta.content} of the code system {meta.url}")
        elif meta.grammar:
            whole = f"The code System '{meta.url}' has a grammar and so has infinite members"
            reasons.append("" if clause.include.filters else whole)
    return max(reasons, key=len) if reasons else None
