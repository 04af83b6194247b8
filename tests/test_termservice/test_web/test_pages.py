"""The pages: what coders find, without JavaScript; errors in Swedish; nothing from outside; accessible basics."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

from termservice.web import texts

WEB = Path(texts.__file__).parent
PAGES = [
    "/",
    "/?q=äpple",
    "/?q=äpple&system=frukt",
    "/frukt",
    "/frukt/F10",
    "/frukt/F30",
    "/docs",
    "/frukt/X",
    "/a/b/c",
]


def page(client: FlaskClient, path: str, status: int = 200) -> html.HtmlElement:
    response = client.get(path)
    assert response.status_code == status, response.text
    assert response.content_type == "text/html; charset=utf-8"
    return html.fromstring(response.data.decode())


def said(tree: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in tree.xpath(path)]


def test_the_search_page_finds_without_javascript(client: FlaskClient) -> None:
    tree = page(client, "/?q=äpple&system=frukt&version=2025")
    assert said(tree, "//ol[@class='hits']/li/a") == ["F10 Äpplen", "F10.1 Äpple, rött", "F10.2 Äpple, grönt"]
    assert tree.xpath("//ol[@class='hits']/li/a/@href")[0] == "/frukt/F10?version=2025"
    assert said(tree, "//mark") == ["Äpple"] * 3
    assert said(tree, "//*[@role='status']") == ["3 träffar på ”äpple”"]
    assert tree.xpath("//input[@name='q']/@value") == ["äpple"]
    assert tree.xpath("//select[@name='system']/option[@selected]/@value") == ["frukt"]
    assert tree.xpath("//select[@name='version']/option[@selected]/@value") == ["2025"]


def test_the_fragment_holds_the_same_results(client: FlaskClient) -> None:
    whole, part = page(client, "/?q=äpple"), page(client, "/-/results?q=äpple")
    for name in ("status", "results", "version-choice"):
        found = [tree.xpath(f"//*[@data-part='{name}']") for tree in (whole, part)]
        assert [len(each) for each in found] == [1, 1]
        assert found[0][0].text_content().split() == found[1][0].text_content().split()


def test_the_start_page_offers_the_code_systems(client: FlaskClient) -> None:
    tree = page(client, "/")
    assert tree.xpath("//ul[@class='cards']//a/@href") == ["/frukt", "/udda"]
    assert tree.xpath("//select[@name='version']/@disabled")


def test_a_misspelt_query_is_met_with_a_suggestion(client: FlaskClient) -> None:
    tree = page(client, "/?q=äple&system=frukt")
    assert said(tree, "//p[@class='suggestion']") == ["Menade du äpple?"]
    assert said(tree, "//*[@role='status']") == ["Inga träffar på ”äple”."]


def test_a_version_left_from_another_code_system_is_dropped(client: FlaskClient) -> None:
    tree = page(client, "/?q=udda&system=udda&version=2025")
    assert len(tree.xpath("//ol[@class='hits']/li")) == 8


def test_more_results_than_a_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termservice.web.pages.PAGE", 2)
    first = page(client, "/?q=äpple")
    assert said(first, "//*[@role='status']") == ["3 träffar på ”äpple”, visar 1–2"]
    second = page(client, first.xpath("//a[@rel='next']/@href")[0])
    assert said(second, "//*[@role='status']") == ["3 träffar på ”äpple”, visar 3–3"]
    assert second.xpath("//a[@rel='prev']/@href") == ["/?q=%C3%A4pple"]


def test_a_concept_page(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F10")
    assert said(tree, "//h1") == ["F10 Äpplen"]
    assert tree.xpath("//nav[@class='path']//a/@href") == ["/frukt", "/frukt/F"]
    assert tree.xpath("//ul[@class='tree']//a/@href") == ["/frukt/F10.1", "/frukt/F10.2"]
    assert said(tree, "//section[@class='notes']/h2") == ["Innefattar"]
    assert said(tree, "//section[@class='notes']//li") == ["Ett <b>", "Två"]
    facts = dict(zip(said(tree, "//dl/dt"), said(tree, "//dl/dd"), strict=True))
    assert facts == {
        "Gäller från": "2025-01-01 eller tidigare", "Till och med": "Tills vidare", "Nivå": "kod", "Ätlig": "Ja",
        "Vikt": "3",
    }  # fmt: skip
    assert "Bär" in said(tree, "//ul[@class='terms']/li")[0]


def test_a_withdrawn_code_says_so_at_once(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F30")
    notice = said(tree, "//div[@class='notice stop']")[0]
    assert notice.startswith("Koden gäller inte längre. Sista giltighetsdag var 2025-12-31.")
    assert "version 2025" in notice
    assert tree.xpath("//div[@class='notice stop']//a/@href") == ["/frukt/F20"]


def test_an_older_version_says_which_one_is_in_force(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F10?version=2025")
    assert "I dag gäller version 2026" in said(tree, "//div[@class='notice']")[0]
    assert tree.xpath("//nav[@class='path']//a/@href") == ["/frukt?version=2025", "/frukt/F?version=2025"]
    assert said(tree, "//select[@name='version']/option[@selected]") == ["2025"]


def test_a_heading_says_that_it_is_one(client: FlaskClient) -> None:
    assert "rubrik" in said(page(client, "/frukt/F"), "//div[@class='notice']")[0]


def test_other_spellings_lead_to_the_one_address(client: FlaskClient) -> None:
    assert client.get("/frukt/f10.1?version=2025").headers["Location"] == "/frukt/F10.1?version=2025"
    assert client.get("/urn:oid:1.2.3/F10").headers["Location"] == "/frukt/F10"
    assert client.get("/1.2.3").headers["Location"] == "/frukt"


@pytest.mark.parametrize("code", ["A/B", "A&B", "Å 1", "a%b", "q?r#s", "B//C"])
def test_links_to_codes_of_any_shape_work(client: FlaskClient, code: str) -> None:
    links = page(client, "/udda").xpath("//ul[@class='tree']//a/@href")
    assert code in [said(page(client, link), "//h1/span")[0] for link in links]


@pytest.mark.parametrize(
    ("path", "status", "heading", "links"),
    [
        ("/frukt/X", 404, "Koden finns inte", ["/frukt/F10", "/frukt/F20"]),
        ("/frukt/F30?version=2026", 404, "Koden finns inte i den versionen", ["/frukt/F30?version=2025"]),
        ("/frykt", 404, "Kodverket finns inte", ["/frukt"]),
        ("/frukt?version=1", 404, "Versionen finns inte", ["/frukt?version=2025", "/frukt?version=2026"]),
        ("/static/nothing", 404, "Sidan finns inte", []),
    ],
)
def test_error_pages_lead_on(client: FlaskClient, path: str, status: int, heading: str, links: list[str]) -> None:
    tree = page(client, path, status)
    assert said(tree, "//h1") == [heading]
    assert tree.xpath("//main//ul//a/@href") == links
    assert tree.xpath("//main/p/a/@href") == ["/"]


def test_a_bug_is_a_page_too(client: FlaskClient, service: object) -> None:
    service.broken = True  # type: ignore[attr-defined]
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    tree = page(client, "/frukt/F10", 500)
    assert said(tree, "//h1") == ["Något gick fel"]
    assert "secret" not in tree.text_content()


@pytest.mark.parametrize("path", PAGES)
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


@pytest.mark.parametrize("path", PAGES)
def test_pages_can_be_used_by_all(client: FlaskClient, path: str) -> None:
    tree = html.fromstring(client.get(path).data.decode())
    assert tree.get("lang") in ("sv", "en")
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


def test_every_text_is_used_and_every_text_used_exists() -> None:
    sources = [*WEB.glob("templates/*.html"), *WEB.glob("*.py")]
    used = "\n".join(path.read_text("utf-8") for path in sources if path.name != "texts.py")
    literal = set(re.findall(r"""\b(?:t|text)\(["']([\w.-]+)["'](?! ~)""", used))
    assert literal - texts.TEXTS.keys() == set()
    made = ("matched.", "use.", "error.", "feed.count.")
    assert {key for key in texts.TEXTS if not key.startswith(made)} - literal == set()
