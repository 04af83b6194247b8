"""The examples for web servers in front of the service: they fit its settings, and no caller can say who it is."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from termservice import keys
from termservice.config import Config
from tests.test_termservice.processes import PATIENCE, answering, free_port, served

DEPLOY = Path(__file__).parents[2] / "deploy"
NGINX, CADDY = (DEPLOY / name for name in ("nginx.conf", "Caddyfile"))
ASKED = "/api/v1/codesystems"
SAYS_WHO = [
    {"X-Forwarded-User": "mallory"},
    {"X_Forwarded_User": "mallory"},
    {"X-Forwarded_User": "mallory"},
    {"x_forwarded-user": "mallory"},
    {"X-Forwarded-User": "mallory", "X_FORWARDED_USER": "mallory"},
]
Ask = Callable[..., tuple[int, dict[str, str]]]


def test_nginx_says_what_the_service_is_told() -> None:
    text, settings = NGINX.read_text("utf-8"), Config()
    assert f"proxy_set_header {settings.access.identity_header} " in text
    assert f"client_max_body_size {settings.limits.body >> 20}m;" in text
    assert f"client_header_timeout {settings.server.header_timeout}s;" in text
    assert f"server 127.0.0.1:{settings.server.port};" in text
    longest = re.search(r"large_client_header_buffers \d+ (\d+)k;", text)
    assert longest and int(longest[1]) * 1024 > settings.limits.url + len("OPTIONS  HTTP/1.1")
    for line in ("underscores_in_headers off;", "ignore_invalid_headers on;"):
        assert f"\n{line}" in text


def test_caddy_says_what_the_service_is_told() -> None:
    text, settings = CADDY.read_text("utf-8"), Config()
    assert f"header_up -{settings.access.identity_header}\n" in text
    assert "header_up -*_*\n" in text
    assert f"max_size {settings.limits.body >> 20}MiB" in text
    assert f"reverse_proxy 127.0.0.1:{settings.server.port} " in text


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """A service that wants a user whom the proxy vouches for, or a key: its port, and a key."""
    home = tmp_path_factory.mktemp("home")
    secret, _ = keys.add(home, "EHR", "read")
    settings = {"TERMSERVICE_ACCESS_READ": "proxy", "TERMSERVICE_ACCESS_TRUSTED_PROXIES": "127.0.0.1"}
    with served(home, **settings) as (_, port):
        answering(port)
        yield port, secret


@contextmanager
def nginx(folder: Path, service: int, *, login: int = 0) -> Iterator[Ask]:
    """deploy/nginx.conf on a port of its own, without TLS; with `login`, as asked for where it says so."""
    program = shutil.which("nginx") or pytest.skip("nginx is not installed")
    port = free_port()
    text = NGINX.read_text("utf-8").replace("127.0.0.1:8000", f"127.0.0.1:{service}")
    text = text[: text.index("server {\n    listen 80")] + text[text.index("server {\n    listen 443") :]
    text = re.sub(r"listen \[::\].*", "", text.replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}"))
    text = re.sub(r" *ssl_.*\n", "", text).replace("/var/log/nginx", str(folder))
    if login:
        text = text.replace('    proxy_set_header X-Forwarded-User "";\n', "")
        text = re.sub(r"# ((auth_request|proxy_set_header X-Forwarded-User \$termservice_user)[^\n]*)", r"\1", text)
        text = text.replace("proxy_set_header X-Forwarded-User $termservice_user;", "", 1)  # of certificates
        text = text.replace("127.0.0.1:4180", f"127.0.0.1:{login}")
    paths = "".join(
        f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    site, whole = folder / "site.conf", folder / "nginx.conf"
    site.write_text(text, "utf-8")
    whole.write_text(f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; events {{}}\n"
                     f"http {{ {paths} include {site}; }}", "utf-8")  # fmt: skip
    with running([program, "-p", str(folder), "-c", str(whole), "-e", str(folder / "error.log")]):
        yield asking(port)


@contextmanager
def caddy(folder: Path, service: int) -> Iterator[Ask]:
    """deploy/Caddyfile on a port of its own, without TLS."""
    program = shutil.which("caddy") or pytest.skip("caddy is not installed")
    port = free_port()
    text = CADDY.read_text("utf-8").replace("127.0.0.1:8000", f"127.0.0.1:{service}")
    text = text.replace("termservice.example.org {", f"http://127.0.0.1:{port} {{")
    site = folder / "Caddyfile"
    site.write_text("{\n\tadmin off\n}\n" + text, "utf-8")
    with running([program, "run", "--adapter", "caddyfile", "--config", str(site)], HOME=str(folder)):
        yield asking(port)


@contextmanager
def running(command: list[str], **variables: str) -> Iterator[None]:
    output = subprocess.DEVNULL
    with subprocess.Popen(command, env=os.environ | variables, stdout=output, stderr=output) as process:
        try:
            yield
        finally:
            process.terminate()


def asking(port: int) -> Ask:
    def ask(
        path: str = ASKED, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("POST" if body else "GET", path, body, headers or {})
            response = connection.getresponse()
            response.read()
            return response.status, {name.lower(): value for name, value in response.getheaders()}
        finally:
            connection.close()

    answering(port)
    return ask


@pytest.fixture(params=[nginx, caddy])
def proxied(request: pytest.FixtureRequest, tmp_path: Path, behind: tuple[int, str]) -> Iterator[Ask]:
    with request.param(tmp_path, behind[0]) as ask:
        yield ask


@pytest.mark.parametrize("headers", SAYS_WHO, ids=lambda headers: " ".join(headers))
def test_a_caller_cannot_say_who_it_is(proxied: Ask, behind: tuple[int, str], headers: dict[str, str]) -> None:
    assert asking(behind[0])(ASKED, headers)[0] == 200  # what the proxy is there for
    assert proxied(ASKED, headers)[0] == 401


def test_a_key_goes_through(proxied: Ask, behind: tuple[int, str]) -> None:
    assert proxied(ASKED, {"X-API-Key": behind[1]})[0] == 200
    assert proxied(ASKED, {"Authorization": f"Bearer {behind[1]}"})[0] == 200
    assert proxied(ASKED, {"X-API-Key": "ts_wrong"})[0] == 401


def test_requests_keep_their_id(proxied: Ask) -> None:
    assert proxied("/healthz", {"X-Request-Id": "mine-1"})[1]["x-request-id"] == "mine-1"
    ids = {proxied("/healthz", headers)[1]["x-request-id"] for headers in ({}, {"X-Request-Id": "not one"}, {})}
    assert len(ids) == 3 and "not one" not in ids


def test_metrics_stop_at_the_proxy(proxied: Ask) -> None:
    assert proxied("/metrics")[0] == 404


def test_nginx_lets_through_what_the_service_takes_and_no_more(tmp_path: Path, behind: tuple[int, str]) -> None:
    path = f"{ASKED}?filter=".ljust(Config().limits.url - 100, "x")  # the server itself takes no more than 65 534
    with nginx(tmp_path, behind[0]) as ask:
        status, _ = ask(path, {"X-API-Key": behind[1]})
        assert status == 422  # by the service, which has no such parameter
        assert ask("/api/v1/batch/lookup", body=b"x" * (9 << 20))[0] == 413


def test_the_login_names_the_user(tmp_path: Path, behind: tuple[int, str]) -> None:
    with login() as port, nginx(tmp_path, behind[0], login=port) as ask:
        assert ask(ASKED, {"Cookie": "who=anna"})[0] == 200
        assert ask(ASKED, {"X-API-Key": behind[1]})[0] == 200
        assert ask(ASKED)[0] == 401
        for headers in SAYS_WHO:
            assert ask(ASKED, headers)[0] == 401
            assert ask(ASKED, headers | {"X-API-Key": "wrong"})[0] == 401
            assert ask("/-/login", headers)[0] == 404


@contextmanager
def login() -> Iterator[int]:
    """Knows whoever has a cookie, as oauth2-proxy does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            who = (self.headers["Cookie"] or "").removeprefix("who=")
            self.send_response(202 if who else 401)
            self.send_header("X-Auth-Request-User", who)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
