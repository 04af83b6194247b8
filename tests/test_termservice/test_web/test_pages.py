"""All pages: errors that lead on; two languages; nothing from outside; accessible basics; no bad input is a bug."""

from __future__ import annotations

import itertools

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from tests.test_termservice.test_web.reading import page, said

PAGES = [
    "/", "/?q=äpple", "/?q=äpple&system=frukt", "/frukt", "/frukt?open=F&open=F10", "/frukt?version=2025", "/frukt/F10",
    "/frukt/F30", "/frukt/F10?date=2025-06-01", "/frukt/-/compare", "/frukt/-/compare?type=retitled", "/-/about",
    "/-/accessibility", "/docs", "/frukt/X", "/a/b/c",
]  # fmt: skip
IN_BOTH = [f"{path}{'&' if '?' in path else '?'}lang={each}" for path in PAGES for each in ("sv", "en")]


@pytest.mark.parametrize("code", ["A/B", "A&B", "Å 1", "a%b", "q?r#s", "B//C"])
def test_links_to_codes_of_any_shape_work(client: FlaskClient, code: str) -> None:
    links = page(client, "/udda").xpath("//nav[@id='tree']//a[@class='to']/@href")
    assert code in [said(page(client, link), "//h1/span")[0] for link in links]


@pytest.mark.parametrize(
    ("path", "status", "heading", "links"),
    [
        ("/frukt/X", 404, "Koden finns inte", ["/frukt/F10", "/frukt/F20"]),
        ("/frukt/F30?version=2026", 404, "Koden finns inte i den versionen", ["/frukt/F30?version=2025"]),
        ("/frykt", 404, "Kodverket finns inte", ["/frukt"]),
        ("/frukt?version=1", 404, "Versionen finns inte", ["/frukt?version=2025", "/frukt?version=2026"]),
        ("/static/nothing", 404, "Sidan finns inte", []),
        ("/frukt?date=1999-01-01", 404, "Ingen version gäller", ["/frukt?version=2025"]),
        ("/frukt/-/compare?from=1", 404, "Versionen finns inte", ["/frukt?version=2025", "/frukt?version=2026"]),
        ("/frukt/-/compare?under=X", 404, "Koden finns inte", ["/frukt/F10", "/frukt/F20"]),
        ("/frykt/-/compare", 404, "Kodverket finns inte", ["/frukt"]),
        ("/frukt/-/branch?under=X", 404, "Koden finns inte", ["/frukt/F10", "/frukt/F20"]),
    ],
)
def test_error_pages_lead_on(client: FlaskClient, path: str, status: int, heading: str, links: list[str]) -> None:
    tree = page(client, path, status)
    assert said(tree, "//h1") == [heading]
    assert tree.xpath("//main//ul//a/@href") == links
    assert tree.xpath("//main/p/a/@href") == ["/"]


def test_swedish_unless_chosen_and_the_choice_is_remembered(client: FlaskClient) -> None:
    first = client.get("/frukt", headers={"Accept-Language": "en"})
    assert html.fromstring(first.text).get("lang") == "sv"
    assert "Set-Cookie" not in first.headers
    address = html.fromstring(first.text).xpath("//header//a[@hreflang='en']/@href")
    assert address == ["/frukt?lang=en"]
    assert html.fromstring(client.get(address[0]).text).get("lang") == "en"
    assert "Cookie" in client.get("/").headers["Vary"]
    assert page(client, "/").get("lang") == "en"
    assert page(client, "/nothing", 404).get("lang") == "en"
    back = page(client, "/frukt").xpath("//header//a[@hreflang='sv']/@href")[0]
    assert page(client, back).get("lang") == page(client, "/").get("lang") == "sv"


def test_where_no_cookie_is_kept_links_carry_the_choice(app: Flask) -> None:
    client = app.test_client(use_cookies=False)
    for path in ("/frukt?lang=en", "/frukt/F10?lang=en&version=2025", "/?lang=en", "/frukt/-/compare?lang=en"):
        links = page(client, path).xpath("//main//a/@href")
        kept = [link for link in links if not link.startswith(("/api", "#")) and "lang=en" not in link]
        assert kept == [], path
    assert page(client, "/frukt?lang=en").xpath("//main//form//input[@name='lang']/@value")


def test_a_language_that_there_is_not_is_the_first(client: FlaskClient) -> None:
    client.set_cookie("lang", "tlh")
    assert page(client, "/?lang=de").get("lang") == "sv"


def test_content_follows_the_language(client: FlaskClient) -> None:
    assert "(en)" in said(page(client, "/frukt/F10?lang=en"), "//h1")[0]


def test_the_feed_speaks_swedish_whatever_the_reader_chose(client: FlaskClient) -> None:
    client.set_cookie("lang", "en")
    assert "Nya versioner av kodverk" in client.get("/api/v1/feed.atom").text


@pytest.mark.parametrize(
    "query",
    ["date=x", "date=2025-13-01", "version=2025&date=2025-01-01", "version=%00", "open=" + "x" * 2000, "offset=-1",
     "offset=99999999999", "lang=%ff", "&".join(["open=F"] * 199), "&".join(["a=b"] * 300)],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/frukt", "/frukt/F10", "/frukt/-/compare", "/frukt/-/branch", "/-/about"])
def test_whatever_an_address_holds_it_is_answered(client: FlaskClient, path: str, query: str) -> None:
    response = client.get(f"{path}?{query}")
    assert response.status_code < 500
    assert response.content_type == "text/html; charset=utf-8"


def test_a_bug_is_a_page_too(client: FlaskClient, service: object) -> None:
    service.broken = True  # type: ignore[attr-defined]
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    tree = page(client, "/frukt/F10", 500)
    assert said(tree, "//h1") == ["Något gick fel"]
    assert "secret" not in tree.text_content()


@pytest.mark.parametrize("path", IN_BOTH)
def test_nothing_comes_from_outside_or_stands_inline(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    tree = html.fromstring(response.data.decode())
    assert all(link.startswith(("/static/", "/")) for link in tree.xpath("//script/@src | //link/@href | //img/@src"))
    assert not tree.xpath("//style | //*[@style] | //script[not(@src)] | //@*[starts-with(name(), 'on')]")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", IN_BOTH)
def test_pages_can_be_used_by_all(client: FlaskClient, path: str) -> None:
    tree = html.fromstring(client.get(path).data.decode())
    assert tree.get("lang") == path[-2:]
    assert len(tree.xpath("//h1")) == len(tree.xpath("//main")) == 1
    assert tree.xpath("//title")[0].text.strip()
    assert tree.xpath("//body/a[1]/@href") == ["#content"]
    for control in tree.xpath("//input[not(@type='hidden')] | //select"):
        assert tree.xpath(f"//label[@for='{control.get('id')}']")
    names = tree.xpath("//@id")
    assert len(names) == len(set(names))
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1 | //h2 | //h3")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_pages_need_not_be_sent_twice(client: FlaskClient) -> None:
    etag = client.get("/frukt/F10").headers["ETag"]
    assert client.get("/frukt/F10", headers={"If-None-Match": etag}).status_code == 304


def test_the_description_page_names_every_operation_and_problem(client: FlaskClient) -> None:
    tree = page(client, "/docs")
    described = client.get("/api/v1/openapi.json").get_json()
    assert set(described["paths"]) <= set(said(tree, "//article/p/code"))
    for target in tree.xpath("//a[starts-with(@href, '#')]/@href"):
        assert tree.xpath(f"//*[@id='{target[1:]}']"), target
    kind = client.get("/api/v1/codesystems/frukt/concepts/X").get_json(force=True)["type"]
    assert tree.xpath(f"//*[@id='{kind.partition('#')[2]}']")
