"""A file at a fixed URL, fetched when it has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from termservice.sync.downloads import Fetched, Seen, Validators
from termservice.sync.source import Offer, Server, Source, Tools, file_name
from termservice.sync.tables import Table


@dataclass(frozen=True, slots=True)
class UrlSource(Source):
    kind = "url"

    server: Server
    name: str
    sha256: str

    @classmethod
    def read(cls, table: Table) -> Self:
        server = Server.read(table)
        sha256 = table.text("sha256", "").lower()
        if sha256 and (len(sha256) != 64 or not all(letter in "0123456789abcdef" for letter in sha256)):
            raise table.wrong("sha256", "must be 64 hexadecimal digits")
        name = table.text("file_name", "") or urlsplit(server.target.url).path
        return cls(server, file_name(name), sha256)

    def offers(self, tools: Tools) -> Sequence[Offer]:
        """Always itself: the server says whether it is new (`If-None-Match`, `If-Modified-Since`)."""
        return [Offer(self.server.target.url, self.name, self.sha256, self.server.target.url, sha256=self.sha256)]

    def fetch(self, offer: Offer, folder: Path, have: Validators, tools: Tools, seen: Seen) -> Fetched | None:
        return self.server.fetch(offer, folder, have, tools, seen)


SOURCE = UrlSource
