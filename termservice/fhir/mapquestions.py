"""What a $translate asks for: codes, the direction, the maps to use and what limits them.

Names of parameters are R5's and R4's, whichever FHIR version is asked: none means two things. Backwards (`targetCode`,
or R4's `reverse`) sources are sought for a target.

Source: FHIR R5 and R4, conceptmap-operation-translate.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from termservice.fhir.issues import failed
from termservice.fhir.model import Coding, Json, parted
from termservice.fhir.parameters import Parameters, coding

SOURCES = ("sourceCode", "code"), ("sourceCoding", "coding"), ("sourceCodeableConcept", "codeableConcept")
TARGETS = ("targetCode",), ("targetCoding",), ("targetCodeableConcept",)


@dataclass(frozen=True, slots=True)
class Question:
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
    """Of the map."""
    sent: tuple[Json, ...]
    """Maps sent as the ones to use."""
    scopes: tuple[str, str]
    """Value sets that source and target are to be of; empty for any."""
    chooses: bool
    """Whether the scopes choose among maps too, as R4 has it: a map between other value sets is not meant."""
    dependencies: tuple[tuple[str, object], ...]


def question(sent: Parameters) -> Question:
    """Raises `Failure` where nothing can be asked by what was sent."""
    turned = sent.flag("reverse", False) or False
    targets = _codes(sent, *TARGETS, _own_system(sent))
    turned = turned and not targets
    codes = targets or _codes(sent, *SOURCES, sent.text("system", "sourceSystem") or "")
    if not codes:
        text = "One of sourceCode (with system), sourceCoding, sourceCodeableConcept or their target forms is required"
        raise failed(text, code="required", status=400)
    source, target = sent.text("sourceScope", "source") or "", sent.text("targetScope", "target") or ""
    url, version = parted(sent.text("url") or "")
    return Question(
        codes=codes,
        system=_other_system(sent) if targets else sent.text("targetSystem", "targetsystem") or "",
        backwards=bool(targets) or turned,
        turned=turned,
        url=url,
        version=version or sent.text("conceptMapVersion") or "",
        sent=tuple(_maps(sent)),
        scopes=(target, source) if turned else (source, target),
        chooses=sent.text("sourceScope", "targetScope") is None,
        dependencies=tuple(_dependencies(sent)),
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
    """The codes to translate. Raises `Failure` for one without a code system; of a CodeableConcept, where none of its
    codings has one."""
    found: list[Coding] = []
    url, version = parted(system)
    if (stated := sent.text(*code)) is not None:
        found.append(Coding(url, stated, sent.text("version") or version))
    for value in (value for name in codings for value in sent.all(name)):
        one = coding(value)
        found.append(replace(one, system=one.system or url))
    for concept in (value for name in concepts for value in sent.all(name)):
        listed = concept.get("coding", []) if isinstance(concept, dict) else None
        if not isinstance(listed, list):
            raise failed("A CodeableConcept with codings is expected", code="structure", status=400)
        parts = [coding(value) for value in listed]
        found += [each for each in parts if each.code and each.system] or parts
    if not all(each.code and each.system for each in found):
        raise failed("A code to translate needs its code system", code="required", status=400)
    return tuple(found)


def _maps(sent: Parameters) -> Iterator[Json]:
    for each in sent.all("conceptMap"):
        if not isinstance(each, dict) or each.get("resourceType") != "ConceptMap":
            raise failed("The parameter 'conceptMap' must be a ConceptMap", code="structure", status=400)
        yield each


def _dependencies(sent: Parameters) -> Iterator[tuple[str, object]]:
    for given in sent.all("dependency"):
        parts = dict(given) if isinstance(given, list) else {}
        named = parts.get("attribute") or parts.get("element")
        if not isinstance(named, str) or not parts.keys() & {"value", "concept"}:
            raise failed("A dependency needs an attribute and a value", code="required", status=400)
        yield named, parts.get("value", parts.get("concept"))
