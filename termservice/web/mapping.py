"""REST about maps between code systems: what a code is called elsewhere, and the maps themselves."""

from __future__ import annotations

from flask import Blueprint, Response

from termservice.translating import Question
from termservice.web import maparguments as args
from termservice.web import mapschemas as schemas
from termservice.web.access import service
from termservice.web.api import CONCEPT, PREFIX
from termservice.web.arguments import LookupArgs, NoArgs, arguments
from termservice.web.describing import Operation, described
from termservice.web.responses import answer, with_next

MAP = "/maps/<name:map>"

blueprint = Blueprint("mapping", __name__, url_prefix=PREFIX)

_NO_ARGS = NoArgs()
_LOOKUP = LookupArgs()
_TRANSLATE = args.TranslateArgs()
_MAPS = args.MapsArgs()
_ELEMENTS = args.ElementsArgs()


@blueprint.get("/translate")
@described(
    Operation(
        "What a code is called in another code system", "Maps", schemas.TranslateSchema(), _TRANSLATE,
        problems=(404, 422),
        description="By a map between the two, else over others (`via`); a map is also read backwards (`reversed`). "
        "`version` is of the code's own system; `date` holds for all. A rule that asks for age, sex or other codes "
        "that are not given leaves its targets at `depends`. A target that may no longer be used says so (`status`) "
        "and what follows it. A map's word that there is none is in `unmapped`.",
        example="/translate?system=icd-10&code=I21.9&target=icd-11",
    )
)  # fmt: skip
def translate() -> Response:
    return answer(service().maps.translate(Question(**arguments(_TRANSLATE))))


@blueprint.get("/maps")
@described(
    Operation(
        "The maps loaded", "Maps", schemas.MapsSchema(), _MAPS, problems=(404, 422), example="/maps?target=icd-11"
    )
)
def maps() -> Response:
    return answer(service().maps.maps(**arguments(_MAPS)))


@blueprint.get(MAP)
@described(
    Operation(
        "One map, and how far it reaches", "Maps", schemas.MapSchema(), _NO_ARGS, problems=(404, 422),
        example="/maps/icd-10-to-icd-11",
    )
)  # fmt: skip
def one_map(map: str) -> Response:
    arguments(_NO_ARGS)
    return answer(service().maps.map(map))


@blueprint.get(MAP + "/versions")
@described(
    Operation(
        "The versions loaded of a map", "Maps", schemas.MapVersionsSchema(), _NO_ARGS, problems=(404, 422),
        example="/maps/icd-10-to-icd-11/versions",
    )
)  # fmt: skip
def versions(map: str) -> Response:
    arguments(_NO_ARGS)
    return answer(service().maps.versions(map))


@blueprint.get(MAP + "/elements")
@described(
    Operation(
        "The rows of a map, in order of source code", "Maps", schemas.ElementPageSchema(), _ELEMENTS,
        problems=(404, 422), example="/maps/icd-10-to-icd-11/elements?limit=5",
    )
)  # fmt: skip
def elements(map: str) -> Response:
    return answer(with_next(service().maps.elements(map, **arguments(_ELEMENTS)), "offset"))


@blueprint.get(CONCEPT + "/maps")
@described(
    Operation(
        "Every row of every map that a code is in", "Maps", schemas.ConceptMapsSchema(), _LOOKUP, problems=(404, 422),
        description="On either side, as published: rules are not applied, and nothing is chained.",
        example="/codesystems/icd-10/concepts/I21.9/maps",
    )
)  # fmt: skip
def of_concept(system: str, code: str) -> Response:
    return answer(service().maps.of_concept(system, code, **arguments(_LOOKUP)))
