"""The service as a process of its own, for tests of what only such a one shows."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 60
"""Seconds after which something that should have happened has not."""
_SERVE = "from termservice.cli import main; main()"


@contextmanager
def served(home: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`termservice serve` with these environment variables; the process and its port. It may not answer yet. What is
    left of it afterwards is ended."""
    port = free_port()
    command = [sys.executable, "-c", _SERVE, "--home", str(home), "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               start_new_session=True)  # fmt: skip
    try:
        yield process, port
    finally:
        with process, suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def answering(port: int, path: str = "/healthz") -> None:
    """Wait until something answers there."""
    end = time.monotonic() + PATIENCE
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        finally:
            connection.close()


def children(pid: int) -> list[int]:
    """The processes that a process has begun."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in found.split()]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
