"""Bundles: a batch taken apart and answered entry by entry; the results of a search.

Source: FHIR R5, http.html, "batch/transaction" and bundle.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from termservice.fhir.issues import Failure, failed
from termservice.fhir.model import Json
from termservice.fhir.reading import objects, text
from termservice.fhir.writing import outcome

MOST = 10_000
"""Entries of a batch."""
Answering = Callable[[str, str, Sequence[tuple[str, str]], Json | None], tuple[int, Json]]
"""From method, path below the base, query and resource of an entry to its status and answer."""


def answered(bundle: Json, base: str, answer: Answering) -> Json:
    """The batch-response: every entry answered in its place, one that fails fails alone. Raises `Failure` where the
    Bundle is none that can be answered."""
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") != "batch":
        raise failed("Only a Bundle of type 'batch' can be posted here", code="not-supported", status=400)
    entries = objects(bundle, "entry")
    if len(entries) > MOST:
        raise failed(f"A batch may have {MOST} entries, not {len(entries)}", code="too-costly", status=413)
    return {
        "resourceType": "Bundle",
        "type": "batch-response",
        "entry": [_entry(each, base, answer) for each in entries],
    }


def shared(bundle: Json) -> Iterator[Json]:
    """The tx-resources of all entries: those sent with one entry hold for the others too, as the HL7 terminology
    ecosystem's clients take for granted."""
    for entry in objects(bundle, "entry"):
        resource = entry.get("resource")
        if isinstance(resource, dict) and resource.get("resourceType") == "Parameters":
            for parameter in objects(resource, "parameter"):
                sent = parameter.get("resource")
                if parameter.get("name") == "tx-resource" and isinstance(sent, dict):
                    yield sent


def searchset(found: Sequence[tuple[str, Json]], total: int, links: Sequence[tuple[str, str]]) -> Json:
    """A page of results: (address, resource) of each, how many there are in all, and (relation, address) of pages."""
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": total}
    bundle["link"] = [{"relation": relation, "url": url} for relation, url in links]
    if found:
        bundle["entry"] = [
            {"fullUrl": url, "resource": resource, "search": {"mode": "match"}} for url, resource in found
        ]
    return bundle


def _entry(entry: Json, base: str, answer: Answering) -> Json:
    try:
        status, resource = answer(*_asked(entry, base))
    except Failure as failure:
        status, resource = failure.status, outcome(failure.issues)
    said: dict[str, Any] = {"status": f"{status} {HTTPStatus(status).phrase}"}
    if resource["resourceType"] == "OperationOutcome":
        said["outcome"] = resource
    return {"resource": resource, "response": said}


def _asked(entry: Json, base: str) -> tuple[str, str, list[tuple[str, str]], Json | None]:
    request, resource = entry.get("request"), entry.get("resource")
    if not isinstance(request, dict) or not text(request, "url"):
        raise failed("Every entry of a batch needs a request with a method and a url", code="required", status=400)
    method = text(request, "method").upper() or "GET"
    if method not in ("GET", "HEAD", "POST"):
        raise failed(f"{method} is not supported: content is loaded by the operator", code="not-supported", status=405)
    if resource is not None and (not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str)):
        raise failed("Bundle.entry.resource must be a resource", code="structure", status=400)
    path, _, query = text(request, "url").removeprefix(base).partition("?")
    path = unquote(path).strip("/")
    if not path:
        raise failed("A batch within a batch is not supported", code="not-supported", status=400)
    return method, path, parse_qsl(query, keep_blank_values=True), resource if method == "POST" else None
