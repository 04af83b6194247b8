"""The page where coders find codes, and its results alone for while they type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Response

from index.analysis import query_words
from termservice.answers import CodeSystemInfo, ConceptSummary, SearchAnswer, SearchItem, VersionInfo
from termservice.errors import NothingInForce
from termservice.web.access import service
from termservice.web.asked import Asked, asked
from termservice.web.localisation import content_languages, foreign
from termservice.web.pages import rendered

PAGE = 20
GROUPED_PAGE = 50
"""Results of a page that shows them by chapter: in each, few of the best."""

blueprint = Blueprint("search", __name__)


@dataclass(frozen=True, slots=True)
class Choices:
    """What results of one code system can be limited to."""

    info: CodeSystemInfo
    versions: Sequence[VersionInfo]
    chapters: Sequence[ConceptSummary] = ()
    levels: Sequence[str] = ()
    none_in_force: NothingInForce | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one chapter, or those of a code system that are in none."""

    system: str
    chapter: ConceptSummary | None
    items: list[SearchItem] = field(default_factory=list)


@blueprint.get("/")
def search() -> Response:
    return rendered("search.html", **_search())


@blueprint.get("/-/results")
def results() -> Response:
    """The parts of the search page that change while one types."""
    return rendered("results.html", **_search())


def _search() -> dict[str, Any]:
    wanted = asked()
    with service().snapshot():
        systems = service().codesystems()
        wanted, choices = _choices(wanted)
        found = _found(wanted, choices) if wanted.q.strip() else None
        return {
            "asked": wanted, "choices": choices, "info": choices and choices.info, "found": found,
            "groups": _groups(found, wanted) if found and wanted.grouped else None,
            "answered": _answered(found, wanted.q), "page": _page(wanted), "foreign": foreign,
            "systems": systems.items, "revision": systems.revision,
        }  # fmt: skip


def _page(wanted: Asked) -> int:
    return GROUPED_PAGE if wanted.grouped else PAGE


def _choices(wanted: Asked) -> tuple[Asked, Choices | None]:
    """What the code system asked for has to choose from, and what was asked without what it does not have.

    A version or chapter left over from another code system is no mistake of the user's: choosing one drops them.
    """
    if not wanted.system:
        return replace(wanted, version="", under="", level=""), None
    ask = service()
    info = ask.codesystem(wanted.system)
    versions = ask.versions(info.id).items
    if wanted.version not in [each.version for each in versions]:
        wanted = replace(wanted, version="")
    wanted = replace(wanted, system=info.id)
    lang = content_languages()
    try:
        chapters = ask.outlines.chapters(info.id, wanted.when, lang)
        levels = ask.outlines.levels(info.id, wanted.when)
        if wanted.under and wanted.under not in [each.code for each in chapters]:
            other = ask.known(info.id, [wanted.under], wanted.when, lang).get(wanted.under)
            chapters = [other, *chapters] if other else chapters
            wanted = replace(wanted, under=other.code if other else "")
    except NothingInForce as error:
        return replace(wanted, under="", level=""), Choices(info, versions, none_in_force=error)
    wanted = replace(wanted, level=wanted.level if wanted.level in levels else "")
    return wanted, Choices(info, versions, chapters, levels)


def _found(wanted: Asked, choices: Choices | None) -> SearchAnswer | None:
    """The results; None where the code system had no version in force on the day."""
    if choices is not None and choices.none_in_force:
        return None
    return service().search(
        wanted.q,
        systems=[wanted.system] if wanted.system else (),
        when=wanted.when,
        lang=content_languages(),
        active=wanted.only_active,
        levels=[wanted.level] if wanted.level else (),
        under=wanted.under or None,
        limit=_page(wanted),
        offset=wanted.offset,
    )


def _answered(found: SearchAnswer | None, typed: str) -> str:
    """What the results answer: the query as it was corrected, without the words that none of them holds."""
    if found is None:
        return typed
    meant = found.suggestion or typed
    if not found.left_out:
        return meant
    return " ".join(word for word in query_words(meant) if word not in found.left_out)


def _groups(found: SearchAnswer, wanted: Asked) -> list[Group]:
    """The results by chapter; chapters in the order of their best result, and within them the order as it was."""
    codes: dict[str, list[str]] = {}
    for item in found.items:
        codes.setdefault(item.system, []).append(item.code)
    ask, lang = service(), content_languages()
    homes = {system: ask.outlines.placed(system, held, wanted.when, lang) for system, held in codes.items()}
    groups: dict[tuple[str, str | None], Group] = {}
    for item in found.items:
        chapter = homes[item.system].get(item.code)
        key = (item.system, chapter.code if chapter else None)
        group = groups.setdefault(key, Group(item.system, chapter))
        group.items.append(item)
    return list(groups.values())
