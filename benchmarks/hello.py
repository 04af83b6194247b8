"""The least a WSGI server can be asked to do: what HTTP itself costs on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable

BODY = b'{"hello":"world"}'
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]


def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", HEADERS)
    return [BODY]
