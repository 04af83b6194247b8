"""CodeSystem/$validate-code and ValueSet/$validate-code.

Source: FHIR R5, codesystem-operation-validate-code.html and valueset-operation-validate-code.html.
"""

from __future__ import annotations

from dataclasses import replace

from termservice.fhir import wording
from termservice.fhir.asking import Asked, Subject, strictness, subject
from termservice.fhir.calls import Call
from termservice.fhir.checking import Checker
from termservice.fhir.issues import failed
from termservice.fhir.languages import wanted
from termservice.fhir.memberchecking import MemberChecker
from termservice.fhir.model import Json, parted
from termservice.fhir.resolving import Resolver
from termservice.fhir.subjects import asked_valueset
from termservice.fhir.verdicts import answer


def codesystem_validate_code(call: Call) -> Json:
    """Whether codes are known to their code system. Raises `Failure` where none are sent, or of no code system."""
    url, version = _asked_system(call)
    asked = _canonical(call, subject(call.parameters, url))
    codings = [each for each in asked.codings if not url or each.coding.system in ("", url)]
    if not codings:
        raise failed(f"None of the codings is of the code system '{url}'", status=400)
    pinned = [_pinned(each, url, version) for each in codings]
    checker = Checker(call.library, call.options, strictness(call.parameters), wanted(call.options))
    return answer(asked, [checker.verdict(each) for each in pinned])


def valueset_validate_code(call: Call) -> Json:
    """Whether codes are in a value set. Raises `Failure` where nothing can be said: the value set, or a supplement it
    needs, is unknown, or it is not to be worked with."""
    resolver = Resolver(call.library, call.options.versions, call.options.supplements)
    valueset = asked_valueset(call, resolver)
    resolver.require(valueset.supplements)
    asked = _canonical(call, subject(call.parameters))
    many = asked.concept is not None
    languages = wanted(call.options, valueset)
    authors = valueset.expansion_parameters
    checks = strictness(call.parameters, dict(authors))
    options = replace(call.options, versions=call.options.versions.over(authors)) if authors else call.options
    checker = MemberChecker(call.library, options, checks, languages, valueset, many)
    verdicts = [checker.verdict(each) for each in asked.codings]
    nothing = many and all(each.certain and not each.found for each in verdicts)
    return answer(asked, verdicts, [wording.none_in_valueset(valueset)] if nothing else [])


def _asked_system(call: Call) -> tuple[str, str]:
    """URL and version of the code system that is asked about, by its resource or its URL; empty where only the codings
    name theirs."""
    resource = call.parameters.resource("codeSystem", "CodeSystem")
    if resource is not None:
        call.library.add(resource)
        return str(resource.get("url") or ""), str(resource.get("version") or "")
    url, version = parted(call.parameters.text("url") or "")
    return call.library.canonical(url), call.parameters.text("version") or version


def _pinned(asked: Asked, url: str, version: str) -> Asked:
    """A coding with the code system it leaves to be understood."""
    coding = asked.coding
    return replace(asked, coding=replace(coding, system=coding.system or url, version=coding.version or version))


def _canonical(call: Call, asked: Subject) -> Subject:
    """With code systems by their canonical URLs, whatever names they were sent by."""
    canonical = call.library.canonical
    return Subject([each.of(canonical(each.coding.system)) for each in asked.codings], asked.concept)
