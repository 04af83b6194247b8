"""Failures as responses: RFC 9457 problems for programs, OperationOutcomes for FHIR, a page for people, the same status
for all."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from termservice.errors import TermserviceError
from termservice.web.errorpages import error_page
from termservice.web.fhir import for_fhir, http_failure
from termservice.web.responses import here

PROBLEM_JSON = "application/problem+json"
TYPE_PREFIX = "/docs#problem-"
_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics")
HTTP_KINDS = (
    (400, "bad-request", "Bad Request"),
    (401, "key-needed", "Unauthorized"),
    (403, "forbidden", "Forbidden"),
    (404, "no-such-route", "Not Found"),
    (405, "method-not-allowed", "Method Not Allowed"),
    (413, "body-too-large", "Request Entity Too Large"),
    (414, "address-too-long", "Request-URI Too Long"),
    (429, "too-many-requests", "Too Many Requests"),
    (500, "internal-error", "Internal Server Error"),
)
"""Failures of HTTP itself: status, code and title."""
_HTTP_CODES = {status: code for status, code, _ in HTTP_KINDS}


class BadBody(TermserviceError):
    """The request's body is not the JSON it should be."""

    status = 400
    code = "bad-body"
    title = "Bad request body"


def problem_of(error: TermserviceError, instance: str | None = None) -> dict[str, Any]:
    """The problem object of an error of ours: its details are members beside the standard ones."""
    standard = {
        "type": TYPE_PREFIX + error.code,
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
    }
    if instance is not None:
        standard["instance"] = instance
    return {**error.details, **standard}


def http_problem(error: HTTPException) -> dict[str, Any]:
    """The problem object of a failure of HTTP itself (no route, wrong method, too large)."""
    status = error.code or 500
    code = _HTTP_CODES.get(status, f"http-{status}")
    return {
        "type": TYPE_PREFIX + code,
        "title": error.name,
        "status": status,
        "detail": error.description or error.name,
        "instance": here(),
        "code": code,
    }


def problem_response(problem: dict[str, Any]) -> Response:
    response = Response(orjson.dumps(problem), status=problem["status"], content_type=PROBLEM_JSON)
    response.headers["Cache-Control"] = "no-cache"
    return response


def register(app: Flask) -> None:
    """Hand every failure of `app` to this module. Pages' own wording is in `termservice.web.errorpages`."""

    def on_service_error(error: TermserviceError) -> Response:
        if for_fhir(request.path):  # what went wrong before FHIR was asked
            told = HTTPException(error.message)
            told.code = error.status
            return http_failure(told)
        if for_programs():
            return problem_response(problem_of(error, here()))
        return error_page(error.status, error)

    def on_http_error(error: HTTPException) -> Response:
        if for_fhir(request.path):
            response = http_failure(error)
        else:
            response = problem_response(http_problem(error)) if for_programs() else error_page(error.code or 500)
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After", "WWW-Authenticate"):
                response.headers[name] = value
        return response

    app.register_error_handler(TermserviceError, on_service_error)
    app.register_error_handler(HTTPException, on_http_error)


def for_programs() -> bool:
    return request.path.startswith(_PROGRAMS)
