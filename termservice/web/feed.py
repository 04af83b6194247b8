"""Atom feeds of the versions loaded, newest first: for those who want to be told when a code system changes.

Addresses in a feed begin with a slash, as everywhere in the API, so that no answer depends on the Host header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import orjson
from flask import Blueprint, Response, current_app
from lxml import etree
from werkzeug.http import http_date

from index.cache import Cache
from termservice.answers import CodeSystemInfo, VersionInfo, When
from termservice.web import arguments as args
from termservice.web.access import service
from termservice.web.api import PREFIX, SYSTEM
from termservice.web.arguments import arguments
from termservice.web.changing import XLSX
from termservice.web.describing import Operation, described
from termservice.web.links import api_url, changes_url, search_url, system_url
from termservice.web.responses import JSON, conditional, digest, here, unchanged
from termservice.web.texts import number, system_name, text

ATOM = "application/atom+xml"
HTML = "text/html"
MOST = 100
"""Entries of a feed."""
MOST_COMPARED = 30
"""Entries of the feed of everything that count what changed: comparing versions takes time."""
_NAMESPACE = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NOTHING_YET = "1970-01-01T00:00:00Z"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_COUNTS_KEPT = 1000

blueprint = Blueprint("feed", __name__, url_prefix=PREFIX)

_NO_ARGS = args.NoArgs()


@dataclass(frozen=True, slots=True)
class Entry:
    """One version, and the version it follows."""

    info: CodeSystemInfo
    version: VersionInfo
    before: str | None

    @property
    def loaded(self) -> datetime:
        return datetime.fromisoformat(self.version.loaded_at)


@blueprint.get("/feed.atom")
@described(
    Operation(
        "New versions of all code systems", "Changes", None, _NO_ARGS, problems=(422,), media=(ATOM,),
        description="An Atom feed: an entry per version loaded, newest first, at most 100; the newest 30 say how much "
        "changed. Ask again with `If-None-Match`.",
        example="/feed.atom",
    )
)  # fmt: skip
def everything() -> Response:
    arguments(_NO_ARGS)
    with service().snapshot():
        entries = _newest(each for info in service().codesystems().items for each in _entries(info))
        return _answer(entries, None, MOST_COMPARED)


@blueprint.get(SYSTEM + "/feed.atom")
@described(
    Operation(
        "New versions of a code system", "Changes", None, _NO_ARGS, problems=(404, 422), media=(ATOM,),
        description="An Atom feed, as the one of all code systems.", example="/codesystems/icd-10-se/feed.atom",
    )
)  # fmt: skip
def of_system(system: str) -> Response:
    arguments(_NO_ARGS)
    with service().snapshot():
        info = service().codesystem(system)
        return _answer(_newest(_entries(info)), info, MOST)


def _entries(info: CodeSystemInfo) -> Iterable[Entry]:
    versions = service().versions(info.id).items
    before = [each.version for each in versions[1:]]
    return [Entry(info, version, name) for version, name in zip(versions, [*before, None], strict=True)]


def _newest(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda each: (each.loaded, each.version.effective_date), reverse=True)[:MOST]


def _answer(entries: list[Entry], info: CodeSystemInfo | None, compared: int) -> Response:
    """The feed; what it is made from decides whether the caller has it already, before anything is compared."""
    made_from = [here(), service().revision(), [asdict(each.version) for each in entries]]
    etag = f'W/"{digest(orjson.dumps(made_from))}"'
    modified = entries[0].loaded if entries else None
    response = unchanged(etag, modified)
    if response is None:
        response = conditional(_document(entries, info, compared), etag, f"{ATOM}; charset=utf-8")
    if modified is not None:
        response.headers["Last-Modified"] = http_date(modified)
    return response


def _document(entries: list[Entry], info: CodeSystemInfo | None, compared: int) -> bytes:
    feed = etree.Element(f"{{{_NAMESPACE}}}feed", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]  # the stubs know no default one
    feed.set(_LANGUAGE, "sv")
    _add(feed, "id", _urn(info.url if info else "", "feed"))
    _add(feed, "title", text("feed.title_of", system=system_name(info.id)) if info else text("feed.title"))
    _add(feed, "updated", entries[0].version.loaded_at if entries else _NOTHING_YET)
    _add(_add(feed, "author"), "name", info.publisher if info else text("site"))
    _link(feed, "self", ATOM, here())
    _link(feed, "alternate", HTML, system_url(info.id) if info else search_url())
    for place, each in enumerate(entries):
        _entry(feed, each, counted=place < compared)
    return etree.tostring(feed, encoding="utf-8", xml_declaration=True)


def _entry(feed: etree._Element, each: Entry, *, counted: bool) -> None:
    info, version = each.info, each.version
    entry = _add(feed, "entry")
    # Of what it is about, not of the store: a version keeps its id when it is loaded again.
    _add(entry, "id", _urn(info.url, version.version))
    _add(entry, "title", f"{system_name(info.id)} {version.version}")
    _add(entry, "updated", version.loaded_at)
    _add(_add(entry, "author"), "name", info.publisher)
    _add(entry, "category").attrib.update({"term": info.id, "label": _clean(info.title)})
    _link(entry, "alternate", HTML, system_url(info.id, version.version))
    _link(entry, "related", JSON, api_url(f"/codesystems/{quote(info.id, safe='')}"), text("feed.to_system"))
    if each.before is not None:
        before, after = each.before, version.version
        _link(entry, "related", JSON, changes_url(info.id, before, after), text("feed.to_changes", version=before))
        workbook = text("feed.to_workbook", version=before)
        _link(entry, "enclosure", XLSX, changes_url(info.id, before, after, "xlsx"), workbook)
    _add(entry, "summary", _summary(each, counted=counted))


def _summary(each: Entry, *, counted: bool) -> str:
    version = each.version
    told = [
        f"{version.title.rstrip('.')}." if version.title else "",
        text("feed.effective", date=version.effective_date),
        text("feed.partial") if version.partial else "",
        text("feed.concepts", count=number(version.concepts)),
    ]
    if each.before is None:
        told.append(text("feed.first"))
    elif counted:
        counts = _counts(each.info.id, each.before, version.version)
        named = [text(f"feed.count.{kind}", count=number(count)) for kind, count in counts.items() if count]
        if named:
            told.append(text("feed.changes", version=each.before, counts=", ".join(named)))
        else:
            told.append(text("feed.unchanged", version=each.before))
    return " ".join(part for part in told if part)


def _counts(system: str, before: str, after: str) -> dict[str, int]:
    """How many changes of each type; kept, since feeds are asked for all day."""
    kept: Cache[dict[str, int]] = current_app.extensions.setdefault("feed", Cache(_COUNTS_KEPT))

    def count() -> dict[str, int]:
        return service().changes(system, When(before), When(after), limit=0).counts

    return kept.get((service().revision(), system, before, after), count)


def _urn(system: str, name: str) -> str:
    return uuid5(NAMESPACE_URL, orjson.dumps([system, name]).decode()).urn


def _add(parent: etree._Element, name: str, content: str | None = None) -> etree._Element:
    added = etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}")
    added.text = None if content is None else _clean(content)
    return added


def _link(parent: etree._Element, relation: str, media: str, address: str, title: str | None = None) -> None:
    added = _add(parent, "link")
    added.attrib.update({"rel": relation, "type": media, "href": address})
    if title is not None:
        added.set("title", _clean(title))


def _clean(content: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", content)
