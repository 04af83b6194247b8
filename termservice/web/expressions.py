"""GET …/ecl, …/ecl/members: what an expression of SNOMED CT's constraint language selects, concepts or members."""

from __future__ import annotations

from flask import Blueprint, Response
from marshmallow import fields, validate

from termservice.web import schemas
from termservice.web.access import service
from termservice.web.api import PREFIX, SYSTEM
from termservice.web.arguments import MAX_EXPRESSION, ConceptsArgs, WhenArgs, arguments, limit_field, offset_field
from termservice.web.describing import Operation, described
from termservice.web.responses import answer, with_next

blueprint = Blueprint("expressions", __name__, url_prefix=PREFIX)


def _expression(description: str) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(min=1, max=MAX_EXPRESSION),
        metadata={"description": description},
    )


class EclArgs(ConceptsArgs):
    expression = _expression("An expression constraint (ECL 2.2), brief or long syntax.")


class MembersArgs(WhenArgs):
    expression = _expression("`^ [fields] refset`, as the whole expression; `[*]` for all fields.")
    offset = offset_field()
    limit = limit_field(100)


_ECL = EclArgs()
_MEMBERS = MembersArgs()


@blueprint.get(SYSTEM + "/ecl")
@described(
    Operation(
        "What an expression constraint selects", "Concepts", schemas.ConceptPageSchema(), _ECL,
        problems=(400, 404, 422),
        description="Of SNOMED CT. In order of SCTID; `after` is the last code of the page before. An expression that "
        "cannot be understood is answered with the character where that shows (`position`, from 0). Fields of members "
        "that are no concepts are answered by `…/ecl/members`.",
        example="/codesystems/snomed-ct/ecl?expression=%3C%3C%20404684003",
    )
)  # fmt: skip
def ecl(system: str) -> Response:
    return answer(with_next(service().ecl(system, **arguments(_ECL)), "after"))


@blueprint.get(SYSTEM + "/ecl/members")
@described(
    Operation(
        "The members of reference sets, with their fields", "Concepts", schemas.MemberPageSchema(), _MEMBERS,
        problems=(400, 404, 422),
        description="Of SNOMED CT, and of its maps. Fields are chosen in the expression, members by a filter in it "
        "(`{{ M mapTarget = \"I10\" }}`). In order of refset and component.",
        example="/codesystems/snomed-ct/ecl/members?expression=%5E%20%5B*%5D%20447562003",
    )
)  # fmt: skip
def members(system: str) -> Response:
    return answer(with_next(service().members(system, **arguments(_MEMBERS)), "offset"))
