"""A code system: its tree from the top, and single levels of it for trees that open in place."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from termservice.answers import When
from termservice.web.access import service
from termservice.web.arguments import MAX_NAME
from termservice.web.branches import PAGE, Grower
from termservice.web.links import system_url
from termservice.web.localisation import content_languages, foreign
from termservice.web.pages import asked_when, given, given_all, kept, offset, rendered

blueprint = Blueprint("system", __name__)


@blueprint.get("/<page:system>")
def system(system: str) -> Response | BaseResponse:
    when, lang = asked_when(), content_languages()
    with service().snapshot():
        info = service().codesystem(system)
        if info.id != system:
            return redirect(system_url(info.id, **kept(when)))
        roots = service().roots(info.id, when, offset=offset(), limit=PAGE, lang=lang)
        grower = Grower(service(), info.id, When(version=roots.version), lang, given_all("open"))
        return rendered(
            "system.html", info=info, tongue=foreign(info.language), roots=roots,
            tree=grower.level(roots),
            versions=service().versions(info.id).items, shown=roots.version, when=when, kept=kept(when),
            revision=roots.revision,
        )  # fmt: skip


@blueprint.get("/<page:system>/-/branch")
def branch(system: str) -> Response:
    """What is below one code (`under`), as the part of a tree."""
    when = asked_when()
    with service().snapshot():
        info = service().codesystem(system)
        grower = Grower(service(), info.id, when, content_languages())
        below = grower.below(given("under")[:MAX_NAME])
    return rendered("branch.html", branches=below, system=info.id, kept=kept(when), here=None)
