"""Two versions of a code system side by side: how much changed, and what, word by word; beside what is computed from
the releases what their publisher states of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from termservice.answers import Change, ChangesAnswer, Source, VersionInfo, When
from termservice.naming import CHANGE_TYPES, when_named
from termservice.web.access import service
from termservice.web.arguments import MAX_NAME
from termservice.web.differences import Difference, differences
from termservice.web.links import compare_url
from termservice.web.localisation import content_languages, foreign
from termservice.web.pages import given, offset, rendered

PAGE = 50
SOURCES = ("computed", "publisher")
"""Whose word changes can be limited to."""

blueprint = Blueprint("compare", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One change as the page shows it."""

    change: Change
    differences: list[Difference]
    version: str | None
    """The version that the code's page is of: the last to hold it; None where only the publisher speaks of it, who may
    mean a code that is in neither."""
    computed: bool
    stated: Sequence[Source]
    """Where the publisher says so."""


@blueprint.get("/<page:system>/-/compare")
def compare(system: str) -> Response | BaseResponse:
    """`from` and `to` are versions or days; without them the version in force and the one before it."""
    asked = {name: given(name)[:MAX_NAME] for name in ("from", "to", "type", "under", "source")}
    asked["source"] = asked["source"] if asked["source"] in SOURCES else ""
    asked["type"] = asked["type"] if asked["type"] in CHANGE_TYPES else ""
    with service().snapshot():
        info = service().codesystem(system)
        if info.id != system:
            return redirect(compare_url(info.id, **asked))
        versions = service().versions(info.id).items
        first, last = _ends(info.id, asked, versions)
        lang = content_languages()
        stated = service().changes(info.id, first, last, source="publisher", limit=1, lang=lang).total
        found = service().changes(
            info.id, first, last, types=[asked["type"]] if asked["type"] else (), under=asked["under"] or None,
            source=asked["source"] or ("all" if stated else "computed"), offset=offset(), limit=PAGE, lang=lang,
        )  # fmt: skip
    shown: dict[str, Any] = {name: asked[name] for name in ("type", "under", "source")}
    shown |= {"from": found.after_version, "to": found.version}
    return rendered(
        "compare.html", info=info, tongue=foreign(info.language), versions=versions, found=found, lines=_lines(found),
        asked=shown, stated=stated, sources=SOURCES, offset=offset(), page=PAGE, revision=found.revision,
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
    """What is computed and what the publisher states of it, where both say the same kind of change, on one line."""
    by_code = groupby(found.items, key=lambda each: each.code)
    return [line for _, of in by_code for line in _lines_of_code(found, list(of))]


def _lines_of_code(found: ChangesAnswer, changes: Sequence[Change]) -> list[Line]:
    computed = {each.type for each in changes if each.source.by == "computed"}
    stated: dict[str, list[Source]] = {}
    for each in changes:
        if each.source.by != "computed":
            stated.setdefault(each.type, []).append(each.source)
    lines = []
    for each in changes:
        ours = each.source.by == "computed"
        if not ours and each.type in computed:
            continue
        version = (found.after_version if each.type == "withdrawn" else found.version) if ours else None
        said = stated.get(each.type, []) if ours else [each.source]
        lines.append(Line(each, differences(each.type, each.before, each.after), version, ours, said))
    return lines
