"""The drift guard: what makes a release look wrong, so that it is held until a person activates it.

`reasons` is a function of values alone. `Guard` asks it inside the load's own transaction, with the release spliced
in, so that what is judged is what would be served.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ftfy import badness

from codesystems.loader import Content, home_of
from codesystems.maps import MapContent
from codesystems.model import CodeSystemContent, StatedContent
from codesystems.valuesets import ValueSetContent
from termservice.store import Connection, catalog, profile
from termservice.store.catalog import System
from termservice.sync.difference import Difference, Outline, Summary
from termservice.sync.tables import Table
from termservice.timeline import Version

_BEYOND_ASCII = re.compile(r"[^\W\d_a-zA-Z]")
_NEVER_MEANT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f�]|[^\\W\\d_]\\?[a-zåäö]")
"""Control characters, the sign for what could not be decoded, and a question mark inside a word."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much: the `[guard]` table of the configuration, and `guard` of a source. Shares of the codes."""

    withdrawn: float = 0.1
    growth: float = 0.5
    chapter: float = 0.5
    """Of one chapter's codes, gone. A chapter that is gone altogether always counts."""
    retitled: float = 0.1
    moved: float = 0.1
    untitled: float = 0.05
    """More codes than this without a title, of what had one."""
    garbled: float = 0.002
    """Titles that look wrongly decoded."""
    letters: float = 0.5
    """Of the titles with letters beyond a–z (å, ä, ö, é), how many may have lost them."""
    spare: int = 5
    """So few codes never count, whatever their share."""

    @classmethod
    def read(cls, table: Table, default: Limits | None = None) -> Limits:
        base = default or cls()
        shares = ("withdrawn", "chapter", "retitled", "moved", "untitled", "garbled", "letters")
        found = replace(
            base,
            **{name: table.share(name, getattr(base, name)) for name in shares},
            growth=table.share("growth", base.growth, 1000.0),
            spare=table.whole("spare", base.spare, 0, 10**6),
        )
        table.done()
        return found


def reasons(found: Difference, limits: Limits, least: int = 0) -> Iterator[str]:
    """Why a person should look, one sentence each; `least` is how many codes a whole release has at least."""
    after = len(found.after.titles)
    if after < least:
        yield f"only {after} codes, at least {least} expected"
    yield from _encoding(found, limits)
    if found.before is None:
        return
    before = len(found.before.titles)
    yield from _too_many(len(found.withdrawn), before, limits.withdrawn, limits, "codes are gone", found.withdrawn)
    if after - before > max(limits.growth * before, limits.spare) and before:
        yield f"{after} codes where there were {before}"
    for chapter, old, kept in found.chapter_sizes():
        if old > 1 and kept == 0:
            yield f"chapter {chapter} is gone with its {old} codes"
        elif old - kept > max(limits.chapter * old, limits.spare):
            yield f"chapter {chapter} has lost {old - kept} of its {old} codes"
    stayed = before - len(found.withdrawn)
    yield from _too_many(len(found.retitled), stayed, limits.retitled, limits, "codes are retitled", found.retitled)
    yield from _too_many(len(found.moved), stayed, limits.moved, limits, "codes are in another chapter", found.moved)
    lost = [code for code, title in found.before.titles.items() if title and found.after.titles.get(code) == ""]
    yield from _too_many(len(lost), stayed, limits.untitled, limits, "codes have lost their title", lost)


class Guard:
    """Judges the releases of one load (`activation.Judge`), and keeps how each differs."""

    def __init__(
        self, limits: Limits, systems: Collection[str] = (), *, hold: bool = False, partial: bool = False
    ) -> None:
        self._limits = limits
        self._systems = systems
        """What the source is there for; anything, where it does not say."""
        self._hold = hold
        self._partial = partial
        """Releases need not be whole."""
        self._before: Outline | None = None
        self._before_pos = 0
        self.found: dict[tuple[str, str], Summary] = {}

    def before(self, connection: Connection, content: Content) -> None:
        """Outline the version that the release replaces, else the one before it, else the one after it."""
        self._before = None
        system = None if isinstance(content, StatedContent) else _system(connection, content)
        version = _neighbour(system.versions, content) if system else None
        if system and version:
            self._before_pos = version.pos
            self._before = Outline.of(version.version, _rows(connection, system, content, version.pos))

    def doubts(self, connection: Connection, content: Content) -> Sequence[str]:
        """Why the release, which counts by now, should not."""
        found = []
        if self._systems and content.system.id not in self._systems:
            found.append(f"this source is for {', '.join(self._systems)}, not for {content.system.id}")
        if self._hold:
            found.append("releases of this source are held for a person to activate")
        system = None if isinstance(content, StatedContent) else _system(connection, content)
        here = catalog.active_at(connection, content.system.id, content.version)
        if system is None or here is None:
            return found
        earlier = None
        if self._before is not None and self._before_pos < here[1]:  # what held before it is as it was
            earlier = self._before_pos, self._before.titles
        outline = Outline.of(content.version, _rows(connection, system, content, here[1], earlier))
        difference = Difference.between(self._before, outline)
        self.found[content.system.id, content.version] = Summary.of(difference)
        return [*found, *reasons(difference, self._limits, self._least(content))]

    def _least(self, content: Content) -> int:
        """How many codes a whole release of this has."""
        home = home_of(content.system.id) if isinstance(content, CodeSystemContent) else None
        return home.expect_min_concepts if home and not self._partial else 1


def _system(connection: Connection, content: Content) -> System | None:
    kinds = {MapContent: catalog.CONCEPT_MAP, ValueSetContent: catalog.VALUE_SET}
    kind = kinds.get(type(content), catalog.CODE_SYSTEM)
    return next((each for each in catalog.systems(connection, kind) if each.short == content.system.id), None)


def _neighbour(versions: Sequence[Version], content: Content) -> Version | None:
    """The version a release is compared with."""
    same = [each for each in versions if each.version == content.version]
    earlier = [each for each in versions if each.effective <= content.effective.isoformat()]
    return next(iter([*same, *reversed(earlier), *versions]), None)


def _rows(
    connection: Connection,
    system: System,
    content: Content,
    pos: int,
    earlier: tuple[int, dict[str, str]] | None = None,
) -> Iterator[profile.Row]:
    if isinstance(content, MapContent):
        return profile.elements(connection, system.id, pos)
    if isinstance(content, ValueSetContent):
        return profile.members(connection, system.id, pos)
    return profile.concepts(connection, system, pos, earlier)


def _encoding(found: Difference, limits: Limits) -> Iterator[str]:
    """Titles that were decoded in another way than they were written."""
    old = found.before.titles if found.before else {}
    fresh = {code: title for code, title in found.after.titles.items() if title != old.get(code)}
    garbled = [code for code, title in fresh.items() if _garbled(title)]
    examples = (f"{code} {fresh[code]!r}" for code in garbled)
    many = len(found.after.titles)
    what = "titles look wrongly decoded"
    yield from _too_many(len(garbled), many, limits.garbled, replace(limits, spare=0), what, examples)
    accented = {
        code
        for code, title in old.items()
        if not title.isascii() and code in found.after.titles and _BEYOND_ASCII.search(title)
    }
    plain = [code for code in accented if code in fresh and not _same_letters(old[code], fresh[code])]
    what = "titles have lost their letters beyond a–z"
    yield from _too_many(len(plain), len(accented), limits.letters, limits, what, sorted(plain))


def _garbled(title: str) -> bool:
    return bool(_NEVER_MEANT.search(title)) or (not title.isascii() and badness.is_bad(title))


def _same_letters(before: str, after: str) -> bool:
    """Whether any of the letters beyond a–z is still there."""
    return bool(set(_BEYOND_ASCII.findall(before)) & set(after))


def _too_many(count: int, of: int, share: float, limits: Limits, what: str, examples: Iterable[str]) -> Iterator[str]:
    if count > max(share * of, limits.spare):
        shown = [example for example, _ in zip(examples, range(3), strict=False)]
        yield f"{count} of {of} {what} ({', '.join(shown)}{', …' if count > len(shown) else ''})"
