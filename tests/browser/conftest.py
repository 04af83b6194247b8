"""A real browser against the real pages around the web tests' stub service."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from termservice.web.app import create_app
from tests.test_termservice.test_web.stub import StubService

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: a test's output is what it finds."""


def _closing(app: WSGIApplication) -> WSGIApplication:
    """`app`, whose answers are closed with the last reference to them: where a browser hangs up before it has read all,
    werkzeug's server does not close them."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        body = app(environ, start_response)
        try:
            yield from body
        finally:
            getattr(body, "close", lambda: None)()

    return application


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Address of the pages."""
    app = _closing(create_app(StubService()))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM} (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def expected() -> list[str]:
    """What the browser may complain of in a test: parts of its messages."""
    return []


@pytest.fixture
def page(browser: Any, site: str, expected: list[str]) -> Iterator[Any]:
    """A fresh page that fails the test where the browser had something to complain of."""
    complaints: list[str] = []
    context = browser.new_context(base_url=site, viewport={"width": 1200, "height": 900})
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [each for each in complaints if not any(part in each for part in expected)] == []
