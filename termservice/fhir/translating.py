"""ConceptMap/$translate, over the maps of the request and all maps of the store.

Source: FHIR R5 and R4, conceptmap-operation-translate.html; `mapquestions` reads what is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from termservice.errors import NotFound
from termservice.fhir import conceptmaps, mapmatches, mapscopes, storedmaps
from termservice.fhir.calls import Call
from termservice.fhir.conceptmaps import NOT_RELATED, Match, Wanted
from termservice.fhir.issues import failed
from termservice.fhir.library import fits, match
from termservice.fhir.mapquestions import Question, question
from termservice.fhir.mapreferences import Referred
from termservice.fhir.model import Json, canonical
from termservice.fhir.reading import text
from termservice.fhir.snomedmaps import association
from termservice.fhir.writing import parameters, part


def translate(call: Call) -> Json:
    """`result`, `message` and a `match` for every target found. Raises `Failure` where nothing can be asked by it, and
    for a map or a value set that is named and not known."""
    asked = mapscopes.located(call, question(call.parameters))
    found, notes = _found(call, asked)
    found = mapscopes.within(call, asked, found)
    result = any(each.relationship != NOT_RELATED for each in found)
    said = [part("result", result, "boolean")]
    if not found and not notes:
        names = ", ".join(f"'{each.system}#{each.code}'" for each in asked.codes)
        notes = [f"No map leads {'to' if asked.backwards else 'from'} {names}{_whereto(asked)}"]
    if notes:
        said.append(part("message", "; ".join(dict.fromkeys(notes))))
    matches = (mapmatches.written(each, backwards=asked.backwards, turned=asked.turned) for each in found)
    return parameters([*said, *matches])


def _whereto(asked: Question) -> str:
    """What else a message says of what was sought."""
    text = f" {'from' if asked.backwards else 'to'} '{asked.system}'" if asked.system else ""
    text += f" in the map '{asked.url}'" if asked.url else ""
    between = [
        f"{end} in the value set '{scope}'"
        for end, scope in zip(("source", "target"), asked.scopes, strict=True)
        if scope
    ]
    return f"{text} with the {' and the '.join(between)}" if between else text


def _found(call: Call, asked: Question) -> tuple[Sequence[Match], list[str]]:
    """What the maps asked say, with messages: those of the request, the one that a URL implies, else the store's."""
    known: list[Json] = [*asked.sent, *call.library.maps]
    chosen = _chosen(known, asked)
    if chosen:
        references = Referred(call, known)
        wanted = [Wanted(code, asked.system, asked.backwards, asked.dependencies) for code in asked.codes]
        found = [each for one in wanted for each in conceptmaps.matches(chosen, one, references)]
        if found or asked.url or asked.sent:
            return found, []
    implied = association(call.library, asked.url) if asked.url else None
    if implied is not None:
        return [each for code in asked.codes for each in implied.matches(code, backwards=asked.backwards)], []
    if call.has_store:
        return _of_store(call, asked)
    if asked.url:
        raise _unknown(asked)
    return [], []


def _chosen(known: Sequence[Json], asked: Question) -> Sequence[Json]:
    """The maps of the request that are meant: those sent as such, else the one named, else all between the value sets
    named; of each only the newest version that fits."""
    if asked.sent:
        return asked.sent
    fitting = [each for each in known if _is_meant(each, asked)]
    versions: dict[str, set[str]] = {}
    for each in fitting:
        versions.setdefault(text(each, "url"), set()).add(text(each, "version"))
    newest = {url: match(listed, asked.version) for url, listed in versions.items()}
    return [each for each in fitting if text(each, "version") == newest[text(each, "url")]]


def _is_meant(resource: Json, asked: Question) -> bool:
    if asked.version and not fits(asked.version, text(resource, "version")):
        return False
    if asked.url:
        return text(resource, "url") == asked.url
    return not asked.chooses or mapscopes.between(resource, asked)


def _of_store(call: Call, asked: Question) -> tuple[list[Match], list[str]]:
    """What the maps of the store say, chains included, with messages. A code system, a map or a code that the store
    does not know has no translation; where a map was named that is a failure."""
    found: list[Match] = []
    notes: list[str] = []
    sought = storedmaps.Question(
        asked.system or mapscopes.system_of(call, asked.scopes[0 if asked.backwards else 1]),
        asked.url,
        asked.version,
        asked.backwards,
        asked.dependencies,
    )
    for code in asked.codes:
        try:
            more, said = storedmaps.translated(call, code, sought)
        except NotFound as error:
            if asked.url and not storedmaps.known(call, asked.url):
                raise _unknown(asked) from None
            more, said = [], [error.message]
        found += more
        notes += said
    return found, notes


def _unknown(asked: Question) -> Exception:
    return failed(f"The ConceptMap '{canonical(asked.url, asked.version)}' is not known", code="not-found", status=404)
