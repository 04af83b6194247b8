"""Mixed traffic, as from a hospital: 70 % look-ups, 20 % type-ahead, 10 % expansion, translation and history.

    python -m benchmarks.mixed --home var [--system icd-10-se] [--connections 16,64] [--seconds 60] [--requests 200000]

Granian with two workers serves on loopback; two client processes share the connections, each of which always has one
request on its way. Told are rates, percentiles of the time to the whole answer, and errors; then the memory of the
server while more requests follow. The targets: no error, p99 at most 20 times p50, and over the second half of the
requests no more than a twentieth more memory.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import re
import selectors
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus, unquote_plus

import numpy as np

from benchmarks import http, processes

SHARES = {"look-up": 0.7, "type-ahead": 0.2, "others": 0.1}
TAIL = 20
"""What p99 may be of p50."""
FLAT = 0.05
"""What memory may grow by in the second half."""
PLANNED = 20_000
"""Requests in the round that is asked again and again."""
STEPS = 10
"""How often memory is looked at."""
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)

Plan = list[tuple[str, bytes]]


@dataclass(slots=True)
class Told:
    """What a client saw: seconds by kind of request, and what was wrong with answers."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


def main() -> int:
    options = _options()
    reached = True
    with http.serving("termservice.web.wsgi:create", options.home) as port:
        asked = plan(addresses(port, options))
        run(port, asked, 16, most=len(asked) // 4)
        for connections in options.connections:
            told, taken = run(port, asked, connections, seconds=options.seconds)
            reached &= report(told, taken, connections)
        reached &= memory(port, asked, options.requests)
    return 0 if reached else 1


def addresses(port: int, options: argparse.Namespace) -> dict[str, list[str]]:
    """Paths by kind, made of what the service itself holds."""
    look_ups, searches = http.paths(port, options.system, options.paths)
    operations = http.operations(port, look_ups)
    others = [f"{path}/history" for path in look_ups] + operations["$expand"]
    return {
        "look-up": look_ups + operations["$lookup"],
        "type-ahead": list(typed(searches)),
        "others": others + http.translations(port, options.map, options.paths),
    }


def typed(searches: list[str]) -> Iterator[str]:
    """What a search page asks for while words are typed: every beginning of them."""
    for path in searches:
        start, _, words = path.rpartition("&q=")
        text = unquote_plus(words)
        yield from (f"{start}&limit=10&q={quote_plus(text[:end])}" for end in range(1, len(text) + 1))


def plan(paths: dict[str, list[str]]) -> Plan:
    dice = random.Random(http.SEED)
    kinds = dice.choices(list(SHARES), list(SHARES.values()), k=PLANNED)
    return [(kind, f"GET {dice.choice(paths[kind])} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()) for kind in kinds]


def run(port: int, asked: Plan, connections: int, *, seconds: float = 0, most: int = 0) -> tuple[Told, float]:
    """What all clients saw, until so many seconds have gone or so many requests are answered; how long it took."""
    clients = min(http.CLIENTS, connections)
    begun = time.perf_counter()
    each = [(port, asked[n::clients], connections // clients, seconds, most // clients) for n in range(clients)]
    with multiprocessing.Pool(clients) as pool:
        found = pool.starmap(_ask, each)
    told = Told()
    for client in found:
        told.errors += client.errors
        for kind, times in client.seconds.items():
            told.seconds[kind] += times
    return told, time.perf_counter() - begun


def report(told: Told, taken: float, connections: int) -> bool:
    """Print what was seen; whether the targets are reached."""
    everything = np.concatenate([np.array(times) for times in told.seconds.values()])
    print(f"{connections} connections, {taken:.0f} s: {len(everything)} requests, {len(everything) / taken:.0f}/s, "
          f"{len(told.errors)} errors")  # fmt: skip
    for kind, times in (*told.seconds.items(), ("all", everything)):
        p50, p95, p99 = np.percentile(np.array(times) * 1000, (50, 95, 99))
        print(f"  {kind:<11} {len(times):>8}   p50 {p50:7.2f}   p95 {p95:7.2f}   p99 {p99:7.2f} ms")
    for error in told.errors[:5]:
        print(f"  {error}")
    print(f"  p99 is {p99 / p50:.1f} times p50", flush=True)
    return not told.errors and p99 <= TAIL * p50


def memory(port: int, asked: Plan, requests: int) -> bool:
    """Whether the server's memory stays what it is."""
    seen = [_servers()]
    for _ in range(STEPS):
        told, _taken = run(port, asked, 16, most=requests // STEPS)
        seen.append(_servers())
        if told.errors:
            print(f"  {told.errors[0]}")
            return False
    print(f"memory of all server processes over {requests} requests, MB: {' '.join(f'{each:.0f}' for each in seen)}")
    return seen[-1] <= (1 + FLAT) * seen[STEPS // 2]


def _servers() -> float:
    """Megabytes that the server's processes share with no other."""
    return sum(processes.own_memory(pid) for pid in processes.tree(os.getpid()) if _is_server(pid))


def _is_server(pid: int) -> bool:
    return b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _ask(port: int, asked: Plan, connections: int, seconds: float, most: int) -> Told:
    """One client."""
    told = Told()
    dice = random.Random(port)
    turn = dice.randrange(len(asked))
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            _next(selector, port, asked[turn % len(asked)])
            turn += 1
        done, begun = 0, time.perf_counter()
        while selector.get_map():
            for key, _ in selector.select():
                going: _Going = key.data
                try:
                    complete = going.read()
                except (OSError, ValueError) as error:
                    told.errors.append(f"{going.kind}: {error}")
                    complete = True
                if not complete:
                    continue
                done += 1
                told.seconds[going.kind].append(time.perf_counter() - going.begun)
                selector.unregister(going.socket)
                if done + connections <= most or time.perf_counter() - begun < seconds:
                    _next(selector, port, asked[turn % len(asked)], going.socket)
                    turn += 1
                else:
                    going.socket.close()
    return told


class _Going:
    """A request on its way."""

    def __init__(self, connection: socket.socket, kind: str, request: bytes) -> None:
        self.socket, self.kind = connection, kind
        self._data, self._missing = b"", -1
        self.begun = time.perf_counter()
        connection.sendall(request)

    def read(self) -> bool:
        """Whether the answer is there in full. Raises `ValueError` for any but 200."""
        found = self.socket.recv(1 << 18)
        if not found:
            raise ValueError("the connection was closed")
        if self._missing < 0:
            self._data += found
            head, mark, body = self._data.partition(b"\r\n\r\n")
            if not mark:
                return False
            length = _LENGTH.search(head)
            if not head.startswith(b"HTTP/1.1 200") or length is None:
                raise ValueError(repr(self._data[:200]))
            self._missing = int(length[1]) - len(body)
        else:
            self._missing -= len(found)
        return self._missing <= 0


def _next(
    selector: selectors.BaseSelector, port: int, request: tuple[str, bytes], connection: socket.socket | None = None
) -> None:
    connection = connection or socket.create_connection(("127.0.0.1", port))
    going = _Going(connection, *request)
    selector.register(connection, selectors.EVENT_READ, going)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, default=Path("var"), help="where the data is (default: var)")
    parser.add_argument("--system", default="icd-10-se", help="code system to ask (default: icd-10-se)")
    parser.add_argument("--map", help="map whose codes are translated (default: the largest)")
    parser.add_argument("--paths", type=int, default=5_000, help="how many different codes at most (default: 5000)")
    parser.add_argument("--connections", type=lambda text: [int(each) for each in text.split(",")], default=[16, 64])
    parser.add_argument("--seconds", type=float, default=60, help="with so many connections each (default: 60)")
    parser.add_argument("--requests", type=int, default=200_000, help="while memory is watched (default: 200000)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
