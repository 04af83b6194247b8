"""Who asks: the address, past proxies that are trusted, and the key or the identity presented."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from termservice.config import Access, Network

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CALLER = "termservice.caller"
"""Where in the WSGI environment the caller is; absent where nothing was presented."""
ADDRESS = "termservice.address"
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[^\w .@+:/\\-]")
_MOST_ADDRESSES = 16_384
_IPV6_SITE = 64
"""Whoever has one IPv6 address has all of its network of this length."""


@dataclass(frozen=True, slots=True)
class Caller:
    """`name` of the key, or the user whom the proxy vouches for: what logs show and limits are counted by."""

    name: str
    kind: Literal["key", "user"]
    admin: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the configuration says of an address."""

    bucket: str
    """What is counted: the address, of IPv6 the network."""
    trusted: bool
    exempt: bool
    metrics: bool


class Addresses:
    """Addresses as the configuration sees them."""

    def __init__(self, access: Access, exempt: Sequence[Network]) -> None:
        self.standing = lru_cache(_MOST_ADDRESSES)(self._standing)
        self._access = access
        self._exempt = exempt

    def client(self, environ: WSGIEnvironment) -> Standing:
        """Who sent the request: the last address before the proxies that are trusted. Takes over the scheme that a
        trusted proxy was asked by."""
        standing = self.standing(environ.get("REMOTE_ADDR", ""))
        if not standing.trusted:
            return standing
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").strip().lower()
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        for each in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            if each.strip():
                standing = self.standing(each.strip())
                if not standing.trusted:
                    break
        return standing

    def _standing(self, text: str) -> Standing:
        try:
            address = ipaddress.ip_address(text.partition("%")[0].strip("[]"))
        except ValueError:
            return Standing("unknown", False, False, False)
        address = getattr(address, "ipv4_mapped", None) or address
        bucket = str(address)
        if address.version == 6:
            bucket = str(ipaddress.ip_network((address, _IPV6_SITE), strict=False))
        kinds = (self._access.trusted_proxies, self._exempt, self._access.metrics_from)
        return Standing(bucket, *(any(address in network for network in networks) for networks in kinds))


def presented_key(environ: WSGIEnvironment) -> str | None:
    """The key of the request; None where there is none. A login of another kind (Basic) is for a proxy."""
    own: str | None = environ.get("HTTP_X_API_KEY")
    if own is not None:
        return own.strip()
    match = _BEARER.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
    return match[1] if match else None


def vouched_user(environ: WSGIEnvironment, variable: str) -> str:
    """The user that a trusted proxy names; empty for none."""
    return _UNPRINTABLE.sub("?", environ.get(variable, "").strip())[:80]
