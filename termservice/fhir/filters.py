"""The filters of value sets over concepts in memory (ValueSet.compose.include.filter, FilterOperator of R5).

Regular expressions are matched against the whole value by RE2, whose time grows with the text alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import re2
from pyroaring import BitMap

from termservice.fhir.issues import Failure, Issue, failed
from termservice.fhir.model import Coding, ConceptRef, Entry, Filter, Meta, Value
from termservice.fhir.provider import Provider

HIERARCHY = ("concept", "code")
"""Names of the property that stands for the concept itself."""
OPERATORS = frozenset(
    (
        "=",
        "is-a",
        "descendent-of",
        "is-not-a",
        "regex",
        "in",
        "not-in",
        "generalizes",
        "child-of",
        "descendent-leaf",
        "exists",
    )
)
_PATTERN_BYTES = 1 << 19
"""What a compiled regular expression may take: with its size grows what each text costs."""
FIELDS = ("display", "definition", "designation")
"""What is asked for by name as though it were a property."""


def checked(filter: Filter, meta: Meta, expression: str) -> Filter:
    """The filter itself. Raises `Failure` where it lacks its value or has no known operator; `expression` says where
    it stands."""
    if not filter.value:
        text = (
            f"The system {meta.url} filter with property = {filter.property}, op = {filter.op or 'null'} has no value"
        )
        message_id = "UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE"
        raise Failure(Issue("error", "invalid", text, "vs-invalid", expression, message_id))
    if filter.op not in OPERATORS:
        raise unsupported(filter, meta, expression)
    return filter


def unsupported(filter: Filter, meta: Meta, expression: str = "") -> Failure:
    """The failure of a filter that a code system cannot answer."""
    text = (
        f'The filter "{filter.property} {filter.op} {filter.value}" from the value set is not supported by the code '
        f"system '{meta.url}'"
    )
    return failed(text, code="not-supported", kind="vs-invalid", expression=expression)


def selected(provider: Provider, entries: Sequence[Entry], filter: Filter) -> BitMap:
    """The numbers of `entries` that `filter` names. Raises `issues.Failure` for what it cannot mean."""
    if filter.op in _WALKS:
        return _walked(provider, filter)
    if filter.op in _BY_CODE and filter.property in HIERARCHY:
        found = BitMap(_named(provider, filter))
        return provider.everything() - found if filter.op == "not-in" else found
    if filter.op in _BY_CODE and filter.property in ("parent", "child"):
        near = provider.children if filter.property == "parent" else provider.parents
        found = BitMap(each for number in _named(provider, filter) for each in near(number))
        return provider.everything() - found if filter.op == "not-in" else found
    if not _knows(provider.meta, entries, filter.property):
        raise unsupported(filter, provider.meta)
    return having(enumerate(entries), filter)


def _knows(meta: Meta, entries: Iterable[Entry], property: str) -> bool:
    """Whether a code system says anything under that name, even where it does not define it."""
    return (
        property in (*HIERARCHY, *FIELDS, *IMPLIED)
        or any(each.code == property for each in meta.properties)
        or any(each.code == property for each in meta.filters)
        or any(each.code == property for entry in entries for each in entry.properties)
    )


def having(entries: Iterable[tuple[int, Entry]], filter: Filter) -> BitMap:
    """The numbers of entries whose values pass a filter of the kinds =, in, not-in, exists, regex."""
    passes = _test(filter)
    return BitMap(number for number, entry in entries if passes(list(values(entry, filter.property))))


def values(entry: Entry, property: str) -> Iterator[str]:
    """What an entry has for a property, as text."""
    if property in HIERARCHY:
        yield entry.code
    elif property == "display":
        yield from _given((entry.display,))
    elif property == "definition":
        yield from _given((entry.definition,))
    elif property == "designation":
        yield from (each.value for each in entry.designations)
    stated = False
    for each in entry.properties:
        if each.code == property:
            stated = True
            yield written(each.value)
    if not stated and property in IMPLIED:
        yield from _given((IMPLIED[property](entry),))


IMPLIED: dict[str, Callable[[Entry], str]] = {
    "inactive": lambda entry: "false" if entry.active else "true",
    "status": lambda entry: entry.status,
    "notSelectable": lambda entry: "true" if entry.abstract else "",
}
"""FHIR's properties that an entry answers for where the concept states none."""


def _given(texts: Iterable[str]) -> Iterator[str]:
    return (each for each in texts if each)


def written(value: Value) -> str:
    """A property's value as filters compare it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.code if isinstance(value, Coding) else str(value)


def text_matches(entry: Entry | ConceptRef, query: str) -> bool:
    """Whether every word that was typed is in one of an entry's names (or its code)."""
    words = query.casefold().split()
    names = (entry.code, entry.display, *(each.value for each in entry.designations))
    return any(all(word in name for word in words) for name in map(str.casefold, names))


def descendants(provider: Provider, number: int) -> BitMap:
    """All below a concept, without it."""
    return _closure(provider.children, number)


def ancestors(provider: Provider, number: int) -> BitMap:
    """All above a concept, without it."""
    return _closure(provider.parents, number)


def leaves(provider: Provider, number: int) -> BitMap:
    """The descendants of a concept that have none themselves."""
    return BitMap(each for each in descendants(provider, number) if not provider.children(each))


def _closure(near: Callable[[int], Sequence[int]], number: int) -> BitMap:
    found, waiting = BitMap(), [number]
    while waiting:
        for each in near(waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    found.discard(number)
    return found


def _walked(provider: Provider, filter: Filter) -> BitMap:
    if filter.property not in HIERARCHY:
        raise unsupported(filter, provider.meta)
    number = provider.number(filter.value)
    if number is None:
        return provider.everything() if filter.op == "is-not-a" else BitMap()
    return _WALKS[filter.op](provider, number)


def _named(provider: Provider, filter: Filter) -> Iterator[int]:
    return (number for number in map(provider.number, listed(filter)) if number is not None)


def listed(filter: Filter) -> list[str]:
    """The values a filter names: those of the list of an `in` or `not-in`, else its one."""
    return [each.strip() for each in filter.value.split(",")] if filter.op in ("in", "not-in") else [filter.value]


def _test(filter: Filter) -> Callable[[list[str]], bool]:
    """What a filter asks of the values of one concept."""
    value = filter.value
    match filter.op:
        case "=":
            return lambda found: value in found
        case "in":
            wanted = set(listed(filter))
            return lambda found: not wanted.isdisjoint(found)
        case "not-in":
            refused = set(listed(filter))
            return lambda found: refused.isdisjoint(found)
        case "exists":
            wanted_at_all = truth(filter)
            return lambda found: bool(found) == wanted_at_all
        case "regex":
            expression = pattern(value)
            return lambda found: any(expression.fullmatch(each) for each in found)
    raise failed(f"The filter {filter.property} {filter.op} is not supported", code="not-supported", kind="vs-invalid")


def truth(filter: Filter) -> bool:
    """What an `exists` asks for. Raises `Failure` for another value than true and false."""
    if filter.value not in ("true", "false"):
        raise failed(f"The filter {filter.property} {filter.op} must be true or false, not '{filter.value}'")
    return filter.value == "true"


@lru_cache(maxsize=64)
def pattern(expression: str) -> Any:
    """The compiled expression of a `regex`; its `fullmatch` is FHIR's match. Raises `Failure` where it is none."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _PATTERN_BYTES
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        raise failed(
            f"The regular expression '{expression}' is not valid: {_reason(error)}", kind="vs-invalid"
        ) from None


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


_BY_CODE = ("=", "in", "not-in")
_WALKS: dict[str, Callable[[Provider, int], BitMap]] = {
    "is-a": lambda provider, number: descendants(provider, number) | BitMap([number]),
    "is-not-a": lambda provider, number: provider.everything() - descendants(provider, number) - BitMap([number]),
    "descendent-of": descendants,
    "child-of": lambda provider, number: BitMap(provider.children(number)),
    "descendent-leaf": leaves,
    "generalizes": lambda provider, number: ancestors(provider, number) | BitMap([number]),
}
