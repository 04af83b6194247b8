"""Which addresses may be connected to: public ones, and private ranges that the configuration allows.

A host's name is resolved once and the connection made to the address that was checked, so that a name cannot point
elsewhere between check and connection.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from termservice.sync.problems import Failure
from termservice.sync.tables import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of a host's name, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def permitted(host: str, port: int, allowed: Sequence[Network], resolve: Resolver = resolved) -> list[str]:
    """The addresses of `host` that may be connected to. Raises `Failure` where there are none, `OSError` where the
    name cannot be looked up."""
    addresses = resolve(host, port)
    found = [each for each in addresses if _may(ipaddress.ip_address(each.partition("%")[0]), allowed)]
    if not found:
        raise Failure(
            f"{host} is at {', '.join(addresses)}: not a public address; allow_private names private ranges that may "
            "be connected to"
        )
    return found


def _may(address: Address, allowed: Sequence[Network]) -> bool:
    inner = _embedded(address)  # an address that only carries another is judged by the one it carries
    if any(address in network or inner in network for network in allowed):
        return True
    return inner.is_global and not (inner.is_multicast or inner.is_reserved)


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for (mapped, 6to4, Teredo, NAT64); else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
