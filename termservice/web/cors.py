"""Cross-origin requests (the Fetch standard, "CORS protocol"): pages of the origins configured may read answers.

No cookies are ever involved, so credentials of browsers are not allowed; a page sends a key as a header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from termservice.config import Cors

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_METHODS = "GET, HEAD, POST"
_HEADERS = "Accept, Accept-Language, Authorization, Content-Type, If-None-Match, X-API-Key, X-Request-Id"
_EXPOSED = (
    "ETag, Link, Location, Retry-After, Termservice-Revision, Termservice-System, Termservice-Version, X-Request-Id"
)


def shared(app: WSGIApplication, cors: Cors) -> WSGIApplication:
    """`app`, whose answers those origins may read; it answers their preflight requests itself."""
    everyone = "*" in cors.origins

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        origin = environ.get("HTTP_ORIGIN", "")
        allowed = [("Access-Control-Allow-Origin", "*" if everyone else origin)]
        allowed = allowed if everyone or origin in cors.origins else []
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            start_response("204 No Content", _preflight(allowed, cors, everyone))
            return []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            told = list(headers) if everyone else varying(headers, "Origin")
            if allowed:
                told += [*allowed, ("Access-Control-Expose-Headers", _EXPOSED)]
            return start_response(status, told, exc_info)

        return app(environ, start)

    return application


def _preflight(allowed: list[tuple[str, str]], cors: Cors, everyone: bool) -> list[tuple[str, str]]:
    varies = [] if everyone else [("Vary", "Origin")]
    if not allowed:
        return varies
    granted = [
        ("Access-Control-Allow-Methods", _METHODS),
        ("Access-Control-Allow-Headers", _HEADERS),
        ("Access-Control-Max-Age", str(cors.max_age)),
    ]
    return [*allowed, *granted, *varies]


def varying(headers: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    """The headers with one more that the answer varies by."""
    said = ", ".join([value for header, value in headers if header == "Vary"])
    return [*[each for each in headers if each[0] != "Vary"], ("Vary", _joined(said, name))]


@lru_cache(64)
def _joined(said: str, name: str) -> str:
    named = [each.strip().lower() for each in said.split(",")]
    return said if name.lower() in named or "*" in named else f"{said}, {name}" if said else name
