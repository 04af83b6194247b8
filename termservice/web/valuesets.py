"""REST about value sets: which there are, what they hold, and what joined and left."""

from __future__ import annotations

from flask import Blueprint, Response

from termservice.answers import When
from termservice.valuesetanswers import MemberChanges
from termservice.web import valuesetarguments as args
from termservice.web import valuesetschemas as schemas
from termservice.web.access import service
from termservice.web.api import PREFIX
from termservice.web.arguments import NoArgs, arguments
from termservice.web.describing import Operation, described
from termservice.web.responses import answer, with_next

VALUESET = "/valuesets/<name:valueset>"
TAG = "Value sets"

blueprint = Blueprint("valuesets", __name__, url_prefix=PREFIX)

_NO_ARGS = NoArgs()
_MEMBERS = args.MembersArgs()
_CHANGES = args.MemberChangesArgs()
_EXAMPLE = "/valuesets/urval-icf-kva-nutrition-och-undernaring"


@blueprint.get("/valuesets")
@described(
    Operation("The value sets loaded", TAG, schemas.ValueSetsSchema(), _NO_ARGS, problems=(422,), example="/valuesets")
)
def valuesets() -> Response:
    arguments(_NO_ARGS)
    return answer(service().valuesets.listing())


@blueprint.get(VALUESET)
@described(Operation("One value set", TAG, schemas.ValueSetSchema(), _NO_ARGS, problems=(404, 422), example=_EXAMPLE))
def valueset(valueset: str) -> Response:
    arguments(_NO_ARGS)
    return answer(service().valuesets.info(valueset))


@blueprint.get(VALUESET + "/versions")
@described(
    Operation(
        "The versions loaded of a value set", TAG, schemas.ValueSetVersionsSchema(), _NO_ARGS, problems=(404, 422),
        example=f"{_EXAMPLE}/versions",
    )
)  # fmt: skip
def versions(valueset: str) -> Response:
    arguments(_NO_ARGS)
    return answer(service().valuesets.versions(valueset))


@blueprint.get(VALUESET + "/members")
@described(
    Operation(
        "The codes of a value set, in order of code system and code", TAG, schemas.MembersSchema(), _MEMBERS,
        problems=(404, 422),
        description="Each as it stands in its code system on the day asked about: a withdrawn code says so (`status`), "
        "and what follows it. Of a named version codes are judged today. A value set that is a rule (`compose`) lists "
        "none.",
        example=f"{_EXAMPLE}/members?limit=5",
    )
)  # fmt: skip
def members(valueset: str) -> Response:
    return answer(with_next(service().valuesets.members(valueset, **arguments(_MEMBERS)), "offset"))


@blueprint.get(VALUESET + "/changes")
@described(
    Operation(
        "Which codes joined and left a value set", TAG, schemas.MemberChangesSchema(), _CHANGES, problems=(404, 422),
        description="`from` and `to` are a version's name, or a date on which it is in force.",
        example=f"{_EXAMPLE}/changes?from=2025-06-30",
    )
)  # fmt: skip
def changes(valueset: str) -> Response:
    return answer(with_next(_changes(valueset, **arguments(_CHANGES)), "offset"))


def _changes(name: str, start: str, end: str | None, offset: int, limit: int) -> MemberChanges:
    with service().snapshot():
        found = service().valuesets
        last = found.when_named(name, end) if end is not None else When()
        return found.changes(name, found.when_named(name, start), last, offset=offset, limit=limit)
