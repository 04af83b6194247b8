"""A server that is told to stop does so at once where nobody is at work, whatever its `stop_timeout`."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.test_termservice.processes import PATIENCE, answering, children, free_port, served

LONG = {"TERMSERVICE_SERVER_STOP_TIMEOUT": "1h"}
"""Whoever waits for this misses the bound of the test."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


def test_clients_that_keep_idle_connections_are_not_waited_for(tmp_path: Path) -> None:
    with served(tmp_path, **LONG) as (process, port):
        answering(port)
        connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in range(8)]
        for number, connection in enumerate(connections):
            connection.connect()
            if number % 2:  # the others have not asked yet, as those that browsers open ahead
                connection.request("GET", "/healthz")
                assert connection.getresponse().read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        for connection in connections:
            connection.close()


def test_workers_that_are_starting_are_not_waited_for(tmp_path: Path) -> None:
    with served(tmp_path, **LONG) as (process, _port):
        end = time.monotonic() + PATIENCE
        while not children(process.pid) and time.monotonic() < end:
            time.sleep(0.01)
        workers = children(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
    assert workers
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


SLOW = """
import sys, time
from granian import Granian
from termservice.cli.stopping import stop_for_sure

def answer(environ, start_response):
    time.sleep(1.5 if environ["PATH_INFO"] == "/slow" else 0)
    start_response("200 OK", [])
    return [b"answered"]

server = Granian("slow", interface="wsgi", port=int(sys.argv[1]), workers_kill_timeout=60)
server.on_startup(stop_for_sure)
server.serve(target_loader=lambda: answer, wrap_loader=False)
"""


def test_what_is_being_asked_is_still_answered() -> None:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", SLOW, str(port)], stdout=subprocess.DEVNULL) as process:
        answering(port, "/")
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as asking:
            asking.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            assert b"answered" in b"".join(iter(lambda: asking.recv(1000), b""))
        assert process.wait(PATIENCE) == 0
