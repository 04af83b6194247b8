"""Search of CodeSystem, ValueSet and ConceptMap.

Source: FHIR R5, search.html; the search parameters of the three types.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from termservice.fhir import heads, resources
from termservice.fhir.bundles import searchset
from termservice.fhir.calls import Call
from termservice.fhir.heads import Head
from termservice.fhir.issues import failed
from termservice.fhir.model import Json, parted
from termservice.fhir.shaping import shape

PAGE = 50
LARGEST_PAGE = 500
_SENT_WITH_ALL = frozenset({"_format", "_pretty"})
Fits = Callable[[Head, str], bool]

PARAMETERS: dict[str, tuple[str, str, Fits]] = {
    "_id": ("token", "The id", lambda head, value: head.id == value),
    "url": ("uri", "The canonical URL, or another URL or OID it is known by", lambda head, value: _is_url(head, value)),
    "version": ("token", "The version", lambda head, value: value in (head.version, head.version.rpartition("/")[2])),
    "name": ("string", "The name for programs, from its beginning", lambda head, value: _begins(head.name, value)),
    "title": ("string", "The title, from its beginning", lambda head, value: _begins(head.title, value)),
    "status": ("token", "The status", lambda head, value: _code(value) == "active"),
    "identifier": ("token", "An OID or URL", lambda head, value: _is_url(head, _code(value))),
}
"""Name of a search parameter → its type, what it searches, and whether a resource fits a value."""
_MODIFIERS: dict[str, Callable[[str, str], bool]] = {
    "exact": lambda text, value: text == value,
    "contains": lambda text, value: value.casefold() in text.casefold(),
}


def search(call: Call) -> Json:
    """A page of what fits, as a searchset Bundle. Raises `Failure` for a modifier that is not supported."""
    sent = call.parameters
    tests = [_test(name, str(value)) for name, value in sent if not name.startswith("_") or name == "_id"]
    found = [head for head in heads.all_of(call, call.kind) if all(test(head) for test in tests)]
    wanted = shape(sent)
    count = min(sent.number("_count", PAGE) or 0, LARGEST_PAGE)
    if wanted.summary == "count" or count == 0:
        return searchset((), len(found), [("self", _link(call))])
    offset = sent.number("_offset", 0) or 0
    page = [
        (
            f"{call.base}/{call.kind}/{head.id}",
            wanted.of(resources.resource_of(call, head, whole=wanted.summary == "false")),
        )
        for head in found[offset : offset + count]
    ]
    return searchset(page, len(found), _links(call, len(found), offset, count))


def _test(name: str, value: str) -> Callable[[Head], bool]:
    """Whether a head fits one parameter, of which values between commas are alternatives. Names nobody knows are let
    be, as FHIR asks of lenient servers."""
    base, _, modifier = name.partition(":")
    if base not in PARAMETERS:
        return lambda head: True
    kind, _, fits = PARAMETERS[base]
    values = [each for each in value.split(",") if each]
    if not modifier:
        return lambda head: any(fits(head, each) for each in values)
    compare = _MODIFIERS.get(modifier)
    if compare is None or kind != "string":
        raise failed(f"The modifier '{modifier}' of the search parameter '{base}' is not supported", status=400)
    return lambda head: any(compare(getattr(head, base), each) for each in values)


def _begins(text: str, value: str) -> bool:
    return text.casefold().startswith(value.casefold())


def _code(token: str) -> str:
    """The code of a token, which may be `system|code`."""
    return token.rpartition("|")[2]


def _is_url(head: Head, value: str) -> bool:
    url, version = parted(value)
    names = (head.url, *head.aliases, *(f"urn:oid:{alias}" for alias in head.aliases))
    return url in names and version in ("", head.version)


def _links(call: Call, total: int, offset: int, count: int) -> list[tuple[str, str]]:
    links = [("self", _link(call))]
    if total > count:
        links.append(("first", _link(call, 0)))
        if offset > 0:
            links.append(("previous", _link(call, max(0, offset - count))))
        if offset + count < total:
            links.append(("next", _link(call, offset + count)))
        links.append(("last", _link(call, (total - 1) // count * count)))
    return links


def _link(call: Call, offset: int | None = None) -> str:
    """The address of a page of this search; without `offset` of this one."""
    sent = [(name, str(value)) for name, value in call.parameters if name not in _SENT_WITH_ALL]
    if offset is not None:
        sent = [(name, value) for name, value in sent if name != "_offset"] + [("_offset", str(offset))]
    return f"{call.base}/{call.kind}" + (f"?{urlencode(sent)}" if sent else "")
