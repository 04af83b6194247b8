"""Administration over REST, for holders of an admin key, where it is configured: what the command line does to releases
already received. Loading is not here: no file comes in by this way."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from flask import Blueprint, Response, request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import Forbidden

from termservice import audit, jobs, lifecycle
from termservice.web.access import service
from termservice.web.admission import ADMIN
from termservice.web.arguments import MAX_NAME, Arguments, NoArgs, arguments, load
from termservice.web.callers import CALLER, Caller
from termservice.web.describing import Operation, described
from termservice.web.problems import BadBody
from termservice.web.responses import JSON

blueprint = Blueprint("administration", __name__, url_prefix=ADMIN)

_TAG = "Administration"
_NAME = validate.Length(min=1, max=MAX_NAME)
_BEGUN = "Needs a key of the scope admin. The change goes on by itself; `Location` is where to ask for its state."


class ReleaseBody(Arguments):
    system = fields.String(
        required=True, validate=_NAME, metadata={"description": "Any name of the code system, map or value set."}
    )
    version = fields.String(
        load_default=None, allow_none=True, validate=_NAME,
        metadata={"description": "The version; without it the one with the latest date."},
    )  # fmt: skip


class ReindexBody(Arguments):
    system = fields.String(
        load_default=None, allow_none=True, validate=_NAME,
        metadata={"description": "Any name of the code system; without it all of them."},
    )  # fmt: skip


class AuditArgs(Arguments):
    limit = fields.Integer(
        load_default=100, validate=validate.Range(1, 1000), metadata={"description": "How many at most."}
    )


class JobSchema(Schema):
    """A change that was begun."""

    id = fields.String(required=True, metadata={"description": "What to ask for its state by."})
    action = fields.String(required=True, metadata={"description": "activate, rollback or reindex."})
    system = fields.String(required=True, allow_none=True, metadata={"description": "The code system, as named."})
    version = fields.String(required=True, allow_none=True, metadata={"description": "The version, as named."})
    actor = fields.String(required=True, metadata={"description": "Whose key began it."})
    status = fields.String(required=True, metadata={"description": "running, done or failed."})
    started = fields.String(required=True, metadata={"description": "When it began."})
    ended = fields.String(required=True, allow_none=True, metadata={"description": "When it ended."})
    message = fields.String(required=True, allow_none=True, metadata={"description": "What came of it."})


_NO_ARGS, _AUDIT = NoArgs(), AuditArgs()
_RELEASE, _REINDEX = ReleaseBody(), ReindexBody()
_JOB = JobSchema()


@blueprint.before_request
def only_admins() -> None:
    """The second lock on this door: the first stands in front of Flask (`termservice.web.admission`)."""
    caller: Caller | None = request.environ.get(CALLER)
    if caller is None or not caller.admin:
        raise Forbidden("This needs an API key of the scope admin")


@blueprint.get("/releases")
@described(Operation("Every release received, whatever its status", _TAG, None, _NO_ARGS, problems=(401, 403, 422)))
def releases() -> Response:
    arguments(_NO_ARGS)
    names = ("system", "version", "effective", "status", "form", "received", "partial", "title")
    rows = lifecycle.releases(service().home)
    return _listing([{name: getattr(row, name) for name in names} for row in rows])


@blueprint.get("/audit")
@described(Operation("What was done, by whom, newest first", _TAG, None, _AUDIT, problems=(401, 403, 422)))
def audits() -> Response:
    return _listing([asdict(entry) for entry in audit.entries(service().home, arguments(_AUDIT)["limit"])])


@blueprint.get("/jobs")
@described(Operation("The changes begun here, newest first", _TAG, None, _NO_ARGS, problems=(401, 403, 422)))
def list_jobs() -> Response:
    arguments(_NO_ARGS)
    return _listing([asdict(job) for job in jobs.jobs(service().home)])


@blueprint.get("/jobs/<job>")
@described(Operation("How a change stands", _TAG, _JOB, _NO_ARGS, problems=(401, 403, 404, 422)))
def one_job(job: str) -> Response:
    arguments(_NO_ARGS)
    return _json(asdict(jobs.job(service().home, job)))


_PROBLEMS = (400, 401, 403, 409, 413, 422)


@blueprint.post("/activate")
@described(
    Operation("Put a held or rolled-back release in use", _TAG, _JOB, _NO_ARGS, _RELEASE, _PROBLEMS, _BEGUN, status=202)
)
def activate() -> Response:
    return _begun("activate", _RELEASE)


@blueprint.post("/rollback")
@described(
    Operation("Take a version out of use; its release is kept", _TAG, _JOB, _NO_ARGS, _RELEASE, _PROBLEMS, _BEGUN,
              status=202)
)  # fmt: skip
def rollback() -> Response:
    return _begun("rollback", _RELEASE)


@blueprint.post("/reindex")
@described(Operation("Build search indexes anew", _TAG, _JOB, _NO_ARGS, _REINDEX, _PROBLEMS, _BEGUN, status=202))
def reindex() -> Response:
    return _begun("reindex", _REINDEX)


def _begun(action: str, schema: Schema) -> Response:
    arguments(_NO_ARGS)
    given = load(schema, _body())
    caller: Caller = request.environ[CALLER]
    job = jobs.start(service().home, action, given["system"], given.get("version"), f"key:{caller.name}")
    response = _json(asdict(job), 202)
    response.headers["Location"] = f"{request.root_path}{ADMIN}/jobs/{job.id}"
    return response


def _body() -> Any:
    try:
        body = orjson.loads(request.get_data() or b"{}")
    except orjson.JSONDecodeError as error:
        raise BadBody(f"the body is not JSON: {error}") from None
    if type(body) is not dict:
        raise BadBody("the body is not a JSON object")
    return body


def _listing(items: list[dict[str, Any]]) -> Response:
    return _json({"total": len(items), "items": items, "next": None})


def _json(value: Any, status: int = 200) -> Response:
    """Nobody else's business, and another the next moment: kept nowhere."""
    response = Response(orjson.dumps(value), status=status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response
