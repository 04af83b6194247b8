"""Two invented code systems in memory: their content by name, version and code."""

from __future__ import annotations

from termservice.answers import COMPUTED, Change, Source, When
from termservice.errors import (
    InvalidParameter,
    NothingInForce,
    NotInVersion,
    UnknownCode,
    UnknownSystem,
    UnknownVersion,
)
from termservice.registry import parse_day

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


def system_named(name: str) -> str:
    if name not in NAMES:
        raise UnknownSystem(name, ["frukt"])
    return NAMES[name]


def content(system: str, when: When) -> tuple[str, str, dict[str, tuple[str, str | None]]]:
    short = system_named(system)
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


def code_meant(system: str, version: str, held: dict[str, tuple[str, str | None]], code: str) -> str:
    found = code if code in held else code.upper()
    if found in held:
        return found
    if found in WITHDRAWN:
        raise NotInVersion(system, found, version, ["2025"])
    raise UnknownCode(system, code, ["F10", "F20"])


def above(held: dict[str, tuple[str, str | None]], code: str) -> list[str]:
    parent = held[code][1]
    return [parent, *above(held, parent)] if parent else []
