"""One line for each request: what was asked of which route by whom, and how it went.

The route, not the address: its variables and its query are what somebody searched for, and may be about a person. The
key's name, not the key. The caller's address only where it is asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

from termservice.config import Log
from termservice.logs import FIELDS
from termservice.web.callers import ADDRESS, CALLER
from termservice.web.metrics import label_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger("termservice.requests")


def logged(app: WSGIApplication, log: Log) -> WSGIApplication:
    """`app`, with a line when each answer has been sent."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun = perf_counter()
        fields: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            route, method = label_of(environ)
            fields.update(method=method, route=route, status=int(status[:3]))
            return start_response(status, headers, exc_info)

        def done(size: int) -> None:
            fields.update(ms=round((perf_counter() - begun) * 1000, 2), bytes=size)
            caller = environ.get(CALLER)
            if caller is not None:
                fields[caller.kind] = caller.name
            if log.addresses:
                fields["address"] = environ.get(ADDRESS, environ.get("REMOTE_ADDR", ""))
            told = fields.get("method"), fields.get("route"), fields.get("status")
            _log.info("%s %s %s", *told, extra={FIELDS: fields})

        body = app(environ, start)
        if isinstance(body, list):
            done(sum(map(len, body)))
            return body
        return _Counted(body, done)

    return application


class _Counted:
    """A stream that says how much of it there was, once: at its end, or where the reader has gone."""

    def __init__(self, body: Iterable[bytes], done: Callable[[int], None]) -> None:
        self._body = body
        self._done: Callable[[int], None] | None = done
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._size += len(piece)
            yield piece
        self._tell()

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
        self._tell()

    def _tell(self) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(self._size)
