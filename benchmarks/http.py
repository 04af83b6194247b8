"""Requests per second of look-up, search and translation over HTTP, as a share of a bare WSGI "hello" on the same
server; and of FHIR's operations as a share of the REST look-up, with 1 connection and with 16.

    python -m benchmarks.http --home var [--system icd-10-se] [--map icd-10-to-icd-11] [--paths 500] [--seconds 5]

Granian with two workers serves both in turn on loopback; two client processes with keep-alive connections ask
for concepts, search for the words of their titles, and translate the codes of a map to its target, all taken from the
service itself. A few hundred addresses are asked again and again and so are remembered; with many (`--paths 15000`)
hardly any are. `wrk` is the client where it is installed and `--wrk` is given. The targets are 0.18 for look-up and
0.10 for search, and 0.7 of the REST look-up for $lookup, $validate-code and $expand.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 2
CONNECTIONS = 8
"""Of all clients together."""
FHIR_CONNECTIONS = (1, 16)
SEED = 20


def main() -> int:
    options = _options()
    results: dict[str, float] = {}
    with serving("benchmarks.hello:application", options.home) as port:
        results["hello"] = measure(port, ["/"], options)
    with serving("termservice.web.wsgi:create", options.home) as port:
        look_ups, searches = paths(port, options.system, options.paths)
        results["look-up"] = measure(port, look_ups, options)
        results["search"] = measure(port, searches, options)
        if translated := translations(port, options.map, options.paths):
            results["translate"] = measure(port, translated, options)
        fhir = [(each, _fhir(port, look_ups, options, each)) for each in FHIR_CONNECTIONS]
    for name, rate in results.items():
        print(f"{name:9} {rate:8.0f} requests/s   {rate / results['hello']:5.2f} of hello")
    for connections, rates in fhir:
        for name, rate in rates.items():
            share = rate / rates["look-up"]
            print(f"{name:14} {connections:2} connections {rate:8.0f} requests/s   {share:5.2f} of look-up")
    reached = results["look-up"] >= 0.18 * results["hello"] and results["search"] >= 0.10 * results["hello"]
    return 0 if reached else 1


def paths(port: int, system: str, most: int) -> tuple[list[str], list[str]]:
    """Addresses of concepts, and of searches for two beginnings of words of their titles."""
    start = f"/api/v1/codesystems/{quote(system, safe='')}/concepts"
    concepts = items(port, f"{start}?limit=1000")
    chosen = random.Random(SEED).sample(concepts, min(most, len(concepts)))
    look_ups = [f"{start}/{quote(each['code'], safe='')}" for each in chosen]
    typed = (" ".join(word[:5] for word in re.findall(r"\w{4,}", each["display"])[:2]) for each in chosen)
    searches = [f"/api/v1/search?system={quote_plus(system)}&q={quote_plus(words)}" for words in typed if words]
    return look_ups, searches


def translations(port: int, name: str | None, most: int) -> list[str]:
    """Addresses that translate codes of a map to its target; of the largest map where none is named, none without."""
    maps = [each for each in items(port, "/api/v1/maps") if each["coverage"] and name in (None, each["id"])]
    if not maps:
        return []
    chosen = max(maps, key=lambda each: each["coverage"]["elements"])
    rows = items(port, f"/api/v1/maps/{quote(chosen['id'], safe='')}/elements?limit=1000")
    codes = sorted({row["source"] for row in rows})
    start = f"/api/v1/translate?system={quote_plus(chosen['source'])}&target={quote_plus(chosen['target'])}"
    return [f"{start}&code={quote_plus(code)}" for code in random.Random(SEED).sample(codes, min(most, len(codes)))]


def operations(port: int, look_ups: list[str]) -> dict[str, list[str]]:
    """Addresses of FHIR's operations on the concepts looked up: what is known of one, whether it is valid, and the
    first of those below it."""
    start, codes = look_ups[0].rpartition("/")[0], [path.rpartition("/")[2] for path in look_ups]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{start.removesuffix('/concepts')}") as response:
        url = quote(json.load(response)["url"], safe="")
    return {
        "$lookup": [f"/fhir/r5/CodeSystem/$lookup?system={url}&code={code}" for code in codes],
        "$validate-code": [
            f"/fhir/r5/ValueSet/$validate-code?url={url}%3Ffhir_vs&system={url}&code={code}" for code in codes
        ],
        "$expand": [f"/fhir/r5/ValueSet/$expand?url={url}%3Ffhir_vs%3Disa%2F{code}&count=20" for code in codes],
    }


def _fhir(port: int, look_ups: list[str], options: argparse.Namespace, connections: int) -> dict[str, float]:
    """Rates by name, that of the REST look-up among them."""
    asked = {"look-up": look_ups, **operations(port, look_ups)}
    return {name: measure(port, wanted, options, connections) for name, wanted in asked.items()}


def items(port: int, page: str | None) -> list[dict[str, Any]]:
    """The items of a list, the first 20 000."""
    found: list[dict[str, Any]] = []
    while page and len(found) < 20_000:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{page}") as response:
            answer = json.load(response)
        found += answer["items"]
        page = answer["next"]
    return found


def measure(port: int, wanted: list[str], options: argparse.Namespace, connections: int = CONNECTIONS) -> float:
    """Requests per second, after a warm-up of one round."""
    _ask(port, wanted, 0.0, connections, len(wanted))
    if options.wrk:
        return _wrk(port, wanted, options.seconds, connections)
    clients = min(CLIENTS, connections)
    asked = [(port, wanted[n::clients] or wanted, options.seconds, connections // clients) for n in range(clients)]
    with multiprocessing.Pool(clients) as pool:
        return sum(pool.starmap(_ask, asked))


def _ask(port: int, wanted: list[str], seconds: float, most: int, least: int = 0) -> float:
    """Requests per second of one client with `most` connections, each of which always has one request on its way."""
    requests = [f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for path in wanted]
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(most)]
    done = 0
    begun = time.perf_counter()
    for number, connection in enumerate(connections):
        connection.sendall(requests[number % len(requests)])
    while done < least or time.perf_counter() - begun < seconds:
        for connection in connections:
            _read(connection)
            done += 1
            connection.sendall(requests[(done + most) % len(requests)])
    taken = time.perf_counter() - begun
    for connection in connections:
        _read(connection)
        connection.close()
    return done / taken


def _read(connection: socket.socket) -> None:
    data = connection.recv(65536)
    if not data.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"unexpected answer: {data[:200]!r}")
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head)
    assert found is not None, head
    missing = int(found[1]) - len(body)
    while missing > 0:
        missing -= len(connection.recv(65536))


def _wrk(port: int, wanted: list[str], seconds: float, connections: int) -> float:
    listed = ",".join(json.dumps(path) for path in wanted)
    script = f"local p={{{listed}}}\nlocal n=0\nrequest=function() n=n%#p+1 return wrk.format('GET',p[n]) end\n"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "-s", file.name]
        told = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        raise SystemExit(told)
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", told)[0])


@contextmanager
def serving(target: str, home: Path) -> Iterator[int]:
    """Granian with two workers on a free port, as `termservice serve` runs it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "2"]
    command += ["--workers-kill-timeout", "5"]  # now and then a worker that has nothing left to do does not end
    command += ["--port", str(port), "--no-log", *(["--factory"] if target.endswith(":create") else []), target]
    with tempfile.TemporaryDirectory() as metrics:
        settings = {"TERMSERVICE_HOME": str(home.resolve()), "PROMETHEUS_MULTIPROC_DIR": metrics}
        settings["PYTHONPATH"] = str(ROOT)
        server = subprocess.Popen(command, env={**os.environ, **settings})
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()
            server.wait(20)


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(1)  # both workers listen
            return
    raise SystemExit("the server did not start")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, default=Path("var"), help="where the data is (default: var)")
    parser.add_argument("--system", default="icd-10-se", help="code system to ask (default: icd-10-se)")
    parser.add_argument("--map", help="map whose codes are translated (default: the largest)")
    parser.add_argument("--paths", type=int, default=500, help="how many different addresses at most (default: 500)")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each measurement takes (default: 5)")
    parser.add_argument("--wrk", action="store_true", help="use wrk as the client")
    options = parser.parse_args()
    if options.wrk and shutil.which("wrk") is None:
        parser.error("wrk is not installed")
    return options


if __name__ == "__main__":
    sys.exit(main())
