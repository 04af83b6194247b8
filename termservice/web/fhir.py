"""FHIR over HTTP: addresses, bodies and headers; what is answered comes from `termservice.fhir`.

Source: FHIR R5, "RESTful API" (http.html) and "Content negotiation"; the terminology module's service page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from termservice.fhir import server
from termservice.fhir.calls import Release
from termservice.fhir.issues import Failure, failed
from termservice.fhir.languages import Languages
from termservice.fhir.model import Json
from termservice.fhir.writing import outcome
from termservice.web import negotiation
from termservice.web.access import service
from termservice.web.arguments import pairs
from termservice.web.responses import Answer, conditional, digest

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PREFIX = "/fhir"
RELEASES: dict[str, Release] = {"r5": "R5", "r4": "R4"}
_CONTENT_TYPES: dict[Release, str] = {
    "R5": "application/fhir+json; fhirVersion=5.0; charset=utf-8",
    "R4": "application/fhir+json; fhirVersion=4.0; charset=utf-8",
}
_ISSUE_CODES = {
    401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 413: "too-long", 414: "too-long",
    429: "throttled", 500: "exception",
}  # fmt: skip
_MEASURED = ("timestamp", "identifier")
"""Of an expansion: differs each time it is made."""

blueprint = Blueprint("fhir", __name__, url_prefix=PREFIX)

_BASE = "/<any(r5, r4):release>"
_TYPE = _BASE + "/<any(CodeSystem, ValueSet, ConceptMap):kind>"
_BOTH = ["GET", "POST"]


@blueprint.post(_BASE)
@blueprint.post(_BASE + "/")
@blueprint.get(_BASE + "/metadata")
@blueprint.route(_BASE + "/$versions", methods=_BOTH)
@blueprint.get(_TYPE)
@blueprint.route(_TYPE + "/_search", methods=_BOTH)
@blueprint.get(_TYPE + "/<id>")
@blueprint.route(_TYPE + "/$<operation>", methods=_BOTH)
@blueprint.route(_TYPE + "/<id>/$<operation>", methods=_BOTH)
def interaction(release: str, **parts: str) -> Response:
    """Every interaction. The rules are those `server` knows too; here they give metrics their labels."""
    version = RELEASES[release]
    environ = request.environ
    try:
        query = pairs(request.query_string)
        negotiation.check(environ.get("HTTP_ACCEPT", ""), query, version)
        form, body = _body()
    except Failure as failure:
        return failure_response(failure, version)
    path = request.path[len(PREFIX) + len(release) + 2 :]
    asked = server.Request(
        service(), version, request.method, path, (*query, *form), body,
        accept_language=_languages(environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        base=_base(environ, release),
    )  # fmt: skip
    status, resource = server.answer(asked)
    return _response(status, resource, version, pretty=("_pretty", "true") in query)


def _languages(header: str) -> str:
    """The header Accept-Language; one that cannot be read asks for nothing, as HTTP has it."""
    try:
        return Languages.parse(header).text
    except Failure:
        return ""


def _base(environ: WSGIEnvironment, release: str) -> str:
    """Where this version is served. Put together here: werkzeug's host_url takes longer than the rest of a request."""
    host = environ.get("HTTP_HOST") or request.host
    return f"{environ['wsgi.url_scheme']}://{host}{request.root_path}{PREFIX}/{release}"


def for_fhir(path: str) -> bool:
    """Whether an address is FHIR's, so that failures of HTTP itself are told as OperationOutcomes."""
    return path == PREFIX or path.startswith(PREFIX + "/")


def http_failure(error: HTTPException) -> Response:
    """A failure of HTTP itself (no route, wrong method, too large) as an OperationOutcome."""
    status = error.code or 500
    code = _ISSUE_CODES.get(status, "processing")
    text = error.description or error.name
    if status == 404:
        text = f"There is nothing at {request.path}; the addresses here are listed at {PREFIX}/r5/metadata"
    failure = failed(text, code=code, status=status)
    return failure_response(failure, "R4" if request.path.startswith(f"{PREFIX}/r4") else "R5")


def failure_response(failure: Failure, release: Release) -> Response:
    return _response(failure.status, outcome(failure.issues), release)


def _body() -> tuple[list[tuple[str, str]], Json | None]:
    """What was posted: the fields of a form, or a resource. Raises `Failure` for what is neither."""
    if request.method != "POST":
        return [], None
    data = request.get_data()
    kind = request.mimetype
    if kind == "application/x-www-form-urlencoded":
        return pairs(data), None
    if not data.strip():
        return [], None
    negotiation.check_sent(kind)
    try:
        body: Any = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise failed(f"The body is not JSON: {error}", code="structure", status=400) from None
    if not isinstance(body, dict) or not isinstance(body.get("resourceType"), str):
        raise failed(
            "The body must be a FHIR resource: a JSON object with a resourceType", code="structure", status=400
        )
    return [], body


def _response(status: int, resource: Json, release: Release, *, pretty: bool = False) -> Response:
    body = orjson.dumps(resource, option=orjson.OPT_INDENT_2 if pretty else None)
    content_type = _CONTENT_TYPES[release]
    if status != 200:
        response = Response(body, status=status, content_type=content_type)
        response.headers["Cache-Control"] = "no-cache"
        return response
    if request.method != "POST":
        return conditional(body, _etag(body, resource), content_type)
    return Answer(body, [("Content-Type", content_type), ("Content-Length", str(len(body)))])


def _etag(body: bytes, resource: Json) -> str:
    """A digest of the content. That of an expansion is weak and leaves out when it was made."""
    expansion = resource.get("expansion")
    if not expansion:
        return f'"{digest(body)}"'
    for name in _MEASURED:
        body = body.replace(str(expansion.get(name, "")).encode(), b"", 1)
    return f'W/"{digest(body)}"'
