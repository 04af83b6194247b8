"""The attachments of a page on a Confluence site, by its REST list.

`GET {url}/rest/api/content/{page}/child/attachment` (Confluence Server and Cloud REST API, "Get attachments"): a page
of `results` with `title`, `version.number`, `extensions.fileSize` and `_links.download`, and `_links.next` where there
are more. This is how the Swedish classifications' files are published today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from termservice.sync.credentials import shown
from termservice.sync.downloads import Fetched, Seen, Validators
from termservice.sync.problems import Failure
from termservice.sync.source import Offer, Server, Source, Tools, file_name
from termservice.sync.tables import Table
from termservice.sync.web import Target

PAGE = 100
MAX_PAGES = 50


@dataclass(frozen=True, slots=True)
class ConfluenceSource(Source):
    kind = "confluence"

    server: Server
    page: int

    @classmethod
    def read(cls, table: Table) -> Self:
        return cls(Server.read(table), table.whole("page", 0, 1, 2**53))

    def offers(self, tools: Tools) -> Sequence[Offer]:
        found: dict[str, Offer] = {}
        link: str | None = f"/rest/api/content/{self.page}/child/attachment?limit={PAGE}&expand=version"
        for _ in range(MAX_PAGES):
            if link is None:
                return list(found.values())
            target = self._at(link)
            listed = _listing(tools.web.listing(target, "application/json"), target)
            try:
                found.update((offer.key, offer) for offer in self._read(listed["results"]))
                link = listed.get("_links", {}).get("next")
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise Failure(f"{shown(target.url)} is not a list of attachments ({error!r})") from error
        raise Failure(f"{shown(self.server.target.url)}: more than {MAX_PAGES} pages of attachments")

    def fetch(self, offer: Offer, folder: Path, have: Validators, tools: Tools, seen: Seen) -> Fetched | None:
        return self.server.fetch(offer, folder, have, tools, seen)

    def _read(self, results: Sequence[dict[str, Any]]) -> Iterator[Offer]:
        for each in results:
            link = each["_links"]["download"]
            version = each.get("version") or {}
            size = (each.get("extensions") or {}).get("fileSize")
            when = str(version.get("when") or "")[:10]
            yield Offer(
                key=str(each["id"]),
                name=file_name(str(each["title"])),
                mark=f"{each['id']} {version.get('number') or link} {size}",
                url=self._at(str(link)).url,
                size=int(size) if size is not None else None,
                published=date.fromisoformat(when) if when else None,
            )

    def _at(self, link: str) -> Target:
        """A link is relative to the site's own path, which it may or may not repeat."""
        base = self.server.target.url.rstrip("/")
        context = urlsplit(base).path
        if link.startswith("/") and not (context and link.startswith(f"{context}/")):
            link = context + link
        return self.server.target.at(link)


def _listing(body: bytes, target: Target) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Failure(f"{shown(target.url)} is not JSON: is it the address of a Confluence site?") from error
    if not isinstance(found, dict):
        raise Failure(f"{shown(target.url)} is not a list of attachments")
    return found


SOURCE = ConfluenceSource
