"""A value set of the invented code systems."""

from __future__ import annotations

from collections.abc import Sequence

from termservice.answers import Listing, Successor, VersionInfo, When
from termservice.errors import UnknownValueSet, UnknownVersion
from termservice.valuesetanswers import MemberAnswer, MemberChange, MemberChanges, MembersAnswer, ValueSetInfo
from termservice.valuesetanswers import Source as MemberSource
from tests.test_termservice.test_web.stub_content import EFFECTIVE, NOW, OFFICIAL, REVISION, URL

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
