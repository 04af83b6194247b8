"""Tags of human languages (BCP 47) as a code system with FHIR's two value sets of them.

The tags are a grammar with a registry of subtags (RFC 5646): those in common use are the concepts, any other valid tag
is read as an expression. Names are those of Unicode's CLDR.

Source: RFC 5646; FHIR R5, "languages" and "all-languages" (http://hl7.org/fhir/ValueSet/…).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from termservice.fhir.memory import MemoryProvider
from termservice.fhir.model import Designation, Entry, Json, Meta
from termservice.lazy import lazy

URL = "urn:ietf:bcp:47"
_COMMON = (
    "ar", "bg", "bg-BG", "bn", "bs", "bs-BA", "cs", "cs-CZ", "da", "da-DK", "de", "de-AT", "de-CH", "de-DE", "el",
    "el-GR", "en", "en-AU", "en-CA", "en-GB", "en-IN", "en-NZ", "en-SG", "en-US", "es", "es-AR", "es-ES", "es-UY",
    "et", "et-EE", "fi", "fi-FI", "fr", "fr-BE", "fr-CA", "fr-CH", "fr-FR", "fy", "fy-NL", "hi", "hr", "hr-HR", "is",
    "is-IS", "it", "it-CH", "it-IT", "ja", "ko", "lt", "lt-LT", "lv", "lv-LV", "nl", "nl-BE", "nl-NL", "no", "no-NO",
    "pa", "pl", "pl-PL", "pt", "pt-BR", "pt-PT", "ro", "ro-RO", "ru", "ru-RU", "sk", "sk-SK", "sl", "sl-SI", "sr",
    "sr-RS", "sv", "sv-SE", "te", "zh", "zh-CN", "zh-HK", "zh-SG", "zh-TW",
)  # fmt: skip
"""FHIR's common languages."""
_MINORITIES = ("fit", "rom", "se", "sma", "smj", "yi", "swl", "sv-FI", "nb", "nn", "uk", "so", "fa", "ti", "tr", "th")
"""Of Swedish health care besides: the national minority languages, sign language, and those most often interpreted."""


class LanguageTags(MemoryProvider):
    """The tags in common use, and whatever else is a valid tag."""

    @lazy
    def meta(self) -> Meta:
        return replace(super().meta, grammar=True)

    def parse(self, code: str) -> Entry | None:
        return _entry(code) if _valid(code) else None


@cache
def provider() -> LanguageTags:
    return LanguageTags(
        {
            "resourceType": "CodeSystem",
            "url": URL,
            "name": "TagsForIdentifyingLanguages",
            "title": "Tags for Identifying Languages (BCP 47)",
            "status": "active",
            "language": "en",
            "caseSensitive": False,
            "content": "complete",
            "concept": [_concept(_entry(tag)) for tag in (*_COMMON, *_MINORITIES)],
        }
    )


def valuesets(version: str) -> list[Json]:
    """FHIR's value sets of languages, as resources."""
    head: dict[str, Any] = {"resourceType": "ValueSet", "version": version, "status": "active", "experimental": False}
    listed = {"system": URL, "concept": [{"code": tag} for tag in _COMMON]}
    ends = (
        ("languages", "CommonLanguages", "Common Languages", listed),
        ("all-languages", "AllLanguages", "All Languages", {"system": URL}),
    )
    return [
        {**head, "id": id, "url": f"http://hl7.org/fhir/ValueSet/{id}", "name": name, "title": title,
         "compose": {"include": [include]}}
        for id, name, title, include in ends
    ]  # fmt: skip


@lru_cache(maxsize=1000)
def _entry(tag: str) -> Entry:
    import langcodes  # its tables are large, and few servers are asked about languages

    found = langcodes.Language.get(tag)
    return Entry(tag, found.display_name("en"), designations=(Designation(found.display_name("sv"), "sv"),))


def _concept(entry: Entry) -> Json:
    names = [{"language": each.language, "value": each.value} for each in entry.designations]
    return {"code": entry.code, "display": entry.display, "designation": names}


@lru_cache(maxsize=1000)
def _valid(tag: str) -> bool:
    import langcodes  # as above

    return len(tag) <= 100 and "_" not in tag and langcodes.tag_is_valid(tag)
