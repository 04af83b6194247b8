"""Words of the pages in the language of the request: texts, names, numbers and days."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from termservice.web.localisation import language, texts

_LOCALES = {"en": "en_GB"}
"""How a language writes days and numbers here, where that is not as most of its speakers do."""
SYSTEM_NAMES = {"kva": "KVÅ", "snomed-ct": "SNOMED CT", "norddrg": "NordDRG", "termbank": "Termbanken"}
"""Short names that are not simply the id in capitals."""


def text(name: str, /, **values: object) -> str:
    """The text of that name. Raises `KeyError` where there is none."""
    return texts().text(name, **values)


def plural(name: str, count: int, /, **values: object) -> str:
    """The text of that name for a count of things, which stands in it as `{count}`."""
    return texts().plural(name, count, count=number(count), **values)


def named(group: str, name: str) -> str:
    """What something is called where we have a word for it (`level.chapter`), else the name it came with."""
    known = f"{group}.{name}"
    return text(known) if known in texts() else name


def level_name(level: str) -> str:
    """Levels of the field; those of a publisher's own stand as they are."""
    return named("level", level)


def system_name(system: str) -> str:
    """The name a code system is known by in a line of text: ICD-10-SE, KVÅ."""
    return SYSTEM_NAMES.get(system, system.upper())


def version_name(version: str) -> str:
    """A version as people say it: of one that goes by a URI (SNOMED CT) its last part."""
    return version.rstrip("/").rpartition("/")[2] if "://" in version else version


def language_name(tag: str, within: str | None = None) -> str:
    """What a language is called, in the page's language or `within` another; its tag where we do not know it."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(within or language()) or tag
    except (UnknownLocaleError, ValueError):
        return str(Locale(within or language()).languages.get(tag, tag))


def number(value: int) -> str:
    """A count with its thousands apart."""
    return _number(value, _locale())


def day(iso: str) -> str:
    """A day of ISO 8601 as one reads it: 1 januari 2026. What is none stands as it is."""
    return _day(iso, _locale())


def _locale() -> str:
    return _LOCALES.get(language(), language())


@lru_cache(maxsize=4096)
def _number(value: int, locale: str) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(maxsize=4096)
def _day(iso: str, locale: str) -> str:
    try:
        return format_date(date.fromisoformat(iso), "long", locale=locale)
    except ValueError:
        return iso
