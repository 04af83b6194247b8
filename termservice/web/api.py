"""REST under /api/v1: each handler reads the arguments, asks the service once and serialises the answer."""

from __future__ import annotations

from flask import Blueprint, Response

from termservice.web import arguments as args
from termservice.web import schemas
from termservice.web.access import service
from termservice.web.arguments import arguments
from termservice.web.describing import Operation, described
from termservice.web.export import export_response
from termservice.web.responses import answer, answer_timed, with_next

PREFIX = "/api/v1"
SYSTEM = "/codesystems/<name:system>"
CONCEPT = SYSTEM + "/concepts/<name:code>"

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)

_NO_ARGS = args.NoArgs()
_WHEN = args.WhenArgs()
_LOOKUP = args.LookupArgs()
_PAGE = args.PageArgs()
_CONCEPTS = args.ConceptsArgs()
_SUBSUMES = args.SubsumesArgs()
_SEARCH = args.SearchArgs()
_EXPORT = args.ExportArgs()
_CONCEPT_PAGE = schemas.ConceptPageSchema()


@blueprint.get("/codesystems")
@described(
    Operation(
        "The code systems loaded", "Code systems", schemas.CodeSystemsSchema(), _NO_ARGS, problems=(422,),
        example="/codesystems",
    )
)  # fmt: skip
def codesystems() -> Response:
    arguments(_NO_ARGS)
    return answer(service().codesystems())


@blueprint.get(SYSTEM)
@described(
    Operation(
        "One code system", "Code systems", schemas.CodeSystemSchema(), _NO_ARGS, problems=(404, 422),
        example="/codesystems/icd-10-se",
    )
)  # fmt: skip
def codesystem(system: str) -> Response:
    arguments(_NO_ARGS)
    return answer(service().codesystem(system))


@blueprint.get(SYSTEM + "/versions")
@described(
    Operation(
        "The versions loaded of a code system", "Code systems", schemas.VersionsSchema(), _NO_ARGS,
        problems=(404, 422), example="/codesystems/icd-10-se/versions",
    )
)  # fmt: skip
def versions(system: str) -> Response:
    arguments(_NO_ARGS)
    return answer(service().versions(system))


@blueprint.get(SYSTEM + "/concepts")
@described(
    Operation(
        "All codes of a version, in code order", "Concepts", _CONCEPT_PAGE, _CONCEPTS, problems=(404, 422),
        example="/codesystems/icd-10-se/concepts?limit=5",
    )
)  # fmt: skip
def concepts(system: str) -> Response:
    return answer(with_next(service().concepts(system, **arguments(_CONCEPTS)), "after"))


@blueprint.get(SYSTEM + "/roots")
@described(
    Operation(
        "The codes without parent", "Hierarchy", _CONCEPT_PAGE, _PAGE, problems=(404, 422),
        example="/codesystems/icd-10-se/roots",
    )
)  # fmt: skip
def roots(system: str) -> Response:
    return answer(with_next(service().roots(system, **arguments(_PAGE)), "offset"))


@blueprint.get(SYSTEM + "/subsumes")
@described(
    Operation(
        "Whether one code is above another", "Hierarchy", schemas.SubsumesSchema(), _SUBSUMES,
        problems=(404, 422), example="/codesystems/icd-10-se/subsumes?codeA=I21&codeB=I21.9",
    )
)  # fmt: skip
def subsumes(system: str) -> Response:
    return answer(service().subsumes(system, **arguments(_SUBSUMES)))


@blueprint.get(SYSTEM + "/export")
@described(
    Operation(
        "A whole version as a file", "Concepts", None, _EXPORT, problems=(404, 422),
        description="Streamed. In CSV, cells that a spreadsheet would take for a formula begin with an "
        "apostrophe; lists stand as JSON. NDJSON holds one concept per line, untouched.",
        example="/codesystems/icd-10-se/export?format=ndjson", media=("text/csv", "application/x-ndjson"),
    )
)  # fmt: skip
def export(system: str) -> Response:
    return export_response(service(), system, **arguments(_EXPORT))


@blueprint.get(CONCEPT)
@described(
    Operation(
        "What a code means", "Concepts", schemas.ConceptSchema(), _LOOKUP, problems=(404, 422),
        description="Without version, a code that has been withdrawn answers with its last content and "
        "`active: false`.",
        example="/codesystems/icd-10-se/concepts/I21.9",
    )
)  # fmt: skip
def concept(system: str, code: str) -> Response:
    return answer(service().concept(system, code, **arguments(_LOOKUP)))


@blueprint.get(CONCEPT + "/children")
@described(
    Operation(
        "Direct children", "Hierarchy", _CONCEPT_PAGE, _PAGE, problems=(404, 422),
        example="/codesystems/icd-10-se/concepts/I21/children",
    )
)  # fmt: skip
def children(system: str, code: str) -> Response:
    return answer(with_next(service().children(system, code, **arguments(_PAGE)), "offset"))


@blueprint.get(CONCEPT + "/ancestors")
@described(
    Operation(
        "All codes above, nearest first", "Hierarchy", _CONCEPT_PAGE, _PAGE, problems=(404, 422),
        example="/codesystems/icd-10-se/concepts/I21.9/ancestors",
    )
)  # fmt: skip
def ancestors(system: str, code: str) -> Response:
    return answer(with_next(service().ancestors(system, code, **arguments(_PAGE)), "offset"))


@blueprint.get(CONCEPT + "/descendants")
@described(
    Operation(
        "All codes below", "Hierarchy", _CONCEPT_PAGE, _PAGE, problems=(404, 422),
        example="/codesystems/icd-10-se/concepts/I21/descendants",
    )
)  # fmt: skip
def descendants(system: str, code: str) -> Response:
    return answer(with_next(service().descendants(system, code, **arguments(_PAGE)), "offset"))


@blueprint.get("/search")
@described(
    Operation(
        "Find codes by words or by code", "Search", schemas.SearchSchema(), _SEARCH, problems=(404, 422),
        example="/search?q=akut+hj%C3%A4rtinfarkt&limit=5",
    )
)  # fmt: skip
def search() -> Response:
    return answer_timed(with_next(service().search(**arguments(_SEARCH)), "offset"))
