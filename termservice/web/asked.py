"""What the address of the search page asks for, and addresses that ask for something a little different."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from codesystems.versions import iso_day
from termservice.answers import When
from termservice.web.arguments import MAX_NAME, MAX_QUERY
from termservice.web.links import search_url
from termservice.web.pages import given, kept, offset

CHAPTER = "chapter"
_ACTIVE = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """One state of the search page. The fields are the parameters of its address; what is empty is not asked for."""

    q: str = ""
    system: str = ""
    version: str = ""
    date: str = ""
    under: str = ""
    """A chapter, or another code, that results must be below."""
    level: str = ""
    active: str = ""
    group: str = ""
    offset: int = 0

    @property
    def when(self) -> When:
        return When(version=self.version or None, date=self.date or None)

    @property
    def kept(self) -> dict[str, str]:
        """What links to codes carry on, so that one stays in the same version or on the same day."""
        return kept(self.when)

    @property
    def only_active(self) -> bool | None:
        return _ACTIVE.get(self.active)

    @property
    def grouped(self) -> bool:
        return self.group == CHAPTER

    @property
    def narrowed(self) -> int:
        """How many choices beside code system and version keep results out."""
        return sum(bool(value) for value in (self.date, self.under, self.level, self.active))

    def url(self, **changes: Any) -> str:
        """The address of this state with some parameters changed; it begins at the first result."""
        return search_url(**{**asdict(self), "offset": None, **changes})


def asked() -> Asked:
    """The request's. Addresses are forgiving: what cannot be meant is not asked for. A date goes before a version."""
    day = _day(given("date"))
    return Asked(
        q=given("q")[:MAX_QUERY],
        system=given("system")[:MAX_NAME],
        version="" if day else given("version")[:MAX_NAME],
        date=day,
        under=given("under")[:MAX_NAME],
        level=given("level")[:MAX_NAME],
        active=given("active") if given("active") in _ACTIVE else "",
        group=CHAPTER if given("group") == CHAPTER else "",
        offset=offset(),
    )


def _day(text: str) -> str:
    day = iso_day(text)
    return day.isoformat() if day else ""
