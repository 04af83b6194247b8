"""Two versions of a code system side by side: how much changed, and what, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from termservice.answers import Change, ChangesAnswer, VersionInfo, When
from termservice.naming import CHANGE_TYPES, when_named
from termservice.web.access import service
from termservice.web.arguments import MAX_NAME
from termservice.web.differences import Difference, differences
from termservice.web.links import compare_url
from termservice.web.localisation import content_languages, foreign
from termservice.web.pages import given, offset, rendered

PAGE = 50

blueprint = Blueprint("compare", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One change as the page shows it."""

    change: Change
    differences: list[Difference]
    version: str
    """The version that the code's page is of: the last to hold it."""


@blueprint.get("/<page:system>/-/compare")
def compare(system: str) -> Response | BaseResponse:
    """`from` and `to` are versions or days; without them the version in force and the one before it."""
    asked = {name: given(name)[:MAX_NAME] for name in ("from", "to", "type", "under")}
    asked["type"] = asked["type"] if asked["type"] in CHANGE_TYPES else ""
    with service().snapshot():
        info = service().codesystem(system)
        if info.id != system:
            return redirect(compare_url(info.id, **asked))
        versions = service().versions(info.id).items
        first, last = _ends(info.id, asked, versions)
        found = service().changes(
            info.id, first, last, types=[asked["type"]] if asked["type"] else (), under=asked["under"] or None,
            offset=offset(), limit=PAGE, lang=content_languages(),
        )  # fmt: skip
    shown: dict[str, Any] = {name: asked[name] for name in ("type", "under")}
    shown |= {"from": found.after_version, "to": found.version}
    return rendered(
        "compare.html", info=info, tongue=foreign(info.language), versions=versions, found=found, lines=_lines(found),
        asked=shown, offset=offset(), page=PAGE, revision=found.revision,
    )  # fmt: skip


def _ends(system: str, asked: dict[str, str], versions: Sequence[VersionInfo]) -> tuple[When, When]:
    """What to compare. Without `to` the version in force, without `from` the one before that."""
    names = [each.version for each in versions]
    last = when_named(service(), system, asked["to"]) if asked["to"] else When()
    if asked["from"]:
        return when_named(service(), system, asked["from"]), last
    current = service().roots(system, last, limit=1).version
    at = names.index(current)
    return When(version=names[min(at + 1, len(names) - 1)]), last


def _lines(found: ChangesAnswer) -> list[Line]:
    return [
        Line(
            each,
            differences(each.type, each.before, each.after),
            found.after_version if each.type == "withdrawn" else found.version,
        )
        for each in found.items
    ]
