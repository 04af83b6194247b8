"""A map between the invented code systems."""

from __future__ import annotations

from collections.abc import Sequence

from termservice.answers import Listing, Page, Successor, VersionInfo, When
from termservice.errors import UnknownMap, UnknownVersion
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
from termservice.translating import Question
from tests.test_termservice.test_web.stub_codesystems import StubCodeSystems
from tests.test_termservice.test_web.stub_content import (
    EFFECTIVE,
    NOW,
    OFFICIAL,
    REVISION,
    code_meant,
    content,
    system_named,
)

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


class StubMaps:
    """The methods of `MapService`; remembers what it was asked."""

    def __init__(self, service: StubCodeSystems) -> None:
        self._service = service
        self.questions: list[Question] = []

    def maps(self, source: str | None = None, target: str | None = None, *, measured: bool = True) -> Listing[MapInfo]:
        ends = [system_named(name) if name else None for name in (source, target)]
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
        short, version, held = content(system, when)
        items = [each for each in ELEMENTS if code in (each.source, each.target)]
        if not items:
            code = code_meant(short, version, held, code)
        display = f"{code} ({','.join(lang)})"
        return ConceptMaps(short, version, REVISION, code, display, len(items), items)

    def translate(self, question: Question) -> TranslateAnswer:
        self.questions.append(question)
        found = self._service.concept(question.system, question.code, question.when, question.lang)
        target = system_named(question.target) if question.target else None
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
