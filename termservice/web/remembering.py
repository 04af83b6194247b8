"""Answers given again without asking: registers and coders want the same codes and first letters all day.

An answer of the API or of FHIR depends on the request, the revision and the day; all of these are in the key, so a load
or midnight makes every remembered answer unreachable at once. It is kept as it was sent, compressed or not. `took_ms`
of a remembered search is what it took when it was made.

Who asks is not in the key: who may ask is decided in front of this, and what is not everybody's says `no-store`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.cache import Cache
from termservice.errors import TermserviceError
from termservice.web.compression import accepted, no_write
from termservice.web.metrics import RULE, matched_rule

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from werkzeug.routing import Rule

    from termservice.service import TerminologyService

_FHIR = "/fhir/"
_PREFIXES = ("/api/v1/", _FHIR)
_TOTAL_BYTES = 16 * 2**20
_LARGEST = 64 * 1024
_OVERHEAD = 1_000
"""Bytes an answer takes besides its body."""
_OK = "200 OK"
_NOT_KEPT = ("Cache-Control", "no-store")


@dataclass(frozen=True, slots=True)
class _Remembered:
    headers: list[tuple[str, str]]
    body: bytes
    rule: Rule | None


class _NotKept(Exception):
    """This answer is not one to remember; it has been given as it was."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self.body = body


def remembered(app: WSGIApplication, service: TerminologyService) -> WSGIApplication:
    """`app`, whose whole and successful GET answers of the API and of FHIR are kept for as long as the service's moment
    lasts.

    Conditional requests, streams and errors always reach `app`.
    """
    answers: Cache[_Remembered] = Cache(_TOTAL_BYTES, lambda kept: len(kept.body) + _OVERHEAD)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        conditional = "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ
        if environ["REQUEST_METHOD"] != "GET" or not path.startswith(_PREFIXES) or conditional:
            return app(environ, start_response)
        try:
            now = service.moment()
        except TermserviceError:  # the store cannot be read: the application says so
            return app(environ, start_response)
        language, encoding = environ.get("HTTP_ACCEPT_LANGUAGE", ""), environ.get("HTTP_ACCEPT_ENCODING")
        form = language, accepted(encoding) if encoding else ""
        key: tuple[Any, ...] = (now, environ.get("SCRIPT_NAME", ""), path, environ.get("QUERY_STRING", ""), form)
        if path.startswith(_FHIR):  # answers have absolute addresses in them, and may be refused for their form
            host = environ.get("HTTP_HOST", ""), environ["wsgi.url_scheme"]
            key = (*key, environ.get("HTTP_ACCEPT", ""), *host)
        try:
            kept = answers.get(key, lambda: _ask(app, environ, start_response))
        except _NotKept as given:
            return given.body
        environ[RULE] = kept.rule
        start_response(_OK, list(kept.headers))
        return [kept.body]

    return application


def _ask(app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> _Remembered:
    """The application's answer where it is one to keep. Raises `_NotKept` with any other, already begun."""
    begun: list[tuple[str, list[tuple[str, str]], Any]] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        begun.append((status, headers, exc_info))
        environ[RULE] = matched_rule(environ)  # Flask forgets it when it is done
        return no_write

    body = app(environ, start)
    status, headers, exc_info = begun[-1]
    keep = status == _OK and _NOT_KEPT not in headers
    if keep and isinstance(body, list) and len(body) == 1 and len(body[0]) <= _LARGEST:
        return _Remembered(headers, body[0], environ[RULE])
    start_response(status, headers, exc_info)
    raise _NotKept(body)
