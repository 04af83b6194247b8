"""The pages for coders: search, code systems and concepts, rendered by the server in Swedish."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from termservice.answers import CodeSystemInfo, ConceptAnswer, SearchAnswer, When
from termservice.web.access import service
from termservice.web.arguments import MAX_NAME, MAX_OFFSET, MAX_QUERY, pairs
from termservice.web.highlighting import highlight
from termservice.web.links import api_url, code_url, search_url, system_url
from termservice.web.responses import conditional, digest
from termservice.web.texts import level_name, number, system_name, text

HTML = "text/html; charset=utf-8"
PAGE = 20
TREE_PAGE = 100
LANGUAGES = ("sv", "en")

blueprint = Blueprint("pages", __name__)


@blueprint.app_context_processor
def _tools() -> dict[str, Any]:
    return {
        "t": text,
        "api_url": api_url,
        "code_url": code_url,
        "search_url": search_url,
        "system_url": system_url,
        "system_name": system_name,
        "level_name": level_name,
        "number": number,
        "highlight": highlight,
    }


@blueprint.get("/")
def search() -> Response:
    return _page("search.html", **_search())


@blueprint.get("/-/results")
def results() -> Response:
    """The parts of the search page that change while one types."""
    return _page("results.html", **_search())


@blueprint.get("/<page:system>")
def system(system: str) -> Response | BaseResponse:
    when = _when()
    with service().snapshot():
        info = service().codesystem(system)
        if info.id != system:
            return redirect(system_url(info.id, when.version))
        roots = service().roots(info.id, when, offset=_offset(), limit=TREE_PAGE, lang=LANGUAGES)
        versions = service().versions(info.id).items
    return _page(
        "system.html", info=info, tree=roots, versions=versions, shown=roots.version, chosen=when.version,
        revision=roots.revision,
    )  # fmt: skip


@blueprint.get("/<page:system>/<name:code>")
def concept(system: str, code: str) -> Response | BaseResponse:
    when = _when()
    with service().snapshot():
        found = service().concept(system, code, when, LANGUAGES)
        if (found.system, found.code) != (system, code):
            return redirect(code_url(found.system, found.code, when.version))
        # Of a withdrawn code the surroundings are those of the version it was last in.
        shown = When(version=found.version)
        above = service().ancestors(found.system, found.code, shown, limit=TREE_PAGE, lang=LANGUAGES)
        # Where nothing is below, what stands beside it is what one may have been looking for.
        under = found.code if found.children_count or not found.parents else found.parents[0]
        tree = service().children(found.system, under, shown, offset=_offset(), limit=TREE_PAGE, lang=LANGUAGES)
        versions = service().versions(found.system).items
    return _page(
        "concept.html", concept=found, under=under, tree=tree, path=_path(found, above.items), shown=found.version,
        versions=versions, chosen=when.version, revision=found.revision,
    )  # fmt: skip


def _search() -> dict[str, Any]:
    query = _given("q")[:MAX_QUERY]
    chosen, version = _given("system")[:MAX_NAME], _given("version")[:MAX_NAME]
    with service().snapshot():
        systems = service().codesystems()
        info = service().codesystem(chosen) if chosen else None
        versions = service().versions(info.id).items if info else ()
        # A version left over from another code system is no mistake of the user's: choosing one drops it.
        if version not in [each.version for each in versions]:
            version = ""
        found = _found(query, info, version) if query.strip() else None
    return {
        "query": query, "info": info, "version": version, "versions": versions, "found": found,
        "offset": _offset(), "page": PAGE, "systems": systems.items, "revision": systems.revision,
    }  # fmt: skip


def _found(query: str, info: CodeSystemInfo | None, version: str) -> SearchAnswer:
    return service().search(
        query,
        systems=[info.id] if info else (),
        when=When(version=version or None),
        lang=LANGUAGES,
        limit=PAGE,
        offset=_offset(),
    )


def _path(concept: ConceptAnswer, above: Any) -> list[Any]:
    """One way down to the concept: the first parent, its first parent, and so on, topmost first."""
    by_code = {each.code: each for each in above}
    path: list[Any] = []
    parents = concept.parents
    while parents and parents[0] in by_code:
        step = by_code.pop(parents[0])
        path.insert(0, step)
        parents = step.parents
    return path


def _given(name: str) -> str:
    """A parameter of the page's address; unknown ones (of mailings, of search engines) do not matter."""
    return dict(pairs(request.query_string)).get(name, "")


def _when() -> When:
    return When(version=_given("version")[:MAX_NAME] or None)


def _offset() -> int:
    """Where the list begins; what is not a number is the beginning (addresses of pages are forgiving)."""
    given = _given("offset")
    return min(int(given), MAX_OFFSET) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _page(template: str, **values: Any) -> Response:
    body = render_template(template, **values).encode()
    return conditional(body, f'"{digest(body)}"', HTML)
