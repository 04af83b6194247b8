"""Interactions and operations by address, and every failure as an OperationOutcome: all of FHIR but HTTP.

Source: FHIR R5, http.html (read, search, batch, capabilities) and operations.html.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import orjson

from termservice.errors import TermserviceError
from termservice.fhir import (
    batching,
    bundles,
    capabilities,
    expanding,
    looking,
    r4,
    resources,
    searching,
    translating,
    validating,
)
from termservice.fhir.calls import Call, Operation, Release
from termservice.fhir.issues import Failure, Issue, failed
from termservice.fhir.model import Json
from termservice.fhir.parameters import Parameters
from termservice.fhir.sources import held
from termservice.fhir.writing import outcome

if TYPE_CHECKING:
    from termservice.service import TerminologyService

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("CodeSystem", "lookup"): looking.lookup,
    ("CodeSystem", "subsumes"): looking.subsumes,
    ("CodeSystem", "validate-code"): validating.codesystem_validate_code,
    ("CodeSystem", "batch-validate-code"): batching.codesystem_batch_validate,
    ("ValueSet", "expand"): expanding.expand,
    ("ValueSet", "validate-code"): validating.valueset_validate_code,
    ("ValueSet", "batch-validate-code"): batching.valueset_batch_validate,
    ("ConceptMap", "translate"): translating.translate,
}
_BODIES = {"ValueSet": "valueSet", "CodeSystem": "codeSystem", "ConceptMap": "conceptMap"}
"""The parameter that a resource posted by itself is (operations.html, "Executing an Operation Synchronously")."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, or one entry of a batch."""

    service: TerminologyService
    release: Release
    method: str
    path: str
    """Below the base, percent-decoded: `ValueSet/$expand`."""
    query: Sequence[tuple[str, str]] = ()
    body: Json | None = None
    """The resource posted, as it was sent."""
    accept_language: str = ""
    base: str = ""
    """The address this FHIR version is served at, without a slash at the end."""
    resources: tuple[Json, ...] = field(default=())
    """Resources (R5) of the batch it is part of."""

    def snapshot(self) -> AbstractContextManager[object]:
        """Everything answered inside is of one revision, where there is a store."""
        return self.service.snapshot() if held(self.service) else nullcontext()


def answer(asked: Request) -> tuple[int, Json]:
    """HTTP status and resource, in the version asked for."""
    try:
        with asked.snapshot():
            status, resource = 200, _interaction(asked)
    except Failure as failure:
        return failure.status, outcome(failure.issues)
    except TermserviceError as error:
        return error.status, outcome([_said(error)])
    return status, _down(resource) if asked.release == "R4" else resource


def _down(resource: Json) -> Json:
    """As R4. Parameters are made for their request; parts of other resources may be what all requests share."""
    own = resource if resource["resourceType"] == "Parameters" else orjson.loads(orjson.dumps(resource))
    return r4.down(own)


def _said(error: TermserviceError) -> Issue:
    code = {404: "not-found", 503: "transient"}.get(error.status, "invalid")
    return Issue("error", code, error.message)


def _interaction(asked: Request) -> Json:
    parts = [part for part in asked.path.split("/") if part]
    match parts:
        case []:
            return _batch(asked)
        case ["metadata"]:
            return capabilities.metadata(_call(asked, ""))
        case ["$versions"]:
            return capabilities.versions(asked.release)
        case [kind] | [kind, "_search"] if kind in resources.KINDS:
            return _read_only(asked, kind, searching.search)
        case [kind, name] if kind in resources.KINDS and name.startswith("$"):
            return _operation(asked, kind, "", name[1:])
        case [kind, id] if kind in resources.KINDS:
            return _read_only(asked, kind, resources.read, id)
        case [kind, id, name] if kind in resources.KINDS and name.startswith("$"):
            return _operation(asked, kind, id, name[1:])
    raise failed(f"There is nothing at '{asked.path}'", code="not-found", status=404)


def _operation(asked: Request, kind: str, id: str, name: str) -> Json:
    operation = OPERATIONS.get((kind, name))
    if operation is None:
        raise failed(f"There is no operation ${name} on {kind}", code="not-supported", status=404)
    return operation(resources.addressed(_call(asked, kind, id), name))


def _read_only(asked: Request, kind: str, act: Callable[[Call], Json], id: str = "") -> Json:
    if asked.method not in ("GET", "HEAD") and not (id == "" and asked.path.endswith("/_search")):
        text = f"{asked.method} of {kind} is not supported: content is loaded by the operator"
        raise failed(text, code="not-supported", status=405)
    return act(_call(asked, kind, id))


def _call(asked: Request, kind: str, id: str = "") -> Call:
    body = asked.body
    sent: list[tuple[str, object]] = list(asked.query)
    if body is not None:
        if asked.release == "R4":
            body = r4.up(body)
        name = _BODIES.get(str(body.get("resourceType")))
        sent = [(name, body), *sent] if name else [*Parameters.of_resource(body), *sent]
    return Call(
        asked.service, asked.release, Parameters(sent), id, asked.accept_language, asked.base, kind, asked.resources
    )


def _batch(asked: Request) -> Json:
    if asked.method != "POST" or asked.body is None:
        text = "Post a Bundle of type batch here; what is served is listed at metadata"
        raise failed(text, code="not-supported", status=405)

    def entry(method: str, path: str, query: Sequence[tuple[str, str]], body: Json | None) -> tuple[int, Json]:
        return answer(replace(asked, method=method, path=path, query=query, body=body, resources=shared))

    shared = tuple(r4.up(each) if asked.release == "R4" else each for each in bundles.shared(asked.body))
    return bundles.answered(asked.body, asked.base, entry)
