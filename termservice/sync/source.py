"""The contract of a kind of source, and the registry that finds them.

A kind is a module under `kinds/` that defines `SOURCE`, a class. Nothing else is edited to add one. A source says
what it offers, cheaply, and fetches one thing of that.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath
from typing import ClassVar, Self
from urllib.parse import unquote, urlsplit

from termservice.sync.credentials import Login, Secrets
from termservice.sync.downloads import Fetched, Seen, Validators, Wanted, download
from termservice.sync.tables import Table
from termservice.sync.web import Target, Web

_UNSAFE = re.compile(r"[^\w.,+()~ -]")


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a source has."""

    key: str
    """What it is called there, the same in every pass."""
    name: str
    """A file name."""
    mark: str = ""
    """Another one where the content is another; empty where only fetching can tell."""
    url: str = ""
    size: int | None = None
    sha256: str = ""
    """As announced; empty where it is not."""
    published: date | None = None
    version: str = ""
    """What the source says the content's version is, where the content itself does not."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What sources work with."""

    web: Web
    secrets: Secrets
    clock: Callable[[], float]
    """Seconds since 1970."""


class Source(ABC):
    """A place that releases come from."""

    kind: ClassVar[str]
    """What the configuration calls it."""

    @classmethod
    @abstractmethod
    def read(cls, table: Table) -> Self:
        """The source that a table of the configuration describes. Raises `ConfigurationError`."""

    @abstractmethod
    def offers(self, tools: Tools) -> Sequence[Offer]:
        """What there is. Raises `Failure`, or `OSError`."""

    @abstractmethod
    def fetch(self, offer: Offer, folder: Path, have: Validators, tools: Tools, seen: Seen) -> Fetched | None:
        """Bring one offer into `folder`, where an earlier attempt may have left a beginning; None where it is what was
        taken before. Raises `Failure`, `Waiting` where it is not ready yet, or `OSError`."""


@dataclass(frozen=True, slots=True)
class Server:
    """What all sources on a server have."""

    target: Target
    max_size: int

    @classmethod
    def read(cls, table: Table) -> Server:
        url = table.text("url")
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError as error:
            raise table.wrong("url", str(error)) from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise table.wrong("url", "must be http://… or https://…")
        if parts.username or parts.password:
            raise table.wrong(
                "url", "holds a user or password; name environment variables in user_env and password_env"
            )
        hosts = frozenset(host.lower() for host in table.texts("hosts"))
        return cls(Target(url, hosts, Login.read(table)), table.size("max_size", "4 GB"))

    def fetch(self, offer: Offer, folder: Path, have: Validators, tools: Tools, seen: Seen) -> Fetched | None:
        """Download what an offer's URL names."""
        wanted = Wanted(self.target.at(offer.url), self.max_size, offer.sha256, offer.size, have)
        return download(tools.web, wanted, folder / offer.name, seen)


def file_name(text: str, default: str = "release") -> str:
    """A name that is safe as that of a file, from a title, a path or a URL's path."""
    name = PurePosixPath(unquote(text).replace("\\", "/")).name
    return _UNSAFE.sub("_", name).strip(" .")[-150:] or default


@cache
def kinds() -> dict[str, type[Source]]:
    """Every kind of source, by name."""
    from termservice.sync import kinds as package

    modules = (
        importlib.import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)
    )
    return {module.SOURCE.kind: module.SOURCE for module in modules if hasattr(module, "SOURCE")}
