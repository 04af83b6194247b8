"""How one version differs from another, in outline: what the guard judges and the report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from termservice.history import wording
from termservice.store.profile import Row

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Outline:
    """A version: what it is called, and its codes with title and chapter."""

    version: str
    titles: dict[str, str]
    chapters: dict[str, str]

    @classmethod
    def of(cls, version: str, rows: Iterable[Row]) -> Outline:
        titles, chapters = {}, {}
        for code, title, chapter in rows:
            titles[code] = title
            if chapter:
                chapters[code] = chapter
        return cls(version, titles, chapters)


@dataclass(frozen=True, slots=True)
class Difference:
    """From one version (None: there is nothing to compare with) to another."""

    before: Outline | None
    after: Outline
    introduced: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    retitled: list[str] = field(default_factory=list)
    """Codes with other words in their titles; case, space and punctuation do not count."""
    retouched: int = 0
    """Codes with titles that differ in case, space or punctuation only."""
    moved: list[str] = field(default_factory=list)
    """Codes now in another chapter."""

    @classmethod
    def between(cls, before: Outline | None, after: Outline) -> Difference:
        if before is None:
            return cls(None, after, introduced=sorted(after.titles))
        both = before.titles.keys() & after.titles.keys()
        changed = [code for code in both if before.titles[code] != after.titles[code]]
        retitled = sorted(code for code in changed if wording(before.titles[code], after.titles[code]) == "text")
        return cls(
            before,
            after,
            introduced=sorted(after.titles.keys() - both),
            withdrawn=sorted(before.titles.keys() - both),
            retitled=retitled,
            retouched=len(changed) - len(retitled),
            moved=sorted(code for code in both if before.chapters.get(code) != after.chapters.get(code)),
        )

    def chapter_sizes(self) -> list[tuple[str, int, int]]:
        """(chapter, codes that were in it, how many of those there still are, wherever they are now)."""
        if self.before is None:
            return []
        old = self.before.chapters
        kept = Counter(chapter for code, chapter in old.items() if code in self.after.titles)
        return [(chapter, count, kept[chapter]) for chapter, count in sorted(Counter(old.values()).items())]


@dataclass(frozen=True, slots=True)
class Summary:
    """A difference in numbers and examples, to be kept and sent."""

    compared_with: str | None
    codes_before: int
    codes: int
    introduced: int
    withdrawn: int
    retitled: int
    retouched: int
    moved: int
    examples: dict[str, list[str]]

    @classmethod
    def of(cls, found: Difference) -> Summary:
        before = found.before
        old = before.titles if before else {}
        new = found.after.titles
        examples = {
            "introduced": [_named(code, new[code]) for code in found.introduced[:EXAMPLES]] if before else [],
            "withdrawn": [_named(code, old[code]) for code in found.withdrawn[:EXAMPLES]],
            "retitled": [f"{code}: {old[code]!r} → {new[code]!r}" for code in found.retitled[:EXAMPLES]],
            "moved": [_named(code, new[code]) for code in found.moved[:EXAMPLES]],
        }
        return cls(
            compared_with=before.version if before else None,
            codes_before=len(old),
            codes=len(new),
            introduced=len(found.introduced),
            withdrawn=len(found.withdrawn),
            retitled=len(found.retitled),
            retouched=found.retouched,
            moved=len(found.moved),
            examples={kind: texts for kind, texts in examples.items() if texts},
        )


def _named(code: str, title: str) -> str:
    return f"{code} {title}".rstrip()
