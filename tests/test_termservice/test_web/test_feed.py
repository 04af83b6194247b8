"""Feeds: valid Atom, newest first, the same ids for the same versions, and not sent twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree

from termservice import diff
from termservice.answers import Listing
from termservice.web import feed
from termservice.web.catalogues import catalogue

ALL = "/api/v1/feed.atom"
ONE = "/api/v1/codesystems/{}/feed.atom"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def parsed(client: FlaskClient, path: str, prefix: str = "") -> etree._Element:
    response = client.get(path, environ_overrides={"SCRIPT_NAME": prefix})
    assert (response.status_code, response.content_type) == (200, "application/atom+xml; charset=utf-8")
    return etree.fromstring(response.data)


def texts(element: etree._Element, path: str) -> list[Any]:
    return list(element.xpath(path, namespaces=ATOM))


def test_every_version_has_an_entry(client: FlaskClient) -> None:
    root = parsed(client, ALL)
    assert texts(root, "a:entry/a:title/text()") == ["FRUKT 2026", "FRUKT 2025", "UDDA 1"]
    assert texts(root, "a:title/text()") == ["Nya versioner av kodverk"]
    assert texts(root, "a:link[@rel='self']/@href") == [ALL]
    for element in (root, *texts(root, "a:entry")):
        for name in ("id", "title", "updated"):
            assert len(texts(element, f"a:{name}")) == 1
        assert texts(element, "a:author/a:name/text()")
        assert len(texts(element, "a:link[@rel='alternate']")) == 1


def test_of_one_code_system(client: FlaskClient) -> None:
    root = parsed(client, ONE.format("urn:oid:1.2.3"))
    assert texts(root, "a:title/text()") == ["Nya versioner av FRUKT"]
    newest, first = texts(root, "a:entry/a:summary/text()")
    assert newest == (
        "Släpp 2026. Gäller från 2026-01-01. 5 koder. Mot 2025: nya koder 1, ändrade titlar 1, flyttade koder 1, "
        "ändrade beskrivningar 1, upphörda koder 1."
    )
    assert first == "Släpp 2025. Gäller från 2025-01-01. 6 koder. Den första versionen som är inläst."


def test_links_lead_somewhere(client: FlaskClient) -> None:
    root = parsed(client, ALL)
    links = texts(root, "//a:link/@href")
    assert len(links) == 10
    assert {client.get(link, buffered=True).status_code for link in links} == {200}
    for link in texts(root, "//a:link"):
        assert client.get(link.get("href"), buffered=True).mimetype == link.get("type")


def test_links_know_where_the_application_is_mounted(client: FlaskClient) -> None:
    root = parsed(client, ALL, "/koder")
    assert all(link.startswith("/koder/") for link in texts(root, "//a:link/@href"))


def test_ids_are_of_system_and_version_alone(client: FlaskClient, service: Any) -> None:
    before = texts(parsed(client, ALL), "//a:id/text()")
    assert len(set(before)) == len(before) == 4
    assert all(each.startswith("urn:uuid:") for each in before)
    service.revision = lambda: 8
    service.moment = lambda: (8, None)
    assert texts(parsed(client, ALL), "//a:id/text()") == before
    assert set(texts(parsed(client, ONE.format("frukt")), "a:entry/a:id/text()")) <= set(before)


def test_what_is_held_is_not_sent_again_and_nothing_is_compared(client: FlaskClient, service: Any) -> None:
    first = client.get(ALL)
    assert first.headers["Last-Modified"] == "Fri, 02 Jan 2026 03:04:05 GMT"
    service.changes = None
    for header, value in (
        ("If-None-Match", first.headers["ETag"]),
        ("If-Modified-Since", "Fri, 02 Jan 2026 03:04:05 GMT"),
    ):
        again = client.get(ALL, headers={header: value})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Modified-Since": "Fri, 02 Jan 2026 03:04:04 GMT"},
        {"If-Modified-Since": "Sat, 03 Jan 2026 03:04:05 GMT"},
        {"If-Modified-Since": "yesterday"},
        {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 02 Jan 2026 03:04:05 GMT"},
    ],
)
def test_what_is_not_held_is_sent(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get(ALL, headers=headers).status_code == 200


def test_a_load_makes_another_feed(client: FlaskClient, service: Any) -> None:
    etag = client.get(ALL).headers["ETag"]
    service.revision = lambda: 8
    assert client.get(ALL, headers={"If-None-Match": etag}).status_code == 200


def test_what_changed_is_counted_once(client: FlaskClient, service: Any) -> None:
    asked: list[Any] = []
    plain = service.changes

    def watched(*given: Any, **more: Any) -> Any:
        asked.append((*given, more["limit"]))
        return plain(*given, **more)

    service.changes = watched
    for path in (ALL, ONE.format("frukt")):
        for tag in ('"a"', '"b"'):
            assert client.get(path, headers={"If-None-Match": tag}).status_code == 200
    assert len(asked) == 1
    assert asked[0][-1] == 0


def many(count: int) -> Any:
    def versions(system: str) -> Listing[Any]:
        items = [
            replace(TEMPLATE, version=str(n), loaded_at=f"2026-01-01T00:00:00.{n:06d}+01:00") for n in range(count)
        ]
        return Listing(7, count, items[::-1], system=system)

    return versions


TEMPLATE = feed.VersionInfo("1", "2026-01-01", "", 3, False, True, "\x00Titel & <b>")


def test_at_most_a_hundred_entries_and_thirty_comparisons(client: FlaskClient, service: Any) -> None:
    asked: list[Any] = []

    def changes(system: str, start: Any, end: Any, **more: Any) -> Any:
        asked.append((system, end.version))
        return plain("frukt", feed.When("2025"), feed.When("2025"), **more)

    plain, service.changes, service.versions = service.changes, changes, many(70)
    root = parsed(client, ALL)
    assert len(texts(root, "a:entry")) == 100
    assert texts(root, "a:entry/a:title/text()")[:3] == ["FRUKT 69", "UDDA 69", "FRUKT 68"]
    assert len(asked) == 30
    summaries = texts(root, "a:entry/a:summary/text()")
    assert "Inga ändringar mot 68." in summaries[0]
    assert "Omfattar bara en del av kodverket." in summaries[0]
    assert summaries[0].startswith("\ufffdTitel & <b>. ")
    assert summaries[99].endswith("3 koder.")


def test_an_empty_store_has_an_empty_feed(client: FlaskClient, service: Any) -> None:
    service.codesystems = lambda: Listing(0, 0, [])
    root = parsed(client, ALL)
    assert texts(root, "a:updated/text()") == ["1970-01-01T00:00:00Z"]
    assert not texts(root, "a:entry")


def test_what_does_not_exist(client: FlaskClient) -> None:
    for path, status in ((ONE.format("frykt"), 404), (f"{ALL}?lang=sv", 422), ("/api/v1/codesystems/feed.atom", 404)):
        response = client.get(path)
        assert (response.status_code, response.content_type) == (status, "application/problem+json")


def test_every_type_has_a_text() -> None:
    assert {key.removeprefix("feed.count.") for key in catalogue("sv").names() if key.startswith("feed.count.")} == set(
        diff.TYPES
    )
