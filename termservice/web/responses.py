"""Answers on the wire: JSON bytes, a digest as ETag, the address of the next page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import quote, urlencode

import orjson
from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.http import parse_date

from termservice.web.arguments import pairs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON = "application/json"
_PATH_SAFE = "/:@!$&'()*+,;=~"


class Answer(Response):
    """A whole body with all its headers: sent as it stands, without werkzeug's search for what else it may be."""

    def __init__(self, body: bytes, headers: list[tuple[str, str]]) -> None:
        super().__init__([body], 200, Headers(headers))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(self.status, self.headers.to_wsgi_list())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else self.response  # type: ignore[return-value]


class Paged(Protocol):
    """What has a `next`: what the service says to ask for next, or None."""

    @property
    def next(self) -> str | None: ...


PagedT = TypeVar("PagedT", bound=Paged)


def answer(value: Any) -> Response:
    """`value` (dataclasses, dicts) as JSON with a strong ETag; 304 where the caller has just that."""
    body = orjson.dumps(value)
    return conditional(body, f'"{digest(body)}"')


def answer_timed(value: Any) -> Response:
    """As `answer`, for a value whose last field is `took_ms`: the ETag leaves the measurement out, and is
    weak since bodies that differ only there share it."""
    body = orjson.dumps(value)
    return conditional(body, f'W/"{digest(body.rpartition(b",")[0])}"')


def conditional(body: bytes, etag: str, content_type: str = JSON) -> Response:
    found = unchanged(etag)
    if found is not None:
        return found
    headers = [*_kept(etag), ("Content-Type", content_type), ("Content-Length", str(len(body)))]
    return Answer(body, headers)


def unchanged(etag: str, modified: datetime | None = None) -> Response | None:
    """304 where the caller has just the content of that ETag or, where it sends none, of that moment."""
    known = request.headers.get("If-None-Match")
    if known is not None:
        fresh = _matches(known, etag)
    else:
        since = request.headers.get("If-Modified-Since")
        # The same, not merely older: taking a release out of use can set the clock of the content back.
        fresh = modified is not None and since is not None and parse_date(since) == modified.replace(microsecond=0)
    return Response(status=304, headers=_kept(etag)) if fresh else None


def _kept(etag: str) -> list[tuple[str, str]]:
    # Which content is in force changes by the calendar and by loads: caches may keep answers, not trust them.
    return [("ETag", etag), ("Cache-Control", "no-cache"), ("Vary", "Accept-Language")]


def digest(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _matches(header: str, etag: str) -> bool:
    """If-None-Match compares weakly (RFC 9110, 13.1.2)."""
    wanted = etag.removeprefix("W/")
    return any(tag.strip().removeprefix("W/") in (wanted, "*") for tag in header.split(","))


def with_next(page: PagedT, parameter: str) -> PagedT:
    """`page` with `next` as path and query of the next page: this request's, with `parameter` replaced."""
    if page.next is None:
        return page
    return replace(page, next=next_url(parameter, page.next))  # type: ignore[type-var]


def next_url(parameter: str, value: str) -> str:
    kept = [pair for pair in pairs(request.query_string) if pair[0] != parameter]
    return f"{here()}?{urlencode([*kept, (parameter, value)])}"


def here() -> str:
    """The request's path as it can be asked for again, with the prefix the application is mounted under."""
    return quote(request.root_path + request.path, safe=_PATH_SAFE)
