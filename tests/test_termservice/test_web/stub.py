"""A service small enough to read, for tests of the web alone: two invented code systems, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from termservice.answers import (
    ChangesAnswer,
    ConceptSummary,
    Event,
    HistoryAnswer,
    Matched,
    Page,
    SearchAnswer,
    SearchItem,
    Successor,
    Suggestion,
    ValidateAnswer,
    When,
)
from termservice.searching import Stages
from termservice.snomed.ecl import parse
from tests.test_termservice.test_web.stub_codesystems import StubCodeSystems, StubOutlines
from tests.test_termservice.test_web.stub_content import (
    CHANGES,
    NOW,
    OFFICIAL,
    REVISION,
    SYSTEMS,
    WITHDRAWN,
    code_meant,
    content,
)
from tests.test_termservice.test_web.stub_maps import StubMaps
from tests.test_termservice.test_web.stub_valuesets import StubValueSets

UNKNOWN = ("kiwi", "mango")
"""Words that no concept holds."""


class StubService(StubCodeSystems):
    """The methods of `TerminologyService` that the web calls."""

    home = Path("/nonexistent")

    def __init__(self) -> None:
        self.search_stages = Stages()
        self.maps = StubMaps(self)
        self.outlines = StubOutlines(self)
        self.valuesets = StubValueSets()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        yield

    def close(self) -> None: ...

    def revision(self) -> int:
        return REVISION

    def moment(self) -> tuple[int, date]:
        return REVISION, date(2026, 11, 21)

    def health(self) -> dict[str, Any]:
        return {"status": "ok", "revision": REVISION}

    def search(
        self, query: str, *, systems: Sequence[str] = (), when: When = NOW, lang: Sequence[str] = (),
        language: str | None = None, active: bool | None = None, levels: Sequence[str] = (), under: str | None = None,
        ecl: str | None = None, limit: int = 20, offset: int = 0,
    ) -> SearchAnswer:  # fmt: skip
        chosen = [content(name, when) for name in (systems or SYSTEMS)]
        words = query.casefold().split()
        left_out = [word for word in words if word in UNKNOWN]
        wanted = " ".join(word for word in words if word not in UNKNOWN)
        items = [
            SearchItem(
                short, version, code, display,
                Matched(code, "code", "") if wanted == code.casefold() else Matched(display, "display", "sv"),
                True, code == "F", "kod", 1.0,
            )
            for short, version, held in chosen
            for code, (display, _) in held.items()
            if wanted and (wanted in display.casefold() or wanted == code.casefold())
            if language in (None, "sv") and (not levels or "kod" in levels)
        ]  # fmt: skip
        following = str(offset + limit) if offset + limit < len(items) else None
        versions = {short: version for short, version, _ in chosen}
        suggestion = "äpple" if wanted == "äple" else None
        return SearchAnswer(
            REVISION, versions, len(items), items[offset : offset + limit], following, suggestion, left_out,
            bool(left_out), len(query) / 7,
        )  # fmt: skip

    def ecl(
        self, system: str, expression: str, when: When = NOW, *, after: str | None = None, limit: int = 100,
        lang: Sequence[str] = (),
    ) -> Page[ConceptSummary]:  # fmt: skip
        parse(expression)
        return self.concepts(system, when, after=after, limit=limit, lang=lang)

    def members(
        self, system: str, expression: str, when: When = NOW, *, offset: int = 0, limit: int = 100
    ) -> Page[dict[str, int | str | None]]:
        parse(expression)
        short, version, _ = content(system, when)
        rows: list[dict[str, int | str | None]] = [
            {"referencedComponentId": code, "mapGroup": group, "mapTarget": None}
            for group, code in enumerate(("404684003", "138875005"))
        ]
        following = str(offset + limit) if offset + limit < len(rows) else None
        return Page(short, version, REVISION, len(rows), rows[offset : offset + limit], following)

    def validate(self, system: str, code: str, when: When = NOW, display: str | None = None) -> ValidateAnswer:
        short, version, held = content(system, when)
        if code not in held:
            return ValidateAnswer(short, version, REVISION, code, False, None, "unknown")
        right = display in (None, held[code][0])
        return ValidateAnswer(short, version, REVISION, code, right, held[code][0], None, True, False)

    def history(self, system: str, code: str, lang: Sequence[str] = ()) -> HistoryAnswer:
        found = self.concept(system, code.upper() if code.upper() in WITHDRAWN else code, NOW, lang)
        gone = not found.active
        last = "2025-12-31" if gone else None
        period: dict[str, object] = {
            "from": "2025-01-01", "from_known": False, "first_version": "2025", "after_version": None, "to": last,
            "last_version": "2025" if gone else "2026", "until_version": "2026" if gone else None,
        }  # fmt: skip
        events = [
            Event(c.date, "2025", c.version, c.type, None, c.before, c.after, c.wording, c.source, None)
            for c in CHANGES
            if c.code == found.code
        ]
        return HistoryAnswer(
            found.system, found.code, REVISION, found.display, found.active, [period], events,
            [Successor("F20", "Päron & <annat>", "replaced-by", True, True, OFFICIAL)] if gone else [],
            [Suggestion("F10", "Äpplen", "sibling-code")] if gone else [],
        )  # fmt: skip

    def changes(
        self, system: str, start: When, end: When = NOW, *, types: Sequence[str] = (), under: str | None = None,
        source: str = "computed", offset: int = 0, limit: int | None = 100, lang: Sequence[str] = (),
    ) -> ChangesAnswer:  # fmt: skip
        short, first, _ = content(system, start)
        _, last, held = content(system, end)
        if under is not None:
            code_meant(short, last, held, under)
        found = [
            change
            for change in (CHANGES if short == "frukt" and first != last else [])
            if source in ("all", change.source.by) and (under is None or change.code.startswith(under))
        ]
        counts: dict[str, int] = {}
        for change in found:
            counts[change.type] = counts.get(change.type, 0) + 1
        kept = [change for change in found if not types or change.type in types]
        stop = len(kept) if limit is None else offset + limit
        following = str(stop) if stop < len(kept) else None
        return ChangesAnswer(short, first, last, REVISION, counts, len(kept), kept[offset:stop], following)

    def export(self, system: str, when: When = NOW) -> Iterator[dict[str, Any]]:
        short, version, held = content(system, when)
        return (asdict(self.concept(short, code, When(version))) for code in held)
