"""A service small enough to read, for tests of the web alone: two invented code systems, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from termservice.answers import (
    COMPUTED,
    Change,
    ChangesAnswer,
    CodeSystemInfo,
    ConceptAnswer,
    ConceptSummary,
    DesignationAnswer,
    Event,
    HistoryAnswer,
    Listing,
    Matched,
    NoteAnswer,
    Page,
    PropertyAnswer,
    SearchAnswer,
    SearchItem,
    Source,
    SubsumesAnswer,
    Successor,
    Suggestion,
    ValidateAnswer,
    VersionInfo,
    When,
)
from termservice.errors import (
    InvalidParameter,
    NothingInForce,
    NotInVersion,
    UnknownCode,
    UnknownMap,
    UnknownSystem,
    UnknownValueSet,
    UnknownVersion,
)
from termservice.mapanswers import (
    ConceptMaps,
    Coverage,
    ElementAnswer,
    Hop,
    MapInfo,
    Match,
    Part,
    TranslateAnswer,
    Unmapped,
)
from termservice.maprules import Need
from termservice.registry import parse_day
from termservice.searching import Stages
from termservice.snomed.ecl import parse
from termservice.translating import Question
from termservice.valuesetanswers import (
    MemberAnswer,
    MemberChange,
    MemberChanges,
    MembersAnswer,
    ValueSetInfo,
)
from termservice.valuesetanswers import Source as MemberSource

REVISION = 7
NOW = When()
URL = "http://example.org/fhir/sid/frukt"

FRUIT = {
    "F": ("Frukter", None),
    "F10": ("Äpplen", "F"),
    "F10.1": ("Äpple, rött", "F10"),
    "F10.2": ("Äpple, grönt", "F10"),
    "F20": ("Päron & <annat>", "F"),
}
WITHDRAWN = {"F30": ("Kvitten", "F")}
ODD = {
    code: (f"Udda {number}", None)
    for number, code in enumerate(("A/B", "A&B", "Å 1", "x.y/z", "a%b", "q?r#s", "=1+1", "B//C"))
}
OFFICIAL = Source("publisher", "Släpp 2026", "ändringar.xlsx", 4)
CHANGES = [
    Change("=F9", "=1+1", "introduced", "2026-01-01", "2026", None, "=1+1", None, COMPUTED),
    Change("F10", "Äpplen", "retitled", "2026-01-01", "2026", "Äpplen, alla", "Äpplen alla", "cosmetic", COMPUTED),
    Change("F10.1", "Äpple, rött", "moved", "2026-01-01", "2026", ["F"], ["F10"], None, COMPUTED),
    Change("F20", "Päron", "note-changed", "2026-01-01", "2026", {"Innefattar": ["A", "B"]}, {"Innefattar": []}, None,
           COMPUTED),
    Change("F30", "Kvitten", "withdrawn", "2026-01-01", "2026", "Kvitten", None, None, COMPUTED),
    Change("F30", "Kvitten", "replaced-by", "2026-01-01", "2026", None, "F20", None, OFFICIAL),
]  # fmt: skip
SYSTEMS: dict[str, dict[str, dict[str, tuple[str, str | None]]]] = {
    "frukt": {"2025": FRUIT | WITHDRAWN, "2026": FRUIT},
    "udda": {"1": ODD},
}
EFFECTIVE = {"2025": "2025-01-01", "2026": "2026-01-01", "1": "2020-01-01"}
NAMES = {"frukt": "frukt", URL: "frukt", "urn:oid:1.2.3": "frukt", "1.2.3": "frukt", "udda": "udda"}
MAP = "frukt-till-udda"
MAP_NAMES = {MAP: MAP, "urn:conceptmap:frukt-till-udda": MAP, "http://example.org/map/frukt": MAP}
NEED = Need("age", "445518008", "Age at onset", "< 28 days")
ELEMENTS = [
    ElementAnswer(MAP, "2026", "frukt", source, None, "udda", target, None, relationship, 1, number, "", "", "")
    for number, (source, target, relationship) in enumerate(
        (
            ("F10", "A/B", "equivalent"), ("F10", "x.y/z&a%b", "related-to"), ("F20", "", "unmapped"),
            ("http://example.org/frukt?id=1&x=2", "A&B", "related-to"),
        ),
        1,
    )
]  # fmt: skip

VALUESET = "urval-frukt"
VALUESET_URL = "http://example.org/ValueSet/urval-frukt"
MEMBERS = [
    MemberAnswer("frukt", "F10", "Äpplen", True, False, "current", ""),
    MemberAnswer("frukt", "F30", "Kvitten", False, False, "withdrawn", "Utgår 2026",
                 [Successor("F20", "Päron", "replaced-by", None, True, OFFICIAL)]),
    MemberAnswer("långt-borta", "L1", None, None, False, "not-loaded", ""),
]  # fmt: skip


class StubValueSets:
    """The methods of `ValueSetService` that the web calls."""

    def listing(self) -> Listing[ValueSetInfo]:
        return Listing(REVISION, 1, [self.info(VALUESET)])

    def info(self, name: str) -> ValueSetInfo:
        systems = [MemberSource("frukt", URL, "2026", 2), MemberSource("långt-borta", "urn:x:bort", None, 1)]
        return ValueSetInfo(
            self._valueset(name), VALUESET_URL, "Urval av frukt", "Provmyndigheten", "sv", "2026", "2026-01-01", 3,
            systems, None, 2, REVISION, ["1.2.3.9"], "Fri.",
        )  # fmt: skip

    def versions(self, name: str) -> Listing[VersionInfo]:
        items = [
            VersionInfo(version, EFFECTIVE[version], "2026-01-02T03:04:05Z", 3, version == "2026", False, "")
            for version in ("2026", "2025")
        ]
        return Listing(REVISION, 2, items, system=self._valueset(name))

    def members(
        self, name: str, when: When = NOW, offset: int = 0, limit: int = 100, lang: Sequence[str] = ()
    ) -> MembersAnswer:
        short, version = self._valueset(name), self._version(name, when)
        following = str(offset + limit) if offset + limit < len(MEMBERS) else None
        day = when.date or "2026-11-21"
        items = MEMBERS[offset : offset + limit]
        systems = {"frukt": "2026", "långt-borta": None}
        return MembersAnswer(short, version, REVISION, day, systems, len(MEMBERS), items, following)

    def when_named(self, name: str, text: str) -> When:
        self._valueset(name)
        return When(date=text) if text.count("-") == 2 else When(text)

    def changes(
        self, name: str, start: When = NOW, end: When = NOW, offset: int = 0, limit: int = 100
    ) -> MemberChanges:
        short = self._valueset(name)
        before, after = (self._version(name, each) for each in (start, end))
        found = [
            MemberChange("added", "frukt", "F10", "Äpplen", ""),
            MemberChange("removed", "frukt", "F20", None, "Utgår"),
        ]
        following = str(offset + limit) if offset + limit < len(found) else None
        items = found[offset : offset + limit]
        return MemberChanges(short, before, after, REVISION, 1, 1, False, len(found), items, following)

    def _version(self, name: str, when: When) -> str:
        if when.version not in (None, "2025", "2026"):
            raise UnknownVersion(self._valueset(name), when.version, ["2025", "2026"])
        return when.version or ("2025" if when.date and when.date < "2026" else "2026")

    def _valueset(self, name: str) -> str:
        if name not in (VALUESET, VALUESET_URL, "urn:oid:1.2.3.9"):
            raise UnknownValueSet(name, [VALUESET])
        return VALUESET


class StubOutlines:
    """The methods of `Outlines`: what has no parent is a chapter."""

    def __init__(self, service: StubService) -> None:
        self._service = service

    def chapters(self, system: str, when: When, lang: Sequence[str] = ()) -> list[ConceptSummary]:
        found = self._service.roots(system, when).items
        return [each for each in found if self._service.children(system, each.code, when).total]

    def placed(
        self, system: str, codes: Sequence[str], when: When, lang: Sequence[str] = ()
    ) -> dict[str, ConceptSummary]:
        _, _, held = self._service._content(system, when)
        chapters = {each.code: each for each in self.chapters(system, when)}
        homes = {code: [code, *self._service._above(held, code)][-1] for code in codes if code in held}
        return {code: chapters[home] for code, home in homes.items() if home in chapters}

    def levels(self, system: str, when: When) -> list[str]:
        return ["grupp", "kod"]


class StubMaps:
    """The methods of `MapService`; remembers what it was asked."""

    def __init__(self, service: StubService) -> None:
        self._service = service
        self.questions: list[Question] = []

    def maps(self, source: str | None = None, target: str | None = None) -> Listing[MapInfo]:
        ends = [self._service._system(name) if name else None for name in (source, target)]
        items = [self.map(MAP)] if ends[0] in (None, "frukt") and ends[1] in (None, "udda") else []
        return Listing(REVISION, len(items), items)

    def map(self, name: str) -> MapInfo:
        coverage = Coverage(4, 3, 2, 1, 5, 1, 3, 2, 1, {"equivalent": 1, "related-to": 2, "unmapped": 1})
        return MapInfo(
            self._map(name), f"urn:conceptmap:{MAP}", "Frukter till udda", "Provmyndigheten", "sv", "frukt", "udda",
            "2026", "2026-01-01", "2026", "", 2, REVISION, coverage, ["http://example.org/map/frukt"], "Fri.",
        )  # fmt: skip

    def versions(self, name: str) -> Listing[VersionInfo]:
        items = [
            VersionInfo(version, EFFECTIVE[version], "2026-01-02T03:04:05Z", 4, version == "2026", False, "")
            for version in ("2026", "2025")
        ]
        return Listing(REVISION, 2, items, system=self._map(name))

    def elements(self, name: str, when: When = NOW, *, offset: int = 0, limit: int = 100) -> Page[ElementAnswer]:
        short = self._map(name)
        if when.version not in (None, "2025", "2026"):
            raise UnknownVersion(short, when.version, ["2025", "2026"])
        following = str(offset + limit) if offset + limit < len(ELEMENTS) else None
        items = ELEMENTS[offset : offset + limit]
        return Page(short, when.version or "2026", REVISION, len(ELEMENTS), items, following)

    def of_concept(self, system: str, code: str, when: When = NOW, lang: Sequence[str] = ()) -> ConceptMaps:
        short, version, held = self._service._content(system, when)
        items = [each for each in ELEMENTS if code in (each.source, each.target)]
        if not items:
            code = self._service._code(short, version, held, code)
        display = f"{code} ({','.join(lang)})"
        return ConceptMaps(short, version, REVISION, code, display, len(items), items)

    def translate(self, question: Question) -> TranslateAnswer:
        self.questions.append(question)
        found = self._service.concept(question.system, question.code, question.when, question.lang)
        target = self._service._system(question.target) if question.target else None
        used = self._map(question.map or MAP)
        hop = Hop(used, "2026", False, found.system, found.code, "udda", "A/B", "equivalent")
        follower = Successor("B//C", None, "replaced-by", None, True, OFFICIAL)
        match = Match(
            "udda", "1", "A/B", "Udda 0", "related-to", "IFA", "Råd", 1, 1, used, "2026", [hop, hop], True, "depends",
            "withdrawn", False, "", [NEED], [Part("A", None, None), Part("B", "Udda", True)], [follower],
        )  # fmt: skip
        none = Unmapped("udda", used, "2026", "finns ej", "", "depends", [NEED], [hop])
        return TranslateAnswer(
            found.system, found.version, REVISION, found.code, found.display, found.active, target, True, None,
            [match], [none], [NEED], [follower],
        )  # fmt: skip

    def _map(self, name: str) -> str:
        if name not in MAP_NAMES:
            raise UnknownMap(name, [MAP])
        return MAP_NAMES[name]


class StubService:
    """The methods of `TerminologyService` that the web calls. `broken` makes look-ups fail as a bug would."""

    broken = False
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

    def codesystems(self) -> Listing[CodeSystemInfo]:
        return Listing(REVISION, len(SYSTEMS), [self.codesystem(name) for name in SYSTEMS])

    def codesystem(self, system: str) -> CodeSystemInfo:
        short = self._system(system)
        versions = SYSTEMS[short]
        last = list(versions)[-1]
        aliases = [name for name, target in NAMES.items() if target == short and name not in (short, URL)]
        return CodeSystemInfo(
            short, URL if short == "frukt" else "urn:x:udda", f"Klassifikation av {short}", "Provmyndigheten", "sv",
            aliases, last, EFFECTIVE[last], len(versions[last]), len(versions), REVISION, "Får spridas fritt.",
        )  # fmt: skip

    def versions(self, system: str) -> Listing[VersionInfo]:
        short = self._system(system)
        last = list(SYSTEMS[short])[-1]
        items = [
            VersionInfo(name, EFFECTIVE[name], "2026-01-02T03:04:05Z", len(held), name == last, False, f"Släpp {name}")
            for name, held in reversed(SYSTEMS[short].items())
        ]
        return Listing(REVISION, len(items), items, system=short)

    def concept(self, system: str, code: str, when: When = NOW, lang: Sequence[str] = ()) -> ConceptAnswer:
        if self.broken:
            raise RuntimeError("a bug with a secret in it")
        short, version, held = self._content(system, when)
        gone = code in WITHDRAWN and code not in held and when == NOW
        if gone:
            version, held = "2025", SYSTEMS[short]["2025"]
        found = self._code(short, version, held, code)
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
        short, version, held = self._content(system, when)
        codes = [code for code in held if after is None or code > after]
        return self._page(short, version, held, codes[:limit], codes[limit - 1] if codes[limit:] else None, len(held))

    def known(
        self, system: str, spellings: Sequence[str], when: When = NOW, lang: Sequence[str] = ()
    ) -> dict[str, ConceptSummary]:
        short, version, held = self._content(system, when)
        meant = {spelling: spelling.rstrip("†*").upper() for spelling in spellings}
        codes = [code for code in meant.values() if code in held]
        found = {each.code: each for each in self._page(short, version, held, codes, None, 0).items}
        return {spelling: found[code] for spelling, code in meant.items() if code in found}

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
        short, version, _ = self._content(system, when)
        rows: list[dict[str, int | str | None]] = [
            {"referencedComponentId": code, "mapGroup": group, "mapTarget": None}
            for group, code in enumerate(("404684003", "138875005"))
        ]
        following = str(offset + limit) if offset + limit < len(rows) else None
        return Page(short, version, REVISION, len(rows), rows[offset : offset + limit], following)

    def roots(self, system: str, when: When = NOW, **kwargs: Any) -> Page[ConceptSummary]:
        short, version, held = self._content(system, when)
        return self._cut(short, version, held, [code for code, (_, parent) in held.items() if not parent], **kwargs)

    def children(self, system: str, code: str, when: When = NOW, **kwargs: Any) -> Page[ConceptSummary]:
        short, version, held = self._content(system, when)
        found = self._code(short, version, held, code)
        return self._cut(short, version, held, [c for c, (_, parent) in held.items() if parent == found], **kwargs)

    def ancestors(self, system: str, code: str, when: When = NOW, **kwargs: Any) -> Page[ConceptSummary]:
        short, version, held = self._content(system, when)
        return self._cut(short, version, held, self._above(held, self._code(short, version, held, code)), **kwargs)

    def descendants(self, system: str, code: str, when: When = NOW, **kwargs: Any) -> Page[ConceptSummary]:
        short, version, held = self._content(system, when)
        found = self._code(short, version, held, code)
        return self._cut(short, version, held, [c for c in held if found in self._above(held, c)], **kwargs)

    def subsumes(self, system: str, code_a: str, code_b: str, when: When = NOW) -> SubsumesAnswer:
        short, version, held = self._content(system, when)
        a, b = (self._code(short, version, held, code) for code in (code_a, code_b))
        outcome = "equivalent" if a == b else "subsumes" if a in self._above(held, b) else "not-subsumed"
        return SubsumesAnswer(short, version, REVISION, outcome, a, b)

    def search(
        self, query: str, *, systems: Sequence[str] = (), when: When = NOW, lang: Sequence[str] = (),
        language: str | None = None, active: bool | None = None, levels: Sequence[str] = (), under: str | None = None,
        ecl: str | None = None, limit: int = 20, offset: int = 0,
    ) -> SearchAnswer:  # fmt: skip
        chosen = [self._content(name, when) for name in (systems or SYSTEMS)]
        wanted = query.casefold().strip()
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
            REVISION, versions, len(items), items[offset : offset + limit], following, suggestion, len(query) / 7
        )

    def validate(self, system: str, code: str, when: When = NOW, display: str | None = None) -> ValidateAnswer:
        short, version, held = self._content(system, when)
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
        short, first, _ = self._content(system, start)
        _, last, held = self._content(system, end)
        if under is not None:
            self._code(short, last, held, under)
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
        short, version, held = self._content(system, when)
        return (asdict(self.concept(short, code, When(version))) for code in held)

    def health(self) -> dict[str, Any]:
        return {"status": "ok", "revision": REVISION}

    def _system(self, name: str) -> str:
        if name not in NAMES:
            raise UnknownSystem(name, ["frukt"])
        return NAMES[name]

    def _content(self, system: str, when: When) -> tuple[str, str, dict[str, tuple[str, str | None]]]:
        short = self._system(system)
        versions = SYSTEMS[short]
        version = when.version or list(versions)[-1]
        if when.date is not None:
            if when.version is not None:
                raise InvalidParameter({"date": "not both"})
            parse_day(when.date)
            past = [name for name in versions if EFFECTIVE[name] <= when.date]
            if not past:
                raise NothingInForce(short, when.date, EFFECTIVE[next(iter(versions))], list(versions))
            version = past[-1]
        if version not in versions:
            raise UnknownVersion(short, version, list(versions))
        return short, version, versions[version]

    def _code(self, system: str, version: str, held: dict[str, tuple[str, str | None]], code: str) -> str:
        found = code if code in held else code.upper()
        if found in held:
            return found
        if found in WITHDRAWN:
            raise NotInVersion(system, found, version, ["2025"])
        raise UnknownCode(system, code, ["F10", "F20"])

    def _above(self, held: dict[str, tuple[str, str | None]], code: str) -> list[str]:
        parent = held[code][1]
        return [parent, *self._above(held, parent)] if parent else []

    def _cut(
        self, system: str, version: str, held: dict[str, tuple[str, str | None]], codes: Sequence[str], *,
        offset: int = 0, limit: int = 100, lang: Sequence[str] = (),
    ) -> Page[ConceptSummary]:  # fmt: skip
        following = str(offset + limit) if offset + limit < len(codes) else None
        return self._page(system, version, held, codes[offset : offset + limit], following, len(codes))

    def _page(
        self, system: str, version: str, held: dict[str, tuple[str, str | None]], codes: Sequence[str],
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
