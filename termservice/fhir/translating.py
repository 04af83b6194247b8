"""ConceptMap/$translate, over the maps of the request and all maps of the store.

Names of parameters are R5's and R4's, whichever FHIR version is asked: none means two things. Backwards (`targetCode`,
or R4's `reverse`) sources are sought for a target.

Source: FHIR R5 and R4, conceptmap-operation-translate.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from termservice.errors import NotFound
from termservice.fhir import conceptmaps, storedmaps
from termservice.fhir.calls import Call
from termservice.fhir.conceptmaps import NOT_RELATED, Match, Wanted, canonical_of, value_of
from termservice.fhir.issues import failed
from termservice.fhir.library import fits, match
from termservice.fhir.membership import Composition
from termservice.fhir.model import Coding, Json, parted
from termservice.fhir.parameters import Parameters, coding
from termservice.fhir.reading import text
from termservice.fhir.resolving import Resolver
from termservice.fhir.snomedmaps import association
from termservice.fhir.writing import parameters, part


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be translated, and with which maps."""

    codes: tuple[Coding, ...]
    system: str
    """Of the other end: where a translation is sought (from where, backwards); empty for any."""
    backwards: bool
    turned: bool
    """R4's `reverse`: what is found is the `concept` of a match."""
    url: str
    """The only map to use; empty for all."""
    version: str
    scopes: tuple[str, str]
    """Value sets that source and target are to be of: they choose among maps."""
    dependencies: tuple[tuple[str, object], ...]


def translate(call: Call) -> Json:
    """`result`, `message` and a `match` for every target found. Raises `Failure` where nothing can be asked by it."""
    asked = _asked(call.parameters)
    found = _of_request(call, asked)
    notes: list[str] = []
    implied = association(call.library, asked.url) if not found and asked.url else None
    if implied is not None:
        for code in asked.codes:
            found += implied.matches(code, backwards=asked.backwards)
    elif not found and call.has_store:
        found, notes = _of_store(call, asked)
    result = any(each.relationship != NOT_RELATED for each in found)
    said = [part("result", result, "boolean")]
    if not found and not notes:
        names = ", ".join(f"'{each.system}#{each.code}'" for each in asked.codes)
        notes = [f"No map leads {'to' if asked.backwards else 'from'} {names}{_whereto(asked)}"]
    if notes:
        said.append(part("message", "; ".join(dict.fromkeys(notes))))
    return parameters([*said, *(_match(each, asked) for each in found)])


def _asked(sent: Parameters) -> _Asked:
    reverse = sent.flag("reverse", False) or False
    targets = _codes(sent, ("targetCode",), ("targetCoding",), ("targetCodeableConcept",), _own_system(sent))
    sources: tuple[Coding, ...] = ()
    if not targets:
        names = ("sourceCode", "code"), ("sourceCoding", "coding"), ("sourceCodeableConcept", "codeableConcept")
        sources = _codes(sent, *names, sent.text("system", "sourceSystem") or "")
    if not targets and not sources:
        text = "One of sourceCode (with system), sourceCoding, sourceCodeableConcept or their target forms is required"
        raise failed(text, code="required", status=400)
    other = _other_system(sent) if targets else sent.text("targetSystem", "targetsystem") or ""
    scopes = sent.text("sourceScope", "source") or "", sent.text("targetScope", "target") or ""
    url, version = parted(sent.text("url") or "")
    return _Asked(
        targets or sources,
        other,
        bool(targets) or reverse,
        reverse and not targets,
        url,
        version or sent.text("conceptMapVersion") or "",
        (scopes[1], scopes[0]) if reverse and not targets else scopes,
        tuple(_dependencies(sent)),
    )


def _own_system(sent: Parameters) -> str:
    """The code system of `targetCode`: `system`, as R5 has it, or `targetSystem` where that names no other."""
    named = ("targetSystem", "system") if sent.text("sourceSystem") else ("system", "targetSystem")
    return sent.text(*named) or ""


def _other_system(sent: Parameters) -> str:
    """Backwards, the code system that sources are sought in."""
    if sent.text("sourceSystem"):
        return sent.text("sourceSystem") or ""
    return (sent.text("targetSystem") or "") if sent.text("system") else ""


def _codes(
    sent: Parameters, code: Sequence[str], codings: Sequence[str], concepts: Sequence[str], system: str
) -> tuple[Coding, ...]:
    """The codes to translate. Raises `Failure` for one without a code system."""
    found: list[Coding] = []
    if (stated := sent.text(*code)) is not None:
        found.append(Coding(system, stated, sent.text("version") or ""))
    found += [coding(value) for name in codings for value in sent.all(name)]
    for concept in (value for name in concepts for value in sent.all(name)):
        listed = concept.get("coding", []) if isinstance(concept, dict) else None
        if not isinstance(listed, list):
            raise failed("A CodeableConcept with codings is expected", code="structure", status=400)
        found += [coding(value) for value in listed]
    for each in found:
        if not each.code or not each.system:
            raise failed("A code to translate needs its code system", code="required", status=400)
    return tuple(found)


def _dependencies(sent: Parameters) -> Iterator[tuple[str, object]]:
    for given in sent.all("dependency"):
        parts = dict(given) if isinstance(given, list) else {}
        named = parts.get("attribute") or parts.get("element")
        if not isinstance(named, str) or not parts.keys() & {"value", "concept"}:
            raise failed("A dependency needs an attribute and a value", code="required", status=400)
        yield named, parts.get("value", parts.get("concept"))


def _of_request(call: Call, asked: _Asked) -> list[Match]:
    """What the maps sent with the request say."""
    sent: list[Json] = [value for value in call.parameters.all("conceptMap") if isinstance(value, dict)]
    known: list[Json] = [*sent, *call.library.maps]
    if not known:
        return []
    chosen = sent or [each for each in known if _chosen(each, asked)]
    if asked.url and len(chosen) > 1:
        newest = match((text(each, "version") for each in chosen), asked.version)
        chosen = [each for each in chosen if text(each, "version") == newest]
    find, holds = _Finder(known), _Members(call)
    return [
        found
        for wanted in (Wanted(code, asked.system, asked.backwards, asked.dependencies) for code in asked.codes)
        for each in chosen
        for found in conceptmaps.matches(each, wanted, find, holds)
    ]


def _chosen(resource: Json, asked: _Asked) -> bool:
    """Whether a map is the one named, or one between the value sets named."""
    if asked.url:
        return text(resource, "url") == asked.url and (
            not asked.version or fits(asked.version, text(resource, "version"))
        )
    for end, scope in zip(("source", "target"), asked.scopes, strict=True):
        stated = text(resource, f"{end}ScopeUri") or text(resource, f"{end}ScopeCanonical")
        if scope and stated and parted(stated)[0] != parted(scope)[0]:
            return False
    return True


class _Finder:
    """Maps by canonical, among those of the request."""

    def __init__(self, maps: Sequence[Json]) -> None:
        self._maps = maps

    def __call__(self, wanted: str) -> Json | None:
        return next((each for each in self._maps if wanted in (text(each, "url"), canonical_of(each))), None)


class _Members:
    """Whether codes are in value sets."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def __call__(self, valueset: str, code: Coding) -> bool:
        """Raises `Failure` where the value set is unknown, or refers to what is."""
        resolver = Resolver(self._call.library, self._call.options.versions)
        return Composition(resolver.valueset(valueset), resolver).find(code.system, code.code) is not None


def _of_store(call: Call, asked: _Asked) -> tuple[list[Match], list[str]]:
    """What the maps of the store say, chains included, with messages. A code system, a map or a code that the store
    does not know has no translation; where a map was named that is a failure."""
    found: list[Match] = []
    notes: list[str] = []
    question = storedmaps.Question(
        asked.system or _system_of(call, asked.scopes[0 if asked.backwards else 1]),
        asked.url,
        asked.version,
        asked.backwards,
        asked.dependencies,
    )
    for code in asked.codes:
        try:
            more, said = storedmaps.translated(call, code, question)
        except NotFound as error:
            if asked.url and not storedmaps.known(call, asked.url):
                raise failed(f"The ConceptMap '{asked.url}' is not known", code="not-found", status=404) from None
            more, said = [], [error.message]
        found += more
        notes += said
    return found, notes


def _system_of(call: Call, scope: str) -> str:
    """The code system of a value set named as scope, where it is of one only."""
    if not scope:
        return ""
    valueset = call.library.valueset(scope)
    if valueset is None:
        return scope.partition("?")[0]
    systems = {include.system for include in valueset.includes}
    return systems.pop() if len(systems) == 1 else ""


def _whereto(asked: _Asked) -> str:
    text = f" {'from' if asked.backwards else 'to'} '{asked.system}'" if asked.system else ""
    return f"{text} in the map '{asked.url}'" if asked.url else text


def _match(found: Match, asked: _Asked) -> Json:
    """A match as R5 has it. Backwards its `concept` stays the target, as the HL7 terminology ecosystem has it, and the
    `source` says what was found; R4's `reverse` gives what was found as the `concept`."""
    parts = [
        part("relationship", found.relationship, "code"),
        part("concept", found.source if asked.turned else found.target),
    ]
    for uri, element in found.properties:
        parts.append({"name": "property", "part": [part("uri", uri, "uri"), _value(element)]})
    for name, listed in (("product", found.product), ("dependsOn", found.depends_on)):
        for each in listed:
            attribute = part("attribute", text(each, "attribute"), "uri")
            parts.append({"name": name, "part": [attribute, _value(each)]})
    if found.comment:
        comment = part("uri", storedmaps.COMMENT, "uri"), part("value", found.comment)
        parts.append({"name": "property", "part": list(comment)})
    if found.map:
        parts.append(part("originMap", found.map, "canonical"))
    if asked.backwards and not asked.turned:
        parts.append(part("source", found.source))
    return {"name": "match", "part": parts}


def _value(element: Json) -> Json:
    named = {name: value for name, value in element.items() if name.startswith("value") and name != "valueSet"}
    return {"name": "value", **(named or {"valueString": str(value_of(element) or "")})}
