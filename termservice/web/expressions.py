"""GET …/ecl: what an expression of SNOMED CT's constraint language selects."""

from __future__ import annotations

from flask import Blueprint, Response
from marshmallow import fields, validate

from termservice.web import schemas
from termservice.web.access import service
from termservice.web.api import PREFIX, SYSTEM
from termservice.web.arguments import MAX_EXPRESSION, ConceptsArgs, arguments
from termservice.web.describing import Operation, described
from termservice.web.responses import answer, with_next

blueprint = Blueprint("expressions", __name__, url_prefix=PREFIX)


class EclArgs(ConceptsArgs):
    expression = fields.String(
        required=True,
        validate=validate.Length(min=1, max=MAX_EXPRESSION),
        metadata={"description": "An expression constraint (ECL 2.2), brief or long syntax."},
    )


_ECL = EclArgs()


@blueprint.get(SYSTEM + "/ecl")
@described(
    Operation(
        "What an expression constraint selects", "Concepts", schemas.ConceptPageSchema(), _ECL,
        problems=(400, 404, 422),
        description="Of SNOMED CT. In order of SCTID; `after` is the last code of the page before. An expression that "
        "cannot be understood is answered with the character where that shows (`position`, from 0).",
        example="/codesystems/snomed-ct/ecl?expression=%3C%3C%20404684003",
    )
)  # fmt: skip
def ecl(system: str) -> Response:
    return answer(with_next(service().ecl(system, **arguments(_ECL)), "after"))
