"""What the store keeps packed of a concept, taken apart: attributes with the names of both ends, for answers and for
changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from codesystems.model import Attribute, Property
from index.cache import Cache
from termservice import display, editions
from termservice.answers import AttributeAnswer
from termservice.store import Connection, read
from termservice.store.catalog import System
from termservice.store.changes import Differing, Held

Fact = TypeVar("Fact", Held, Differing)


def answered(
    connection: Connection, system: System, pos: int, found: Sequence[Attribute], lang: Sequence[str],
    remembered: Cache[str],
) -> list[AttributeAnswer]:  # fmt: skip
    """Attributes with names, in order of role group; `remembered` are names found before."""
    known = {code: remembered.held((system.id, pos, tuple(lang), code)) for code in _ends(found)}
    names = {code: name for code, name in known.items() if name is not None}
    if len(names) < len(known):
        looked_up = _names(connection, system, (pos,), known.keys() - names.keys(), lang)
        for code, name in looked_up.items():
            remembered.hold((system.id, pos, tuple(lang), code), name)
        names |= looked_up
    return [
        AttributeAnswer(
            group=each.group,
            code=each.code,
            display=names.get(each.code, each.code),
            type=each.type,
            value=each.value,
            value_display=names.get(str(each.value)) if each.type == "code" else None,
        )
        for each in sorted(found, key=lambda each: (each.group, each.code, str(each.value)))
    ]


def unpacked(
    connection: Connection, system: System, facts: Iterable[Fact], positions: Sequence[int], lang: Sequence[str]
) -> list[Fact]:
    """Values of properties as people read them: what was packed into one is apart, attributes are texts such as
    `80891009 |Heart structure| (role group 1)`. Names are those at the first of the positions that has one."""
    home = editions.home(system)
    if home is None:
        return list(facts)
    found: list[Fact] = []
    related: dict[int, Attribute] = {}
    for fact in facts:
        for each in home.expanded(Property(fact.name, fact.value)):
            attribute = home.attribute(each)
            if attribute is not None:
                related[len(found)] = attribute
            found.append(fact if each.code == fact.name else replace(fact, name=each.code, value=each.value))
    names = _names(connection, system, positions, _ends(related.values()), lang)
    for at, attribute in related.items():
        found[at] = replace(found[at], value=_text(attribute, names))
    return found


def _ends(found: Iterable[Attribute]) -> set[str]:
    """The codes of attributes and of what they relate to."""
    return {end for each in found for end in ((each.code, str(each.value)) if each.type == "code" else (each.code,))}


def _names(
    connection: Connection, system: System, positions: Sequence[int], codes: Collection[str], lang: Sequence[str]
) -> dict[str, str]:
    """What concepts are called, by code."""
    cids = read.numbers_of(connection, system.id, codes) if codes else []
    names: dict[str, str] = {}
    for pos in positions if cids else ():
        for each in read.summaries(connection, cids, pos, parents=False):
            names.setdefault(each.code, display.choose(each.names, lang, system.lang) or each.code)
    return names


def _text(found: Attribute, names: Mapping[str, str]) -> str:
    name = names.get(str(found.value)) if found.type == "code" else None
    text = f"{found.value} |{name}|" if name else str(found.value)
    return f"{text} (role group {found.group})" if found.group else text
