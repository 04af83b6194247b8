"""Asking servers for things, with no trust in what they answer.

Only hosts that the configuration names, only public addresses unless it allows others, checked again for every
redirect and at the connection itself; limits on size and time; credentials for the source's own server only. What may
pass is tried again, with growing pauses (`urllib3.Retry` counts them, and heeds the server's `Retry-After`).
"""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError, SSLError

from termservice import __version__
from termservice.sync.addresses import Resolver, permitted, resolved
from termservice.sync.credentials import Login, Secrets, shown
from termservice.sync.problems import Failure
from termservice.sync.tables import Network
from termservice.sync.tokens import Tokens

LOG = logging.getLogger(__name__)
T = TypeVar("T")

REDIRECTS = (301, 302, 303, 307, 308)
PASSING = (408, 425, 429, 500, 502, 503, 504)
"""What a server answers that may be otherwise in a moment."""
MAX_REDIRECTS = 5
MAX_LISTING = 32 * 2**20
MAX_TOKEN = 2**16
CHUNK = 1 << 16
_LENGTH = re.compile(r"[0-9]{1,18}")
_PORTS = {"https": 443, "http": 80}


class Passing(Failure):
    """Worth another try at once."""

    def __init__(self, message: str, response: BaseHTTPResponse | None = None) -> None:
        super().__init__(message)
        self.response = response


@dataclass(frozen=True, slots=True)
class Manners:
    """How servers are asked: the `[http]` table of the configuration."""

    retries: int = 5
    backoff: float = 1.0
    """Seconds before the second try again; doubled for each further one."""
    longest_pause: int = 120
    timeout: int = 30
    """Seconds to connect, and without a byte while reading."""
    total_time: int = 3600
    """Seconds one download may take."""
    allow_private: tuple[Network, ...] = ()
    proxy_env: str = ""
    """The environment variable with the address of a proxy, which then resolves names."""
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What may be asked for: one source's server, and where it may lead."""

    url: str
    hosts: frozenset[str] = frozenset()
    """Other hosts that it may redirect to or name in what it lists."""
    login: Login = field(default_factory=Login)
    origin: str = ""
    """The URL of the configuration, where this one came out of what a server answered."""

    @property
    def allowed(self) -> frozenset[str]:
        """Every host that may be asked."""
        return self.hosts | {_host(self.origin or self.url)}

    def at(self, url: str) -> Target:
        """The same server asked for something else, relative to this URL or absolute. Raises `Failure`."""
        try:
            absolute = urljoin(self.url, url)
            _origin(absolute)
        except ValueError as error:
            raise Failure(f"{shown(self.url)} leads to what is no address ({error})") from error
        login = self.login if _origin(absolute) == _origin(self.url) else Login()
        return Target(absolute, self.hosts, login, self.origin or self.url)

    def for_token(self) -> Target:
        """Where its token is asked for; a host that it may not ask itself may not be asked for that either."""
        return Target(self.login.token_url, self.hosts, origin=self.origin or self.url)


class Web:
    """A client for the sources of one configuration."""

    def __init__(self, manners: Manners, secrets: Secrets, resolve: Resolver = resolved) -> None:
        self.manners = manners
        self.secrets = secrets
        self._resolve = resolve
        self._tokens = Tokens(secrets, self._asked_for_token)
        self._tls = ssl.create_default_context(cafile=manners.ca_file or None)

    def listing(self, target: Target, accept: str) -> bytes:
        """A small answer as a whole, in the form asked for. Raises `Failure`."""

        def ask() -> bytes:
            with self.answer(target, {"Accept": accept}) as response:
                return b"".join(self.body(response, target, MAX_LISTING))

        return self.tried(ask, target)

    def post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> None:
        """Send something. Raises `Failure` where it was not taken."""

        def ask() -> None:
            with self.answer(target, headers, "POST", body):
                pass

        self.tried(ask, target)

    def _asked_for_token(self, target: Target, form: bytes, headers: dict[str, str]) -> bytes:
        with self.answer(target, headers, "POST", form) as response:
            return b"".join(self.body(response, target, MAX_TOKEN))

    def tried(self, action: Callable[[], T], target: Target) -> T:
        """The action's result; after `Passing` it is tried again, with pauses, as often as is allowed."""
        manners = self.manners
        retry = Retry(
            total=manners.retries, backoff_factor=manners.backoff, backoff_max=manners.longest_pause,
            backoff_jitter=manners.backoff / 4, retry_after_max=manners.longest_pause,
        )  # fmt: skip
        while True:
            try:
                return action()
            except Passing as problem:
                try:
                    retry = retry.increment(response=problem.response, error=None if problem.response else OSError())
                except MaxRetryError:
                    raise Failure(f"{problem} (tried {manners.retries + 1} times)") from problem
                LOG.info("%s; trying again", problem)
                _pause(retry, problem.response)
            LOG.debug("asking %s again", shown(target.url))

    @contextmanager
    def answer(
        self,
        target: Target,
        headers: Mapping[str, str],
        method: str = "GET",
        body: bytes | None = None,
        also: Collection[int] = (),
    ) -> Iterator[BaseHTTPResponse]:
        """The answer behind all redirects, its body not yet read: a 2xx, or a status among `also`.

        Raises `Passing` or `Failure`. A POST is not redirected.
        """
        here = target
        for _ in range(MAX_REDIRECTS + 1):
            with self._asked(here, headers, method, body) as response:
                place = response.headers.get("Location")
                if response.status not in REDIRECTS or not place or method != "GET":
                    _check_status(response, here, also)
                    yield response
                    return
            onward = here.at(place)
            if _scheme(here) == "https" and _scheme(onward) != "https":
                raise Failure(f"{shown(here.url)} redirects to {shown(onward.url)}, which is not encrypted")
            here = onward
        raise Failure(f"{shown(target.url)} redirects more than {MAX_REDIRECTS} times")

    def body(self, response: BaseHTTPResponse, target: Target, limit: int, had: int = 0) -> Iterator[bytes]:
        """The body as it was sent. Raises `Failure` where it is larger than `limit` (of which `had` are here already),
        `Passing` where it ends early or takes too long."""
        declared = length(response)
        if declared is not None and had + declared > limit:
            raise Failure(f"{shown(target.url)} is {had + declared} bytes, more than max_size allows ({limit})")
        end = time.monotonic() + self.manners.total_time
        try:
            for chunk in response.stream(CHUNK, decode_content=False):
                had += len(chunk)
                if had > limit:
                    raise Failure(f"{shown(target.url)} is larger than max_size allows ({limit} bytes)")
                yield chunk
                if time.monotonic() > end:
                    raise Failure(f"{shown(target.url)} takes longer than total_time allows")
        except (HTTPError, OSError) as error:
            raise Passing(f"{shown(target.url)} broke off ({_reason(error)})") from error

    @contextmanager
    def _asked(
        self, target: Target, headers: Mapping[str, str], method: str, body: bytes | None
    ) -> Iterator[BaseHTTPResponse]:
        """One request to one server, at an address that was checked."""
        parts = urlsplit(target.url)
        host, scheme = _host(target.url), parts.scheme
        if scheme not in _PORTS:
            raise Failure(f"{shown(target.url)}: only http and https are spoken")
        if host not in target.allowed:
            raise Failure(
                f"{shown(target.url)} is on {host or 'no host'}, which is not among the hosts of this source "
                f"({', '.join(sorted(target.allowed))}); 'hosts' names further ones"
            )
        own = {
            "User-Agent": f"termservice/{__version__}",
            "Accept-Encoding": "identity",
            "Host": parts.netloc.rpartition("@")[2],
            **target.login.headers(self.secrets),
            **headers,
        }
        if target.login.token_url:
            own["Authorization"] = f"Bearer {self._tokens.of(target)}"
        with self._pooled(scheme, host, parts.port or _PORTS[scheme]) as pools:
            response = self._first(pools, target, method, body, own)
            try:
                yield response
            finally:
                response.close()

    def _first(
        self, pools: Sequence[urllib3.HTTPConnectionPool], target: Target, method: str, body: bytes | None,
        headers: Mapping[str, str],
    ) -> BaseHTTPResponse:  # fmt: skip
        """The answer from the first address that can be reached."""
        problem: Exception | None = None
        for pool in pools:
            try:
                return pool.urlopen(
                    method, self._wanted(target.url), body=body, headers=headers, redirect=False, retries=False,
                    preload_content=False, decode_content=False, timeout=urllib3.Timeout(self.manners.timeout),
                    assert_same_host=False,
                )  # fmt: skip
            except SSLError as error:
                raise Failure(f"{shown(target.url)}: no trusted encryption ({_reason(error)})") from error
            except (HTTPError, OSError) as error:
                problem = error
        why = _reason(problem) if problem else "no address"
        raise Passing(f"{shown(target.url)} cannot be reached ({why})") from problem

    def _wanted(self, url: str) -> str:
        """What stands in the request line: the path; before a proxy for plain http the whole URL."""
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return (
            f"http://{parts.netloc.rpartition('@')[2]}{path}"
            if self.manners.proxy_env and parts.scheme == "http"
            else path
        )

    @contextmanager
    def _pooled(self, scheme: str, host: str, port: int) -> Iterator[Sequence[urllib3.HTTPConnectionPool]]:
        """A pool for each address that may be connected to; with a proxy the one through it, which looks up the name
        by itself."""
        if self.manners.proxy_env:
            proxy = urllib3.ProxyManager(self.secrets.get(self.manners.proxy_env), ssl_context=self._tls)
            try:
                yield [proxy.connection_from_host(host, port, scheme)]
            finally:
                proxy.clear()
            return
        try:
            addresses = permitted(host, port, self.manners.allow_private, self._resolve)
        except (OSError, UnicodeError) as error:
            raise Passing(f"no address is known for {host} ({error})") from error
        pools: list[urllib3.HTTPConnectionPool] = []
        for address in addresses:
            if scheme == "https":
                pools.append(
                    urllib3.HTTPSConnectionPool(
                        address, port, ssl_context=self._tls, server_hostname=host, assert_hostname=host
                    )
                )
            else:
                pools.append(urllib3.HTTPConnectionPool(address, port))
        try:
            yield pools
        finally:
            for pool in pools:
                pool.close()


def length(response: BaseHTTPResponse) -> int | None:
    """What the server says the body's length is; None where it does not, or not in numbers that a file has."""
    declared = response.headers.get("Content-Length", "")
    return int(declared) if _LENGTH.fullmatch(declared) else None


def _pause(retry: Retry, response: BaseHTTPResponse | None) -> None:
    """As long as the server says, or else as the tries so far ask for."""
    try:
        retry.sleep(response)
    except InvalidHeader:
        retry.sleep()


def _check_status(response: BaseHTTPResponse, target: Target, also: Collection[int]) -> None:
    if 200 <= response.status < 300 or response.status in also:
        return
    message = f"{shown(target.url)} answers {response.status} {response.reason or ''}".rstrip()
    if response.status in PASSING:
        raise Passing(message, response)
    raise Failure(message)


def _reason(error: BaseException) -> str:
    """What went wrong, without the URL that such errors carry."""
    cause = error.__cause__ or error.__context__ or error
    return type(error).__name__ if isinstance(cause, HTTPError) else str(cause) or type(cause).__name__


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, _host(url), parts.port or _PORTS.get(parts.scheme)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _scheme(target: Target) -> str:
    return urlsplit(target.url).scheme
