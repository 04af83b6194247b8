"""Settings of the server: a TOML file, environment variables before it, defaults behind both.

A setting `key` of the table `[table]` is the variable `TERMSERVICE_TABLE_KEY`; in a variable the items of a list stand
with commas between. Whatever is not understood is refused by name: a misspelt setting of access must not leave a
service open that was meant to be closed.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from termservice.errors import TermserviceError
from termservice.sync import units

PREFIX = "TERMSERVICE_"
FILE_VARIABLE = PREFIX + "CONFIG"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Section = TypeVar("Section")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_LIMIT = re.compile(r"\d{1,9}\s*(?:/|\s+per\s+)\s*(?:\d{1,5}\s*)?(?:second|minute|hour|day)s?", re.IGNORECASE)


class WrongSetting(TermserviceError):
    """A setting that cannot be used; the message says which, where, and what it may be."""

    status = 422
    code = "configuration"
    title = "Wrong configuration"


# Each takes a value of the file or the text of a variable, and raises ValueError with what it must be.


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value.strip()


def _flag(value: Any) -> bool:
    found = {"true": True, "false": False}.get(value) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise ValueError("must be true or false")
    return found


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return parse


def _one_of(*choices: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(map(repr, choices))}")
        return str(value)

    return parse


def _list(value: Any) -> list[str]:
    found = value.split(",") if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError("must be a list of texts")
    return [each.strip() for each in found if each.strip()]


def _networks(value: Any) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each) for each in _list(value))
    except ValueError as error:
        raise ValueError(f"must be addresses or networks such as 10.0.0.0/8: {error}") from None


def _origins(value: Any) -> tuple[str, ...]:
    found = _list(value)
    for each in found:
        parts = urlsplit(each)
        if each != "*" and (parts.scheme not in ("http", "https") or each != f"{parts.scheme}://{parts.netloc}"):
            raise ValueError(f"must be origins such as https://ehr.example.org, or *: not {each!r}")
    return tuple(found)


def _header(value: Any) -> str:
    if not isinstance(value, str) or not _HEADER_NAME.fullmatch(value):
        raise ValueError("must be the name of a header")
    return value


def _rate(value: Any) -> str:
    """As the library `limits` has it: one or several, with semicolons between; empty for none."""
    text = _text(value)
    if text and not all(_LIMIT.fullmatch(each.strip()) for each in text.split(";")):
        raise ValueError("must be like '100/second' or '20/second; 600/minute', or empty for no limit")
    return text


def _bytes(value: Any) -> int:
    plain = isinstance(value, int) or (isinstance(value, str) and value.isdigit())
    return _whole(1024, 2**30)(value if plain else units.size(_text(value)))


def _seconds(value: Any) -> int:
    plain = isinstance(value, int) or (isinstance(value, str) and value.isdigit())
    return _whole(1, 86_400)(value if plain else units.seconds(_text(value)))


def _setting(default: Any, parse: Callable[[Any], Any]) -> Any:
    return field(default=default, metadata={"parse": parse})


_LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Server:
    """`[server]`: how it is served."""

    host: str = _setting("127.0.0.1", _text)
    port: int = _setting(8000, _whole(1, 65_535))
    workers: int = _setting(2, _whole(1, 64))
    threads: int = _setting(2, _whole(1, 64))
    """Of each worker: one waits for the disk while the other answers."""
    header_timeout: int = _setting(30, _seconds)
    """How long a client may take to send the head of a request."""
    stop_timeout: int = _setting(30, _seconds)
    """How long requests at work may go on when the server is told to stop."""
    compression: bool = _setting(True, _flag)
    contact: str = _setting("", _text)
    """Where readers turn with what they cannot use (e-mail address or URL), for the accessibility statement."""


@dataclass(frozen=True, slots=True)
class Access:
    """`[access]`: who may do what."""

    read: str = _setting("public", _one_of("public", "keys", "proxy"))
    admin_api: bool = _setting(False, _flag)
    """Whether /api/v1/admin is there at all."""
    trusted_proxies: tuple[Network, ...] = _setting((), _networks)
    """Whose X-Forwarded-For, X-Forwarded-Proto and identity header are believed."""
    identity_header: str = _setting("X-Forwarded-User", _header)
    metrics_from: tuple[Network, ...] = _setting((), _networks)
    """Who may read /metrics beside holders of an admin key; none given: whoever may read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`[limits]`: how much is too much."""

    address: str = _setting("100/second", _rate)
    key: str = _setting("200/second", _rate)
    refused: str = _setting("30/minute", _rate)
    """Wrong keys from one address, before it is refused unheard."""
    exempt: tuple[Network, ...] = _setting(_LOOPBACK, _networks)
    """Addresses that are not counted."""
    storage: str = _setting("memory://", _text)
    """Where requests are counted: each worker's memory, or a server all workers share (redis://, memcached://)."""
    body: int = _setting(8 * 2**20, _bytes)
    url: int = _setting(64 * 1024, _bytes)
    """Of path and query together. An expression of SNOMED CT may be long."""


@dataclass(frozen=True, slots=True)
class Cors:
    """`[cors]`: pages of which origins may read answers in a browser."""

    origins: tuple[str, ...] = _setting((), _origins)
    max_age: int = _setting(3600, _seconds)


@dataclass(frozen=True, slots=True)
class Log:
    """`[log]`: lines on standard error, one for each request."""

    format: str = _setting("", _one_of("", "text", "json"))
    """Empty: no lines for requests, and text for everything else."""
    addresses: bool = _setting(False, _flag)
    """Whether lines have the client's address, which is personal data."""


@dataclass(frozen=True, slots=True)
class Config:
    server: Server = Server()
    access: Access = Access()
    limits: Limits = Limits()
    cors: Cors = Cors()
    log: Log = Log()

    def __post_init__(self) -> None:
        """Raises `WrongSetting` for settings that do not go together."""
        if self.access.read == "proxy" and not self.access.trusted_proxies:
            raise WrongSetting("access.read is 'proxy', so access.trusted_proxies must name the proxy's address")
        if "*" in self.cors.origins and self.access.read != "public":
            raise WrongSetting("cors.origins is '*', which is for services that are public: name the origins")


def read(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """The settings of the file (that which TERMSERVICE_CONFIG names, where none is given) and of the environment.

    Raises `WrongSetting`.
    """
    if path is None and environment.get(FILE_VARIABLE):
        path = Path(environment[FILE_VARIABLE])
    tables = {} if path is None else _file(path)
    sections = {each.name: each.default.__class__ for each in fields(Config)}
    _check_names(tables, sections, f"{path}: no table")
    _check_variables(environment, sections)
    found = {name: _section(kind, name, tables.get(name, {}), path, environment) for name, kind in sections.items()}
    return Config(**found)


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise WrongSetting(f"{path}: cannot be read ({error.strerror or error})") from error
    except ValueError as error:  # not TOML, not UTF-8, or a number of thousands of digits
        raise WrongSetting(f"{path}: not TOML: {error}") from error


def _section(kind: type[Section], name: str, table: Any, path: Path | None, environment: Mapping[str, str]) -> Section:
    if not isinstance(table, dict):
        raise WrongSetting(f"{path}: {name} must be a table: [{name}]")
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    _check_names(table, known, f"{path}: [{name}] has no setting")
    given: dict[str, Any] = {}
    for key, setting in known.items():
        variable = _variable(name, key)
        if variable in environment:
            given[key] = _parsed(setting.metadata["parse"], environment[variable], variable)
        elif key in table:
            given[key] = _parsed(setting.metadata["parse"], table[key], f"{path}: {name}.{key}")
    return kind(**given)


def _parsed(parse: Callable[[Any], Any], value: Any, place: str) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        raise WrongSetting(f"{place}: {error}") from error


def _variable(table: str, key: str) -> str:
    return f"{PREFIX}{table}_{key}".upper()


def _check_variables(environment: Mapping[str, str], sections: Mapping[str, Any]) -> None:
    """Other variables may begin like this program's name; those that begin like one of its tables must be settings."""
    known = {_variable(name, each.name) for name, kind in sections.items() for each in fields(kind)}
    starts = tuple(_variable(name, "") for name in sections)
    _check_names([name for name in environment if name.startswith(starts)], known, "no setting goes by the variable")


def _check_names(given: Sequence[str] | Mapping[str, Any], known: Sequence[str] | Any, complaint: str) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
            raise WrongSetting(f"{complaint} {name!r}; {hint}")
