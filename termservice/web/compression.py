"""Answers made smaller for the way: zstd (RFC 8878) or gzip, as the caller prefers (RFC 9110, 12.5.3).

A compressed answer has the ETag of the plain one, made weak: the content is the same, the bytes are not. Since
If-None-Match compares weakly (13.1.2), both are asked for again alike. Whole answers are worth it from a packet
upwards; streams (exports) are compressed as they come.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.wsgi import ClosingIterator

from termservice.web.cors import varying
from termservice.web.metrics import RULE, matched_rule

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]
SMALLEST = 1400
"""Bytes that go into one packet: smaller answers are not faster for being compressed."""
_ZSTD_LEVEL = 3
_GZIP_LEVEL = 5
_GZIP_WINDOW = 31
"""The largest, with gzip's header and trailer (zlib's manual, deflateInit2)."""
_TYPES = ("text/", "application/json", "application/problem+json", "application/fhir+json", "application/x-ndjson",
          "application/atom+xml", "application/javascript", "image/svg+xml")  # fmt: skip
_ENCODINGS = ("zstd", "gzip")
"""Ours to choose where the caller has no preference: the first."""


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def compressed(app: WSGIApplication) -> WSGIApplication:
    """`app`, whose larger answers of kinds that shrink are compressed for callers that accept it."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        encoding = accepted(environ.get("HTTP_ACCEPT_ENCODING", ""))
        begun: list[tuple[str, Headers, Any, bool]] = []

        def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            environ[RULE] = matched_rule(environ)  # Flask forgets it when it is done
            shrinks = _shrinks(status, headers)
            begun[:] = [(status, varying(headers, "Accept-Encoding") if shrinks else headers, exc_info, shrinks)]
            return no_write

        body = app(environ, start)
        status, headers, exc_info, shrinks = begun[0]
        if shrinks and encoding and environ["REQUEST_METHOD"] != "HEAD":
            if status.startswith("304"):
                headers = _weak(headers)
            elif not isinstance(body, list):
                if _length(headers) >= SMALLEST:
                    headers, pieces = _encoded(headers, encoding), _stream(body, _compressor(encoding))
                    body = ClosingIterator(pieces, getattr(body, "close", None))
            elif sum(map(len, body)) >= SMALLEST:
                body = [_whole(b"".join(body), encoding)]
                headers = [*_encoded(headers, encoding), ("Content-Length", str(len(body[0])))]
        start_response(status, headers, exc_info)
        return body

    return application


@lru_cache(256)
def accepted(header: str) -> str:
    """The encoding to use for an Accept-Encoding, empty for none."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, parameter = part.partition(";")
        label, _, value = parameter.partition("=")
        try:
            weights[name.strip()] = float(value) if label.strip() == "q" else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    best = max(_ENCODINGS, key=lambda each: weights.get(each, weights.get("*", 0.0)))
    return best if weights.get(best, weights.get("*", 0.0)) > 0 else ""


def no_write(data: bytes) -> object:
    """What answers begun here offer to write by (PEP 3333, "The write() Callable"): nothing."""
    raise NotImplementedError("WSGI's write() is not offered")


def _shrinks(status: str, headers: Headers) -> bool:
    """Whether an answer like this may be compressed: of a kind that shrinks, whole, and not so already. Of one that has
    not changed the kind is not said."""
    if status.startswith(("204", "206")):
        return False
    kind = ""
    for name, value in headers:
        if name == "Content-Type":
            kind = value
        elif name == "Content-Encoding":
            return False
    return kind.startswith(_TYPES) or status.startswith("304")


def _length(headers: Headers) -> float:
    """What an answer says of its length; of a stream that says nothing, no limit."""
    return next((int(value) for name, value in headers if name == "Content-Length"), float("inf"))


def _encoded(headers: Headers, encoding: str) -> Headers:
    kept = [each for each in _weak(headers) if each[0] not in ("Content-Length", "Accept-Ranges")]
    return [*kept, ("Content-Encoding", encoding)]


def _weak(headers: Headers) -> Headers:
    return [(name, f"W/{value}" if name == "ETag" and value[:1] == '"' else value) for name, value in headers]


def _compressor(encoding: str) -> _Compressor:
    if encoding == "zstd":
        return zstd.ZstdCompressor(level=_ZSTD_LEVEL)
    return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)


def _whole(body: bytes, encoding: str) -> bytes:
    if encoding == "zstd":  # unlike a stream's, its frame says how large the content is
        return zstd.compress(body, _ZSTD_LEVEL)
    return zlib.compress(body, _GZIP_LEVEL, _GZIP_WINDOW)


def _stream(body: Iterable[bytes], compressor: _Compressor) -> Iterator[bytes]:
    """The pieces as they come, those that only filled the compressor's buffer left out."""
    for piece in body:
        if out := compressor.compress(piece):
            yield out
    yield compressor.flush()
