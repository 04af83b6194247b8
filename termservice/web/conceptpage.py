"""The page of one code: what it means, where it belongs, what has happened to it, what it is called elsewhere."""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, redirect
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from termservice.answers import ConceptAnswer, ConceptSummary, DesignationAnswer, PropertyAnswer, When
from termservice.mapanswers import Match, Unmapped
from termservice.translating import Question
from termservice.web.access import service
from termservice.web.branches import Grower
from termservice.web.codetexts import CodeTexts
from termservice.web.codingmarks import marks
from termservice.web.links import code_url
from termservice.web.localisation import content_languages, language
from termservice.web.pages import asked_when, given_all, kept, offset, rendered
from termservice.web.timelines import timeline

CHILDREN = 100
ABOVE = 100
NOTE_KINDS = {
    "Innefattar": "includes", "Utesluter": "excludes", "Kodningsinformation": "guidance", "Anmärkning": "guidance",
}  # fmt: skip
"""How notes of the publishers' kinds are set apart from each other."""

blueprint = Blueprint("concept", __name__)


@blueprint.get("/<page:system>/<name:code>")
def concept(system: str, code: str) -> Response | BaseResponse:
    when, lang = asked_when(), content_languages()
    with service().snapshot():
        found = service().concept(system, code, when, lang)
        if (found.system, found.code) != (system, code):
            return redirect(code_url(found.system, found.code, **kept(when)))
        return rendered("concept.html", **_shown(found, when, lang))


def _shown(found: ConceptAnswer, when: When, lang: Sequence[str]) -> dict[str, Any]:
    # Of a withdrawn code the surroundings are those of the version it was last in.
    version = When(version=found.version)
    ask = service()
    path = _path(found, ask.ancestors(found.system, found.code, version, limit=ABOVE, lang=lang).items)
    grower = Grower(ask, found.system, version, lang, given_all("open"))
    history = ask.history(found.system, found.code, lang)
    marked = marks(found.properties)
    texts = CodeTexts(found, version, when, lang)
    maps, unmapped = _maps(found, {each.code for each in history.successors}, when, lang)
    return {
        "concept": found,
        "info": ask.codesystem(found.system),
        "path": path,
        "tree": grower.way(path, _summary(found)),
        "children": ask.children(found.system, found.code, version, offset=offset(), limit=CHILDREN, lang=lang),
        "history": history,
        "timeline": timeline(history),
        "successors": [each for each in history.successors if each.code in found.successors],
        "maps": maps,
        "unmapped": unmapped,
        "marks": marked,
        "partners": texts.partners(marked.partners),
        "properties": _properties(marked.others, texts),
        "note_kinds": NOTE_KINDS,
        "linked": texts.linked,
        "designations": _other_designations(found),
        "tongue": _foreign(found),
        "versions": ask.versions(found.system).items,
        "shown": found.version,
        "when": when,
        "kept": kept(when),
        "revision": found.revision,
    }


def _maps(
    found: ConceptAnswer, successors: Set[str], when: When, lang: Sequence[str]
) -> tuple[list[tuple[str, list[Match]]], Sequence[Unmapped]]:
    """What maps say the code is called elsewhere, by system, and what they say has no name elsewhere.

    A map from year to year that leads to the code itself, or to what the page names as its successors, says
    nothing more.
    """
    answer = service().maps.translate(Question(found.system, found.code, when, lang=lang))
    said = {found.code, *successors}
    matches = [each for each in answer.matches if each.system != found.system or each.code not in said]
    matches.sort(key=lambda each: each.system)
    return [(system, list(group)) for system, group in groupby(matches, key=lambda each: each.system)], answer.unmapped


def _properties(found: Sequence[PropertyAnswer], texts: CodeTexts) -> list[tuple[str, list[Markup | bool]]]:
    """Properties by title, each with its values."""
    groups = groupby(found, key=lambda each: each.title or each.code)
    return [(title, [texts.value(each) for each in group]) for title, group in groups]


def _other_designations(found: ConceptAnswer) -> list[tuple[str, list[DesignationAnswer]]]:
    """Every other name of the concept, by language."""
    others = [each for each in found.designations if each.value != found.display]
    languages = dict.fromkeys(each.language for each in others)
    return [(language, [each for each in others if each.language == language]) for language in languages]


def _foreign(found: ConceptAnswer) -> str | None:
    """The language of what is shown, where it is not the page's own."""
    languages = [each.language for each in found.designations if each.value == found.display]
    if not languages or any(each.partition("-")[0] == language() for each in languages):
        return None
    return languages[0]


def _summary(found: ConceptAnswer) -> ConceptSummary:
    return ConceptSummary(
        found.code, found.display, found.active, found.abstract, found.level, found.parents, found.children_count
    )


def _path(concept: ConceptAnswer, above: Sequence[ConceptSummary]) -> list[ConceptSummary]:
    """One way down to the concept: the first parent, its first parent, and so on, topmost first."""
    by_code = {each.code: each for each in above}
    path: list[ConceptSummary] = []
    parents = concept.parents
    while parents and parents[0] in by_code:
        step = by_code.pop(parents[0])
        path.insert(0, step)
        parents = step.parents
    return path
