"""The invented code systems as the service answers of them: versions, concepts, hierarchy, chapters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from termservice.answers import (
    CodeSystemInfo,
    ConceptAnswer,
    ConceptSummary,
    DesignationAnswer,
    Listing,
    NoteAnswer,
    Page,
    PropertyAnswer,
    SubsumesAnswer,
    VersionInfo,
    When,
)
from tests.test_termservice.test_web.stub_content import (
    EFFECTIVE,
    NAMES,
    NOW,
    REVISION,
    SYSTEMS,
    URL,
    WITHDRAWN,
    above,
    code_meant,
    content,
    system_named,
)


class StubCodeSystems:
    """Their descriptions, look-ups and walks. `broken` makes look-ups fail as a bug would."""

    broken = False

    def codesystems(self) -> Listing[CodeSystemInfo]:
        return Listing(REVISION, len(SYSTEMS), [self.codesystem(name) for name in SYSTEMS])

    def codesystem(self, system: str) -> CodeSystemInfo:
        short = system_named(system)
        versions = SYSTEMS[short]
        last = list(versions)[-1]
        aliases = [name for name, target in NAMES.items() if target == short and name not in (short, URL)]
        return CodeSystemInfo(
            short, URL if short == "frukt" else "urn:x:udda", f"Klassifikation av {short}", "Provmyndigheten", "sv",
            aliases, last, EFFECTIVE[last], len(versions[last]), len(versions), REVISION, "Får spridas fritt.",
        )  # fmt: skip

    def versions(self, system: str) -> Listing[VersionInfo]:
        short = system_named(system)
        last = list(SYSTEMS[short])[-1]
        items = [
            VersionInfo(name, EFFECTIVE[name], "2026-01-02T03:04:05Z", len(held), name == last, False, f"Släpp {name}")
            for name, held in reversed(SYSTEMS[short].items())
        ]
        return Listing(REVISION, len(items), items, system=short)

    def concept(self, system: str, code: str, when: When = NOW, lang: Sequence[str] = ()) -> ConceptAnswer:
        if self.broken:
            raise RuntimeError("a bug with a secret in it")
        short, version, held = content(system, when)
        gone = code in WITHDRAWN and code not in held and when == NOW
        if gone:
            version, held = "2025", SYSTEMS[short]["2025"]
        found = code_meant(short, version, held, code)
        display, parent = held[found]
        return ConceptAnswer(
            system=short, version=version, revision=REVISION, code=found,
            display=f"{display} (en)" if lang[:1] == ("en",) else display,
            active=not gone, abstract=found == "F", level="grupp" if found == "F" else "kod",
            parents=[parent] if parent else [], children_count=sum(p == found for _, p in held.values()),
            designations=[DesignationAnswer("sv", "display", display), DesignationAnswer("sv", "synonym", "Bär")],
            notes=[NoteAnswer("Innefattar", "Innefattar", "sv", ["Ett <b>", "Två, se F20"])],
            properties=[
                PropertyAnswer("Ätlig", "Ätlig", "boolean", True), PropertyAnswer("Vikt", "Vikt", "integer", 3),
            ],
            valid_from="2025-01-01", from_known=False, valid_to="2025-12-31" if gone else None,
            not_stated=["Latin"], successors=["F20"] if gone else [],
        )  # fmt: skip

    def concepts(
        self, system: str, when: When = NOW, *, after: str | None = None, limit: int = 100, lang: Sequence[str] = ()
    ) -> Page[ConceptSummary]:
        short, version, held = content(system, when)
        codes = [code for code in held if after is None or code > after]
        return page_of(short, version, held, codes[:limit], codes[limit - 1] if codes[limit:] else None, len(held))

    def known(
        self, system: str, spellings: Sequence[str], when: When = NOW, lang: Sequence[str] = ()
    ) -> dict[str, ConceptSummary]:
        short, version, held = content(system, when)
        meant = {spelling: spelling.rstrip("†*").upper() for spelling in spellings}
        codes = [code for code in meant.values() if code in held]
        found = {each.code: each for each in page_of(short, version, held, codes, None, 0).items}
        return {spelling: found[code] for spelling, code in meant.items() if code in found}

    def roots(self, system: str, when: When = NOW, **kwargs: Any) -> Page[ConceptSummary]:
        short, version, held = content(system, when)
        return cut(short, version, held, [code for code, (_, parent) in held.items() if not parent], **kwargs)

    def children(self, system: str, code: str, when: When = NOW, **kwargs: Any) -> Page[ConceptSummary]:
        short, version, held = content(system, when)
        found = code_meant(short, version, held, code)
        return cut(short, version, held, [c for c, (_, parent) in held.items() if parent == found], **kwargs)

    def ancestors(self, system: str, code: str, when: When = NOW, **kwargs: Any) -> Page[ConceptSummary]:
        short, version, held = content(system, when)
        return cut(short, version, held, above(held, code_meant(short, version, held, code)), **kwargs)

    def descendants(self, system: str, code: str, when: When = NOW, **kwargs: Any) -> Page[ConceptSummary]:
        short, version, held = content(system, when)
        found = code_meant(short, version, held, code)
        return cut(short, version, held, [c for c in held if found in above(held, c)], **kwargs)

    def subsumes(self, system: str, code_a: str, code_b: str, when: When = NOW) -> SubsumesAnswer:
        short, version, held = content(system, when)
        a, b = (code_meant(short, version, held, code) for code in (code_a, code_b))
        outcome = "equivalent" if a == b else "subsumes" if a in above(held, b) else "not-subsumed"
        return SubsumesAnswer(short, version, REVISION, outcome, a, b)


class StubOutlines:
    """The methods of `Outlines`: what has no parent is a chapter."""

    def __init__(self, service: StubCodeSystems) -> None:
        self._service = service

    def chapters(self, system: str, when: When, lang: Sequence[str] = ()) -> list[ConceptSummary]:
        found = self._service.roots(system, when).items
        return [each for each in found if self._service.children(system, each.code, when).total]

    def placed(
        self, system: str, codes: Sequence[str], when: When, lang: Sequence[str] = ()
    ) -> dict[str, ConceptSummary]:
        _, _, held = content(system, when)
        chapters = {each.code: each for each in self.chapters(system, when)}
        homes = {code: [code, *above(held, code)][-1] for code in codes if code in held}
        return {code: chapters[home] for code, home in homes.items() if home in chapters}

    def levels(self, system: str, when: When) -> list[str]:
        return ["grupp", "kod"]


def cut(
    system: str, version: str, held: dict[str, tuple[str, str | None]], codes: Sequence[str], *,
    offset: int = 0, limit: int = 100, lang: Sequence[str] = (),
) -> Page[ConceptSummary]:  # fmt: skip
    following = str(offset + limit) if offset + limit < len(codes) else None
    return page_of(system, version, held, codes[offset : offset + limit], following, len(codes))


def page_of(
    system: str, version: str, held: dict[str, tuple[str, str | None]], codes: Sequence[str],
    following: str | None, total: int,
) -> Page[ConceptSummary]:  # fmt: skip
    items = [
        ConceptSummary(
            code,
            held[code][0],
            True,
            code == "F",
            "kod",
            [p] if (p := held[code][1]) else [],
            sum(parent == code for _, parent in held.values()),
        )
        for code in codes
    ]
    return Page(system, version, REVISION, total, items, following)
