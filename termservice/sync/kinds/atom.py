"""A syndication feed of terminology: Atom (RFC 4287) with the extensions of Australia's National Clinical Terminology
Service, which other national release centres and SNOMED International use too (NCTS Syndication API, "Syndication
feed"): `category` says what a package is, `ncts:contentItemIdentifier` and `ncts:contentItemVersion` of what, and the
link with `rel="alternate"` where it is, how long (`length`) and its `ncts:sha256Hash`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self
from urllib.parse import urlsplit

from lxml import etree

from codesystems.versions import by_size, iso_day
from termservice.sync.credentials import shown
from termservice.sync.downloads import Fetched, Seen, Validators
from termservice.sync.problems import Failure
from termservice.sync.source import Offer, Server, Source, Tools, file_name
from termservice.sync.tables import Table
from termservice.sync.web import Target

ATOM = "{http://www.w3.org/2005/Atom}"
NCTS = "{http://ns.electronichealth.net.au/ncts/syndication/asf/extensions/1.0.0}"
MAX_PAGES = 50
_ENDINGS = {"zip": ".zip", "json": ".json", "xml": ".xml"}
_LENGTH = re.compile(r"[1-9][0-9]{0,17}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")

Element = etree._Element


@dataclass(frozen=True, slots=True)
class _Entry:
    """What of an entry decides whether it is wanted."""

    identifier: str
    categories: frozenset[str]
    version: str
    offer: Offer


@dataclass(frozen=True, slots=True)
class AtomSource(Source):
    kind = "atom"

    server: Server
    categories: frozenset[str]
    """Terms, any of which an entry must have; any entry where there are none."""
    identifiers: frozenset[str]
    history: bool
    """All versions of an item, not only its latest."""

    @classmethod
    def read(cls, table: Table) -> Self:
        return cls(
            Server.read(table),
            frozenset(table.texts("categories")),
            frozenset(table.texts("identifiers")),
            table.flag("history"),
        )

    def offers(self, tools: Tools) -> Sequence[Offer]:
        entries = [entry for entry in self._entries(tools) if self._wanted(entry)]
        entries.sort(key=lambda entry: _natural(entry.version))
        if self.history:
            return [entry.offer for entry in entries]
        latest = {(entry.identifier or entry.offer.key, entry.categories): entry.offer for entry in entries}
        return list(latest.values())

    def fetch(self, offer: Offer, folder: Path, have: Validators, tools: Tools, seen: Seen) -> Fetched | None:
        return self.server.fetch(offer, folder, have, tools, seen)

    def _wanted(self, entry: _Entry) -> bool:
        fits = not self.categories or bool(self.categories & entry.categories)
        return fits and (not self.identifiers or entry.identifier in self.identifiers)

    def _entries(self, tools: Tools) -> Iterator[_Entry]:
        target = self.server.target.at(self.server.target.url)
        for _ in range(MAX_PAGES):
            feed = _parsed(tools.web.listing(target, "application/atom+xml, application/xml;q=0.9"), target)
            for element in feed.iterfind(f"{ATOM}entry"):
                entry = _entry(element, target)
                if entry is not None:
                    yield entry
            onward = next(
                (each.get("href") for each in feed.iterfind(f"{ATOM}link") if each.get("rel") == "next"), None
            )
            if not onward:
                return
            target = target.at(onward)
        raise Failure(f"{shown(self.server.target.url)}: more than {MAX_PAGES} pages")


def _parsed(body: bytes, target: Target) -> Element:
    """The feed. Nothing outside it is loaded and no entity expanded."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        feed = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Failure(f"{shown(target.url)} is not XML ({error.msg})") from error
    if feed.tag != f"{ATOM}feed":
        raise Failure(f"{shown(target.url)} is not an Atom feed")
    return feed


def _entry(element: Element, target: Target) -> _Entry | None:
    """An entry that names a file; None where it does not."""
    links = [link for link in element.iterfind(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
    link = next((link for link in links if link.get("href")), None)
    key = _text(element, f"{ATOM}id")
    if link is None or not key:
        return None
    href, length, sha256 = link.get("href", ""), link.get("length", ""), link.get(f"{NCTS}sha256Hash", "")
    version = _text(element, f"{NCTS}contentItemVersion")
    day = (_text(element, f"{ATOM}published") or _text(element, f"{ATOM}updated"))[:10]
    offer = Offer(
        key=key,
        name=_name(href, link.get("type", ""), _text(element, f"{ATOM}title")),
        mark=f"{version} {sha256 or _text(element, f'{ATOM}updated')} {length}",
        url=target.at(href).url,
        size=int(length) if _LENGTH.fullmatch(length) else None,
        sha256=sha256 if _SHA256.fullmatch(sha256) else "",
        published=iso_day(day),
        version=version,
    )
    terms = frozenset(each.get("term", "") for each in element.iterfind(f"{ATOM}category"))
    return _Entry(_text(element, f"{NCTS}contentItemIdentifier"), terms, version or day, offer)


def _name(href: str, media: str, title: str) -> str:
    """The file's name: what the link ends in, or else the title with the ending that its type has."""
    last = PurePosixPath(urlsplit(href).path)
    ending = next((ending for word, ending in _ENDINGS.items() if word in media), last.suffix)
    if last.suffix and last.suffix.lower() == ending.lower():
        return file_name(last.name)
    return file_name(title.replace("/", "-")) + ending


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _natural(version: str) -> list[tuple[int, int, str]]:
    """Versions in order, with their numbers compared as numbers."""
    return [(1, *by_size(part)) if part.isdecimal() else (0, 0, part) for part in re.split(r"(\d+)", version)]


SOURCE = AtomSource
