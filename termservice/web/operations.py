"""For operators: is the process alive (/healthz), can it answer (/readyz)."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response

from termservice.errors import TermserviceError
from termservice.web.access import service
from termservice.web.problems import problem_of, problem_response
from termservice.web.responses import JSON

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Alive: nothing is read, so that a slow store does not get the process killed."""
    return _uncached(Response(b'{"status":"ok"}', content_type=JSON))


@blueprint.get("/readyz")
def readyz() -> Response:
    """Ready: the store can be read; else 503."""
    try:
        health = service().health()
    except TermserviceError as error:
        return _uncached(problem_response({**problem_of(error), "status": 503}))
    status = 503 if health.get("ready") is False else 200
    return _uncached(Response(orjson.dumps(health, default=str), status=status, content_type=JSON))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
