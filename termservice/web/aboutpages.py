"""Pages about the service itself: what is loaded and whose it is, and how accessible the pages are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, current_app

from termservice import __version__
from termservice.answers import CodeSystemInfo, VersionInfo
from termservice.web.access import service
from termservice.web.pages import rendered

blueprint = Blueprint("about", __name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A code system with its versions, newest first."""

    info: CodeSystemInfo
    versions: Sequence[VersionInfo]


@blueprint.get("/-/about")
def about() -> Response:
    with service().snapshot():
        systems = service().codesystems()
        loaded = [Loaded(info, service().versions(info.id).items) for info in systems.items]
        maps = service().maps.maps(measured=False).items
    return rendered(
        "about.html", loaded=loaded, maps=maps, program=__version__, health=service().health()["status"],
        revision=systems.revision,
    )  # fmt: skip


@blueprint.get("/-/accessibility")
def accessibility() -> Response:
    return rendered("accessibility.html", contact=current_app.config["CONTACT"])
