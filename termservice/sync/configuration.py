"""The configuration file of sync: sources, limits of the guard, how servers are asked, who is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from termservice.sync.credentials import Login
from termservice.sync.guard import Limits
from termservice.sync.source import Source, kinds
from termservice.sync.tables import Table
from termservice.sync.web import Manners

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Handling:
    """How what comes from a source is read; the names are those of the options of `load`."""

    files: tuple[str, ...] = ("*",)
    """Patterns of the names that are taken."""
    not_files: tuple[str, ...] = ()
    together: bool = False
    """All files are one delivery: a release in several files."""
    systems: tuple[str, ...] = ()
    """What the source is there for; a release of anything else is held."""
    hold: bool = False
    partial: bool = False
    system: str | None = None
    version: str | None = None
    """Where neither content nor names say it; `%Y`, `%m` and `%d` stand for the day it was published."""
    effective: date | None = None
    columns: dict[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Configured:
    """A source of the file."""

    name: str
    source: Source
    handling: Handling


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where reports are posted. The address is a secret where it is named by a variable."""

    url: str
    url_env: str
    login: Login
    secret_env: str = ""
    secret_file: Path | None = None
    """What posts are signed with, if they are."""


@dataclass(frozen=True, slots=True)
class Mail:
    sender: str
    recipients: tuple[str, ...]
    host: str = "localhost"
    port: int = 25
    starttls: bool = False
    user_env: str = ""
    password_env: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told what: the `[report]` table."""

    after_failures: int = 3
    """A source that cannot be read is news the so-many-th time in a row."""
    keep: int = 100
    """Reports in the home folder."""
    webhook: Webhook | None = None
    mail: Mail | None = None
    metrics: Path | None = None
    """A file for the textfile collector of Prometheus's node exporter."""


@dataclass(frozen=True, slots=True)
class Configuration:
    sources: tuple[Configured, ...]
    manners: Manners
    telling: Telling


def read(path: Path) -> Configuration:
    """Read and check the whole file. Raises `ConfigurationError`, which names line and key."""
    table = Table.read(path)
    limits = Limits.read(table.table("guard"))
    manners = _manners(table.table("http"))
    telling = _telling(table.table("report"))
    sources: list[Configured] = []
    for each in table.tables("source"):
        found = _source(each, limits)
        if any(found.name == other.name for other in sources):
            raise each.wrong("name", f"there are two sources {found.name!r}")
        sources.append(found)
    table.done()
    if not sources:
        raise table.wrong("source", "no [[source]] is given")
    return Configuration(tuple(sources), manners, telling)


def _source(table: Table, limits: Limits) -> Configured:
    name = table.text("name")
    if not _NAME.fullmatch(name):
        raise table.wrong("name", "must be lower case letters, digits, '.', '_' and '-'")
    known = kinds()
    kind = table.text("kind")
    if kind not in known:
        raise table.wrong("kind", f"{kind!r} is none of {', '.join(sorted(known))}")
    found = Configured(name, known[kind].read(table), _handling(table, limits))
    table.done()
    return found


def _handling(table: Table, limits: Limits) -> Handling:
    """The columns of a plain list or map are kept with `from`, `to` and `valueset`, as `load` does."""
    columns = table.mapping("columns")
    for option in ("from", "to", "valueset"):
        value = table.text(option, "")
        if value:
            columns[option] = value
    return Handling(
        files=table.texts("files", ("*",)),
        not_files=table.texts("not_files"),
        together=table.flag("together"),
        systems=table.texts("systems"),
        hold=table.flag("hold"),
        partial=table.flag("partial"),
        system=table.text("system", None),
        version=table.text("version", None),
        effective=table.day("effective_date"),
        columns=columns,
        limits=Limits.read(table.table("guard"), limits),
    )


def _manners(table: Table) -> Manners:
    ca_file = table.path("ca_file", None)
    if ca_file is not None and not ca_file.is_file():
        raise table.wrong("ca_file", f"there is no file {ca_file}")
    found = Manners(
        retries=table.whole("retries", 5, 0, 20),
        backoff=table.share("backoff", 1.0, 60.0),
        longest_pause=table.duration("longest_pause", "2m"),
        timeout=table.duration("timeout", "30s"),
        total_time=table.duration("total_time", "1h"),
        allow_private=table.networks("allow_private"),
        proxy_env=table.text("proxy_env", ""),
        ca_file=str(ca_file or ""),
    )
    table.done()
    return found


def _telling(table: Table) -> Telling:
    webhook = _webhook(table.table("webhook")) if "webhook" in table else None
    mail = _mail(table.table("mail")) if "mail" in table else None
    found = Telling(
        after_failures=table.whole("after_failures", 3, 1, 1000),
        keep=table.whole("keep", 100, 1, 100_000),
        webhook=webhook,
        mail=mail,
        metrics=table.path("metrics", None),
    )
    table.done()
    return found


def _webhook(table: Table) -> Webhook:
    secret = table.text("secret_env", ""), table.path("secret_file", None)
    found = Webhook(table.text("url", ""), table.text("url_env", ""), Login.read(table), *secret)
    if all(secret):
        raise table.wrong("secret_file", "give secret_env or secret_file, not both")
    if bool(found.url) == bool(found.url_env):
        raise table.wrong("url", "give url, or url_env where the address is a secret")
    table.done()
    return found


def _mail(table: Table) -> Mail:
    found = Mail(
        sender=table.text("from"),
        recipients=table.texts("to"),
        host=table.text("host", "localhost"),
        port=table.whole("port", 25, 1, 65535),
        starttls=table.flag("starttls"),
        user_env=table.text("user_env", ""),
        password_env=table.text("password_env", ""),
    )
    if not found.recipients:
        raise table.wrong("to", "names nobody")
    if bool(found.user_env) != bool(found.password_env):
        raise table.wrong("user_env", "user_env and password_env belong together")
    table.done()
    return found
