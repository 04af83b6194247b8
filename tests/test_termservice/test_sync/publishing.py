"""A publisher's server on loopback that can be told to misbehave."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    """Only so many bytes are sent of those announced."""


@dataclass
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Publisher:
    """Answers by path: a reply, several in turn (the last one stays), or what a function makes of the request."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply | Callable[[Request], Reply]]] = {}
        self.requests: list[Request] = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(self.command, self.path, self.headers, self.rfile.read(length))  # type: ignore[arg-type]
                publisher.requests.append(request)
                publisher.answer(self, request)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, *replies: Reply | Callable[[Request], Reply]) -> None:
        self.replies[path] = list(replies)

    def file(self, path: str, body: bytes, **headers: str) -> None:
        """A file served as good servers do: with an ETag, conditional and in ranges."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

        def reply(request: Request) -> Reply:
            if request.headers.get("If-None-Match") == tag:
                return Reply(status=304, headers={"ETag": tag})
            wanted = request.headers.get("Range", "")
            if wanted and request.headers.get("If-Range") == tag:
                start = int(wanted.removeprefix("bytes=").partition("-")[0])
                if start >= len(body):
                    return Reply(status=416)
                span = f"bytes {start}-{len(body) - 1}/{len(body)}"
                return Reply(body[start:], 206, {"ETag": tag, "Content-Range": span})
            return Reply(body, 200, {"ETag": tag, **headers})

        self.put(path, reply)

    def answer(self, handler: BaseHTTPRequestHandler, request: Request) -> None:
        replies = (
            self.replies.get(request.path) or self.replies.get(request.path.partition("?")[0]) or [Reply(status=404)]
        )
        found = replies.pop(0) if len(replies) > 1 else replies[0]
        reply = found if isinstance(found, Reply) else found(request)
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        if reply.status != 304:
            handler.send_header("Content-Length", str(len(reply.body)))
        with suppress(ConnectionError):  # who asked may have heard enough
            handler.end_headers()
            handler.wfile.write(reply.body[: reply.cut])
        handler.close_connection = reply.cut is not None

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path.partition("?")[0] == path]

    def close(self) -> None:
        """May be called twice."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
